/* test_migrate.c - a schema goes from number to number whole or not at all: whatever fails, whoever else does it at the
 * same time, and when the program is killed in between.  And a store is opened only with the schema that this program
 * knows. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "store_case.h"

#include "store/migrate.h"
#include "store/schema.h"
#include "store/store.h"

enum {
	CHILDREN = 4,
	ROUNDS = 5,
	KILLS = 20,
	LONG_STEPS = 400,
	STEP_MS = 1000,
};

static const char meta_table[] = "CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)";

static const char *const first[] = { meta_table, "CREATE TABLE a (x INTEGER)", NULL };
static const char *const second[] = { "CREATE TABLE b (x INTEGER)", "INSERT INTO a (x) VALUES (2)", NULL };
static const char *const broken[] = { "CREATE TABLE b (x INTEGER)", "INSERT INTO a (x) VALUES (2)", "NONSENSE", NULL };

static const struct migration one[] = { { 1, NULL, first }, { 0, NULL, NULL } };
static const struct migration two[] = { { 1, NULL, first }, { 2, NULL, second }, { 0, NULL, NULL } };
static const struct migration two_broken[] = { { 1, NULL, first }, { 2, NULL, broken }, { 0, NULL, NULL } };
static const struct migration for_one_kind[] = { { 1, "CREATE TABLE only_postgres (x INTEGER)", first },
						 { 0, NULL, NULL } };

static int64_t number_of(struct database *database)
{
	int64_t number = 0;

	assert_true(migrate_number(database, &number) >= 0);
	return number;
}

static void run_numbers(const char *url)
{
	struct database *database = store_case_open(url, DATABASE_CREATE);
	int64_t number = 77;

	assert_int_equal(migrate_newest(one), 1);
	assert_int_equal(migrate_newest(two), 2);
	assert_int_equal(migrate_number(database, &number), 0);
	assert_int_equal(number, 77);
	assert_int_equal(migrate(database, one), 0);
	assert_int_equal(number_of(database), 1);
	assert_int_equal(migrate(database, two), 0);
	assert_int_equal(number_of(database), 2);
	assert_int_equal(store_case_ask(database, "SELECT count(*) FROM a"), 1);
	assert_int_equal(migrate(database, two), 0);
	assert_int_equal(migrate(database, one), 0);
	assert_int_equal(number_of(database), 2);
	assert_int_equal(store_case_ask(database, "SELECT count(*) FROM a"), 1);
	(void)database_close(database);
}

static void test_each_migration_runs_once(void **state)
{
	(void)state;
	store_case_each(run_numbers);
}

static void run_broken(const char *url)
{
	struct database *database = store_case_open(url, DATABASE_CREATE);

	assert_int_equal(migrate(database, two_broken), -EPROTO);
	assert_non_null(strcasestr(database_complaint(database), "NONSENSE"));
	assert_int_equal(number_of(database), 1);
	assert_int_equal(store_case_ask(database, "SELECT count(*) FROM a"), 0);
	assert_int_equal(migrate(database, two), 0);
	assert_int_equal(number_of(database), 2);
	(void)database_close(database);
}

static void test_a_failed_migration_leaves_the_number_before(void **state)
{
	(void)state;
	store_case_each(run_broken);
}

static void run_for_one_kind(const char *url)
{
	struct database *database = store_case_open(url, DATABASE_CREATE);

	assert_int_equal(migrate(database, for_one_kind), 0);
	assert_int_equal(database_run(database, "DROP TABLE only_postgres") == 0, database_is_postgres(database));
	(void)database_close(database);
}

static void test_what_only_postgres_needs(void **state)
{
	(void)state;
	store_case_each(run_for_one_kind);
}

static void run_something_else(const char *url)
{
	struct database *database = store_case_open(url, DATABASE_CREATE);
	int64_t number = 77;

	assert_int_equal(database_run(database, "CREATE TABLE poems (line TEXT)"), 0);
	assert_int_equal(migrate_number(database, &number), -EMEDIUMTYPE);
	assert_int_equal(migrate(database, one), -EMEDIUMTYPE);
	assert_int_equal(database_run(database, meta_table), 0);
	assert_int_equal(migrate_number(database, &number), -EMEDIUMTYPE);
	assert_int_equal(number, 77);
	(void)database_close(database);
}

static void test_something_else_is_left_alone(void **state)
{
	(void)state;
	store_case_each(run_something_else);
}

/* ---- several programs, and killed ones ---- */

/* Without what the parent has open: the child ends at once. */
static pid_t migrate_in_child(const char *url, const struct migration *list)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		char complaint[DATABASE_COMPLAINT_MAX];
		struct database *database = NULL;

		if (database_open(url, DATABASE_CREATE, &database, complaint) < 0 || migrate(database, list) < 0) {
			_exit(1);
		}
		(void)database_close(database);
		_exit(0);
	}
	return child;
}

static void run_together(const char *url)
{
	pid_t children[CHILDREN];
	struct database *database;
	int status;

	for (size_t i = 0; i < CHILDREN; i++) {
		children[i] = migrate_in_child(url, two);
	}
	for (size_t i = 0; i < CHILDREN; i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	database = store_case_open(url, DATABASE_WRITE);
	assert_int_equal(number_of(database), 2);
	assert_int_equal(store_case_ask(database, "SELECT count(*) FROM a"), 1);
	(void)database_close(database);
}

static void test_several_programs_migrate_at_one_time(void **state)
{
	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		store_case_each(run_together);
	}
}

/* 400 rows into a, or none of them. */
static void run_killed(const char *url)
{
	static const char *statements[LONG_STEPS + 1];
	const struct migration list[] = { { 1, NULL, first }, { 2, NULL, statements }, { 0, NULL, NULL } };
	struct database *database = store_case_open(url, DATABASE_CREATE);
	int64_t number = 1;
	int status;

	for (size_t i = 0; i < LONG_STEPS; i++) {
		statements[i] = "INSERT INTO a (x) VALUES (1)";
	}
	assert_int_equal(migrate(database, one), 0);
	for (unsigned i = 0; i < KILLS && number == 1; i++) {
		pid_t child = migrate_in_child(url, list);

		(void)usleep(i * STEP_MS);
		(void)kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		/* Its transaction, should the server still be at it, is over when ours begins. */
		assert_int_equal(database_begin(database, true), 0);
		if (database_is_postgres(database)) {
			assert_int_equal(database_run(database, "LOCK TABLE a"), 0);
		}
		number = number_of(database);
		assert_int_equal(store_case_ask(database, "SELECT count(*) FROM a"), number == 2 ? LONG_STEPS : 0);
		database_rollback(database);
	}
	assert_int_equal(migrate(database, list), 0);
	assert_int_equal(store_case_ask(database, "SELECT count(*) FROM a"), LONG_STEPS);
	(void)database_close(database);
}

static void test_a_killed_migration_is_whole_or_nothing(void **state)
{
	(void)state;
	store_case_each(run_killed);
}

/* ---- the store ---- */

static int refused(const char *url, enum store_mode mode, const char *words)
{
	char complaint[STORE_COMPLAINT_MAX] = "";
	struct store *store = NULL;
	int r = store_open(url, mode, &store, complaint);

	assert_null(store);
	if (strstr(complaint, words) == NULL) {
		fail_msg("\"%s\" does not say \"%s\"", complaint, words);
	}
	return r;
}

static struct store *open_store(const char *url, enum store_mode mode)
{
	char complaint[STORE_COMPLAINT_MAX];
	struct store *store = NULL;

	if (store_open(url, mode, &store, complaint) < 0) {
		fail_msg("%s", complaint);
	}
	return store;
}

static void put_schema(const char *url, const char *sql)
{
	struct store *store = open_store(url, STORE_WRITE);

	assert_int_equal(database_run(store_database(store), sql), 0);
	(void)store_close(store);
}

static void run_store(const char *url)
{
	struct store *store;

	(void)database_close(store_case_open(url, DATABASE_CREATE));
	assert_int_equal(refused(url, STORE_READ, "there is no registry at"), -ENOENT);
	assert_int_equal(refused(url, STORE_WRITE, "berth registry init"), -ENOENT);
	store = open_store(url, STORE_CREATE);
	assert_string_equal(store_complaint(store), "");
	assert_int_equal(store_case_ask(store_database(store), "SELECT n FROM chain"), 1);
	assert_int_equal(store_case_ask(store_database(store), "SELECT count(*) FROM staff WHERE id IN (0, 1)"), 2);
	(void)store_close(store);

	store = open_store(url, STORE_READ);
	assert_int_equal(store_read_begin(store), 0);
	assert_int_equal(store_case_ask(store_database(store), "SELECT count(*) FROM event"), 1);
	store_read_end(store);
	(void)store_close(store);
}

static void test_a_store_is_made_and_read(void **state)
{
	(void)state;
	store_case_each(run_store);
}

static void run_made_again(const char *url)
{
	const struct change_by by = { .staff = 1, .act = "test", .subject = "nothing" };
	struct change *change = NULL;
	struct store *store = open_store(url, STORE_CREATE);

	/* Nobody has said anything in it yet: whoever was stopped there goes on. */
	(void)store_close(store);
	store = open_store(url, STORE_CREATE);
	assert_int_equal(store_case_ask(store_database(store), "SELECT n FROM chain"), 1);
	assert_int_equal(change_begin(store, &by, &change), 0);
	assert_int_equal(change_commit(change, NULL), 0);
	(void)store_close(store);
	assert_int_equal(refused(url, STORE_CREATE, "already"), -EEXIST);
}

static void test_a_store_is_made_once(void **state)
{
	(void)state;
	store_case_each(run_made_again);
}

static void run_schemas(const char *url)
{
	(void)store_close(open_store(url, STORE_CREATE));
	put_schema(url, "UPDATE meta SET value = '1000' WHERE key = 'schema'");
	assert_int_equal(refused(url, STORE_READ, "has schema 1000, this program knows"), -EPROTONOSUPPORT);
	assert_int_equal(refused(url, STORE_WRITE, "use the newer berth"), -EPROTONOSUPPORT);
	assert_int_equal(refused(url, STORE_CREATE, "use the newer berth"), -EPROTONOSUPPORT);
}

static void test_a_newer_schema(void **state)
{
	(void)state;
	store_case_each(run_schemas);
}

static void run_older(const char *url)
{
	(void)store_close(open_store(url, STORE_CREATE));
	put_schema(url, "UPDATE meta SET value = '-1' WHERE key = 'schema'");
	assert_int_equal(refused(url, STORE_READ, "has schema -1, this program needs"), -EPROTONOSUPPORT);
	assert_int_equal(refused(url, STORE_WRITE, "could not be brought to schema"), -EPROTO);
}

static void test_an_older_schema(void **state)
{
	(void)state;
	store_case_each(run_older);
}

static void run_foreign(const char *url)
{
	struct database *database = store_case_open(url, DATABASE_CREATE);

	assert_int_equal(database_run(database, "CREATE TABLE poems (line TEXT)"), 0);
	(void)database_close(database);
	assert_int_equal(refused(url, STORE_CREATE, "something else"), -EMEDIUMTYPE);
	assert_int_equal(refused(url, STORE_READ, "something else"), -EMEDIUMTYPE);
}

static void test_what_is_no_store(void **state)
{
	(void)state;
	store_case_each(run_foreign);
	assert_int_equal(refused("/nowhere/registry.db", STORE_READ,
				 "there is no registry at /nowhere/registry.db; make one with: berth registry init"),
			 -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_migration_runs_once),
		cmocka_unit_test(test_a_failed_migration_leaves_the_number_before),
		cmocka_unit_test(test_what_only_postgres_needs),
		cmocka_unit_test(test_something_else_is_left_alone),
		cmocka_unit_test(test_several_programs_migrate_at_one_time),
		cmocka_unit_test(test_a_killed_migration_is_whole_or_nothing),
		cmocka_unit_test(test_a_store_is_made_and_read),
		cmocka_unit_test(test_a_store_is_made_once),
		cmocka_unit_test(test_a_newer_schema),
		cmocka_unit_test(test_an_older_schema),
		cmocka_unit_test(test_what_is_no_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
