/* view_pool.h - growing lists, and a pool in which each distinct text stands once.  Private to view_build.c. */
#pragma once

#include <sodium.h>
#include <stddef.h>
#include <stdint.h>

/* Things of one size in one piece of memory. */
struct list {
	void *items;
	size_t count;
	size_t room;
	size_t item_size;
};

/* Places for `count` more things at the end of the list, or NULL. */
void *list_push(struct list *list, size_t count);

struct view_pool {
	struct list *texts; /* octets; those of the caller's */
	/* Where each distinct text stands, found by its hash; 0 is a free slot. */
	uint32_t *slots;
	size_t slot_count; /* a power of two */
	size_t slots_used;
	uint8_t hash_key[crypto_shorthash_KEYBYTES];
};

/* An empty list of octets becomes a pool with the empty text in it.  0 or -ENOMEM. */
int view_pool_init(struct view_pool *pool, struct list *texts);
void view_pool_finish(struct view_pool *pool); /* the texts stay */

/* The place of a text, which is put in when it was not there.  0, -ENOMEM, or -EFBIG: more than 32 bits can say. */
int view_pool_put(struct view_pool *pool, const char *text, uint32_t *ret_offset);

/* The text at a place that view_pool_put gave. */
const char *view_pool_text(const struct view_pool *pool, uint32_t offset);
