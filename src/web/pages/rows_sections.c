/* rows_sections.c - rows with all that is known of them, a section for each (rows.h). */
#include "web/pages/rows.h"

#include <string.h>

#include "base/text.h"
#include "registry/records/derive.h"

/* Whether two rows differ in their transport alone. */
static bool is_twin(const struct view_row *a, const struct view_row *b)
{
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		if (i != ENTRY_TRANSPORT && strcmp(a->columns[i], b->columns[i]) != 0) {
			return false;
		}
	}
	return a->source == b->source && strcmp(a->since, b->since) == 0;
}

static bool has_twin_before(const struct rows_found *found, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (is_twin(&found->items[i], &found->items[index])) {
			return true;
		}
	}
	return false;
}

/* "tcp, udp" of this row and its twins behind it. */
static const char *transports_of(const struct rows_found *found, size_t index, char *buffer, size_t size)
{
	struct text text;

	text_init(&text, buffer, size);
	text_put(&text, "");
	for (size_t i = index; i < found->count; i++) {
		if (is_twin(&found->items[i], &found->items[index])) {
			text_put(&text, text.used > 0 ? ", " : "");
			text_put(&text, found->items[i].columns[ENTRY_TRANSPORT]);
		}
	}
	return buffer;
}

/* "5254/tcp", "80/tcp, udp", "tcp" for a name alone. */
static void put_number(struct html *html, const struct view_row *row, const char *transports)
{
	char number[ROWS_NUMBER_SIZE];

	(void)rows_number(row, number);
	html_print(html, "%s%s%s", number, number[0] != '\0' && transports[0] != '\0' ? "/" : "", transports);
}

static void put_heading_of_service(struct html *html, const struct view_row *row, const char *transports)
{
	if (row->lo == ENTRY_NO_PORT) {
		html_print(html, "<h2>Name alone, ");
		put_number(html, row, transports);
	} else {
		html_print(html, "<h2><a class=\"number\" href=\"/port/%d\">", row->lo);
		put_number(html, row, transports);
		html_print(html, "</a>");
	}
	html_print(html, "</h2>\n");
}

static void put_heading_of_number(struct visit *visit, const struct view_row *row, const char *transports)
{
	struct html *html = visit_html(visit);

	html_print(html, "<h2>");
	rows_service(visit, row->columns[ENTRY_NAME]);
	html_print(html, " <span class=\"number soft\">");
	put_number(html, row, transports);
	html_print(html, "</span></h2>\n");
}

static void put_status(struct visit *visit, const struct view_row *row)
{
	html_print(visit_html(visit), "<div><dt>Status</dt><dd>");
	page_status(visit, entry_status_name(row->status));
	html_print(visit_html(visit), "</dd></div>\n");
}

static void put_holder(struct visit *visit, const struct view_row *row)
{
	if (row->columns[ENTRY_ASSIGNEE][0] != '\0') {
		html_print(visit_html(visit), "<div><dt>Assignee</dt><dd>");
		rows_holder(visit, row);
		html_print(visit_html(visit), "</dd></div>\n");
	}
}

/* What stands in the columns, but those that stand elsewhere. */
static void put_columns(struct visit *visit, const struct view_row *row)
{
	static const struct {
		enum entry_column column;
		const char *name;
	} columns[] = {
		{ ENTRY_CONTACT, "Contact" },
		{ ENTRY_REGISTERED, "Registered" },
		{ ENTRY_MODIFIED, "Modified" },
		{ ENTRY_REFERENCE, "Reference" },
		{ ENTRY_SERVICE_CODE, "Service code" },
		{ ENTRY_UNAUTHORIZED, "Unauthorized use" },
		{ ENTRY_NOTES, "Notes" },
	};
	struct html *html = visit_html(visit);

	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		const char *text = row->columns[columns[i].column];
		if (text[0] != '\0') {
			html_print(html, "<div><dt>%s</dt><dd>", columns[i].name);
			rows_reference(visit, text);
			html_print(html, "</dd></div>\n");
		}
	}
}

/* RFC 6763, 7: "_tcp" for TCP, "_udp" for everything else. */
static void put_dns_sd(struct visit *visit, const struct view_row *row, const char *transports)
{
	bool is_tcp = strstr(transports, "tcp") != NULL || transports[0] == '\0';
	bool is_other = strcmp(transports, "tcp") != 0;
	struct html *html = visit_html(visit);
	char fault[128];

	if (row->status != ENTRY_ASSIGNED ||
	    service_name_fault(row->columns[ENTRY_NAME], fault, sizeof(fault)) != NULL) {
		return;
	}
	html_print(html, "<div><dt>DNS-SD name</dt><dd>");
	if (is_tcp) {
		html_print(html, "<code>_%s._tcp</code>%s", row->columns[ENTRY_NAME], is_other ? ", " : "");
	}
	if (is_other) {
		html_print(html, "<code>_%s._udp</code>", row->columns[ENTRY_NAME]);
	}
	html_print(html, "</dd></div>\n");
}

static void put_source(struct visit *visit, const struct view_row *row)
{
	struct view_source source;

	if (row->own) {
		html_print(visit_html(visit), "<div><dt>Assigned here</dt><dd>since %s</dd></div>\n", row->since);
	} else if (view_source(&visit->site->view, row->source, &source)) {
		html_print(visit_html(visit), "<div><dt>Source</dt><dd>%s, %s</dd></div>\n", source.name, source.dated);
	}
}

static void put_section(struct visit *visit, const struct view_row *row, const char *transports, bool of_service)
{
	struct html *html = visit_html(visit);

	html_print(html, "<section>\n");
	if (of_service) {
		put_heading_of_service(html, row, transports);
	} else {
		put_heading_of_number(visit, row, transports);
	}
	html_print(html, "<dl class=\"facts\">\n");
	put_status(visit, row);
	/* A row that says no more than its status. */
	if (strcasecmp(row->columns[ENTRY_DESCRIPTION], entry_status_name(row->status)) != 0) {
		page_fact(visit, "Description", row->columns[ENTRY_DESCRIPTION]);
	}
	put_holder(visit, row);
	put_columns(visit, row);
	put_dns_sd(visit, row, transports);
	put_source(visit, row);
	html_print(html, "</dl>\n</section>\n");
}

void rows_sections(struct visit *visit, const struct rows_found *found, bool of_service)
{
	char transports[64];

	for (size_t i = 0; i < found->count; i++) {
		if (found->items[i].status != ENTRY_UNASSIGNED && !has_twin_before(found, i)) {
			put_section(visit, &found->items[i], transports_of(found, i, transports, sizeof(transports)),
				    of_service);
		}
	}
}
