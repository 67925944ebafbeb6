/* view_pool.c - growing lists, and a pool in which each distinct text stands once.  Called by view_build.c only. */
#include "registry/view/view_pool.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void *list_push(struct list *list, size_t count)
{
	if (list->room - list->count < count) {
		size_t room = list->room * 2 + count + 64;
		void *items = reallocarray(list->items, room, list->item_size);
		if (items == NULL) {
			return NULL;
		}
		list->items = items;
		list->room = room;
	}
	list->count += count;
	return (char *)list->items + (list->count - count) * list->item_size;
}

int view_pool_init(struct view_pool *pool, struct list *texts)
{
	char *nothing = list_push(texts, 1);

	if (nothing == NULL) {
		return -ENOMEM;
	}
	*nothing = '\0';
	*pool = (struct view_pool){ .texts = texts };
	/* Nobody can then choose texts that all fall into one slot. */
	crypto_shorthash_keygen(pool->hash_key);
	return 0;
}

void view_pool_finish(struct view_pool *pool)
{
	free(pool->slots);
}

const char *view_pool_text(const struct view_pool *pool, uint32_t offset)
{
	return (const char *)pool->texts->items + offset;
}

/* The slot where this text stands, or the free one where it would. */
static uint32_t *find_slot(const struct view_pool *pool, const char *text, size_t size)
{
	uint64_t hash;
	uint8_t octets[crypto_shorthash_BYTES];

	static_assert(sizeof(octets) == sizeof(hash), "one number holds a hash");
	crypto_shorthash(octets, (const uint8_t *)text, size, pool->hash_key);
	memcpy(&hash, octets, sizeof(hash));
	for (size_t i = hash & (pool->slot_count - 1);; i = (i + 1) & (pool->slot_count - 1)) {
		if (pool->slots[i] == 0 || strcmp(view_pool_text(pool, pool->slots[i]), text) == 0) {
			return &pool->slots[i];
		}
	}
}

static int grow_slots(struct view_pool *pool)
{
	uint32_t *old = pool->slots;
	size_t old_count = pool->slot_count;
	size_t count = old_count == 0 ? 4096 : old_count * 2;
	uint32_t *slots = calloc(count, sizeof(*slots));

	if (slots == NULL) {
		return -ENOMEM;
	}
	pool->slots = slots;
	pool->slot_count = count;
	for (size_t i = 0; i < old_count; i++) {
		if (old[i] != 0) {
			const char *text = view_pool_text(pool, old[i]);
			*find_slot(pool, text, strlen(text)) = old[i];
		}
	}
	free(old);
	return 0;
}

/* Behind the last text; 0 or an error. */
static int append(struct view_pool *pool, const char *text, size_t size, uint32_t *slot)
{
	char *place;

	if (pool->texts->count + size >= UINT32_MAX) {
		return -EFBIG;
	}
	place = list_push(pool->texts, size + 1);
	if (place == NULL) {
		return -ENOMEM;
	}
	memcpy(place, text, size + 1);
	*slot = (uint32_t)(pool->texts->count - size - 1);
	pool->slots_used++;
	return 0;
}

int view_pool_put(struct view_pool *pool, const char *text, uint32_t *ret_offset)
{
	size_t size = strlen(text);
	uint32_t *slot;
	int r = 0;

	if (size == 0) {
		*ret_offset = 0;
		return 0;
	}
	if (pool->slots_used * 2 >= pool->slot_count && grow_slots(pool) < 0) {
		return -ENOMEM;
	}
	slot = find_slot(pool, text, size);
	if (*slot == 0) {
		r = append(pool, text, size, slot);
	}
	if (r == 0) {
		*ret_offset = *slot;
	}
	return r;
}
