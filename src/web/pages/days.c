/* days.c - the days a visitor can choose (days.h). */
#include "web/pages/days.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/snapshots.h"

/* Snapshots come with the oldest day first; the newest days are kept. */
static int keep(const struct snapshot *snapshot, void *context)
{
	struct days *days = context;

	for (size_t i = 0; i < days->count; i++) {
		if (strcmp(days->items[i], snapshot->dated) == 0) {
			return 0;
		}
	}
	days->count += days->count < DAYS_MAX ? 1 : 0;
	memmove(days->items[1], days->items[0], (days->count - 1) * sizeof(days->items[0]));
	(void)snprintf(days->items[0], DAY_SIZE, "%s", snapshot->dated);
	return 0;
}

int days_read(struct site *site, struct days *ret_days)
{
	ret_days->count = 0;
	return snapshot_list(site->store, NULL, keep, ret_days);
}

void days_choice(struct visit *visit, const struct days *days, const char *name, const char *label, const char *first,
		 const char *chosen)
{
	struct html *html = visit_html(visit);

	html_print(html, "<div><label for=\"%s\">%s</label>\n<select id=\"%s\" name=\"%s\">\n", name, label, name,
		   name);
	page_select_option(visit, "", first, chosen);
	for (size_t i = 0; i < days->count; i++) {
		const char *day = days->items[i];
		page_select_option(visit, day, day, chosen);
	}
	html_print(html, "</select></div>\n");
}

bool days_view_of(struct visit *visit, const char *text, const struct view **ret_view)
{
	struct complaint complaint = { "" };
	char day[DAY_SIZE];

	if (text[0] == '\0') {
		*ret_view = visit_view(visit);
		return *ret_view != NULL;
	}
	if (!day_read(text, true, day)) {
		(void)complain_of(&complaint, -EINVAL, "\"%s\" is no day; one is written 2026-02-25.", text);
		visit_refused(visit, -EINVAL, &complaint);
		return false;
	}
	int r = site_view_of(visit->site, day, ret_view);
	if (r == -ENOENT) {
		(void)complain_of(&complaint, r, "No snapshot of this registry speaks of %s.", text);
	}
	if (r < 0) {
		visit_refused(visit, r, &complaint);
	}
	return r == 0;
}

bool days_view(struct visit *visit, const char *name, const struct view **ret_view)
{
	return days_view_of(visit, visit_query(visit, name), ret_view);
}
