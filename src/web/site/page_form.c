/* page_form.c - forms and their fields (page.h).  Called by pages that take something in; checks nothing. */
#include "web/site/page.h"

#include <stdio.h>
#include <string.h>

#include "web/site/session.h"

void page_form_begin(struct visit *visit, const char *action, bool with_file)
{
	struct html *html = visit_html(visit);
	char token[SESSION_FORM_TOKEN];

	session_form_token(visit, token);
	html_print(html, "<form method=\"post\" action=\"%s\" enctype=\"%s\" novalidate>\n", action,
		   with_file ? "multipart/form-data" : "application/x-www-form-urlencoded");
	html_print(html, "<input type=\"hidden\" name=\"token\" value=\"%s\">\n", token);
}

void page_form_end(struct visit *visit)
{
	html_print(visit_html(visit), "</form>\n");
}

/* ---- one field ---- */

/* Hint, who may see it, and error: what aria-describedby names. */
static void put_notes(struct html *html, const struct page_field *field)
{
	if (field->hint != NULL) {
		html_print(html, "<p class=\"hint\" id=\"%s-hint\">%s</p>\n", field->name, field->hint);
	}
	if (field->visibility != NULL) {
		html_print(html, "<p class=\"seen\" id=\"%s-seen\">%s</p>\n", field->name, field->visibility);
	}
	if (field->error != NULL) {
		html_print(html, "<p class=\"error\" id=\"%s-error\"><span class=\"hidden\">Error: </span>%s</p>\n",
			   field->name, field->error);
	}
}

static void put_described(struct html *html, const struct page_field *field)
{
	if (field->hint == NULL && field->visibility == NULL && field->error == NULL) {
		return;
	}
	html_print(html, " aria-describedby=\"");
	if (field->hint != NULL) {
		html_print(html, "%s-hint ", field->name);
	}
	if (field->visibility != NULL) {
		html_print(html, "%s-seen ", field->name);
	}
	if (field->error != NULL) {
		html_print(html, "%s-error", field->name);
	}
	html_print(html, "\"");
}

/* What input and textarea have alike. */
static void put_attributes(struct html *html, const struct page_field *field)
{
	html_print(html, " id=\"%s\" name=\"%s\"", field->name, field->name);
	if (field->autocomplete != NULL) {
		html_print(html, " autocomplete=\"%s\"", field->autocomplete);
	}
	if (field->size_max > 0) {
		html_print(html, " data-size=\"%u\"", field->size_max);
	}
	if (field->is_short) {
		html_print(html, " class=\"short\"");
	}
	if (field->error != NULL) {
		html_print(html, " aria-invalid=\"true\"");
	}
	put_described(html, field);
}

static bool is_shown_again(const char *kind)
{
	return strcmp(kind, "password") != 0 && strcmp(kind, "file") != 0;
}

static void put_input(struct html *html, const struct page_field *field)
{
	html_print(html, "<input type=\"%s\"", field->kind);
	put_attributes(html, field);
	if (is_shown_again(field->kind)) {
		html_print(html, " value=\"");
		html_value(html, field->value);
		html_print(html, "\"");
	}
	html_print(html, ">\n");
}

static void put_textarea(struct html *html, const struct page_field *field)
{
	html_print(html, "<textarea rows=\"6\"");
	put_attributes(html, field);
	html_print(html, ">\n"); /* HTML passes over one line end here, and so keeps that of the value */
	html_value(html, field->value);
	html_print(html, "</textarea>\n");
}

static void put_optional(struct html *html, const struct page_field *field)
{
	if (field->is_optional) {
		html_print(html, " <span class=\"optional\">(optional)</span>");
	}
}

void page_field(struct visit *visit, const struct page_field *field)
{
	struct html *html = visit_html(visit);

	html_print(html, "<div class=\"field%s\">\n", field->error != NULL ? " wrong" : "");
	html_print(html, "<label for=\"%s\">%s", field->name, field->label);
	put_optional(html, field);
	html_print(html, "</label>\n");
	put_notes(html, field);
	if (field->kind == NULL) {
		put_textarea(html, field);
	} else {
		put_input(html, field);
	}
	html_print(html, "</div>\n");
}

/* ---- a choice ---- */

/* Whether `word` stands among the words. */
static bool has_word(const char *words, const char *word)
{
	size_t size = strlen(word);

	while (*words != '\0') {
		size_t length = strcspn(words, " ");
		if (length == size && size > 0 && memcmp(words, word, size) == 0) {
			return true;
		}
		words += length;
		words += strspn(words, " ");
	}
	return false;
}

static void put_control(struct html *html, const struct page_field *field, const struct page_option *option,
			const char *id, bool many)
{
	if (many) {
		html_print(html, "<input type=\"checkbox\" id=\"%s\" name=\"%s-%s\" value=\"yes\"", id, field->name,
			   option->value);
	} else {
		html_print(html, "<input type=\"radio\" id=\"%s\" name=\"%s\" value=\"%s\"", id, field->name,
			   option->value);
	}
	if (many ? has_word(field->value, option->value) : strcmp(field->value, option->value) == 0) {
		html_print(html, " checked");
	}
	if (option->hint != NULL) {
		html_print(html, " aria-describedby=\"%s-hint\"", id);
	}
	html_print(html, ">\n");
}

static void put_option(struct html *html, const struct page_field *field, const struct page_option *option,
		       size_t place, bool many)
{
	char id[128];

	/* An error's link leads to the first. */
	if (place == 0) {
		(void)snprintf(id, sizeof(id), "%s", field->name);
	} else {
		(void)snprintf(id, sizeof(id), "%s-%zu", field->name, place + 1);
	}
	html_print(html, "<div class=\"option\">\n");
	put_control(html, field, option, id, many);
	html_print(html, "<label for=\"%s\">%s</label>\n", id, option->label);
	if (option->hint != NULL) {
		html_print(html, "<p class=\"hint\" id=\"%s-hint\">%s</p>\n", id, option->hint);
	}
	html_print(html, "</div>\n");
}

void page_choice(struct visit *visit, const struct page_field *field, const struct page_option *options, size_t count,
		 bool many)
{
	struct html *html = visit_html(visit);

	html_print(html, "<fieldset class=\"field%s\"", field->error != NULL ? " wrong" : "");
	put_described(html, field);
	html_print(html, ">\n<legend>%s", field->label);
	put_optional(html, field);
	html_print(html, "</legend>\n");
	put_notes(html, field);
	for (size_t i = 0; i < count; i++) {
		put_option(html, field, &options[i], i, many);
	}
	html_print(html, "</fieldset>\n");
}

void page_select_option(struct visit *visit, const char *value, const char *label, const char *chosen)
{
	html_print(visit_html(visit), "<option value=\"%s\"%s>%s</option>\n", value,
		   strcmp(value, chosen) == 0 ? " selected" : "", label);
}

/* ---- what was wrong ---- */

void page_errors_begin(struct visit *visit)
{
	html_print(visit_html(visit),
		   "<div class=\"errors\" role=\"alert\" tabindex=\"-1\" autofocus "
		   "aria-labelledby=\"errors-title\">\n<h2 id=\"errors-title\">There is a problem</h2>\n<ul>\n");
}

void page_error(struct visit *visit, const char *field, const char *sentence)
{
	struct html *html = visit_html(visit);

	if (field == NULL || field[0] == '\0') {
		html_print(html, "<li>%s\n", sentence);
	} else {
		html_print(html, "<li><a href=\"#%s\">%s</a>\n", field, sentence);
	}
}

void page_errors_end(struct visit *visit)
{
	html_print(visit_html(visit), "</ul>\n</div>\n");
}
