/* arena.h - memory that is taken piece by piece and given back at once.
 *
 * Settings are thousands of short texts that live and die together; so nobody frees one of them,
 * and whatever an error leaves half built goes the same way as the rest. */
#pragma once

#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks; /* the newest first; NULL before the first piece */
};

/* Zeroed memory, aligned for anything, or NULL when there is none. */
void *arena_take(struct arena *arena, size_t size);

/* A copy of `size` octets and a NUL behind them, or NULL. */
char *arena_text(struct arena *arena, const char *octets, size_t size);

/* Gives back every piece; the arena can be used again. */
void arena_finish(struct arena *arena);
