/* process_words.c - the process's words as people read them (process_words.h).  Pure. */
#include "registry/words/process_words.h"

#include <stddef.h>
#include <string.h>

struct entry_of_words {
	const char *word, *people;
};

static const char *find(const struct entry_of_words words[], const char *word)
{
	for (; words->word != NULL; words++) {
		if (strcmp(words->word, word) == 0) {
			return words->people;
		}
	}
	return word;
}

const char *words_of_state(const char *state)
{
	static const struct entry_of_words states[] = {
		{ "draft", "a draft" },
		{ "unconfirmed", "waiting for its address to be confirmed" },
		{ "validating", "being examined" },
		{ "with-applicant", "waiting for the applicant" },
		{ "with-holder", "waiting for consent" },
		{ "expert-review", "with an expert" },
		{ "board", "before the board" },
		{ "call", "open for comments" },
		{ "approved", "decided, to be assigned" },
		{ "assigned", "assigned" },
		{ "done", "carried out" },
		{ "refused", "refused" },
		{ "withdrawn", "withdrawn" },
		{ "lapsed", "lapsed" },
		{ "appeal", "appealed against" },
		{ "de-assigned", "annulled and de-assigned" },
		{ NULL, NULL },
	};

	return find(states, state);
}

const char *words_of_kind(const char *kind)
{
	static const struct entry_of_words kinds[] = {
		{ "user", "user port" },
		{ "system", "system port" },
		{ "relocation", "user port beside a system port" },
		{ "name", "name alone" },
		{ "service-code", "DCCP service code" },
		{ "modification", "modification" },
		{ "transport", "added transport" },
		{ "release", "release" },
		{ "revocation", "revocation" },
		{ "renewal", "renewal" },
		{ NULL, NULL },
	};

	return find(kinds, kind);
}

const char *words_of_act(const char *act)
{
	static const struct entry_of_words acts[] = {
		{ "save", "kept as a draft" },
		{ "submit", "sent" },
		{ "file", "filed from paper" },
		{ "confirm", "confirmed its address" },
		{ "expire", "time ran out" },
		{ "ask", "asked the applicant" },
		{ "answer", "answered" },
		{ "remind", "reminded" },
		{ "reopen", "taken up again by the applicant" },
		{ "need-consent", "asked for consent" },
		{ "consented", "consent was given" },
		{ "declined", "consent was declined" },
		{ "to-expert", "given to an expert" },
		{ "to-board", "given to the board" },
		{ "call", "opened for comments" },
		{ "comment", "commented" },
		{ "close", "closed for comments" },
		{ "recuse", "stepped aside" },
		{ "reassign", "given to another expert" },
		{ "recommend", "recommended" },
		{ "edit-return", "changed by the applicant" },
		{ "propose-assign", "decided to assign" },
		{ "auto", "decided by the registry itself" },
		{ "vote", "voted" },
		{ "refuse", "refused" },
		{ "assign", "assigned" },
		{ "number-taken", "the number was taken meanwhile" },
		{ "hold-back", "held back" },
		{ "withdraw", "withdrawn by the applicant" },
		{ "copy", "copied into a new application" },
		{ "appeal", "appealed" },
		{ "hear", "appeal taken up" },
		{ "uphold", "decision upheld" },
		{ "annul", "decision annulled" },
		{ NULL, NULL },
	};

	return find(acts, act);
}

const char *words_of_verdict(const char *verdict)
{
	static const struct entry_of_words verdicts[] = {
		{ "assign", "to assign it" },
		{ "refuse", "to refuse it" },
		{ "annul", "to annul the decision" },
		{ NULL, NULL },
	};

	return find(verdicts, verdict);
}
