/* sessions.c - tokens of the staff (sessions.h).  Called by registry/keep/sign_in.c, web/site/session*.c, and by
 * staff.c when somebody retires. */
#include "store/sessions.h"

#include <errno.h>

#include "store/ask.h"
#include "store/store_private.h"

/* Applicants' links are in the same table, and none of ours. */
#define OF_STAFF "purpose IN ('session', 'api', 'enrol')"

int sessions_add(struct store *store, const struct session_row *row)
{
	const char *const texts[] = { row->hash,    row->purpose, row->about, row->scope,
				      row->created, row->seen,	  row->ends };
	enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };
	struct statement *statement = NULL;
	int r = ask_with_texts(store,
			       "INSERT INTO token (hash, purpose, party, scope, created, seen, ends, staff) "
			       "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			       TEXTS, texts, &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, TEXTS + 1, row->staff);
	return ask_run(store, statement);
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
	int r = 0;

	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		const struct session_row row = read_row(statement);
		r = each(&row, context);
		count++;
	}
	(void)statement_free(statement);
	return r < 0 ? r : count;
}

int sessions_find(struct store *store, const char *hash, const char *purpose, const char *now,
		  int (*found)(const struct session_row *row, void *context), void *context)
{
	const char *const texts[] = { purpose, now, hash };
	struct statement *statement = NULL;
	int r = ask_with_texts(store, COLUMNS "t.hash = ?", 3, texts, &statement);

	if (r < 0) {
		return r;
	}
	r = give_rows(store, statement, found, context);
	return r == 0 ? -ENOENT : r < 0 ? r : 0;
}

int sessions_each(struct store *store, int64_t staff, const char *purpose, const char *now,
		  int (*each)(const struct session_row *row, void *context), void *context)
{
	const char *const texts[] = { purpose, now };
	struct statement *statement = NULL;
	int r = ask_with_texts(store, COLUMNS "t.staff = ? ORDER BY t.created DESC, t.hash", 2, texts, &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, 3, staff);
	r = give_rows(store, statement, each, context);
	return r < 0 ? r : 0;
}

/* ---- end ---- */

int sessions_seen(struct store *store, const char *hash, const char *now)
{
	const char *const texts[] = { now, hash };
	struct statement *statement = NULL;
	int r = ask_with_texts(store, "UPDATE token SET seen = ? WHERE hash = ?", 2, texts, &statement);

	return r < 0 ? r : ask_run(store, statement);
}

int sessions_end(struct store *store, int64_t staff, const char *hash)
{
	struct statement *statement = NULL;
	int r = ask_with_texts(store, "DELETE FROM token WHERE hash = ? AND staff = ? AND " OF_STAFF, 1, &hash,
			       &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, 2, staff);
	r = ask_changes(store, statement);
	return r == 0 ? store_complain(store, -ENOENT, "this session or token has ended already") : r < 0 ? r : 0;
}

int sessions_end_all(struct store *store, int64_t staff, const char *purpose)
{
	struct statement *statement = NULL;
	int r = ask_with_integers(store,
				  purpose == NULL ? "DELETE FROM token WHERE staff = ? AND " OF_STAFF
						  : "DELETE FROM token WHERE staff = ? AND purpose = ?",
				  1, &staff, &statement);

	if (r < 0) {
		return r;
	}
	if (purpose != NULL) {
		statement_bind_text(statement, 2, purpose);
	}
	return ask_run(store, statement);
}

int sessions_sweep(struct store *store, const char *now)
{
	struct statement *statement = NULL;
	int r = ask_with_texts(store, "DELETE FROM token WHERE ends <= ? AND " OF_STAFF, 1, &now, &statement);

	return r < 0 ? r : ask_run(store, statement);
}
