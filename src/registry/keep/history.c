/* history.c - what became of a name or a number (history.h).  Called by cmd/registry_history.c.
 *
 * Of each base, the rows that answer the question are compared from one snapshot to the next; a row that was there with
 * the same name, number and transport was edited. */
#include "registry/keep/history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "config/arena.h"
#include "registry/records/derive.h"
#include "store/row_history.h"
#include "store/snapshots.h"

enum { DETAIL_MAX = 512, PORTS_MAX = 64 };

struct kept_row {
	int64_t snapshot;
	struct entry entry;
};

struct kept_line {
	struct history_line line;
	size_t order; /* lines of one day stay in the order in which they were found */
};

struct snapshot_key {
	int64_t id;
	const char *source;
	const char *dated;
};

struct history {
	struct arena arena;
	const struct question *question;
	struct kept_row *rows;
	size_t row_count, row_capacity;
	struct snapshot_key *snapshots;
	size_t snapshot_count, snapshot_capacity;
	struct kept_line *lines;
	size_t line_count, line_capacity;
};

/* ---- memory ---- */

/* Room for one more, zeroed; NULL when there is none. */
static void *add(void *array_of_pointer, size_t *count, size_t *capacity, size_t size)
{
	char **array = array_of_pointer;

	char *moved = array_grow(*array, *count, capacity, size);
	if (moved == NULL) {
		return NULL;
	}
	*array = moved;
	void *place = *array + *count * size;
	memset(place, 0, size);
	(*count)++;
	return place;
}

static const char *keep(struct history *history, const char *text)
{
	return text == NULL ? NULL : arena_text(&history->arena, text, strlen(text));
}

static int keep_entry(struct history *history, const struct entry *entry, struct entry *ret_entry)
{
	*ret_entry = *entry;
	ret_entry->raw = NULL;
	ret_entry->fold = "";
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		ret_entry->columns[i] = keep(history, entry->columns[i]);
		if (ret_entry->columns[i] == NULL) {
			return -ENOMEM;
		}
	}
	return 0;
}

/* ---- lines ---- */

static int tell(struct history *history, const char *day, const char *what, const struct entry *entry,
		const char *detail, const char *source)
{
	char ports[PORTS_MAX];
	struct kept_line *kept = add(&history->lines, &history->line_count, &history->line_capacity, sizeof(*kept));
	bool numbered = entry->lo != ENTRY_NO_PORT;
	const char *transport = entry->columns[ENTRY_TRANSPORT];

	if (kept == NULL) {
		return -ENOMEM;
	}
	(void)snprintf(ports, sizeof(ports), "%.20s%s%.10s", numbered ? entry->columns[ENTRY_PORT] : "-",
		       transport[0] != '\0' ? "/" : "", transport);
	kept->order = history->line_count;
	kept->line = (struct history_line){
		.day = keep(history, day),
		.what = what,
		.ports = keep(history, ports),
		.name = entry->columns[ENTRY_NAME],
		.detail = keep(history, detail),
		.source = keep(history, source),
	};
	return kept->line.day == NULL || kept->line.ports == NULL || kept->line.detail == NULL ||
			       kept->line.source == NULL
		       ? -ENOMEM
		       : 0;
}

static const char *detail_of(const struct entry *entry)
{
	bool is_told = entry->status == ENTRY_ASSIGNED || entry->columns[ENTRY_NOTES][0] == '\0';

	return is_told ? entry->columns[ENTRY_DESCRIPTION] : entry->columns[ENTRY_NOTES];
}

/* "Contact: [A] -> [B]; Assignment Notes: ..." of the columns that changed. */
static int tell_edit(struct history *history, const char *day, const struct entry *before, const struct entry *now,
		     const char *source)
{
	char detail[DETAIL_MAX] = "";
	size_t used = 0;

	for (enum entry_column column = 0; column < ENTRY_COLUMNS; column++) {
		const char *old_text = before->columns[column];
		const char *new_text = now->columns[column];
		if (column == ENTRY_MODIFIED || strcmp(old_text, new_text) == 0 || used >= sizeof(detail)) {
			continue;
		}
		int length = snprintf(detail + used, sizeof(detail) - used, "%s%s: %s -> %s", used > 0 ? "; " : "",
				      entry_column_name(column), old_text[0] != '\0' ? old_text : "-",
				      new_text[0] != '\0' ? new_text : "-");
		used += length > 0 ? (size_t)length : 0;
	}
	return tell(history, day, "edited", now, detail[0] != '\0' ? detail : "its modification date", source);
}

/* ---- one snapshot after the other ---- */

static bool same_place(const struct entry *a, const struct entry *b)
{
	return strcmp(a->columns[ENTRY_PORT], b->columns[ENTRY_PORT]) == 0 &&
	       strcmp(a->columns[ENTRY_TRANSPORT], b->columns[ENTRY_TRANSPORT]) == 0 &&
	       strcasecmp(a->columns[ENTRY_NAME], b->columns[ENTRY_NAME]) == 0;
}

static bool same(const struct entry *a, const struct entry *b)
{
	return memcmp(a->digest, b->digest, ENTRY_DIGEST_SIZE) == 0;
}

static const struct entry *find(const struct history *history, int64_t snapshot, const struct entry *wanted,
				bool (*matches)(const struct entry *a, const struct entry *b))
{
	for (size_t i = 0; i < history->row_count; i++) {
		if (history->rows[i].snapshot == snapshot && matches(&history->rows[i].entry, wanted)) {
			return &history->rows[i].entry;
		}
	}
	return NULL;
}

/* Of the first snapshot, a row stands since its own date when it has one. */
static const char *day_of_row(const struct entry *entry, const struct snapshot_key *snapshot)
{
	const char *day = entry->columns[ENTRY_REGISTERED][0] != '\0' ? entry->columns[ENTRY_REGISTERED]
								      : entry->columns[ENTRY_MODIFIED];

	return day[0] != '\0' && strcmp(day, snapshot->dated) <= 0 ? day : snapshot->dated;
}

static int tell_new(struct history *history, const struct snapshot_key *before, const struct snapshot_key *now,
		    const struct entry *entry)
{
	const struct entry *old_entry = before == NULL ? NULL : find(history, before->id, entry, same_place);

	if (old_entry != NULL) {
		return tell_edit(history, now->dated, old_entry, entry, now->source);
	}
	return tell(history, before == NULL ? day_of_row(entry, now) : now->dated, entry_status_name(entry->status),
		    entry, detail_of(entry), now->source);
}

static int compare(struct history *history, const struct snapshot_key *before, const struct snapshot_key *now)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < history->row_count; i++) {
		const struct kept_row *row = &history->rows[i];
		if (before != NULL && row->snapshot == before->id &&
		    find(history, now->id, &row->entry, same_place) == NULL) {
			r = tell(history, now->dated, "gone", &row->entry, detail_of(&row->entry), now->source);
		}
	}
	for (size_t i = 0; r == 0 && i < history->row_count; i++) {
		const struct kept_row *row = &history->rows[i];
		if (row->snapshot == now->id &&
		    (before == NULL || find(history, before->id, &row->entry, same) == NULL)) {
			r = tell_new(history, before, now, &row->entry);
		}
	}
	return r;
}

static int compare_all(struct history *history)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < history->snapshot_count; i++) {
		const struct snapshot_key *now = &history->snapshots[i];
		const struct snapshot_key *before = NULL;
		for (size_t j = 0; j < i; j++) {
			before = strcmp(history->snapshots[j].source, now->source) == 0 ? &history->snapshots[j]
											: before;
		}
		r = compare(history, before, now);
	}
	return r;
}

/* ---- from the store ---- */

static bool is_wanted(const struct history *history, const struct entry *entry)
{
	int transport = history->question->transport;
	const char *of_entry = entry->columns[ENTRY_TRANSPORT];

	return transport == 0 || of_entry[0] == '\0' || entry_transport(of_entry) == transport;
}

static int keep_row(const struct row_at *row, void *context)
{
	struct history *history = context;

	if (!is_wanted(history, &row->entry)) {
		return 0;
	}
	struct kept_row *kept = add(&history->rows, &history->row_count, &history->row_capacity, sizeof(*kept));
	if (kept == NULL) {
		return -ENOMEM;
	}
	kept->snapshot = row->snapshot;
	return keep_entry(history, &row->entry, &kept->entry);
}

static int keep_snapshot(const struct snapshot *snapshot, void *context)
{
	struct history *history = context;
	struct snapshot_key *key =
		add(&history->snapshots, &history->snapshot_count, &history->snapshot_capacity, sizeof(*key));

	if (key == NULL) {
		return -ENOMEM;
	}
	key->id = snapshot->id;
	key->source = keep(history, snapshot->source);
	key->dated = keep(history, snapshot->dated);
	return key->source == NULL || key->dated == NULL ? -ENOMEM : 0;
}

static int tell_own(const struct own_row *row, void *context)
{
	struct history *history = context;
	struct entry entry;

	if (!is_wanted(history, &row->entry)) {
		return 0;
	}
	int r = keep_entry(history, &row->entry, &entry);
	return r < 0 ? r
		     : tell(history, row->since_day, entry_status_name(entry.status), &entry, detail_of(&entry), "own");
}

static int by_day(const void *a, const void *b)
{
	const struct kept_line *left = a;
	const struct kept_line *right = b;
	int order = strcmp(left->line.day, right->line.day);

	return order != 0 ? order : left->order < right->order ? -1 : 1;
}

static int gather(struct store *store, struct history *history)
{
	char fold[sizeof(history->question->name)];
	struct row_wanted wanted = { .lo = history->question->lo, .hi = history->question->hi };

	if (history->question->kind == QUESTION_NAME || history->question->kind == QUESTION_DNS_SD) {
		entry_fold(history->question->name, fold);
		wanted.fold = fold;
	}
	int r = snapshot_list(store, NULL, keep_snapshot, history);
	if (r == 0) {
		r = row_history_bases(store, &wanted, keep_row, history);
	}
	if (r == 0) {
		r = compare_all(history);
	}
	return r < 0 ? r : row_history_own(store, &wanted, tell_own, history);
}

int history_of(struct store *store, const struct question *question,
	       int (*each)(const struct history_line *line, void *context), void *context)
{
	struct history history = { .question = question };
	int r = question->kind == QUESTION_SERVICE_CODE ? -EINVAL : gather(store, &history);

	if (r == 0 && history.line_count > 0) {
		qsort(history.lines, history.line_count, sizeof(*history.lines), by_day);
	}
	for (size_t i = 0; r == 0 && i < history.line_count; i++) {
		r = each(&history.lines[i].line, context);
	}
	r = r == 0 ? (int)history.line_count : r;
	free(history.rows);
	free(history.snapshots);
	free(history.lines);
	arena_finish(&history.arena);
	return r;
}
