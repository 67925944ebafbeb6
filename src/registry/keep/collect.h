/* collect.h - rows and people of a snapshot taken out of the store into memory: to be proved, or written as XML. */
#pragma once

#include <stdint.h>

#include "registry/records/rows.h"
#include "store/store.h"

/* rows.header and what else a writer needs are the caller's to set; entries and people are collected. */
struct collected {
	struct rows rows;
	size_t entry_capacity, person_capacity;
};

/* 0 or -errno; collect_finish either way. */
int collect_rows(struct store *store, int64_t snapshot, struct collected *collected);
int collect_people(struct store *store, const char *source, struct collected *collected);
void collect_finish(struct collected *collected);
