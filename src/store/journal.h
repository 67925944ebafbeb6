/* journal.h - how a change stands in its event: what is hashed, and in which form.
 *
 * Used by change.c, which writes events, by audit*.c, which proves them, and by the files of this folder whose rows
 * are too many to stand in an event one by one.  An event's body is one JSON object in its canonical form:
 *
 *   {"rows":[["+","band",{...}],["~","band",{...}],["-","band",{...}],["=","entry",{"id":7,"sha256":"..."}]],
 *    note: ...}
 *
 * "+" a row as a whole, "~" its key and the columns that changed, "-" its key, "=" a seal: what the rows of this key
 * hash to.  Rows stand in the order they were written, because replay needs it.
 *
 * Personal columns stand in it as "digest:" and a hash over the row's column `salt` and the value.  The salt is
 * random, stands in the row alone, and goes with the values when somebody is forgotten (change_update with all of
 * them ""): what the events keep then cannot be tried against guesses any more.  `salt` is personal itself, and
 * hashed like the others. */
#pragma once

#include <sodium.h>
#include <stdint.h>

#include "store/store.h"

/* Length (8 octets, little-endian) and octets of a text. */
void journal_hash_text(crypto_hash_sha256_state *state, const char *text);
void journal_hash_integer(crypto_hash_sha256_state *state, int64_t integer); /* as decimal text */
void journal_hash_end(crypto_hash_sha256_state *state, char ret_hex[static STORE_HASH_SIZE]);

/* An event's columns, integers in decimal. */
struct journal_event {
	const char *n, *at, *staff, *act, *subject, *why, *body, *prev;
};
void journal_event_hash(const struct journal_event *event, char ret_hash[static STORE_HASH_SIZE]);

/* What the first event has as the hash of the one before it. */
extern const char journal_no_hash[STORE_HASH_SIZE];

/* "digest:..." in place of a personal value. */
enum { JOURNAL_DIGEST_SIZE = sizeof("digest:") - 1 + STORE_HASH_SIZE };
void journal_digest(const char *salt, const char *value, char ret_digest[static JOURNAL_DIGEST_SIZE]);

/* The canonical form: keys sorted, no blanks.  From malloc, or NULL. */
char *journal_text(const json_t *json);

/* Says in the event's body what the rows of `key` hash to: of a TABLE_SEALED table. */
int change_seal(struct change *change, const char *table, const json_t *key, const char *sha256);
