/* store_private.h - what the files of this folder share of a store: its database and its last complaint. */
#pragma once

#include "store/database.h"
#include "store/store.h"

struct store {
	struct database *database;
	char complaint[STORE_COMPLAINT_MAX];
};

/* Puts the sentence for people into the store and returns `error`.  Without a format it is what the database said. */
__attribute__((format(printf, 3, 4))) int store_complain(struct store *store, int error, const char *format, ...);
