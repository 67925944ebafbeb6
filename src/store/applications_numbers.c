/* applications_numbers.c - what stands at a number, of bases and of this registry, and who is on the way to it
 * (applications_rights.h).  Called by registry/process*.c; writes nothing. */
#include "store/applications_rights.h"

#include <errno.h>
#include <string.h>

#include "store/ask.h"
#include "store/entries.h"
#include "store/store_private.h"

/* The newest snapshot of each source. */
#define IN_FORCE                                                                                                \
	"NOT EXISTS (SELECT 1 FROM snapshot AS later WHERE later.source = s.source AND (later.dated > s.dated " \
	"OR (later.dated = s.dated AND later.id > s.id)))"
#define OF_BASES                                                                                                  \
	" FROM entry AS e, snapshot AS s JOIN source AS o ON o.id = s.source WHERE " IN_FORCE                     \
	" AND EXISTS (SELECT 1 FROM snapshot_run AS r WHERE r.snapshot = s.id AND r.entry <= e.id AND r.entry + " \
	"r.count > e.id) AND "

/* ---- numbers ---- */

static int give_base(struct statement *statement, int (*each)(const struct number_row *row, void *context),
		     void *context)
{
	struct number_row row = {
		.lo = (int)statement_integer(statement, 0),
		.hi = (int)statement_integer(statement, 1),
		.transport = statement_text(statement, 2),
		.name = statement_text(statement, 4),
		.source = statement_text(statement, 5),
		.is_used = statement_integer(statement, 6) != 0,
	};
	int r = entry_status_of(statement_text(statement, 3), &row.status);

	return r < 0 ? r : each(&row, context);
}

static int give_claim(struct statement *statement, int (*each)(const struct number_row *row, void *context),
		      void *context)
{
	int port = (int)statement_integer(statement, 0);
	const struct number_row row = {
		.lo = port,
		.hi = port,
		.transport = statement_text(statement, 1),
		.status = strcmp(statement_text(statement, 2), "assigned") == 0 ? ENTRY_ASSIGNED : ENTRY_RESERVED,
		.name = "",
		.source = "own",
		.assignment = statement_integer(statement, 3),
	};

	return each(&row, context);
}

static int give_numbers(struct store *store, const char *sql, const int64_t integers[static 2],
			int (*give)(struct statement *statement,
				    int (*each)(const struct number_row *row, void *context), void *context),
			int (*each)(const struct number_row *row, void *context), void *context)
{
	struct statement *statement = NULL;
	int r = ask_with_integers(store, sql, 2, integers, &statement);

	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		r = give(statement, each, context);
	}
	(void)statement_free(statement);
	return r < 0 ? r : 0;
}

int application_numbers(struct store *store, int lo, int hi, int (*each)(const struct number_row *row, void *context),
			void *context)
{
	const int64_t of_bases[] = { hi, lo };
	const int64_t of_claims[] = { lo, hi };
	int r = give_numbers(store,
			     "SELECT e.lo, e.hi, e.transport, e.status, e.name, o.name, "
			     "CASE WHEN e.unauthorized <> '' THEN 1 ELSE 0 END" OF_BASES "e.lo <= ? AND e.hi >= ?",
			     of_bases, give_base, each, context);

	return r < 0 ? r
		     : give_numbers(store,
				    "SELECT port, transport, kind, assignment FROM claim WHERE port BETWEEN ? AND ?",
				    of_claims, give_claim, each, context);
}

/* ---- rows of bases ---- */

int application_base_rows(struct store *store, const char *fold_or_null, int port,
			  int (*each)(int64_t id, const struct entry *entry, const char *source, void *context),
			  void *context)
{
	struct statement *statement = NULL;
	const int64_t integers[] = { port, port };
	int r = ask_with_integers(store,
				  fold_or_null != NULL ? "SELECT e.id, o.name, " ENTRIES_COLUMNS OF_BASES
							 "e.fold = ? ORDER BY e.id"
						       : "SELECT e.id, o.name, " ENTRIES_COLUMNS OF_BASES
							 "e.lo <= ? AND e.hi >= ? ORDER BY e.id",
				  fold_or_null != NULL ? 0 : 2, integers, &statement);

	if (r == 0 && fold_or_null != NULL) {
		statement_bind_text(statement, 1, fold_or_null);
	}
	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		struct entry entry;
		r = entries_read(statement, 2, &entry);
		if (r == 0) {
			r = each(statement_integer(statement, 0), &entry, statement_text(statement, 1), context);
		}
	}
	(void)statement_free(statement);
	return r < 0 ? r : 0;
}

int application_person(struct store *store, const char *source, const char *pid,
		       int (*found)(const struct entry_person *person, void *context), void *context)
{
	const char *const texts[] = { source, pid };
	struct statement *statement = NULL;
	int r = ask_with_texts(store,
			       "SELECT p.pid, p.kind, p.name, p.uri, p.updated FROM person AS p "
			       "JOIN source AS o ON o.id = p.source WHERE o.name = ? AND p.pid = ?",
			       2, texts, &statement);

	if (r < 0) {
		return r;
	}
	r = ask_step(store, statement);
	if (r > 0) {
		const struct entry_person person = {
			.id = statement_text(statement, 0),
			.kind = statement_text(statement, 1),
			.name = statement_text(statement, 2),
			.uri = statement_text(statement, 3),
			.updated = statement_text(statement, 4),
		};
		r = found(&person, context);
	} else if (r == 0) {
		r = -ENOENT;
	}
	(void)statement_free(statement);
	return r < 0 ? r : 0;
}

/* ---- assignments ---- */

int application_assignments(struct store *store, int64_t publication,
			    int (*each)(const struct assignment_row *row, void *context), void *context)
{
	struct statement *statement = NULL;
	int r = ask_with_integers(
		store,
		publication != 0
			? "SELECT a.id, a.application, a.renewals, a.temporary_until, a.event FROM assignment AS a "
			  "JOIN publication AS p ON p.assignment = a.id WHERE p.id = ?"
			: "SELECT a.id, a.application, a.renewals, a.temporary_until, a.event FROM assignment AS a "
			  "WHERE a.temporary_until IS NOT NULL ORDER BY a.id",
		publication != 0, &publication, &statement);

	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		const struct assignment_row row = {
			.id = statement_integer(statement, 0),
			.application = statement_is_null(statement, 1) ? 0 : statement_integer(statement, 1),
			.renewals = (int)statement_integer(statement, 2),
			.temporary_until = statement_text(statement, 3),
			.event = statement_integer(statement, 4),
		};
		r = each(&row, context);
	}
	(void)statement_free(statement);
	return r < 0 ? r : 0;
}

int application_changer(struct store *store, int64_t publication, const char *field, int64_t *ret_application)
{
	struct statement *statement = NULL;
	int64_t application = 0;
	int r = ask_with_texts(store,
			       "SELECT s.application FROM publication AS p "
			       "JOIN publication AS q ON q.assignment = p.assignment "
			       "JOIN step AS s ON s.event = q.since_event "
			       "JOIN answer AS w ON w.application = s.application AND w.v = s.v AND w.field = ? "
			       "WHERE p.id = ? ORDER BY q.since_event DESC",
			       1, &field, &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, 2, publication);
	r = ask_one(store, statement, &application);
	if (r < 0) {
		return r;
	}
	*ret_application = application;
	return 0;
}

int application_publication(struct store *store, int64_t assignment, int64_t *ret_publication)
{
	int64_t publication = 0;
	int r = ask_integer_of(store,
			       "SELECT p.id FROM publication AS p JOIN entry AS e ON e.id = p.entry "
			       "WHERE p.assignment = ? AND p.until_event IS NULL AND e.status = 'assigned' "
			       "ORDER BY e.lo IS NULL, p.id",
			       1, &assignment, &publication);

	if (r < 0) {
		return r;
	}
	*ret_publication = publication;
	return 0;
}

int application_assigned(struct store *store, int64_t application,
			 int (*each)(const char *name, const char *port, const char *transport, void *context),
			 void *context)
{
	struct statement *statement = NULL;
	int r = ask_with_integers(store,
				  "SELECT e.name, e.port, e.transport FROM assignment AS a "
				  "JOIN publication AS p ON p.assignment = a.id JOIN entry AS e ON e.id = p.entry "
				  "WHERE a.application = ? AND p.until_event IS NULL AND e.status = 'assigned' "
				  "ORDER BY e.lo IS NULL, e.lo, p.id",
				  1, &application, &statement);

	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		r = each(statement_text(statement, 0), statement_text(statement, 1), statement_text(statement, 2),
			 context);
	}
	(void)statement_free(statement);
	return r < 0 ? r : 0;
}

/* ---- on their way ---- */

int application_each_wish(struct store *store, int (*each)(const struct wish_row *wish, void *context), void *context)
{
	struct statement *statement = NULL;
	int r = ask(
		store,
		"SELECT a.id, a.ref, s.state, coalesce(n.spelled, ''), "
		"CASE WHEN s.state IN ('refused', 'appeal') THEN '' ELSE coalesce(w.transport, '') END, w.port "
		"FROM application AS a JOIN application_state AS s ON s.application = a.id "
		"LEFT JOIN name AS n ON n.application = a.id AND n.kind = 'held' "
		"LEFT JOIN wanted AS w ON w.application = a.id AND w.v = s.v "
		"WHERE s.state IN ('validating', 'with-applicant', 'with-holder', 'expert-review', 'board', 'call', "
		"'approved') "
		"OR n.fold IS NOT NULL ORDER BY a.id, w.transport",
		&statement);

	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		const struct wish_row wish = {
			.application = statement_integer(statement, 0),
			.ref = statement_text(statement, 1),
			.state = statement_text(statement, 2),
			.name = statement_text(statement, 3),
			.transport = statement_text(statement, 4),
			.port = statement_is_null(statement, 5) ? -1 : (int)statement_integer(statement, 5),
		};
		r = each(&wish, context);
	}
	(void)statement_free(statement);
	return r < 0 ? r : 0;
}

int application_count(struct store *store, const char *email, const char *since, int64_t *ret_count)
{
	const char *const texts[] = { email, since };
	int r = ask_integer(
		store,
		"SELECT count(DISTINCT a.id) FROM answer AS w JOIN application AS a ON a.id = w.application "
		"JOIN decision AS d ON d.application = a.id AND d.first = 1 JOIN event AS e ON e.n = d.event "
		"WHERE w.field = 'applicant-email' AND lower(w.value) = lower(?) AND e.at > ?",
		2, texts, ret_count);

	return r < 0 ? r : 0;
}
