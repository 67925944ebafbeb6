/* xml_write.c - rows and people as IANA's XML (xml.h).  Called for exports and by the proof of an import.
 *
 * What the reader would read otherwise is marked for it: xml:space="preserve" where white space would be settled,
 * brackets="no" where a text stands without brackets in the columns of references. */
#include <errno.h>
#include <string.h>

#include "registry/records/xml.h"
#include "registry/records/xml_parts.h"

/* For rows that did not come from XML. */
static const char default_frame[] =
	"<?xml version='1.0' encoding='UTF-8'?>\n" FRAME_ROOT " id=\"service-names-port-numbers\">\n"
	"  <title>Service Name and Transport Protocol Port Number Registry</title>\n"
	"  <category>Service Names and Transport Protocol Port Numbers</category>\n" FRAME_UPDATED
	"  <xref type=\"rfc\" data=\"rfc6335\"/>\n"
	"  <note>Assignment of a port number is no endorsement of an application or product, and traffic to or from a\n"
	"registered port need not be \"good\" traffic, nor that of the assigned service.</note>\n" FRAME_RECORDS
		FRAME_PEOPLE "</registry>\n";

struct xml_writer {
	FILE *stream;
	struct xml_text text; /* gathered, then written */
	int error;	      /* the first */
};

/* ---- pieces ---- */

static void put(struct xml_writer *writer, const char *string)
{
	int r = xml_text_puts(&writer->text, string);

	writer->error = writer->error < 0 ? writer->error : r;
}

static void put_escaped(struct xml_writer *writer, const char *octets, size_t size, bool attribute)
{
	int r = xml_can_carry(octets, size) ? xml_text_put_escaped(&writer->text, octets, size, attribute) : -EILSEQ;

	writer->error = writer->error < 0 ? writer->error : r;
}

static void flush(struct xml_writer *writer)
{
	struct xml_text *text = &writer->text;

	if (writer->error == 0 && fwrite(text->octets, 1, text->size, writer->stream) != text->size) {
		writer->error = -EIO;
	}
	text->size = 0;
}

static void put_preserve(struct xml_writer *writer, const char *octets, size_t size)
{
	put(writer, xml_text_is_settled(octets, size) ? "" : " xml:space=\"preserve\"");
}

static void put_attribute(struct xml_writer *writer, const char *name, const char *octets, size_t size)
{
	put(writer, " ");
	put(writer, name);
	put(writer, "=\"");
	put_escaped(writer, octets, size, true);
	put(writer, "\"");
}

static void put_element(struct xml_writer *writer, const char *indent, const char *name, const char *octets,
			size_t size)
{
	put(writer, indent);
	put(writer, "<");
	put(writer, name);
	put_preserve(writer, octets, size);
	put(writer, ">");
	put_escaped(writer, octets, size, false);
	put(writer, "</");
	put(writer, name);
	put(writer, ">\n");
}

/* An element for each line. */
static void put_lines(struct xml_writer *writer, const char *name, const char *text)
{
	for (const char *line = text; line != NULL && *text != '\0';) {
		size_t size = strcspn(line, "\n");

		put_element(writer, "      ", name, line, size);
		line = line[size] == '\n' ? line + size + 1 : NULL;
	}
}

/* ---- references ---- */

static bool begins(const char *octets, size_t size, const char *prefix)
{
	return size > strlen(prefix) && memcmp(octets, prefix, strlen(prefix)) == 0;
}

static bool all_digits(const char *octets, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (octets[i] < '0' || octets[i] > '9') {
			return false;
		}
	}
	return size > 0;
}

/* What kind of reference a text is; people stand in columns of their own. */
static const char *type_of(const char *octets, size_t size)
{
	if (begins(octets, size, "RFC") && all_digits(octets + 3, size - 3)) {
		return "rfc";
	}
	if (all_digits(octets, size)) {
		return "note";
	}
	if (begins(octets, size, "http://") || begins(octets, size, "https://")) {
		return "uri";
	}
	return begins(octets, size, "draft-") || begins(octets, size, "RFC-ietf-") ? "draft" : "text";
}

static void put_reference(struct xml_writer *writer, const char *indent, const char *type, const char *octets,
			  size_t size, bool bare)
{
	put(writer, indent);
	put(writer, "<xref");
	put_attribute(writer, "type", type, strlen(type));
	put(writer, bare ? " brackets=\"no\"" : "");
	put_preserve(writer, octets, size);
	if (strcmp(type, "text") == 0) {
		put(writer, ">");
		put_escaped(writer, octets, size, false);
		put(writer, "</xref>\n");
		return;
	}
	if (strcmp(type, "rfc") == 0) {
		put(writer, " data=\"rfc");
		put_escaped(writer, octets + 3, size - 3, true);
		put(writer, "\"/>\n");
		return;
	}
	put_attribute(writer, "data", octets, size);
	put(writer, "/>\n");
}

/* "[a][b]" is two; what stands before, between and behind brackets is one without.  All of them together are the
 * text. */
static void put_references(struct xml_writer *writer, const char *indent, const char *type_or_null, const char *text)
{
	while (*text != '\0') {
		const char *closing = *text == '[' ? strchr(text, ']') : NULL;
		const char *begin = closing == NULL ? text : text + 1;
		size_t size = closing == NULL ? 1 + strcspn(text + 1, "[") : (size_t)(closing - begin);

		put_reference(writer, indent, type_or_null == NULL ? type_of(begin, size) : type_or_null, begin, size,
			      closing == NULL);
		text = closing == NULL ? text + size : closing + 1;
	}
}

/* ---- records ---- */

static void put_column(struct xml_writer *writer, const char *name, const char *text)
{
	if (*text != '\0') {
		put_element(writer, "    ", name, text, strlen(text));
	}
}

static void put_date(struct xml_writer *writer, const char *name, const char *text)
{
	if (*text != '\0') {
		put_attribute(writer, name, text, strlen(text));
	}
}

static void put_people_of(struct xml_writer *writer, const char *assignee, const char *contact)
{
	if (strcmp(assignee, contact) != 0) {
		put(writer, "    <assignee>\n");
		put_references(writer, "      ", "person", assignee);
		put(writer, "    </assignee>\n");
	}
	put_references(writer, "    ", "person", contact);
}

static void put_record(struct xml_writer *writer, const struct entry *entry)
{
	const char *const *columns = entry->columns;

	put(writer, "  <record");
	put_date(writer, "date", columns[ENTRY_REGISTERED]);
	put_date(writer, "updated", columns[ENTRY_MODIFIED]);
	put(writer, ">\n");
	put_column(writer, "name", columns[ENTRY_NAME]);
	put_column(writer, "protocol", columns[ENTRY_TRANSPORT]);
	put_people_of(writer, columns[ENTRY_ASSIGNEE], columns[ENTRY_CONTACT]);
	put_element(writer, "    ", "description", columns[ENTRY_DESCRIPTION], strlen(columns[ENTRY_DESCRIPTION]));
	put_references(writer, "    ", NULL, columns[ENTRY_REFERENCE]);
	put_column(writer, "sc", columns[ENTRY_SERVICE_CODE]);
	put_column(writer, "number", columns[ENTRY_PORT]);
	put_column(writer, "unauthorized", columns[ENTRY_UNAUTHORIZED]);
	put_column(writer, "note", columns[ENTRY_NOTES]);
	put(writer, "  </record>\n");
}

static void put_records(struct xml_writer *writer, const struct rows *rows)
{
	for (size_t i = 0; i < rows->count && writer->error == 0; i++) {
		put_record(writer, &rows->entries[i]);
		flush(writer);
	}
}

/* ---- people ---- */

/* A person's name is the first line, organisations are the others; an organisation has no person. */
static void put_name(struct xml_writer *writer, const struct entry_person *person)
{
	const char *name = person->name;

	if (strcmp(person->kind, "person") == 0) {
		size_t size = strcspn(name, "\n");

		put_element(writer, "      ", "name", name, size);
		if (name[size] == '\0') {
			return;
		}
		name += size + 1;
		if (*name == '\0') {
			put_element(writer, "      ", "org", "", 0);
		}
	} else if (*name == '\0' && strcmp(person->kind, "org") == 0) {
		put_element(writer, "      ", "org", "", 0);
	}
	put_lines(writer, "org", name);
}

static void put_person(struct xml_writer *writer, const struct entry_person *person)
{
	put(writer, "    <person");
	put_attribute(writer, "id", person->id, strlen(person->id));
	put(writer, ">\n");
	put_name(writer, person);
	put_lines(writer, "uri", person->uri);
	put_lines(writer, "updated", person->updated);
	put(writer, "    </person>\n");
}

static void put_people(struct xml_writer *writer, const struct rows *rows)
{
	put(writer, "  <people>\n");
	for (size_t i = 0; i < rows->person_count && writer->error == 0; i++) {
		put_person(writer, &rows->people[i]);
		flush(writer);
	}
	put(writer, "  </people>\n");
}

/* ---- the frame ---- */

static void put_updated(struct xml_writer *writer, const struct rows *rows)
{
	if (rows->dated != NULL) {
		put_element(writer, "  ", "updated", rows->dated, strlen(rows->dated));
	}
}

static const struct {
	const char *place;
	void (*put)(struct xml_writer *writer, const struct rows *rows);
} places[] = {
	{ FRAME_UPDATED, put_updated },
	{ FRAME_RECORDS, put_records },
	{ FRAME_PEOPLE, put_people },
};

/* Puts what belongs at this line of the frame; returns the place's size, or 0 when it is none. */
static size_t put_place(struct xml_writer *writer, const char *line, const struct rows *rows)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		size_t size = strlen(places[i].place);

		if (strncmp(line, places[i].place, size) == 0) {
			places[i].put(writer, rows);
			return size;
		}
	}
	return 0;
}

static void put_frame(struct xml_writer *writer, const char *frame, const struct rows *rows)
{
	while (*frame != '\0' && writer->error == 0) {
		size_t size = put_place(writer, frame, rows);

		if (size == 0) {
			size = strcspn(frame, "\n");
			size += frame[size] == '\n';
			writer->error = xml_text_put(&writer->text, frame, size);
		}
		frame += size;
	}
	flush(writer);
}

int xml_write(FILE *stream, const struct rows *rows)
{
	struct xml_writer writer = { .stream = stream };
	bool has_frame = rows->header != NULL && strstr(rows->header, FRAME_RECORDS) != NULL;

	put_frame(&writer, has_frame ? rows->header : default_frame, rows);
	xml_text_finish(&writer.text);
	return writer.error;
}
