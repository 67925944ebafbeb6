/* entries.h - the table of rows: each distinct row once, with a number.  For this folder. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/database.h"
#include "store/entry.h"
#include "store/store.h"

/* The columns of a row for a SELECT from entry AS e, in the order in which entries_read takes them. */
#define ENTRIES_COLUMNS                                                                                              \
	"e.name, e.port, e.transport, e.description, e.assignee, e.contact, e.registered, e.modified, e.reference, " \
	"e.service_code, e.unauthorized, e.notes, e.raw, e.fold, e.lo, e.hi, e.status, e.digest"

/* Takes them from the statement's present row, the first from column `first`; the texts are the statement's.
 * 0, or -EBADMSG when status or digest is not what it can be. */
int entries_read(struct statement *statement, int first, struct entry *ret_entry);

/* Gives each row its number, inside a change: that of the same row when it is there, else a new one.  New numbers
 * follow each other in the order of the rows.  Needs the digests.  0 or -errno with a complaint. */
int entries_keep(struct store *store, const struct entry *entries, size_t count, int64_t *ret_ids);
