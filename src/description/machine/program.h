/* program.h - a protocol's messages as instructions: what machine.c runs, exactly or as an automaton.
 *
 * Made from the resolved tree by compile*.c.  One block of memory without pointers, so that it can be handed to
 * a process that has never seen the text; everything refers by index.
 *
 * A strand of execution stands at one instruction.  Instructions that take octets stay there until they have
 * what they want; between two of them come instructions that take none.  A number that was read stays in the
 * strand's `value` until the next octet is asked for, so "sized u16 - 2 { }" is NUMBER, OPEN -2, ..., CLOSE. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "description/language/tree.h"

enum {
	INSTRUCTIONS_MAX = 8192, /* of a protocol, formats written out where they are used */
	REGISTERS_MAX = 16,	 /* values that are needed later, at one time */
	SCOPES_MAX = 6,		 /* counted blocks within each other */
	SELECTORS_MAX = 255,	 /* names of selectors of a protocol */
	WINDOW_MAX = 48,	 /* octets that an automaton looks at */
};

enum operation {
	/* These take octets. */
	TAKE_LITERAL, /* data[a .. a + b), nocase */
	TAKE_SET,     /* one octet of sets[a] */
	TAKE_BITS,    /* one octet of sets[a]; value is (octet >> b) & c */
	TAKE_SKIP,    /* `value` octets */
	TAKE_REST,    /* to the end of the innermost block */
	TAKE_ANY_OF,  /* the same, one octet at least of sets[a] */
	TAKE_NUMBER,  /* numbers[a] */
	TAKE_TEXT_TO, /* texts[a] */
	TAKE_TEXT_OF, /* texts[a] */
	TAKE_WORD,    /* words[a]; value is the index of its code from 1, or 0 for another word */
	TAKE_EOL,
	TAKE_UNKNOWN, /* any octets: in a window only, where nobody knows what comes */
	/* These take none. */
	DO_VALUE,      /* value = expressions[a] */
	DO_STORE,      /* registers[a] = value */
	DO_FORGET,     /* registers[a] is needed no more */
	DO_OPEN,       /* a block of value + c octets */
	DO_CLOSE,      /* its end, where nothing of it may be left */
	DO_FORK,       /* go on here, or at a */
	DO_JUMP,       /* to a */
	DO_UNTIL_END,  /* to a if nothing is left of the innermost block */
	DO_COUNT_DOWN, /* registers[b] is 0: to a; else one less; from more than `c` it never gets there in a window */
	DO_UNLESS,     /* expressions[b] is 0: to a */
	DO_SWITCH,     /* by registers[b]: cases[a], `c` of them, else to the one behind them */
	DO_SURE,
	DO_BODY,     /* of a carrier: what is carried goes on */
	DO_RESTART,  /* of a carrier: the next unit, at a */
	DO_SELECT,   /* selector a begins */
	DO_SELECTED, /* and ends */
	DO_CODE,     /* selector a has the name of the code `value`, one of `c` code names from b */
	DO_FAIL,     /* nothing may stand here: nested too deeply */
	DO_ACCEPT,
};

struct instruction {
	uint8_t operation;
	bool nocase;
	bool forgets;  /* DO_SWITCH: the register is needed no more */
	uint16_t line; /* of the source */
	uint32_t a, b;
	int64_t c;
};

struct span {
	uint32_t first;
	uint32_t count;
};

struct bounds_range {
	int64_t low, high;
};

struct number_spec {
	uint8_t kind; /* enum number_kind */
	bool little;
	bool is_signed;	    /* decimal: "-" may come */
	struct span ranges; /* of struct bounds_range; none: any value */
	struct span bounds; /* of int64_t, ascending: values between two of them need not be told apart */
};

struct text_spec {
	uint32_t minimum, maximum; /* UINT32_MAX: more than anybody counts */
	uint32_t set;		   /* TEXT_OF */
	uint16_t delimiter;	   /* TEXT_TO: an octet, or DELIMITER_EOL */
};

enum { DELIMITER_EOL = 256 };

/* A set of words as a tree of octets: nodes[0] is the root. */
struct word_node {
	uint32_t child, sibling; /* 0: none */
	uint32_t code;		 /* index from 1 of the code that ends here, 0: none */
	uint8_t octet;		 /* in lower case when the set is nocase */
};

struct word_spec {
	struct span nodes;
	bool nocase;
	bool open;
	bool others; /* a word that is no code may stand here */
};

struct switch_target {
	int64_t low, high;
	uint32_t target;
};

enum term_kind {
	TERM_NUMBER,
	TERM_REGISTER,
	TERM_REST,
	TERM_OR,
	TERM_AND,
	TERM_EQUAL,
	TERM_UNEQUAL,
	TERM_LESS,
	TERM_LESS_EQUAL,
	TERM_GREATER,
	TERM_GREATER_EQUAL,
	TERM_ADD,
	TERM_SUBTRACT,
	TERM_MULTIPLY,
	TERM_BIT_AND,
	TERM_SHIFT_LEFT,
	TERM_SHIFT_RIGHT,
};

/* An expression is a span of terms, operands before their operator. */
struct term {
	uint8_t kind;
	int64_t number;	     /* or the register */
	int64_t exact_below; /* in a window: what is not below stands for others too, which may lead elsewhere */
};

struct octet_set {
	uint64_t bits[4];
};

static inline bool octet_set_has(const struct octet_set *set, uint8_t octet)
{
	return (set->bits[octet >> 6] >> (octet & 63) & 1) != 0;
}

struct program_message {
	char name[NAME_OCTETS_MAX + 1];
	uint8_t role; /* enum role */
	bool weak;
	bool sure;
	bool first;	  /* a client may say it before anything else was said */
	uint32_t start;	  /* of its instructions */
	uint32_t carrier; /* of its carrier's, or NO_CARRIER */
};

#define NO_CARRIER UINT32_MAX

/* The instruction TAKE_UNKNOWN. */
#define UNKNOWN_AT 0

/* A selector of a client message. */
struct program_selector {
	char name[NAME_OCTETS_MAX + 1];
};

struct code_name {
	char name[NAME_OCTETS_MAX + 1];
	int64_t number;
};

/* Arrays of one program; each is `count` items at `start`. */
#define PROGRAM_ARRAYS(ARRAY)                     \
	ARRAY(struct instruction, instructions)   \
	ARRAY(uint8_t, data)                      \
	ARRAY(struct octet_set, sets)             \
	ARRAY(struct number_spec, numbers)        \
	ARRAY(struct bounds_range, ranges)        \
	ARRAY(int64_t, bounds)                    \
	ARRAY(struct text_spec, texts)            \
	ARRAY(struct word_spec, words)            \
	ARRAY(struct word_node, nodes)            \
	ARRAY(struct switch_target, targets)      \
	ARRAY(struct span, expressions)           \
	ARRAY(struct term, terms)                 \
	ARRAY(struct program_message, messages)   \
	ARRAY(struct program_selector, selectors) \
	ARRAY(struct code_name, code_names)

struct program_array {
	uint32_t at; /* octets from the start of the program */
	uint32_t count;
};

struct program {
	uint32_t size;	/* of the whole, octets */
	uint32_t slack; /* blocks of so many octets more than the window are counted, since `rest` is compared */
	char name[NAME_OCTETS_MAX + 1];
#define DECLARE_ARRAY(type, array) struct program_array array;
	PROGRAM_ARRAYS(DECLARE_ARRAY)
#undef DECLARE_ARRAY
};

/* program_instructions(program) and so on: the first item of each array. */
#define DEFINE_ACCESS(type, array)                                                              \
	static inline const type *program_##array(const struct program *program)                \
	{                                                                                       \
		return (const type *)(const void *)((const char *)program + program->array.at); \
	}
PROGRAM_ARRAYS(DEFINE_ACCESS)
#undef DEFINE_ACCESS

/* Compiles all messages of a resolved protocol without errors.  What cannot be compiled (too many registers, a
 * bit field that would have to be cut) is reported as E4 or E5 and gives -EINVAL; -ENOMEM.  Free *ret_program
 * with free(). */
int program_compile(const struct protocol *protocol, struct report *report, struct program **ret_program);

/* The message's index, or -1. */
int program_message_find(const struct program *program, enum role role, const char *name);

/* The selector's index, or -1. */
int program_selector_find(const struct program *program, const char *name);
