/* export_row.c - a row as a JSON object: the twelve columns as they came, and what is read from them. */
#include "registry/export/export_row.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "registry/records/derive.h"

static const char *const column_keys[ENTRY_COLUMNS] = {
	[ENTRY_NAME] = "name",
	[ENTRY_PORT] = "port_text",
	[ENTRY_TRANSPORT] = "transport",
	[ENTRY_DESCRIPTION] = "description",
	[ENTRY_ASSIGNEE] = "holder",
	[ENTRY_CONTACT] = "contact",
	[ENTRY_REGISTERED] = "registered",
	[ENTRY_MODIFIED] = "modified",
	[ENTRY_REFERENCE] = "reference",
	[ENTRY_SERVICE_CODE] = "service_code",
	[ENTRY_UNAUTHORIZED] = "unauthorized",
	[ENTRY_NOTES] = "notes",
};

static const struct oddity {
	unsigned bit;
	const char *word;
} oddities[] = {
	{ ODD_NAME, "name" },
	{ ODD_STATUS_TEXT, "status-text" },
	{ ODD_NO_TRANSPORT, "no-transport" },
	{ ODD_LONG_DESCRIPTION, "long-description" },
	{ ODD_DATE, "date" },
	{ ODD_REPLACED, "replaced" },
	{ ODD_UNAUTHORIZED, "unauthorized" },
};

static json_t *port_json(int port)
{
	return port == ENTRY_NO_PORT ? json_null() : json_integer(port);
}

static json_t *source_json(const struct view *view, const struct view_row *row)
{
	struct view_source source;

	return json_string(view_source(view, row->source, &source) ? source.name : "");
}

static json_t *band_json(const struct view *view, const struct view_row *row)
{
	struct view_band band;

	for (unsigned i = 0; view_band(view, i, &band); i++) {
		if (row->lo >= band.lo && row->lo <= band.hi) {
			return json_string(band.name);
		}
	}
	return json_null();
}

static json_t *oddities_json(unsigned bits)
{
	json_t *words = json_array();

	for (size_t i = 0; i < sizeof(oddities) / sizeof(oddities[0]); i++) {
		if ((bits & oddities[i].bit) != 0) {
			json_array_append_new(words, json_string(oddities[i].word));
		}
	}
	return words;
}

json_t *export_row_json(const struct view *view, const struct view_row *row)
{
	json_t *object = json_object();
	int r = 0;

	r |= json_object_set_new_nocheck(object, "port", port_json(row->lo));
	r |= json_object_set_new_nocheck(object, "port_end", port_json(row->hi));
	for (int i = 0; i < ENTRY_COLUMNS; i++) {
		r |= json_object_set_new_nocheck(object, column_keys[i], json_string(row->columns[i]));
	}
	r |= json_object_set_new_nocheck(object, "status", json_string(entry_status_name(row->status)));
	r |= json_object_set_new_nocheck(object, "source", source_json(view, row));
	r |= json_object_set_new_nocheck(object, "since", json_string(row->since));
	r |= json_object_set_new_nocheck(object, "band", band_json(view, row));
	r |= json_object_set_new_nocheck(object, "oddities", oddities_json(row->oddities));
	if (r != 0) {
		json_decref(object);
		return NULL;
	}
	return object;
}

int export_put_json(json_t *value, FILE *stream)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY);

	json_decref(value);
	if (text == NULL) {
		return -ENOMEM;
	}
	/* DEL is the one control character that JSON leaves as it is. */
	for (const char *rest = text; *rest != '\0';) {
		size_t size = strcspn(rest, "\x7f");
		fwrite(rest, 1, size, stream);
		rest += size;
		if (*rest != '\0') {
			fputs("\\u007f", stream);
			rest++;
		}
	}
	free(text);
	return ferror(stream) ? -EIO : 0;
}
