/* snapshots_rows.c - what stood where in a snapshot: runs of rows whose numbers follow each other
 * (snapshots_rows.h).
 *
 * Called by snapshots.c to write them, and by registry/ through snapshots.h to read them.  A snapshot that differs
 * from an older one in forty rows has some eighty runs; the first of its source has one. */
#include "store/snapshots_rows.h"

#include <sodium.h>

#include "store/entries.h"
#include "store/journal.h"
#include "store/snapshots.h"
#include "store/store_private.h"

void snapshots_rows_hash(const struct entry *entries, size_t count, char ret_hex[static STORE_HASH_SIZE])
{
	crypto_hash_sha256_state state;

	(void)crypto_hash_sha256_init(&state);
	for (size_t i = 0; i < count; i++) {
		(void)crypto_hash_sha256_update(&state, entries[i].digest, ENTRY_DIGEST_SIZE);
	}
	journal_hash_end(&state, ret_hex);
}

static size_t run_length(const int64_t *ids, size_t count)
{
	size_t length = 1;

	while (length < count && ids[length] == ids[0] + (int64_t)length) {
		length++;
	}
	return length;
}

static int write_run(struct statement *insert, int64_t seq, int64_t first, size_t length)
{
	statement_bind_integer(insert, 2, seq);
	statement_bind_integer(insert, 3, first);
	statement_bind_integer(insert, 4, (int64_t)length);
	return statement_run(insert);
}

int snapshots_write_runs(struct store *store, int64_t snapshot, const int64_t *ids, size_t count)
{
	struct statement *insert = NULL;
	int64_t seq = 0;
	size_t length;
	int r = statement_prepare(
		store->database, "INSERT INTO snapshot_run (snapshot, seq, entry, count) VALUES (?, ?, ?, ?)", &insert);

	if (r == 0) {
		statement_bind_integer(insert, 1, snapshot);
	}
	for (size_t i = 0; r == 0 && i < count; i += length) {
		length = run_length(ids + i, count - i);
		r = write_run(insert, ++seq, ids[i], length);
	}
	(void)statement_free(insert);
	return r < 0 ? store_complain(store, r, NULL) : 0;
}

/* ---- reading ---- */

static const char rows_sql[] = "SELECT " ENTRIES_COLUMNS " FROM snapshot_run AS r "
			       "JOIN entry AS e ON e.id BETWEEN r.entry AND r.entry + r.count - 1 "
			       "WHERE r.snapshot = ? ORDER BY r.seq, e.id";

static int give_row(struct store *store, struct statement *rows, int (*each)(const struct entry *entry, void *context),
		    void *context)
{
	struct entry entry;
	int r = entries_read(rows, 0, &entry);

	if (r < 0) {
		return store_complain(store, r, "the table of rows has a row with a wrong status or digest");
	}
	return each(&entry, context);
}

int snapshot_rows(struct store *store, int64_t snapshot, int (*each)(const struct entry *entry, void *context),
		  void *context)
{
	struct statement *rows = NULL;
	int r = statement_prepare(store->database, rows_sql, &rows);

	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	statement_bind_integer(rows, 1, snapshot);
	while ((r = statement_step(rows)) > 0) {
		r = give_row(store, rows, each, context);
		if (r < 0) {
			(void)statement_free(rows);
			return r;
		}
	}
	(void)statement_free(rows);
	return r < 0 ? store_complain(store, r, NULL) : 0;
}
