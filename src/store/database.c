/* database.c - what both engines have in common: the choice between them, and the rule that a transaction in which
 * something failed can only be rolled back.
 *
 * Called by the files of this folder.  PostgreSQL knows no other way, and SQLite is held to it, so that code tried on
 * the one behaves the same on the other. */
#include "store/database.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/database_engine.h"

int database_complain(char *complaint, int r, const char *format, ...)
{
	va_list arguments;
	size_t length;

	va_start(arguments, format);
	vsnprintf(complaint, DATABASE_COMPLAINT_MAX, format, arguments);
	va_end(arguments);
	for (char *end = complaint; (end = strpbrk(end, "\r\n\t")) != NULL;) {
		*end = ' ';
	}
	length = strlen(complaint);
	while (length > 0 && complaint[length - 1] == ' ') {
		complaint[--length] = '\0';
	}
	return r;
}

static bool begins(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

int database_open(const char *url, enum database_mode mode, struct database **ret_database,
		  char ret_complaint[static DATABASE_COMPLAINT_MAX])
{
	static const char sqlite[] = "sqlite:";

	if (begins(url, "postgresql://") || begins(url, "postgres://")) {
		return postgres_open(url, mode, ret_database, ret_complaint);
	}
	if (begins(url, sqlite)) {
		url += sizeof(sqlite) - 1;
	}
	return sqlite_open(url, mode, ret_database, ret_complaint);
}

struct database *database_close(struct database *database)
{
	if (database != NULL) {
		database_rollback(database);
		free(database->place);
		database->engine->close(database);
	}
	return NULL;
}

bool database_is_postgres(const struct database *database)
{
	return database->engine->is_postgres;
}

const char *database_complaint(const struct database *database)
{
	return database->complaint;
}

const char *database_place(const struct database *database)
{
	return database->place;
}

int database_set_patience(struct database *database, int patience_ms)
{
	return database->engine->set_patience(database, patience_ms);
}

/* Remembers the failure of a transaction, and passes it on. */
static int noted(struct database *database, int r)
{
	if (r == -ENOMEM) {
		database_complain(database->complaint, r, "not enough memory");
	}
	if (r < 0 && database->in_transaction) {
		database->failure = r;
	}
	return r;
}

int database_begin(struct database *database, bool for_writing)
{
	int r = database->engine->begin(database, for_writing);

	if (r == 0) {
		database->in_transaction = true;
		database->failure = 0;
	}
	return r;
}

int database_commit(struct database *database)
{
	int r = database->failure;

	if (r < 0) {
		database_rollback(database);
		return r;
	}
	database->in_transaction = false;
	return database->engine->commit(database);
}

void database_rollback(struct database *database)
{
	if (database->in_transaction) {
		database->engine->rollback(database);
		database->in_transaction = false;
		database->failure = 0;
	}
}

int database_run(struct database *database, const char *sql)
{
	return database->failure < 0 ? database->failure : noted(database, database->engine->run(database, sql));
}

int statement_prepare(struct database *database, const char *sql, struct statement **ret_statement)
{
	if (database->failure < 0) {
		return database->failure;
	}
	return noted(database, database->engine->prepare(database, sql, ret_statement));
}

struct statement *statement_free(struct statement *statement)
{
	if (statement != NULL) {
		statement->database->engine->free(statement);
	}
	return NULL;
}

void statement_bind_text(struct statement *statement, int index, const char *text)
{
	statement->database->engine->bind_text(statement, index, text);
}

void statement_bind_integer(struct statement *statement, int index, int64_t integer)
{
	statement->database->engine->bind_integer(statement, index, integer);
}

void statement_bind_null(struct statement *statement, int index)
{
	statement->database->engine->bind_text(statement, index, NULL);
}

int statement_step(struct statement *statement)
{
	struct database *database = statement->database;

	if (database->failure < 0) {
		statement_reset(statement);
		return database->failure;
	}
	return noted(database, database->engine->step(statement));
}

int statement_run(struct statement *statement)
{
	struct database *database = statement->database;

	if (database->failure < 0) {
		return database->failure;
	}
	return noted(database, database->engine->run_statement(statement));
}

int64_t statement_affected(const struct statement *statement)
{
	return statement->database->engine->affected(statement);
}

void statement_reset(struct statement *statement)
{
	statement->database->engine->reset(statement);
}

const char *statement_text(struct statement *statement, int column)
{
	return statement->database->engine->text(statement, column);
}

int64_t statement_integer(struct statement *statement, int column)
{
	return statement->database->engine->integer(statement, column);
}

bool statement_is_null(struct statement *statement, int column)
{
	return statement_text(statement, column) == NULL;
}
