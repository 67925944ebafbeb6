/* verb.h - what a verb of the command `berth` is, and what it is run with.
 *
 * Each verb lives in a file of its own and is one constant here; berth.c has the table of them and reads the arguments
 * for all, so that an option means the same everywhere and stands before or behind the verb. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a verb returns, and so what the program does. */
enum { EXIT_DONE = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_COULD_NOT = 3 };

/* Options a verb takes; a set of them. */
enum {
	TAKES_RUN_DIR = 1 << 0,
	TAKES_JSON = 1 << 1,
	TAKES_ALL = 1 << 2,
	TAKES_INTERVAL = 1 << 3,
	TAKES_ITERATIONS = 1 << 4,
	TAKES_AT = 1 << 5,
	TAKES_KEY = 1 << 6,
	TAKES_TIMEOUT = 1 << 7,
};

enum verb_word { WORD_NONE, WORD_OPTIONAL, WORD_NEEDED };

/* The arguments, checked.  Texts live as long as the program. */
struct request {
	const char *word;    /* the one behind the verb, or NULL */
	const char *run_dir; /* NULL: where berthd would be */
	bool json;
	bool all;
	int interval_ms;
	uint64_t iterations; /* 0: for ever */
	const char *at;
	const char *key; /* or NULL */
	int timeout_ms;	 /* -1: for ever */
};

struct verb {
	const char *name;
	const char *summary;
	const char *usage; /* everything behind "Usage: " */
	unsigned options;  /* TAKES_ */
	enum verb_word word;
	int (*run)(const struct request *request); /* says on standard error what went wrong; returns EXIT_ */
};

extern const struct verb verb_call;
extern const struct verb verb_drain;
extern const struct verb verb_help;
extern const struct verb verb_list;
extern const struct verb verb_metrics;
extern const struct verb verb_reload;
extern const struct verb verb_resume;
extern const struct verb verb_status;
extern const struct verb verb_stop;
extern const struct verb verb_top;

/* All of them, in the order people read them; NULL at the end. */
extern const struct verb *const verbs[];

/* The verb of this name.  NULL after saying that there is none, and which was meant. */
const struct verb *verb_find(const char *name);

/* "berth: ...\n" on standard error. */
void complain_about(const char *format, ...) __attribute__((format(printf, 1, 2)));
