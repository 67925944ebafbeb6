/* check_sequence.h - the states of a protocol as a graph, with the rules of "always" in each.  Private to the
 * checks. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "description/examine/check_graph.h"
#include "description/examine/check_numbering.h"
#include "description/language/tree.h"

enum { SEQUENCE_RULES_MAX = 1 << 18 }; /* those of "always" counted in each state */

struct sequence {
	const struct protocol *protocol;
	struct arena *arena;
	struct numbering numbering; /* of the states */
	const struct state **states;
	uint32_t count;
	uint32_t end, opaque;	   /* the nodes behind the states */
	struct graph graph;	   /* where rules lead; the labels are the rules */
	struct graph exits;	   /* the same without rules that are late: nobody can count on those */
	const struct state *start; /* the first of them; NULL: none */
	uint32_t *ways;		   /* from the start, for graph; NULL without a start */
};

/* A rule's position in its state: first the state's own rules, then those of "always". */
struct rule_place {
	const struct rule *rule;
	const struct rule *always; /* what follows the last own rule */
};

/* 0, -ENOMEM, or -E2BIG: more rules than anybody should examine. */
int sequence_init(struct sequence *sequence, struct arena *arena, const struct protocol *protocol);

/* Goes through the rules that hold in a state; `rule` is NULL at the end. */
struct rule_place rules_first(const struct sequence *sequence, uint32_t state);
void rules_next(struct rule_place *place);

/* Where the rule leads from the state: a state, `end` or `opaque`. */
uint32_t sequence_target(const struct sequence *sequence, uint32_t state, const struct rule *rule);

/* "end", "opaque" or the state's name. */
const char *sequence_name(const struct sequence *sequence, uint32_t node);

/* "Cancel", or "close". */
const char *rule_word(const struct rule *rule);

/* The messages of the shortest way from the start to a state that can be reached: "client Request, server Reply";
 * NULL for the start itself.  Of a long way only the last messages are told. */
const char *sequence_trace(const struct sequence *sequence, uint32_t state, struct report *report);
