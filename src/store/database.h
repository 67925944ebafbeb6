/* database.h - SQLite and PostgreSQL behind one interface: prepare, bind, step, commit.
 *
 * Used by the files of this folder only; nobody outside it sees a statement.  SQL is the common text of the two, with ?
 * for each value.  Values are always bound, never put into the text.  SQLite: foreign keys on in every connection,
 * WAL, synchronous FULL, busy time-out; PostgreSQL: serializable off, constraints carry what must hold. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct database;
struct statement;

enum database_mode {
	DATABASE_READ,	 /* must exist; writes nothing, not even beside the file when it can be helped */
	DATABASE_WRITE,	 /* must exist */
	DATABASE_CREATE, /* may be new (SQLite: file made with mode 0640; PostgreSQL: the database must exist) */
};

/* `url`: "sqlite:PATH", "postgresql://..." or "postgres://...", or a bare path, which is SQLite.
 * 0, or -errno with a sentence about it (no line end) in ret_complaint: -ENOENT nothing there, -EACCES, -EMEDIUMTYPE
 * not a database of this kind, -EHOSTUNREACH no server ... */
enum { DATABASE_COMPLAINT_MAX = 512 };
int database_open(const char *url, enum database_mode mode, struct database **ret_database,
		  char ret_complaint[static DATABASE_COMPLAINT_MAX]);
struct database *database_close(struct database *database);

bool database_is_postgres(const struct database *database);

/* What the last failure was about, in the database's own words. */
const char *database_complaint(const struct database *database);

/* Every failure below is: -EEXIST a key is taken (UNIQUE, PRIMARY KEY); -EPERM another constraint says no (CHECK,
 * FOREIGN KEY, NOT NULL); -EBUSY another writer holds it longer than the time-out; -ENOSPC; -EIO; -ECONNRESET the
 * server went away, and what was being committed is unknown; -ENOMEM; -EPROTO anything else.  After -ECONNRESET the
 * same database serves again as soon as there is a server: what comes next, outside a transaction, connects anew.
 *
 * After a failure inside a transaction nothing but a rollback is possible: every other call returns the failure again,
 * database_commit too (after rolling back).  So look before you write. */

/* Starts a transaction: for writing it takes the write lock at once (SQLite BEGIN IMMEDIATE), for reading it sees one
 * state throughout. */
int database_begin(struct database *database, bool for_writing);
int database_commit(struct database *database);
/* Also after a failure; never fails. */
void database_rollback(struct database *database);

/* Runs statements without values, ";" between them. */
int database_run(struct database *database, const char *sql);

/* A statement lives until it is freed, at the latest before database_close. */
int statement_prepare(struct database *database, const char *sql, struct statement **ret_statement);
struct statement *statement_free(struct statement *statement);

/* Binding: index from 1.  Texts are copied.  NULL text binds NULL.  Errors surface at statement_step. */
void statement_bind_text(struct statement *statement, int index, const char *text);
void statement_bind_integer(struct statement *statement, int index, int64_t integer);
void statement_bind_null(struct statement *statement, int index);

/* 1 a row is there, 0 no more (the statement is reset and may be bound and stepped again), or -errno (reset too). */
int statement_step(struct statement *statement);
/* For one that returns no rows: step to its end.  On PostgreSQL such statements inside a transaction are sent without
 * waiting for each answer (pipeline): a failure surfaces at a later call, at the latest at database_commit. */
int statement_run(struct statement *statement);
/* Rows affected by the last statement_step to its end, or statement_run (whose answer is waited for then). */
int64_t statement_affected(const struct statement *statement);
/* Ends it early. */
void statement_reset(struct statement *statement);

/* Columns from 0; valid until the next step or reset.  Text of NULL is NULL. */
const char *statement_text(struct statement *statement, int column);
int64_t statement_integer(struct statement *statement, int column);
bool statement_is_null(struct statement *statement, int column);
