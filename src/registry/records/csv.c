/* csv.c - IANA's CSV to rows (csv.h).  Called by the import with a whole file.
 *
 * Each record is written again as soon as it is read; where that gives other octets than the file has, the file's are
 * kept beside the columns.  So whatever is accepted can be given back. */
#include "registry/records/csv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "registry/words/answers_text.h"
#include "registry/words/complain.h"
#include "registry/records/csv_split.h"
#include "registry/records/csv_write.h"
#include "registry/records/rows_text.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
/* The eleventh column as it was called before 2012. */
#define UNAUTHORIZED_ONCE "Known Unauthorized Uses"

struct csv_reader {
	struct rows rows;
	size_t capacity; /* entries there is room for */
	struct complaint *complaint;
	char *scratch; /* a record as our writer writes it */
	size_t scratch_size;
};

static size_t mark_size(const char *octets, size_t size)
{
	size_t mark = strlen(BYTE_ORDER_MARK);

	return size >= mark && memcmp(octets, BYTE_ORDER_MARK, mark) == 0 ? mark : 0;
}

/* The first three names, quoted or not, in any case. */
bool csv_recognize(const char *octets, size_t size)
{
	size_t at = mark_size(octets, size);

	for (size_t i = 0; i < 3; i++) {
		const char *name = entry_column_name((enum entry_column)i);
		size_t length = strlen(name);

		at += at < size && octets[at] == '"';
		if (size - at < length + 1 || strncasecmp(octets + at, name, length) != 0) {
			return false;
		}
		at += length;
		at += octets[at] == '"';
		if (at >= size || octets[at++] != ',') {
			return false;
		}
	}
	return true;
}

/* ---- the header ---- */

static bool is_column_name(const char *text, size_t column)
{
	const char *name = entry_column_name((enum entry_column)column);
	const char *blanks = " \t";
	const char *begin = text + strspn(text, blanks);
	size_t length = strcspn(begin, "\r\n");

	while (length > 0 && strchr(blanks, begin[length - 1]) != NULL) {
		length--;
	}
	return (length == strlen(name) && strncasecmp(begin, name, length) == 0) ||
	       (column == ENTRY_UNAUTHORIZED && length == strlen(UNAUTHORIZED_ONCE) &&
		strncasecmp(begin, UNAUTHORIZED_ONCE, length) == 0);
}

static int check_header(const struct csv_reader *reader, const struct csv_record *record)
{
	char shown[80];

	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		const char *name = entry_column_name((enum entry_column)i);

		if (i >= record->count) {
			return complain_of(reader->complaint, -EBADMSG,
					   "the header (line 1) ends before column %zu, which would be \"%s\"", i + 1,
					   name);
		}
		if (!is_column_name(record->fields[i], i)) {
			shown_text(record->fields[i], shown, sizeof(shown));
			return complain_of(reader->complaint, -EBADMSG,
					   "the header (line 1), column %zu: \"%s\" is not IANA's \"%s\"", i + 1, shown,
					   name);
		}
	}
	return 0;
}

static size_t line_end_size(const char *octets, size_t size)
{
	if (size == 0 || (octets[size - 1] != '\n' && octets[size - 1] != '\r')) {
		return 0;
	}
	return size > 1 && octets[size - 2] == '\r' && octets[size - 1] == '\n' ? 2 : 1;
}

static int take_header(struct csv_reader *reader, const char *file, const struct csv_record *record)
{
	struct rows *rows = &reader->rows;
	size_t end = line_end_size(record->octets, record->size);
	int r = check_header(reader, record);

	if (r < 0) {
		return r;
	}
	if (end == 1 && record->octets[record->size - 1] == '\r') {
		return complain_of(reader->complaint, -EBADMSG,
				   "the header (line 1) ends with a carriage return alone; LF or CRLF would be right");
	}
	rows->crlf = end == 2;
	rows->header = arena_text(&rows->arena, file, (size_t)(record->octets - file) + record->size - end);
	return rows->header == NULL ? -ENOMEM : 0;
}

/* ---- records ---- */

static int make_scratch(struct csv_reader *reader, size_t size)
{
	if (size > reader->scratch_size) {
		char *scratch = realloc(reader->scratch, size);

		if (scratch == NULL) {
			return -ENOMEM;
		}
		reader->scratch = scratch;
		reader->scratch_size = size;
	}
	return 0;
}

/* Keeps the file's own octets where our writer would write others.  A last record without line end gets one, as if a
 * record followed; rows.last_eol says that it had none. */
static int keep_raw(struct csv_reader *reader, const struct csv_record *record, struct entry *entry)
{
	struct rows *rows = &reader->rows;
	bool eol = line_end_size(record->octets, record->size) > 0;
	int r = make_scratch(reader, csv_record_size_max(entry));

	if (r < 0) {
		return r;
	}
	rows->last_eol = eol;
	size_t size = csv_record_octets(entry, rows->crlf, eol, reader->scratch);
	if (size == record->size && memcmp(reader->scratch, record->octets, size) == 0) {
		return 0;
	}
	const char *missing_end = eol ? "" : rows->crlf ? "\r\n" : "\n";
	char *raw = arena_take(&rows->arena, record->size + strlen(missing_end) + 1);
	if (raw == NULL) {
		return -ENOMEM;
	}
	memcpy(raw, record->octets, record->size);
	memcpy(raw + record->size, missing_end, strlen(missing_end) + 1);
	entry->raw = raw;
	return 0;
}

static int take_entry(struct csv_reader *reader, const struct csv_record *record)
{
	struct rows *rows = &reader->rows;

	if (rows->count == reader->capacity) {
		return complain_of(reader->complaint, -EBADMSG, "record %zu (line %zu): %d records are the limit",
				   record->number, record->line, ROWS_MAX);
	}
	struct entry *entry = &rows->entries[rows->count];
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		entry->columns[i] = i < record->count ? record->fields[i] : "";
	}
	int r = keep_raw(reader, record, entry);
	if (r == 0) {
		r = rows_complete(&rows->arena, entry);
	}
	rows->count += r == 0;
	return r;
}

/* ---- the file ---- */

struct csv_input {
	struct csv_reader *reader;
	const char *octets;
};

static int take_record(const struct csv_record *record, void *context)
{
	const struct csv_input *input = context;

	return record->number == 0 ? take_header(input->reader, input->octets, record)
				   : take_entry(input->reader, record);
}

static const char *name_column(size_t column, void *context)
{
	(void)context;
	return column < ENTRY_COLUMNS ? entry_column_name((enum entry_column)column) : NULL;
}

/* There are at most as many records as lines. */
static int make_entries(struct csv_reader *reader, const char *octets, size_t size)
{
	size_t capacity = 0;

	for (size_t at = 0; at < size && capacity < ROWS_MAX; capacity++) {
		at += csv_line_size(octets + at, size - at);
	}
	reader->capacity = capacity;
	reader->rows.entries = arena_take(&reader->rows.arena, capacity * sizeof(struct entry));
	return reader->rows.entries == NULL ? -ENOMEM : 0;
}

static int read_all(struct csv_reader *reader, const char *octets, size_t size)
{
	struct csv_input input = { .reader = reader, .octets = octets };
	struct csv_split split = {
		.delimiter = ',',
		.columns_max = ENTRY_COLUMNS,
		.first_line = 1,
		.arena = &reader->rows.arena,
		.column_name = name_column,
		.each = take_record,
		.context = &input,
	};
	size_t mark = mark_size(octets, size);
	int r = make_entries(reader, octets, size);

	return r < 0 ? r : csv_split(octets + mark, size - mark, &split, reader->complaint);
}

int csv_read(const char *octets, size_t size, struct rows *ret_rows, struct complaint *ret_complaint)
{
	struct csv_reader reader = { .rows = { .format = "iana-csv" }, .complaint = ret_complaint };

	if (size > FILE_OCTETS_MAX) {
		return complain_of(ret_complaint, -EBADMSG, "the file has %zu octets, %d are the limit", size,
				   FILE_OCTETS_MAX);
	}
	int r = read_all(&reader, octets, size);
	if (r == 0 && reader.rows.header == NULL) {
		r = complain_of(ret_complaint, -EBADMSG,
				"the file is empty; it would begin with IANA's header, \"%s,%s,...\"",
				entry_column_name(ENTRY_NAME), entry_column_name(ENTRY_PORT));
	}
	free(reader.scratch);
	if (r < 0) {
		rows_finish(&reader.rows);
		return r;
	}
	if (reader.rows.count == 0) {
		reader.rows.last_eol = octets[size - 1] == '\n';
	}
	*ret_rows = reader.rows;
	return 0;
}
