/* example_writer.h - what an example is written with.  Private to example*.c.
 *
 *	example.c	  tries, carriers, and what the header promises
 *	example_block.c	  blocks: optional, repeated, with alternatives
 *	example_counted.c counted blocks
 *	example_field.c	  fields: literals, what is carried
 *	example_number.c  numbers, bits
 *	example_text.c	  words, text, octets
 *	example_choice.c  which value a number gets, so that what depends on it can be met
 *	example_mutate.c  one thing wrong
 *
 * Every item is written so that its size is in the room it was given.  Where that cannot be, its function
 * returns -EAGAIN, and a block around it is tried again with other choices: counted blocks and repetitions a
 * few times, the whole message TRIES_MAX times, all of it at most STEPS_MAX items. */
#pragma once

#include <stdbool.h>

#include "description/examine/check_extent.h"
#include "description/example/example.h"

enum {
	BLOCK_TRIES = 16,   /* of one counted block or repetition */
	STEPS_MAX = 500000, /* items written or measured for one example */
	MARKS_MAX = 4096,
	VALUES_MAX = 4096,
	WITHIN_MAX = 100,	   /* blocks within blocks, formats written out */
	OCTETS_ADDED_MAX = 300,	   /* what a string of the largest example has above its least size */
	OCTETS_ADDED_TYPICAL = 12, /* of a string without a natural text */
};

/* Sizes that somebody may choose; signed, so that sums of what is left can be below zero. */
struct room {
	int64_t low, high;
};

#define ROOM_MAX (INT64_C(1) << 40) /* no size is larger */

/* A field and the value that it has now. */
struct known_value {
	const struct item *item;
	const char *bit_name; /* of a field of bits { }, else NULL */
	int64_t value;
	bool is_known; /* false: a length whose block is being written */
};

/* Why it matters which value a field has. */
enum use_kind {
	USE_SIZE,  /* a string or block has so many octets */
	USE_COUNT, /* something is repeated so often */
	USE_CASE,  /* a switch goes by it */
	USE_TEST,  /* an expression compares it */
};

struct use {
	struct use *next;
	enum use_kind kind;
	const struct item *field;
	const char *bit_name;
	const struct item *user;
};

/* A text that ended before its most: what follows it must not be read as more of it. */
struct open_text {
	const uint8_t *set; /* NULL: there is none */
	size_t end;
};

/* A format that is being written, within others. */
struct active_format {
	const struct active_format *outer;
	const struct format *format;
};

struct writer {
	struct arena *arena;
	enum example_size size;
	uint64_t random;
	bool is_first_try; /* the sizes that were asked for; later tries mix in others */
	struct extents extents;
	const struct use *uses;
	uint8_t *octets;
	size_t room;
	size_t used;
	struct example_mark *marks;
	size_t mark_count;
	struct known_value *values;
	size_t value_count;
	unsigned steps;
	unsigned within;
	const struct active_format *formats;
	struct open_text open_text;
	int64_t block_end; /* where the innermost counted block ends; -1: not known yet */
	/* Of a carrier: the message that it carries, and what its next body takes of that. */
	const struct writer *carried;
	size_t carried_at;
	size_t carried_size;
};

/* ---- example.c ---- */

/* A number from low to high. */
int64_t writer_random(struct writer *writer, int64_t low, int64_t high);

/* The least, the most, or one between, as the size of the example wants it; on later tries any of them. */
int64_t writer_pick(struct writer *writer, int64_t low, int64_t high);

/* What was written from a certain place on can be taken back. */
struct writer_place {
	size_t used, mark_count, value_count, carried_at;
};
struct writer_place writer_here(const struct writer *writer);
void writer_back(struct writer *writer, struct writer_place place);

/* 0 or -EAGAIN where there is no room.  `octets` may be NULL: zeros. */
int writer_put(struct writer *writer, const void *octets, size_t size);

/* A mark for what was written from `offset` on.  0 or -EAGAIN. */
int writer_mark(struct writer *writer, const struct item *item, enum mark_kind kind, size_t offset, int64_t value);

int writer_set_value(struct writer *writer, const struct item *item, const char *bit_name, int64_t value,
		     bool is_known);

/* 0 or -EAGAIN: not known here. */
int writer_evaluate(const struct writer *writer, const struct expression *expression, int64_t *ret_value);
int writer_value_of(const struct writer *writer, const struct item *item, const char *bit_name, int64_t *ret_value);

/* ---- sizes ---- */

/* A size of an extent; none is larger than ROOM_MAX. */
static inline int64_t as_size(uint64_t size)
{
	return size > (uint64_t)ROOM_MAX ? ROOM_MAX : (int64_t)size;
}

static inline bool fits(int64_t size, struct room room)
{
	return size >= room.low && size <= room.high;
}

static inline int64_t written_since(const struct writer *writer, size_t start)
{
	return (int64_t)(writer->used - start);
}

/* ---- example_block.c ---- */

int write_block(struct writer *writer, const struct item *block, struct room room);

/* What the block takes; costs steps. */
struct extent measure_block(struct writer *writer, const struct item *block);

/* ---- example_counted.c ---- */

int write_sized(struct writer *writer, const struct item *item, struct room room);
int write_within(struct writer *writer, const struct item *item, struct room room);

/* ---- example_field.c ---- */

int write_field(struct writer *writer, const struct item *item, struct room room);

/* ---- example_number.c ---- */

int write_number(struct writer *writer, const struct item *item, struct number_type type, struct room room);
int write_bits(struct writer *writer, const struct item *item, struct room room);

/* Writes one number, with its mark.  0 or -EAGAIN. */
int writer_put_number(struct writer *writer, const struct item *item, enum mark_kind kind, struct number_type type,
		      int64_t value);

/* What is left for others once a number of this type is written. */
struct room room_behind(struct number_type type, struct room room);

/* Octets of a number in its shortest form; at most NUMBER_OCTETS_MAX.  0: it cannot be written. */
enum { NUMBER_OCTETS_MAX = 24 };
size_t number_octets(struct number_type type, int64_t value, uint8_t octets[NUMBER_OCTETS_MAX]);

/* ---- example_text.c ---- */

int write_word(struct writer *writer, const struct item *item, struct room room);
int write_text(struct writer *writer, const struct item *item, struct room room);
int write_string(struct writer *writer, const struct item *item, struct room room);
int write_any_of(struct writer *writer, const struct item *item, struct room room);

/* ---- example_choice.c ---- */

/* All uses of fields in the block and the formats it is made of.  0 or -ENOMEM. */
int collect_uses(struct arena *arena, const struct extents *extents, const struct item *block,
		 const struct use **ret_uses);

/* A legal value for the field; `room` is what the field and everything up to the end of its block may have. */
int64_t choose_value(struct writer *writer, const struct item *item, const struct bit_field *bits, struct room room);

/* True when the field may have this value. */
bool value_is_legal(const struct item *item, const struct bit_field *bits, int64_t value);
