/* dossier_parts.c - all that was said and done about an application, part by part (dossier.h). */
#include "web/staff/dossier.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "web/html/url.h"
#include "registry/words/process_words.h"
#include "web/staff/due.h"
#include "web/staff/names.h"
#include "store/newest.h"

static struct html *html_of(const struct dossier *dossier)
{
	return visit_html(dossier->visit);
}

static const json_t *rows_of(const struct dossier *dossier, const char *name)
{
	return json_object_get(dossier->object, name);
}

static void put_link(struct html *html, const char *ref)
{
	struct url url;

	html_print(html, "<a href=\"%s\">%s</a>", url_path(&url, "/staff/application/", ref), ref);
}

static void put_cell(struct html *html, const char *label, const char *text)
{
	html_print(html, "<td data-label=\"%s\">%s</td>", label, text);
}

static void put_person(const struct dossier *dossier, const char *label, json_int_t staff)
{
	html_print(html_of(dossier), "<td data-label=\"%s\"><span>", label);
	names_put(html_of(dossier), dossier->people, staff);
	html_print(html_of(dossier), "</span></td>");
}

/* ---- who else wants it ---- */

struct collisions {
	struct dossier *dossier;
	const char *name;
	int port;
	size_t count;
};

static void begin_collision(struct collisions *collisions)
{
	html_print(html_of(collisions->dossier), "%s<li>", collisions->count++ == 0 ? "" : "\n");
}

static bool put_row(const struct view_row *row, uint32_t index, void *context)
{
	struct collisions *collisions = context;
	struct html *html = html_of(collisions->dossier);

	(void)index;
	begin_collision(collisions);
	html_print(html, "%s: ", row->source == 0 && !row->own ? "in the list" : "in the registry");
	html_print(html, "%s %s %s, %s, %s", entry_status_name(row->status), row->columns[ENTRY_NAME],
		   row->columns[ENTRY_PORT], row->columns[ENTRY_TRANSPORT], row->columns[ENTRY_DESCRIPTION]);
	return true;
}

static void put_pending(struct collisions *collisions)
{
	struct dossier *dossier = collisions->dossier;
	struct arena *arena = &dossier->visit->request->arena;
	struct html *html = html_of(dossier);
	struct rules_pending *pending = NULL;
	size_t count = 0;

	if (process_pending(dossier->visit->site->store, arena, &pending, &count) < 0) {
		html_print(html, "<li>The applications on their way could not be read.\n");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		bool same_name = collisions->name[0] != '\0' && strcasecmp(pending[i].name, collisions->name) == 0;
		bool same_port = collisions->port >= 0 && pending[i].port == collisions->port;
		if (strcmp(pending[i].reference, dossier->ref) == 0 || (!same_name && !same_port)) {
			continue;
		}
		begin_collision(collisions);
		html_print(html, "on its way: ");
		put_link(html, pending[i].reference);
		html_print(html, ", which wants the same %s",
			   same_name ? same_port ? "name and number" : "name" : "number");
	}
}

void dossier_put_collisions(struct dossier *dossier)
{
	const struct view *view = &dossier->visit->site->view;
	struct collisions collisions = { .dossier = dossier,
					 .name = dossier_answer(dossier, "short"),
					 .port = dossier_asked_port(dossier) };

	html_print(html_of(dossier), "<ul>\n");
	if (view->size > 0 && collisions.name[0] != '\0') {
		view_named(view, collisions.name, put_row, &collisions);
	}
	if (view->size > 0 && collisions.port >= 0) {
		view_at_port(view, collisions.port, 0, put_row, &collisions);
	}
	put_pending(&collisions);
	html_print(html_of(dossier), "%s</ul>\n", collisions.count == 0 ? "" : "\n");
	if (collisions.count == 0) {
		html_print(html_of(dossier), "<p>Nobody has the name or number, and nobody else asks for it.</p>\n");
	}
	dossier_put_free(dossier);
}

/* ---- versions ---- */

static void put_changes(struct html *html, const json_t *version)
{
	json_t *change;
	size_t i;

	json_array_foreach(json_object_get(version, "changes"), i, change)
	{
		html_print(html, "<h4>%s</h4>\n", row_text(change, "label"));
		html_print(html, "<div class=\"halves\"><div><p class=\"soft\">Before</p><pre>%s</pre></div>",
			   row_text(change, "before"));
		html_print(html, "<div><p class=\"soft\">After</p><pre>%s</pre></div></div>\n",
			   row_text(change, "after"));
	}
}

void dossier_put_versions(struct dossier *dossier)
{
	struct html *html = html_of(dossier);
	json_t *versions = NULL;
	json_t *version;
	size_t i;

	if (process_versions(&dossier->visit->site->process, dossier->ref, &versions) < 0) {
		html_print(html, "<p class=\"warning\">The versions could not be read.</p>\n");
		return;
	}
	json_array_foreach(versions, i, version)
	{
		size_t changes = json_array_size(json_object_get(version, "changes"));
		html_print(html, "<h3>Version %lld</h3>\n<p>%s, by the %s; %s.</p>\n",
			   (long long)row_integer(version, "v"), row_text(version, "at"),
			   strcmp(row_text(version, "author"), "staff") == 0 ? "staff" : "applicant",
			   row_integer(version, "v") == 1 ? "the first"
			   : changes == 0		  ? "nothing differs from the one before"
							  : "what it changed");
		put_changes(html, version);
	}
	json_decref(versions);
}

/* ---- questions ---- */

void dossier_put_questions(struct dossier *dossier)
{
	struct html *html = html_of(dossier);
	json_t *row;
	size_t i;

	json_array_foreach(rows_of(dossier, "questions"), i, row)
	{
		const char *about = row_text(row, "field")[0] != '\0' ? row_text(row, "field") : row_text(row, "rule");
		html_print(html, "<h3>Question %lld%s%s</h3>\n", (long long)row_integer(row, "q"),
			   about[0] != '\0' ? ", about " : "", about);
		html_print(html, "<p class=\"soft\">%s %s</p>\n<pre>%s</pre>\n", row_text(row, "at"),
			   names_of_login(row_text(row, "by")), row_text(row, "text"));
		if (json_is_string(json_object_get(row, "answer"))) {
			html_print(html, "<p>Answer:</p>\n<pre>%s</pre>\n", row_text(row, "answer"));
		} else {
			html_print(html, "<p><strong>Not answered yet.</strong></p>\n");
		}
	}
}

/* ---- people ---- */

void dossier_put_people(struct dossier *dossier)
{
	static const char *const columns[] = { "Who", "As", "Since", "Until" };
	struct html *html = html_of(dossier);
	json_t *row;
	size_t i;

	page_table_begin(dossier->visit, "examiners-table", "People who examine it", columns, 4);
	json_array_foreach(rows_of(dossier, "examiners"), i, row)
	{
		bool recused = json_is_integer(json_object_get(row, "recused"));
		html_print(html, "<tr>");
		put_person(dossier, "Who", row_integer(row, "staff"));
		put_cell(html, "As", json_is_string(json_object_get(row, "due")) ? "expert" : "took it");
		put_cell(html, "Since", row_text(row, "at"));
		if (recused) {
			put_cell(html, "Until", "stepped aside");
		} else {
			html_print(html, "<td data-label=\"Until\"><span>");
			due_put(html, row_text(row, "due"), dossier->visit->site->now);
			html_print(html, "</span></td>");
		}
		html_print(html, "</tr>\n");
	}
	page_table_end(dossier->visit);
}

/* ---- votes and decisions ---- */

static void put_votes(struct dossier *dossier)
{
	static const char *const columns[] = { "When", "Who", "As", "Round", "To", "Reasons", "Rules" };
	struct html *html = html_of(dossier);
	json_t *row;
	size_t i;

	page_table_begin(dossier->visit, "votes-table", "Recommendations and votes", columns, 7);
	json_array_foreach(rows_of(dossier, "votes"), i, row)
	{
		json_int_t round = row_integer(row, "round");
		html_print(html, "<tr>");
		put_cell(html, "When", row_text(row, "at"));
		put_person(dossier, "Who", row_integer(row, "staff"));
		put_cell(html, "As", row_text(row, "role"));
		if (round == 0) {
			put_cell(html, "Round", "recommendation");
		} else {
			html_print(html, "<td data-label=\"Round\">%lld</td>", (long long)round);
		}
		put_cell(html, "To",
			 row_integer(row, "material") == dossier->facts.material
				 ? row_text(row, "verdict")
				 : "(on an earlier version; counts no more)");
		html_print(html, "<td data-label=\"Reasons\"><pre>%s</pre></td>", row_text(row, "reasons"));
		put_cell(html, "Rules", row_text(row, "rules"));
		html_print(html, "</tr>\n");
	}
	page_table_end(dossier->visit);
}

static void put_decider(struct dossier *dossier, const json_t *row, const char *key, const char *word)
{
	if (row_integer(row, key) != 0) {
		html_print(html_of(dossier), "%s", word);
		names_put(html_of(dossier), dossier->people, row_integer(row, key));
	}
}

void dossier_put_decisions(struct dossier *dossier)
{
	struct html *html = html_of(dossier);
	json_t *row;
	size_t i;

	if (json_array_size(rows_of(dossier, "votes")) > 0) {
		put_votes(dossier);
	}
	if (json_array_size(rows_of(dossier, "decisions")) == 0) {
		html_print(html, "<p>Nothing was decided yet.</p>\n");
	}
	json_array_foreach(rows_of(dossier, "decisions"), i, row)
	{
		html_print(html, "<h3>Decision %lld: %s</h3>\n<p>%s", (long long)row_integer(row, "round"),
			   words_of_verdict(row_text(row, "verdict")), row_text(row, "at"));
		put_decider(dossier, row, "first", ", by ");
		put_decider(dossier, row, "second", " and ");
		put_decider(dossier, row, "recommended", ", recommended by ");
		html_print(html, "</p>\n<pre>%s</pre>\n", row_text(row, "reasons"));
		if (row_text(row, "rules")[0] != '\0') {
			html_print(html, "<p>Rules: %s</p>\n", row_text(row, "rules"));
		}
	}
}

/* ---- consents, comments, letters ---- */

void dossier_put_consents(struct dossier *dossier)
{
	static const char *const columns[] = { "Who", "Asked", "Said" };
	struct html *html = html_of(dossier);
	json_t *row;
	size_t i;

	page_table_begin(dossier->visit, "consents-table", "Whose consent is needed", columns, 3);
	json_array_foreach(rows_of(dossier, "consents"), i, row)
	{
		html_print(html, "<tr>");
		put_cell(html, "Who", row_text(row, "party"));
		put_cell(html, "Asked", row_text(row, "at"));
		put_cell(html, "Said",
			 row_integer(row, "given") != 0	    ? "yes"
			 : row_integer(row, "refused") != 0 ? "no"
							    : "nothing yet");
		html_print(html, "</tr>\n");
	}
	page_table_end(dossier->visit);
}

void dossier_put_comments(struct dossier *dossier)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows_of(dossier, "comments"), i, row)
	{
		const char *sender = row_text(row, "sender");
		html_print(html_of(dossier), "<h3>%s%s%s</h3>\n<pre>%s</pre>\n", row_text(row, "at"),
			   sender[0] != '\0' ? ", " : "", sender, row_text(row, "message"));
	}
}

void dossier_put_letters(struct dossier *dossier)
{
	static const char *const columns[] = { "Letter", "When", "Kind", "To", "State", "Tries", "Last error" };
	bool can_read = (dossier->visit->session.roles & (ROLE_REGISTRAR | ROLE_ADMINISTRATOR)) != 0;
	struct html *html = html_of(dossier);
	json_t *row;
	size_t i;

	page_table_begin(dossier->visit, "letters-table", "Letters written about it", columns, 7);
	json_array_foreach(rows_of(dossier, "letters"), i, row)
	{
		long long id = row_integer(row, "id");
		html_print(html, "<tr><td data-label=\"Letter\">");
		if (can_read) {
			html_print(html, "<a href=\"/staff/mail?letter=%lld\">%lld</a></td>", id, id);
		} else {
			html_print(html, "%lld</td>", id);
		}
		put_cell(html, "When", row_text(row, "at"));
		put_cell(html, "Kind", row_text(row, "template"));
		put_cell(html, "To", row_text(row, "rcpt"));
		put_cell(html, "State", row_text(row, "state"));
		html_print(html, "<td data-label=\"Tries\">%lld</td>", (long long)row_integer(row, "tries"));
		put_cell(html, "Last error", row_text(row, "last_error"));
		html_print(html, "</tr>\n");
	}
	page_table_end(dossier->visit);
}

/* ---- its way ---- */

void dossier_put_steps(struct dossier *dossier)
{
	static const char *const columns[] = { "Step", "When", "Who", "What", "Then it was", "Version", "Due" };
	struct html *html = html_of(dossier);
	json_t *row;
	size_t i;

	page_table_begin(dossier->visit, "steps-table", "Steps, the first first", columns, 7);
	json_array_foreach(rows_of(dossier, "steps"), i, row)
	{
		const char *why = row_text(row, "why");
		html_print(html, "<tr><th scope=\"row\">%lld</th>", (long long)row_integer(row, "n"));
		put_cell(html, "When", row_text(row, "at"));
		put_cell(html, "Who", names_of_login(row_text(row, "by")));
		html_print(html, "<td data-label=\"What\">%s%s%s</td>", words_of_act(row_text(row, "act")),
			   why[0] != '\0' ? ": " : "", why);
		put_cell(html, "Then it was", words_of_state(row_text(row, "to_state")));
		html_print(html, "<td data-label=\"Version\">%lld</td>", (long long)row_integer(row, "v"));
		put_cell(html, "Due", row_text(row, "due"));
		html_print(html, "</tr>\n");
	}
	page_table_end(dossier->visit);
}

/* ---- related ---- */

static int put_copy(const char *ref, void *context)
{
	struct html *html = context;

	html_print(html, "<li>Copied into ");
	put_link(html, ref);
	html_print(html, "\n");
	return 0;
}

void dossier_put_related(struct dossier *dossier)
{
	struct html *html = html_of(dossier);
	const char *about = row_text(dossier->object, "about");
	static const char application[] = "application ";
	bool is_copy = strncmp(about, application, sizeof(application) - 1) == 0;

	html_print(html, "<ul>\n");
	if (is_copy) {
		html_print(html, "<li>A copy of ");
		put_link(html, about + sizeof(application) - 1);
		html_print(html, "\n");
	} else if (about[0] != '\0') {
		struct url url;
		(void)url_path(&url, "/search", "");
		html_print(html, "<li>About what is registered as <a href=\"%s\">%s</a>\n", url_query(&url, "q", about),
			   about);
	}
	int copies = newest_about(dossier->visit->site->store, dossier->ref, put_copy, html);
	html_print(html, "</ul>\n");
	if (copies <= 0 && about[0] == '\0') {
		html_print(html, "<p>It is about no other, and none is about it.</p>\n");
	}
}
