/* relay_counters.h - what the relays of a function have done, for status and metrics.  Shared memory, one block a
 * function, a column for each slot of its account, so that every relay that lives has one of its own.
 *
 * Relays write it and nobody else does; they run as the function's user and read what strangers send, so these are
 * numbers to show and nothing is decided by them.  A column outlives its relay: totals never go back.  How many
 * connections are open counts only in columns whose relay lives. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "base/limits.h"

enum relay_direction { RELAY_TO_TARGET, RELAY_TO_CLIENT, RELAY_DIRECTIONS };

struct relay_column {
	_Atomic uint64_t open;	/* now */
	_Atomic uint64_t total; /* calls taken */
	_Atomic uint64_t octets[RELAY_DIRECTIONS];
	_Atomic uint64_t connect_failed; /* the target refused, or could not be reached */
	_Atomic uint64_t connect_timeouts;
	_Atomic uint64_t idle_timeouts;
	uint64_t padding; /* a cache line each */
};

struct relay_counters {
	struct relay_column columns[ACCOUNT_SLOTS];
};
