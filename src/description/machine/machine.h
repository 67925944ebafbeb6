/* machine.h - runs programs, an octet at a time: the one place that knows what instructions mean.
 *
 * Two ways to run the same instructions:
 *
 *	exactly		every length and value as it is (reader.c)
 *	in a window	what cannot matter within the next WINDOW_MAX octets is forgotten, so that the number of
 *			configurations is finite and small (automaton.c)
 *
 * A description may be undecided for an octet or two (maybe, text that ends where the next begins), so a step leads
 * from one configuration to any number, usually to one or none.  Pure; allocates nothing. */
#pragma once

#include "description/machine/program.h"

enum { CONFIGURATIONS_MAX = 32 };

#define SIZE_BIG UINT32_MAX /* a size or count that cannot end within the window */

/* One of the two things that run: the message, and what carries it. */
struct strand {
	uint16_t at;		   /* its instruction */
	uint16_t count;		   /* octets that this instruction has taken, or its own reckoning */
	uint16_t depth;		   /* open blocks */
	uint16_t begun;		   /* the instruction was prepared for its first octet */
	uint32_t left[SCOPES_MAX]; /* octets left in each, the outermost first */
	int64_t value;
};

/* What tells configurations apart comes first, the rest belongs to exact runs only. */
struct configuration {
	struct strand message;
	struct strand carrier;
	int64_t registers[REGISTERS_MAX];
	bool in_carrier; /* the carrier's header is being read */
	bool carried;	 /* there is a carrier */
	bool sure;
	uint8_t selector;    /* that is being read, from 1; 0: none */
	uint32_t notes;	     /* the last note of what was read so far, from 1; 0: none */
	uint32_t value_at;   /* where the octets of the value that is being read are kept, */
	uint32_t value_kept; /* and how many */
	uint64_t value_size; /* and how many it has */
};

/* Of large things on the stack that are filled as far as they are used: the compiler shall not zero them first. */
#define UNFILLED __attribute__((uninitialized))

/* Of functions that need such things but seldom run: in a caller's frame these would cost every call of it. */
#define APART __attribute__((noinline))

struct configurations {
	unsigned count;
	bool overflow; /* more than CONFIGURATIONS_MAX: the description is hopelessly ambiguous */
	struct configuration items[CONFIGURATIONS_MAX];
};

/* Cheaper than zeroing all of it. */
static inline void configurations_clear(struct configurations *configurations)
{
	configurations->count = 0;
	configurations->overflow = false;
}

enum {
	NOTES_MAX = 256,
	VALUE_KEPT_MAX = 1024, /* octets of one value, and as many of the last piece of it */
};

/* A value that was read.  Those of one configuration hang together from the last to the first. */
struct note {
	uint32_t selector;
	uint32_t code; /* its value is the name of this code, from 1; or 0: */
	uint32_t at;   /* octets that are kept */
	uint32_t size;
	bool cut;	 /* there were more */
	uint32_t before; /* another note, from 1; 0: none */
};

struct notes {
	uint32_t count;	 /* what does not fit is not noted */
	uint32_t used;	 /* octets that are kept so far, */
	uint32_t room;	 /* how many more can be, */
	uint32_t wanted; /* and how many of those that are being taken belong to a value */
	struct note items[NOTES_MAX];
};

struct machine {
	const struct program *program;
	bool exact;
	struct notes *notes; /* of an exact run; NULL: nobody wants values */
};

/* Before the first octet of a message. */
void machine_start(const struct machine *machine, unsigned message, struct configurations *ret_configurations);

/* Adds to `to` where this octet leads.  `from` may be what stands behind the others in `to`: then nothing is copied,
 * and it is used up.  Returns what it took: instructions that were passed. */
unsigned machine_step(const struct machine *machine, const struct configuration *from, uint8_t octet,
		      struct configurations *to);

/* An octet that leads to the same configurations as this one, and is lower where that is easily said. */
uint8_t machine_alike(const struct machine *machine, const struct configuration *configuration, uint8_t octet);

/* The message may end here. */
bool machine_complete(const struct machine *machine, const struct configuration *configuration);

/* The same; `ret_end` is how it stands then, with the values that end there. */
bool machine_end(const struct machine *machine, const struct configuration *configuration,
		 struct configuration *ret_end);

/* Something here cannot end within the window. */
bool machine_beyond(const struct machine *machine, const struct configuration *configuration);

/* How many of these octets only bring an instruction on that takes more of the same: what is not looked at, and text.
 * 0 or 1: the machine must step. */
uint32_t machine_skippable(const struct machine *machine, const struct configuration *configuration,
			   const uint8_t *octets, size_t size);

/* Takes `size` octets at once; at most machine_skippable. */
void machine_skip(const struct machine *machine, const struct configuration *from, uint32_t size,
		  struct configurations *to);
