/* form_answer.c - puts an answer into its one spelling, so that the same answer is the same text whichever way it came.
 * Called by form_set_at alone. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "registry/records/derive.h"
#include "registry/form/form_private.h"

enum { TRANSPORTS = ENTRY_DCCP - ENTRY_TCP + 1 };

/* Blanks and tabs at line ends, and empty lines at both ends. */
static void trim_text(char *value)
{
	char *to = value;

	for (const char *from = value; *from != '\0'; from++) {
		if (*from == '\n') {
			while (to > value && (to[-1] == ' ' || to[-1] == '\t')) {
				to--;
			}
			if (to == value) {
				continue;
			}
		}
		*to++ = *from;
	}
	while (to > value && strchr(" \t\n", to[-1]) != NULL) {
		to--;
	}
	*to = '\0';
}

static void trim_line(char *value)
{
	size_t blanks = strspn(value, " ");
	size_t size = strlen(value + blanks);

	memmove(value, value + blanks, size + 1);
	while (size > 0 && value[size - 1] == ' ') {
		value[--size] = '\0';
	}
}

/* One of these words, in any case, with or without a full stop, becomes the word. */
static void settle_word(char *value, const char *const *words)
{
	size_t size = strcspn(value, ".");

	if (value[size] != '\0' && value[size + 1] != '\0') {
		return;
	}
	for (; *words != NULL; words++) {
		if (strlen(*words) == size && strncasecmp(value, *words, size) == 0) {
			memcpy(value, *words, size + 1);
			return;
		}
	}
}

/* The transport that a word of the answer names, -1 none, TRANSPORTS when the word says nothing ("and", "(6)" behind
 * tcp).  Numbers are those of IP. */
static int transport_of(const char *word, size_t size)
{
	static const struct {
		const char *word;
		int transport;
	} words[] = {
		{ "tcp", 0 }, { "udp", 1 }, { "sctp", 2 }, { "dccp", 3 },	  { "6", 0 },
		{ "17", 1 },  { "132", 2 }, { "33", 3 },   { "and", TRANSPORTS },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strlen(words[i].word) == size && strncasecmp(words[i].word, word, size) == 0) {
			return words[i].transport;
		}
	}
	return -1;
}

/* "TCP (6) and UDP", "udp,tcp". */
static void settle_transports(char *value)
{
	static const char *const names[TRANSPORTS] = { "tcp", "udp", "sctp", "dccp" };
	bool meant[TRANSPORTS + 1] = { false };
	const char *at = value + strspn(value, " ,;/+&().");
	char *to = value;

	while (*at != '\0') {
		size_t size = strcspn(at, " ,;/+&().");
		int transport = transport_of(at, size);
		if (transport < 0) {
			return; /* this says more than transports */
		}
		meant[transport] = true;
		at += size;
		at += strspn(at, " ,;/+&().");
	}
	for (int i = 0; i < TRANSPORTS; i++) {
		if (meant[i]) {
			to = stpcpy(to > value ? stpcpy(to, " ") : to, names[i]);
		}
	}
}

void form_answer_settle(enum form_answer answer, char *value)
{
	static const char *const yes_no[] = { "yes", "no", NULL };
	static const char *const any[] = { "any", NULL };
	static const char *const documents[] = { "rfc", "draft", "document", "proprietary", NULL };

	if (answer == FORM_TEXT || answer == FORM_NO_OR_TEXT) {
		trim_text(value);
	} else {
		trim_line(value);
	}
	switch (answer) {
	case FORM_TRANSPORTS:
		settle_transports(value);
		break;
	case FORM_DOCUMENT:
		settle_word(value, documents);
		break;
	case FORM_PORT:
		settle_word(value, any);
		break;
	case FORM_YES_NO:
	case FORM_NO_OR_TEXT:
		settle_word(value, yes_no);
		break;
	case FORM_LINE:
	case FORM_TEXT:
		break;
	}
}
