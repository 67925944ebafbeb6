/* test_database.c - both engines behave as database.h says: values come back as they went in, failures have the same
 * names, and a transaction is whole or not at all. */
#include <errno.h>

#include "store_case.h"

#include "store/database_engine.h"
#include "store/database_postgres.h"

enum {
	LONG_TEXT = 10 * 1024 * 1024,
	MANY = 2 * PIPELINE_MAX + 500,
	SHORT_PATIENCE_MS = 100,
};

static struct database *open_with_table(const char *url)
{
	static const char sql[] =
		"CREATE TABLE thing (id INTEGER PRIMARY KEY, words TEXT UNIQUE, size BIGINT CHECK (size >= 0), "
		"parent INTEGER REFERENCES thing, level INTEGER NOT NULL DEFAULT 0);"
		"CREATE TABLE late (id INTEGER NOT NULL PRIMARY KEY REFERENCES thing DEFERRABLE INITIALLY DEFERRED)";
	struct database *database = store_case_open(url, DATABASE_CREATE);

	assert_int_equal(database_run(database, sql), 0);
	return database;
}

static struct statement *prepare(struct database *database, const char *sql)
{
	struct statement *statement = NULL;

	if (statement_prepare(database, sql, &statement) < 0) {
		fail_msg("%s: %s", sql, database_complaint(database));
	}
	return statement;
}

static int insert(struct database *database, int64_t id, const char *words)
{
	struct statement *statement = prepare(database, "INSERT INTO thing (id, words) VALUES (?, ?)");
	int r;

	statement_bind_integer(statement, 1, id);
	statement_bind_text(statement, 2, words);
	r = statement_run(statement);
	(void)statement_free(statement);
	return r;
}

static int64_t count(struct database *database)
{
	return store_case_ask(database, "SELECT count(*) FROM thing");
}

/* ---- values ---- */

static void check_text(struct database *database, int64_t id, const char *words)
{
	struct statement *statement = prepare(database, "SELECT words FROM thing WHERE id = ?");

	assert_int_equal(insert(database, id, words), 0);
	statement_bind_integer(statement, 1, id);
	assert_int_equal(statement_step(statement), 1);
	assert_false(statement_is_null(statement, 0));
	if (strcmp(statement_text(statement, 0), words) != 0) {
		fail_msg("text %d changed", (int)id);
	}
	assert_int_equal(statement_step(statement), 0);
	(void)statement_free(statement);
}

static void run_texts(const char *url)
{
	static const char *const texts[] = {
		"",
		" ",
		"it's \"quoted\" \\ and `more`; DROP TABLE thing; --",
		"? $1 %s \\x00 \\N",
		"line\nline\r\n\ttab",
		"\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xb4 \xe2\x80\xae",
		"\x01\x1b[31m\x7f",
	};
	struct database *database = open_with_table(url);
	char *text = malloc(LONG_TEXT + 1);
	size_t number = 0;

	for (; number < sizeof(texts) / sizeof(texts[0]); number++) {
		check_text(database, (int64_t)number, texts[number]);
	}
	assert_non_null(text);
	memset(text, '\'', LONG_TEXT);
	text[LONG_TEXT] = '\0';
	/* Too long for an index on PostgreSQL. */
	assert_int_equal(database_run(database, "CREATE TABLE page (words TEXT)"), 0);
	struct statement *statement = prepare(database, "INSERT INTO page (words) VALUES (?)");
	statement_bind_text(statement, 1, text);
	text[0] = 'x'; /* the statement has its own copy */
	assert_int_equal(statement_run(statement), 0);
	(void)statement_free(statement);
	statement = prepare(database, "SELECT words FROM page");
	assert_int_equal(statement_step(statement), 1);
	text[0] = '\'';
	assert_true(strcmp(statement_text(statement, 0), text) == 0);
	(void)statement_free(statement);
	free(text);
	(void)database_close(database);
}

static void test_texts_come_back(void **state)
{
	(void)state;
	store_case_each(run_texts);
}

static void run_values(const char *url)
{
	struct database *database = open_with_table(url);
	struct statement *statement = prepare(database, "INSERT INTO thing (id, words, size) VALUES (?, ?, ?)");

	statement_bind_integer(statement, 1, 1);
	statement_bind_text(statement, 2, NULL);
	statement_bind_integer(statement, 3, INT64_MAX);
	assert_int_equal(statement_step(statement), 0);
	assert_int_equal(statement_affected(statement), 1);
	statement_bind_integer(statement, 1, 2);
	statement_bind_text(statement, 2, "two");
	statement_bind_null(statement, 3);
	assert_int_equal(statement_run(statement), 0);
	(void)statement_free(statement);

	statement = prepare(database, "SELECT words, size, size IS NULL, '? \" --', id AS \"?\" -- ?\n"
				      "FROM thing /* ? ' */ WHERE id >= ? ORDER BY id");
	statement_bind_integer(statement, 1, 1);
	assert_int_equal(statement_step(statement), 1);
	assert_true(statement_is_null(statement, 0));
	assert_null(statement_text(statement, 0));
	assert_true(statement_integer(statement, 1) == INT64_MAX);
	assert_string_equal(statement_text(statement, 1), "9223372036854775807");
	assert_int_equal(statement_integer(statement, 2), 0);
	assert_string_equal(statement_text(statement, 3), "? \" --");
	assert_int_equal(statement_step(statement), 1);
	assert_string_equal(statement_text(statement, 0), "two");
	assert_int_equal(statement_integer(statement, 1), 0);
	assert_int_equal(statement_integer(statement, 2), 1);
	statement_reset(statement);
	statement_bind_integer(statement, 1, 2);
	assert_int_equal(statement_step(statement), 1);
	assert_int_equal(statement_integer(statement, 4), 2);
	assert_int_equal(statement_step(statement), 0);
	(void)statement_free(statement);

	statement = prepare(database, "UPDATE thing SET size = 5");
	assert_int_equal(statement_run(statement), 0);
	assert_int_equal(statement_affected(statement), 2);
	(void)statement_free(statement);
	(void)database_close(database);
}

static void test_nulls_integers_and_question_marks(void **state)
{
	(void)state;
	store_case_each(run_values);
}

static void run_wrong_index(const char *url)
{
	struct database *database = open_with_table(url);
	struct statement *statement = prepare(database, "SELECT id FROM thing WHERE id = ?");

	statement_bind_integer(statement, 2, 1);
	assert_int_equal(statement_step(statement), -EPROTO);
	assert_string_not_equal(database_complaint(database), "");
	statement_bind_integer(statement, 1, 1);
	assert_int_equal(statement_step(statement), 0);
	(void)statement_free(statement);
	assert_int_equal(statement_prepare(database, "SELECT nonsense", &statement), -EPROTO);
	(void)database_close(database);
}

static void test_mistakes_surface(void **state)
{
	(void)state;
	store_case_each(run_wrong_index);
}

/* ---- failures ---- */

static void run_refusals(const char *url)
{
	static const struct {
		const char *sql;
		int error;
	} refusals[] = {
		{ "INSERT INTO thing (id) VALUES (1)", -EEXIST },
		{ "INSERT INTO thing (id, words) VALUES (2, 'one')", -EEXIST },
		{ "INSERT INTO thing (id, size) VALUES (2, -1)", -EPERM },
		{ "INSERT INTO thing (id, parent) VALUES (2, 7)", -EPERM },
		{ "UPDATE thing SET level = NULL", -EPERM },
		{ "DELETE FROM nothing", -EPROTO },
		{ "SELEC", -EPROTO },
	};
	struct database *database = open_with_table(url);

	assert_int_equal(insert(database, 1, "one"), 0);
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		assert_int_equal(database_run(database, refusals[i].sql), refusals[i].error);
		assert_string_not_equal(database_complaint(database), "");
		assert_null(strpbrk(database_complaint(database), "\r\n"));
	}
	assert_int_equal(count(database), 1);
	(void)database_close(database);
}

static void test_failures_have_the_same_names(void **state)
{
	(void)state;
	store_case_each(run_refusals);
}

static void run_failed_transaction(const char *url)
{
	struct database *database = open_with_table(url);

	assert_int_equal(insert(database, 1, "one"), 0);
	assert_int_equal(database_begin(database, true), 0);
	assert_int_equal(database_run(database, "INSERT INTO thing (id) VALUES (2)"), 0);
	assert_int_equal(database_run(database, "INSERT INTO thing (id) VALUES (1)"), -EEXIST);
	assert_int_equal(database_run(database, "INSERT INTO thing (id) VALUES (3)"), -EEXIST);
	assert_int_equal(database_commit(database), -EEXIST);
	assert_int_equal(count(database), 1);
	assert_int_equal(database_begin(database, true), 0);
	assert_int_equal(database_run(database, "INSERT INTO late (id) VALUES (9)"), 0);
	assert_int_equal(database_commit(database), -EPERM);
	assert_string_not_equal(database_complaint(database), "");
	assert_int_equal(store_case_ask(database, "SELECT count(*) FROM late"), 0);
	assert_int_equal(database_begin(database, true), 0);
	assert_int_equal(database_run(database, "INSERT INTO late (id) VALUES (9)"), 0);
	assert_int_equal(insert(database, 9, "nine"), 0);
	assert_int_equal(database_commit(database), 0);
	database_rollback(database);
	assert_int_equal(count(database), 2);
	(void)database_close(database);
}

static void test_a_failed_transaction_leaves_nothing(void **state)
{
	(void)state;
	store_case_each(run_failed_transaction);
}

static void run_full(const char *url)
{
	struct database *database = open_with_table(url);
	char *text = calloc(1, 100001);

	assert_non_null(text);
	memset(text, 'x', 100000);
	if (!database_is_postgres(database)) {
		assert_int_equal(database_run(database, "PRAGMA max_page_count = 10"), 0);
		assert_int_equal(insert(database, 1, text), -ENOSPC);
		assert_int_equal(database_run(database, "PRAGMA max_page_count = 1000"), 0);
		assert_int_equal(insert(database, 1, text), 0);
	}
	free(text);
	(void)database_close(database);
}

static void test_no_space(void **state)
{
	(void)state;
	store_case_each(run_full);
}

/* ---- many statements, not waited for ---- */

static void run_many(const char *url)
{
	struct database *database = open_with_table(url);

	assert_int_equal(database_begin(database, true), 0);
	for (int64_t id = 0; id < MANY; id++) {
		assert_int_equal(insert(database, id, NULL), 0);
	}
	assert_int_equal(count(database), MANY);
	assert_int_equal(insert(database, MANY, "last"), 0);
	struct statement *statement = prepare(database, "UPDATE thing SET size = 1 WHERE id < 10");
	assert_int_equal(statement_run(statement), 0);
	assert_int_equal(insert(database, MANY + 1, "behind it"), 0);
	assert_int_equal(statement_affected(statement), 10);
	(void)statement_free(statement);
	assert_int_equal(database_commit(database), 0);
	assert_int_equal(count(database), MANY + 2);
	(void)database_close(database);
}

static void test_many_statements(void **state)
{
	(void)state;
	store_case_each(run_many);
}

/* The failure is known at the commit at the latest, wherever it happened. */
static void run_many_with_failure(const char *url)
{
	static const int64_t places[] = { 0, 1, PIPELINE_MAX - 1, PIPELINE_MAX, PIPELINE_MAX + 1, MANY - 1 };
	struct database *database = open_with_table(url);

	assert_int_equal(insert(database, MANY, "taken"), 0);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		int r = database_begin(database, true);

		for (int64_t id = 0; r == 0 && id < MANY; id++) {
			struct statement *statement = NULL;

			r = statement_prepare(database, "INSERT INTO thing (id, words) VALUES (?, ?)", &statement);
			if (r == 0) {
				statement_bind_integer(statement, 1, id);
				statement_bind_text(statement, 2, id == places[i] ? "taken" : NULL);
				r = statement_run(statement);
				(void)statement_free(statement);
			}
		}
		assert_true(r == 0 || r == -EEXIST);
		assert_int_equal(database_commit(database), -EEXIST);
		assert_non_null(strcasestr(database_complaint(database), "unique"));
		assert_int_equal(count(database), 1);
	}
	(void)database_close(database);
}

static void test_a_failure_among_many(void **state)
{
	(void)state;
	store_case_each(run_many_with_failure);
}

static void run_affected_failure(const char *url)
{
	struct database *database = open_with_table(url);
	struct statement *statement = prepare(database, "INSERT INTO thing (id) VALUES (1)");

	assert_int_equal(statement_run(statement), 0);
	assert_int_equal(database_begin(database, true), 0);
	(void)statement_run(statement);
	(void)statement_affected(statement);
	(void)statement_free(statement);
	assert_int_equal(database_run(database, "DELETE FROM thing"), -EEXIST);
	assert_int_equal(database_commit(database), -EEXIST);
	assert_int_equal(count(database), 1);
	(void)database_close(database);
}

static void test_a_failure_met_while_counting(void **state)
{
	(void)state;
	store_case_each(run_affected_failure);
}

/* ---- two connections ---- */

static void run_busy(const char *url)
{
	struct database *first = open_with_table(url);
	struct database *second = store_case_open(url, DATABASE_WRITE);
	int r;

	assert_int_equal(insert(first, 1, "one"), 0);
	assert_int_equal(database_set_patience(second, SHORT_PATIENCE_MS), 0);
	assert_int_equal(database_begin(first, true), 0);
	assert_int_equal(database_run(first, "UPDATE thing SET size = 1"), 0);
	/* PostgreSQL keeps writers apart row by row, SQLite from the beginning. */
	r = database_begin(second, true);
	if (database_is_postgres(second)) {
		assert_int_equal(r, 0);
		r = database_run(second, "UPDATE thing SET size = 2");
	}
	assert_int_equal(r, -EBUSY);
	database_rollback(second);
	assert_int_equal(database_commit(first), 0);
	assert_int_equal(database_begin(second, true), 0);
	assert_int_equal(database_run(second, "UPDATE thing SET size = size + 2"), 0);
	assert_int_equal(database_commit(second), 0);
	assert_int_equal(store_case_ask(first, "SELECT size FROM thing"), 3);
	(void)database_close(second);
	(void)database_close(first);
}

static void test_one_writer_at_a_time(void **state)
{
	(void)state;
	store_case_each(run_busy);
}

static void run_one_state(const char *url)
{
	struct database *writer = open_with_table(url);
	struct database *reader = store_case_open(url, DATABASE_READ);

	assert_int_equal(database_begin(reader, false), 0);
	assert_int_equal(count(reader), 0);
	assert_int_equal(insert(writer, 1, "one"), 0);
	assert_int_equal(count(reader), 0);
	database_rollback(reader);
	assert_int_equal(count(reader), 1);
	assert_int_equal(database_run(reader, "DELETE FROM thing"), -EPROTO);
	assert_int_equal(count(writer), 1);
	(void)database_close(reader);
	(void)database_close(writer);
}

static void test_a_reader_sees_one_state_and_writes_nothing(void **state)
{
	(void)state;
	store_case_each(run_one_state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts_come_back),
		cmocka_unit_test(test_nulls_integers_and_question_marks),
		cmocka_unit_test(test_mistakes_surface),
		cmocka_unit_test(test_failures_have_the_same_names),
		cmocka_unit_test(test_a_failed_transaction_leaves_nothing),
		cmocka_unit_test(test_no_space),
		cmocka_unit_test(test_many_statements),
		cmocka_unit_test(test_a_failure_among_many),
		cmocka_unit_test(test_a_failure_met_while_counting),
		cmocka_unit_test(test_one_writer_at_a_time),
		cmocka_unit_test(test_a_reader_sees_one_state_and_writes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
