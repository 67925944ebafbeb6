/* automaton_explore.h - an automaton under construction.  Private to automaton*.c.
 *
 *	automaton.c	  which states there are, the cheapest first
 *	automaton_sets.c  numbers for configurations and sets of them
 *	automaton_join.c  the smallest automaton that does the same */
#pragma once

#include "description/automaton/automaton.h"
#include "description/machine/machine.h"

/* A state: a sorted set of configurations, and how it was first reached. */
struct set {
	uint32_t first; /* in members */
	uint32_t count;
	uint32_t parent;
	uint32_t cost; /* to get there: octets, or the least evidence */
	uint8_t octet;
	bool expanded;
	uint64_t entered_by[4]; /* octets that lead there */
};

/* A set waiting in a bucket; one whose cost fell waits in several. */
struct waiting {
	uint32_t set;
	uint32_t next; /* entry + 1 */
};

/* Numbers plus one, each at the slot of its hash or behind; 0: free. */
struct table {
	uint32_t *slots;
	uint32_t *hashes; /* of each number */
	uint32_t room;	  /* a power of two */
	uint32_t count;
	uint32_t hashes_room;
};

struct explorer {
	struct machine machine;
	struct effort *effort;
	struct configuration *configurations;
	uint32_t configuration_count;
	uint32_t configuration_room;
	struct table configuration_hash;
	struct set *sets;
	uint32_t set_count;
	uint32_t set_room;
	struct table set_hash;
	uint32_t *members;
	uint32_t member_count;
	uint32_t member_room;
	uint32_t *next; /* [set][256]: set + 1, 0: dead */
	uint32_t next_room;
	struct ambiguity *ambiguity;
	bool by_evidence;     /* what costs are: evidence, else octets */
	bool stops_at_sure;   /* nothing behind "sure" is looked at */
	uint32_t sets_wanted; /* with so many it stops */
	uint32_t cost_max;    /* what costs as much is not expanded */
	uint32_t cut_at;      /* octets after which there was too much to look at, or WINDOW_MAX */
	uint32_t *buckets;    /* [cost]: entry + 1 of the first that costs so much */
	struct waiting *entries;
	uint32_t entry_count;
	uint32_t entry_room;
};

/* ---- automaton_sets.c ---- */

/* Room for one more item. */
int explorer_grow(void *array, uint32_t *room, uint32_t count, size_t size);

/* The state of these configurations, plus one; 0 when there are none.  -E2BIG when there are too many states. */
int explorer_state(struct explorer *explorer, const struct configurations *configurations, uint32_t parent,
		   uint8_t octet, uint32_t *ret_state);
