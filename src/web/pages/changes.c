/* changes.c - what changed between two days. */
#include <errno.h>
#include <string.h>

#include "registry/compare/diff.h"
#include "web/pages/days.h"
#include "web/pages/pages.h"
#include "web/pages/rows.h"

enum { CHANGES_SHOWN_MAX = 500 };

/* ---- one change ---- */

static const char *word_of(enum diff_kind kind)
{
	return kind == DIFF_ADDED ? "new" : kind == DIFF_REMOVED ? "gone" : "edited";
}

static void put_difference(struct html *html, const char *column, const char *before, const char *after)
{
	html_print(html, "<div><span class=\"soft\">%s:</span> <del>%s</del> <ins>%s</ins></div>", column, before,
		   after);
}

/* Of an edited row, each column that differs; else what the row says. */
static void put_what(struct html *html, const struct diff_item *item, const struct view_row *before,
		     const struct view_row *after)
{
	if (item->kind != DIFF_EDITED) {
		html_print(html, "%s", (item->kind == DIFF_ADDED ? after : before)->columns[ENTRY_DESCRIPTION]);
		return;
	}
	for (int column = 0; column < ENTRY_COLUMNS; column++) {
		if ((item->columns & 1U << column) != 0) {
			put_difference(html, entry_column_name(column), before->columns[column],
				       after->columns[column]);
		}
	}
}

static void put_item(struct visit *visit, const struct diff_item *item, const struct view *old_view,
		     const struct view *new_view)
{
	struct html *html = visit_html(visit);
	struct view_row before = { .since = "" };
	struct view_row after = { .since = "" };

	(void)view_row(old_view, item->old_row, &before);
	(void)view_row(new_view, item->new_row, &after);
	const struct view_row *row = item->kind == DIFF_REMOVED ? &before : &after;
	const char *name = row->columns[ENTRY_NAME];
	html_print(html, "<tr><td data-label=\"Change\">%s</td><td data-label=\"Port\">%s %s</td>", word_of(item->kind),
		   row->columns[ENTRY_PORT], row->columns[ENTRY_TRANSPORT]);
	if (name[0] != '\0') {
		html_print(html, "<th scope=\"row\" data-label=\"Name\">");
		rows_service(visit, name);
		html_print(html, "</th>");
	} else {
		html_print(html, "<td data-label=\"Name\"></td>");
	}
	html_print(html, "<td data-label=\"What\">");
	put_what(html, item, &before, &after);
	html_print(html, "</td></tr>\n");
}

/* ---- the page ---- */

static void put_counts(struct html *html, const struct diff *diff)
{
	size_t counts[DIFF_EDITED + 1] = { 0 };

	for (size_t i = 0; i < diff->count; i++) {
		counts[diff->items[i].kind]++;
	}
	html_print(html, "<p class=\"lead\">%zu new, %zu gone, %zu edited.</p>\n", counts[DIFF_ADDED],
		   counts[DIFF_REMOVED], counts[DIFF_EDITED]);
}

static void put_changes(struct visit *visit, const struct diff *diff, const struct view *old_view,
			const struct view *new_view)
{
	static const char *const columns[] = { "Change", "Port", "Name", "What" };
	size_t shown = diff->count < CHANGES_SHOWN_MAX ? diff->count : CHANGES_SHOWN_MAX;

	put_counts(visit_html(visit), diff);
	if (shown < diff->count) {
		html_print(visit_html(visit),
			   "<p>These are the first %zu; <code>berth diff</code> and the API have them all.</p>\n",
			   shown);
	}
	page_table_begin(visit, "changes", "Changes, in the order of ports", columns, 4);
	for (size_t i = 0; i < shown; i++) {
		put_item(visit, &diff->items[i], old_view, new_view);
	}
	page_table_end(visit);
}

/* The last two days there are, unless others were asked for. */
static void put_form(struct visit *visit, const struct days *days)
{
	struct html *html = visit_html(visit);

	html_print(html, "<form action=\"/changes\" class=\"row\">\n");
	days_choice(visit, days, "from", "From", "the day before", visit_query(visit, "from"));
	days_choice(visit, days, "to", "To", "today", visit_query(visit, "to"));
	html_print(html, "<div><button>Compare</button></div>\n</form>\n");
}

/* What stands behind an empty "from": the newest day that is not the other one. */
static const char *day_before(const struct days *days, const char *day)
{
	for (size_t i = 0; i < days->count; i++) {
		if (strcmp(days->items[i], day) < 0) {
			return days->items[i];
		}
	}
	return "";
}

static bool find_views(struct visit *visit, const struct days *days, const struct view **ret_old,
		       const struct view **ret_new)
{
	if (!days_view(visit, "to", ret_new)) {
		return false;
	}
	if (visit_query(visit, "from")[0] != '\0') {
		return days_view(visit, "from", ret_old);
	}
	*ret_old = NULL;
	const char *day = day_before(days, view_day(*ret_new));
	return day[0] == '\0' || days_view_of(visit, day, ret_old);
}

void page_changes(struct visit *visit)
{
	const struct view *old_view = NULL;
	const struct view *new_view = NULL;
	struct days days;
	struct diff diff = { .count = 0 };

	int r = days_read(visit->site, &days);
	if (r < 0) {
		visit_refused(visit, r, &(struct complaint){ "" });
		return;
	}
	if (!find_views(visit, &days, &old_view, &new_view)) {
		return;
	}
	r = old_view == NULL ? 0 : diff_views(old_view, new_view, NULL, &diff);
	if (r < 0) {
		visit_refused(visit, r, &(struct complaint){ "" });
		return;
	}
	page_begin(visit, &(struct page){ .title = "Changes", .section = "statistics" });
	put_form(visit, &days);
	if (old_view == NULL) {
		html_print(visit_html(visit), "<p>There is one day only: nothing to compare it with.</p>\n");
	} else {
		put_changes(visit, &diff, old_view, new_view);
		diff_finish(&diff);
	}
	page_end(visit);
}
