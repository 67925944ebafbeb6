/* emit_page.c - paragraphs and tables of plain text.  Called by the emitters. */
#include "description/emit/emit_page.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

enum {
	GAP = 2,	       /* columns between two cells */
	CELL_COLUMNS_MAX = 28, /* of a cell that others are lined up behind; a longer one has a line to itself */
	TABLE_COLUMNS_MAX = 8,
};

struct table_cell {
	struct table_cell *next;
	const char *text;
};

/* ---- paragraphs ---- */

static size_t width_of(const char *text, size_t size)
{
	size_t columns = 0;

	for (size_t i = 0; i < size; i++) {
		columns += ((unsigned char)text[i] & 0xC0) != 0x80;
	}
	return columns;
}

static void put_spaces(FILE *stream, size_t count)
{
	(void)fprintf(stream, "%*s", (int)count, "");
}

void page_paragraph_from(FILE *stream, unsigned column, unsigned indent, const char *text)
{
	size_t at = column;
	bool fresh = true; /* no word stands in this line yet */

	while (*text != '\0') {
		size_t gap = strspn(text, " ");
		size_t size = strcspn(text + gap, " \n");
		size_t width = width_of(text + gap, size);
		if (size > 0 && !fresh && at + gap + width > PAGE_COLUMNS) {
			(void)fputc('\n', stream);
			at = 0;
			gap = 0;
			text += strspn(text, " ");
		}
		if (size > 0) {
			size_t lead = at == 0 ? indent + gap : gap;
			put_spaces(stream, lead);
			(void)fwrite(text + gap, 1, size, stream);
			at += lead + width;
			fresh = false;
		}
		text += gap + size;
		if (*text == '\n') {
			(void)fputc('\n', stream);
			text++;
			at = 0;
			fresh = true;
		}
	}
	if (at > 0) {
		(void)fputc('\n', stream);
	}
}

void page_paragraph(FILE *stream, unsigned indent, const char *text)
{
	page_paragraph_from(stream, 0, indent, text);
}

void page_heading(FILE *stream, const char *format, ...)
{
	char heading[256];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(heading, sizeof(heading), format, arguments);
	va_end(arguments);
	(void)fprintf(stream, "%s\n", heading);
	for (size_t i = width_of(heading, strlen(heading)); i > 0; i--) {
		(void)fputc('-', stream);
	}
	(void)fputs("\n\n", stream);
}

/* ---- tables ---- */

void page_table_put(struct page_table *table, const char *text)
{
	struct table_cell *cell = arena_take(table->arena, sizeof(*cell));
	char *copy = arena_text(table->arena, text, strlen(text));

	if (cell == NULL || copy == NULL) {
		table->no_memory = true;
		return;
	}
	cell->text = copy;
	if (table->last != NULL) {
		table->last->next = cell;
	} else {
		table->first = cell;
	}
	table->last = cell;
}

static void measure(const struct page_table *table, size_t widths[TABLE_COLUMNS_MAX])
{
	unsigned column = 0;

	for (const struct table_cell *cell = table->first; cell != NULL; cell = cell->next) {
		size_t width = width_of(cell->text, strlen(cell->text));
		if (width > widths[column] && width <= CELL_COLUMNS_MAX) {
			widths[column] = width;
		}
		column = (column + 1) % table->columns;
	}
}

/* A cell that others stand behind; returns the column where the next one begins. */
static size_t put_cell(FILE *stream, const char *text, size_t at, size_t begin, size_t width)
{
	put_spaces(stream, begin - at);
	(void)fputs(text, stream);
	at = begin + width_of(text, strlen(text));
	if (at > begin + width) {
		(void)fputc('\n', stream);
		at = 0;
	}
	return at;
}

int page_table_print(const struct page_table *table, FILE *stream, unsigned indent)
{
	size_t widths[TABLE_COLUMNS_MAX] = { 0 };
	unsigned column = 0;
	size_t begin = indent;
	size_t at = 0;

	if (table->no_memory) {
		return -ENOMEM;
	}
	measure(table, widths);
	for (const struct table_cell *cell = table->first; cell != NULL; cell = cell->next) {
		if (column + 1 < table->columns) {
			at = put_cell(stream, cell->text, at, begin, widths[column]);
			begin += widths[column] + GAP;
			column++;
			continue;
		}
		if (cell->text[0] == '\0') {
			(void)fputc('\n', stream);
		} else {
			put_spaces(stream, begin - at);
			page_paragraph_from(stream, (unsigned)begin, (unsigned)begin, cell->text);
		}
		column = 0;
		begin = indent;
		at = 0;
	}
	return 0;
}
