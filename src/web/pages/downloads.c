/* downloads.c - the registry as files for other programs: the list of formats, and each of them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/export/export.h"
#include "registry/keep/stored.h"
#include "web/html/url.h"
#include "web/pages/days.h"
#include "web/pages/pages.h"

/* ---- the list ---- */

static void put_format(struct html *html, const struct export_format *format)
{
	struct url url;

	html_print(html, "<div><dt><a href=\"%s\">%s</a></dt><dd>%s</dd></div>\n",
		   url_path(&url, "/download/", format->name), format->name, format->summary);
}

void page_downloads(struct visit *visit)
{
	struct html *html = visit_html(visit);

	page_begin(visit, &(struct page){ .title = "Downloads", .section = "downloads" });
	html_print(html, "<p class=\"lead\">The whole registry in the formats that other programs read.</p>\n"
			 "<dl class=\"facts\">\n");
	for (const struct export_format *format = export_formats; format->name != NULL; format++) {
		if (!format->many_files) {
			put_format(html, format);
		}
	}
	html_print(html, "</dl>\n"
			 "<h2>A part of it</h2>\n"
			 "<p>Behind each address but that of <code>nss</code>, queries choose: "
			 "<code>?status=assigned,reserved</code>, "
			 "<code>?transport=tcp</code>, <code>?band=NAME</code>, <code>?name=http</code>, and "
			 "<code>?day=2026-02-25</code> for the registry as it stood on a day. Without one, "
			 "<code>iana-csv</code> and <code>iana-xml</code> are IANA's newest list as it came.</p>\n"
			 "<p>A set for a firewall names ports; it allows nothing. Whether traffic is let through is "
			 "for who knows the traffic to decide.</p>\n"
			 "<p>On a machine of your own, <code>berth export FORMAT</code> writes the same, and "
			 "<a href=\"/api/v1/openapi.json\">the API</a> answers single questions as JSON.</p>\n");
	page_end(visit);
}

/* ---- one of them ---- */

struct chosen {
	struct selection selection;
	const char *name;
};

/* False when the visitor was told why not. */
static bool choose(struct visit *visit, const struct view *view, struct chosen *ret_chosen)
{
	const char *status = visit_query(visit, "status");
	const char *band = visit_query(visit, "band");
	struct selection *selection = &ret_chosen->selection;
	struct complaint complaint = { "" };
	int transport;

	*ret_chosen = (struct chosen){ .name = visit_query(visit, "name") };
	if (!visit_transport(visit, &transport)) {
		return false;
	}
	if (status[0] != '\0' && selection_statuses(status, &selection->statuses) < 0) {
		(void)complain_of(&complaint, -EINVAL, "\"%s\" is no status: assigned, reserved, unassigned.", status);
	} else if (band[0] != '\0' && !selection_band_exists(view, band)) {
		(void)complain_of(&complaint, -EINVAL, "No band is called \"%s\".", band);
	}
	if (complaint.sentence[0] != '\0') {
		visit_refused(visit, -EINVAL, &complaint);
		return false;
	}
	selection->transports = transport != 0 ? 1U << transport : 0;
	selection->band = band[0] != '\0' ? band : NULL;
	selection->names = ret_chosen->name[0] != '\0' ? &ret_chosen->name : NULL;
	selection->name_count = ret_chosen->name[0] != '\0' ? 1 : 0;
	return true;
}

static bool is_whole(const struct visit *visit)
{
	static const char *const queries[] = { "status", "transport", "band", "name" };

	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		if (visit_query(visit, queries[i])[0] != '\0') {
			return false;
		}
	}
	return true;
}

/* IANA's own formats come from the snapshot, as it came.  -ENOENT: there is none. */
static int write_stored(const struct visit *visit, const struct export_format *format, FILE *stream)
{
	const char *day = visit_query(visit, "day");
	struct store *store = visit->site->store;
	struct stored stored;
	struct stored_view view = { .octets = NULL };

	int r = stored_find(store, 0, day[0] != '\0' ? day : NULL, &stored);
	if (r == 0 && strcmp(format->name, "iana-csv") == 0) {
		r = stored_write_csv(store, &stored, stream);
	} else if (r == 0) {
		r = stored_view(store, &stored, &view);
		if (r == 0) {
			const struct export_request request = {
				.view = &view.view,
				.people = view.people.rows.people,
				.person_count = view.people.rows.person_count,
				.header = strcmp(stored.format, "iana-xml") == 0 ? stored.header : NULL,
			};
			r = format->write(&request, stream);
		}
		stored_view_finish(&view);
	}
	stored_finish(&stored);
	return r;
}

static int write_view(const struct export_format *format, const struct view *view, const struct chosen *chosen,
		      FILE *stream, struct complaint *complaint)
{
	if (format->write == NULL) {
		return fwrite(view->octets, 1, view->size, stream) == view->size ? 0 : -EIO;
	}
	int r = format->write(&(struct export_request){ .view = view, .selection = &chosen->selection }, stream);
	if (r == -ENOENT && chosen->name[0] != '\0') {
		return complain_of(complaint, r, "This registry has nothing called \"%s\" for %s.", chosen->name,
				   format->name);
	}
	return r == -E2BIG || r == -ENOENT
		       ? complain_of(complaint, -EINVAL,
				     "%s is a file for one service: say which, with ?name=", format->name)
		       : r;
}

static int write_format(const struct visit *visit, const struct export_format *format, const struct view *view,
			const struct chosen *chosen, FILE *stream, struct complaint *complaint)
{
	if (strncmp(format->name, "iana-", 5) == 0 && is_whole(visit)) {
		int r = write_stored(visit, format, stream);
		if (r != -ENOENT) {
			return r;
		}
	}
	return write_view(format, view, chosen, stream, complaint);
}

/* What a browser does with it: it keeps it, and never shows it as a page of ours. */
static void announce(struct visit *visit, const struct export_format *format)
{
	static const struct {
		const char *format, *type, *suffix;
	} types[] = {
		{ "iana-csv", "text/csv; charset=utf-8", ".csv" },
		{ "iana-xml", "application/xml", ".xml" },
		{ "json", "application/json", ".json" },
		{ "nss", "application/octet-stream", ".published" },
	};
	const char *suffix = ".txt";
	char disposition[128];

	visit->response->type = "text/plain; charset=utf-8";
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].format, format->name) == 0) {
			visit->response->type = types[i].type;
			suffix = types[i].suffix;
		}
	}
	(void)snprintf(disposition, sizeof(disposition), "attachment; filename=\"%s%s\"", format->name, suffix);
	response_header(visit->response, "Content-Disposition", disposition);
}

void page_download(struct visit *visit)
{
	const struct export_format *format = export_format_find(visit->request->parameters[0]);
	struct complaint complaint = { "" };
	const struct view *view = NULL;
	struct chosen chosen;
	char *octets = NULL;
	size_t size = 0;

	if (format == NULL) {
		visit_problem(visit, 404, "Not found", "There is no format by this name; the downloads list them all.");
		return;
	}
	if (!days_view(visit, "day", &view) || !choose(visit, view, &chosen)) {
		return;
	}
	FILE *stream = open_memstream(&octets, &size);
	int r = stream == NULL ? -ENOMEM : write_format(visit, format, view, &chosen, stream, &complaint);
	if (stream != NULL && fclose(stream) != 0) {
		r = -ENOMEM;
	}
	if (r == 0) {
		announce(visit, format);
		html_octets(visit_html(visit), octets, size);
	} else {
		visit_refused(visit, r, &complaint);
	}
	free(octets);
}
