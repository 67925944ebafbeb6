/* registry_words.h - what a registry says of itself on every page and letter, as `berth registry set` and the web's
 * page of settings change it: one list for both. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registry/words/complain.h"
#include "store/store.h"

struct registry_word {
	const char *key; /* of the table setting */
	const char *label;
	const char *hint;
	unsigned size_max; /* characters */
	bool is_long;	   /* more than one line */
};

/* key NULL behind the last. */
extern const struct registry_word registry_words[];

/* NULL when there is none. */
const struct registry_word *registry_word_find(const char *key);

/* -EINVAL with a sentence.  An empty text is right, but for the name and the staff's address. */
int registry_word_judge(const struct registry_word *word, const char *text, struct complaint *ret_complaint);

struct registry_said {
	const struct registry_word *word;
	const char *text;
};
/* All in one event "registry-set"; what stands there already is left out.  -EINVAL with a sentence, or -errno. */
int registry_say(struct store *store, int64_t staff, const char *at_or_null, const struct registry_said *said,
		 size_t count, struct complaint *ret_complaint);
