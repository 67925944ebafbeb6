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

/* Options a verb may take.  What each means, and where its value goes, stands in arguments.c. */
enum option_id {
	OPTION_RUN_DIR,
	OPTION_JSON,
	OPTION_ALL,
	OPTION_INTERVAL,
	OPTION_ITERATIONS,
	OPTION_AT,
	OPTION_KEY,
	OPTION_TIMEOUT,
	OPTION_DESCRIPTIONS,
	OPTION_PROTOCOL,
	OPTION_MESSAGE,
	OPTION_HEX_LINES,
	OPTION_FORM,
	OPTION_BOXES,
	OPTION_CHART,
	OPTION_TYPES,
	OPTION_EXAMPLES,
	OPTION_BROKEN,
	OPTION_TRANSPORT,
	OPTION_REGISTRY,
	OPTION_PUBLISHED,
	OPTION_AS_OF,
	OPTION_DATED,
	OPTION_AS,
	OPTION_DRY_RUN,
	OPTION_OWN,
	OPTION_BAND,
	OPTION_STATUS,
	OPTION_NAME,
	OPTION_OUTPUT,
	OPTION_COUNT,
	OPTION_FROM,
	OPTION_STAT,
	OPTION_CONFLICTS,
	OPTION_HISTORY,
	OPTION_LISTENING,
	OPTION_TEXT,
	OPTION_TABS,
	OPTION_QUIET,
	OPTION_SINCE,
	OPTION_ANCHOR,
	OPTION_WHY,
	OPTION_ROLE,
	OPTION_SCOPE,
	OPTION_EMAIL,
	OPTION_KIND,
	OPTION_DECIDES,
	OPTION_EXPERT,
	OPTION_EYES,
	OPTION_OVER,
	OPTION_SNAPSHOT,
	OPTION_NOTICE,
	OPTION_TEMPLATE,
	OPTION_CHECK,
	OPTION_CONVERT,
	OPTION_MAIL,
	OPTION_CONFIRM,
	OPTION_FILED,
	OPTION_ABOUT,
	OPTION_BECAUSE,
	OPTION_CONSENT,
	OPTION_LINK,
	OPTIONS_END
};

/* The options a verb takes are a set of these. */
#define TAKES_RUN_DIR (UINT64_C(1) << OPTION_RUN_DIR)
#define TAKES_JSON (UINT64_C(1) << OPTION_JSON)
#define TAKES_ALL (UINT64_C(1) << OPTION_ALL)
#define TAKES_INTERVAL (UINT64_C(1) << OPTION_INTERVAL)
#define TAKES_ITERATIONS (UINT64_C(1) << OPTION_ITERATIONS)
#define TAKES_AT (UINT64_C(1) << OPTION_AT)
#define TAKES_KEY (UINT64_C(1) << OPTION_KEY)
#define TAKES_TIMEOUT (UINT64_C(1) << OPTION_TIMEOUT)
#define TAKES_DESCRIPTIONS (UINT64_C(1) << OPTION_DESCRIPTIONS)
#define TAKES_PROTOCOL (UINT64_C(1) << OPTION_PROTOCOL)
#define TAKES_MESSAGE (UINT64_C(1) << OPTION_MESSAGE)
#define TAKES_HEX_LINES (UINT64_C(1) << OPTION_HEX_LINES)
#define TAKES_FORM (UINT64_C(1) << OPTION_FORM)
#define TAKES_BOXES (UINT64_C(1) << OPTION_BOXES)
#define TAKES_CHART (UINT64_C(1) << OPTION_CHART)
#define TAKES_TYPES (UINT64_C(1) << OPTION_TYPES)
#define TAKES_EXAMPLES (UINT64_C(1) << OPTION_EXAMPLES)
#define TAKES_BROKEN (UINT64_C(1) << OPTION_BROKEN)
#define TAKES_TRANSPORT (UINT64_C(1) << OPTION_TRANSPORT)
#define TAKES_REGISTRY (UINT64_C(1) << OPTION_REGISTRY)
#define TAKES_PUBLISHED (UINT64_C(1) << OPTION_PUBLISHED)
#define TAKES_AS_OF (UINT64_C(1) << OPTION_AS_OF)
#define TAKES_DATED (UINT64_C(1) << OPTION_DATED)
#define TAKES_AS (UINT64_C(1) << OPTION_AS)
#define TAKES_DRY_RUN (UINT64_C(1) << OPTION_DRY_RUN)
#define TAKES_OWN (UINT64_C(1) << OPTION_OWN)
#define TAKES_BAND (UINT64_C(1) << OPTION_BAND)
#define TAKES_STATUS (UINT64_C(1) << OPTION_STATUS)
#define TAKES_NAME (UINT64_C(1) << OPTION_NAME)
#define TAKES_OUTPUT (UINT64_C(1) << OPTION_OUTPUT)
#define TAKES_COUNT (UINT64_C(1) << OPTION_COUNT)
#define TAKES_FROM (UINT64_C(1) << OPTION_FROM)
#define TAKES_STAT (UINT64_C(1) << OPTION_STAT)
#define TAKES_CONFLICTS (UINT64_C(1) << OPTION_CONFLICTS)
#define TAKES_HISTORY (UINT64_C(1) << OPTION_HISTORY)
#define TAKES_LISTENING (UINT64_C(1) << OPTION_LISTENING)
#define TAKES_TEXT (UINT64_C(1) << OPTION_TEXT)
#define TAKES_TABS (UINT64_C(1) << OPTION_TABS)
#define TAKES_QUIET (UINT64_C(1) << OPTION_QUIET)
#define TAKES_SINCE (UINT64_C(1) << OPTION_SINCE)
#define TAKES_ANCHOR (UINT64_C(1) << OPTION_ANCHOR)
#define TAKES_WHY (UINT64_C(1) << OPTION_WHY)
#define TAKES_ROLE (UINT64_C(1) << OPTION_ROLE)
#define TAKES_SCOPE (UINT64_C(1) << OPTION_SCOPE)
#define TAKES_EMAIL (UINT64_C(1) << OPTION_EMAIL)
#define TAKES_KIND (UINT64_C(1) << OPTION_KIND)
#define TAKES_DECIDES (UINT64_C(1) << OPTION_DECIDES)
#define TAKES_EXPERT (UINT64_C(1) << OPTION_EXPERT)
#define TAKES_EYES (UINT64_C(1) << OPTION_EYES)
#define TAKES_OVER (UINT64_C(1) << OPTION_OVER)
#define TAKES_SNAPSHOT (UINT64_C(1) << OPTION_SNAPSHOT)
#define TAKES_NOTICE (UINT64_C(1) << OPTION_NOTICE)
#define TAKES_TEMPLATE (UINT64_C(1) << OPTION_TEMPLATE)
#define TAKES_CHECK (UINT64_C(1) << OPTION_CHECK)
#define TAKES_CONVERT (UINT64_C(1) << OPTION_CONVERT)
#define TAKES_MAIL (UINT64_C(1) << OPTION_MAIL)
#define TAKES_CONFIRM (UINT64_C(1) << OPTION_CONFIRM)
#define TAKES_FILED (UINT64_C(1) << OPTION_FILED)
#define TAKES_ABOUT (UINT64_C(1) << OPTION_ABOUT)
#define TAKES_BECAUSE (UINT64_C(1) << OPTION_BECAUSE)
#define TAKES_CONSENT (UINT64_C(1) << OPTION_CONSENT)
#define TAKES_LINK (UINT64_C(1) << OPTION_LINK)

enum verb_word { WORD_NONE, WORD_OPTIONAL, WORD_NEEDED, WORD_MANY };

/* The arguments, checked.  Texts live as long as the program. */
struct request {
	const struct verb *verb;
	const char *word;	  /* the first one behind the verb, or NULL */
	const char *const *words; /* all of them; only verbs with WORD_MANY are given more than one */
	size_t word_count;
	const char *run_dir; /* NULL: where berthd would be */
	bool json;
	bool all;
	int interval_ms;
	uint64_t iterations; /* 0: for ever */
	const char *at;
	const char *key;	  /* or NULL, as all texts below when they were not given */
	int timeout_ms;		  /* -1: for ever */
	const char *descriptions; /* folders with a colon between them */
	const char *protocol;	  /* the name of one */
	const char *message;	  /* the name of one */
	const char *hex_lines;	  /* the path of a file with octets in hex */
	bool form;
	bool boxes;
	const char *chart; /* the language of the chart */
	bool types;
	bool examples;
	bool broken;
	const char *transport;
	const char *registry;  /* the URL of a store */
	const char *published; /* the path of a published view */
	const char *as_of;     /* a day */
	const char *dated;     /* a day */
	const char *as;	       /* the source that rows belong to */
	bool dry_run;
	bool own;
	const char *band;   /* a band's name */
	const char *status; /* statuses with a comma between them */
	const char *name;
	const char *output; /* a path */
	uint64_t count;	    /* 0: not given */
	uint64_t from;	    /* 0: not given */
	bool stat;
	bool conflicts;
	bool history;
	bool listening;
	bool text;
	bool tabs;
	bool quiet;
	const char *since;  /* a day */
	const char *anchor; /* a path */
	const char *why;    /* a reason */
	const char *role;
	const char *scope;
	const char *email;
	const char *kind;    /* of a band */
	const char *decides; /* in a band */
	bool expert;
	uint64_t eyes;	   /* 0: not given */
	const char *over;  /* refuse or warn */
	uint64_t snapshot; /* 0: not given */
	const char *notice;
	const char *template; /* a kind of application */
	bool check;
	bool convert;
	bool mail;
	const char *confirm; /* a token */
	bool filed;
	const char *about;   /* a question or a rule */
	const char *because; /* rule ids with commas between them */
	bool consent;
	const char *link;
	char *const *arguments; /* all of the command line, for a program that takes over */
};

/* Verbs of one kind stand together in the list of them. */
enum verb_kind { VERB_RENDEZVOUS, VERB_DESCRIPTION, VERB_LOOKUP, VERB_REGISTRY, VERB_HELP };

struct verb {
	const char *name;
	enum verb_kind kind;
	const char *summary;
	const char *usage; /* everything behind "Usage: " */
	uint64_t options;  /* TAKES_ */
	enum verb_word word;
	int (*run)(const struct request *request); /* says on standard error what went wrong; returns EXIT_ */
};

extern const struct verb verb_apply;
extern const struct verb verb_track;
extern const struct verb verb_review;
extern const struct verb verb_mail;
extern const struct verb verb_audit;
extern const struct verb verb_backup;
extern const struct verb verb_band;
extern const struct verb verb_call;
extern const struct verb verb_check;
extern const struct verb verb_classify;
extern const struct verb verb_collide;
extern const struct verb verb_diff;
extern const struct verb verb_drain;
extern const struct verb verb_explain;
extern const struct verb verb_export;
extern const struct verb verb_help;
extern const struct verb verb_history;
extern const struct verb verb_import;
extern const struct verb verb_list;
extern const struct verb verb_lookup;
extern const struct verb verb_map;
extern const struct verb verb_metrics;
extern const struct verb verb_next;
extern const struct verb verb_publish;
extern const struct verb verb_registry;
extern const struct verb verb_release;
extern const struct verb verb_reload;
extern const struct verb verb_restore;
extern const struct verb verb_resume;
extern const struct verb verb_search;
extern const struct verb verb_show;
extern const struct verb verb_staff;
extern const struct verb verb_status;
extern const struct verb verb_stop;
extern const struct verb verb_top;

/* All of them, in the order people read them; NULL at the end. */
extern const struct verb *const verbs[];

/* The verb of this name.  NULL after saying that there is none, and which was meant. */
const struct verb *verb_find(const char *name);

/* "berth: ...\n" on standard error. */
void complain_about(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The whole of main: reads the command line, finds its verb among `verbs`, runs it.  Returns EXIT_. */
int arguments_run(int argc, char **argv);
