/* rows.c - rows of the registry as pages show them (rows.h).  Called by the pages of search, port, service and
 * organisation. */
#include "web/pages/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "registry/records/derive.h"
#include "web/pages/holder.h"

void rows_finish_found(struct rows_found *found)
{
	free(found->items);
	*found = (struct rows_found){ 0 };
}

bool rows_take(const struct view_row *row, uint32_t index, void *context)
{
	struct rows_found *found = context;
	struct view_row *grown = array_grow(found->items, found->count, &found->capacity, sizeof(*grown));

	(void)index;
	if (grown == NULL) {
		found->failed = true;
		return false;
	}
	found->items = grown;
	found->items[found->count++] = *row;
	return true;
}

const char *rows_number(const struct view_row *row, char buffer[static ROWS_NUMBER_SIZE])
{
	if (row->lo == ENTRY_NO_PORT) {
		buffer[0] = '\0';
	} else if (row->lo == row->hi) {
		(void)snprintf(buffer, ROWS_NUMBER_SIZE, "%d", row->lo);
	} else {
		(void)snprintf(buffer, ROWS_NUMBER_SIZE, "%d-%d", row->lo, row->hi);
	}
	return buffer;
}

void rows_service(struct visit *visit, const char *name)
{
	struct url url;

	if (name[0] != '\0') {
		html_print(visit_html(visit), "<a href=\"%s\">%s</a>", url_path(&url, "/service/", name), name);
	}
}

/* ---- a table ---- */

void rows_table_begin(struct visit *visit)
{
	html_print(visit_html(visit), "<table class=\"rows\">\n<caption>");
}

void rows_table_head(struct visit *visit)
{
	html_print(visit_html(visit),
		   "</caption>\n<thead><tr><th scope=\"col\">Number</th><th scope=\"col\">Transport</th>"
		   "<th scope=\"col\">Status</th><th scope=\"col\">Service</th><th scope=\"col\">Description</th>"
		   "</tr></thead>\n<tbody>\n");
}

static void put_number(struct html *html, const struct view_row *row)
{
	char number[ROWS_NUMBER_SIZE];

	if (row->lo == ENTRY_NO_PORT) {
		html_print(html, "<td>none</td>");
	} else {
		html_print(html, "<td><a href=\"/port/%d\">%s</a></td>", row->lo, rows_number(row, number));
	}
}

/* A line has room for the beginning; the rest stands on the row's own pages. */
static void put_description(struct html *html, const char *text)
{
	enum { SHOWN_MAX = 160 };
	char shown[SHOWN_MAX + 1];
	size_t size = strlen(text);

	if (size <= SHOWN_MAX) {
		html_print(html, "%s", text);
		return;
	}
	for (size = SHOWN_MAX; size > 0 && (text[size] & 0xc0) == 0x80; size--) {
	}
	memcpy(shown, text, size);
	shown[size] = '\0';
	html_print(html, "%s ...", shown);
}

void rows_table_line(struct visit *visit, const struct view_row *row, const char *free_text)
{
	struct html *html = visit_html(visit);

	html_print(html, "<tr>");
	put_number(html, row);
	html_print(html, "<td>%s</td><td>", row->columns[ENTRY_TRANSPORT]);
	page_status(visit, entry_status_name(row->status));
	html_print(html, "</td><td>");
	rows_service(visit, row->columns[ENTRY_NAME]);
	html_print(html, "</td><td>");
	put_description(html, free_text[0] != '\0' ? free_text : row->columns[ENTRY_DESCRIPTION]);
	html_print(html, "</td></tr>\n");
}

void rows_table_end(struct visit *visit)
{
	html_print(visit_html(visit), "</tbody>\n</table>\n");
}

/* ---- page by page ---- */

size_t rows_from(const struct visit *visit)
{
	const char *text = visit_query(visit, "from");

	return strlen(text) <= 6 ? (size_t)strtoul(text, NULL, 10) : 0;
}

static void put_step(struct visit *visit, struct url url, size_t from, const char *relation, const char *label)
{
	char number[24];

	(void)snprintf(number, sizeof(number), "%zu", from);
	(void)url_query(&url, "from", from == 0 ? "" : number);
	html_print(visit_html(visit), "<li><a rel=\"%s\" href=\"%s\">%s</a>\n", relation, url.text, label);
}

void rows_steps(struct visit *visit, const struct url *url, size_t count)
{
	size_t from = rows_from(visit);
	bool has_next = from + ROWS_ON_A_PAGE < count;
	struct html *html = visit_html(visit);

	if (from == 0 && !has_next) {
		return;
	}
	html_print(html, "<nav aria-label=\"More rows\">\n<ul>\n");
	if (from > 0) {
		put_step(visit, *url, from > ROWS_ON_A_PAGE ? from - ROWS_ON_A_PAGE : 0, "prev", "Previous rows");
	}
	if (has_next) {
		put_step(visit, *url, from + ROWS_ON_A_PAGE, "next", "Next rows");
	}
	html_print(html, "</ul>\n</nav>\n");
}

/* ---- texts that lead somewhere ---- */

/* The digits of "[RFC1234]" at the text's beginning, or 0. */
static size_t rfc_digits(const char *text)
{
	static const char before[] = "[RFC";
	size_t size = strncmp(text, before, strlen(before)) == 0 ? strspn(text + strlen(before), "0123456789") : 0;

	return size > 0 && size <= 5 && text[strlen(before) + size] == ']' ? size : 0;
}

void rows_reference(struct visit *visit, const char *text)
{
	struct html *html = visit_html(visit);

	while (*text != '\0') {
		char part[256];
		size_t digits = rfc_digits(text);
		size_t size = digits > 0 ? digits + strlen("[RFC]") : strcspn(text + 1, "[") + 1;
		size = size < sizeof(part) ? size : sizeof(part) - 1;
		memcpy(part, text, size);
		part[size] = '\0';
		if (digits > 0) {
			html_print(html, "<a href=\"https://www.rfc-editor.org/rfc/rfc%ld\">%s</a>",
				   strtol(part + strlen("[RFC"), NULL, 10), part);
		} else {
			html_print(html, "%s", part);
		}
		text += size;
	}
}

void rows_holder(struct visit *visit, const struct view_row *row)
{
	const char *assignee = row->columns[ENTRY_ASSIGNEE];
	struct view_source source = { .name = "" };
	struct url url;

	(void)view_source(&visit->site->view, row->source, &source);
	if (holder_kind(visit, source.name, assignee) != HOLDER_ORGANISATION) {
		html_print(visit_html(visit), "%s", assignee);
		return;
	}
	(void)url_path(&url, "/organisation", "");
	html_print(visit_html(visit), "<a href=\"%s\">%s</a>", url_query(&url, "name", assignee), assignee);
}

void rows_near(struct visit *visit, const struct question *question)
{
	const char *names[ANSWERS_NEAR_MAX];
	struct answers *answers = NULL;
	struct html *html = visit_html(visit);

	if (answers_create(&visit->site->view, &answers) < 0) {
		visit->response->failed = true;
		return;
	}
	size_t count = answers_near(answers, question, names);
	(void)answers_destroy(answers);
	if (count == 0) {
		return;
	}
	html_print(html, "<p>Near: ");
	for (size_t i = 0; i < count; i++) {
		html_print(html, "%s", i == 0 ? "" : ", ");
		rows_service(visit, names[i]);
	}
	html_print(html, ".</p>\n");
}
