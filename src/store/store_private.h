/* store_private.h - what the files of this folder share of a store: its database, its last complaint, and rows that are
 * made where they are written. */
#pragma once

#include "store/database.h"
#include "store/store.h"

struct store {
	struct database *database;
	char complaint[STORE_COMPLAINT_MAX];
};

/* Puts the sentence for people into the store and returns `error`.  Without a format it is what the database said. */
__attribute__((format(printf, 3, 4))) int store_complain(struct store *store, int error, const char *format, ...);

/* change_insert, change_update and change_delete (store.h) of a row made for them: they take the reference.  NULL says
 * that a text was no UTF-8: -EINVAL with a complaint. */
int change_insert_new(struct change *change, const char *table, json_t *row);
int change_update_new(struct change *change, const char *table, json_t *row);
int change_delete_new(struct change *change, const char *table, json_t *key);
/* A column's value, the caller's reference: null for 0. */
json_t *change_number_or_null(int64_t number);
