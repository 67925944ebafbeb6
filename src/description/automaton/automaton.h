/* automaton.h - all that the first WINDOW_MAX octets of one message can be, as a table.
 *
 * A regular over-approximation: what the automaton refuses the message never begins with; what it accepts may still be
 * refused by the exact reader (equal lengths that stand far apart).  Sizes above the window never end in it. */
#pragma once

#include "description/language/effort.h"
#include "description/machine/program.h"

enum {
	STATE_DEAD = 0, /* nothing the message begins with */
	STATE_START = 1,
	STATES_MAX = 65535,
	STATES_BUILT_MAX = 200000, /* before equal ones are joined */
	EVIDENCE_BIT = 8,	   /* evidence is counted in eighths of a bit */
	EVIDENCE_DECIDES = 24 * EVIDENCE_BIT,
	EVIDENCE_WHOLE = 12 * EVIDENCE_BIT, /* of a message that is whole */
	EVIDENCE_PLAIN = 2 * EVIDENCE_BIT,  /* at most, of a zero and of an octet equal to the one before */
	EVIDENCE_LETTER = 5 * EVIDENCE_BIT, /* at most, of a letter or digit */
};

enum {
	STATE_COMPLETE = 1, /* the message may end here */
	STATE_SURE = 2,	    /* its author is sure of it here */
	STATE_PROVED = 4,   /* enough is known: nothing behind it was looked at */
};

/* A flag of the finished automaton: the message can become whole from here, within what was looked at. */
enum { STATE_ENDS = 8 };

enum automaton_extent {
	AUTOMATON_WINDOW, /* the whole window: for the examiner */
	AUTOMATON_PROOF,  /* as far as it takes to be sure of the message: for the classifier */
};

struct automaton {
	uint32_t states; /* STATE_DEAD among them */
	uint32_t classes_count;
	uint32_t states_built;
	uint32_t octets; /* that were looked at: WINDOW_MAX, or fewer where there was too much to look at */
	uint8_t classes[256];
	uint16_t *next;	   /* [state * classes_count + class] */
	uint8_t *evidence; /* likewise: of this octet here */
	uint8_t *flags;	   /* [state] */
};

/* Two ways to read one octet: an ambiguous description. */
struct ambiguity {
	bool found;
	uint8_t octets[WINDOW_MAX]; /* a message that begins with them is read in two ways */
	uint32_t size;
	uint16_t lines[2]; /* of the source: where the two ways are */
};

/* 0; -E2BIG when there are too many states, or more readings at one time than are worth following; -ENOMEM.
 * `ret_ambiguity` may be NULL. */
int automaton_build(const struct program *program, unsigned message, enum automaton_extent extent,
		    struct ambiguity *ret_ambiguity, struct automaton **ret_automaton);

/* The same within what may be spent, which is lessened.  In the window what is too large is looked at less far, and the
 * states there are STATE_PROVED; -E2BIG when even that is too much. */
int automaton_build_within(const struct program *program, unsigned message, enum automaton_extent extent,
			   struct effort *effort, struct ambiguity *ret_ambiguity, struct automaton **ret_automaton);

/* What one of `allowed` octets is worth, in eighths of a bit, before the one that came before it is looked at. */
unsigned automaton_weigh(uint8_t octet, unsigned allowed);

/* Takes NULL; returns NULL. */
struct automaton *automaton_destroy(struct automaton *automaton);

static inline uint32_t automaton_step(const struct automaton *automaton, uint32_t state, uint8_t octet)
{
	return automaton->next[state * automaton->classes_count + automaton->classes[octet]];
}

/* What `octet` is worth in this state, behind `previous` (-1: there is none). */
static inline unsigned automaton_evidence(const struct automaton *automaton, uint32_t state, uint8_t octet,
					  int previous)
{
	unsigned evidence = automaton->evidence[state * automaton->classes_count + automaton->classes[octet]];

	return octet == previous && evidence > EVIDENCE_PLAIN ? EVIDENCE_PLAIN : evidence;
}
