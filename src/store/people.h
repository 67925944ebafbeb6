/* people.h - how the people of a source are proved.  For people.c and audit.
 *
 * An event holds a hash over each person's id and digest.  The digest is salted; to forget a person the salt and the
 * texts are emptied in a change that says so (change_seal "person" {source, pid} "forgotten"), and the digest stays, so
 * that the events still prove that somebody stood there. */
#pragma once

#include <stdint.h>

#include "store/journal.h"
#include "store/snapshots.h"

/* Over the salt, the place in the file, and the five texts. */
void people_digest(const struct entry_person *person, int64_t seq, const char *salt,
		   char ret_hex[static STORE_HASH_SIZE]);

/* One person's part in the hash that stands in the event; in the order of the octets of the ids. */
void people_hash(crypto_hash_sha256_state *state, const char *id, const char *digest);
