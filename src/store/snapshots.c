/* snapshots.c - snapshots added, listed, and chosen by day (snapshots.h).
 *
 * Called by registry/.  The rows themselves are kept by entries.c, their order by snapshots_rows.c; what proves
 * them goes into the event here. */
#include "store/snapshots.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/ask.h"
#include "store/entries.h"
#include "store/journal.h"
#include "store/snapshots_rows.h"
#include "store/store_private.h"

/* ---- the source ---- */

static int make_source(struct change *change, const char *name, int64_t *ret_id)
{
	struct store *store = change_store(change);
	int64_t id = 0;
	int64_t rank = 0;
	int r = ask_integer(store, "SELECT coalesce(max(id), 0) + 1 FROM source", 0, NULL, &id);

	if (r >= 0) {
		r = ask_integer(store, "SELECT coalesce(max(rank), 0) + 1 FROM source", 0, NULL, &rank);
	}
	if (r >= 0) {
		r = change_insert_new(change, "source",
				      json_pack("{s:I, s:s, s:I}", "id", id, "name", name, "rank", rank));
	}
	if (r < 0) {
		return r;
	}
	*ret_id = id;
	return 0;
}

static int source_of(struct change *change, const char *name, int64_t *ret_id)
{
	int r = ask_integer(change_store(change), "SELECT id FROM source WHERE name = ?", 1, &name, ret_id);

	return r == 0 ? make_source(change, name, ret_id) : r < 0 ? r : 0;
}

/* ---- adding ---- */

/* Asked before anything is written, because after a refusal by a key only the end of the change is possible. */
static int refuse_same(struct store *store, const struct snapshot *snapshot, int64_t *ret_id)
{
	const char *const texts[] = { snapshot->source, snapshot->dated, snapshot->sha256 };
	int r = ask_integer(store,
			    "SELECT t.id FROM snapshot AS t JOIN source AS o ON o.id = t.source "
			    "WHERE o.name = ? AND t.dated = ? AND t.sha256 = ?",
			    3, texts, ret_id);

	if (r > 0) {
		return store_complain(store, -EEXIST, "this file is a snapshot of %s for %s already: number %lld",
				      snapshot->source, snapshot->dated, (long long)*ret_id);
	}
	return r;
}

static int insert_snapshot(struct change *change, const struct snapshot *snapshot, int64_t id, const char *rows_sha256)
{
	int64_t source = 0;
	int r = source_of(change, snapshot->source, &source);

	if (r < 0) {
		return r;
	}
	return change_insert_new(
		change, "snapshot",
		json_pack("{s:I, s:I, s:s, s:s, s:s, s:s, s:i, s:I, s:s, s:s, s:I}", "id", id, "source", source,
			  "dated", snapshot->dated, "format", snapshot->format, "header", snapshot->header, "eol",
			  snapshot->crlf ? "crlf" : "lf", "last_eol", snapshot->last_eol, "rows", snapshot->rows,
			  "sha256", snapshot->sha256, "rows_sha256", rows_sha256, "event", change_event(change)));
}

static int seal_rows(struct change *change, int64_t id, const char *rows_sha256)
{
	json_t *key = json_pack("{s:I}", "snapshot", id);
	int r = key != NULL ? change_seal(change, "snapshot_run", key, rows_sha256)
			    : store_complain(change_store(change), -ENOMEM, NULL);

	json_decref(key);
	return r;
}

static int add_rows(struct change *change, int64_t id, const struct entry *entries, size_t count)
{
	struct store *store = change_store(change);
	int64_t *ids = calloc(count + 1, sizeof(*ids));

	if (ids == NULL) {
		return store_complain(store, -ENOMEM, NULL);
	}
	int r = entries_keep(store, entries, count, ids);
	if (r == 0) {
		r = snapshots_write_runs(store, id, ids, count);
	}
	free(ids);
	return r;
}

int snapshot_add(struct change *change, const struct snapshot *snapshot, const struct entry *entries, size_t count,
		 int64_t *ret_id)
{
	struct store *store = change_store(change);
	char rows_sha256[STORE_HASH_SIZE];
	int64_t id = 0;
	int r = refuse_same(store, snapshot, ret_id);

	if (r >= 0) {
		r = ask_integer(store, "SELECT coalesce(max(id), 0) + 1 FROM snapshot", 0, NULL, &id);
	}
	if (r < 0) {
		return r;
	}
	snapshots_rows_hash(entries, count, rows_sha256);
	r = insert_snapshot(change, snapshot, id, rows_sha256);
	if (r == 0) {
		r = add_rows(change, id, entries, count);
	}
	if (r == 0) {
		r = seal_rows(change, id, rows_sha256);
	}
	if (r < 0) {
		return r;
	}
	*ret_id = id;
	return 0;
}

/* ---- reading ---- */

#define SNAPSHOTS                                                                                         \
	"SELECT t.id, o.name, t.dated, t.format, t.header, t.eol, t.last_eol, t.rows, t.sha256, t.event " \
	"FROM snapshot AS t JOIN source AS o ON o.id = t.source "

enum { ID, SOURCE, DATED, FORMAT, HEADER, EOL, LAST_EOL, ROWS, SHA256, EVENT };

static int give_snapshot(struct statement *statement, int (*each)(const struct snapshot *snapshot, void *context),
			 void *context)
{
	const struct snapshot snapshot = {
		.id = statement_integer(statement, ID),
		.source = statement_text(statement, SOURCE),
		.dated = statement_text(statement, DATED),
		.format = statement_text(statement, FORMAT),
		.header = statement_text(statement, HEADER),
		.crlf = strcmp(statement_text(statement, EOL), "crlf") == 0,
		.last_eol = statement_integer(statement, LAST_EOL) != 0,
		.rows = statement_integer(statement, ROWS),
		.sha256 = statement_text(statement, SHA256),
		.event = statement_integer(statement, EVENT),
	};

	return each(&snapshot, context);
}

static int give_snapshots(struct store *store, const char *sql, const char *value,
			  int (*each)(const struct snapshot *snapshot, void *context), void *context)
{
	struct statement *statement = NULL;
	int r = statement_prepare(store->database, sql, &statement);

	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	statement_bind_text(statement, 1, value);
	while ((r = statement_step(statement)) > 0) {
		r = give_snapshot(statement, each, context);
		if (r < 0) {
			(void)statement_free(statement);
			return r;
		}
	}
	(void)statement_free(statement);
	return r < 0 ? store_complain(store, r, NULL) : 0;
}

/* No source has an empty name: the empty text stands for all of them. */
int snapshot_list(struct store *store, const char *source_or_null,
		  int (*each)(const struct snapshot *snapshot, void *context), void *context)
{
	return give_snapshots(store, SNAPSHOTS "WHERE ? IN ('', o.name) ORDER BY t.dated, t.id",
			      source_or_null != NULL ? source_or_null : "", each, context);
}

int snapshot_in_force(struct store *store, const char *day_or_null,
		      int (*each)(const struct snapshot *snapshot, void *context), void *context)
{
	static const char last_day[] = "9999-12-31";

	return give_snapshots(store,
			      SNAPSHOTS
			      "WHERE t.id = (SELECT p.id FROM snapshot AS p WHERE p.source = o.id AND p.dated <= ? "
			      "ORDER BY p.dated DESC, p.id DESC LIMIT 1) ORDER BY o.rank",
			      day_or_null != NULL ? day_or_null : last_day, each, context);
}
