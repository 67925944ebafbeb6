/* database_postgres.c - the engine for a PostgreSQL server, through libpq.  Called by database.c only.
 *
 * Statements that return no rows are sent one behind the other without waiting for answers (libpq's pipeline), because
 * an import is thousands of them; whatever else is asked for waits for all answers first.  A text of SQL is prepared on
 * the server once in a connection's life, however often it is prepared here.  A lost connection is made anew outside
 * transactions only: what was lost in one must be known to who began it. */
#include <libpq-fe.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/database_postgres.h"

enum {
	NUMBER_SIZE = 24,
	TYPE_BOOLEAN = 16, /* the server's own number for it */
};

/* A text of SQL the server knows under the name "s" and its number. */
struct prepared {
	struct prepared *next;
	unsigned session; /* the one that knows it */
	char name[NUMBER_SIZE];
	size_t parameter_count;
	char sql[];
};

struct postgres_database {
	struct database base;
	char *url;
	enum database_mode mode;
	int patience_ms; /* 0: as it is when connected */
	PGconn *connection;
	unsigned session; /* 1 for the first connection */
	bool is_lost;
	struct prepared *prepared;
	unsigned prepared_count;
	struct postgres_statement *pending[PIPELINE_MAX]; /* NULL: freed meanwhile */
	size_t pending_count;
};

struct parameter {
	char *text; /* from malloc, or NULL */
	size_t size;
	bool is_null;
};

struct postgres_statement {
	struct statement base;
	struct prepared *prepared;
	PGresult *result; /* while rows are read */
	int row;
	bool bind_failed;
	int64_t affected;
	const char **values; /* as libpq wants them */
	struct parameter parameters[];
};

static struct postgres_database *own_database(struct database *database)
{
	return (struct postgres_database *)database;
}

static struct postgres_statement *own(struct statement *statement)
{
	return (struct postgres_statement *)statement;
}

/* ---- failures ---- */

static int failed(struct database *database, const PGresult *result_or_null)
{
	PGconn *connection = own_database(database)->connection;
	const char *words = PQresultErrorField(result_or_null, PG_DIAG_MESSAGE_PRIMARY);
	int error = postgres_error(connection, PQresultErrorField(result_or_null, PG_DIAG_SQLSTATE));

	own_database(database)->is_lost = own_database(database)->is_lost || error == -ECONNRESET;
	return database_complain(database->complaint, error, "%s", words != NULL ? words : PQerrorMessage(connection));
}

static bool is_good(const PGresult *result)
{
	return PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
}

/* ---- the pipeline ---- */

static int64_t affected_by(PGresult *result)
{
	return strtoll(PQcmdTuples(result), NULL, 10);
}

/* What came for one of the pending statements; after the first failure the server skips the rest. */
static int take_answer(struct postgres_database *database, PGresult *result, size_t index)
{
	if (index >= database->pending_count || PQresultStatus(result) == PGRES_PIPELINE_ABORTED) {
		return 0;
	}
	if (!is_good(result)) {
		return failed(&database->base, result);
	}
	if (database->pending[index] != NULL) {
		database->pending[index]->affected = affected_by(result);
	}
	return 0;
}

/* Reads answers until the server has come to the end of what was sent: NULL stands between two of them. */
static int take_answers(struct postgres_database *database)
{
	size_t index = 0;
	int r = 0;

	for (;;) {
		PGresult *result = PQgetResult(database->connection);
		bool is_end = PQresultStatus(result) == PGRES_PIPELINE_SYNC;

		if (PQstatus(database->connection) == CONNECTION_BAD) {
			r = r < 0 ? r : failed(&database->base, result);
			PQclear(result);
			return r;
		}
		if (result == NULL) {
			index++;
		} else if (!is_end && r == 0) {
			r = take_answer(database, result, index);
		}
		PQclear(result);
		if (is_end) {
			return r;
		}
	}
}

/* Waits for the pending statements; the first failure among them. */
static int settle(struct postgres_database *database)
{
	int r = 0;

	if (PQpipelineStatus(database->connection) == PQ_PIPELINE_OFF) {
		return 0;
	}
	r = PQpipelineSync(database->connection) == 1 ? take_answers(database) : failed(&database->base, NULL);
	database->pending_count = 0;
	PQexitPipelineMode(database->connection);
	return r;
}

/* ---- transactions ---- */

/* The command tag tells a COMMIT that was none: "ROLLBACK". */
static int execute(struct database *database, const char *sql, const char *tag_or_null)
{
	struct postgres_database *self = own_database(database);
	PGresult *result;
	int r = settle(self);

	if (r < 0) {
		return r;
	}
	result = PQexec(self->connection, sql);
	if (!is_good(result)) {
		r = failed(database, result);
	} else if (tag_or_null != NULL && strcmp(PQcmdStatus(result), tag_or_null) != 0) {
		r = database_complain(database->complaint, -EPROTO, "the transaction had failed before its end");
	}
	PQclear(result);
	return r;
}

static int set_patience(struct database *database)
{
	char sql[sizeof("SET lock_timeout = ") + NUMBER_SIZE];

	snprintf(sql, sizeof(sql), "SET lock_timeout = %d", own_database(database)->patience_ms);
	return execute(database, sql, NULL);
}

/* Connects anew where that loses nothing. */
static int revive(struct database *database)
{
	struct postgres_database *self = own_database(database);
	PGconn *connection = NULL;
	char *place = NULL;

	if (!self->is_lost || database->in_transaction) {
		return 0;
	}
	int r = postgres_connect(self->url, self->mode, &connection, &place, database->complaint);
	if (r < 0) {
		return r == -EHOSTUNREACH ? -ECONNRESET : r;
	}
	free(place);
	PQfinish(self->connection);
	self->connection = connection;
	self->pending_count = 0;
	self->is_lost = false;
	self->session++;
	return self->patience_ms > 0 ? set_patience(database) : 0;
}

static int postgres_run(struct database *database, const char *sql)
{
	int r = revive(database);

	return r < 0 ? r : execute(database, sql, NULL);
}

/* What is lost before anything was done is begun once more. */
static int postgres_begin(struct database *database, bool for_writing)
{
	const char *sql = for_writing ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
	int r = postgres_run(database, sql);

	return r == -ECONNRESET ? postgres_run(database, sql) : r;
}

static void postgres_rollback(struct database *database)
{
	struct postgres_database *self = own_database(database);

	(void)settle(self);
	if (PQtransactionStatus(self->connection) != PQTRANS_IDLE) {
		PQclear(PQexec(self->connection, "ROLLBACK"));
	}
}

static int postgres_commit(struct database *database)
{
	int r = execute(database, "COMMIT", "COMMIT");

	if (r < 0) {
		char complaint[DATABASE_COMPLAINT_MAX];

		memcpy(complaint, database->complaint, sizeof(complaint));
		postgres_rollback(database);
		memcpy(database->complaint, complaint, sizeof(complaint));
	}
	return r;
}

static int postgres_set_patience(struct database *database, int patience_ms)
{
	own_database(database)->patience_ms = patience_ms;
	int r = revive(database);
	return r < 0 ? r : set_patience(database);
}

static void postgres_close(struct database *database)
{
	struct postgres_database *self = own_database(database);

	PQfinish(self->connection);
	free(self->url);
	while (self->prepared != NULL) {
		struct prepared *next = self->prepared->next;

		free(self->prepared);
		self->prepared = next;
	}
	free(self);
}

/* ---- statements ---- */

/* To the server of now, which may be another connection's. */
static int make_known(struct postgres_database *database, struct prepared *prepared)
{
	if (prepared->session == database->session) {
		return 0;
	}
	char *text = postgres_numbered_sql(prepared->sql, &prepared->parameter_count);
	int r = text != NULL ? settle(database) : -ENOMEM;
	if (r == 0) {
		PGresult *result = PQprepare(database->connection, prepared->name, text, 0, NULL);
		r = is_good(result) ? 0 : failed(&database->base, result);
		prepared->session = r == 0 ? database->session : 0;
		PQclear(result);
	}
	free(text);
	return r;
}

static int prepare_new(struct postgres_database *database, const char *sql, struct prepared **ret_prepared)
{
	size_t size = strlen(sql) + 1;
	struct prepared *prepared = calloc(1, sizeof(*prepared) + size);
	int r = prepared != NULL ? 0 : -ENOMEM;

	if (r == 0) {
		memcpy(prepared->sql, sql, size);
		snprintf(prepared->name, sizeof(prepared->name), "s%u", database->prepared_count);
		r = make_known(database, prepared);
	}
	if (r < 0) {
		free(prepared);
		return r;
	}
	database->prepared_count++;
	prepared->next = database->prepared;
	database->prepared = prepared;
	*ret_prepared = prepared;
	return 0;
}

static int find_prepared(struct postgres_database *database, const char *sql, struct prepared **ret_prepared)
{
	for (struct prepared *prepared = database->prepared; prepared != NULL; prepared = prepared->next) {
		if (strcmp(prepared->sql, sql) == 0) {
			*ret_prepared = prepared;
			return 0;
		}
	}
	return prepare_new(database, sql, ret_prepared);
}

static struct postgres_statement *make_statement(struct database *database, struct prepared *prepared)
{
	size_t count = prepared->parameter_count;
	struct postgres_statement *statement = calloc(1, sizeof(*statement) + count * sizeof(statement->parameters[0]));

	if (statement == NULL) {
		return NULL;
	}
	statement->values = calloc(count + 1, sizeof(statement->values[0]));
	if (statement->values == NULL) {
		free(statement);
		return NULL;
	}
	statement->base.database = database;
	statement->prepared = prepared;
	for (size_t i = 0; i < count; i++) {
		statement->parameters[i].is_null = true;
	}
	return statement;
}

static int postgres_prepare(struct database *database, const char *sql, struct statement **ret_statement)
{
	struct prepared *prepared = NULL;
	struct postgres_statement *statement;
	int r = revive(database);

	r = r < 0 ? r : find_prepared(own_database(database), sql, &prepared);
	if (r < 0) {
		return r;
	}
	statement = make_statement(database, prepared);
	if (statement == NULL) {
		return -ENOMEM;
	}
	*ret_statement = &statement->base;
	return 0;
}

static void postgres_reset(struct statement *statement)
{
	PQclear(own(statement)->result);
	own(statement)->result = NULL;
	own(statement)->row = 0;
	own(statement)->bind_failed = false;
}

static void postgres_free(struct statement *statement)
{
	struct postgres_database *database = own_database(statement->database);
	struct postgres_statement *self = own(statement);

	for (size_t i = 0; i < database->pending_count; i++) {
		if (database->pending[i] == self) {
			database->pending[i] = NULL;
		}
	}
	postgres_reset(statement);
	for (size_t i = 0; i < self->prepared->parameter_count; i++) {
		free(self->parameters[i].text);
	}
	free(self->values);
	free(self);
}

static bool make_room(struct parameter *parameter, size_t size)
{
	char *text;

	if (size <= parameter->size) {
		return true;
	}
	text = realloc(parameter->text, size);
	if (text == NULL) {
		return false;
	}
	parameter->text = text;
	parameter->size = size;
	return true;
}

static void postgres_bind_text(struct statement *statement, int index, const char *text_or_null)
{
	struct postgres_statement *self = own(statement);
	struct parameter *parameter;
	size_t size = text_or_null != NULL ? strlen(text_or_null) + 1 : 0;

	if (index < 1 || (size_t)index > self->prepared->parameter_count) {
		self->bind_failed = true;
		return;
	}
	parameter = &self->parameters[index - 1];
	if (!make_room(parameter, size)) {
		self->bind_failed = true;
		return;
	}
	if (size > 0) {
		memcpy(parameter->text, text_or_null, size);
	}
	parameter->is_null = text_or_null == NULL;
}

static void postgres_bind_integer(struct statement *statement, int index, int64_t integer)
{
	char text[NUMBER_SIZE];

	snprintf(text, sizeof(text), "%lld", (long long)integer);
	postgres_bind_text(statement, index, text);
}

static const char *const *values_of(struct postgres_statement *statement)
{
	for (size_t i = 0; i < statement->prepared->parameter_count; i++) {
		statement->values[i] = statement->parameters[i].is_null ? NULL : statement->parameters[i].text;
	}
	return statement->values;
}

static int check_bindings(struct postgres_statement *statement)
{
	if (!statement->bind_failed) {
		return 0;
	}
	postgres_reset(&statement->base);
	return database_complain(statement->base.database->complaint, -EPROTO, "a value could not be bound");
}

/* Runs it and keeps its rows. */
static int ask(struct postgres_statement *statement)
{
	struct postgres_database *database = own_database(statement->base.database);
	int r = check_bindings(statement);

	if (r == 0) {
		r = revive(&database->base);
	}
	if (r == 0) {
		r = settle(database);
	}
	if (r == 0) {
		r = make_known(database, statement->prepared);
	}
	if (r < 0) {
		return r;
	}
	statement->result =
		PQexecPrepared(database->connection, statement->prepared->name,
			       (int)statement->prepared->parameter_count, values_of(statement), NULL, NULL, 0);
	if (!is_good(statement->result)) {
		r = failed(statement->base.database, statement->result);
		postgres_reset(&statement->base);
		return r;
	}
	statement->affected = affected_by(statement->result);
	statement->row = -1;
	return 0;
}

static int postgres_step(struct statement *statement)
{
	struct postgres_statement *self = own(statement);

	if (self->result == NULL) {
		int r = ask(self);
		if (r < 0) {
			return r;
		}
	}
	if (++self->row < PQntuples(self->result)) {
		return 1;
	}
	postgres_reset(statement);
	return 0;
}

static int send_along(struct postgres_statement *statement)
{
	struct postgres_database *database = own_database(statement->base.database);

	if (PQenterPipelineMode(database->connection) != 1 ||
	    PQsendQueryPrepared(database->connection, statement->prepared->name,
				(int)statement->prepared->parameter_count, values_of(statement), NULL, NULL, 0) != 1) {
		return failed(statement->base.database, NULL);
	}
	database->pending[database->pending_count++] = statement;
	return 0;
}

static int postgres_run_statement(struct statement *statement)
{
	struct postgres_statement *self = own(statement);
	int r = check_bindings(self);

	if (r < 0) {
		return r;
	}
	if (!statement->database->in_transaction) {
		r = ask(self);
		postgres_reset(statement);
		return r;
	}
	r = own_database(statement->database)->pending_count == PIPELINE_MAX ? settle(own_database(statement->database))
									     : 0;
	if (r == 0) {
		r = make_known(own_database(statement->database), self->prepared);
	}
	return r < 0 ? r : send_along(self);
}

/* Waits for the answer; should it be a failure, the next call tells of it. */
static int64_t postgres_affected(const struct statement *statement)
{
	struct database *database = statement->database;
	int r = settle(own_database(database));

	if (r < 0) {
		database->failure = r;
	}
	return ((const struct postgres_statement *)statement)->affected;
}

static const char *postgres_text(struct statement *statement, int column)
{
	const struct postgres_statement *self = own(statement);

	return PQgetisnull(self->result, self->row, column) != 0 ? NULL : PQgetvalue(self->result, self->row, column);
}

static int64_t postgres_integer(struct statement *statement, int column)
{
	const char *text = postgres_text(statement, column);

	if (text == NULL) {
		return 0;
	}
	return PQftype(own(statement)->result, column) == TYPE_BOOLEAN ? text[0] == 't' : strtoll(text, NULL, 10);
}

static const struct database_engine engine = {
	.is_postgres = true,
	.close = postgres_close,
	.set_patience = postgres_set_patience,
	.begin = postgres_begin,
	.commit = postgres_commit,
	.rollback = postgres_rollback,
	.run = postgres_run,
	.prepare = postgres_prepare,
	.free = postgres_free,
	.bind_text = postgres_bind_text,
	.bind_integer = postgres_bind_integer,
	.step = postgres_step,
	.run_statement = postgres_run_statement,
	.affected = postgres_affected,
	.reset = postgres_reset,
	.text = postgres_text,
	.integer = postgres_integer,
};

int postgres_open(const char *url, enum database_mode mode, struct database **ret_database,
		  char ret_complaint[static DATABASE_COMPLAINT_MAX])
{
	struct postgres_database *database = calloc(1, sizeof(*database));
	int r;

	if (database == NULL) {
		return database_complain(ret_complaint, -ENOMEM, "not enough memory");
	}
	database->url = strdup(url);
	database->mode = mode;
	database->session = 1;
	r = database->url == NULL
		    ? database_complain(ret_complaint, -ENOMEM, "not enough memory")
		    : postgres_connect(url, mode, &database->connection, &database->base.place, ret_complaint);
	if (r < 0) {
		free(database->url);
		free(database);
		return r;
	}
	database->base.engine = &engine;
	*ret_database = &database->base;
	return 0;
}
