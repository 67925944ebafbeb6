/* answers_json.c - answers as JSON: each object has the same keys, whatever is known. */
#include "registry/lookup/answers.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "registry/words/answers_text.h"
#include "registry/records/derive.h"

/* The text itself; what is no UTF-8, which only a damaged view has, as people are shown it. */
static json_t *text_of(const char *text)
{
	json_t *string = json_string(text);

	if (string == NULL) {
		char shown[1024];
		shown_text(text, shown, sizeof(shown));
		string = json_string(shown);
	}
	return string;
}

static json_t *port_of(int port)
{
	return port == ENTRY_NO_PORT ? json_null() : json_integer(port);
}

/* Sets one key; 0 or -1.  The value is taken. */
static int put(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value);
}

static int put_port(json_t *object, const struct answer *answer, const struct view_row *row)
{
	int r = put(object, "port", port_of(answer->is_free ? answer->lo : row->lo));

	r |= put(object, "port_end", port_of(answer->is_free ? answer->hi : row->hi));
	return r |
	       put(object, "transport",
		   text_of(answer->is_free ? entry_transport_name(answer->transport) : row->columns[ENTRY_TRANSPORT]));
}

static int put_row(json_t *object, const struct answers *answers, const struct answer *answer)
{
	struct view_source source = { .name = "" };
	struct view_row row;
	int r;

	answer_row(answers, answer, &row);
	(void)view_source(answers->view, row.source, &source);
	r = put_port(object, answer, &row);
	r |= put(object, "name", text_of(row.columns[ENTRY_NAME]));
	r |= put(object, "status", text_of(entry_status_name(row.status)));
	r |= put(object, "since", text_of(row.since));
	r |= put(object, "holder", text_of(row.columns[ENTRY_ASSIGNEE]));
	r |= put(object, "contact", text_of(row.columns[ENTRY_CONTACT]));
	r |= put(object, "description", text_of(row.columns[ENTRY_DESCRIPTION]));
	r |= put(object, "source", text_of(source.name));
	r |= put(object, "reference", text_of(row.columns[ENTRY_REFERENCE]));
	r |= put(object, "notes", text_of(row.columns[ENTRY_NOTES]));
	r |= put(object, "service_code", text_of(row.columns[ENTRY_SERVICE_CODE]));
	return r | put(object, "unauthorized", text_of(row.columns[ENTRY_UNAUTHORIZED]));
}

static int put_all(json_t *array, const struct answers *answers)
{
	for (size_t i = 0; i < answers->count; i++) {
		json_t *object = json_object();
		if (json_array_append_new(array, object) < 0 || put_row(object, answers, &answers->items[i]) != 0) {
			return -ENOMEM;
		}
	}
	return 0;
}

int answers_write_json(const struct answers *answers, FILE *stream)
{
	json_t *array = json_array();
	int r = array != NULL ? put_all(array, answers) : -ENOMEM;

	if (r == 0 && json_dumpf(array, stream, JSON_INDENT(2) | JSON_ENSURE_ASCII) < 0) {
		r = -EIO;
	}
	(void)fputc('\n', stream);
	json_decref(array);
	return r;
}
