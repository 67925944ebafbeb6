/* parse.h - what the parts of the parser share.  Private to tree.c and parse_*.c.
 *
 *	parse.c		 tokens, errors, and how reading goes on behind one
 *	parse_file.c	 the file, protocols, headers and op-code sets
 *	parse_application.c  the application block; answers
 *	parse_items.c	 formats, types, and the items of a block
 *	parse_type.c	 the types of fields
 *	parse_value.c	 numbers, values, ranges, expressions
 *	parse_sequences.c    states and rules
 *	parse_functions.c    functions and the rendezvous section
 *
 * Everything is a list of elements between braces.  An element that cannot be read is left with parse_fail(); the loop
 * of parse_block_more() then skips to the element's end, so that its neighbours are read as if nothing had happened.
 * A missing ';' or brace is reported and taken as given.
 *
 * No function here returns NULL for lack of memory: the parser then hands out its spare piece again and again, sees the
 * end of the file, and gives up what it built. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "description/language/lexer.h"
#include "description/language/symbols.h"
#include "description/language/tree.h"

/* Which elements stand in a block; the later ones stand within the earlier ones. */
enum parse_level {
	LEVEL_FILE,
	LEVEL_PROTOCOL, /* sections and headers */
	LEVEL_ANSWERS,	/* of an application block */
	LEVEL_SECTION,	/* formats, messages, states, functions ... */
	LEVEL_CODES,
	LEVEL_RULES,
	LEVEL_ITEMS, /* of a block, and whatever else stands that deep */
};

enum { SPARE_SIZE = 512 };

/* Where the next element of each list of the protocol is put.  A section may stand in several pieces. */
struct parse_tails {
	struct entry **headers;
	struct code_set **code_sets;
	struct format **formats;
	struct message **messages;
	struct variable **variables;
	struct state **states;
	struct rule **always;
	struct function **functions;
	struct rendezvous_line **rendezvous;
};

struct parser {
	struct tree *tree;
	struct report *report;
	struct lexer lexer;
	struct token current;
	struct token ahead;	   /* the one behind it */
	struct place behind;	   /* the end of the token before the current one */
	struct protocol *protocol; /* the one being read, or read last; NULL before the first */
	struct parse_tails tails;
	struct application **applications_tail;
	struct arena scratch;	/* lives as long as the parser and the resolver */
	struct symbols damaged; /* names in text that was not understood: nobody is told that they are missing */
	bool failed;		/* the element being read cannot be understood, and that was said */
	bool inserted;		/* something missing was taken as given */
	bool quiet;		/* that, or a mistake within a token, was just reported: errors may follow from it */
	bool astray;		/* a section or protocol could not be understood: its '}' may be one too many */
	const char *unclosed;	/* where a missing '}' was reported */
	unsigned depth;		/* of braces and parentheses */
	unsigned operators;	/* of the expression being read */
	int error;		/* -E2BIG or -ENOMEM, once it happened */
	_Alignas(max_align_t) unsigned char spare[SPARE_SIZE];
};

/* Elements between braces. */
struct parse_block {
	enum parse_level level;
	struct place open;
	const char *element; /* where the element being read begins; NULL before the first */
	bool braces;	     /* false: the file itself, or nothing at all */
	bool over;
};

/* ---- parse.c ---- */

void parse_init(struct parser *parser, struct tree *tree, struct report *report);
void parse_finish(struct parser *parser);

/* Zeroed memory of the tree's. */
void *parse_take(struct parser *parser, size_t size);
/* The token's text, of the tree's. */
const char *parse_text(struct parser *parser, const struct token *token);

void parse_advance(struct parser *parser);
bool parse_is_mark(const struct token *token, const char *mark);
bool parse_is_word(const struct token *token, const char *word);
bool parse_at_mark(const struct parser *parser, const char *mark);
bool parse_at_word(const struct parser *parser, const char *word);
/* True and one token further if it stands there. */
bool parse_take_mark(struct parser *parser, const char *mark);
bool parse_take_word(struct parser *parser, const char *word);

/* The current token as an error names it: `'foo'`, "a string", "the end of the file". */
const char *parse_found(struct parser *parser);

/* A help: 'did you mean "WORD"?' if one of `words`, a list with blanks between, is near; else `otherwise`, which may be
 * NULL. */
const char *parse_hint(struct parser *parser, const struct token *token, const char *words, const char *otherwise);

/* A syntax error; not shown if it probably follows from another.  The element goes on. */
void parse_error(struct parser *parser, struct place place, const char *help, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* The same with another id: the text can be read, but what it says cannot be. */
void parse_wrong(struct parser *parser, const char *id, struct place place, const char *help, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* At the current token: `expected` should stand here.  The element is given up. */
void parse_fail(struct parser *parser, const char *help, const char *expected);
/* A limit is passed: an error, and the file is refused in the end. */
void parse_limit(struct parser *parser, struct place place, const char *help, const char *text, int maximum);

/* A name, or "" after parse_fail(). */
const char *parse_name(struct parser *parser, const char *expected);
/* The mark, or parse_fail(). */
bool parse_expect(struct parser *parser, const char *mark, const char *expected);
/* The ';' at an element's end.  `words` could have stood before it: one that is misspelt is found. */
void parse_semicolon(struct parser *parser, const char *words);

/* The '{' of a block; `what` it belongs to is said if it is missing. */
struct parse_block parse_block_open(struct parser *parser, enum parse_level level, const char *what);
/* The same for a block that goes on where a '}' too many seemed to close it. */
struct parse_block parse_block_resume(struct parser *parser, enum parse_level level, const char *what);
/* True while another element is to be read; takes the '}' at the end. */
bool parse_block_more(struct parser *parser, struct parse_block *block);

/* True if a section begins here, or the word of an element that only the section of that name can hold. */
bool parse_at_section(const struct parser *parser);
bool parse_at_entry_of(const struct parser *parser, const char *section);

/* ---- the grammar ---- */

void parse_file(struct parser *parser);

/* A key, or another word with '-' in it. */
const char *parse_hyphenated(struct parser *parser, const char *expected);
/* The values of a header or answer, and the ';'. */
struct answer *parse_answers(struct parser *parser, const char *key);
void parse_application(struct parser *parser);

/* The elements of a section whose '{' was read. */
void parse_formats(struct parser *parser, struct parse_block *block);
void parse_types(struct parser *parser, struct parse_block *block);
void parse_opcodes(struct parser *parser, struct parse_block *block);
void parse_sequences(struct parser *parser, struct parse_block *block);
void parse_functions(struct parser *parser, struct parse_block *block);
void parse_rendezvous(struct parser *parser, struct parse_block *block);

struct item *parse_items(struct parser *parser, const char *what);
bool parse_at_role(const struct token *token);
enum role parse_role(struct parser *parser);
bool parse_literal(struct parser *parser, struct octets *literal, const char *expected);

/* The type of a field, into `item`; without the ';'. */
void parse_type(struct parser *parser, struct item *item);
/* What can stand behind the last type read, for parse_semicolon(). */
const char *parse_type_words(const struct item *item);

bool parse_at_number_type(const struct token *token);
struct number_type parse_number_type(struct parser *parser);
int64_t parse_integer(struct parser *parser, const char *expected);
uint64_t parse_unsigned(struct parser *parser, const char *expected);
struct value parse_value(struct parser *parser);
struct range *parse_value_range(struct parser *parser);
struct range *parse_ranges(struct parser *parser);
/* "in" ranges, or NULL. */
struct range *parse_in(struct parser *parser);
/* Never NULL. */
struct expression *parse_expression(struct parser *parser);
/* The same without comparisons, "and" and "or". */
struct expression *parse_sum(struct parser *parser);

/* Puts `element` behind the last of a list and moves `tail` to its `next`. */
#define PARSE_APPEND(tail, element)        \
	do {                               \
		*(tail) = (element);       \
		(tail) = &(element)->next; \
	} while (0)
