/* lexer.h - cuts the text of a description into names, numbers, strings and marks.
 *
 * Called by the parser, one token at a time.  A mistake within a token is reported here, and the token is given as what
 * it was probably meant to be, so that one mistake stays one error. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/arena.h"
#include "description/language/report.h"
#include "description/language/tree.h"

enum token_kind {
	TOKEN_END,	   /* of the file */
	TOKEN_NAME,	   /* a letter, then letters, digits and '_'; keywords are names too */
	TOKEN_NUMBER,	   /* decimal, 0x.. or 'c': number */
	TOKEN_TIME,	   /* 30s: number, in milliseconds */
	TOKEN_DOTTED,	   /* 224.0.1.x or 1.0: a word that begins with a digit and holds dots */
	TOKEN_STRING,	   /* "text" or x"hex": octets */
	TOKEN_LONG_STRING, /* """ text """: octets */
	TOKEN_MARK,	   /* { } ( ) [ ] ; : , = and so on, of one to three characters */
};

struct token {
	enum token_kind kind;
	struct place place;
	struct place end;  /* behind its last octet */
	const char *start; /* in the source */
	size_t size;
	uint64_t number; /* up to 2^63, for the most negative number */
	struct octets octets;
	bool wrong; /* a mistake in it, or before it, was reported */
};

struct lexer {
	const struct source *source;
	struct arena *arena; /* of the octets */
	struct report *report;
	size_t offset;
	uint32_t line;
	size_t line_start; /* offset of the line's first octet */
	uint32_t tokens;
	bool cut;  /* TOKEN_END came before the end of the file; the reason is reported */
	int error; /* -E2BIG or -ENOMEM, once it happened */
};

/* Everything is borrowed. */
void lexer_init(struct lexer *lexer, const struct source *source, struct arena *arena, struct report *report);

/* The next token; at the end TOKEN_END again and again. */
struct token lexer_next(struct lexer *lexer);

/* The place of an offset in the line the lexer stands in. */
struct place lexer_place(const struct lexer *lexer, size_t offset);

/* True for a letter, a digit or '_'. */
bool lexer_is_word(char octet);

/* Ends the file here: every later token is TOKEN_END. */
void lexer_stop(struct lexer *lexer, int error);

/* ---- lexer_string.c ---- */

/* The token at the offset, which stands at a '"', an 'x' before one, or a '\''. */
void lexer_string(struct lexer *lexer, struct token *token);
void lexer_hex(struct lexer *lexer, struct token *token);
void lexer_character(struct lexer *lexer, struct token *token);
void lexer_long_string(struct lexer *lexer, struct token *token);
