/* database_engine.h - what SQLite and PostgreSQL each do for database.h.
 *
 * Included by database.c, the two engines and tests.  An engine's database and statement begin with the structs below;
 * database.c keeps what is common: the transaction's first failure, after which nothing but a rollback is possible. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

enum { DATABASE_PATIENCE_MS = 30000 };

struct database_engine {
	bool is_postgres;
	void (*close)(struct database *database);
	int (*set_patience)(struct database *database, int patience_ms);
	int (*begin)(struct database *database, bool for_writing);
	int (*commit)(struct database *database); /* the transaction is over either way */
	void (*rollback)(struct database *database);
	int (*run)(struct database *database, const char *sql);
	int (*prepare)(struct database *database, const char *sql, struct statement **ret_statement);
	void (*free)(struct statement *statement);
	void (*bind_text)(struct statement *statement, int index, const char *text_or_null);
	void (*bind_integer)(struct statement *statement, int index, int64_t integer);
	int (*step)(struct statement *statement);
	int (*run_statement)(struct statement *statement);
	int64_t (*affected)(const struct statement *statement);
	void (*reset)(struct statement *statement);
	const char *(*text)(struct statement *statement, int column);
	int64_t (*integer)(struct statement *statement, int column);
};

struct database {
	const struct database_engine *engine;
	char *place; /* for people: a path, or database and host; never a password */
	bool in_transaction;
	int failure; /* the first one of this transaction, or 0 */
	char complaint[DATABASE_COMPLAINT_MAX];
};

struct statement {
	struct database *database;
};

int sqlite_open(const char *path, enum database_mode mode, struct database **ret_database,
		char ret_complaint[static DATABASE_COMPLAINT_MAX]);
int postgres_open(const char *url, enum database_mode mode, struct database **ret_database,
		  char ret_complaint[static DATABASE_COMPLAINT_MAX]);

/* How long to wait for another writer before -EBUSY; DATABASE_PATIENCE_MS when nothing was said. */
int database_set_patience(struct database *database, int patience_ms);

/* "/var/lib/berth/registry.db", or "database \"berth\" at localhost". */
const char *database_place(const struct database *database);

/* Puts a sentence into a buffer of DATABASE_COMPLAINT_MAX, line ends as blanks, and returns `r`. */
__attribute__((format(printf, 3, 4))) int database_complain(char *complaint, int r, const char *format, ...);
