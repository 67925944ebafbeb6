/* callers.c - a hash table of the sources that have connections.  Called by connection.c.
 *
 * Laid out once: a source is in it only while it has a connection, so it can never be full.  Keys are spread already
 * (base/address.c), so their low bits are the bucket. */
#include "relay/callers.h"

#include <errno.h>
#include <stdlib.h>

/* Indexes of entries are one more than their place, so that zeroed memory is an empty table. */
struct caller {
	uint64_t key;
	uint32_t count;
	uint32_t next; /* in its bucket, or of the unused ones */
};

struct callers {
	struct caller *entries;
	uint32_t *buckets;
	uint32_t mask;
	uint32_t unused;  /* the first that was used before */
	uint32_t touched; /* of the entries */
};

int callers_create(uint32_t connections_max, struct callers **ret_callers)
{
	struct callers *callers = calloc(1, sizeof(*callers));
	uint32_t size = 16;

	if (callers == NULL) {
		return -ENOMEM;
	}
	while (size < connections_max) {
		size *= 2;
	}
	callers->mask = size - 1;
	callers->buckets = calloc(size, sizeof(uint32_t));
	callers->entries = calloc(connections_max, sizeof(struct caller));
	if (callers->buckets == NULL || callers->entries == NULL) {
		callers_destroy(callers);
		return -ENOMEM;
	}
	*ret_callers = callers;
	return 0;
}

struct callers *callers_destroy(struct callers *callers)
{
	if (callers != NULL) {
		free(callers->buckets);
		free(callers->entries);
		free(callers);
	}
	return NULL;
}

/* Where the index of this source stands, or 0 at the end of its bucket. */
static uint32_t *find(struct callers *callers, uint64_t key)
{
	uint32_t *index = &callers->buckets[key & callers->mask];

	while (*index != 0 && callers->entries[*index - 1].key != key) {
		index = &callers->entries[*index - 1].next;
	}
	return index;
}

static uint32_t take_unused(struct callers *callers)
{
	uint32_t index = callers->unused;

	if (index == 0) {
		return ++callers->touched;
	}
	callers->unused = callers->entries[index - 1].next;
	return index;
}

bool callers_enter(struct callers *callers, uint64_t source_key, uint32_t most)
{
	uint32_t *index = find(callers, source_key);

	if (*index == 0) {
		*index = take_unused(callers);
		callers->entries[*index - 1] = (struct caller){ .key = source_key };
	}
	struct caller *caller = &callers->entries[*index - 1];
	if (caller->count >= most) {
		return false;
	}
	caller->count++;
	return true;
}

void callers_leave(struct callers *callers, uint64_t source_key)
{
	uint32_t *index = find(callers, source_key);
	uint32_t left = *index;
	struct caller *caller = &callers->entries[left - 1];

	if (--caller->count == 0) {
		*index = caller->next;
		caller->next = callers->unused;
		callers->unused = left;
	}
}
