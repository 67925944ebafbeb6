/* sessions.c - tokens of the staff (sessions.h).  Called by registry/keep/sign_in.c, web/site/session*.c, and by
 * staff.c when somebody retires. */
#include "store/sessions.h"

#include <errno.h>

#include "store/store_private.h"

/* Applicants' links are in the same table, and none of ours. */
#define OF_STAFF "purpose IN ('session', 'api', 'enrol')"

static int prepare(struct store *store, const char *sql, struct statement **ret_statement)
{
	int r = statement_prepare(store->database, sql, ret_statement);

	return r < 0 ? store_complain(store, r, NULL) : 0;
}

/* Steps to the end and frees: rows affected, or -errno. */
static int64_t finish(struct store *store, struct statement *statement)
{
	int r = statement_step(statement);
	int64_t affected = r == 0 ? statement_affected(statement) : 0;

	(void)statement_free(statement);
	return r < 0 ? store_complain(store, r, NULL) : affected;
}

int sessions_add(struct store *store, const struct session_row *row)
{
	struct statement *statement = NULL;
	int r = prepare(store,
			"INSERT INTO token (hash, purpose, staff, party, scope, created, seen, ends) "
			"VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			&statement);

	if (r < 0) {
		return r;
	}
	statement_bind_text(statement, 1, row->hash);
	statement_bind_text(statement, 2, row->purpose);
	statement_bind_integer(statement, 3, row->staff);
	statement_bind_text(statement, 4, row->about);
	statement_bind_text(statement, 5, row->scope);
	statement_bind_text(statement, 6, row->created);
	statement_bind_text(statement, 7, row->seen);
	statement_bind_text(statement, 8, row->ends);
	int64_t affected = finish(store, statement);
	return affected < 0 ? (int)affected : 0;
}

/* ---- read ---- */

#define COLUMNS                                                                                                       \
	"SELECT t.hash, t.purpose, t.staff, t.party, t.scope, t.created, t.seen, t.ends, s.login, s.name FROM token " \
	"AS t JOIN staff AS s ON s.id = t.staff WHERE s.active = 1 AND t.purpose = ? AND t.ends > ? AND "

/* Its texts live until the next step. */
static struct session_row read_row(struct statement *statement)
{
	return (struct session_row){
		.hash = statement_text(statement, 0),
		.purpose = statement_text(statement, 1),
		.staff = statement_integer(statement, 2),
		.about = statement_text(statement, 3),
		.scope = statement_text(statement, 4),
		.created = statement_text(statement, 5),
		.seen = statement_text(statement, 6),
		.ends = statement_text(statement, 7),
		.login = statement_text(statement, 8),
		.name = statement_text(statement, 9),
	};
}

/* Gives each row; frees the statement.  How many there were, or -errno. */
static int give_rows(struct store *store, struct statement *statement,
		     int (*each)(const struct session_row *row, void *context), void *context)
{
	int count = 0;
	int r;

	while ((r = statement_step(statement)) > 0) {
		struct session_row row = read_row(statement);
		r = each(&row, context);
		if (r < 0) {
			(void)statement_free(statement);
			return r;
		}
		count++;
	}
	(void)statement_free(statement);
	return r < 0 ? store_complain(store, r, NULL) : count;
}

int sessions_find(struct store *store, const char *hash, const char *purpose, const char *now,
		  int (*found)(const struct session_row *row, void *context), void *context)
{
	struct statement *statement = NULL;
	int r = prepare(store, COLUMNS "t.hash = ?", &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_text(statement, 1, purpose);
	statement_bind_text(statement, 2, now);
	statement_bind_text(statement, 3, hash);
	r = give_rows(store, statement, found, context);
	return r == 0 ? -ENOENT : r < 0 ? r : 0;
}

int sessions_each(struct store *store, int64_t staff, const char *purpose, const char *now,
		  int (*each)(const struct session_row *row, void *context), void *context)
{
	struct statement *statement = NULL;
	int r = prepare(store, COLUMNS "t.staff = ? ORDER BY t.created DESC, t.hash", &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_text(statement, 1, purpose);
	statement_bind_text(statement, 2, now);
	statement_bind_integer(statement, 3, staff);
	r = give_rows(store, statement, each, context);
	return r < 0 ? r : 0;
}

/* ---- end ---- */

int sessions_seen(struct store *store, const char *hash, const char *now)
{
	struct statement *statement = NULL;
	int r = prepare(store, "UPDATE token SET seen = ? WHERE hash = ?", &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_text(statement, 1, now);
	statement_bind_text(statement, 2, hash);
	int64_t affected = finish(store, statement);
	return affected < 0 ? (int)affected : 0;
}

int sessions_end(struct store *store, int64_t staff, const char *hash)
{
	struct statement *statement = NULL;
	int r = prepare(store, "DELETE FROM token WHERE staff = ? AND hash = ? AND " OF_STAFF, &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, 1, staff);
	statement_bind_text(statement, 2, hash);
	int64_t affected = finish(store, statement);
	return affected < 0    ? (int)affected
	       : affected == 0 ? store_complain(store, -ENOENT, "this session or token has ended already")
			       : 0;
}

int sessions_end_all(struct store *store, int64_t staff, const char *purpose)
{
	struct statement *statement = NULL;
	int r = prepare(store,
			purpose == NULL ? "DELETE FROM token WHERE staff = ? AND " OF_STAFF
					: "DELETE FROM token WHERE staff = ? AND purpose = ?",
			&statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, 1, staff);
	if (purpose != NULL) {
		statement_bind_text(statement, 2, purpose);
	}
	int64_t affected = finish(store, statement);
	return affected < 0 ? (int)affected : 0;
}

int sessions_sweep(struct store *store, const char *now)
{
	struct statement *statement = NULL;
	int r = prepare(store, "DELETE FROM token WHERE ends <= ? AND " OF_STAFF, &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_text(statement, 1, now);
	int64_t affected = finish(store, statement);
	return affected < 0 ? (int)affected : 0;
}
