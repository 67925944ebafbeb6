/* arena.c - memory that is taken piece by piece and given back at once.  Called while settings are
 * built. */
#include "config/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_SIZE = 65536 };

struct arena_chunk {
	struct arena_chunk *older;
	size_t size;
	size_t used;
	alignas(max_align_t) unsigned char octets[];
};

static struct arena_chunk *add_chunk(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk;

	if (size > SIZE_MAX / 2) {
		return NULL;
	}
	size = size > CHUNK_SIZE ? size : CHUNK_SIZE;
	chunk = calloc(1, sizeof(*chunk) + size);
	if (chunk == NULL) {
		return NULL;
	}
	chunk->size = size;
	chunk->older = arena->chunks;
	arena->chunks = chunk;
	return chunk;
}

void *arena_take(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk = arena->chunks;
	void *piece;

	if (chunk == NULL || size > chunk->size - chunk->used) {
		chunk = add_chunk(arena, size);
		if (chunk == NULL) {
			return NULL;
		}
	}
	piece = chunk->octets + chunk->used;
	size += -size % alignof(max_align_t);
	chunk->used = size < chunk->size - chunk->used ? chunk->used + size : chunk->size;
	return piece;
}

char *arena_text(struct arena *arena, const char *octets, size_t size)
{
	char *text = arena_take(arena, size + 1);

	if (text != NULL) {
		memcpy(text, octets, size);
	}
	return text;
}

void arena_finish(struct arena *arena)
{
	while (arena->chunks != NULL) {
		struct arena_chunk *older = arena->chunks->older;

		free(arena->chunks);
		arena->chunks = older;
	}
}
