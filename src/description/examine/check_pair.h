/* check_pair.h - a rule of the client and one of the server that may be at work in one state at the same time.
 * Private to the checks of counters and races. */
#pragma once

#include "description/examine/check_guards.h"
#include "description/examine/check_sequence.h"

/* Moments of a pair: before both, after one of them, and after both in either order. */
enum { BOTH_TO_COME, CLIENT_WAS, SERVER_WAS, CLIENT_WAS_FIRST, SERVER_WAS_FIRST };

struct pair {
	const struct sequence *sequence;
	struct guards *guards;
	uint32_t state;
	const struct rule *rules[2]; /* by role */
};

/* Claims that both rules hold in the state.  False: they never do at one time. */
bool pair_begin(struct pair *pair);

/* False: what the other side's rule does to a counter can make the condition of this side's rule false. */
bool pair_counters_agree(const struct pair *pair, enum role role);

/* Goes through all pairs of rules of a state, until GUARD_WORK is done. */
typedef void pair_visit(struct pair *pair, void *context);
void pairs_each(const struct sequence *sequence, uint32_t state, struct guards *guards, pair_visit *visit,
		void *context);
