/* xml.c - IANA's XML to rows and people (xml.h).  Called by the import with a whole file.
 *
 * libxml2's reader keeps only the elements it stands in, so memory goes to the rows alone.  A document type declaration
 * is refused before anything is parsed: without one there are no entities to expand and nothing to load. */
#include "base/array.h"
#include "registry/records/xml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/xmlreader.h>

#include "registry/words/answers_text.h"
#include "registry/words/complain.h"
#include "registry/words/day.h"
#include "registry/records/rows_text.h"
#include "registry/records/xml_parts.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define DOCUMENT_TYPE "<!DOCTYPE"

enum { BEGINNING_SIZE = 4096 };

struct xml_input {
	struct xml_source source;
	struct rows rows;
	struct xml_record record;
	struct entry *entries; /* from malloc while they grow */
	size_t capacity;
	struct xml_people people;
	struct xml_frame frame;
	struct xml_text text;
	bool in_root;
};

bool xml_recognize(const char *octets, size_t size)
{
	size_t beginning = size < BEGINNING_SIZE ? size : BEGINNING_SIZE;
	size_t mark = strlen(BYTE_ORDER_MARK);
	size_t at = size >= mark && memcmp(octets, BYTE_ORDER_MARK, mark) == 0 ? mark : 0;

	while (at < beginning && strchr(" \t\r\n", octets[at]) != NULL && octets[at] != '\0') {
		at++;
	}
	return at < beginning && octets[at] == '<' &&
	       memmem(octets, beginning, IANA_NAMESPACE, strlen(IANA_NAMESPACE)) != NULL;
}

/* ---- elements of the document ---- */

static int read_root(struct xml_input *input)
{
	struct xml_source *source = &input->source;

	if (!xml_is(source, "registry")) {
		return xml_complain(source, "the root", "it is not <registry> of " IANA_NAMESPACE);
	}
	const char *id = xml_attribute(source, "id");
	if (id != NULL && strstr(id, "port-numbers") == NULL) {
		return xml_complain(source, "the root",
				    "another registry of IANA's; \"service-names-port-numbers\" would be right");
	}
	input->in_root = true;
	return xml_frame_root(source, &input->frame);
}

static int read_record(struct xml_input *input)
{
	struct rows *rows = &input->rows;
	struct entry *grown = array_grow(input->entries, rows->count, &input->capacity, sizeof(*grown));
	int r = grown == NULL ? -ENOMEM : xml_frame_records(&input->frame);

	input->entries = grown == NULL ? input->entries : grown;
	input->source.record = rows->count + 1;
	if (r == 0 && rows->count == ROWS_MAX) {
		r = xml_complain(&input->source, "the registry", "1000000 records are the limit");
	}
	if (r == 0) {
		r = xml_record_read(&input->source, &input->record, &rows->arena, &input->entries[rows->count]);
	}
	rows->count += r == 0;
	input->source.record = 0;
	return r;
}

/* The document's day; what is none stays in the frame. */
static int read_updated(struct xml_input *input)
{
	struct xml_text *text = &input->text;
	char day[DAY_SIZE];

	text->size = 0;
	int r = xml_put_element(&input->source, "updated", text);
	r = r < 0 ? r : xml_text_put(text, "", 1);
	if (r < 0) {
		return r;
	}
	if (input->rows.dated == NULL && day_read(text->octets, false, day)) {
		input->rows.dated = arena_text(&input->rows.arena, day, strlen(day));
		return input->rows.dated == NULL ? -ENOMEM : xml_frame_updated(&input->frame);
	}
	r = xml_text_puts(&input->frame.text, "  <updated>");
	r = r < 0 ? r : xml_text_put_escaped(&input->frame.text, text->octets, text->size - 1, false);
	return r < 0 ? r : xml_text_puts(&input->frame.text, "</updated>\n");
}

static int read_element(struct xml_input *input)
{
	struct xml_source *source = &input->source;

	if (!input->in_root) {
		return read_root(input);
	}
	if (xml_is(source, "record")) {
		return read_record(input);
	}
	if (xml_is(source, "people")) {
		int r = xml_frame_people(&input->frame);
		return r < 0 ? r : xml_people_read(source, &input->rows.arena, &input->people);
	}
	if (xml_is(source, "updated")) {
		return read_updated(input);
	}
	/* Registries within the registry are one. */
	return xml_is(source, "registry") ? 0 : xml_frame_element(source, &input->frame);
}

static int read_document(struct xml_input *input)
{
	int r = 1;

	while (r > 0) {
		int node_r = 0;

		r = xml_next(&input->source);
		if (r > 0 && xml_is_element(&input->source)) {
			node_r = read_element(input);
		} else if (r > 0 && !input->in_root &&
			   xmlTextReaderNodeType(input->source.reader) == XML_READER_TYPE_PROCESSING_INSTRUCTION) {
			node_r = xml_frame_instruction(&input->source, &input->frame);
		}
		r = node_r < 0 ? node_r : r;
	}
	/* libxml2 may go on without what it had no memory for. */
	r = input->source.no_memory ? -ENOMEM : r;
	r = r < 0 ? r : xml_frame_end(&input->frame);
	return r == -EFBIG ? xml_complain(&input->source, "what stands beside the records", "more than 1048576 octets")
			   : r;
}

/* ---- the file ---- */

/* The first error is the cause; what follows from it says less.  libxml2 parses ahead of its reader: its line is right,
 * the record that is read may be an earlier one. */
static void note_error(void *context, xmlErrorPtr error)
{
	struct xml_source *source = context;
	char shown[160];

	source->no_memory = source->no_memory || error->code == XML_ERR_NO_MEMORY;
	if (error->level == XML_ERR_WARNING || source->failed) {
		return;
	}
	source->failed = true;
	shown_text(error->message == NULL ? "it is no XML" : error->message, shown, sizeof(shown));
	(void)complain_of(source->complaint, 0, "line %d: %s", error->line, shown);
}

static void *keep_array(struct arena *arena, const void *items, size_t size)
{
	void *kept = arena_take(arena, size + 1);

	if (kept != NULL && size > 0) {
		memcpy(kept, items, size);
	}
	return kept;
}

static int keep_all(struct xml_input *input)
{
	struct rows *rows = &input->rows;

	xml_people_sort(&input->people);
	rows->person_count = input->people.count;
	rows->people = keep_array(&rows->arena, input->people.people, rows->person_count * sizeof(*rows->people));
	rows->entries = keep_array(&rows->arena, input->entries, rows->count * sizeof(*rows->entries));
	rows->header = arena_text(&rows->arena, input->frame.text.octets, input->frame.text.size);
	return rows->people == NULL || rows->entries == NULL || rows->header == NULL ? -ENOMEM : 0;
}

static int read_octets(struct xml_input *input, const char *octets, size_t size)
{
	xmlTextReader *reader =
		xmlReaderForMemory(octets, (int)size, NULL, "UTF-8",
				   XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);

	if (reader == NULL) {
		return -ENOMEM;
	}
	input->source.reader = reader;
	xmlTextReaderSetStructuredErrorHandler(reader, note_error, &input->source);
	xml_record_init(&input->record);
	int r = read_document(input);
	if (r == 0) {
		r = keep_all(input);
	}
	xml_record_finish(&input->record);
	xml_text_finish(&input->text);
	xml_text_finish(&input->frame.text);
	free(input->people.people);
	free(input->entries);
	xmlFreeTextReader(reader);
	return r;
}

/* What can be told without a parser. */
static int check_octets(const char *octets, size_t size, struct complaint *complaint)
{
	size_t at = 0;

	if (size > FILE_OCTETS_MAX) {
		return complain_of(complaint, -EBADMSG, "the file has %zu octets, %d are the limit", size,
				   FILE_OCTETS_MAX);
	}
	if (size == 0) {
		return complain_of(complaint, -EBADMSG, "the file is empty; IANA's <registry> would be right");
	}
	const char *fault = octets_fault(octets, size, &at);
	if (fault != NULL) {
		return complain_of(complaint, -EBADMSG, "line %zu: %s", octets_line_ends(octets, at) + 1, fault);
	}
	const char *noncharacter = xml_noncharacter(octets, size);
	if (noncharacter != NULL) {
		return complain_of(complaint, -EBADMSG, "line %zu: U+FFFE or U+FFFF, which XML does not allow",
				   octets_line_ends(octets, (size_t)(noncharacter - octets)) + 1);
	}
	const char *declaration = memmem(octets, size, DOCUMENT_TYPE, strlen(DOCUMENT_TYPE));
	if (declaration != NULL) {
		return complain_of(complaint, -EBADMSG,
				   "line %zu: a document type declaration; IANA's XML has none, and none is read",
				   octets_line_ends(octets, (size_t)(declaration - octets)) + 1);
	}
	return xml_check_limits(octets, size, complaint);
}

int xml_read(const char *octets, size_t size, struct rows *ret_rows, struct complaint *ret_complaint)
{
	struct xml_input input = {
		.source = { .complaint = ret_complaint },
		.rows = { .format = "iana-xml", .last_eol = true },
		.frame = { .text = { .limit = ENTRY_TEXT_MAX } },
		.text = { .limit = ENTRY_TEXT_MAX },
	};
	int r = check_octets(octets, size, ret_complaint);

	if (r == 0) {
		r = read_octets(&input, octets, size);
	}
	if (r < 0) {
		rows_finish(&input.rows);
		return r;
	}
	*ret_rows = input.rows;
	return 0;
}
