/* ask.h - statements of a store whose failures are complained of where they happen, so that whoever asks only hands
 * them on.  For this folder.
 *
 * Where nothing else is said they return 0; all return -errno with a complaint.  A statement is the caller's to free,
 * but where it says so. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/database.h"
#include "store/store.h"

/* Ready to be bound. */
int ask(struct store *store, const char *sql, struct statement **ret_statement);
/* With texts, or integers, bound from 1; the rest behind them is the caller's. */
int ask_with_texts(struct store *store, const char *sql, size_t count, const char *const texts[],
		   struct statement **ret_statement);
int ask_with_integers(struct store *store, const char *sql, size_t count, const int64_t integers[],
		      struct statement **ret_statement);

/* 1 a row is there, 0 no more. */
int ask_step(struct store *store, struct statement *statement);

/* These free it.  The first column of the first row: 1; 0 when there is no row. */
int ask_one(struct store *store, struct statement *statement, int64_t *ret_integer);
/* For one that returns no rows; on PostgreSQL a later call may tell of its failure, as statement_run says. */
int ask_run(struct store *store, struct statement *statement);
/* The same, waited for: how many rows it changed. */
int ask_changes(struct store *store, struct statement *statement);

/* The first column of the first row, with the texts, or integers, bound in their order.  1; 0 when there is no row. */
int ask_integer(struct store *store, const char *sql, size_t count, const char *const texts[], int64_t *ret_integer);
int ask_integer_of(struct store *store, const char *sql, size_t count, const int64_t integers[], int64_t *ret_integer);
