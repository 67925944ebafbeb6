/* export_json.c - the rows a request means as JSON, one row on each line.
 *
 * { "registry": name, "day": "YYYY-MM-DD", "notice": text,
 *   "sources": [{ "name": "iana", "dated": "YYYY-MM-DD", "rows": 14500 }, ...],
 *   "bands": [{ "name": ..., "port": ..., "port_end": ..., "kind": ..., "decides": ... }, ...],
 *   "entries": [rows as in export_row.h, ...] }
 * Keys are only ever added. */
#include <jansson.h>

#include "registry/export/export_format.h"
#include "registry/export/export_row.h"
#include "registry/export/export_span.h"
#include "registry/export/export_text.h"

static json_t *sources_json(const struct view *view)
{
	json_t *array = json_array();
	struct view_source source;

	for (unsigned i = 0; view_source(view, i, &source); i++) {
		json_array_append_new(array, json_pack("{s:s, s:s, s:I}", "name", source.name, "dated", source.dated,
						       "rows", (json_int_t)source.rows));
	}
	return array;
}

static json_t *bands_json(const struct view *view)
{
	json_t *array = json_array();
	struct view_band band;

	for (unsigned i = 0; view_band(view, i, &band); i++) {
		json_array_append_new(array,
				      json_pack("{s:s, s:i, s:i, s:s, s:s}", "name", band.name, "port", band.lo,
						"port_end", band.hi, "kind", band.kind, "decides", band.decides));
	}
	return array;
}

static int put_member(const char *key, json_t *value, FILE *stream)
{
	int r;

	fprintf(stream, "\"%s\": ", key);
	r = export_put_json(value, stream);
	fputs(",\n", stream);
	return r;
}

static int put_entries(const struct export_request *request, FILE *stream)
{
	const char *before = "\n";
	struct view_row row;
	int r = 0;

	fputs("\"entries\": [", stream);
	for (uint32_t i = 0; r == 0 && export_next(request, &i, &row);) {
		fputs(before, stream);
		r = export_put_json(export_row_json(request->view, &row), stream);
		before = ",\n";
	}
	fputs("\n]\n", stream);
	return r;
}

int export_json(const struct export_request *request, FILE *stream)
{
	const struct view *view = request->view;
	int r;

	fputs("{\n", stream);
	r = put_member("registry", json_string(view_registry(view)), stream);
	r = r < 0 ? r : put_member("day", json_string(view_day(view)), stream);
	r = r < 0 ? r : put_member("notice", json_string(view_notice(view)), stream);
	r = r < 0 ? r : put_member("sources", sources_json(view), stream);
	r = r < 0 ? r : put_member("bands", bands_json(view), stream);
	r = r < 0 ? r : put_entries(request, stream);
	fputs("}\n", stream);
	return r < 0 ? r : export_end(stream);
}
