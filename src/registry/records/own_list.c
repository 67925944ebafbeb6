/* own_list.c - an organisation's own list of ports (own_list.h).  Called by the import with a whole file.
 *
 * Spreadsheets write it: with a byte order mark, semicolons or tabs, a line "sep=;" before all, empty columns and rows
 * behind.  Whatever is wrong with a row is a finding, and reading goes on. */
#include "base/array.h"
#include "registry/records/own_list.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/words/complain.h"
#include "registry/records/own_list_parts.h"
#include "registry/records/rows_text.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

int own_list_find(struct own_list_reader *reader, size_t line, bool refuses, const char *format, ...)
{
	va_list arguments;

	if (reader->finding_count == OWN_FINDINGS_MAX) {
		reader->untold++;
		reader->untold_refuses = reader->untold_refuses || refuses;
		return 0;
	}
	struct own_list_finding *grown =
		array_grow(reader->findings, reader->finding_count, &reader->finding_capacity, sizeof(*grown));
	if (grown == NULL) {
		return -ENOMEM;
	}
	reader->findings = grown;
	struct own_list_finding *finding = &grown[reader->finding_count++];
	finding->line = line;
	finding->refuses = refuses;
	va_start(arguments, format);
	(void)vsnprintf(finding->sentence, sizeof(finding->sentence), format, arguments);
	va_end(arguments);
	return 0;
}

const char *own_list_trim(struct own_list_reader *reader, const char *text)
{
	static const char blanks[] = " \t\r\n";
	const char *begin = text + strspn(text, blanks);
	size_t size = strlen(begin);

	if (size == 0 || strchr(blanks, begin[size - 1]) == NULL) {
		return begin;
	}
	while (strchr(blanks, begin[size - 1]) != NULL) {
		size--;
	}
	return arena_text(&reader->rows.arena, begin, size);
}

/* ---- records ---- */

static bool is_blank(const struct csv_record *record)
{
	for (size_t i = 0; i < record->count; i++) {
		if (record->fields[i][strspn(record->fields[i], " \t\r\n")] != '\0') {
			return false;
		}
	}
	return true;
}

static int take_record(const struct csv_record *record, void *context)
{
	struct own_list_reader *reader = context;

	if (is_blank(record)) {
		return 0;
	}
	if (reader->has_header) {
		return own_list_take_row(reader, record);
	}
	reader->has_header = true;
	return own_list_take_header(reader, record);
}

static const char *name_column(size_t column, void *context)
{
	const struct own_list_reader *reader = context;

	return column < reader->column_count ? reader->names[column] : NULL;
}

/* ---- the file ---- */

/* What stands most often in the first line that is not empty, outside quotes. */
static char find_delimiter(const char *octets, size_t size)
{
	static const char candidates[] = { ',', ';', '\t' };
	size_t counts[sizeof(candidates)] = { 0 };
	bool quoted = false;
	size_t best = 0;
	size_t begin = 0;

	while (begin < size && (octets[begin] == '\n' || octets[begin] == '\r')) {
		begin++;
	}
	for (size_t i = begin; i < size && octets[i] != '\n' && octets[i] != '\r'; i++) {
		quoted = quoted != (octets[i] == '"');
		for (size_t j = 0; j < sizeof(candidates); j++) {
			counts[j] += !quoted && octets[i] == candidates[j];
		}
	}
	for (size_t j = 1; j < sizeof(candidates); j++) {
		best = counts[j] > counts[best] ? j : best;
	}
	return candidates[best];
}

/* "sep=;" says what stands between columns; the list begins in the next line. */
static size_t find_separator_line(const char *octets, size_t size, char *ret_delimiter)
{
	static const char key[] = "sep=";
	size_t line = csv_line_size(octets, size);

	if (line <= sizeof(key) || memcmp(octets, key, sizeof(key) - 1) != 0 ||
	    strchr(",;\t", octets[sizeof(key) - 1]) == NULL || octets[sizeof(key) - 1] == '\0' ||
	    (octets[sizeof(key)] != '\n' && octets[sizeof(key)] != '\r')) {
		return 0;
	}
	*ret_delimiter = octets[sizeof(key) - 1];
	return line;
}

static int split(struct own_list_reader *reader, const char *octets, size_t size)
{
	struct csv_split splitting = {
		.delimiter = ',',
		.columns_max = CSV_COLUMNS_MAX,
		.first_line = 1,
		.arena = &reader->rows.arena,
		.column_name = name_column,
		.each = take_record,
		.context = reader,
	};
	size_t mark = strlen(BYTE_ORDER_MARK);

	if (size >= mark && memcmp(octets, BYTE_ORDER_MARK, mark) == 0) {
		octets += mark;
		size -= mark;
	}
	size_t separator_line = find_separator_line(octets, size, &splitting.delimiter);
	if (separator_line > 0) {
		splitting.first_line = 2;
	} else {
		splitting.delimiter = find_delimiter(octets, size);
	}
	return csv_split(octets + separator_line, size - separator_line, &splitting, reader->complaint);
}

static bool is_utf16(const char *octets, size_t size)
{
	return size >= 2 && (memcmp(octets, "\xff\xfe", 2) == 0 || memcmp(octets, "\xfe\xff", 2) == 0);
}

static int read_all(struct own_list_reader *reader, const char *octets, size_t size)
{
	if (size > FILE_OCTETS_MAX) {
		return complain_of(reader->complaint, -EBADMSG, "the file has %zu octets, %d are the limit", size,
				   FILE_OCTETS_MAX);
	}
	if (is_utf16(octets, size)) {
		return complain_of(reader->complaint, -EBADMSG, "line 1: the file is UTF-16; UTF-8 would be right");
	}
	int r = split(reader, octets, size);
	if (r == 0 && !reader->has_header) {
		return complain_of(reader->complaint, -EBADMSG,
				   "the file is empty; a header with a column \"port\" would be right");
	}
	return r < 0 ? r : own_list_check_names(reader);
}

/* ---- findings in the order of lines ---- */

static int compare_findings(const void *a, const void *b)
{
	const struct own_list_finding *left = a;
	const struct own_list_finding *right = b;

	if (left->line != right->line) {
		return left->line < right->line ? -1 : 1;
	}
	return strcmp(left->sentence, right->sentence);
}

static void end_findings(struct own_list_reader *reader)
{
	if (reader->finding_count > 0) {
		qsort(reader->findings, reader->finding_count, sizeof(*reader->findings), compare_findings);
	}
	if (reader->untold == 0) {
		return;
	}
	struct own_list_finding *last = &reader->findings[OWN_FINDINGS_MAX - 1];
	last->refuses = last->refuses || reader->untold_refuses;
	(void)snprintf(last->sentence, sizeof(last->sentence), "and %zu findings more", reader->untold + 1);
}

static void *keep_array(struct arena *arena, const void *items, size_t size)
{
	void *kept = arena_take(arena, size + 1);

	if (kept != NULL && size > 0) {
		memcpy(kept, items, size);
	}
	return kept;
}

/* The arrays that grew go into the arena. */
static int make_list(struct own_list_reader *reader, struct own_list *ret_list)
{
	struct arena *arena = &reader->rows.arena;
	size_t count = reader->rows.count;
	struct own_list list = { .finding_count = reader->finding_count };

	struct entry *entries = keep_array(arena, reader->rows.entries, count * sizeof(*entries));
	list.lines = keep_array(arena, reader->lines, count * sizeof(*list.lines));
	list.findings = keep_array(arena, reader->findings, list.finding_count * sizeof(*list.findings));
	if (entries == NULL || list.lines == NULL || list.findings == NULL) {
		return -ENOMEM;
	}
	list.rows = reader->rows;
	list.rows.entries = entries;
	*ret_list = list;
	return 0;
}

int own_list_read(const char *octets, size_t size, const char *transport, struct own_list *ret_list,
		  struct complaint *ret_complaint)
{
	struct own_list_reader reader = {
		.rows = { .format = "own", .header = "", .last_eol = true },
		.transport = transport,
		.complaint = ret_complaint,
	};
	int r = read_all(&reader, octets, size);

	if (r == 0) {
		end_findings(&reader);
		r = make_list(&reader, ret_list);
	}
	free(reader.taken);
	free(reader.rows.entries);
	free(reader.lines);
	free(reader.findings);
	if (r < 0) {
		arena_finish(&reader.rows.arena);
	}
	return r;
}

void own_list_finish(struct own_list *list)
{
	rows_finish(&list->rows);
	*list = (struct own_list){ .lines = NULL };
}
