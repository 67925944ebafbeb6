/* emit_page.h - text on a page of 78 columns: paragraphs, and tables whose last column wraps.  Private to emit_*.c.
 *
 * Texts are UTF-8; a character is taken to be one column wide. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "config/arena.h"

enum { PAGE_COLUMNS = 78, INDENT = 3 };

/* The text from column `indent` on, wrapped between words; a line break in it stays one. */
void page_paragraph(FILE *stream, unsigned indent, const char *text);

/* The same, when `column` columns of the first line are already used. */
void page_paragraph_from(FILE *stream, unsigned column, unsigned indent, const char *text);

/* A heading, underlined. */
void page_heading(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct table_cell;

/* Zeroed but for `arena` and `columns` before the first cell. */
struct page_table {
	struct arena *arena; /* of the texts */
	unsigned columns;
	struct table_cell *first, *last;
	bool no_memory;
};

/* The next cell, copied; rows are filled from left to right. */
void page_table_put(struct page_table *table, const char *text);

/* 0, or -ENOMEM when a cell was lost: then nothing is printed. */
int page_table_print(const struct page_table *table, FILE *stream, unsigned indent);
