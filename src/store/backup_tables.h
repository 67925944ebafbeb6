/* backup_tables.h - all tables of tables.h copied and summed up.  For backup.c.
 *
 * A sum is the number of rows and a SHA-256 over them in the order of their key; equal sums are equal tables.
 * Functions return 0 or -errno with a complaint in the store that failed; of two stores, in one of them. */
#pragma once

#include <stdint.h>

#include "store/store.h"

enum { BACKUP_TABLES_MAX = 64 };

struct backup_sums {
	struct {
		int64_t rows;
		char sha256[STORE_HASH_SIZE];
	} tables[BACKUP_TABLES_MAX];  /* in the order of tables.h */
	char sha256[STORE_HASH_SIZE]; /* over all of these, with the tables' names */
};

/* Of what the store has now.  Inside a transaction, or of a store that nobody writes to. */
int backup_tables_sum(struct store *store, struct backup_sums *ret_sums);

/* Everything in `to` is removed and what `from` has put in, inside a transaction of each.  The sums are of what was
 * read. */
int backup_tables_copy(struct store *from, struct store *to, struct backup_sums *ret_sums);

/* The first table that differs, or NULL. */
const char *backup_tables_differ(const struct backup_sums *one, const struct backup_sums *other);
