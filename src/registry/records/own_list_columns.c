/* own_list_columns.c - the header of an own list: which column is what (own_list_parts.h). */
#include <errno.h>
#include <string.h>

#include "config/nearest.h"
#include "registry/words/answers_text.h"
#include "registry/words/complain.h"
#include "registry/records/own_list_parts.h"

enum { SPELLING_MAX = 40, SHOWN_NAME_SIZE = 80 };

/* In lower case, without blanks, "_" and "-". */
static const struct {
	const char *spelling;
	enum own_field field;
} spellings[] = {
	{ "port", OWN_PORT },
	{ "portnumber", OWN_PORT },
	{ "ports", OWN_PORT },
	{ "transport", OWN_TRANSPORT },
	{ "protocol", OWN_TRANSPORT },
	{ "proto", OWN_TRANSPORT },
	{ "transportprotocol", OWN_TRANSPORT },
	{ "name", OWN_NAME },
	{ "service", OWN_NAME },
	{ "servicename", OWN_NAME },
	{ "description", OWN_DESCRIPTION },
	{ "servicedescription", OWN_DESCRIPTION },
	{ "purpose", OWN_DESCRIPTION },
	{ "holder", OWN_HOLDER },
	{ "team", OWN_HOLDER },
	{ "owner", OWN_HOLDER },
	{ "assignee", OWN_HOLDER },
	{ "contact", OWN_CONTACT },
	{ "since", OWN_SINCE },
	{ "registered", OWN_SINCE },
	{ "registrationdate", OWN_SINCE },
	{ "notes", OWN_NOTES },
	{ "note", OWN_NOTES },
	{ "comment", OWN_NOTES },
	{ "remarks", OWN_NOTES },
	{ "assignmentnotes", OWN_NOTES },
	{ "reference", OWN_REFERENCE },
};

enum { SPELLINGS = sizeof(spellings) / sizeof(spellings[0]) };

/* Without what does not matter; a longer name is none of those known. */
static void simplify(const char *name, char ret_spelling[static SPELLING_MAX])
{
	size_t used = 0;

	for (; *name != '\0' && used < SPELLING_MAX - 1; name++) {
		if (strchr(" \t\r\n_-", *name) == NULL) {
			ret_spelling[used++] = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
		}
	}
	ret_spelling[used] = '\0';
}

static enum own_field field_of(const char *name)
{
	char spelling[SPELLING_MAX];

	simplify(name, spelling);
	for (size_t i = 0; i < SPELLINGS; i++) {
		if (strcmp(spelling, spellings[i].spelling) == 0) {
			return spellings[i].field;
		}
	}
	return OWN_NO_FIELD;
}

static int tell_of_unknown(struct own_list_reader *reader, size_t line, const char *name)
{
	struct nearest nearest;
	char spelling[SPELLING_MAX];
	char shown[SHOWN_NAME_SIZE];
	char hint[NEAREST_HINT_MAX];

	simplify(name, spelling);
	nearest_init(&nearest, spelling);
	for (size_t i = 0; i < SPELLINGS; i++) {
		nearest_try(&nearest, spellings[i].spelling);
	}
	shown_text(name, shown, sizeof(shown));
	return own_list_find(reader, line, false,
			     "column \"%s\" is none of port, transport, name, description, holder, contact, since, "
			     "notes, reference, and is kept out%s",
			     shown, nearest_hint(&nearest, hint));
}

static int take_name(struct own_list_reader *reader, size_t line, const char *name)
{
	size_t column = reader->column_count;
	enum own_field field = field_of(name);
	char shown[2][SHOWN_NAME_SIZE];

	for (size_t i = 0; i < column && field != OWN_NO_FIELD; i++) {
		if (reader->fields[i] == field) {
			shown_text(name, shown[0], sizeof(shown[0]));
			shown_text(reader->names[i], shown[1], sizeof(shown[1]));
			reader->fields[column] = OWN_NO_FIELD;
			return own_list_find(reader, line, false,
					     "column \"%s\" means the same as \"%s\", and is kept out", shown[0],
					     shown[1]);
		}
	}
	reader->fields[column] = field;
	return field == OWN_NO_FIELD && *name != '\0' ? tell_of_unknown(reader, line, name) : 0;
}

/* With the name that means nothing and looks most like "port". */
static int complain_of_port(struct own_list_reader *reader, size_t line)
{
	struct nearest nearest;
	char shown[SHOWN_NAME_SIZE];

	nearest_init(&nearest, "port");
	for (size_t i = 0; i < reader->column_count; i++) {
		if (reader->fields[i] == OWN_NO_FIELD) {
			nearest_try(&nearest, reader->names[i]);
		}
	}
	if (nearest.best == NULL) {
		return complain_of(reader->complaint, -EBADMSG, "the header (line %zu) has no column \"port\"", line);
	}
	shown_text(nearest.best, shown, sizeof(shown));
	return complain_of(reader->complaint, -EBADMSG,
			   "the header (line %zu) has no column \"port\"; is \"%s\" meant to be it?", line, shown);
}

int own_list_take_header(struct own_list_reader *reader, const struct csv_record *record)
{
	bool has_port = false;

	for (size_t i = 0; i < record->count; i++) {
		const char *name = own_list_trim(reader, record->fields[i]);
		int r = name == NULL ? -ENOMEM : take_name(reader, record->line, name);

		if (r < 0) {
			return r;
		}
		reader->names[i] = name;
		reader->column_count++;
		has_port = has_port || reader->fields[i] == OWN_PORT;
	}
	return has_port ? 0 : complain_of_port(reader, record->line);
}
