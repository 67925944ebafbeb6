/* xml_frame.c - what stands in IANA's document beside records and people, kept as XML (xml_parts.h).
 *
 * Called by xml.c.  Elements are written anew, each on a line, so that what is read from a written document is the same
 * text; comments, and instructions but for style sheets and models before the root, are left out.  So the three
 * instructions that say where day, records and people go cannot be met in a document. */
#include <errno.h>
#include <string.h>

#include <libxml/xmlreader.h>

#include "registry/records/xml_parts.h"

static int put_prolog(struct xml_frame *frame)
{
	return frame->text.size > 0 ? 0 : xml_text_puts(&frame->text, "<?xml version='1.0' encoding='UTF-8'?>\n");
}

int xml_frame_instruction(struct xml_source *source, struct xml_frame *frame)
{
	const char *target = (const char *)xmlTextReaderConstName(source->reader);
	const char *value = (const char *)xmlTextReaderConstValue(source->reader);
	const char *const pieces[] = { "<?", target, " ", value == NULL ? "" : value, "?>\n" };
	int r = put_prolog(frame);

	if (strncmp(target, "xml-", 4) != 0) {
		return r;
	}
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]) && r == 0; i++) {
		r = xml_text_puts(&frame->text, pieces[i]);
	}
	return r;
}

/* ---- elements ---- */

/* Attributes of a namespace other than XML's own are left out; nothing of IANA's has such. */
static int put_one_attribute(struct xml_source *source, struct xml_text *text)
{
	xmlTextReader *reader = source->reader;
	const char *prefix = (const char *)xmlTextReaderConstPrefix(reader);
	const char *value = (const char *)xmlTextReaderConstValue(reader);

	if (xmlTextReaderIsNamespaceDecl(reader) == 1 || (prefix != NULL && strcmp(prefix, "xml") != 0)) {
		return 0;
	}
	int r = xml_text_puts(text, prefix == NULL ? " " : " xml:");
	r = r < 0 ? r : xml_text_puts(text, xml_local_name(source));
	r = r < 0 ? r : xml_text_puts(text, "=\"");
	r = r < 0 || value == NULL ? r : xml_text_put_escaped(text, value, strlen(value), true);
	return r < 0 ? r : xml_text_puts(text, "\"");
}

static int put_attributes(struct xml_source *source, struct xml_text *text)
{
	int r = 0;

	while (r == 0 && xmlTextReaderMoveToNextAttribute(source->reader) == 1) {
		r = put_one_attribute(source, text);
	}
	(void)xmlTextReaderMoveToElement(source->reader);
	return r;
}

static bool same_namespace(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static int put_start(struct xml_source *source, const char *space_around, struct xml_text *text)
{
	const char *space = (const char *)xmlTextReaderConstNamespaceUri(source->reader);
	int r = xml_text_puts(text, "<");

	r = r < 0 ? r : xml_text_puts(text, xml_local_name(source));
	if (r == 0 && !same_namespace(space, space_around)) {
		r = xml_text_puts(text, " xmlns=\"");
		r = r < 0 || space == NULL ? r : xml_text_put_escaped(text, space, strlen(space), true);
		r = r < 0 ? r : xml_text_puts(text, "\"");
	}
	return r < 0 ? r : put_attributes(source, text);
}

static int put_end(const char *name, struct xml_text *text)
{
	int r = xml_text_puts(text, "</");

	r = r < 0 ? r : xml_text_puts(text, name);
	return r < 0 ? r : xml_text_puts(text, ">");
}

static int put_tree(struct xml_source *source, const char *space_around, struct xml_text *text);

static int put_inside(struct xml_source *source, const char *space_around, struct xml_text *text)
{
	int type = xmlTextReaderNodeType(source->reader);

	if (type == XML_READER_TYPE_ELEMENT) {
		return put_tree(source, space_around, text);
	}
	if (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA || type == XML_READER_TYPE_WHITESPACE ||
	    type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE) {
		const char *value = (const char *)xmlTextReaderConstValue(source->reader);
		return xml_text_put_escaped(text, value, strlen(value), false);
	}
	return 0;
}

/* Elements within elements call this again; libxml2 allows 256 levels.  Names belong to the reader's dictionary and
 * last as long as it. */
static int put_tree(struct xml_source *source, const char *space_around, struct xml_text *text)
{
	int depth = xmlTextReaderDepth(source->reader);
	const char *name = xml_local_name(source);
	const char *space = (const char *)xmlTextReaderConstNamespaceUri(source->reader);
	size_t begin = 0;
	int r = put_start(source, space_around, text);

	if (r < 0 || xmlTextReaderIsEmptyElement(source->reader) == 1) {
		return r < 0 ? r : xml_text_puts(text, "/>");
	}
	r = xml_text_puts(text, ">");
	begin = text->size;
	r = r < 0 ? r : 1;
	while (r > 0) {
		r = xml_next_within(source, depth);
		if (r > 0) {
			int put_r = put_inside(source, space, text);
			r = put_r < 0 ? put_r : r;
		}
	}
	if (r == 0 && text->size == begin) {
		/* Nothing was in it, or a comment: as if it had been written empty. */
		text->size--;
		return xml_text_puts(text, "/>");
	}
	return r < 0 ? r : put_end(name, text);
}

int xml_frame_root(struct xml_source *source, struct xml_frame *frame)
{
	int r = put_prolog(frame);

	r = r < 0 ? r : xml_text_puts(&frame->text, FRAME_ROOT);
	r = r < 0 ? r : put_attributes(source, &frame->text);
	return r < 0 ? r : xml_text_puts(&frame->text, ">\n");
}

int xml_frame_element(struct xml_source *source, struct xml_frame *frame)
{
	int r = xml_text_puts(&frame->text, "  ");

	r = r < 0 ? r : put_tree(source, IANA_NAMESPACE, &frame->text);
	return r < 0 ? r : xml_text_puts(&frame->text, "\n");
}

/* ---- places ---- */

static int put_place(struct xml_frame *frame, bool *has, const char *place)
{
	if (*has) {
		return 0;
	}
	*has = true;
	return xml_text_puts(&frame->text, place);
}

int xml_frame_updated(struct xml_frame *frame)
{
	return put_place(frame, &frame->has_updated, FRAME_UPDATED);
}

/* The order is always the same: so a document without some of them, written and read again, has them in the same
 * places. */
int xml_frame_records(struct xml_frame *frame)
{
	int r = frame->has_records ? 0 : xml_frame_updated(frame);

	return r < 0 ? r : put_place(frame, &frame->has_records, FRAME_RECORDS);
}

int xml_frame_people(struct xml_frame *frame)
{
	int r = frame->has_people ? 0 : xml_frame_records(frame);

	return r < 0 ? r : put_place(frame, &frame->has_people, FRAME_PEOPLE);
}

int xml_frame_end(struct xml_frame *frame)
{
	int r = xml_frame_people(frame);

	/* The NUL makes it a string. */
	return r < 0 ? r : xml_text_put(&frame->text, "</registry>\n", sizeof("</registry>\n"));
}
