/* form_text_boxes.c - the boxes of the plain-text form: which question has which, and those that a person ticked. */
#include <string.h>

#include "registry/form/form_text.h"

const struct text_option *text_options(enum form_answer answer, enum form_kind kind)
{
	static const struct text_option transports[OPTIONS_MAX] = {
		{ "tcp", "tcp (6)" },
		{ "udp", "udp (17)" },
		{ "sctp", "sctp (132)" },
		{ "dccp", "dccp (33)" },
	};
	static const struct text_option yes_no[] = { { "yes", "Yes" }, { "no", "No" }, { NULL, NULL } };
	static const struct text_option documents[OPTIONS_MAX] = {
		{ "rfc", "rfc" },
		{ "draft", "draft" },
		{ "document", "document" },
		{ "proprietary", "proprietary" },
	};
	/* What a system port needs is open to everybody. */
	static const struct text_option open_documents[OPTIONS_MAX] = {
		{ "rfc", "rfc" },
		{ "draft", "draft" },
		{ "document", "document" },
	};

	switch (answer) {
	case FORM_TRANSPORTS:
		return transports;
	case FORM_DOCUMENT:
		return kind == FORM_SYSTEM ? open_documents : documents;
	case FORM_YES_NO:
	case FORM_NO_OR_TEXT:
		return yes_no;
	case FORM_LINE:
	case FORM_TEXT:
	case FORM_PORT:
		break;
	}
	return NULL;
}

enum mark { MARK_NONE, MARK_TICK, MARK_UNCLEAR };

static enum mark read_mark(const char *at, size_t size)
{
	static const char *const ticks[] = { "x", "X", "*", "v", "V", "\xE2\x9C\x93", "\xE2\x9C\x94" };

	for (size_t i = 0; i < sizeof(ticks) / sizeof(ticks[0]); i++) {
		if (strlen(ticks[i]) == size && memcmp(ticks[i], at, size) == 0) {
			return MARK_TICK;
		}
	}
	return size == 0 ? MARK_NONE : MARK_UNCLEAR;
}

/* Behind a box, "[ ]", "[x]", "[ X ]"; NULL: there is none. */
static const char *read_box(const char *at, enum mark *ret_mark)
{
	if (*at++ != '[') {
		return NULL;
	}
	at += strspn(at, " \t");
	size_t size = strcspn(at, " \t\n]");
	const char *end = at + size + strspn(at + size, " \t");
	if (*end != ']') {
		return NULL;
	}
	*ret_mark = read_mark(at, size);
	return end + 1;
}

/* The option whose label stands here, and behind it. */
static const struct text_option *read_label(const struct text_option *option, const char **at)
{
	const char *start = *at + strspn(*at, " \t\n");

	for (; option->value != NULL; option++) {
		const char *behind = text_match(start, option->label, NULL);
		behind = behind != NULL ? behind : text_match(start, option->value, NULL);
		if (behind != NULL) {
			*at = behind;
			return option;
		}
	}
	return NULL;
}

const char *boxes_read(const struct text_option *options, const char *at, const char *end,
		       char ret_ticked[static TICKED_MAX], const char **ret_unclear)
{
	ret_ticked[0] = '\0';
	for (;;) {
		const char *box = at + strspn(at, " \t\n");
		enum mark mark = MARK_NONE;
		const char *label = box < end ? read_box(box, &mark) : NULL;
		const struct text_option *option = label != NULL ? read_label(options, &label) : NULL;
		if (option == NULL || label > end) {
			return at;
		}
		if (mark == MARK_UNCLEAR) {
			*ret_unclear = box;
			return at;
		}
		if (mark == MARK_TICK && strlen(ret_ticked) + strlen(option->value) + 2 < TICKED_MAX) {
			char *to = ret_ticked + strlen(ret_ticked);
			to = to > ret_ticked ? stpcpy(to, " ") : to;
			(void)stpcpy(to, option->value);
		}
		at = label;
	}
}
