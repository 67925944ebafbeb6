/* rules_words.h - what an answer says, looked for in its words.
 *
 * A heuristic: it finds what a person should look at.  Whatever it misses or misreads costs nobody an assignment, since
 * what is found by words alone is a warning, but for the few rules that say otherwise in their file.  For rules_*.c. */
#pragma once

#include "registry/rules/rules_check.h"

/* An answer in lower case, one blank between words and at both ends, without what has "://" in it. */
const char *rules_words(struct rules_check *check, const char *key);

/* The first of these phrases (NULL at the end) that stands in the words as whole words, as it stands there, or NULL.
 * A phrase that ends in "*" may go on.  Behind "no", "not", "without", "than" and the like it does not count. */
const char *answer_says(struct rules_check *check, const char *words, const char *const *phrases);

size_t answer_word_count(const char *words);
/* "n/a", "tbd", "-", and nothing at all. */
bool answer_is_nothing(const char *words);
