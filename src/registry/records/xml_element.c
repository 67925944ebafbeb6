/* xml_element.c - elements of IANA's XML as text (xml_element.h).  Called by the reader's other files. */
#include "registry/records/xml_element.h"

#include <errno.h>
#include <string.h>

#include <libxml/xmlreader.h>

#include "registry/words/complain.h"

/* The CSV sets paragraphs of a note in by so much. */
#define PARAGRAPH_INDENT "        "

int xml_complain(struct xml_source *source, const char *part, const char *fault)
{
	int line = xmlTextReaderGetParserLineNumber(source->reader);

	if (source->record == 0) {
		return complain_of(source->complaint, -EBADMSG, "line %d, %s: %s", line, part, fault);
	}
	return complain_of(source->complaint, -EBADMSG, "record %zu (line %d), %s: %s", source->record, line, part,
			   fault);
}

int xml_next(struct xml_source *source)
{
	int r = xmlTextReaderRead(source->reader);

	if (r >= 0) {
		return r;
	}
	if (source->no_memory) {
		return -ENOMEM;
	}
	return source->failed ? -EBADMSG : xml_complain(source, "the document", "it is no XML");
}

int xml_next_within(struct xml_source *source, int depth)
{
	int r = xml_next(source);

	if (r <= 0) {
		return r < 0 ? r : xml_complain(source, "the document", "it ends within an element");
	}
	return xmlTextReaderNodeType(source->reader) != XML_READER_TYPE_END_ELEMENT ||
	       xmlTextReaderDepth(source->reader) != depth;
}

bool xml_is_element(const struct xml_source *source)
{
	return xmlTextReaderNodeType(source->reader) == XML_READER_TYPE_ELEMENT;
}

const char *xml_local_name(const struct xml_source *source)
{
	return (const char *)xmlTextReaderConstLocalName(source->reader);
}

bool xml_is(const struct xml_source *source, const char *name)
{
	const char *space = (const char *)xmlTextReaderConstNamespaceUri(source->reader);

	return xml_is_element(source) && strcmp(xml_local_name(source), name) == 0 && space != NULL &&
	       strcmp(space, IANA_NAMESPACE) == 0;
}

/* The reader goes to the attribute and back: unlike a copy of libxml2's, this needs no memory. */
const char *xml_attribute(const struct xml_source *source, const char *name)
{
	xmlTextReader *reader = source->reader;
	bool found = xmlTextReaderMoveToAttribute(reader, (const xmlChar *)name) == 1;
	const char *value = found ? (const char *)xmlTextReaderConstValue(reader) : NULL;

	(void)xmlTextReaderMoveToElement(reader);
	return found && value == NULL ? "" : value;
}

bool xml_attribute_is(const struct xml_source *source, const char *name, const char *value)
{
	const char *found = xml_attribute(source, name);

	return found != NULL && strcmp(found, value) == 0;
}

static bool preserves_space(const struct xml_source *source)
{
	xmlTextReader *reader = source->reader;
	bool preserves = xmlTextReaderMoveToAttributeNs(reader, (const xmlChar *)"space", XML_XML_NAMESPACE) == 1 &&
			 strcmp((const char *)xmlTextReaderConstValue(reader), "preserve") == 0;

	(void)xmlTextReaderMoveToElement(reader);
	return preserves;
}

/* ---- text ---- */

static int put(struct xml_source *source, const char *part, struct xml_text *text, const char *string)
{
	int r = xml_text_puts(text, string);

	return r == -EFBIG ? xml_complain(source, part, "more than 1048576 octets") : r;
}

int xml_put_attribute(struct xml_source *source, const char *name, struct xml_text *text)
{
	const char *value = xml_attribute(source, name);

	return value == NULL ? 0 : put(source, name, text, value);
}

static bool is_text(const struct xml_source *source)
{
	int type = xmlTextReaderNodeType(source->reader);

	return type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA || type == XML_READER_TYPE_WHITESPACE ||
	       type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE;
}

static int put_value(struct xml_source *source, const char *part, struct xml_text *text)
{
	return put(source, part, text, (const char *)xmlTextReaderConstValue(source->reader));
}

/* Text alone, of elements within too. */
static int put_content(struct xml_source *source, const char *part, struct xml_text *text)
{
	int depth = xmlTextReaderDepth(source->reader);
	int r = xmlTextReaderIsEmptyElement(source->reader) == 1 ? 0 : 1;

	while (r > 0) {
		r = xml_next_within(source, depth);
		if (r > 0 && is_text(source)) {
			int put_r = put_value(source, part, text);
			r = put_r < 0 ? put_r : r;
		}
	}
	return r;
}

/* ---- references ---- */

static bool is_series(const struct xml_source *source)
{
	return xml_attribute_is(source, "type", "rfc") || xml_attribute_is(source, "type", "bcp") ||
	       xml_attribute_is(source, "type", "std");
}

static int put_data(struct xml_source *source, struct xml_text *text)
{
	size_t begin = text->size;
	bool series = is_series(source);
	int r = xml_put_attribute(source, "data", text);

	for (size_t i = begin; series && i < text->size; i++) {
		char octet = text->octets[i];
		text->octets[i] = octet >= 'a' && octet <= 'z' ? (char)(octet - 'a' + 'A') : octet;
	}
	return r;
}

/* The data, unless there is a text. */
static int put_text_or_data(struct xml_source *source, const char *part, struct xml_text *text)
{
	size_t begin = text->size;
	int r = put_data(source, text);
	size_t data_end = text->size;

	r = r < 0 ? r : put_content(source, part, text);
	if (text->size > data_end) {
		memmove(text->octets + begin, text->octets + data_end, text->size - data_end);
		text->size -= data_end - begin;
	}
	return r;
}

int xml_put_reference(struct xml_source *source, const char *part, struct xml_text *text)
{
	bool bare = xml_attribute_is(source, "brackets", "no");
	bool preserve = preserves_space(source);
	int r = put(source, part, text, bare ? "" : "[");
	size_t begin = text->size;

	r = r < 0 ? r : put_text_or_data(source, part, text);
	if (!preserve) {
		xml_text_settle(text, begin);
	}
	return r < 0 ? r : put(source, part, text, bare ? "" : "]");
}

/* ---- elements ---- */

/* <br/> adds nothing: its line end stands in the text. */
static int put_node(struct xml_source *source, const char *part, struct xml_text *text)
{
	if (is_text(source)) {
		return put_value(source, part, text);
	}
	if (xml_is(source, "xref")) {
		return xml_put_reference(source, part, text);
	}
	return xml_is(source, "paragraph") ? put(source, part, text, PARAGRAPH_INDENT) : 0;
}

int xml_put_element(struct xml_source *source, const char *part, struct xml_text *text)
{
	int depth = xmlTextReaderDepth(source->reader);
	bool preserve = preserves_space(source);
	size_t begin = text->size;
	int r = xmlTextReaderIsEmptyElement(source->reader) == 1 ? 0 : 1;

	while (r > 0) {
		r = xml_next_within(source, depth);
		if (r > 0) {
			int put_r = put_node(source, part, text);
			r = put_r < 0 ? put_r : r;
		}
	}
	if (!preserve) {
		xml_text_settle(text, begin);
	}
	return r;
}
