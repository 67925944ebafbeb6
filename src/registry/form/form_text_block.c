/* form_text_block.c - an answer within the plain-text form: written so that it can be read back, and read.
 *
 * An answer stands indented, line for line.  Where that would not do (a line is too long, all lines are indented, one
 * looks like a heading, a box or a quotation) each of its lines begins with "| ".  Then a line without that mark goes
 * on with the one above it, behind a blank:
 *
 *	| A long line of an answer goes on in the next line, which has no
 *	  mark; a mail program may break it elsewhere.
 *	| This is the second line.
 *
 * What cannot be broken at a blank is broken anywhere, with a "\" at both sides of the break. */
#include <stdint.h>
#include <string.h>

#include "registry/form/form_text.h"

enum { MARK = 2, LINE_COLUMNS = TEXT_COLUMNS - TEXT_INDENT, TAB_COLUMNS = 8 };

size_t text_columns(const char *text, size_t size)
{
	size_t columns = 0;

	for (size_t i = 0; i < size; i++) {
		columns += text[i] == '\t' ? TAB_COLUMNS : ((unsigned char)text[i] & 0xC0) != 0x80;
	}
	return columns;
}

/* ---- writing ---- */

bool block_is_plain(const struct heads *heads, const char *value, size_t columns)
{
	bool all_indented = true;

	for (const char *line = value; *line != '\0';) {
		size_t size = strcspn(line, "\n");
		if (text_columns(line, size) > columns || (size > 0 && heads_like(heads, line))) {
			return false;
		}
		all_indented = all_indented && (size == 0 || *line == ' ' || *line == '\t');
		line += size + (line[size] == '\n');
	}
	return !all_indented;
}

/* The last blank in the first `columns` where the line can be broken so that the rest is taken for nothing else; 0 when
 * there is none. */
static size_t find_break(const struct heads *heads, const char *line, size_t size, size_t columns)
{
	size_t found = 0;
	size_t used = 0;

	for (size_t i = 0; i < size && used <= columns; i++) {
		bool is_single = i > 0 && line[i] == ' ' && line[i - 1] != ' ' && line[i - 1] != '\t';
		if (is_single && strchr(" \t\n|\\", line[i + 1]) == NULL && !heads_like(heads, line + i + 1)) {
			found = i;
		}
		used += text_columns(line + i, 1);
	}
	return found;
}

/* As many octets as have room, whole characters, at least one. */
static size_t find_cut(const char *line, size_t size, size_t columns)
{
	size_t used = text_columns(line, 1);
	size_t at = 1;

	while (at < size) {
		used += text_columns(line + at, 1);
		if (used > columns) {
			return at;
		}
		at++;
	}
	return at;
}

static void write_marked(const struct heads *heads, const char *line, size_t size, FILE *stream)
{
	const char *lead = size > 0 ? "| " : "|";
	bool glued = false;

	for (;;) {
		size_t room = LINE_COLUMNS - MARK - (glued ? 1 : 0);
		(void)fprintf(stream, "%*s%s%s", TEXT_INDENT, "", lead, glued ? "\\" : "");
		if (text_columns(line, size) <= room) {
			(void)fprintf(stream, "%.*s\n", (int)size, line);
			return;
		}
		size_t at = find_break(heads, line, size, room);
		glued = at == 0;
		at = glued ? find_cut(line, size, room - 1) : at;
		(void)fprintf(stream, "%.*s%s\n", (int)at, line, glued ? "\\" : "");
		at += glued ? 0 : 1;
		line += at;
		size -= at;
		lead = "  ";
	}
}

void block_write(const struct heads *heads, const char *value, FILE *stream)
{
	bool is_plain = block_is_plain(heads, value, LINE_COLUMNS);

	for (const char *line = value; *line != '\0';) {
		size_t size = strcspn(line, "\n");
		if (!is_plain) {
			write_marked(heads, line, size, stream);
		} else {
			(void)fprintf(stream, "%*s%.*s\n", size > 0 ? TEXT_INDENT : 0, "", (int)size, line);
		}
		line += size + (line[size] == '\n');
	}
}

/* ---- reading ---- */

static const char *line_end(const char *line, const char *end)
{
	const char *found = memchr(line, '\n', (size_t)(end - line));

	return found != NULL ? found : end;
}

static size_t blanks_at(const char *line, const char *end)
{
	size_t size = 0;

	while (line + size < end && (line[size] == ' ' || line[size] == '\t')) {
		size++;
	}
	return size;
}

/* The blanks and tabs that all lines begin with which are not empty. */
static size_t common_blanks(const char *start, const char *end)
{
	size_t common = SIZE_MAX;

	for (const char *line = start; line < end; line = line_end(line, end) + 1) {
		size_t blanks = blanks_at(line, end);
		if (line + blanks < line_end(line, end) && blanks < common) {
			common = blanks;
		}
	}
	return common;
}

static bool is_marked(const char *line, const char *end)
{
	return line < end && *line == '|' && (line + 1 == end || line[1] == ' ' || line[1] == '\n');
}

struct output {
	char *start;
	size_t size;
};

static void put(struct output *output, const char *octets, size_t size)
{
	memcpy(output->start + output->size, octets, size);
	output->size += size;
}

static void read_plain(struct output *output, const char *start, const char *end, bool begins_line)
{
	size_t common = common_blanks(begins_line ? start : line_end(start, end), end);

	for (const char *line = start; line < end;) {
		const char *stop = line_end(line, end);
		size_t blanks = blanks_at(line, stop);
		bool is_behind_question = line == start && !begins_line;
		line += blanks < common || is_behind_question ? blanks : common;
		put(output, line, (size_t)(stop - line));
		put(output, "\n", 1);
		line = stop + 1;
	}
}

/* A line without mark: behind a "\" it goes on at once, behind an empty line it begins anew, else behind a blank. */
static void go_on(struct output *output, const char *line, const char *stop, bool after_empty)
{
	bool is_glued = line < stop && *line == '\\' && output->size > 0 && output->start[output->size - 1] == '\\';

	if (is_glued) {
		output->size--;
		line++;
	} else if (output->size > 0) {
		put(output, after_empty ? "\n" : " ", 1);
	}
	put(output, line, (size_t)(stop - line));
}

static void read_marked(struct output *output, const char *start, const char *end)
{
	bool after_empty = false;

	for (const char *line = start; line < end;) {
		const char *stop = line_end(line, end);
		line += blanks_at(line, stop);
		bool is_empty = line == stop;
		if (is_marked(line, stop)) {
			put(output, "\n", output->size > 0 ? 1 : 0);
			line += stop - line > 1 ? MARK : 1;
			put(output, line, (size_t)(stop - line));
		} else if (!is_empty) {
			go_on(output, line, stop, after_empty);
		} else if (output->size > 0) {
			put(output, "\n", 1);
		}
		after_empty = is_empty;
		line = stop + 1;
	}
}

char *block_read(struct arena *arena, const char *start, const char *end)
{
	/* Each line may grow by one octet, also the last, which may have no line end. */
	struct output output = { .start = arena_take(arena, 2 * (size_t)(end - start) + 2) };
	const char *first = start;

	if (output.start == NULL) {
		return NULL;
	}
	while (first < end && strchr(" \t\n", *first) != NULL) {
		first++;
	}
	if (is_marked(first, end)) {
		read_marked(&output, first, end);
	} else {
		bool begins_line = start < end && (start[-1] == '\n');
		read_plain(&output, start, end, begins_line);
	}
	output.start[output.size] = '\0';
	return output.start;
}
