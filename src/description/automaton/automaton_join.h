/* automaton_join.h - from the states that were found to the smallest automaton.  Private to automaton*.c. */
#pragma once

#include "description/automaton/automaton.h"

enum { RAW_BEYOND = 0x80 }; /* a flag: the message may go on behind the window */

struct raw_automaton {
	uint32_t states;
	const uint32_t *next; /* [state][256]: state + 1, 0: dead */
	uint8_t *flags;	      /* STATE_ and RAW_BEYOND; changed */
};

/* Leaves out what leads nowhere, joins what cannot be told apart, and weighs each octet.  0, -E2BIG or -ENOMEM. */
int automaton_join(const struct raw_automaton *raw, struct effort *effort, struct automaton **ret_automaton);
