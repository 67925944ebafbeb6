/* check_numbering.h - numbers things of a tree, so that arrays can say something about them.  Private to the checks. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "config/arena.h"

#define NOT_NUMBERED UINT32_MAX

struct numbered {
	const void *thing;
	uint32_t number;
};

/* Zeroed but for `arena`, which holds the table. */
struct numbering {
	struct arena *arena;
	struct numbered *slots; /* by address; thing NULL: free */
	size_t room;
	uint32_t count;
};

/* The thing's number, from 0 in the order of adding; a thing known already keeps its number.  0 or -ENOMEM. */
int numbering_add(struct numbering *numbering, const void *thing);

/* NOT_NUMBERED: never added. */
uint32_t numbering_find(const struct numbering *numbering, const void *thing);
