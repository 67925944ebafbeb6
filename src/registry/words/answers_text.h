/* answers_text.h - texts of rows, and of people who ask, as they may stand on a terminal.  Pure.
 *
 * Whatever could steer a terminal is shown as what it is: C0, DEL, C1 and bidirectional controls and line separators as
 * \x1b, \u009b or \u202e, octets that are no UTF-8 as \xff.  Blanks, tabs and line ends in a row become one blank. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { SHOWN_SIZE = 12 };

struct shown {
	char text[SHOWN_SIZE]; /* how the next character is shown, with a NUL behind it */
	int width;	       /* columns it takes */
};

/* Takes one character, or one run of blanks, from *text.  False at the end. */
bool shown_next(const char **text, struct shown *ret_shown);

/* Columns the whole text takes. */
int shown_width(const char *text);

/* The whole text into a buffer; what does not fit is left away at a whole character. */
void shown_text(const char *text, char *ret_text, size_t size);
