/* nearest.c - edit distance: how many letters were left out, put in, changed, or swapped with their
 * neighbour.
 *
 * Upper and lower case are the same here, so that "COMMAND" finds "command".  What differs in more
 * than a quarter of its letters is not offered: a wrong guess is worse than none. */
#include "config/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 32 };

void nearest_init(struct nearest *nearest, const char *word)
{
	*nearest = (struct nearest){ .word = word, .distance = 2 + strlen(word) / 4 };
}

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* rows[i][j] is the distance of the first i letters of `a` from the first j letters of `b`. */
static unsigned edit_distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
	uint8_t rows[WORD_MAX + 1][WORD_MAX + 1];

	for (size_t i = 0; i <= a_size; i++) {
		for (size_t j = 0; j <= b_size; j++) {
			if (i == 0 || j == 0) {
				rows[i][j] = (uint8_t)(i + j);
				continue;
			}
			unsigned cost = same_letter(a[i - 1], b[j - 1]) ? 0 : 1;
			unsigned best = least(rows[i - 1][j] + 1U, rows[i][j - 1] + 1U, rows[i - 1][j - 1] + cost);
			if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) && same_letter(a[i - 2], b[j - 1])) {
				best = least(best, rows[i - 2][j - 2] + 1U, best);
			}
			rows[i][j] = (uint8_t)best;
		}
	}
	return rows[a_size][b_size];
}

void nearest_try(struct nearest *nearest, const char *candidate)
{
	size_t word_size = strlen(nearest->word);
	size_t size = strlen(candidate);
	size_t difference = size > word_size ? size - word_size : word_size - size;
	size_t distance;

	/* The distance is never less than the difference in length. */
	if (size > WORD_MAX || word_size > WORD_MAX || difference >= nearest->distance) {
		return;
	}
	distance = edit_distance(nearest->word, word_size, candidate, size);
	/* Nothing in common is no likeness, however short the words are. */
	if (distance < nearest->distance && distance < (size > word_size ? size : word_size)) {
		nearest->distance = distance;
		nearest->best = candidate;
	}
}

const char *nearest_hint(const struct nearest *nearest, char hint[NEAREST_HINT_MAX])
{
	hint[0] = '\0';
	if (nearest->best != NULL) {
		(void)snprintf(hint, NEAREST_HINT_MAX, "; did you mean \"%s\"?", nearest->best);
	}
	return hint;
}
