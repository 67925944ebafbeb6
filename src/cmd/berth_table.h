/* berth_table.h - tables and times as people read them.  Used by the verbs that print for people. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DURATION_MAX = 24 };

struct table_column {
	const char *heading;
	bool number; /* stands at the right */
};

struct table {
	const struct table_column *columns;
	size_t column_count;
	char **cells; /* row after row */
	size_t used;
	size_t room;
	bool failed; /* no memory for a cell */
};

/* The columns are borrowed. */
void table_init(struct table *table, const struct table_column *columns, size_t count);
void table_finish(struct table *table);

/* The next cell; rows are filled from left to right. */
void table_put(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints the headings and at most `rows_max` rows on standard output, each column as wide as it must be.
 * 0, or -ENOMEM when a cell was lost: then nothing is printed. */
int table_print(const struct table *table, size_t rows_max);

/* "4.2s", "3m 12s", "5h 3m", "12d 4h" */
const char *duration_text(uint64_t duration_ms, char text[DURATION_MAX]);
