/* audit_replay.h - the journalled tables as the events say they are, in memory.  Pure; for audit*.c.
 *
 * Every value is text (integers in decimal) or NULL, personal ones are their digests.  It grows with the tables, not
 * with the number of events. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/tables.h"

struct replay;
struct replay_row;

/* NULL: no memory. */
struct replay *replay_make(void);
struct replay *replay_free(struct replay *replay);

/* Does what the event's body says.  0; -ENOMEM; or -EBADMSG with a sentence about what cannot be done (the rest of the
 * body was done). */
enum { REPLAY_SENTENCE_MAX = 512 };
int replay_event(struct replay *replay, int64_t event, const char *body, size_t size,
		 char ret_sentence[static REPLAY_SENTENCE_MAX]);

/* By the values of all columns, of which the key's count; or NULL. */
struct replay_row *replay_find(struct replay *replay, const struct table *table, const char *const values[]);
/* The next row of the table behind `row` (NULL: the first) in no order, or NULL. */
struct replay_row *replay_next(struct replay *replay, const struct table *table, struct replay_row *row);
const char *replay_value(const struct replay_row *row, size_t column);
const char *replay_named(const struct table *table, const struct replay_row *row, const char *column);
bool replay_is_seen(const struct replay_row *row);
void replay_see(struct replay_row *row);

/* What the newest seal says of the rows with this key (canonical JSON): the hash, and the event that says so; or
 * NULL. */
const char *replay_seal(struct replay *replay, const char *table, const char *key, int64_t *ret_event);
/* Calls `each` for every seal of the table. */
int replay_each_seal(struct replay *replay, const char *table,
		     int (*each)(const char *key, const char *sha256, void *context), void *context);

/* "claim tcp 5254". */
void replay_place(const struct table *table, const char *const values[], char *ret_place, size_t size);
