/* rules_words.c - what an answer says, looked for in its words (rules_words.h).  Called by the groups of rules. */
#include "registry/rules/rules_words.h"

#include <string.h>

static bool is_blank(char octet)
{
	return octet == ' ' || octet == '\t' || octet == '\n';
}

static char lower(char octet)
{
	return octet >= 'A' && octet <= 'Z' ? (char)(octet - 'A' + 'a') : octet;
}

/* Octets beyond ASCII belong to words. */
static bool is_of_word(char octet)
{
	return (octet >= 'a' && octet <= 'z') || (octet >= '0' && octet <= '9') || (octet & 0x80) != 0;
}

static bool is_link(const char *word, size_t size)
{
	const char *found = memmem(word, size, "://", 3);

	return found != NULL;
}

static size_t word_size(const char *at)
{
	size_t size = 0;

	while (at[size] != '\0' && !is_blank(at[size])) {
		size++;
	}
	return size;
}

const char *rules_words(struct rules_check *check, const char *key)
{
	const char *at = rules_answer(check, key);
	char *words = arena_take(&check->report->arena, strlen(at) + 3);

	if (words == NULL) {
		check->no_memory = true;
		return " ";
	}
	char *to = words;
	*to++ = ' ';
	for (;;) {
		while (is_blank(*at)) {
			at++;
		}
		size_t size = word_size(at);
		if (size == 0) {
			break;
		}
		for (size_t i = 0; i < size && !is_link(at, size); i++) {
			*to++ = lower(at[i]);
		}
		*to = ' ';
		to += to[-1] != ' ';
		at += size;
	}
	*to = '\0';
	return words;
}

/* ---- phrases ---- */

/* Whether what stands before `at` ends in one of the words that turn a phrase round. */
static bool is_turned_round(const char *words, const char *at)
{
	static const char *const turns[] = { " no ",	   " not ",    " nor ",	    " never ",	    " without ",
					     " neither ",  " unlike ", " than ",    " instead of ", " not a ",
					     " not over ", " not on ", " no more ", " not use " };
	size_t before = (size_t)(at - words);

	for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) {
		size_t size = strlen(turns[i]);
		if (before >= size && memcmp(at - size, turns[i], size) == 0) {
			return true;
		}
	}
	return false;
}

/* How far the phrase goes in the words that begin at `at`, which is the whole of its last word; 0: it is not there. */
static size_t phrase_size(const char *at, const char *phrase)
{
	size_t size = strlen(phrase);
	bool may_go_on = phrase[size - 1] == '*';

	size -= may_go_on;
	if (strncmp(at, phrase, size) != 0) {
		return 0;
	}
	if (!may_go_on) {
		return is_of_word(at[size]) ? 0 : size;
	}
	while (is_of_word(at[size])) {
		size++;
	}
	return size;
}

static const char *find_phrase(struct rules_check *check, const char *words, const char *phrase)
{
	for (const char *at = words + 1; words[0] != '\0' && *at != '\0'; at++) {
		size_t size = is_of_word(at[-1]) && is_of_word(*at) ? 0 : phrase_size(at, phrase);
		if (size > 0 && !is_turned_round(words, at)) {
			return rules_text(check, "%.*s", (int)size, at);
		}
	}
	return NULL;
}

const char *answer_says(struct rules_check *check, const char *words, const char *const *phrases)
{
	for (; *phrases != NULL; phrases++) {
		const char *found = find_phrase(check, words, *phrases);
		if (found != NULL) {
			return found;
		}
	}
	return NULL;
}

size_t answer_word_count(const char *words)
{
	size_t count = 0;

	for (; words[0] != '\0' && words[1] != '\0'; words++) {
		count += words[0] == ' ';
	}
	return count;
}

bool answer_is_nothing(const char *words)
{
	static const char *const nothings[] = { " ",	       " - ",	    " ? ",     " n/a ",	    " na ",
						" none ",      " none. ",   " no ",    " tbd ",	    " todo ",
						" tba ",       " unknown ", " later ", " nothing ", " see above ",
						" see below ", " . " };

	for (size_t i = 0; i < sizeof(nothings) / sizeof(nothings[0]); i++) {
		if (strcmp(words, nothings[i]) == 0) {
			return true;
		}
	}
	return false;
}
