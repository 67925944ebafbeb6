/* applications_private.h - how the files applications*.c write a row and ask for one. */
#pragma once

#include <jansson.h>

#include "store/database.h"
#include "store/store.h"

/* Take the reference to `row`, NULL when a text was no UTF-8. */
int application_put(struct change *change, const char *table, json_t *row);
int application_alter(struct change *change, const char *table, json_t *row);

/* A statement with integers bound from 1; 0 or -errno with a complaint. */
int application_ask(struct store *store, const char *sql, size_t count, const int64_t integers[],
		    struct statement **ret_statement);
/* Steps once, reads the first column and frees it: 1, 0 no row, or -errno. */
int application_one(struct store *store, struct statement *statement, int64_t *ret_integer);
/* Ends a loop over rows: `r` is what the last step or caller returned; 0 or -errno. */
int application_end(struct store *store, struct statement *statement, int r, int said);
