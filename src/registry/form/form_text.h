/* form_text.h - the plain-text form, as its writer and its reader both know it.  Private to form_text_*.c.
 *
 * What the two agree on: a heading is a title, a question, or the end, at the beginning of a line, recognised by its
 * words however they are broken into lines; what follows until the next one is the answer. */
#pragma once

#include "registry/form/form_private.h"

enum { TEXT_COLUMNS = 72, TEXT_INDENT = 4, HEAD_WORDS_MAX = 200, HEADS_MAX = 80, OPTIONS_MAX = 5, TICKED_MAX = 64 };

enum head_kind {
	HEAD_FIELD,
	HEAD_SECTION, /* a title between questions */
	HEAD_END,     /* what follows belongs to nothing: the title of a form, its end, a signature */
};

struct head {
	enum head_kind kind;
	int field; /* its place in form_fields */
	char words[HEAD_WORDS_MAX];
	char follow[HEAD_WORDS_MAX]; /* "If yes, how and what for?", asked behind the boxes; or "" */
};

struct heads {
	enum form_kind kind;
	size_t count;
	struct head list[HEADS_MAX];
};

/* The headings of the form of this kind. */
void heads_init(struct heads *heads, enum form_kind kind);

/* The question's heading. */
const struct head *heads_of_field(const struct heads *heads, int field);

/* The title that stands before this field, as "Further questions: the entry"; or NULL. */
const char *text_section(const struct form_field *field);

extern const char text_end[]; /* "End of the form." */

/* Behind the words where they stand at `at`, whatever blanks and line breaks are between them; else NULL.  *ret_part,
 * which may be NULL: the text ended before the words did. */
const char *text_match(const char *at, const char *words, bool *ret_part);

/* The longest heading that stands at the beginning of this line, or NULL. */
const struct head *heads_at(const struct heads *heads, const char *line, const char **ret_behind);

/* True when a line of an answer could be taken for something else: it needs the mark "| ". */
bool heads_like(const struct heads *heads, const char *line);

/* The kind whose title stands at the beginning of this line. */
bool text_title_at(const char *line, enum form_kind *ret_kind);

struct text_option {
	const char *value; /* NULL behind the last */
	const char *label;
};

/* The boxes of a question, or NULL: it has none. */
const struct text_option *text_options(enum form_answer answer, enum form_kind kind);

/* Reads the boxes at `at`; the values of those that are ticked, with blanks between.  Returns what is behind them.
 * *ret_unclear: a box with a mark that could mean yes or no; else untouched. */
const char *boxes_read(const struct text_option *options, const char *at, const char *end,
		       char ret_ticked[static TICKED_MAX], const char **ret_unclear);

/* ---- answers: form_text_block.c ---- */

/* True when the answer can stand as it is, in lines of at most `columns`. */
bool block_is_plain(const struct heads *heads, const char *value, size_t columns);

/* The answer, indented. */
void block_write(const struct heads *heads, const char *value, FILE *stream);

/* The answer that stands from `start` to `end`, in the arena; NULL without memory. */
char *block_read(struct arena *arena, const char *start, const char *end);

/* Columns of `size` octets of UTF-8. */
size_t text_columns(const char *text, size_t size);
