/* change_rows.h - rows as JSON objects written to their tables by SQL made from tables.h.  Called by change.c only.
 *
 * Functions that read or write the store return 0 or -errno with a complaint in it. */
#pragma once

#include <jansson.h>

struct store;
struct table;

/* A copy of the row with a salt of its own, when the table has personal columns.  NULL: no memory. */
json_t *change_rows_salted(const struct table *table, const json_t *row);
/* The row as an event may show it: personal values as digests; the caller's reference.  The row stands in its table
 * already, and -ENOENT means that it has no salt there. */
int change_rows_public(struct store *store, const struct table *table, const json_t *row, json_t **ret_public);

int change_rows_insert(struct store *store, const struct table *table, const json_t *row);
int change_rows_update(struct store *store, const struct table *table, const json_t *row); /* -ENOENT */
int change_rows_delete(struct store *store, const struct table *table, const json_t *key); /* -ENOENT */
