/* tables.h - the tables of the schema as data: columns, keys, and how each is proved.
 *
 * One list, from which changes are written, audit replays them, and backup copies everything. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { TABLE_COLUMNS_MAX = 24 };

enum table_kind {
	TABLE_JOURNALLED, /* each row's making and change stands in an event's body: audit replays it */
	TABLE_SEALED,	  /* too many rows for that: an event holds their digest (entry, snapshot_run, person) */
	TABLE_CHAIN,	  /* event, chain, anchor: what proves the others */
	TABLE_FREE,	  /* not proved: meta of the schema, mail queue, sessions */
};

struct table_column {
	const char *name;
	bool is_text;	  /* else an integer */
	bool is_key;	  /* part of the primary key */
	bool is_personal; /* only a salted digest of it goes into events */
};

struct table {
	const char *name;
	enum table_kind kind;
	size_t column_count;
	struct table_column columns[TABLE_COLUMNS_MAX];
};

/* In the order of the schema: a table refers only to tables before it.  NULL name at the end. */
extern const struct table tables[];

/* NULL when there is none. */
const struct table *table_find(const char *name);
