/* store.h - a registry's store: opened, brought to its schema, and changed one event at a time.
 *
 * Used by registry/ and by the programs that run a registry.  Whoever changes anything does it inside a change:
 * one transaction, one event in the chain.  Reading happens inside store_read_begin .. store_read_end to see
 * one state. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct store;
struct change;
struct database;

enum { STORE_COMPLAINT_MAX = 1024, STORE_HASH_SIZE = 65 /* hex and NUL */ };

enum store_mode {
	STORE_READ,   /* never writes; -EPROTONOSUPPORT when the schema is older or newer than this program's */
	STORE_WRITE,  /* migrates an older schema first, in one transaction */
	STORE_CREATE, /* makes an empty one; -EEXIST when there is a registry already */
};

/* 0, or -errno with a sentence in ret_complaint that can be shown to people. */
int store_open(const char *url, enum store_mode mode, struct store **ret_store,
	       char ret_complaint[static STORE_COMPLAINT_MAX]);
struct store *store_close(struct store *store);

/* The last failure's reason for people; "" when there was none. */
const char *store_complaint(const struct store *store);
struct database *store_database(struct store *store); /* for this folder */

/* How long to wait for another writer before -EBUSY: a program that serves many cannot wait as long as a command.
 * 0 or -errno. */
int store_set_patience(struct store *store, int patience_ms);

int store_read_begin(struct store *store);
void store_read_end(struct store *store);

/* ---- a change: who does what to what, and why ---- */

struct change_by {
	int64_t staff;	     /* its number in the table staff; 0 nobody, 1 berth itself */
	const char *act;     /* the act's word: "import", "band-set", "claim" ... */
	const char *subject; /* "snapshot 3", "band 20000", "claim tcp 5254"; may be NULL until change_subject */
	const char *why;     /* or NULL */
	const char *at;	     /* UTC "YYYY-MM-DDTHH:MM:SSZ", or NULL for now */
};

/* Takes the write lock and the next number of the chain.  -EBUSY when another writer keeps it. */
int change_begin(struct store *store, const struct change_by *by, struct change **ret_change);
int64_t change_event(const struct change *change); /* the number its event will have, for columns `event` */
const char *change_at(const struct change *change);
struct store *change_store(struct change *change);
void change_subject(struct change *change, const char *subject); /* copied */

/* Rows of journalled tables (tables.h).  `row` is a JSON object {column: text, integer or null}; the reference
 * stays the caller's.  Each is written to the table and into the event's body, from which audit replays it. */
int change_insert(struct change *change, const char *table, json_t *row);
int change_update(struct change *change, const char *table,
		  json_t *row); /* has the key and the columns that change; -ENOENT */
int change_delete(struct change *change, const char *table, json_t *key); /* -ENOENT */
/* One more fact for the event's body, like the digest of what was imported. */
int change_note(struct change *change, const char *key, json_t *value);

/* Writes the event and commits; the change is gone either way.  0 or -errno (then nothing happened, but
 * -ECONNRESET: it may have).  ret_event may be NULL. */
int change_commit(struct change *change, int64_t *ret_event);
struct change *change_abandon(struct change *change);
