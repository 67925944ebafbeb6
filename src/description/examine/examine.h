/* examine.h - the examiner: everything that is checked about a description, and what its first messages cost
 * and prove.
 *
 *	E2 ..	what the tree alone tells				check.h
 *	E6	every message can be read in one way only		examine_ambiguity.c
 *	E8	the messages of a state can be told apart		examine_states.c
 *	E9	first messages of different protocols, and those that functions are on	examine_first.c
 *	E11	after how many octets a function is certain		examine_first.c
 *	E15	first messages say enough about themselves		examine_evidence.c
 *
 * What needs automata is looked at in a window of WINDOW_MAX octets, and within a bounded effort: a file that
 * asks for more is told what was not examined. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "config/arena.h"
#include "description/language/report.h"
#include "description/language/tree.h"

/* A first message.  The cheapest path is the way through its automaton, to the end of a whole message or of the
 * window, on which there is least to know it by. */
struct examined_message {
	struct examined_message *next;
	const struct message *message;
	bool examined;	       /* false: its automaton is too large, and nothing below is known */
	uint32_t states_built; /* of its automaton in the window */
	uint32_t states;       /* when equal ones are joined */
	uint32_t states_proof; /* as far as it takes to be sure of it: what it costs a classifier */
	uint32_t evidence;     /* on the cheapest path, in eighths of a bit */
	uint32_t octets;       /* of that path */
	uint32_t tested;       /* octets of it that carry one bit of evidence or more */
	uint32_t decides_at;   /* octets of it after which there are 24 bits, or 0: never */
	uint32_t sure_at;      /* after which its author is sure, or 0: never */
	uint32_t stops_at;     /* the first octet (from 1) of a last payload or bytes that nothing is known of, or 0 */
};

#define APART_NEVER UINT32_MAX

/* E11: a function and the first messages of all others in the file. */
struct examined_function {
	struct examined_function *next;
	const struct function *function;
	bool alone;	   /* there are no others */
	uint32_t apart_at; /* after so many octets it is certainly none of them; APART_NEVER: not within the window */
};

struct examined_protocol {
	struct examined_protocol *next;
	const struct protocol *protocol;
	uint32_t states_built; /* of the automata of all its first messages together */
	uint32_t states;
	uint32_t states_proof;
	uint32_t octets;     /* of the cheapest paths of all first messages together, */
	uint32_t tested;     /* and of these the tested ones: the share that is described */
	uint32_t look_ahead; /* E8: octets that tell the messages of any state apart; 0: there are none to tell apart */
	struct examined_message *messages; /* in the order of the text */
	struct examined_function *functions;
};

/* What the examiner knows beside its findings; zeroed before it is filled. */
struct examination {
	struct arena arena;
	struct examined_protocol *protocols; /* NULL where errors of the tree stand */
};

/* All checks.  What needs automata is left out where the report holds errors.  0 or -ENOMEM. */
int examine(const struct tree *tree, struct report *report);

/* The same, and fills the examination, which refers to the tree. */
int examine_and_tell(const struct tree *tree, struct report *report, struct examination *examination);

void examination_finish(struct examination *examination);
