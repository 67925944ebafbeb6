/* counters.h - what an acceptor has done, for status and metrics.  Shared memory, one block an acceptor column.
 *
 * Only its acceptor writes a block; it outlives the acceptor, so totals never go back.  Nothing is decided by these
 * numbers: limits count what lives (account.h, sources.h). */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "base/limits.h"
#include "wire/line.h"

enum { WAIT_BUCKETS = 16 };

struct function_counters {
	_Atomic uint64_t calls;	  /* put into a queue */
	_Atomic uint64_t refused; /* by an acceptor, after the name was known */
};

struct counters {
	_Atomic uint64_t turn_ms; /* clock_now_ms() of the last turn: a heart beat */
	_Atomic uint32_t process; /* pid of the acceptor that has this column, 0: none */
	_Atomic uint32_t finishing;
	_Atomic uint64_t accepted;
	_Atomic uint64_t handed_over;
	_Atomic uint64_t helped;   /* HELP answered */
	_Atomic uint64_t gone;	   /* clients that left before their first message was whole */
	_Atomic uint64_t gave_way; /* oldest unfinished calls that made room */
	_Atomic uint64_t starved;  /* times there was no descriptor for a new call */
	_Atomic uint64_t refused[REFUSALS];
	_Atomic uint64_t unfinished; /* now */
	_Atomic uint64_t closing;    /* now: refused, draining */
	/* accept to handover: bucket b counts calls under 2^b times 64 microseconds, the last one the rest */
	_Atomic uint64_t wait[WAIT_BUCKETS];
	_Atomic uint64_t wait_sum_us;
	struct function_counters functions[FUNCTIONS_MAX]; /* by place */
};

/* A counter with a single writer needs no locked instruction. */
static inline void counter_add(_Atomic uint64_t *counter, uint64_t number)
{
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + number,
			      memory_order_relaxed);
}
