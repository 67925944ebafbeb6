/* describer.h - the process that reads descriptions.  Private to describer*.c:
 *
 *	describer.c	    the process: what it is given, texts become programs
 *	describer_listen.c  a listener's functions become a classifier
 *	describer_collide.c first messages that cannot be told apart
 *	describer_twins.c   functions that are for the same calls */
#pragma once

#include "description/automaton/automaton.h"
#include "description/classifier/classifier.h"
#include "rendezvous/described.h"
#include "rendezvous/plan.h"

/* Of one message; made when they are first needed. */
struct message_automata {
	bool made[2]; /* by enum automaton_extent */
	struct automaton *of[2];
};

/* A description, read. */
struct source_read {
	const char *name;
	struct tree *tree;
	const struct protocol *protocol; /* of that name */
	struct program *program;
	struct message_automata *automata; /* of each message of the program */
};

struct describer {
	int channel;
	const struct plan *plan;
	const struct described *described;
	int complaints;
	int *classifiers; /* as many as listens; -1: does not detect */
	struct source_read *sources;
	bool wrong;
};

/* One listener at a time: its protocols and functions. */
struct listening {
	const struct plan_listen *listen;
	uint32_t index;
	struct classifier_protocol *protocols;
	const struct source_read **sources; /* of each protocol; NULL: the line dialect */
	size_t protocol_count;
	struct classifier_function *functions;
	size_t function_count;
};

/* One line that says what is wrong; nothing is built then. */
void describer_say(struct describer *describer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same, of a function: before it stand the file and line of its section. */
void describer_say_of_function(struct describer *describer, uint32_t function, const char *text);

void describer_say_of_listen(struct describer *describer, uint32_t listen, const char *text);

/* ---- describer_listen.c ---- */

/* The classifier of one [listen] into its memory.  0, also when something was said; or -errno. */
int describe_listen(struct describer *describer, uint32_t index);

/* ---- describer_collide.c ---- */

/* Says which first messages of different protocols collide, unless a priority decides.  0 or -errno. */
int find_collisions(struct describer *describer, const struct listening *listening);

enum { WITNESS_TEXT_MAX = 1024 };

/* The shortest first message of a protocol, as text; what cannot be printed stands as \xNN. */
void describer_example(const struct source_read *source, char *text, size_t size);

/* ---- describer_twins.c ---- */

/* Says which functions are for the very same calls, unless a priority decides.  0 or -errno. */
int find_twins(struct describer *describer, const struct listening *listening);
