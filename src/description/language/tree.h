/* tree.h - a description as it stands in its file: what the parser makes, the resolver links, and all others read.
 *
 * Everything lives in the tree's arena and refers to nothing outside it but the source text.  Nothing changes a tree
 * once it is resolved.  Lists are singly linked in the order of the text. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/arena.h"
#include "description/language/report.h"

/* Limits on a file, so that a hostile one costs little; each is an error when passed. */
enum {
	SOURCE_SIZE_MAX = 1 << 20, /* octets of a file */
	TOKENS_MAX = 200000,	   /* of a file */
	NESTING_MAX = 32,	   /* blocks within blocks, parentheses within parentheses */
	PROTOCOLS_MAX = 1024,	   /* in one file */
	NAME_OCTETS_MAX = 63,	   /* of an identifier */
	NESTED_MAX = 16,	   /* "nested N" of a format */
};

/* Octets of a string, escapes taken away; may hold NUL. */
struct octets {
	const uint8_t *start;
	size_t size;
};

/* ---- op-code sets ---- */

struct code {
	struct code *next;
	struct place place;
	const char *name;
	int64_t number;	    /* of numeric sets */
	struct octets text; /* of text sets */
};

enum number_kind {
	NUMBER_U8,
	NUMBER_U16,
	NUMBER_U24,
	NUMBER_U32,
	NUMBER_U64,
	NUMBER_DECIMAL, /* digits, "-" before them where the range goes below 0 */
	NUMBER_HEX4,	/* four hex digits of either case */
	NUMBER_VARINT,	/* 7 bits an octet, low ones first, at most 5 octets */
	NUMBER_BER,	/* a BER length: short, or 0x81..0x84 and as many octets */
};

struct number_type {
	enum number_kind kind;
	bool little;	  /* the octet order of u16..u64, byteorder applied */
	bool order_given; /* "le" or "be" stands behind it */
};

struct code_set {
	struct code_set *next;
	struct place place;
	const char *name;
	bool is_text;
	bool nocase;
	bool open;		   /* "..." */
	struct number_type number; /* of numeric sets */
	struct code *codes;
};

/* ---- values, ranges, expressions ---- */

/* INT, or the name of a code, with its set before it ("Op.error") or not ("error"). */
struct value {
	struct place place;
	const char *set_name;	 /* NULL: not written */
	const char *name;	 /* NULL: it is a number */
	int64_t number;		 /* also of a numeric code, once resolved */
	const struct code *code; /* once resolved, of a name */
};

struct range {
	struct range *next;
	struct value low;
	struct value high; /* the same as low for a single value */
};

enum expression_kind {
	EXPRESSION_NUMBER, /* value.number */
	EXPRESSION_CODE,   /* value: a code of a numeric or text set */
	EXPRESSION_TEXT,   /* text: a string, in sequence conditions only */
	EXPRESSION_NAME,   /* a field, or in sequences a counter or kept value */
	EXPRESSION_REST,   /* octets left in the innermost counted block */
	EXPRESSION_LENGTH, /* "length of NAME": octets of the whole message */
	EXPRESSION_OR,
	EXPRESSION_AND,
	EXPRESSION_EQUAL,
	EXPRESSION_UNEQUAL,
	EXPRESSION_LESS,
	EXPRESSION_LESS_EQUAL,
	EXPRESSION_GREATER,
	EXPRESSION_GREATER_EQUAL,
	EXPRESSION_ADD,
	EXPRESSION_SUBTRACT,
	EXPRESSION_MULTIPLY,
	EXPRESSION_BIT_AND,
	EXPRESSION_SHIFT_LEFT,
	EXPRESSION_SHIFT_RIGHT,
};

struct expression {
	enum expression_kind kind;
	struct place place;
	struct value value;
	struct octets text;
	const char *name;		 /* of NAME and LENGTH */
	const struct item *field;	 /* NAME, resolved to a field */
	const struct variable *variable; /* NAME, resolved to a counter or kept value (then field is NULL) */
	struct expression *left, *right;
};

/* ---- items of a block ---- */

enum item_kind {
	ITEM_LITERAL, /* text, nocase */
	ITEM_EOL,
	ITEM_SURE,
	ITEM_WEAK,
	ITEM_ANY_OF,  /* text: the rest of the block, one octet of it at least is in the literal */
	ITEM_MAYBE,   /* block */
	ITEM_SIZED,   /* number, adjust, ranges, block: the block fills number + adjust octets */
	ITEM_WITHIN,  /* expression, block */
	ITEM_NUMBER,  /* number, ranges */
	ITEM_CODE,    /* code_set, ranges */
	ITEM_FORMAT,  /* format */
	ITEM_BYTES,   /* count_*: named ones are selectors */
	ITEM_PAYLOAD, /* count_*: never looked at */
	ITEM_BODY,    /* body[rest]: carries another message */
	ITEM_TEXT_TO, /* text_min, text_max, text (one octet) or to_eol: up to a delimiter, which is taken */
	ITEM_TEXT_OF, /* text_min, text_max, set: as many octets of the set as there are */
	ITEM_BITS,    /* bits */
	ITEM_REPEAT,  /* until or expression (a count), block */
	ITEM_SWITCH,  /* selector, cases */
	ITEM_IF,      /* expression, block, otherwise */
};

enum count_kind { COUNT_NUMBER, COUNT_EXPRESSION, COUNT_REST }; /* [u16 in 1..9], [n - 1], [rest] */

enum until_kind { UNTIL_COUNT, UNTIL_END, UNTIL_EOL, UNTIL_LITERAL };

/* A field of bits { }.  Named ones can be used in conditions if they lie within one octet. */
struct bit_field {
	struct bit_field *next;
	struct place place;
	const char *name;
	uint32_t width;
	struct range *ranges; /* "= 1" is the range 1..1; NULL: any */
};

struct switch_case {
	struct switch_case *next;
	struct place place;
	struct range *values; /* NULL: default */
	struct item *block;
};

struct item {
	struct item *next;
	enum item_kind kind;
	struct place place;
	const char *name; /* of a named field, or NULL */
	struct place name_place;
	struct octets text;
	bool nocase;
	bool to_eol;
	struct number_type number; /* SIZED, NUMBER, and BYTES or PAYLOAD with COUNT_NUMBER */
	int64_t adjust;
	struct range *ranges; /* NULL: any value */
	struct expression *expression;
	struct item *block;
	struct item *otherwise; /* of if; NULL: none */
	const char *type_name;	/* CODE, FORMAT: as written */
	struct place type_place;
	const struct code_set *code_set;
	const struct format *format;
	enum count_kind count;
	uint64_t text_min, text_max;
	uint8_t set[32]; /* TEXT_OF: bit (octet & 7) of byte (octet >> 3) */
	struct bit_field *bits;
	enum until_kind until;
	const char *selector_name; /* switch NAME */
	struct place selector_place;
	const struct item *selector;	       /* resolved; for a field of bits { } the item BITS */
	const struct bit_field *selector_bits; /* and the field */
	struct switch_case *cases;
};

struct format {
	struct format *next;
	struct place place;
	const char *name;
	uint32_t nested; /* 0: it must not contain itself */
	struct item *block;
};

/* ---- types ---- */

enum role { ROLE_CLIENT, ROLE_SERVER };
enum message_kind { KIND_REQUEST, KIND_REPLY, KIND_CANCEL, KIND_INTERRUPT, KIND_NOTICE, KIND_DATA };

struct message {
	struct message *next;
	struct place place;
	enum role role;
	enum message_kind kind;
	const char *name;
	const char *over_name; /* NULL: not carried */
	struct place over_place;
	const struct format *over;
	struct item *block;
	bool sure; /* a "sure" stands somewhere in it, formats included */
	bool weak;
};

/* ---- sequences ---- */

struct variable {
	struct variable *next;
	struct place place;
	const char *name;
	bool is_counter;
	uint64_t maximum;	   /* of a counter */
	struct number_type number; /* of a kept value */
};

struct assignment {
	struct assignment *next;
	struct place place;
	const char *name;
	const struct variable *variable;
	struct expression *expression;
};

enum rule_kind { RULE_MESSAGE, RULE_CLOSE, RULE_AFTER };
enum target_kind { TARGET_STATE, TARGET_SAME, TARGET_END, TARGET_OPAQUE };

struct rule {
	struct rule *next;
	struct place place;
	enum rule_kind kind;
	enum role role;
	const char *message_name;
	struct place message_place;
	const struct message *message;
	bool late;
	bool moved;
	uint64_t after_ms;
	struct expression *condition; /* NULL: none */
	struct assignment *assignments;
	enum target_kind target;
	const char *target_name;
	struct place target_place;
	const struct state *state;
};

struct state {
	struct state *next;
	struct place place;
	const char *name;
	bool start;
	bool final;
	struct rule *rules; /* its own; those of always are in protocol.always */
};

/* ---- functions ---- */

/* selector = "text" */
struct condition {
	struct condition *next;
	struct place place;
	const char *selector_name;
	struct octets text;
};

struct function {
	struct function *next;
	struct place place;
	const char *name;
	const char *description; /* NULL: none */
	const char *message_name;
	struct place message_place;
	const struct message *message; /* "on NAME"; NULL: any first message */
	struct condition *conditions;
};

/* ---- the rendezvous section ---- */

enum fill_kind { FILL_NUMBER, FILL_TEXT, FILL_FIELD };

struct fill {
	struct fill *next;
	struct place place;
	const char *field_name;
	struct place field_place;
	enum fill_kind kind;
	int64_t number;
	struct octets text;
	const char *message_name; /* of FILL_FIELD: MESSAGE.FIELD, or a code name without the dot */
	const char *name;
};

enum line_kind { LINE_NAME, LINE_SAY, LINE_ACCEPT, LINE_REFUSE, LINE_REDIRECT };

struct word {
	struct word *next;
	struct place place;
	const char *text;
};

struct rendezvous_line {
	struct rendezvous_line *next;
	struct place place;
	enum line_kind kind;
	struct word *words;  /* fields of name, refusal words of refuse */
	const char *on_name; /* NULL: not said */
	struct place on_place;
	const char *message_name; /* NULL: "nothing" or "moved" */
	struct place message_place;
	bool moved;
	struct fill *fills;
};

/* ---- header, protocol, application, file ---- */

/* A header of the protocol block, or an answer of the application block: its values as written. */
enum answer_kind { ANSWER_TEXT, ANSWER_NUMBER, ANSWER_NAME };

struct answer {
	struct answer *next;
	struct place place;
	enum answer_kind kind;
	struct octets text; /* of TEXT and NAME; NUL-terminated */
	int64_t number;
};

struct entry {
	struct entry *next;
	struct place place;
	const char *key;
	struct answer *answers; /* values that a comma separates and values that follow each other alike */
};

enum { TRANSPORT_TCP = 1, TRANSPORT_UDP = 2, TRANSPORT_SCTP = 4, TRANSPORT_DCCP = 8 };

struct protocol {
	struct protocol *next;
	const struct source *source;
	struct place place;
	const char *name;
	struct entry *headers;
	unsigned transports; /* set of TRANSPORT_; tcp when not said */
	bool little;	     /* byteorder */
	struct code_set *code_sets;
	struct format *formats;
	struct message *messages;
	bool has_sequences, has_functions, has_rendezvous;
	struct variable *variables;
	struct state *states;
	struct rule *always;
	const char *parallel_name; /* NULL: none */
	struct place parallel_place;
	uint64_t parallel_max;
	struct function *functions;
	struct rendezvous_line *rendezvous;
};

enum application_kind {
	APPLICATION_USER,
	APPLICATION_SYSTEM,
	APPLICATION_RELOCATION,
	APPLICATION_NAME,
	APPLICATION_SERVICE_CODE,
	APPLICATION_MODIFICATION, /* from here on: of what is assigned already */
	APPLICATION_TRANSPORT,
	APPLICATION_RELEASE,
	APPLICATION_REVOCATION,
	APPLICATION_RENEWAL,
};

struct application {
	struct application *next;
	const struct source *source;
	struct place place;
	enum application_kind kind;
	struct entry *entries;
};

struct tree {
	struct arena arena;
	struct source source;
	struct application *applications;
	struct protocol *protocols;
};

/* Reads the text of one file, which is copied: lexer, parser, resolver.  Whatever is wrong is added to `report`, with
 * the ids "syntax", "E1" (names, kinds, roles), "E4" (values that do not fit) and "E5" (formats containing themselves);
 * a tree with errors is still returned as far as it was understood, so that checks can go on, but only a tree of an
 * error-free report may be compiled.  0, -E2BIG past a limit (reported too) or -ENOMEM; `ret_tree` is untouched then.
 * The report's findings refer to the tree's source: a tree that was returned must outlive them. */
int tree_read(const char *name, const char *text, size_t size, struct report *report, struct tree **ret_tree);

/* Takes NULL; returns NULL. */
struct tree *tree_destroy(struct tree *tree);

/* "request" and so on; "client", "server". */
const char *message_kind_word(enum message_kind kind);
const char *role_word(enum role role);

/* The first header or answer with this key, or NULL. */
const struct entry *entry_find(const struct entry *entries, const char *key);

/* True when a client may send this message before the server has said anything: without sequences any client message;
 * with them those of the start state (rules of always included), late rules excepted. */
bool message_is_first(const struct protocol *protocol, const struct message *message);
