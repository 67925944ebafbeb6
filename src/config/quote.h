/* quote.h - where in quotes a text stands, octet by octet.  Pure.
 *
 * One small machine for all who must know: the reader of lines, which looks for comments, and the
 * splitter of words.  Single quotes keep everything; in double quotes and outside, a backslash
 * keeps what follows. */
#pragma once

#include <stdbool.h>

enum quote {
	QUOTE_NONE,
	QUOTE_SINGLE,
	QUOTE_DOUBLE,
	QUOTE_BACKSLASH,	   /* behind a backslash outside quotes */
	QUOTE_BACKSLASH_IN_DOUBLE, /* behind one in double quotes */
};

/* The state behind `octet`, which was met in `state`. */
enum quote quote_next(enum quote state, char octet);

/* True when the octet between these states is a quotation mark or backslash, no part of the text.
 */
bool quote_is_mark(enum quote before, enum quote after);
