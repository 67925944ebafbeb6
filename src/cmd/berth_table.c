/* berth_table.c - a table whose columns are as wide as what stands in them. */
#include "cmd/berth_table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 16, GAP = 2 };

void table_init(struct table *table, const struct table_column *columns, size_t count)
{
	*table = (struct table){ .columns = columns, .column_count = count, .failed = count > COLUMNS_MAX };
}

void table_finish(struct table *table)
{
	for (size_t i = 0; i < table->used; i++) {
		free(table->cells[i]);
	}
	free(table->cells);
	*table = (struct table){ 0 };
}

static bool make_room(struct table *table)
{
	size_t room = table->room == 0 ? 256 : table->room * 2;
	char **cells;

	if (table->used < table->room) {
		return true;
	}
	cells = reallocarray(table->cells, room, sizeof(*cells));
	if (cells == NULL) {
		return false;
	}
	table->cells = cells;
	table->room = room;
	return true;
}

void table_put(struct table *table, const char *format, ...)
{
	va_list arguments;
	char *cell;

	if (!make_room(table)) {
		table->failed = true;
		return;
	}
	va_start(arguments, format);
	if (vasprintf(&cell, format, arguments) < 0) {
		table->failed = true;
	} else {
		table->cells[table->used++] = cell;
	}
	va_end(arguments);
}

static int width_of(const struct table *table, size_t column, size_t rows)
{
	size_t width = strlen(table->columns[column].heading);

	for (size_t row = 0; row < rows; row++) {
		size_t size = strlen(table->cells[row * table->column_count + column]);
		width = size > width ? size : width;
	}
	return (int)width;
}

static void print_cell(const struct table *table, size_t column, int width, const char *text)
{
	bool last = column + 1 == table->column_count;

	if (column > 0) {
		(void)printf("%*s", GAP, "");
	}
	if (table->columns[column].number) {
		(void)printf("%*s", width, text);
	} else {
		(void)printf("%-*s", last ? 0 : width, text);
	}
	if (last) {
		(void)putchar('\n');
	}
}

int table_print(const struct table *table, size_t rows_max)
{
	int widths[COLUMNS_MAX];
	size_t rows = table->used / table->column_count;

	if (table->failed) {
		return -ENOMEM;
	}
	rows = rows < rows_max ? rows : rows_max;
	for (size_t column = 0; column < table->column_count; column++) {
		widths[column] = width_of(table, column, rows);
	}
	for (size_t column = 0; column < table->column_count; column++) {
		print_cell(table, column, widths[column], table->columns[column].heading);
	}
	for (size_t i = 0; i < rows * table->column_count; i++) {
		size_t column = i % table->column_count;
		print_cell(table, column, widths[column], table->cells[i]);
	}
	return 0;
}

const char *duration_text(uint64_t duration_ms, char text[DURATION_MAX])
{
	uint64_t seconds = duration_ms / 1000;
	unsigned days = (unsigned)(seconds / 86400);
	unsigned hours = (unsigned)(seconds / 3600 % 24);
	unsigned minutes = (unsigned)(seconds / 60 % 60);

	if (seconds < 60) {
		(void)snprintf(text, DURATION_MAX, "%u.%us", (unsigned)seconds, (unsigned)(duration_ms / 100 % 10));
	} else if (seconds < 3600) {
		(void)snprintf(text, DURATION_MAX, "%um %us", minutes, (unsigned)(seconds % 60));
	} else if (seconds < 86400) {
		(void)snprintf(text, DURATION_MAX, "%uh %um", hours, minutes);
	} else {
		(void)snprintf(text, DURATION_MAX, "%ud %uh", days, hours);
	}
	return text;
}
