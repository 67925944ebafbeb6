/* function_register.c - who has which function id, over all reloads of one berthd.
 *
 * Called by plan_build.c in the supervisor.  An id is a serial number and a place; the place is where the
 * function's counters and pauses live in shared memory, the serial number makes the id unique. */
#include "rendezvous/function_register.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct registered {
	struct name name;
	uint64_t id;
	uint64_t generation; /* the last in which the function was configured */
};

struct function_register {
	void *by_name;		    /* tsearch(3) tree of struct registered */
	struct registered **places; /* borrowed from the tree; NULL: never used */
	uint32_t used;		    /* places ever used: 0 .. used - 1 */
	uint64_t serial;
};

static int compare_names(const void *a, const void *b)
{
	return memcmp(((const struct registered *)a)->name.text, ((const struct registered *)b)->name.text,
		      sizeof(struct name));
}

int function_register_create(struct function_register **ret_register)
{
	struct function_register *created = calloc(1, sizeof(*created));

	if (created == NULL) {
		return -ENOMEM;
	}
	created->places = calloc(FUNCTIONS_MAX, sizeof(struct registered *));
	if (created->places == NULL) {
		free(created);
		return -ENOMEM;
	}
	*ret_register = created;
	return 0;
}

struct function_register *function_register_destroy(struct function_register *function_register)
{
	if (function_register != NULL) {
		tdestroy(function_register->by_name, free);
		free(function_register->places);
		free(function_register);
	}
	return NULL;
}

/* A place nobody had, else one whose function has been gone for two generations or more, so that no process
 * can still mean the old one by it.  Changes nothing yet: what comes after may fail. */
static int find_place(const struct function_register *function_register, uint64_t generation, uint32_t *ret_place)
{
	if (function_register->used < FUNCTIONS_MAX) {
		*ret_place = function_register->used;
		return 0;
	}
	for (uint32_t place = 0; place < FUNCTIONS_MAX; place++) {
		if (function_register->places[place]->generation + 2 <= generation) {
			*ret_place = place;
			return 0;
		}
	}
	return -ENOSPC;
}

static void take_place(struct function_register *function_register, uint32_t place, struct registered *entry)
{
	struct registered *before = function_register->places[place];

	if (before != NULL) {
		tdelete(before, &function_register->by_name, compare_names);
		free(before);
	} else {
		function_register->used = place + 1;
	}
	function_register->places[place] = entry;
}

static int add_entry(struct function_register *function_register, const struct name *name, uint64_t generation,
		     struct registered **ret_entry)
{
	uint32_t place;
	int r = find_place(function_register, generation, &place);

	if (r < 0) {
		return r;
	}
	struct registered *entry = calloc(1, sizeof(*entry));
	if (entry == NULL) {
		return -ENOMEM;
	}
	entry->name = *name;
	if (tsearch(entry, &function_register->by_name, compare_names) == NULL) {
		free(entry);
		return -ENOMEM;
	}
	take_place(function_register, place, entry);
	function_register->serial++;
	entry->id = function_register->serial * FUNCTIONS_MAX + place;
	*ret_entry = entry;
	return 0;
}

int function_register_id(struct function_register *function_register, const struct name *name, uint64_t generation,
			 uint64_t *ret_id)
{
	struct registered wanted = { .name = *name };
	struct registered **found = tfind(&wanted, &function_register->by_name, compare_names);
	struct registered *entry;

	if (found != NULL && (*found)->generation + 1 >= generation) {
		entry = *found;
	} else if (found != NULL) { /* it was gone for a while: the same name, another function */
		entry = *found;
		function_register->serial++;
		entry->id = function_register->serial * FUNCTIONS_MAX + entry->id % FUNCTIONS_MAX;
	} else {
		int r = add_entry(function_register, name, generation, &entry);
		if (r < 0) {
			return r;
		}
	}
	entry->generation = generation;
	*ret_id = entry->id;
	return 0;
}
