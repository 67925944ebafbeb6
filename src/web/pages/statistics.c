/* statistics.c - how full the registry is, what came when, and how applications go: counts, and nobody's names. */
#include <errno.h>
#include <stdlib.h>

#include "registry/compare/map_ports.h"
#include "registry/process/process_statistics.h"
#include "registry/records/derive.h"
#include "store/snapshots.h"
#include "web/html/url.h"
#include "web/pages/pages.h"

enum { MONTHS_SHOWN = 24, SYSTEM_LAST = 1023, USER_LAST = 49151 };

/* ---- how full ---- */

struct range {
	const char *name;
	int lo, hi;
};

static const struct range ranges[] = {
	{ "System ports", 0, SYSTEM_LAST },
	{ "User ports", SYSTEM_LAST + 1, USER_LAST },
	{ "Dynamic ports", USER_LAST + 1, MAP_PORTS - 1 },
};

static int put_range(struct visit *visit, const struct range *range, int transport)
{
	const struct map_request request = {
		.view = &visit->site->view,
		.transport = transport,
		.lo = range->lo,
		.hi = range->hi,
	};
	struct html *html = visit_html(visit);
	struct map_ports *ports = NULL;

	int r = map_ports_create(&request, &ports);
	if (r < 0) {
		return r;
	}
	html_print(html, "<tr><th scope=\"row\">%s, %s</th>", range->name, map_transport_title(transport));
	page_number(visit, "Assigned", ports->states[MAP_ASSIGNED] + ports->states[MAP_OWN]);
	page_number(visit, "Reserved", ports->states[MAP_RESERVED]);
	page_number(visit, "Unassigned", ports->states[MAP_UNASSIGNED] + ports->states[MAP_NO_ROW]);
	html_print(html, "</tr>\n");
	free(ports);
	return 0;
}

static int put_ranges(struct visit *visit)
{
	static const char *const columns[] = { "Range", "#Assigned", "#Reserved", "#Unassigned" };
	static const int transports[] = { ENTRY_TCP, ENTRY_UDP, ENTRY_SCTP, ENTRY_DCCP };
	int r = 0;

	html_print(visit_html(visit), "<h2>How full it is</h2>\n");
	page_table_begin(visit, "ranges", "Port numbers by range and transport", columns, 4);
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		for (size_t j = 0; j < sizeof(transports) / sizeof(transports[0]) && r == 0; j++) {
			r = put_range(visit, &ranges[i], transports[j]);
		}
	}
	page_table_end(visit);
	return r;
}

/* ---- bands ---- */

static int put_band(struct visit *visit, const struct view_band *band)
{
	const struct map_request request = { .view = &visit->site->view, .lo = band->lo, .hi = band->hi };
	struct html *html = visit_html(visit);
	struct map_ports *ports = NULL;

	int r = map_ports_create(&request, &ports);
	if (r < 0) {
		return r;
	}
	html_print(html, "<tr><th scope=\"row\">%s</th><td data-label=\"Ports\">%d to %d</td>", band->name, band->lo,
		   band->hi);
	html_print(html, "<td data-label=\"Decided by\">%s</td>", band->decides);
	page_number(visit, "Taken", ports->states[MAP_ASSIGNED] + ports->states[MAP_OWN] + ports->states[MAP_RESERVED]);
	page_number(visit, "Free", ports->states[MAP_UNASSIGNED] + ports->states[MAP_NO_ROW]);
	html_print(html, "</tr>\n");
	free(ports);
	return 0;
}

static int put_bands(struct visit *visit)
{
	static const char *const columns[] = { "Band", "Ports", "Decided by", "#Taken", "#Free" };
	const struct view *view = &visit->site->view;
	struct view_band band;
	int r = 0;

	html_print(visit_html(visit), "<h2>Bands</h2>\n");
	page_table_begin(visit, "bands", "Who decides where (TCP and UDP together)", columns, 5);
	for (unsigned i = 0; i < view_band_count(view) && r == 0; i++) {
		r = view_band(view, i, &band) ? put_band(visit, &band) : 0;
	}
	page_table_end(visit);
	return r;
}

/* ---- days and applications ---- */

static int put_day(const struct snapshot *snapshot, void *context)
{
	struct visit *visit = context;
	struct html *html = visit_html(visit);
	struct url url;

	(void)url_path(&url, "/map", "");
	(void)url_query(&url, "day", snapshot->dated);
	html_print(html, "<tr><th scope=\"row\"><a href=\"%s\">%s</a></th>", url.text, snapshot->dated);
	html_print(html, "<td data-label=\"Source\">%s</td>", snapshot->source);
	page_number(visit, "Rows", (unsigned)snapshot->rows);
	html_print(html, "</tr>\n");
	return 0;
}

static int put_days(struct visit *visit)
{
	static const char *const columns[] = { "Day", "Source", "#Rows" };

	html_print(visit_html(visit),
		   "<h2>Days</h2>\n<p><a href=\"/changes\">What changed between two of them</a></p>\n");
	page_table_begin(visit, "days", "Snapshots that this registry keeps side by side", columns, 3);
	int r = snapshot_list(visit->site->store, NULL, put_day, visit);
	page_table_end(visit);
	return r;
}

static int put_applications(struct visit *visit)
{
	static const char *const columns[] = { "Month", "#Opened", "#Closed", "#Open at its end" };
	struct html *html = visit_html(visit);
	struct process_count *counts = NULL;
	size_t count = 0;

	int r = process_counts(&visit->site->process, &counts, &count);
	if (r < 0) {
		return r;
	}
	html_print(html, "<h2>Applications</h2>\n");
	page_table_begin(visit, "applications", "Applications by month, the newest first", columns, 4);
	for (size_t i = 0; i < count && i < MONTHS_SHOWN; i++) {
		html_print(html, "<tr><th scope=\"row\">%s</th>", counts[i].month);
		page_number(visit, "Opened", counts[i].opened);
		page_number(visit, "Closed", counts[i].closed);
		page_number(visit, "Open at its end", counts[i].open);
		html_print(html, "</tr>\n");
	}
	page_table_end(visit);
	free(counts);
	return 0;
}

void page_statistics(struct visit *visit)
{
	page_begin(visit, &(struct page){ .title = "Statistics", .section = "statistics" });
	int r = visit->site->view.size == 0 ? 0 : put_ranges(visit);
	if (r == 0 && visit->site->view.size > 0) {
		r = put_bands(visit);
	}
	if (r == 0) {
		r = put_applications(visit);
	}
	if (r == 0) {
		r = put_days(visit);
	}
	if (r < 0) {
		visit_refused(visit, r, &(struct complaint){ "" });
		return;
	}
	page_end(visit);
}
