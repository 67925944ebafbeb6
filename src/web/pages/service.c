/* service.c - the page of one service: its numbers, other names on them, all that is known of its rows, its history. */
#include "web/pages/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "registry/records/derive.h"
#include "web/pages/rows.h"

/* A range of X11's size is looked at, one of a thousand numbers is not. */
enum { ALIASES_MAX = 12, SPAN_MAX = 64 };

/* ---- other names ---- */

struct aliases {
	const char *fold; /* of the service itself */
	const char *names[ALIASES_MAX];
	size_t count;
};

static bool take_alias(const struct view_row *row, uint32_t index, void *context)
{
	struct aliases *aliases = context;

	(void)index;
	if (row->fold[0] == '\0' || strcmp(row->fold, aliases->fold) == 0) {
		return true;
	}
	for (size_t i = 0; i < aliases->count; i++) {
		if (strcmp(aliases->names[i], row->columns[ENTRY_NAME]) == 0) {
			return true;
		}
	}
	aliases->names[aliases->count++] = row->columns[ENTRY_NAME];
	return aliases->count < ALIASES_MAX;
}

static void find_aliases(const struct view *view, const struct rows_found *found, struct aliases *aliases)
{
	for (size_t i = 0; i < found->count; i++) {
		const struct view_row *row = &found->items[i];
		for (int port = row->lo; row->lo != ENTRY_NO_PORT && row->hi - row->lo < SPAN_MAX && port <= row->hi &&
					 aliases->count < ALIASES_MAX;
		     port++) {
			view_at_port(view, port, row->transport, take_alias, aliases);
		}
	}
}

static void put_aliases(struct visit *visit, const struct rows_found *found)
{
	struct aliases aliases = { .fold = found->items[0].fold };
	struct html *html = visit_html(visit);

	find_aliases(&visit->site->view, found, &aliases);
	if (aliases.count == 0) {
		return;
	}
	html_print(html, "<p>Other names on the same numbers: ");
	for (size_t i = 0; i < aliases.count; i++) {
		html_print(html, "%s", i == 0 ? "" : ", ");
		rows_service(visit, aliases.names[i]);
	}
	html_print(html, ".</p>\n");
}

/* ---- the page ---- */

/* What the first row says; a row that only keeps a name reserved says nothing. */
static void put_lead(struct visit *visit, const struct rows_found *found)
{
	const char *description = found->items[0].columns[ENTRY_DESCRIPTION];

	if (description[0] != '\0') {
		html_print(visit_html(visit), "<p class=\"lead\">%s</p>\n", description);
	}
}

static void put_numbers(struct visit *visit, const struct rows_found *found)
{
	rows_table_begin(visit);
	html_print(visit_html(visit), "Its numbers");
	rows_table_head(visit);
	for (size_t i = 0; i < found->count; i++) {
		rows_table_line(visit, &found->items[i], "");
	}
	rows_table_end(visit);
}

static void put_page(struct visit *visit, const struct question *question, const struct rows_found *found)
{
	const char *name = found->items[0].columns[ENTRY_NAME];
	struct url url;

	page_begin(visit, &(struct page){ .title = name, .section = "search" });
	put_lead(visit, found);
	put_numbers(visit, found);
	put_aliases(visit, found);
	rows_sections(visit, found, true);
	rows_history(visit, question);
	html_print(visit_html(visit), "<p><a href=\"%s\">The same as JSON</a></p>\n",
		   url_path(&url, "/api/v1/services/", name));
	page_end(visit);
}

static void put_missing(struct visit *visit, const struct question *question)
{
	visit->response->status = 404;
	page_begin(visit, &(struct page){ .title = "No such service", .section = "search", .is_private = true });
	html_print(visit_html(visit), "<p>Nothing in this registry is called <strong>%s</strong>.</p>\n",
		   question->name);
	rows_near(visit, question);
	page_end(visit);
}

void page_service(struct visit *visit)
{
	const char *name = visit->request->parameters[0];
	struct question question = { .kind = QUESTION_NAME, .lo = ENTRY_NO_PORT, .hi = ENTRY_NO_PORT };
	struct rows_found found = { .items = NULL };

	if (visit_view(visit) == NULL) {
		return;
	}
	if (name[0] == '\0' || strlen(name) >= sizeof(question.name)) {
		visit_problem(visit, 404, "No such service", "Names of services have 1 to 15 characters.");
		return;
	}
	entry_fold(name, question.name);
	view_named(&visit->site->view, question.name, rows_take, &found);
	visit->response->failed = visit->response->failed || found.failed;
	if (found.count == 0) {
		put_missing(visit, &question);
	} else {
		put_page(visit, &question, &found);
	}
	rows_finish_found(&found);
}
