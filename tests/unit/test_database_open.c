/* test_database_open.c - a database is opened or not: the sentence that says why, who may only read, what a path is
 * never taken for, and a server that goes away. */
#include <errno.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store_case.h"

enum { NOBODY = 65534 };

static struct database *open_with_row(const char *url)
{
	struct database *database = store_case_open(url, DATABASE_CREATE);

	assert_int_equal(database_run(database, "CREATE TABLE thing (id INTEGER); INSERT INTO thing (id) VALUES (1)"),
			 0);
	return database;
}

static int64_t count(struct database *database)
{
	return store_case_ask(database, "SELECT count(*) FROM thing");
}

static int refused(const char *url, enum database_mode mode, const char *words)
{
	char complaint[DATABASE_COMPLAINT_MAX] = "";
	struct database *database = NULL;
	int r = database_open(url, mode, &database, complaint);

	assert_null(database);
	if (strstr(complaint, words) == NULL) {
		fail_msg("\"%s\" does not say \"%s\"", complaint, words);
	}
	return r;
}

static void run_files(const char *url)
{
	const char *path = strchr(url, ':') + 1;
	char other[STORE_CASE_URL_SIZE];
	FILE *file;

	if (strncmp(url, "sqlite:", strlen("sqlite:")) != 0) {
		return;
	}
	assert_int_equal(refused(url, DATABASE_READ, path), -ENOENT);
	assert_int_equal(refused(path, DATABASE_WRITE, "berth registry init"), -ENOENT);
	assert_int_equal(refused("/tmp", DATABASE_READ, "not a file"), -EMEDIUMTYPE);
	assert_int_equal(refused("/nowhere/registry.db", DATABASE_CREATE, "cannot be made"), -ENOENT);
	file = fopen(path, "we");
	assert_non_null(file);
	for (int i = 0; i < 1000; i++) {
		(void)fputs("this is no database\n", file);
	}
	assert_int_equal(fclose(file), 0);
	assert_int_equal(refused(url, DATABASE_READ, "not an SQLite database"), -EMEDIUMTYPE);
	assert_int_equal(refused(url, DATABASE_WRITE, "not an SQLite database"), -EMEDIUMTYPE);
	(void)snprintf(other, sizeof(other), "%s", path);
	*strrchr(other, '/') = '\0';
	assert_int_equal(chdir(other), 0);
	(void)database_close(store_case_open(":memory:", DATABASE_CREATE));
	(void)database_close(store_case_open("sqlite:file:x?mode=memory", DATABASE_CREATE));
	assert_int_equal(access(":memory:", F_OK), 0);
	assert_int_equal(access("file:x?mode=memory", F_OK), 0);
	assert_int_equal(refused("", DATABASE_READ, "not a file"), -EMEDIUMTYPE);
	assert_int_equal(chdir("/"), 0);
}

static void test_files(void **state)
{
	(void)state;
	store_case_each(run_files);
}

/* As somebody who may read the file but write neither to it nor beside it. */
static int read_as_nobody(const char *url, int error)
{
	char complaint[DATABASE_COMPLAINT_MAX];
	struct database *database = NULL;
	int r;

	if (setgroups(0, NULL) < 0 || setgid(NOBODY) < 0 || setuid(NOBODY) < 0) {
		return 2;
	}
	if (database_open(url, DATABASE_WRITE, &database, complaint) != -EACCES) {
		return 3;
	}
	r = database_open(url, DATABASE_READ, &database, complaint);
	if (r == 0) {
		r = count(database) == 1 ? 0 : 1;
		(void)database_close(database);
	}
	return r == error ? 0 : 4;
}

static void check_as_nobody(const char *url, int error)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		_exit(read_as_nobody(url, error));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void make_readable(const char *url, const char *end)
{
	char path[STORE_CASE_URL_SIZE];

	(void)snprintf(path, sizeof(path), "%s%s", strchr(url, ':') + 1, end);
	assert_int_equal(chmod(path, 0644), 0);
	*strrchr(path, '/') = '\0';
	assert_int_equal(chmod(path, 0755), 0);
}

static void run_without_rights(const char *url)
{
	struct database *database;

	if (geteuid() != 0 || strncmp(url, "sqlite:", strlen("sqlite:")) != 0) {
		return;
	}
	database = open_with_row(url);
	check_as_nobody(url, -EACCES);
	make_readable(url, "");
	check_as_nobody(url, -EACCES);
	make_readable(url, "-wal");
	make_readable(url, "-shm");
	check_as_nobody(url, 0);
	(void)database_close(database);
	check_as_nobody(url, 0);
}

static void test_reading_without_the_right_to_write(void **state)
{
	(void)state;
	store_case_each(run_without_rights);
}

static void test_no_password_in_complaints(void **state)
{
	static const struct {
		const char *url;
		int error;
	} urls[] = {
		{ "postgresql://ann:geheim@127.0.0.1:1/registry", -EHOSTUNREACH },
		{ "postgres://ann:geheim@%2Fnowhere/registry", -EHOSTUNREACH },
		{ "postgresql://ann:x@geheim@127.0.0.1:1/registry", -EINVAL },
		{ "postgresql://ann:geheim/geheim@127.0.0.1:1/registry", -EINVAL },
		{ "postgresql://ann:123/geheim@127.0.0.1:1/registry", -EINVAL },
		{ "postgresql://ann:%zzgeheim@127.0.0.1:1/registry", -EINVAL },
		{ "postgresql://ann:geheim@127.0.0.1:1/registry?nonsense=geheim", -EINVAL },
	};
	char complaint[DATABASE_COMPLAINT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct database *database = NULL;

		assert_int_equal(database_open(urls[i].url, DATABASE_READ, &database, complaint), urls[i].error);
		assert_string_not_equal(complaint, "");
		assert_null(strstr(complaint, "geheim"));
	}
	assert_int_equal(refused(urls[0].url, DATABASE_READ, "127.0.0.1"), -EHOSTUNREACH);
}

/* ---- a server that goes away ---- */

static void cut_off(const char *url, int64_t process)
{
	struct database *other = store_case_open(url, DATABASE_WRITE);
	struct statement *statement = NULL;

	assert_int_equal(statement_prepare(other, "SELECT pg_terminate_backend(CAST(? AS INTEGER), 30000)", &statement),
			 0);
	statement_bind_integer(statement, 1, process);
	assert_int_equal(statement_step(statement), 1);
	assert_int_equal(statement_integer(statement, 0), 1);
	(void)statement_free(statement);
	(void)database_close(other);
}

/* With a statement under way whose answer nobody waited for, and without. */
static void check_cut_off(const char *url, bool is_under_way)
{
	struct database *database = store_case_open(url, DATABASE_WRITE);
	struct statement *statement = NULL;
	int64_t process;

	assert_int_equal(statement_prepare(database, "INSERT INTO thing (id) VALUES (2)", &statement), 0);
	assert_int_equal(database_begin(database, true), 0);
	process = store_case_ask(database, "SELECT pg_backend_pid()");
	if (is_under_way) {
		assert_int_equal(statement_run(statement), 0);
	}
	cut_off(url, process);
	assert_int_equal(database_commit(database), -ECONNRESET);
	assert_string_not_equal(database_complaint(database), "");
	assert_int_equal(database_begin(database, true), 0); /* on a new connection, which knows the statement too */
	assert_int_equal(statement_run(statement), 0);
	assert_int_equal(statement_affected(statement), 1);
	database_rollback(database);
	(void)statement_free(statement);
	(void)database_close(database);
}

static void run_cut_off(const char *url)
{
	struct database *database = open_with_row(url);

	if (database_is_postgres(database)) {
		check_cut_off(url, false);
		check_cut_off(url, true);
	}
	assert_int_equal(count(database), 1);
	(void)database_close(database);
}

static void test_a_lost_connection(void **state)
{
	(void)state;
	store_case_each(run_cut_off);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_reading_without_the_right_to_write),
		cmocka_unit_test(test_no_password_in_complaints),
		cmocka_unit_test(test_a_lost_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
