/* database_sqlite.c - the engine for one file without a server.  Called by database.c only.
 *
 * Writers leave the -wal and -shm files in place, emptied: whoever may read the three files but not write beside them
 * can then still read.  Nothing is ever opened as immutable, because a writer may come at any time. */
#include <sqlite3.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/clock.h"
#include "store/database_engine.h"

enum { PAUSE_MS = 5, KEPT_MAX = 256 };

struct sqlite_database {
	struct database base;
	sqlite3 *connection;
	sqlite3_stmt *
		kept[KEPT_MAX]; /* statements nobody uses now, by the hash of their text: to compile one costs 0.3 ms */
};

struct sqlite_statement {
	struct statement base;
	sqlite3_stmt *handle;
	int bind_failure; /* SQLite's code of the first binding that failed since the last reset */
	int64_t affected;
};

static sqlite3 *connection_of(struct database *database)
{
	return ((struct sqlite_database *)database)->connection;
}

static struct sqlite_statement *own(struct statement *statement)
{
	return (struct sqlite_statement *)statement;
}

/* ---- failures ---- */

static int error_of(sqlite3 *connection, int code)
{
	switch (code) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		return -EEXIST;
	case SQLITE_IOERR_NOMEM:
		return -ENOMEM;
	default:
		break;
	}
	switch (code & 0xff) {
	case SQLITE_CONSTRAINT:
		return -EPERM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_IOERR:
		return sqlite3_system_errno(connection) == ENOSPC ? -ENOSPC : -EIO;
	case SQLITE_CORRUPT:
		return -EIO;
	case SQLITE_NOMEM:
		return -ENOMEM;
	default:
		return -EPROTO;
	}
}

static int failed(struct database *database, int code)
{
	sqlite3 *connection = connection_of(database);

	return database_complain(database->complaint, error_of(connection, code), "%s", sqlite3_errmsg(connection));
}

/* ---- transactions ---- */

static int sqlite_run(struct database *database, const char *sql)
{
	int code = sqlite3_exec(connection_of(database), sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : failed(database, code);
}

static int sqlite_begin(struct database *database, bool for_writing)
{
	return sqlite_run(database, for_writing ? "BEGIN IMMEDIATE" : "BEGIN");
}

/* Some failures end the transaction by themselves. */
static void sqlite_rollback(struct database *database)
{
	if (!sqlite3_get_autocommit(connection_of(database))) {
		sqlite3_exec(connection_of(database), "ROLLBACK", NULL, NULL, NULL);
	}
}

static int sqlite_commit(struct database *database)
{
	int r = sqlite_run(database, "COMMIT");

	sqlite_rollback(database);
	return r;
}

static int sqlite_set_patience(struct database *database, int patience_ms)
{
	sqlite3_busy_timeout(connection_of(database), patience_ms);
	return 0;
}

static void sqlite_close(struct database *database)
{
	for (size_t i = 0; i < KEPT_MAX; i++) {
		sqlite3_finalize(((struct sqlite_database *)database)->kept[i]);
	}
	sqlite3_close(connection_of(database));
	free(database);
}

/* ---- statements ---- */

static sqlite3_stmt **kept_for(struct database *database, const char *sql)
{
	uint32_t hash = 2166136261U;

	for (const char *at = sql; *at != '\0'; at++) {
		hash = (hash ^ (uint8_t)*at) * 16777619U;
	}
	return &((struct sqlite_database *)database)->kept[hash % KEPT_MAX];
}

/* One that is kept with just this text, or NULL. */
static sqlite3_stmt *take_kept(struct database *database, const char *sql)
{
	sqlite3_stmt **kept = kept_for(database, sql);
	sqlite3_stmt *taken = *kept != NULL && strcmp(sqlite3_sql(*kept), sql) == 0 ? *kept : NULL;

	if (taken != NULL) {
		*kept = NULL;
	}
	return taken;
}

static int sqlite_prepare(struct database *database, const char *sql, struct statement **ret_statement)
{
	struct sqlite_statement *statement = calloc(1, sizeof(*statement));
	int code;

	if (statement == NULL) {
		return -ENOMEM;
	}
	statement->base.database = database;
	statement->handle = take_kept(database, sql);
	code = statement->handle != NULL
		       ? SQLITE_OK
		       : sqlite3_prepare_v2(connection_of(database), sql, -1, &statement->handle, NULL);
	if (code != SQLITE_OK) {
		free(statement);
		return failed(database, code);
	}
	*ret_statement = &statement->base;
	return 0;
}

static void sqlite_free(struct statement *statement)
{
	sqlite3_stmt *handle = own(statement)->handle;

	if (handle != NULL) {
		sqlite3_stmt **kept = kept_for(statement->database, sqlite3_sql(handle));
		sqlite3_reset(handle);
		sqlite3_clear_bindings(handle);
		sqlite3_finalize(*kept);
		*kept = handle;
	}
	free(statement);
}

static void note_binding(struct sqlite_statement *statement, int code)
{
	if (statement->bind_failure == SQLITE_OK) {
		statement->bind_failure = code;
	}
}

static void sqlite_bind_text(struct statement *statement, int index, const char *text_or_null)
{
	note_binding(own(statement),
		     sqlite3_bind_text(own(statement)->handle, index, text_or_null, -1, SQLITE_TRANSIENT));
}

static void sqlite_bind_integer(struct statement *statement, int index, int64_t integer)
{
	note_binding(own(statement), sqlite3_bind_int64(own(statement)->handle, index, integer));
}

static void sqlite_reset(struct statement *statement)
{
	sqlite3_reset(own(statement)->handle);
	own(statement)->bind_failure = SQLITE_OK;
}

static int sqlite_step(struct statement *statement)
{
	struct sqlite_statement *self = own(statement);
	int code = self->bind_failure;
	int r = 0;

	if (code == SQLITE_OK) {
		code = sqlite3_step(self->handle);
	}
	if (code == SQLITE_ROW) {
		return 1;
	}
	if (code == SQLITE_DONE) {
		self->affected = sqlite3_changes(connection_of(statement->database));
	} else {
		r = failed(statement->database, code);
	}
	sqlite_reset(statement);
	return r;
}

static int sqlite_run_statement(struct statement *statement)
{
	int r;

	do {
		r = sqlite_step(statement);
	} while (r > 0);
	return r;
}

static int64_t sqlite_affected(const struct statement *statement)
{
	return ((const struct sqlite_statement *)statement)->affected;
}

static const char *sqlite_text(struct statement *statement, int column)
{
	return (const char *)sqlite3_column_text(own(statement)->handle, column);
}

static int64_t sqlite_integer(struct statement *statement, int column)
{
	return sqlite3_column_int64(own(statement)->handle, column);
}

static const struct database_engine engine = {
	.close = sqlite_close,
	.set_patience = sqlite_set_patience,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.run = sqlite_run,
	.prepare = sqlite_prepare,
	.free = sqlite_free,
	.bind_text = sqlite_bind_text,
	.bind_integer = sqlite_bind_integer,
	.step = sqlite_step,
	.run_statement = sqlite_run_statement,
	.affected = sqlite_affected,
	.reset = sqlite_reset,
	.text = sqlite_text,
	.integer = sqlite_integer,
};

/* ---- opening ---- */

/* An existing file is not opened here: closing it again would drop this process's locks on it. */
static int make_file(const char *path, char *complaint)
{
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);

	if (file >= 0) {
		close(file);
		return 0;
	}
	return errno == EEXIST ? 0
			       : database_complain(complaint, -errno, "%s cannot be made: %s", path, strerror(errno));
}

static int look_at_file(const char *path, char *complaint)
{
	struct stat found;

	if (stat(path, &found) < 0) {
		if (errno == ENOENT) {
			return database_complain(complaint, -ENOENT,
						 "there is no registry at %s; make one with: berth registry init",
						 path);
		}
		return database_complain(complaint, -errno, "%s cannot be reached: %s", path, strerror(errno));
	}
	if (!S_ISREG(found.st_mode)) {
		return database_complain(complaint, -EMEDIUMTYPE, "%s is not a file", path);
	}
	return 0;
}

/* What a failure means while a file is opened. */
static int refused(sqlite3 *connection, int code, const char *path, char *complaint)
{
	switch (code & 0xff) {
	case SQLITE_NOTADB:
		return database_complain(complaint, -EMEDIUMTYPE, "%s is not an SQLite database", path);
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
		if (access(path, R_OK) < 0) {
			return database_complain(complaint, -EACCES, "%s cannot be read by this user", path);
		}
		return database_complain(complaint, -EACCES,
					 "the files %s-wal and %s-shm can neither be read nor made by this user", path,
					 path);
	default:
		return database_complain(complaint, error_of(connection, code), "%s: %s", path,
					 sqlite3_errmsg(connection));
	}
}

/* A fresh file changes its mode when nobody else has it open, and SQLite does not wait for that by itself. */
static int turn_to_wal(sqlite3 *connection)
{
	uint64_t deadline_ms = clock_now_ms() + DATABASE_PATIENCE_MS;

	for (;;) {
		int code = sqlite3_exec(connection, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);

		if ((code & 0xff) != SQLITE_BUSY || clock_now_ms() >= deadline_ms) {
			return code;
		}
		sqlite3_sleep(PAUSE_MS);
	}
}

static int set_up_writing(sqlite3 *connection)
{
	int yes = 1;
	int code = turn_to_wal(connection);

	if (code == SQLITE_OK) {
		code = sqlite3_exec(connection, "PRAGMA journal_size_limit = 4194304", NULL, NULL, NULL);
	}
	if (code == SQLITE_OK) {
		code = sqlite3_file_control(connection, "main", SQLITE_FCNTL_PERSIST_WAL, &yes);
	}
	return code;
}

static int set_up(sqlite3 *connection, enum database_mode mode)
{
	int code;

	sqlite3_extended_result_codes(connection, 1);
	sqlite3_busy_timeout(connection, DATABASE_PATIENCE_MS);
	sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, mode == DATABASE_READ, NULL);
	code = sqlite3_exec(connection,
			    "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;"
			    "PRAGMA temp_store = MEMORY; SELECT count(*) FROM sqlite_schema",
			    NULL, NULL, NULL);
	return code == SQLITE_OK && mode != DATABASE_READ ? set_up_writing(connection) : code;
}

static int connect_file(const char *path, enum database_mode mode, sqlite3 **ret_connection, char *complaint)
{
	int flags = mode == DATABASE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	sqlite3 *connection;
	int code = sqlite3_open_v2(path, &connection, flags | SQLITE_OPEN_PRIVATECACHE, NULL);
	int r;

	if (connection == NULL) {
		return -ENOMEM;
	}
	if (code == SQLITE_OK) {
		code = set_up(connection, mode);
	}
	if (code != SQLITE_OK) {
		r = refused(connection, code, path, complaint);
	} else if (mode != DATABASE_READ && sqlite3_db_readonly(connection, "main") != 0) {
		r = database_complain(complaint, -EACCES, "%s cannot be written by this user", path);
	} else {
		*ret_connection = connection;
		return 0;
	}
	sqlite3_close(connection);
	return r;
}

/* Names that SQLite takes for something else than a file ("", ":memory:", "file:...") become files by a "./". */
static char *plain_path(const char *path)
{
	char *plain = NULL;

	return asprintf(&plain, "%s%s", path[0] == '/' ? "" : "./", path) < 0 ? NULL : plain;
}

int sqlite_open(const char *path, enum database_mode mode, struct database **ret_database,
		char ret_complaint[static DATABASE_COMPLAINT_MAX])
{
	struct sqlite_database *database = calloc(1, sizeof(*database));
	char *place = plain_path(path);
	int r = database != NULL && place != NULL ? 0 : -ENOMEM;

	if (r == 0 && mode == DATABASE_CREATE) {
		r = make_file(place, ret_complaint);
	}
	if (r == 0) {
		r = look_at_file(place, ret_complaint);
	}
	if (r == 0) {
		r = connect_file(place, mode, &database->connection, ret_complaint);
	}
	if (r < 0) {
		free(place);
		free(database);
		return r == -ENOMEM ? database_complain(ret_complaint, r, "not enough memory") : r;
	}
	database->base.engine = &engine;
	database->base.place = place;
	*ret_database = &database->base;
	return 0;
}
