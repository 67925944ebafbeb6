/* process_entry.c - the rows that show what an application was given (process_private.h).
 *
 * Only answers that are public by the table of fields stand in them. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "registry/words/day.h"
#include "registry/records/rows_text.h"

const char *work_format(struct work *work, const char *format, ...)
{
	va_list arguments;
	va_list again;

	va_start(arguments, format);
	va_copy(again, arguments);
	int size = vsnprintf(NULL, 0, format, again);
	va_end(again);
	char *text = size >= 0 ? arena_take(&work->arena, (size_t)size + 1) : NULL;
	if (text != NULL) {
		(void)vsnprintf(text, (size_t)size + 1, format, arguments);
	}
	va_end(arguments);
	return text != NULL ? text : "";
}

void work_day(struct work *work, char ret_day[static 11])
{
	(void)snprintf(ret_day, DAY_SIZE, "%.10s", change_at(work->change));
}

static const char *public_value(struct work *work, const char *key)
{
	int at = form_field_find(key);

	return at >= 0 && form_visibility_of(&form_fields[at], work->form.kind) == FORM_PUBLIC
		       ? form_value(&work->form, key)
		       : "";
}

const char *work_person(struct work *work, const char *name)
{
	if (name[0] == '\0') {
		return "";
	}
	char *text = arena_take(&work->arena, strlen(name) + 3);
	if (text == NULL) {
		return "";
	}
	(void)snprintf(text, strlen(name) + 3, "[%s]", name);
	for (char *at = text; *at != '\0'; at++) {
		if (*at == ' ') {
			*at = '_';
		}
	}
	return text;
}

/* The applicant is not public, unless nobody else is named: somebody must hold it. */
static const char *holder(struct work *work, const char *key, const char *otherwise)
{
	const char *name = public_value(work, key);

	return name[0] != '\0' ? work_person(work, name) : otherwise;
}

static const char txt_keys[] = "Defined TXT keys: ";

static const char *with_keys(struct work *work, const char *text, const char *keys)
{
	return work_format(work, "%s%s%s%s", text, text[0] != '\0' ? "\n" : "", txt_keys, keys);
}

static const char *notes(struct work *work, const char *until)
{
	const char *own = public_value(work, "notes");
	const char *keys = public_value(work, "txt-keys");
	char day[DAY_SIZE];
	const char *text = own;

	work_day(work, day);
	if (keys[0] != '\0') {
		text = with_keys(work, text, keys);
	}
	if (until != NULL) {
		text = work_format(work, "TEMPORARY - assigned %s, expires %.10s%s%s", day, until,
				   text[0] != '\0' ? "\n" : "", text);
	}
	return text;
}

int work_settle_entry(struct work *work, struct entry *entry)
{
	return rows_complete(&work->arena, entry) < 0 ? complain_of(work->complaint, -ENOMEM, "not enough memory") : 0;
}

static void empty_entry(struct work *work, int port, const char *transport, struct entry *entry)
{
	*entry = (struct entry){ .raw = NULL };
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		entry->columns[i] = "";
	}
	entry->columns[ENTRY_PORT] = port >= 0 ? work_format(work, "%d", port) : "";
	entry->columns[ENTRY_TRANSPORT] = transport;
}

const char *work_service_codes(struct work *work, const char *transport)
{
	struct service_codes codes = process_service_codes(&work->form);
	const char *column = "";

	for (size_t i = 0; i < codes.count && strcmp(transport, "dccp") == 0; i++) {
		column = work_format(work, "%s%s%lu", column, i > 0 ? ", " : "", (unsigned long)codes.list[i]);
	}
	return column;
}

int work_entry(struct work *work, int port, const char *transport, const char *until, struct entry *ret_entry)
{
	const char *description = public_value(work, "description");
	const char *assignee = holder(work, "assignee", work_person(work, form_value(&work->form, "applicant")));
	char day[DAY_SIZE];

	empty_entry(work, port, transport, ret_entry);
	work_day(work, day);
	ret_entry->columns[ENTRY_NAME] = public_value(work, "short");
	ret_entry->columns[ENTRY_DESCRIPTION] = description[0] != '\0' ? description : public_value(work, "title");
	ret_entry->columns[ENTRY_ASSIGNEE] = assignee;
	ret_entry->columns[ENTRY_CONTACT] = holder(work, "contact", assignee);
	ret_entry->columns[ENTRY_REGISTERED] = work_format(work, "%s", day);
	ret_entry->columns[ENTRY_REFERENCE] = public_value(work, "reference");
	ret_entry->columns[ENTRY_UNAUTHORIZED] = public_value(work, "unauthorized-use");
	ret_entry->columns[ENTRY_NOTES] = notes(work, until);
	ret_entry->columns[ENTRY_SERVICE_CODE] = work_service_codes(work, transport);
	return work_settle_entry(work, ret_entry);
}

/* The keys stand last in the notes, and new ones in place of those before. */
static void put_keys(struct work *work, struct entry *entry)
{
	const char *keys = public_value(work, "txt-keys");
	const char *notes = entry->columns[ENTRY_NOTES];
	const char *before = strstr(notes, txt_keys);
	size_t size = before != NULL ? (size_t)(before - notes) : strlen(notes);

	size -= before != NULL && size > 0 && notes[size - 1] == '\n';
	if (keys[0] != '\0') {
		entry->columns[ENTRY_NOTES] = with_keys(work, work_format(work, "%.*s", (int)size, notes), keys);
	}
}

void work_put_changes(struct work *work, struct entry *entry)
{
	static const struct {
		const char *key;
		enum entry_column column;
		bool is_person;
	} changes[] = {
		{ "new-assignee", ENTRY_ASSIGNEE, true },
		{ "new-contact", ENTRY_CONTACT, true },
		{ "title", ENTRY_DESCRIPTION, false },
		{ "description", ENTRY_DESCRIPTION, false },
		{ "reference", ENTRY_REFERENCE, false },
		{ "notes", ENTRY_NOTES, false },
		{ "unauthorized-use", ENTRY_UNAUTHORIZED, false },
	};

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		const char *value = public_value(work, changes[i].key);
		if (value[0] != '\0') {
			entry->columns[changes[i].column] =
				changes[i].is_person ? work_person(work, value) : work_format(work, "%s", value);
		}
	}
	put_keys(work, entry);
}

int work_reserved_entry(struct work *work, int port, const char *transport, const char *text, struct entry *ret_entry)
{
	empty_entry(work, port, transport, ret_entry);
	ret_entry->columns[ENTRY_DESCRIPTION] = "Reserved";
	ret_entry->columns[ENTRY_NOTES] = text;
	return work_settle_entry(work, ret_entry);
}
