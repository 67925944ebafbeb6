/* examine_parts.h - what the checks that need automata share.  Private to examine*.c. */
#pragma once

#include "description/automaton/automaton.h"
#include "description/automaton/collide.h"
#include "description/examine/examine.h"

/* First messages that a message has to be told apart from. */
struct rivals {
	bool any;
	uint32_t apart_at; /* octets after which it is none of them, or APART_NEVER */
};

/* A message with what was made of it. */
struct specimen {
	const struct protocol *protocol;
	const struct message *message;
	const struct program *program;
	uint32_t index;			   /* in the program */
	struct automaton *automaton;	   /* NULL: too large, or there was no effort left */
	struct examined_message *examined; /* of a first message, else NULL */
	struct rivals own;		   /* of its own protocol */
	struct rivals others;		   /* of the other protocols of the file */
};

/* A protocol, and the span of its specimens. */
struct specimens {
	const struct protocol *protocol;
	struct program *program; /* NULL: it could not be compiled, and has no specimens */
	struct examined_protocol *examined;
	uint32_t first;
	uint32_t count;
};

struct examiner {
	const struct tree *tree;
	struct report *report;
	struct examination *examination;
	struct effort effort;
	bool gave_up; /* and said so */
	struct specimens *protocols;
	uint32_t protocol_count;
	struct specimen *list; /* of all protocols, in the order of the text */
	uint32_t count;
	uint32_t room;
};

/* ---- examine_specimen.c ---- */

/* Compiles a protocol and adds its messages.  0 or -ENOMEM; what cannot be compiled is reported. */
int specimens_add(struct examiner *examiner, struct specimens *protocol);

/* The specimen of a message. */
struct specimen *specimen_find(const struct examiner *examiner, const struct specimens *protocol,
			       const struct message *message);

/* True if they run over a transport where one that ends is followed by the next. */
bool share_stream(const struct specimen *left, const struct specimen *right);

/* How two messages collide.  0; -E2BIG: one has no automaton, or there is no effort left; -ENOMEM. */
int specimens_collide(struct examiner *examiner, const struct specimen *left, const struct specimen *right,
		      struct collision_result *ret_result);

/* Says, once, that there is no effort left and what is not examined from here on. */
void examiner_gives_up(struct examiner *examiner, const struct specimen *specimen);

/* Octets as people read them: 67 65 ("ge"). */
const char *octets_shown(struct report *report, const uint8_t *octets, uint32_t size);

/* ---- the checks: 0 or -ENOMEM ---- */

/* E6, of a message whose automaton found two ways to read one octet; its automaton may be missing.  -E2BIG:
 * there was too much to follow. */
int examine_ambiguity(struct examiner *examiner, const struct specimen *specimen);

/* E8, of one protocol. */
int examine_states(struct examiner *examiner, const struct specimens *protocol);

/* E9 and E11, of the file. */
int examine_first(struct examiner *examiner);

/* E15, of a first message that has an automaton. */
int examine_evidence(struct examiner *examiner, const struct specimen *specimen);
