/* row_history.c - in which snapshots a row stood, and when own rows were published (row_history.h).
 * Called by registry/keep/history.c. */
#include "store/row_history.h"

#include "store/entries.h"
#include "store/store_private.h"

#define WANTED " WHERE (e.fold = ? OR (e.lo <= ? AND e.hi >= ?))"

static const char bases[] = "SELECT s.id, o.name, s.dated, " ENTRIES_COLUMNS " FROM entry e"
			    " JOIN snapshot_run r ON r.entry <= e.id AND r.entry + r.count > e.id"
			    " JOIN snapshot s ON s.id = r.snapshot JOIN source o ON o.id = s.source" WANTED
			    " ORDER BY o.rank, s.dated, s.id, r.seq, e.id";

static const char own[] = "SELECT p.id, p.since_day, p.until_day, " ENTRIES_COLUMNS
			  " FROM publication p JOIN entry e ON e.id = p.entry" WANTED " ORDER BY p.since_day, p.id";

/* No row has the port -1, and no fold is a blank. */
static int prepare(struct store *store, const char *sql, const struct row_wanted *wanted,
		   struct statement **ret_statement)
{
	int r = statement_prepare(store_database(store), sql, ret_statement);

	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	statement_bind_text(*ret_statement, 1, wanted->fold != NULL ? wanted->fold : " ");
	statement_bind_integer(*ret_statement, 2, wanted->fold != NULL ? -1 : wanted->hi);
	statement_bind_integer(*ret_statement, 3, wanted->fold != NULL ? -1 : wanted->lo);
	return 0;
}

int row_history_bases(struct store *store, const struct row_wanted *wanted,
		      int (*each)(const struct row_at *row, void *context), void *context)
{
	struct statement *statement = NULL;
	int r = prepare(store, bases, wanted, &statement);

	while (r == 0 && (r = statement_step(statement)) > 0) {
		struct row_at row = {
			.snapshot = statement_integer(statement, 0),
			.source = statement_text(statement, 1),
			.dated = statement_text(statement, 2),
		};
		r = entries_read(statement, 3, &row.entry);
		if (r == 0) {
			r = each(&row, context);
		}
	}
	(void)statement_free(statement);
	return r;
}

int row_history_own(struct store *store, const struct row_wanted *wanted,
		    int (*each)(const struct own_row *row, void *context), void *context)
{
	struct statement *statement = NULL;
	int r = prepare(store, own, wanted, &statement);

	while (r == 0 && (r = statement_step(statement)) > 0) {
		struct own_row row = {
			.publication = statement_integer(statement, 0),
			.since_day = statement_text(statement, 1),
			.until_day = statement_text(statement, 2),
		};
		r = entries_read(statement, 3, &row.entry);
		if (r == 0) {
			r = each(&row, context);
		}
	}
	(void)statement_free(statement);
	return r;
}
