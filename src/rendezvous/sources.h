/* sources.h - what each source address has unfinished, and how fast it calls.  Shared memory of all acceptors.
 *
 * A fixed table of SOURCES_MAX entries in sets of SOURCE_WAYS; in a full set the entry used longest ago gives
 * way, and none that has unfinished calls.  Each acceptor counts in its own column, so what a dead one held is
 * taken back by zeroing a column. */
#pragma once

#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

enum { SOURCE_WAYS = 8 };

struct caller_source {
	_Atomic uint64_t key;	  /* 0: free */
	_Atomic uint64_t next_ns; /* when the next call would be on time (rate limit) */
	_Atomic uint64_t used_ns;
	_Atomic uint16_t unfinished[ACCEPTOR_COLUMNS_MAX]; /* never passes its end: more is over any limit */
};

struct sources {
	uint64_t secret;	  /* mixed into the place of a key, so that nobody can aim at a set */
	_Atomic uint64_t crowded; /* calls not counted because their set was full of sources with unfinished calls */
	struct caller_source entries[SOURCES_MAX];
};

static_assert(sizeof(struct sources) <= (size_t)8 << 20, "what sources cost is bounded");

struct source_limits {
	uint32_t calls;	     /* unfinished at one time; 0: off */
	uint32_t per_second; /* 0: off */
	uint32_t burst;
};

#define SOURCE_UNCOUNTED UINT32_MAX

/* Counts a call of this source.  0 with the entry to hand to sources_leave (SOURCE_UNCOUNTED when there was no room),
 * or -EDQUOT when the source is over a limit; then nothing is counted. */
int sources_enter(struct sources *sources, unsigned column, uint64_t key, const struct source_limits *limits,
		  uint64_t now_ns, uint32_t *ret_entry);

/* The call is finished: handed over, refused or gone. */
void sources_leave(struct sources *sources, unsigned column, uint32_t entry);

/* Takes back all that a dead acceptor had counted. */
void sources_forget_column(struct sources *sources, unsigned column);
