/* check_numbering.c - a table of addresses, half empty, so that looking up costs next to nothing. */
#include "description/examine/check_numbering.h"

#include <errno.h>

enum { ROOM_FIRST = 16 };

/* The slot of the thing, or the free one where it belongs. */
static struct numbered *slot_of(const struct numbering *numbering, const void *thing)
{
	size_t at = (size_t)(((uint64_t)(uintptr_t)thing * UINT64_C(0x9e3779b97f4a7c15)) >> 32);

	for (;; at++) {
		struct numbered *slot = &numbering->slots[at & (numbering->room - 1)];
		if (slot->thing == NULL || slot->thing == thing) {
			return slot;
		}
	}
}

static int grow(struct numbering *numbering)
{
	struct numbering larger = *numbering;

	larger.room = numbering->room == 0 ? ROOM_FIRST : numbering->room * 2;
	larger.slots = arena_take(numbering->arena, larger.room * sizeof(*larger.slots));
	if (larger.slots == NULL) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < numbering->room; i++) {
		if (numbering->slots[i].thing != NULL) {
			*slot_of(&larger, numbering->slots[i].thing) = numbering->slots[i];
		}
	}
	*numbering = larger;
	return 0;
}

int numbering_add(struct numbering *numbering, const void *thing)
{
	if ((size_t)numbering->count * 2 >= numbering->room && grow(numbering) < 0) {
		return -ENOMEM;
	}
	struct numbered *slot = slot_of(numbering, thing);
	if (slot->thing == NULL) {
		*slot = (struct numbered){ .thing = thing, .number = numbering->count++ };
	}
	return 0;
}

uint32_t numbering_find(const struct numbering *numbering, const void *thing)
{
	if (numbering->room == 0) {
		return NOT_NUMBERED;
	}
	const struct numbered *slot = slot_of(numbering, thing);
	return slot->thing == NULL ? NOT_NUMBERED : slot->number;
}
