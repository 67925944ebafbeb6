/* xml_record.c - one <record> of IANA's XML to the columns of the CSV (xml_parts.h).  Called by xml.c for each. */
#include <errno.h>
#include <string.h>

#include <libxml/xmlreader.h>

#include "registry/records/rows_text.h"
#include "registry/records/xml_parts.h"

static const struct {
	const char *element;
	enum entry_column column;
} elements[] = {
	{ "name", ENTRY_NAME },
	{ "number", ENTRY_PORT },
	{ "protocol", ENTRY_TRANSPORT },
	{ "description", ENTRY_DESCRIPTION },
	{ "sc", ENTRY_SERVICE_CODE },
	{ "note", ENTRY_NOTES },
	{ "unauthorized", ENTRY_UNAUTHORIZED },
};

void xml_record_init(struct xml_record *record)
{
	*record = (struct xml_record){ 0 };
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		record->columns[i].limit = ENTRY_TEXT_MAX;
	}
}

void xml_record_finish(struct xml_record *record)
{
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		xml_text_finish(&record->columns[i]);
	}
}

static int put_line(struct xml_source *source, enum entry_column column, struct xml_record *record)
{
	struct xml_text *text = &record->columns[column];
	int r = text->size == 0 ? 0 : xml_text_puts(text, "\n");

	return r < 0 ? r : xml_put_element(source, entry_column_name(column), text);
}

/* An element that IANA's CSV has no column for stands in the notes, by its name. */
static int put_unknown(struct xml_source *source, struct xml_record *record)
{
	struct xml_text *notes = &record->columns[ENTRY_NOTES];
	int r = notes->size == 0 ? 0 : xml_text_puts(notes, "\n");

	if (r == 0) {
		r = xml_text_puts(notes, xml_local_name(source));
	}
	if (r == 0) {
		r = xml_text_puts(notes, ": ");
	}
	return r < 0 ? r : xml_put_element(source, entry_column_name(ENTRY_NOTES), notes);
}

static int read_assignee(struct xml_source *source, struct xml_record *record)
{
	int depth = xmlTextReaderDepth(source->reader);
	int r = xmlTextReaderIsEmptyElement(source->reader) == 1 ? 0 : 1;

	while (r > 0) {
		r = xml_next_within(source, depth);
		if (r > 0 && xml_is(source, "xref")) {
			const char *part = entry_column_name(ENTRY_ASSIGNEE);
			int put_r = xml_put_reference(source, part, &record->columns[ENTRY_ASSIGNEE]);
			r = put_r < 0 ? put_r : r;
		}
	}
	return r;
}

/* People are the contact, all else the reference. */
static int read_reference(struct xml_source *source, struct xml_record *record)
{
	bool is_person = xml_attribute_is(source, "type", "person");
	enum entry_column column = is_person ? ENTRY_CONTACT : ENTRY_REFERENCE;

	return xml_put_reference(source, entry_column_name(column), &record->columns[column]);
}

static int read_child(struct xml_source *source, struct xml_record *record, bool *has_assignee)
{
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
		if (xml_is(source, elements[i].element)) {
			return put_line(source, elements[i].column, record);
		}
	}
	if (xml_is(source, "xref")) {
		return read_reference(source, record);
	}
	if (xml_is(source, "assignee")) {
		*has_assignee = true;
		return read_assignee(source, record);
	}
	return put_unknown(source, record);
}

static int read_children(struct xml_source *source, struct xml_record *record, bool *has_assignee)
{
	int depth = xmlTextReaderDepth(source->reader);
	int r = xmlTextReaderIsEmptyElement(source->reader) == 1 ? 0 : 1;

	while (r > 0) {
		r = xml_next_within(source, depth);
		if (r > 0 && xml_is_element(source)) {
			int read_r = read_child(source, record, has_assignee);
			r = read_r < 0 ? read_r : r;
		}
	}
	return r;
}

static int make_entry(struct xml_record *record, bool has_assignee, struct arena *arena, struct entry *ret_entry)
{
	struct entry entry = { .raw = NULL };

	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		const struct xml_text *text = &record->columns[i];

		entry.columns[i] = text->size == 0 ? "" : arena_text(arena, text->octets, text->size);
		if (entry.columns[i] == NULL) {
			return -ENOMEM;
		}
	}
	/* Who is contact and assignee is named once. */
	if (!has_assignee) {
		entry.columns[ENTRY_ASSIGNEE] = entry.columns[ENTRY_CONTACT];
	}
	int r = rows_complete(arena, &entry);
	if (r == 0) {
		*ret_entry = entry;
	}
	return r;
}

int xml_record_read(struct xml_source *source, struct xml_record *record, struct arena *arena, struct entry *ret_entry)
{
	bool has_assignee = false;

	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		record->columns[i].size = 0;
	}
	int r = xml_put_attribute(source, "date", &record->columns[ENTRY_REGISTERED]);
	if (r == 0) {
		r = xml_put_attribute(source, "updated", &record->columns[ENTRY_MODIFIED]);
	}
	if (r == 0) {
		r = read_children(source, record, &has_assignee);
	}
	if (r == -EFBIG) {
		return xml_complain(source, entry_column_name(ENTRY_NOTES), "more than 1048576 octets");
	}
	return r < 0 ? r : make_entry(record, has_assignee, arena, ret_entry);
}
