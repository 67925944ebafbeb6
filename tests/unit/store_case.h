/* store_case.h - a test case that runs on each kind of database: always on a fresh SQLite file, and in a fresh schema
 * of the PostgreSQL server that BERTH_TEST_POSTGRES names when it is set (tools/with-postgres). */
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/database.h"

enum { STORE_CASE_URL_SIZE = 1024 };

/* A folder of files, without folders in it. */
static inline void store_case_remove_folder(const char *path)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;

	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL) {
		(void)unlinkat(dirfd(folder), entry->d_name, 0);
	}
	(void)closedir(folder);
	(void)rmdir(path);
}

static inline void store_case_sqlite(void (*run)(const char *url))
{
	char folder[] = "/tmp/berth-store-XXXXXX";
	char url[STORE_CASE_URL_SIZE];

	assert_non_null(mkdtemp(folder));
	(void)snprintf(url, sizeof(url), "sqlite:%s/registry.db", folder);
	run(url);
	store_case_remove_folder(folder);
}

static inline void store_case_tell(const char *server, const char *command, const char *schema, const char *behind)
{
	char complaint[DATABASE_COMPLAINT_MAX];
	char sql[128];
	struct database *database = NULL;

	assert_int_equal(database_open(server, DATABASE_WRITE, &database, complaint), 0);
	(void)snprintf(sql, sizeof(sql), "%s SCHEMA %s %s", command, schema, behind);
	assert_int_equal(database_run(database, sql), 0);
	(void)database_close(database);
}

static inline void store_case_postgres(const char *server, void (*run)(const char *url))
{
	static unsigned schemas;
	char schema[64];
	char url[STORE_CASE_URL_SIZE];

	(void)snprintf(schema, sizeof(schema), "case_%d_%u", getpid(), schemas++);
	(void)snprintf(url, sizeof(url), "%s%coptions=-csearch_path%%3D%s", server,
		       strchr(server, '?') != NULL ? '&' : '?', schema);
	store_case_tell(server, "CREATE", schema, "");
	run(url);
	store_case_tell(server, "DROP", schema, "CASCADE");
}

/* `run` gets the URL of a database with nothing in it, and may open it as often as it wants. */
static inline void store_case_each(void (*run)(const char *url))
{
	const char *server = getenv("BERTH_TEST_POSTGRES");

	store_case_sqlite(run);
	if (server != NULL) {
		store_case_postgres(server, run);
	}
}

static inline struct database *store_case_open(const char *url, enum database_mode mode)
{
	char complaint[DATABASE_COMPLAINT_MAX] = "";
	struct database *database = NULL;
	int r = database_open(url, mode, &database, complaint);

	if (r < 0) {
		fail_msg("%s: %s", url, complaint);
	}
	return database;
}

/* The first column of the first row as an integer. */
static inline int64_t store_case_ask(struct database *database, const char *sql)
{
	struct statement *statement = NULL;
	int64_t answer;

	if (statement_prepare(database, sql, &statement) < 0 || statement_step(statement) != 1) {
		fail_msg("%s: %s", sql, database_complaint(database));
	}
	answer = statement_integer(statement, 0);
	(void)statement_free(statement);
	return answer;
}
