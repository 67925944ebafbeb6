/* organisation.c - the rows of one assignee.  People have no such page: what they hold is found by number or name. */
#include "web/pages/pages.h"

#include <string.h>

#include "web/pages/holder.h"
#include "web/pages/rows.h"

static size_t count_rows(const struct view *view, const char *name)
{
	struct view_row row;
	size_t count = 0;

	for (uint32_t i = 0; view_row(view, i, &row); i++) {
		count += strcmp(row.columns[ENTRY_ASSIGNEE], name) == 0;
	}
	return count;
}

/* Of all its sources, whatever one of them says: a person anywhere is a person. */
static enum holder_kind kind_of(struct visit *visit, const char *name)
{
	enum holder_kind kind = HOLDER_UNKNOWN;
	struct view_source source;

	for (unsigned i = 0; view_source(&visit->site->view, i, &source); i++) {
		enum holder_kind here = holder_kind(visit, source.name, name);
		kind = here > kind ? here : kind;
	}
	return kind;
}

static void put_rows(struct visit *visit, const char *name, size_t from)
{
	struct view_row row;
	size_t place = 0;

	for (uint32_t i = 0; view_row(&visit->site->view, i, &row); i++) {
		if (strcmp(row.columns[ENTRY_ASSIGNEE], name) == 0) {
			if (place >= from && place < from + ROWS_ON_A_PAGE) {
				rows_table_line(visit, &row, "");
			}
			place++;
		}
	}
}

static void put_page(struct visit *visit, const char *name, size_t count, bool is_sure)
{
	struct html *html = visit_html(visit);
	struct url url;

	page_begin(visit, &(struct page){ .title = name, .section = "search", .is_private = !is_sure });
	rows_table_begin(visit);
	html_print(html, "%zu row%s with this assignee", count, count == 1 ? "" : "s");
	rows_table_head(visit);
	put_rows(visit, name, rows_from(visit));
	rows_table_end(visit);
	(void)url_path(&url, "/organisation", "");
	(void)url_query(&url, "name", name);
	rows_steps(visit, &url, count);
	page_end(visit);
}

void page_organisation(struct visit *visit)
{
	const char *name = visit_query(visit, "name");
	size_t count = visit->site->view.size == 0 || name[0] == '\0' ? 0 : count_rows(&visit->site->view, name);
	enum holder_kind kind = count == 0 ? HOLDER_UNKNOWN : kind_of(visit, name);

	if (count == 0) {
		visit_problem(visit, 404, "No such assignee",
			      "No row has an assignee that is written like this, to the letter.");
	} else if (kind == HOLDER_PERSON) {
		visit_problem(visit, 404, "People are not listed",
			      "This assignee is a person. The registry does not list what a person holds; each row is "
			      "found by its number or by the name of its service.");
	} else {
		put_page(visit, name, count, kind == HOLDER_ORGANISATION);
	}
}
