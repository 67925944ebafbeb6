/* parse_application.c - the application block, and the values of answers and headers.  Called by parse_file.c. */
#include <string.h>

#include "description/language/application.h"
#include "description/language/parse.h"

/* A '-' that stands between two names without a blank. */
static bool at_hyphen(const struct parser *parser)
{
	return parse_at_mark(parser, "-") && parser->ahead.kind == TOKEN_NAME &&
	       parser->ahead.start == parser->current.start + 1 &&
	       memcmp(&parser->behind, &parser->current.place, sizeof(parser->behind)) == 0;
}

const char *parse_hyphenated(struct parser *parser, const char *expected)
{
	struct token word = parser->current;

	if (word.kind != TOKEN_NAME) {
		parse_fail(parser, NULL, expected);
		return "";
	}
	parse_advance(parser);
	while (at_hyphen(parser)) {
		word.size = (size_t)(parser->ahead.start - word.start) + parser->ahead.size;
		parse_advance(parser);
		parse_advance(parser);
	}
	return parse_text(parser, &word);
}

static void set_text(struct answer *answer, const char *text)
{
	answer->text = (struct octets){ (const uint8_t *)text, strlen(text) };
}

static struct answer *parse_answer(struct parser *parser, const char *key)
{
	struct answer *answer = parse_take(parser, sizeof(*answer));

	answer->place = parser->current.place;
	switch (parser->current.kind) {
	case TOKEN_NUMBER:
		answer->kind = ANSWER_NUMBER;
		answer->number = parse_integer(parser, "a number");
		break;
	case TOKEN_STRING:
	case TOKEN_LONG_STRING:
		answer->kind = ANSWER_TEXT;
		answer->text = parser->current.octets;
		parse_advance(parser);
		break;
	case TOKEN_NAME:
		answer->kind = ANSWER_NAME;
		set_text(answer, parse_hyphenated(parser, "a word"));
		break;
	case TOKEN_DOTTED:
	case TOKEN_TIME:
		answer->kind = ANSWER_NAME;
		set_text(answer, parse_text(parser, &parser->current));
		parse_advance(parser);
		break;
	case TOKEN_END:
	case TOKEN_MARK:
		parse_fail(parser, NULL, report_text(parser->report, "a value of \"%s\"", key));
		break;
	}
	return answer;
}

/* True if the next value belongs to the answer without a comma: a string behind another (a name and an e-mail) or
 * behind a word (a group and what for), a word behind a number of the same line. */
static bool goes_on(const struct parser *parser, const struct answer *last)
{
	switch (parser->current.kind) {
	case TOKEN_STRING:
	case TOKEN_LONG_STRING:
		return last->kind != ANSWER_NUMBER;
	case TOKEN_NAME:
		return last->kind == ANSWER_NUMBER && parser->current.place.line == parser->behind.line;
	case TOKEN_NUMBER:
	case TOKEN_TIME:
	case TOKEN_DOTTED:
	case TOKEN_END:
	case TOKEN_MARK:
		break;
	}
	return false;
}

struct answer *parse_answers(struct parser *parser, const char *key)
{
	struct answer *first = NULL;
	struct answer **tail = &first;
	struct answer *answer;

	do {
		answer = parse_answer(parser, key);
		if (parser->failed) {
			return first;
		}
		PARSE_APPEND(tail, answer);
	} while (parse_take_mark(parser, ",") || goes_on(parser, answer));
	parse_semicolon(parser, "");
	return first;
}

static struct entry *parse_entry(struct parser *parser)
{
	struct entry *entry = parse_take(parser, sizeof(*entry));

	entry->place = parser->current.place;
	entry->key = parse_hyphenated(parser, "a key like \"title\"");
	if (!parser->failed) {
		entry->answers = parse_answers(parser, entry->key);
	}
	return entry;
}

/* True at the word of this kind, which may have a '-' in it. */
static bool at_kind(const struct parser *parser, enum application_kind kind)
{
	const char *word = application_kind_word(kind);
	size_t size = strlen(word);
	const char *start = parser->current.start;

	return parser->current.kind == TOKEN_NAME && strncmp(start, word, size) == 0 && !lexer_is_word(start[size]) &&
	       start[size] != '-';
}

static bool take_kind(struct parser *parser, enum application_kind *kind)
{
	for (int i = 0; i < APPLICATION_KINDS; i++) {
		if (at_kind(parser, (enum application_kind)i)) {
			*kind = (enum application_kind)i;
			(void)parse_hyphenated(parser, "a kind");
			return true;
		}
	}
	return false;
}

void parse_application(struct parser *parser)
{
	struct application *application = parse_take(parser, sizeof(*application));
	static const char kinds[] =
		"user system relocation name service-code modification transport release revocation "
		"renewal";
	struct entry **tail = &application->entries;

	application->source = &parser->tree->source;
	application->place = parser->current.place;
	parse_advance(parser);
	if (!take_kind(parser, &application->kind)) {
		parse_fail(parser, parse_hint(parser, &parser->current, kinds, NULL),
			   "\"user\", \"system\", \"relocation\", \"name\" or another kind of application");
		return;
	}
	struct parse_block block = parse_block_open(parser, LEVEL_ANSWERS, "the application");
	while (parse_block_more(parser, &block)) {
		struct entry *entry = parse_entry(parser);
		if (!parser->failed) {
			PARSE_APPEND(tail, entry);
		}
	}
	PARSE_APPEND(parser->applications_tail, application);
}
