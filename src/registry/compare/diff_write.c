/* diff_write.c - a difference as lines with "-" and "+", and as JSON.
 *
 * The lines are for people: what could steer a terminal is shown as what it is. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "registry/words/answers_text.h"
#include "registry/records/csv.h"
#include "registry/compare/diff.h"
#include "registry/export/export_row.h"
#include "registry/export/export_text.h"

/* Line ends in the record begin a line of their own, so that each line shows its side. */
static void put_record(FILE *stream, char side, const char *record)
{
	struct shown shown;

	putc(side, stream);
	while (*record != '\0') {
		if (*record == ' ' || *record == '\t') {
			putc(*record++, stream);
		} else if (*record == '\n') {
			fprintf(stream, "\n%c", side);
			record++;
		} else if (*record == '\r') {
			fputs("\\x0d", stream);
			record++;
		} else if (shown_next(&record, &shown)) {
			fputs(shown.text, stream);
		}
	}
	putc('\n', stream);
}

static int put_row(FILE *stream, char side, const struct view *view, uint32_t index)
{
	struct entry entry = { .lo = ENTRY_NO_PORT, .hi = ENTRY_NO_PORT };
	struct view_row row;
	char *record = NULL;
	size_t size = 0;
	FILE *memory;
	int r;

	if (!view_row(view, index, &row)) {
		return 0;
	}
	memory = open_memstream(&record, &size);
	if (memory == NULL) {
		return -ENOMEM;
	}
	memcpy(entry.columns, row.columns, sizeof(entry.columns));
	r = csv_write_entry(memory, &entry, false, false);
	if (fclose(memory) != 0) {
		r = -ENOMEM;
	}
	if (r == 0) {
		put_record(stream, side, record);
	}
	free(record);
	return r;
}

static void put_title(FILE *stream, const char *mark, const struct view *view)
{
	char registry[EXPORT_COMMENT_SIZE], day[EXPORT_COMMENT_SIZE];

	export_line(view_registry(view), registry, sizeof(registry));
	fprintf(stream, "%s %s%s%s\n", mark, registry, *registry == '\0' ? "" : " ",
		export_line(view_day(view), day, sizeof(day)));
}

int diff_write_unified(FILE *stream, const struct view *old_view, const struct view *new_view, const struct diff *diff)
{
	int r = 0;

	if (diff->count == 0) {
		return 0;
	}
	put_title(stream, "---", old_view);
	put_title(stream, "+++", new_view);
	for (size_t i = 0; i < diff->count && r == 0; i++) {
		r = put_row(stream, '-', old_view, diff->items[i].old_row);
		r = r < 0 ? r : put_row(stream, '+', new_view, diff->items[i].new_row);
	}
	return r < 0 ? r : export_end(stream);
}

static json_t *row_json(const struct view *view, uint32_t index)
{
	struct view_row row;

	return view_row(view, index, &row) ? export_row_json(view, &row) : json_null();
}

static json_t *columns_json(unsigned columns)
{
	json_t *names = json_array();

	for (unsigned i = 0; i < ENTRY_COLUMNS; i++) {
		if ((columns & 1U << i) != 0) {
			json_array_append_new(names, json_string(entry_column_name((enum entry_column)i)));
		}
	}
	return names;
}

static int put_item(FILE *stream, const struct view *old_view, const struct view *new_view,
		    const struct diff_item *item)
{
	static const char *const words[] = {
		[DIFF_ADDED] = "added",
		[DIFF_REMOVED] = "removed",
		[DIFF_EDITED] = "edited",
	};
	json_t *object =
		json_pack("{s:s, s:o, s:o, s:o}", "kind", words[item->kind], "columns", columns_json(item->columns),
			  "old", row_json(old_view, item->old_row), "new", row_json(new_view, item->new_row));

	return export_put_json(object, stream);
}

int diff_write_json(FILE *stream, const struct view *old_view, const struct view *new_view, const struct diff *diff)
{
	int r;

	fputs("{\"old\":", stream);
	r = export_put_json(json_string(view_day(old_view)), stream);
	fputs(",\"new\":", stream);
	r = r < 0 ? r : export_put_json(json_string(view_day(new_view)), stream);
	fputs(",\"changes\":[", stream);
	for (size_t i = 0; i < diff->count && r == 0; i++) {
		fputs(i == 0 ? "\n" : ",\n", stream);
		r = put_item(stream, old_view, new_view, &diff->items[i]);
	}
	fputs("\n]}\n", stream);
	return r < 0 ? r : export_end(stream);
}
