/* dossier.c - GET /staff/application/REF: everything about one application on one page, and what may be done now
 * (dossier.h).  What strangers wrote is text and nothing else. */
#include "web/staff/dossier.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web/html/url.h"
#include "registry/words/process_words.h"
#include "web/staff/due.h"
#include "web/staff/names.h"
#include "web/staff/staff.h"

enum { TITLE_MAX = 256 };

const char *dossier_path(const struct dossier *dossier, const char *act, char path[static DOSSIER_PATH_MAX])
{
	(void)snprintf(path, DOSSIER_PATH_MAX, "/staff/application/%s%s%s", dossier->ref, act[0] != '\0' ? "/" : "",
		       act);
	return path;
}

/* ---- opened ---- */

const char *dossier_answer(const struct dossier *dossier, const char *key)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(dossier->object, "form"), i, row)
	{
		if (strcmp(row_text(row, "key"), key) == 0) {
			return row_text(row, "answer");
		}
	}
	return "";
}

int dossier_open(struct visit *visit, const char *ref, struct dossier *ret_dossier)
{
	struct dossier dossier = { .visit = visit, .ref = ref };
	struct site *site = visit->site;
	int r = names_read(site, &dossier.people);

	if (r == 0) {
		r = process_dossier_for_staff(&site->process, ref, visit->session.staff, &dossier.object);
	}
	if (r < 0) {
		dossier_close(&dossier);
		return r;
	}
	offer_facts_read(dossier.object, visit->session.staff, visit->session.roles, site->now, &dossier.facts);
	dossier.offer_count = offers_make(&dossier.facts, dossier.offers);
	*ret_dossier = dossier;
	return 0;
}

void dossier_close(struct dossier *dossier)
{
	json_decref(dossier->object);
	json_decref(dossier->people);
}

/* ---- the page ---- */

static bool has_rows(const struct dossier *dossier, const char *name)
{
	return json_array_size(json_object_get(dossier->object, name)) > 0;
}

/* In the order of the page; `rows`: the part of the dossier without which it is left away. */
static const struct {
	const char *id, *title, *rows;
	void (*put)(struct dossier *dossier);
	bool for_staff;
} sections[] = {
	{ "acts", "What you may do now", NULL, dossier_put_acts, true },
	{ "form", "The form as sent", NULL, dossier_put_form, false },
	{ "report", "Report of the rules", NULL, dossier_put_report, false },
	{ "collisions", "Others with this name or number", NULL, dossier_put_collisions, true },
	{ "versions", "Versions", NULL, dossier_put_versions, true },
	{ "questions", "Questions and answers", "questions", dossier_put_questions, false },
	{ "examiners", "Who examines it", "examiners", dossier_put_people, true },
	{ "decisions", "Recommendations, votes and decisions", NULL, dossier_put_decisions, false },
	{ "consents", "Consents", "consents", dossier_put_consents, true },
	{ "comments", "Comments", "comments", dossier_put_comments, true },
	{ "letters", "Letters", "letters", dossier_put_letters, true },
	{ "steps", "Its way so far", NULL, dossier_put_steps, false },
	{ "related", "Other applications", NULL, dossier_put_related, true },
};

static bool is_shown(const struct dossier *dossier, size_t i)
{
	return (!sections[i].for_staff || !dossier->facts.is_own) &&
	       (sections[i].rows == NULL || has_rows(dossier, sections[i].rows));
}

static void put_contents(const struct dossier *dossier)
{
	struct html *html = visit_html(dossier->visit);

	html_print(html, "<nav class=\"contents\" aria-label=\"On this page\">\n<ul>\n");
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		if (is_shown(dossier, i)) {
			html_print(html, "<li><a href=\"#%s\">%s</a>\n", sections[i].id, sections[i].title);
		}
	}
	html_print(html, "</ul>\n</nav>\n");
}

static void put_clock(struct html *html, const char *name, int64_t seconds)
{
	html_print(html, "<div><dt>%s</dt><dd>", name);
	due_put_days(html, seconds);
	html_print(html, "</dd></div>\n");
}

static void put_state(struct dossier *dossier)
{
	struct html *html = visit_html(dossier->visit);
	const json_t *object = dossier->object;
	struct due_clocks clocks;

	due_clocks_read(json_object_get(object, "steps"), dossier->visit->site->now, &clocks);
	html_print(html, "<dl class=\"facts\">\n<div><dt>State</dt><dd><span class=\"state\">%s</span></dd></div>\n",
		   words_of_state(dossier->facts.state));
	page_fact(dossier->visit, "Kind", words_of_kind(dossier->facts.kind));
	if (row_text(object, "assigned")[0] != '\0') {
		page_fact(dossier->visit, "Assigned", row_text(object, "assigned"));
	}
	html_print(html, "<div><dt>Version</dt><dd>%lld</dd></div>\n", (long long)row_integer(object, "version"));
	html_print(html, "<div><dt>Due</dt><dd>");
	due_put(html, dossier->facts.due, dossier->visit->site->now);
	html_print(html, "</dd></div>\n");
	put_clock(html, "Whole time", clocks.own_s + clocks.applicant_s + clocks.other_s);
	put_clock(html, "The registry\xe2\x80\x99s own", clocks.own_s);
	put_clock(html, "The applicant\xe2\x80\x99s", clocks.applicant_s);
	put_clock(html, "Others\xe2\x80\x99", clocks.other_s);
	html_print(html, "</dl>\n");
}

/* What the address says was just done, by a word that an act has; and what became of it otherwise. */
static void put_done(struct dossier *dossier)
{
	struct html *html = visit_html(dossier->visit);
	const char *done = visit_query(dossier->visit, "done");
	const json_t *steps = json_object_get(dossier->object, "steps");
	const char *last = row_text(json_array_get(steps, json_array_size(steps) - 1), "act");

	if (dossier->error != NULL || (offer_form_find(done) == NULL && strcmp(done, "finding") != 0)) {
		return;
	}
	if (strcmp(done, "assign") == 0 && strcmp(last, "number-taken") == 0) {
		html_print(
			html,
			"<p class=\"warning\" role=\"status\">It was not assigned: the number was taken meanwhile. The "
			"decision stays on record, and the application is examined again. The applicant can ask for "
			"another number: ask for one.</p>\n");
		return;
	}
	html_print(html, "<p class=\"note\" role=\"status\">Done. It is now %s.</p>\n",
		   words_of_state(dossier->facts.state));
}

static void put_error(struct dossier *dossier)
{
	if (dossier->error != NULL) {
		page_errors_begin(dossier->visit);
		page_error(dossier->visit, dossier->field, dossier->error);
		page_errors_end(dossier->visit);
	}
}

static void put_section(struct dossier *dossier, size_t i)
{
	struct html *html = visit_html(dossier->visit);

	if (sections[i].put == dossier_put_form) {
		dossier_findings_begin(dossier);
	}
	html_print(html, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">%s</h2>\n", sections[i].id, sections[i].id,
		   sections[i].title);
	sections[i].put(dossier);
	html_print(html, "</section>\n");
	if (sections[i].put == dossier_put_report) {
		dossier_findings_end(dossier);
	}
}

static void put_sections(struct dossier *dossier)
{
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		if (is_shown(dossier, i)) {
			put_section(dossier, i);
		}
	}
}

void dossier_show(struct dossier *dossier)
{
	const char *name = dossier_answer(dossier, "short");
	char title[TITLE_MAX];

	(void)snprintf(title, sizeof(title), "%s: %s%s%s", dossier->ref, words_of_kind(dossier->facts.kind),
		       name[0] != '\0' ? ", " : "", name);
	const struct page page = {
		.title = title,
		.section = "staff",
		.has_errors = dossier->error != NULL,
		.is_private = true,
		.is_wide = true,
	};
	if (dossier->status != 0) {
		dossier->visit->response->status = (unsigned)dossier->status;
	}
	page_begin(dossier->visit, &page);
	put_error(dossier);
	put_done(dossier);
	if (dossier->facts.is_own) {
		html_print(visit_html(dossier->visit),
			   "<p class=\"warning\">This application is your own: you see what its applicant sees, and "
			   "others decide.</p>\n");
	}
	put_state(dossier);
	put_contents(dossier);
	put_sections(dossier);
	page_end(dossier->visit);
}

void staff_dossier(struct visit *visit)
{
	struct dossier dossier;
	struct complaint complaint = { "" };
	int r = dossier_open(visit, visit->request->parameters[0], &dossier);

	if (r < 0) {
		(void)complain_of(&complaint, r, "There is no such application.");
		visit_refused(visit, r, &complaint);
		return;
	}
	dossier_show(&dossier);
	dossier_close(&dossier);
}
