/* lines.c - from the text of one file to headings and settings, with inih.  Called by
 * settings_load.c.
 *
 * inih knows headings and "key = value"; but it names no lines, is silent about a heading without
 * keys, shortens long ones, and tells of the first error only.  So it is given one line at a time,
 * without comment and never a blank one, and each line must have come back as something when the
 * next is asked for.  A heading is followed by a line "=", which makes inih say which section it is
 * in now. */
#include "config/lines.h"

#include <errno.h>
#include <ini.h>
#include <string.h>

#include "config/quote.h"

struct reader {
	struct document *document;
	const char *next; /* what was not read yet */
	const char *end;
	struct place_in_file place; /* of the line that inih has now */
	const char *line;	    /* that line, NULL once it came back */
	size_t line_size;
	bool asked; /* the line is a heading, and "=" was sent after it */
	int error;
};

/* ---- lines on their way to inih ---- */

static bool is_blank(char octet)
{
	return octet == ' ' || octet == '\t';
}

/* Cuts off what follows # or ; at the start or behind white space, outside quotes.  Returns false
 * when a quote is not closed. */
static bool cut_comment(struct reader *reader)
{
	enum quote quote = QUOTE_NONE;

	for (size_t i = 0; i < reader->line_size; i++) {
		char octet = reader->line[i];

		if ((octet == '#' || octet == ';') && quote == QUOTE_NONE &&
		    (i == 0 || is_blank(reader->line[i - 1]))) {
			reader->line_size = i;
			break;
		}
		quote = quote_next(quote, octet);
	}
	return quote == QUOTE_NONE;
}

static void trim(struct reader *reader)
{
	while (reader->line_size > 0 && is_blank(*reader->line)) {
		reader->line++;
		reader->line_size--;
	}
	while (reader->line_size > 0 && is_blank(reader->line[reader->line_size - 1])) {
		reader->line_size--;
	}
}

/* Control octets have no place in a value, and none in a message on somebody's terminal. */
static bool has_control_octet(const char *line, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char octet = (unsigned char)line[i];

		if ((octet < ' ' && octet != '\t') || octet == 0x7f) {
			return true;
		}
	}
	return false;
}

/* False when nothing is left of the line, or something is wrong with it. */
static bool prepare_line(struct reader *reader, size_t size_max)
{
	struct complaints *complaints = reader->document->complaints;

	if (reader->line_size > size_max) {
		complain(complaints, &reader->place, "the line is longer than %zu octets", size_max);
		return false;
	}
	if (has_control_octet(reader->line, reader->line_size)) {
		complain(complaints, &reader->place,
			 "the line holds a control character; only text and tabs may stand here");
		return false;
	}
	if (!cut_comment(reader)) {
		complain(complaints, &reader->place,
			 "a quote is opened and not closed; close it in the same line, or put \\ before it");
		return false;
	}
	trim(reader);
	return reader->line_size > 0;
}

/* Steps to the next line that says something; false at the end. */
static bool next_line(struct reader *reader, size_t size_max)
{
	while (reader->next < reader->end) {
		size_t rest = (size_t)(reader->end - reader->next);
		const char *newline = memchr(reader->next, '\n', rest);

		reader->line = reader->next;
		reader->line_size = newline != NULL ? (size_t)(newline - reader->next) : rest;
		reader->next += newline != NULL ? reader->line_size + 1 : rest;
		reader->place.line++;
		if (reader->line_size > 0 && reader->line[reader->line_size - 1] == '\r') {
			reader->line_size--;
		}
		if (prepare_line(reader, size_max)) {
			return true;
		}
	}
	reader->line = NULL;
	return false;
}

/* inih's fgets. */
static char *give_line(char *buffer, int size, void *stream)
{
	static const char question[] = "=\n";
	struct reader *reader = stream;

	if (reader->line != NULL && *reader->line == '[' && !reader->asked) {
		reader->asked = true;
		return memcpy(buffer, question, sizeof(question));
	}
	if (reader->line != NULL) {
		complain(reader->document->complaints, &reader->place,
			 "this is neither \"key = value\" nor a heading like [berthd]");
	}
	reader->asked = false;
	if (reader->error < 0 || !next_line(reader, (size_t)size - 2)) {
		return NULL;
	}
	memcpy(buffer, reader->line, reader->line_size);
	memcpy(buffer + reader->line_size, "\n", 2);
	return buffer;
}

/* ---- what inih makes of them ---- */

/* True when the section is all that the line says: not shortened, and nothing behind its bracket.
 */
static bool is_whole_heading(const struct reader *reader, const char *section)
{
	size_t size = strlen(section);

	return reader->line_size == size + 2 && memcmp(reader->line + 1, section, size) == 0 &&
	       reader->line[size + 1] == ']';
}

static void take_heading(struct reader *reader, const char *section)
{
	if (is_whole_heading(reader, section)) {
		reader->error = document_heading(reader->document, section, &reader->place);
		return;
	}
	complain(reader->document->complaints, &reader->place,
		 "this is no heading; [berthd], [listen NAME] and [function NAME] are");
	document_skip(reader->document);
}

static int take_answer(void *data, const char *section, const char *name, const char *value)
{
	struct reader *reader = data;

	if (reader->asked) {
		take_heading(reader, section);
	} else {
		reader->error = document_say(reader->document, name, value, &reader->place);
	}
	reader->line = NULL;
	return 1;
}

/* The library's switches are its own global variables: set here, before each use, to what give_line
 * needs. */
static void set_up_library(void)
{
	ini_allow_multiline = false;
	ini_allow_inline_comments = false;
	ini_use_stack = false;
	ini_allow_realloc = false;
	ini_initial_alloc = CONFIG_LINE_MAX + 2;
}

int lines_read(struct document *document, const char *file, const char *text, size_t size)
{
	static const char byte_order_mark[] = { '\xef', '\xbb', '\xbf' };
	struct reader reader = {
		.document = document,
		.next = text,
		.end = text + size,
		.place = { .file = file },
	};

	if (size >= sizeof(byte_order_mark) && memcmp(text, byte_order_mark, sizeof(byte_order_mark)) == 0) {
		reader.next += sizeof(byte_order_mark);
	}
	document_begin_file(document);
	set_up_library();
	if (ini_parse_stream(give_line, &reader, take_answer, &reader) == -2) {
		return -ENOMEM;
	}
	return reader.error;
}
