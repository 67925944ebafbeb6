/* machine_run.h - one configuration on its way.  Private to machine*.c.
 *
 *	machine.c	   an octet, from outside
 *	machine_settle.c   instructions that take no octet, up to those that do
 *	machine_take.c	   instructions that take an octet
 *	machine_number.c   numbers among them */
#pragma once

#include "description/machine/machine.h"
#include "description/machine/machine_number.h"

enum {
	SETTLE_MAX =
		4096,  /* instructions at one octet; only a loop without octets, or many readings at once, take more */
	DIVE_MAX = 24, /* texts that end one behind the other with the same octet */
};

static inline struct strand *running(struct configuration *configuration)
{
	return configuration->in_carrier ? &configuration->carrier : &configuration->message;
}

static inline const struct strand *runs(const struct configuration *configuration)
{
	return configuration->in_carrier ? &configuration->carrier : &configuration->message;
}

static inline const struct instruction *instruction_of(const struct machine *machine, const struct strand *strand)
{
	return program_instructions(machine->program) + strand->at;
}

/* What is left of the innermost block, or SIZE_BIG where there is none. */
static inline uint32_t left_in(const struct strand *strand)
{
	return strand->depth > 0 ? strand->left[strand->depth - 1] : SIZE_BIG;
}

static inline void go_to(struct strand *strand, uint32_t at)
{
	strand->at = (uint16_t)at;
	strand->count = 0;
	strand->begun = 0;
}

static inline void go_on(struct strand *strand)
{
	go_to(strand, strand->at + 1U);
}

/* Where the next configuration goes: behind the others, so that it need not be moved there later. */
static inline struct configuration *place_behind(struct configurations *to, struct configuration *otherwise)
{
	return to->count < CONFIGURATIONS_MAX ? &to->items[to->count] : otherwise;
}

/* ---- machine_settle.c ---- */

/* Adds to `to` where the configuration leads before the next octet; `budget` is lessened by each instruction.  It is
 * used up, and may stand behind the others in `to`. */
void settle(const struct machine *machine, struct configuration *configuration, unsigned *budget,
	    struct configurations *to);

/* The item may end here; for words and numbers this also sets the value. */
bool may_leave(const struct machine *machine, const struct instruction *instruction, struct strand *strand);

/* The code that ended here at once, or 0: the configuration that went on from it stands beside this one. */
uint32_t word_has_left(const struct machine *machine, const struct instruction *instruction,
		       const struct strand *strand);

/* ---- machine_take.c ---- */

/* Words begin at the root of their tree; a strand's value says whether a word that is no code can still be one:
 * WORD_EMPTY and WORD_BEGUN, or WORD_OVER. */
enum { WORD_OVER = -1, WORD_EMPTY = 0, WORD_BEGUN = 1 };

/* Gives an octet to the instruction; `ret_is_text` is false when it belongs to no value. */
enum taken take_octet(const struct machine *machine, const struct instruction *instruction, struct strand *strand,
		      uint8_t octet, bool *ret_is_text);
