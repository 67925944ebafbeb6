/* migrate.h - a database brought from one schema to the next by numbered steps, each whole or not at all. */
#pragma once

#include <stdint.h>

#include "store/database.h"

struct migration {
	int64_t number;		       /* 1, 2, 3 ... */
	const char *postgres_first;    /* runs before the statements on PostgreSQL, or NULL */
	const char *const *statements; /* ends in NULL */
};

/* The list ends with number 0. */
int64_t migrate_newest(const struct migration *list);

/* 1 with the number in table meta when the database has a registry, 0 when it is empty; -EMEDIUMTYPE when it has
 * something else, or -errno.  Inside a transaction or outside. */
int migrate_number(struct database *database, int64_t *ret_number);

/* Runs what is newer than the database's own number, each in a transaction that also writes its number.  Programs that
 * do so at one time wait for each other.  A failure leaves the last number that was reached. */
int migrate(struct database *database, const struct migration *list);
