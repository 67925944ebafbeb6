/* dossier_form.c - the form as sent and the report of the rules, each with what people found (dossier.h).
 *
 * Both stand in one form, so that all findings are recorded with one button. */
#include "web/staff/dossier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web/html/url.h"
#include "registry/words/process_words.h"
#include "web/staff/names.h"

enum { QUESTIONS_MAX = 32, LABEL_MAX = 256 };

/* A question is understood, a rule that no machine settles is accepted: nothing else lets it be assigned. */
static const struct page_option of_questions[] = {
	{ "understood", "Understood", NULL },
	{ "unclear", "Unclear", NULL },
	{ "objection", "Objection", NULL },
};
static const struct page_option of_rules[] = {
	{ "accepted", "Accepted", NULL },
	{ "unclear", "Unclear", NULL },
	{ "objection", "Objection", NULL },
};
enum { VERDICTS = sizeof(of_rules) / sizeof(of_rules[0]) };

/* ---- findings ---- */

const char *dossier_field(const char *prefix, const char *about, char field[static DOSSIER_ABOUT_MAX])
{
	const char *blank = strchr(about, ' ');

	(void)snprintf(field, DOSSIER_ABOUT_MAX, "%s-%s", prefix, blank != NULL ? blank + 1 : about);
	return field;
}

static bool is_of_version(const struct dossier *dossier, const json_t *finding, const char *about)
{
	return row_integer(finding, "material") == dossier->facts.material &&
	       strcmp(row_text(finding, "about"), about) == 0;
}

const json_t *dossier_finding(const struct dossier *dossier, const char *about)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(dossier->object, "findings"), i, row)
	{
		if (is_of_version(dossier, row, about) && row_integer(row, "staff") == dossier->visit->session.staff) {
			return row;
		}
	}
	return NULL;
}

void dossier_each_about(const struct dossier *dossier, void (*each)(const char *about, bool is_question, void *context),
			void *context)
{
	char about[DOSSIER_ABOUT_MAX];
	bool seen[QUESTIONS_MAX] = { false };
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(dossier->object, "form"), i, row)
	{
		json_int_t number = row_integer(row, "number");
		if (number > 0 && number < QUESTIONS_MAX && !seen[number]) {
			seen[number] = true;
			(void)snprintf(about, sizeof(about), "question %d", (int)number);
			each(about, true, context);
		}
	}
	json_array_foreach(json_object_get(dossier->object, "report"), i, row)
	{
		const char *id = row_text(row, "id");
		if (strcmp(row_text(row, "level"), "human") == 0 && strlen(id) < DOSSIER_ABOUT_MAX / 2) {
			(void)snprintf(about, sizeof(about), "rule %s", id);
			each(about, false, context);
		}
	}
}

static void put_found(const struct dossier *dossier, const char *about)
{
	struct html *html = visit_html(dossier->visit);
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(dossier->object, "findings"), i, row)
	{
		if (!is_of_version(dossier, row, about)) {
			continue;
		}
		html_print(html, "<p class=\"found\"><strong>%s</strong>, ", row_text(row, "verdict"));
		names_put(html, dossier->people, row_integer(row, "staff"));
		html_print(html, ", %s", row_text(row, "at"));
		if (row_text(row, "note")[0] != '\0') {
			html_print(html, ": %s", row_text(row, "note"));
		}
		html_print(html, "</p>\n");
	}
}

/* What was typed when something was refused, else the person's own last word. */
static const char *value_of(const struct dossier *dossier, const char *field, const json_t *mine, const char *key)
{
	return dossier->error != NULL ? visit_field(dossier->visit, field) : row_text(mine, key);
}

static const char *error_of(const struct dossier *dossier, const char *field)
{
	return dossier->error != NULL && strcmp(dossier->field, field) == 0 ? dossier->error : NULL;
}

static void put_verdict(struct dossier *dossier, const char *about, const json_t *mine)
{
	char name[DOSSIER_ABOUT_MAX];
	char label[LABEL_MAX];
	bool is_rule = strncmp(about, "rule ", 5) == 0;

	(void)dossier_field("finding", about, name);
	(void)snprintf(label, sizeof(label), "Your finding on %s", about);
	const struct page_field field = {
		.name = name,
		.label = label,
		.value = value_of(dossier, name, mine, "verdict"),
		.error = error_of(dossier, name),
		.is_optional = true,
	};
	page_choice(dossier->visit, &field, is_rule ? of_rules : of_questions, VERDICTS, false);
}

static void put_note(struct dossier *dossier, const char *about, const json_t *mine)
{
	char name[DOSSIER_ABOUT_MAX];
	char label[LABEL_MAX];

	(void)dossier_field("note", about, name);
	(void)snprintf(label, sizeof(label), "Note on %s", about);
	const struct page_field field = {
		.name = name,
		.label = label,
		.hint = "Says why; needed with everything but \xe2\x80\x9cunderstood\xe2\x80\x9d.",
		.value = value_of(dossier, name, mine, "note"),
		.error = error_of(dossier, name),
		.kind = "text",
		.is_optional = true,
	};
	page_field(dossier->visit, &field);
}

static void put_controls(struct dossier *dossier, const char *about)
{
	const json_t *mine = dossier_finding(dossier, about);

	put_found(dossier, about);
	if (offers_findings(&dossier->facts)) {
		html_print(visit_html(dossier->visit), "<div class=\"halves finding\">\n");
		put_verdict(dossier, about, mine);
		put_note(dossier, about, mine);
		html_print(visit_html(dossier->visit), "</div>\n");
	}
}

void dossier_findings_begin(struct dossier *dossier)
{
	char path[DOSSIER_PATH_MAX];

	if (offers_findings(&dossier->facts)) {
		page_form_begin(dossier->visit, dossier_path(dossier, "finding", path), false);
		html_print(visit_html(dossier->visit), "<input type=\"hidden\" name=\"step\" value=\"%d\">\n",
			   dossier->facts.step);
	}
}

void dossier_findings_end(struct dossier *dossier)
{
	if (offers_findings(&dossier->facts)) {
		html_print(visit_html(dossier->visit),
			   "<p class=\"row\"><button name=\"do\" value=\"some\">Record the findings</button> "
			   "<button class=\"second\" name=\"do\" value=\"all\">All questions understood</button></p>\n"
			   "<p class=\"hint\">Each of the two records what is chosen above; the second also records "
			   "\xe2\x80\x9cunderstood\xe2\x80\x9d for every question on which you have "
			   "said nothing yet.</p>\n");
		page_form_end(dossier->visit);
	}
}

/* ---- the form ---- */

static void put_answer(struct dossier *dossier, const json_t *row)
{
	struct html *html = visit_html(dossier->visit);
	json_int_t number = row_integer(row, "number");
	const char *label = row_text(row, "label");
	const char *question = row_text(row, "question");

	html_print(html, "<h3>");
	if (number > 0) {
		html_print(html, "%lld. ", (long long)number);
	}
	html_print(html, "%s</h3>\n", label);
	if (strcmp(label, question) != 0) {
		html_print(html, "<p class=\"soft\">%s</p>\n", question);
	}
	html_print(html, "<p class=\"seen\">%s</p>\n<pre>%s</pre>\n",
		   json_is_true(json_object_get(row, "public"))
			   ? "Public"
			   : "Only the registry\xe2\x80\x99s staff and the applicant",
		   row_text(row, "answer"));
}

/* Findings stand behind the last answer with the question's number. */
static void put_finding_of(struct dossier *dossier, const json_t *form, size_t i)
{
	json_int_t number = row_integer(json_array_get(form, i), "number");
	char about[DOSSIER_ABOUT_MAX];

	for (size_t next = i + 1; next < json_array_size(form); next++) {
		if (row_integer(json_array_get(form, next), "number") == number) {
			return;
		}
	}
	if (number > 0 && !dossier->facts.is_own) {
		(void)snprintf(about, sizeof(about), "question %d", (int)number);
		put_controls(dossier, about);
	}
}

void dossier_put_form(struct dossier *dossier)
{
	struct html *html = visit_html(dossier->visit);
	const json_t *form = json_object_get(dossier->object, "form");
	const char *berth = row_text(dossier->object, "berth");

	for (size_t i = 0; i < json_array_size(form); i++) {
		put_answer(dossier, json_array_get(form, i));
		put_finding_of(dossier, form, i);
	}
	if (berth[0] != '\0') {
		html_print(
			html,
			"<details>\n<summary>The description that came with it</summary>\n<pre>%s</pre>\n</details>\n",
			berth);
	}
}

/* ---- the report ---- */

static void put_rule(struct dossier *dossier, const json_t *row)
{
	struct html *html = visit_html(dossier->visit);
	const char *level = row_text(row, "level");
	char about[DOSSIER_ABOUT_MAX];

	html_print(html, "<h3>%s: %s</h3>\n<p>%s</p>\n", row_text(row, "id"),
		   strcmp(level, "refuse") == 0	 ? "refuses it"
		   : strcmp(level, "human") == 0 ? "for a person to judge"
						 : "a warning",
		   row_text(row, "sentence"));
	if (row_text(row, "help")[0] != '\0') {
		html_print(html, "<pre>%s</pre>\n", row_text(row, "help"));
	}
	html_print(html, "<p class=\"soft\">%s</p>\n", row_text(row, "source"));
	if (strcmp(level, "human") == 0 && !dossier->facts.is_own) {
		(void)snprintf(about, sizeof(about), "rule %s", row_text(row, "id"));
		put_controls(dossier, about);
	}
}

void dossier_put_report(struct dossier *dossier)
{
	const json_t *report = json_object_get(dossier->object, "report");
	json_t *row;
	size_t i;

	if (json_array_size(report) == 0) {
		html_print(visit_html(dossier->visit), "<p>The rules have nothing to say against it.</p>\n");
		return;
	}
	json_array_foreach(report, i, row)
	{
		put_rule(dossier, row);
	}
}
