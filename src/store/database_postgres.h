/* database_postgres.h - what the files of the PostgreSQL engine share.  Included by them and by tests only. */
#pragma once

#include <stddef.h>

#include "store/database_engine.h"

enum { PIPELINE_MAX = 1000 /* answers not waited for; they are kept in memory meanwhile */ };

/* The text with $1, $2 ... for each ? outside quotes and comments, from malloc, or NULL. */
char *postgres_numbered_sql(const char *sql, size_t *ret_count);

struct pg_conn; /* libpq's PGconn */

/* An open connection that is set up as database.h says, and its place for people (from malloc). */
int postgres_connect(const char *url, enum database_mode mode, struct pg_conn **ret_connection, char **ret_place,
		     char ret_complaint[static DATABASE_COMPLAINT_MAX]);

/* The errno of database.h for an SQLSTATE; NULL where libpq itself failed. */
int postgres_error(struct pg_conn *connection, const char *state_or_null);
