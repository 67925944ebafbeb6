/* letters_layout.c - text set to the columns of a letter (letters_layout.h). */
#include "registry/process/letters_layout.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

/* Columns are characters, so that a line with accents is as long as it looks. */
static void fill(FILE *stream, const char *text, size_t size, const char *first, const char *next)
{
	size_t column = utf8_count(first, strlen(first));
	bool begins = true;

	(void)fputs(first, stream);
	for (size_t i = 0; i < size;) {
		size_t word = strcspn(text + i, " \n\t");
		word = word < size - i ? word : size - i;
		size_t columns = utf8_count(text + i, word);
		if (word > 0 && !begins && column + 1 + columns > LETTER_COLUMNS) {
			(void)fprintf(stream, "\n%s", next);
			column = utf8_count(next, strlen(next));
			begins = true;
		}
		if (word > 0) {
			(void)fprintf(stream, "%s%.*s", begins ? "" : " ", (int)word, text + i);
			column += columns + !begins;
			begins = false;
		}
		i += word + (i + word < size);
	}
	(void)fputc('\n', stream);
}

void layout_fill(FILE *stream, const char *text, const char *first, const char *next)
{
	fill(stream, text, strlen(text), first, next);
}

void layout_lines(FILE *stream, const char *text, const char *indent)
{
	while (*text != '\0') {
		size_t size = strcspn(text, "\n");
		if (size == 0) {
			(void)fputc('\n', stream);
		} else {
			fill(stream, text, size, indent, indent);
		}
		text += size + (text[size] == '\n');
	}
}
