/* database_postgres_connect.c - a connection to a PostgreSQL server, or a sentence about why there is none;
 * and what its failures mean.
 *
 * Called by database_postgres.c.  A sentence never holds the password, nor what could be a part of it: a password with
 * an unescaped @ or / in it is read by libpq as a host, a port or a database, and they are named in its errors. */
#include <libpq-fe.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/database_postgres.h"

enum { VERSION_MIN = 130000 };

/* Whoever turned synchronous_commit off for the server did not think of a registry. */
static const char set_up[] =
	"SET client_min_messages = warning;"
	"SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

static void ignore_notice(void *context, const PGresult *result)
{
	(void)context;
	(void)result;
}

static const char *value_of(const PQconninfoOption *options, const char *keyword)
{
	while (options->keyword != NULL && strcmp(options->keyword, keyword) != 0) {
		options++;
	}
	return options->val != NULL ? options->val : "";
}

/* Whether the parts of the URL are what they seem. */
static int check_url(const char *url, char *complaint)
{
	PQconninfoOption *options = PQconninfoParse(url, NULL);
	bool is_good = options != NULL && strchr(value_of(options, "host"), '@') == NULL &&
		       strchr(value_of(options, "dbname"), '@') == NULL &&
		       strspn(value_of(options, "port"), "0123456789,") == strlen(value_of(options, "port"));

	PQconninfoFree(options);
	if (!is_good) {
		return database_complain(complaint, -EINVAL,
					 "the registry's URL is not like postgresql://user:password@host/database "
					 "(in a password, write %%40 for @ and %%2F for /)");
	}
	return 0;
}

static int refused(const PGconn *connection, char *complaint)
{
	const char *words = PQerrorMessage(connection);

	if (strstr(words, "database \"") != NULL && strstr(words, "does not exist") != NULL) {
		return database_complain(complaint, -ENOENT,
					 "there is no database \"%s\" at %s; make one with: createdb %s",
					 PQdb(connection), PQhost(connection), PQdb(connection));
	}
	return database_complain(complaint, -EACCES, "%s", words);
}

static int check_server(const PGconn *connection, const char *place, char *complaint)
{
	const char *encoding = PQparameterStatus(connection, "server_encoding");

	if (PQserverVersion(connection) < VERSION_MIN) {
		return database_complain(complaint, -EPROTONOSUPPORT, "%s is of PostgreSQL %d; berth needs %d or newer",
					 place, PQserverVersion(connection) / 10000, VERSION_MIN / 10000);
	}
	if (encoding == NULL || strcmp(encoding, "UTF8") != 0) {
		return database_complain(complaint, -EMEDIUMTYPE,
					 "%s holds text as %s; a registry needs UTF8: createdb -E UTF8", place,
					 encoding != NULL ? encoding : "something unknown");
	}
	return 0;
}

static int run(PGconn *connection, const char *sql, char *complaint)
{
	PGresult *result = PQexec(connection, sql);
	ExecStatusType status = PQresultStatus(result);
	int r = 0;

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
		int error = postgres_error(connection, PQresultErrorField(result, PG_DIAG_SQLSTATE));
		r = database_complain(complaint, error == -ECONNRESET ? -EHOSTUNREACH : error, "%s",
				      PQerrorMessage(connection));
	}
	PQclear(result);
	return r;
}

static int set_up_session(PGconn *connection, enum database_mode mode, char *complaint)
{
	char patience[64];
	int r = run(connection, set_up, complaint);

	if (r == 0) {
		snprintf(patience, sizeof(patience), "SET lock_timeout = %d", DATABASE_PATIENCE_MS);
		r = run(connection, patience, complaint);
	}
	if (r == 0 && mode == DATABASE_READ) {
		r = run(connection, "SET default_transaction_read_only = on", complaint);
	}
	return r;
}

/* The server's words about a refusal have no code, so a second question tells whether it lets anybody in.  It may have
 * begun to meanwhile: only who is refused again is not wanted. */
static int connect_server(const char *url, PGconn **ret_connection, char *complaint)
{
	/* What comes before dbname can be said otherwise in the URL, what comes behind it cannot. */
	static const char *const keywords[] = { "connect_timeout", "fallback_application_name", "dbname",
						"client_encoding", NULL };
	const char *const values[] = { "10", "berth", url, "UTF8", NULL };
	int r = -EAGAIN;

	for (int tries = 0; r == -EAGAIN; tries++) {
		PGconn *connection = PQconnectdbParams(keywords, values, 1);
		if (PQstatus(connection) == CONNECTION_OK) {
			*ret_connection = connection;
			return 0;
		}
		if (PQpingParams(keywords, values, 1) != PQPING_OK) {
			r = database_complain(complaint, -EHOSTUNREACH, "%s", PQerrorMessage(connection));
		} else if (tries > 0) {
			r = refused(connection, complaint);
		}
		PQfinish(connection);
	}
	return r;
}

int postgres_connect(const char *url, enum database_mode mode, PGconn **ret_connection, char **ret_place,
		     char ret_complaint[static DATABASE_COMPLAINT_MAX])
{
	PGconn *connection = NULL;
	char *place = NULL;
	int r = check_url(url, ret_complaint);

	if (r < 0) {
		return r;
	}
	r = connect_server(url, &connection, ret_complaint);
	if (r < 0) {
		return r;
	}
	if (asprintf(&place, "database \"%s\" at %s", PQdb(connection), PQhost(connection)) < 0) {
		place = NULL;
		r = database_complain(ret_complaint, -ENOMEM, "not enough memory");
	} else {
		PQsetNoticeReceiver(connection, ignore_notice, NULL);
		r = check_server(connection, place, ret_complaint);
	}
	if (r == 0) {
		r = set_up_session(connection, mode, ret_complaint);
	}
	if (r < 0) {
		PQfinish(connection);
		free(place);
		return r;
	}
	*ret_connection = connection;
	*ret_place = place;
	return 0;
}

/* ---- failures ---- */

static const struct {
	const char *begins; /* an SQLSTATE, or its class */
	int error;
} states[] = {
	{ "23505", -EEXIST },	/* unique_violation */
	{ "23", -EPERM },	/* integrity constraint violation */
	{ "55P03", -EBUSY },	/* lock_not_available */
	{ "40", -EBUSY },	/* serialization failure, deadlock */
	{ "53100", -ENOSPC },	/* disk_full */
	{ "53200", -ENOMEM },	/* out_of_memory */
	{ "58030", -EIO },	/* io_error */
	{ "XX001", -EIO },	/* data_corrupted */
	{ "XX002", -EIO },	/* index_corrupted */
	{ "08", -ECONNRESET },	/* connection exception */
	{ "57P", -ECONNRESET }, /* shutting down, or cut off by an administrator */
};

/* Where writing failed and there was still something to read (the server's farewell), libpq gives an error without a
 * state and calls the connection good, until it is read to its end. */
static bool has_ended(PGconn *connection, const char *state)
{
	return PQstatus(connection) == CONNECTION_BAD || (state == NULL && PQconsumeInput(connection) == 0);
}

int postgres_error(PGconn *connection, const char *state)
{
	if (has_ended(connection, state)) {
		return -ECONNRESET;
	}
	for (size_t i = 0; state != NULL && i < sizeof(states) / sizeof(states[0]); i++) {
		if (strncmp(state, states[i].begins, strlen(states[i].begins)) == 0) {
			return states[i].error;
		}
	}
	return -EPROTO;
}
