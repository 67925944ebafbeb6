/* resolver.h - what the parts of the resolver share.  Private to resolve*.c.
 *
 *	resolve.c	 declares all names of a protocol; the order of the work
 *	resolve_names.c	 errors, unknown names, numbers and their limits
 *	resolve_items.c	 blocks: types of fields, switches, what is visible where
 *	resolve_values.c     values and ranges
 *	resolve_expressions.c
 *	resolve_formats.c    formats within formats; fields of a whole message
 *	resolve_sequences.c  states and rules
 *	resolve_functions.c  functions and the rendezvous section
 *	resolve_entries.c    headers and answers
 *
 * Without memory `error` is set and the rest of the work is done in vain. */
#pragma once

#include "config/nearest.h"
#include "description/language/resolve.h"

enum scope {
	SCOPE_PROTOCOLS,
	SCOPE_SETS,
	SCOPE_FORMATS,
	SCOPE_CLIENT,
	SCOPE_SERVER,
	SCOPE_STATES,
	SCOPE_VARIABLES,
	SCOPE_FUNCTIONS,
	SCOPE_COMPLAINED,
	SCOPES
};

/* A named field. */
struct field {
	struct field *next; /* of the same owner */
	const char *name;
	const struct item *item;
	const struct bit_field *bits; /* of an item BITS; NULL: the item itself */
	bool divided;		      /* the bit field lies in more than one octet */
};

struct owner;

struct inclusion {
	struct inclusion *next;
	struct owner *owner; /* of the format that is included */
	struct place place;
};

/* A format or message: what has names and includes formats.  Its fields are symbols in the scope of its address, its
 * selectors also in that of `fields`. */
struct owner {
	struct owner *next;
	const char *name;
	struct place place;
	struct format *format; /* NULL for a message */
	struct message *message;
	struct item *block;
	struct owner *carrier; /* of a message that goes over a format */
	struct field *fields;
	struct field **fields_tail;
	struct inclusion *inclusions;
	struct inclusion **inclusions_tail;
	struct place body; /* of the first body[rest] */
	unsigned bodies;
	bool sure, weak;
	bool open, done;     /* while formats are followed */
	unsigned height;     /* of the formats within it */
	unsigned stamp;	     /* of the last search that came here */
	struct owner *queue; /* the next one to search */
};

/* A block some octets may leave out or repeat: what is declared in it is not visible outside. */
struct branch {
	struct branch *outer;
};

struct resolver {
	struct tree *tree;
	struct protocol *protocol;
	struct report *report;
	const struct symbols *damaged;
	struct arena scratch;
	struct symbols symbols;
	struct owner *owners;
	struct owner **tail;
	struct owner *queue_first, *queue_last;
	unsigned stamp;
	unsigned steps; /* of all searches */
	int error;
	char scopes[SCOPES]; /* only their addresses are used */
};

/* What an expression can name. */
struct view {
	struct resolver *resolver;
	struct owner *owner;	     /* in a block: whose block it is */
	const struct branch *branch; /* in a block, else NULL */
	struct owner *message;	     /* in a rule of a message, else NULL */
};

enum operand { OPERAND_UNKNOWN, OPERAND_NUMBER, OPERAND_TEXT, OPERAND_CONDITION };

/* ---- resolve_names.c ---- */

void *resolver_take(struct resolver *resolver, size_t size);
/* A limit is passed: an error, the only one of its kind, and the file is refused. */
void resolver_limit(struct resolver *resolver, struct place place, const char *help, const char *text, int maximum);

/* An error E1. */
void resolver_wrong(struct resolver *resolver, struct place place, const char *help, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* An error E4: a size or value that does not fit. */
void resolver_misfit(struct resolver *resolver, struct place place, const char *help, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Enters a name into a scope.  False: it stands there already, and `*ret_other` says for what (if not NULL). */
bool resolver_enter(struct resolver *resolver, const void *scope, const void *key, size_t size, void *value,
		    void **ret_other);
void *resolver_find(const struct resolver *resolver, const void *scope, const char *name);

/* False: an error about the name would only follow from another one. */
bool resolver_misses(struct resolver *resolver, const char *name);

/* A search for the name somebody meant. */
struct guess {
	struct nearest nearest;
	unsigned tries;
};

void guess_init(struct guess *guess, const struct resolver *resolver, const char *word);
void guess_try(struct guess *guess, const char *name);
/* A help: 'did you mean "NAME"?', or `otherwise`. */
const char *guess_help(struct resolver *resolver, const struct guess *guess, const char *otherwise);

const char *number_word(enum number_kind kind);
void number_limits(enum number_kind kind, int64_t *ret_low, int64_t *ret_high);

/* ---- resolve_values.c ---- */

const struct code *set_find(const struct resolver *resolver, const struct code_set *set, const char *name);
/* The set, or NULL after an error. */
const struct code_set *resolver_set(struct resolver *resolver, const char *name, struct place place);
/* Reports that `set` has no such code. */
void set_misses(struct resolver *resolver, const struct code_set *set, const char *name, struct place place);
/* A code with its set before it: fills in code and number.  False after an error. */
bool resolve_full_code(struct resolver *resolver, struct value *value);
/* Values of a field: of an op-code set, or with NULL of a number between the limits, which `what` is called. */
void resolve_ranges(struct resolver *resolver, struct range *ranges, const struct code_set *set, int64_t low,
		    int64_t high, const char *what);
void resolve_number_ranges(struct resolver *resolver, struct range *ranges, struct number_type type);

/* ---- resolve_items.c ---- */

void resolve_owner(struct resolver *resolver, struct owner *owner);
const char *item_word(const struct item *item);
/* True for texts, bytes and op codes. */
bool is_selector(const struct field *field);

/* ---- resolve_expressions.c ---- */

/* Links names, and reports if the expression is not of the kind that is needed. */
void resolve_expression(const struct view *view, struct expression *expression, enum operand needed);

/* ---- resolve_formats.c ---- */

/* Formats that stand too deep in each other or contain themselves. */
void resolve_formats(struct resolver *resolver);
/* Marks and bodies of a message and its formats. */
void resolve_message(struct resolver *resolver, struct owner *owner);
/* The owner itself and all formats within it, each once; then those of its carrier. */
struct owner *reach_first(struct resolver *resolver, struct owner *owner);
struct owner *reach_next(struct resolver *resolver);
/* Tries all fields of a message. */
void guess_fields(struct resolver *resolver, struct guess *guess, struct owner *message);
/* A field anywhere in a message, or NULL; the same for those that can choose a function. */
const struct field *message_field(struct resolver *resolver, struct owner *message, const char *name);
const struct field *message_selector(struct resolver *resolver, struct owner *message, const char *name);
/* The message of that role, or NULL after an error. */
struct owner *resolver_message(struct resolver *resolver, enum role role, const char *name, struct place place);

/* ---- the others ---- */

void resolve_sequences(struct resolver *resolver);
void resolve_functions(struct resolver *resolver);
void resolve_rendezvous(struct resolver *resolver);
/* Headers of the protocol; answers of an application. */
void resolve_headers(struct resolver *resolver);
void resolve_answers(struct resolver *resolver, const struct application *application);
