/* own_taken.h - what of a row is taken already, and by whom.  For own.c.
 *
 * Functions return 0, or -errno with a complaint in the store. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/entry.h"
#include "store/store.h"

/* "tcp", "udp", "sctp", "dccp" when the row makes claims: it has a port and one of these; else NULL. */
const char *own_transport(const struct entry *entry);

/* -EEXIST: a port of the row is claimed; -EPERM: one that is never assigned. */
int own_claims_free(struct store *store, const struct entry *entry, const char *transport);
/* -EEXIST: somebody else has the name; -EPERM: it is too long.  `ret_stands`: it is there, and the same holder's. */
int own_name_free(struct store *store, const struct entry *entry, bool *ret_stands);
/* -EEXIST: the same row, word for word, stands now. */
int own_row_new(struct store *store, const struct entry *entry);

/* Is this entry shown by a row that stands? */
int own_stands(struct store *store, int64_t entry, bool *ret_stands);
/* 1 with the oldest other assignment whose standing row has this name, 0 when there is none. */
int own_other_with_name(struct store *store, const char *fold, int64_t publication, int64_t *ret_assignment);
