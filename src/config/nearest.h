/* nearest.h - finds the word that somebody probably meant.  Pure; called for complaints only. */
#pragma once

#include <stddef.h>

enum { NEAREST_HINT_MAX = 64 };

struct nearest {
	const char *word;
	const char *best; /* the nearest candidate so far, or NULL when none was near enough */
	size_t distance;  /* a candidate must be nearer than this */
};

/* `word` and the candidates are borrowed as long as the search lasts. */
void nearest_init(struct nearest *nearest, const char *word);

void nearest_try(struct nearest *nearest, const char *candidate);

/* Writes and returns '; did you mean "WORD"?', or "" when nothing is near. */
const char *nearest_hint(const struct nearest *nearest, char hint[NEAREST_HINT_MAX]);
