/* rules_reasons.c - rules J1 to J5: the answers are there and have substance.  What is missing altogether is found by
 * rules_form.c under the same ids. */
#include <string.h>

#include "registry/rules/rules_words.h"

enum { REASON_WORDS_MIN = 4, LINK_WORDS_MAX = 8 };

static void check_reason(struct rules_check *check, const char *id, const char *key, const char *help)
{
	const char *words = rules_words(check, key);

	if (rules_answer(check, key)[0] != '\0' &&
	    (answer_is_nothing(words) || answer_word_count(words) < REASON_WORDS_MIN)) {
		rules_find(check, id, key, help, "\"%s\" is no reason", rules_quoted(check, rules_answer(check, key)));
	}
}

static void check_reasons(struct rules_check *check)
{
	bool is_system = check->form->kind == FORM_SYSTEM;

	check_reason(check, is_system ? "J2" : "J1", "why-not-dynamic",
		     "Say why clients cannot find the server otherwise: by DNS, by configuration, by another service.");
	check_reason(check, "J2", "why-not-user", "Say what a port below 1024 gives that others do not.");
}

/* Question 7 is answered with no, or with how and what for. */
static void check_broadcast(struct rules_check *check)
{
	static const char *const keys[] = { "broadcast", "anycast" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(rules_answer(check, keys[i]), "yes") == 0) {
			rules_find(check, "J3", keys[i], "Say how, and what for.",
				   "%s is used, but it is not said what for", keys[i]);
		}
	}
}

/* "There is no opportunity for Non-disclosure agreements for System ports." */
static void check_open(struct rules_check *check)
{
	static const char *const keys[] = { "reference", "notes", "other" };
	static const char *const phrases[] = { "confidential*",	 "non-disclosure", "nondisclosure",	 "nda",
					       "under request*", "on request",	   "internal document*", NULL };

	if (check->form->kind != FORM_SYSTEM) {
		return;
	}
	if (strcmp(rules_answer(check, "specification"), "proprietary") == 0) {
		rules_find(check, "J4", "specification", "Publish it, or use the form for a user port.",
			   "a system port takes a specification that everybody can read");
	}
	if (answer_is_nothing(rules_words(check, "reference")) &&
	    strstr(rules_answer(check, "reference"), "://") == NULL && rules_answer(check, "reference")[0] != '\0') {
		rules_find(check, "J2", "reference", "Name an RFC, an Internet-Draft, or a permanent document.",
			   "\"%s\" is no specification", rules_quoted(check, rules_answer(check, "reference")));
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *found = answer_says(check, rules_words(check, keys[i]), phrases);
		if (found != NULL) {
			rules_find(check, "J4", keys[i], "Publish it, or use the form for a user port.",
				   "\"%s\": there are no non-disclosure agreements for system ports", found);
		}
	}
}

static void check_whole(struct rules_check *check, const char *key)
{
	static const char *const elsewhere[] = { "see",		  "documentation", "docs", "website",
						 "specification", "reference",	   "rfc*", NULL };
	const char *answer = rules_answer(check, key);
	const char *words = rules_words(check, key);
	bool is_none = strcmp(key, "opcodes") == 0 && strncmp(words, " none", 5) == 0;
	bool is_short = answer_word_count(words) < LINK_WORDS_MAX;
	bool is_link = strstr(answer, "://") != NULL || answer_says(check, words, elsewhere) != NULL;

	if (answer[0] != '\0' && !is_none && (answer_is_nothing(words) || (is_short && is_link))) {
		rules_find(check, "J5", key, "Answer here: what is only a link can change behind it.",
			   "%s is not answered in words: \"%s\"", key, rules_quoted(check, answer));
	}
}

void rules_check_reasons(struct rules_check *check)
{
	static const char *const keys[] = { "formats", "types", "opcodes", "sequences", "functions" };

	check_reasons(check);
	check_broadcast(check);
	check_open(check);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		check_whole(check, keys[i]);
	}
}
