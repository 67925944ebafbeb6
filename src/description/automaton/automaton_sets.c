/* automaton_sets.c - numbers for configurations and for sets of them: each is kept once, and found by its hash. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "description/automaton/automaton_explore.h"

enum { SET_MAX = CONFIGURATIONS_MAX, HASH_ROOM = 1 << 12 };

static uint32_t hash_of(const void *octets, size_t size)
{
	const uint64_t *words = octets;
	uint64_t hash = 0x9E3779B97F4A7C15U;

	for (size_t i = 0; i < size / sizeof(uint64_t); i++) {
		hash = (hash ^ words[i]) * 0xFF51AFD7ED558CCDU;
		hash ^= hash >> 32;
	}
	return (uint32_t)hash;
}

int explorer_grow(void *array, uint32_t *room, uint32_t count, size_t size)
{
	void **items = array;

	if (count < *room) {
		return 0;
	}
	uint32_t wanted = *room == 0 ? 256 : *room * 2;
	void *moved = reallocarray(*items, wanted, size);
	if (moved == NULL) {
		return -ENOMEM;
	}
	*items = moved;
	*room = wanted;
	return 0;
}

static void table_put(struct table *table, uint32_t number)
{
	uint32_t slot = table->hashes[number] & (table->room - 1);

	while (table->slots[slot] != 0) {
		slot = (slot + 1) & (table->room - 1);
	}
	table->slots[slot] = number + 1;
}

/* The next number, for what has this hash. */
static int table_add(struct table *table, uint32_t hash)
{
	if (explorer_grow(&table->hashes, &table->hashes_room, table->count, sizeof(uint32_t)) < 0) {
		return -ENOMEM;
	}
	table->hashes[table->count++] = hash;
	if (table->count * 2 > table->room) {
		uint32_t room = table->room == 0 ? HASH_ROOM : table->room * 2;
		uint32_t *slots = calloc(room, sizeof(uint32_t));
		if (slots == NULL) {
			return -ENOMEM;
		}
		free(table->slots);
		table->slots = slots;
		table->room = room;
		for (uint32_t i = 0; i + 1 < table->count; i++) {
			table_put(table, i);
		}
	}
	table_put(table, table->count - 1);
	return 0;
}

static_assert(sizeof(struct configuration) % sizeof(uint64_t) == 0, "it is hashed by words");

/* The number of this configuration, a new one if need be. */
static int configuration_number(struct explorer *explorer, const struct configuration *configuration,
				uint32_t *ret_number)
{
	const struct table *table = &explorer->configuration_hash;
	uint32_t hash = hash_of(configuration, sizeof(*configuration));

	for (uint32_t slot = hash; table->room > 0 && table->slots[slot & (table->room - 1)] != 0; slot++) {
		uint32_t number = table->slots[slot & (table->room - 1)] - 1;
		if (memcmp(&explorer->configurations[number], configuration, sizeof(*configuration)) == 0) {
			*ret_number = number;
			return 0;
		}
	}
	if (explorer->configuration_count >= explorer->effort->states_max) {
		return -E2BIG;
	}
	if (explorer_grow(&explorer->configurations, &explorer->configuration_room, explorer->configuration_count,
			  sizeof(struct configuration)) < 0) {
		return -ENOMEM;
	}
	*ret_number = explorer->configuration_count++;
	explorer->configurations[*ret_number] = *configuration;
	return table_add(&explorer->configuration_hash, hash);
}

static uint32_t hash_of_set(const uint32_t *members, uint32_t count)
{
	uint32_t hash = 2166136261U;

	for (uint32_t i = 0; i < count; i++) {
		hash = (hash ^ members[i]) * 16777619U;
		hash ^= hash >> 15;
	}
	return hash;
}

static int add_set(struct explorer *explorer, const uint32_t *members, uint32_t count, uint32_t parent, uint8_t octet)
{
	if (explorer->set_count >= explorer->effort->states_max) {
		return -E2BIG;
	}
	if (explorer_grow(&explorer->sets, &explorer->set_room, explorer->set_count, sizeof(struct set)) < 0) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (explorer_grow(&explorer->members, &explorer->member_room, explorer->member_count,
				  sizeof(uint32_t)) < 0) {
			return -ENOMEM;
		}
		explorer->members[explorer->member_count++] = members[i];
	}
	explorer->sets[explorer->set_count++] = (struct set){
		.first = explorer->member_count - count,
		.count = count,
		.parent = parent,
		.octet = octet,
		.cost = UINT32_MAX,
	};
	return 0;
}

static int set_number(struct explorer *explorer, const uint32_t *members, uint32_t count, uint32_t parent,
		      uint8_t octet, uint32_t *ret_number)
{
	const struct table *table = &explorer->set_hash;
	uint32_t hash = hash_of_set(members, count);

	for (uint32_t slot = hash; table->room > 0 && table->slots[slot & (table->room - 1)] != 0; slot++) {
		uint32_t number = table->slots[slot & (table->room - 1)] - 1;
		const struct set *known = &explorer->sets[number];
		if (known->count == count &&
		    memcmp(explorer->members + known->first, members, count * sizeof(uint32_t)) == 0) {
			*ret_number = number;
			return 0;
		}
	}
	int r = add_set(explorer, members, count, parent, octet);
	if (r < 0) {
		return r;
	}
	*ret_number = explorer->set_count - 1;
	return table_add(&explorer->set_hash, hash);
}

static int by_number(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left;
	uint32_t b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

int explorer_state(struct explorer *explorer, const struct configurations *configurations, uint32_t parent,
		   uint8_t octet, uint32_t *ret_state)
{
	uint32_t members[SET_MAX];

	if (configurations->overflow) {
		return -E2BIG;
	}
	for (unsigned i = 0; i < configurations->count; i++) {
		int r = configuration_number(explorer, &configurations->items[i], &members[i]);
		if (r < 0) {
			return r;
		}
	}
	*ret_state = 0;
	if (configurations->count == 0) {
		return 0;
	}
	qsort(members, configurations->count, sizeof(members[0]), by_number);
	int r = set_number(explorer, members, configurations->count, parent, octet, ret_state);
	*ret_state += 1;
	return r;
}
