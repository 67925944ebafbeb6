/* collide.h - can two messages be told apart by their octets, and from which octet on?
 *
 * Two automata side by side: what neither refuses is common to both.  "Disjoint" is a proof; a collision is
 * confirmed by reading its witness exactly. */
#pragma once

#include "description/automaton/automaton.h"

enum { WITNESS_MAX = 256 };

enum collision {
	COLLISION_NONE,	  /* no octets are both; after `octets` of them it is certain which */
	COLLISION_INSIDE, /* one may end where the other goes on: only silence tells them apart */
	COLLISION_BOTH,	  /* the witness is a whole message of both */
	COLLISION_WINDOW, /* the witness begins both, and the window is over before they part */
};

struct collision_result {
	enum collision kind;
	uint32_t octets; /* NONE: the longest common beginning and one; 0: text without end may come before it */
	uint8_t witness[WITNESS_MAX];
	uint32_t witness_size;
	bool open;	     /* an automaton has not looked that far (STATE_PROVED): more may be common */
	bool confirmed;	     /* BOTH and INSIDE: both exact readers agree about the witness */
	bool inside_is_left; /* INSIDE: the first message is the one that ends */
};

/* A message with its automaton. */
struct collidable {
	const struct program *program;
	unsigned message;
	const struct automaton *automaton;
};

/* 0 or -ENOMEM. */
int collide(const struct collidable *left, const struct collidable *right, struct collision_result *ret_result);

/* The same within what may be spent, which is lessened; -E2BIG when that is not enough. */
int collide_within(const struct collidable *left, const struct collidable *right, struct effort *effort,
		   struct collision_result *ret_result);
