/* migrate.c - numbered migrations.  Called by store.c; knows the table meta, and nothing else of a schema.
 *
 * The number is read again inside each transaction, behind the write lock: another program may have been faster. */
#include "store/migrate.h"

#include <errno.h>
#include <stdlib.h>

/* On PostgreSQL no table is there yet whose lock could make two programs wait for each other: this number is
 * "berth" in ASCII. */
static const char postgres_lock[] = "SELECT pg_advisory_xact_lock(422608794728)";

static const char sqlite_tables[] = "SELECT count(*), sum(name = 'meta') FROM sqlite_schema WHERE type = 'table'";
static const char postgres_tables[] = "SELECT count(*), sum(CASE tablename WHEN 'meta' THEN 1 ELSE 0 END) "
				      "FROM pg_tables WHERE schemaname = current_schema()";
static const char number_in_meta[] = "SELECT value FROM meta WHERE key = 'schema'";

int64_t migrate_newest(const struct migration *list)
{
	int64_t newest = 0;

	for (; list->number > 0; list++) {
		newest = list->number;
	}
	return newest;
}

/* The first row's first two columns as integers, the second only when asked for: 1, 0 or -errno. */
static int ask(struct database *database, const char *sql, int64_t *ret_first, int64_t *ret_second_or_null)
{
	struct statement *statement = NULL;
	int r = statement_prepare(database, sql, &statement);

	if (r < 0) {
		return r;
	}
	r = statement_step(statement);
	if (r > 0) {
		*ret_first = statement_integer(statement, 0);
		if (ret_second_or_null != NULL) {
			*ret_second_or_null = statement_integer(statement, 1);
		}
	}
	(void)statement_free(statement);
	return r;
}

int migrate_number(struct database *database, int64_t *ret_number)
{
	int64_t tables = 0;
	int64_t metas = 0;
	int r = ask(database, database_is_postgres(database) ? postgres_tables : sqlite_tables, &tables, &metas);

	if (r < 0 || tables == 0) {
		return r < 0 ? r : 0;
	}
	r = metas > 0 ? ask(database, number_in_meta, ret_number, NULL) : 0;
	return r == 0 ? -EMEDIUMTYPE : r;
}

static int note_number(struct database *database, int64_t number)
{
	struct statement *statement = NULL;
	int r = statement_prepare(database,
				  "INSERT INTO meta (key, value) VALUES ('schema', CAST(CAST(? AS INTEGER) AS TEXT)) "
				  "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
				  &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, 1, number);
	r = statement_run(statement);
	(void)statement_free(statement);
	return r;
}

static int run_statements(struct database *database, const struct migration *migration)
{
	int r = 0;

	if (migration->postgres_first != NULL && database_is_postgres(database)) {
		r = database_run(database, migration->postgres_first);
	}
	for (const char *const *sql = migration->statements; r == 0 && *sql != NULL; sql++) {
		r = database_run(database, *sql);
	}
	return r < 0 ? r : note_number(database, migration->number);
}

static int begin(struct database *database, int64_t *ret_number)
{
	int r = database_begin(database, true);

	*ret_number = 0;
	if (r == 0 && database_is_postgres(database)) {
		r = database_run(database, postgres_lock);
	}
	return r < 0 ? r : migrate_number(database, ret_number);
}

int migrate(struct database *database, const struct migration *list)
{
	for (; list->number > 0; list++) {
		int64_t number;
		int r = begin(database, &number);

		if (r >= 0 && number < list->number) {
			r = run_statements(database, list);
		}
		if (r >= 0) {
			r = database_commit(database);
		}
		if (r < 0) {
			database_rollback(database);
			return r;
		}
	}
	return 0;
}
