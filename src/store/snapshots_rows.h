/* snapshots_rows.h - what stood where in a snapshot: runs of rows whose numbers follow each other.  For snapshots.c. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/entry.h"
#include "store/store.h"

/* SHA-256, in hex, over the digests of the rows in their order: what proves a snapshot. */
void snapshots_rows_hash(const struct entry *entries, size_t count, char ret_hex[static STORE_HASH_SIZE]);

/* Writes which rows the snapshot has, and in which order.  0 or -errno with a complaint. */
int snapshots_write_runs(struct store *store, int64_t snapshot, const int64_t *ids, size_t count);
