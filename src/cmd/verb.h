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
	TAKES_DESCRIPTIONS = 1 << 8,
	TAKES_PROTOCOL = 1 << 9,
	TAKES_MESSAGE = 1 << 10,
	TAKES_HEX_LINES = 1 << 11,
	TAKES_FORM = 1 << 12,
	TAKES_BOXES = 1 << 13,
	TAKES_CHART = 1 << 14,
	TAKES_TYPES = 1 << 15,
	TAKES_EXAMPLES = 1 << 16,
	TAKES_TRANSPORT = 1 << 17,
};

enum verb_word { WORD_NONE, WORD_OPTIONAL, WORD_NEEDED, WORD_MANY };

/* The arguments, checked.  Texts live as long as the program. */
struct request {
	const char *word;	  /* the first one behind the verb, or NULL */
	const char *const *words; /* all of them; only verbs with WORD_MANY are given more than one */
	size_t word_count;
	const char *run_dir; /* NULL: where berthd would be */
	bool json;
	bool all;
	int interval_ms;
	uint64_t iterations; /* 0: for ever */
	const char *at;
	const char *key;	  /* or NULL */
	int timeout_ms;		  /* -1: for ever */
	const char *descriptions; /* folders with a colon between them, or NULL */
	const char *protocol;	  /* the name of one, or NULL */
	const char *message;	  /* the name of one, or NULL */
	const char *hex_lines;	  /* the path of a file with octets in hex, or NULL */
	bool form;
	bool boxes;
	const char *chart; /* the language of the chart, or NULL */
	bool types;
	bool examples;
	const char *transport; /* or NULL */
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
extern const struct verb verb_check;
extern const struct verb verb_classify;
extern const struct verb verb_collide;
extern const struct verb verb_drain;
extern const struct verb verb_explain;
extern const struct verb verb_help;
extern const struct verb verb_list;
extern const struct verb verb_metrics;
extern const struct verb verb_reload;
extern const struct verb verb_resume;
extern const struct verb verb_show;
extern const struct verb verb_status;
extern const struct verb verb_stop;
extern const struct verb verb_top;

/* All of them, in the order people read them; NULL at the end. */
extern const struct verb *const verbs[];

/* The verb of this name.  NULL after saying that there is none, and which was meant. */
const struct verb *verb_find(const char *name);

/* "berth: ...\n" on standard error. */
void complain_about(const char *format, ...) __attribute__((format(printf, 1, 2)));
