/* letters_layout.h - text set to the 72 columns of a letter.  For letters*.c only.  Pure. */
#pragma once

#include <stdio.h>

enum { LETTER_COLUMNS = 72 };

/* The words of `text` in lines that fit, the first behind `first`, the others behind `next`.  A word that is longer
 * than a line stays whole. */
void layout_fill(FILE *stream, const char *text, const char *first, const char *next);

/* Each line of `text` by itself, filled, all behind `indent`; empty lines stay. */
void layout_lines(FILE *stream, const char *text, const char *indent);
