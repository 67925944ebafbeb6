/* classifier_build.h - a classifier under construction.  Private to classifier_build*.c.
 *
 *	classifier_build.c	 automata of all messages, and the finished block
 *	classifier_build_table.c the deciding table: all automata side by side
 *	classifier_build_names.c functions, their conditions, and the hash tables that find them */
#pragma once

#include "description/classifier/classifier_table.h"

/* The block as it grows.  Offsets stay, addresses do not. */
struct block {
	char *octets;
	size_t used;
	size_t room;
	int failed; /* -ENOMEM once memory was short, else 0 */
};

/* Room for `size` octets, zeroed, aligned for anything.  Returns its offset; after a failure 0. */
uint32_t block_take(struct block *block, size_t size);
uint32_t block_put(struct block *block, const void *octets, size_t size);
void *block_at(const struct block *block, uint32_t at);

enum { MESSAGE_STATES_MAX = 0xFFFE };

struct build_message {
	uint32_t protocol;
	uint32_t message;
	bool weak;
	bool sure;
	bool crowded; /* too many others live on where it is proved, so that must be looked at too */
	bool whole;   /* its automaton was built for the whole window */
	struct automaton *automaton;
};

struct build {
	const struct classifier_protocol *protocols;
	size_t protocol_count;
	const struct classifier_function *functions;
	size_t function_count;
	struct build_message *messages;
	uint32_t message_count;
	int32_t *priorities; /* of each protocol: the highest of its functions */
	struct block block;
};

/* ---- classifier_build_table.c ---- */

struct build_table {
	uint16_t *next; /* free() */
	uint16_t *whole;
	struct table_few *few;
	uint32_t few_count;
	uint32_t states;
	uint32_t classes_count;
	uint8_t classes[256];
};

/* Marks messages as crowded.  0, -E2BIG or -ENOMEM. */
int build_table(struct build *build, struct build_table *ret_table);

/* ---- classifier_build_names.c ---- */

/* Functions, conditions and names into the block.  0, -ENOMEM, or -EINVAL with the offending selector. */
int build_names(struct build *build, uint32_t protocols_at, uint32_t functions_at, struct text *ret_offender);
