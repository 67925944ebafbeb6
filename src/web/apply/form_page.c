/* form_page.c - the form to fill in (form_page.h). */
#include "web/apply/form_page.h"

#include <stdio.h>
#include <string.h>

#include "web/html/url.h"

enum { PARAGRAPH_SIZE = 1024 };

/* ---- errors ---- */

/* The first rule that refuses because of this field, or NULL. */
static const char *refusal_of(const struct form_page *page, const char *key)
{
	const json_t *finding;
	size_t i;

	if (!page->is_refused || page->preview == NULL) {
		return NULL;
	}
	json_array_foreach(json_object_get(page->preview->report, "findings"), i, finding)
	{
		if (strcmp(row_text(finding, "level"), "refuse") == 0 && strcmp(row_text(finding, "field"), key) == 0) {
			return row_text(finding, "sentence");
		}
	}
	return NULL;
}

static const char *error_of(const struct form_page *page, int at)
{
	const char *error = page->typed->fields[at].error;

	return error != NULL ? error : refusal_of(page, form_fields[at].key);
}

static void put_refusals(struct visit *visit, const struct form_page *page)
{
	const json_t *finding;
	char name[64];
	size_t i;

	json_array_foreach(json_object_get(page->preview->report, "findings"), i, finding)
	{
		int at = form_field_find(row_text(finding, "field"));
		bool is_told = at >= 0 && page->typed->fields[at].error != NULL;
		if (!is_told && strcmp(row_text(finding, "level"), "refuse") == 0) {
			page_error(visit, at >= 0 ? typed_control(&form_fields[at], name) : "report",
				   row_text(finding, "sentence"));
		}
	}
}

static bool has_errors(const struct form_page *page)
{
	return page->trouble != NULL || page->is_refused || page->typed->errors > 0;
}

static void put_errors(struct visit *visit, const struct form_page *page)
{
	char name[64];

	if (!has_errors(page)) {
		return;
	}
	page_errors_begin(visit);
	if (page->trouble != NULL) {
		page_error(visit, "", page->trouble);
	}
	for (int i = 0; form_fields[i].key != NULL; i++) {
		if (page->typed->fields[i].error != NULL) {
			page_error(visit, typed_control(&form_fields[i], name), page->typed->fields[i].error);
		}
	}
	if (page->typed->berth_error != NULL) {
		page_error(visit, TYPED_BERTH, page->typed->berth_error);
	}
	if (page->is_refused && page->preview != NULL && page->preview->report != NULL) {
		put_refusals(visit, page);
	}
	page_errors_end(visit);
}

/* ---- head ---- */

/* Words of our own: what begins like an address in them is one, up to what ends it in a sentence. */
static void put_linked(struct html *html, const char *words)
{
	const char *at;

	while ((at = strstr(words, "https://")) != NULL) {
		char before[PARAGRAPH_SIZE];
		char address[PARAGRAPH_SIZE];
		size_t size = strcspn(at, " ,;)");
		size -= size > 0 && at[size - 1] == '.';
		(void)snprintf(before, sizeof(before), "%.*s", (int)(at - words), words);
		(void)snprintf(address, sizeof(address), "%.*s", (int)size, at);
		html_print(html, "%s<a href=\"%s\">%s</a>", before, address, address);
		words = at + size;
	}
	html_print(html, "%s", words);
}

/* What stands above the form for a system port about the other one leads to it. */
static void put_introduction(struct visit *visit, enum form_kind kind)
{
	struct html *html = visit_html(visit);

	for (const char *const *paragraph = form_introduction(kind); *paragraph != NULL; paragraph++) {
		html_print(html, "<p>");
		put_linked(html, *paragraph);
		html_print(html, "</p>\n");
	}
	if (kind == FORM_SYSTEM) {
		html_print(html, "<p><a href=\"#door\">To the form for a user port, with your answers</a></p>\n");
	}
	if (kind == FORM_USER) {
		html_print(html, "<p><a href=\"/apply/relocation\">To the form for a user port beside a privileged "
				 "one</a></p>\n");
	}
	if (kind == FORM_USER || kind == FORM_RELOCATION) {
		html_print(html, "<p><a href=\"/guidelines/dccp\">Guidelines for ports of DCCP</a></p>\n");
	}
}

static void put_said(struct visit *visit, const struct form_page *page)
{
	struct html *html = visit_html(visit);
	const char *gap = " ";
	char name[64];

	if (page->said == NULL) {
		return;
	}
	html_print(html, "<div class=\"note\" role=\"status\"><p>%s", page->said);
	for (int i = 0; form_fields[i].key != NULL; i++) {
		if (page->typed->fields[i].is_from_file) {
			html_print(html, "%s<a href=\"#%s\">%s</a>", gap, typed_control(&form_fields[i], name),
				   form_fields[i].label);
			gap = ", ";
		}
	}
	html_print(html, "</p></div>\n");
}

/* ---- fields ---- */

/* The headings between the questions, by the first that stands below each. */
static const char *heading_at(int at)
{
	static const struct {
		const char *key, *heading;
	} headings[] = {
		{ "applicant", "Who you are" },
		{ "assignee", "Whose it becomes" },
		{ "about", "What it is about" },
		{ "transport", "The questions" },
		{ "description", "What RFC 6335 asks beyond that" },
		{ "change", "What shall be different, and why" },
	};

	for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++) {
		if (strcmp(headings[i].key, form_fields[at].key) == 0) {
			return headings[i].heading;
		}
	}
	return NULL;
}

static void put_fields(struct visit *visit, const struct form_page *page)
{
	const char *heading = NULL;

	for (int i = 0; form_fields[i].key != NULL; i++) {
		const char *next = heading_at(i);
		heading = next != NULL ? next : heading;
		if (form_needs(&form_fields[i], page->typed->form.kind) == FORM_NEVER) {
			continue;
		}
		if (heading != NULL) {
			html_print(visit_html(visit), "<h2>%s</h2>\n", heading);
			heading = NULL;
		}
		form_page_field(visit, page->typed, i, error_of(page, i));
	}
}

static void put_berth(struct visit *visit, const struct form_page *page)
{
	const struct typed *typed = page->typed;
	struct html *html = visit_html(visit);
	const struct page_field text = {
		.name = TYPED_BERTH,
		.label = "The description",
		.hint = "The protocol in the description language. Its application block fills the fields above where "
			"they "
			"are empty, and an answer \"described\" means the section of that name.",
		.visibility = "Seen by the registry's staff, the experts who examine it, and you.",
		.error = typed->berth_error,
		.value = typed->berth,
		.size_max = FORM_BERTH_MAX,
		.is_optional = true,
	};
	const struct page_field file = {
		.name = TYPED_FILE,
		.label = "Or a file with it (.berth)",
		.hint = "It takes the place of what stands above.",
		.value = "",
		.kind = "file",
		.is_optional = true,
	};

	html_print(html, "<h2>A description that a program can check</h2>\n");
	page_field(visit, &text);
	page_field(visit, &file);
	html_print(html,
		   "<p><button class=\"second\" name=\"act\" value=\"attach\">Read the description</button></p>\n");
}

/* People do not see it, and programs that fill in whatever there is give themselves away; once it was filled it is
 * shown, for whoever was not a program. */
static void put_trap(struct visit *visit, const struct typed *typed)
{
	struct html *html = visit_html(visit);

	html_print(html, "<div%s>\n", typed->trap[0] == '\0' ? " hidden" : "");
	page_field(visit, &(struct page_field){
				  .name = TYPED_TRAP,
				  .label = "Leave this field empty",
				  .value = typed->trap,
				  .kind = "text",
				  .autocomplete = "off",
			  });
	html_print(html, "</div>\n");
}

/* ---- the end of the form ---- */

static void put_report(struct visit *visit, const struct form_page *page)
{
	struct html *html = visit_html(visit);
	struct url report;

	(void)url_path(&report, page->action, "");
	html_print(html,
		   "<h2 id=\"report-title\">What the examiner will see</h2>\n"
		   "<p id=\"report-said\" role=\"status\" class=\"hidden\"></p>\n<div id=\"report\" tabindex=\"-1\" "
		   "aria-labelledby=\"report-title\"");
	if (page->reference == NULL) {
		html_print(html, " data-report=\"%s/report\"", report.text);
	}
	html_print(html, ">\n");
	if (page->preview != NULL) {
		preview_write(html, page->preview, &page->typed->form, page->action, false);
	} else {
		html_print(html,
			   "<p>Press Check to see what the rules say of your answers. Nothing is sent by that.</p>\n");
	}
	html_print(html, "</div>\n");
}

static void put_door(struct visit *visit)
{
	html_print(
		visit_html(visit),
		"<section id=\"door\" aria-labelledby=\"door-title\">\n<h2 id=\"door-title\">Apply for a user port "
		"instead</h2>\n<p>If you cannot give what this form asks for, your answers go along to the form for a "
		"user "
		"port; a number below 1024 and why a user port would not do stay behind.</p>\n"
		"<p><button class=\"second\" name=\"act\" value=\"as-user\">To the form for a user port</button></p>\n"
		"</section>\n");
}

void form_page_hide(struct visit *visit, const struct form_page *page)
{
	if (page->reference != NULL) {
		html_print(visit_html(visit),
			   "<input type=\"hidden\" name=\"page\" value=\"edit\">\n"
			   "<input type=\"hidden\" name=\"step\" value=\"%d\">\n",
			   page->step);
	}
}

static void hide_beginning(struct visit *visit, const struct form_page *page)
{
	html_print(visit_html(visit),
		   "<input type=\"hidden\" name=\"" TYPED_KEY "\" value=\"%s\">\n"
		   "<input type=\"hidden\" name=\"" TYPED_BEGUN "\" value=\"%s\">\n",
		   page->typed->key, page->typed->begun);
	form_page_hide(visit, page);
}

void form_page_fill(struct visit *visit, const struct form_page *page)
{
	struct html *html = visit_html(visit);
	const struct page frame = {
		.title = page->title,
		.section = "apply",
		.has_errors = has_errors(page),
		.is_private = true,
	};

	page_begin(visit, &frame);
	put_errors(visit, page);
	put_said(visit, page);
	if (page->reference == NULL) {
		put_introduction(visit, page->typed->form.kind);
	}
	page_form_begin(visit, page->action, true);
	hide_beginning(visit, page);
	put_fields(visit, page);
	put_berth(visit, page);
	put_trap(visit, page->typed);
	html_print(html,
		   "<div class=\"row\">\n<button class=\"second\" name=\"act\" value=\"check\" "
		   "formaction=\"%s#report\">Check</button>\n",
		   page->action);
	html_print(html, "<button name=\"act\" value=\"continue\">Continue</button>\n</div>\n");
	put_report(visit, page);
	if (page->typed->form.kind == FORM_SYSTEM && page->reference == NULL) {
		put_door(visit);
	}
	page_form_end(visit);
	page_end(visit);
}
