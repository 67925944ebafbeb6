/* example.h - example messages, made from their description.
 *
 * For documents, for tests of those who implement the protocol, and as the beginnings of fuzzing.  A message is
 * written from its first field to its last, counted blocks before their lengths, and values that later fields
 * depend on so that these can be met.  Nothing here reads messages: reader.h judges what is made here, and they
 * share no code. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "config/arena.h"
#include "description/language/tree.h"

enum example_size {
	EXAMPLE_SMALLEST, /* every value and size the least, nothing optional */
	EXAMPLE_TYPICAL,
	EXAMPLE_LARGEST, /* every value the most, everything optional; strings end at a few hundred octets */
};

enum mark_kind {
	MARK_FIELD,
	MARK_LENGTH, /* the length before a counted block or string */
	MARK_END,    /* what ends a repetition */
};

/* Which octets are which field, in the order of the message. */
struct example_mark {
	const struct item *item;
	enum mark_kind kind;
	size_t offset;
	size_t size;
	int64_t value; /* of numbers and codes; of a word the place of its code in the set, or -1 */
	bool goes_on;  /* of a field that was begun in the unit before, carried in another message */
};

struct example {
	struct arena arena; /* of all that follows */
	const uint8_t *octets;
	size_t size;
	const struct example_mark *marks;
	size_t mark_count;
};

/* The message that belongs to `seed`, of at most `room` octets, carrier included.  0; -EDOM when none was found
 * that fits in the room and all conditions; -ENOMEM.  Ends soon whatever the description says. */
int example_make(const struct protocol *protocol, const struct message *message, uint64_t seed, enum example_size size,
		 size_t room, struct example *ret_example);

void example_finish(struct example *example);

/* A message with one thing wrong: a literal, a code, a number out of its range, a length, or its end cut off.
 * At most `room` octets at ret_octets; *ret_what says which.  As example_make; -EDOM also when nothing can be wrong
 * with this message. */
int example_mutate(const struct protocol *protocol, const struct message *message, uint64_t seed, size_t room,
		   uint8_t *ret_octets, size_t *ret_size, const char **ret_what);
