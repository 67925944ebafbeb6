/* effort.h - how much work may still be spent on descriptions of somebody else's.
 *
 * Counted and not timed, so that a verdict is the same on every machine. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct effort {
	uint64_t steps;	     /* of about ten nanoseconds */
	uint32_t states_max; /* of one automaton, before equal ones are joined */
};

/* False when that is more than is left; then nothing is left. */
static inline bool effort_spend(struct effort *effort, uint64_t steps)
{
	bool enough = steps <= effort->steps;

	effort->steps -= enough ? steps : effort->steps;
	return enough;
}
