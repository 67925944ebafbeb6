/* parse_functions.c - the functions of a protocol and its rendezvous section.  Called by parse_file.c. */
#include <string.h>

#include "description/language/parse.h"

/* ---- functions ---- */

static struct octets parse_string(struct parser *parser, const char *expected)
{
	struct octets string = parser->current.octets;

	if (parser->current.kind != TOKEN_STRING) {
		parse_fail(parser, "write it in quotes", expected);
		return (struct octets){ (const uint8_t *)"", 0 };
	}
	parse_advance(parser);
	return string;
}

static struct condition *parse_conditions(struct parser *parser)
{
	struct condition *first = NULL;
	struct condition **tail = &first;

	do {
		struct condition *condition = parse_take(parser, sizeof(*condition));
		condition->place = parser->current.place;
		condition->selector_name = parse_name(parser, "a field, like in \"when sni = \\\"www\\\"\",");
		if (!parser->failed && parse_expect(parser, "=", "'='")) {
			condition->text = parse_string(parser, "a string");
		}
		if (!parser->failed) {
			PARSE_APPEND(tail, condition);
		}
	} while (!parser->failed && parse_take_word(parser, "and"));
	return first;
}

static struct function *parse_function(struct parser *parser)
{
	struct function *function = parse_take(parser, sizeof(*function));

	if (!parse_take_word(parser, "function")) {
		parse_fail(parser,
			   parse_hint(parser, &parser->current, "function", "write function NAME \"what it does\";"),
			   "\"function\"");
		return function;
	}
	function->place = parser->current.place;
	function->name = parse_hyphenated(parser, "the function's name");
	if (!parser->failed && parser->current.kind == TOKEN_STRING) {
		/* A NUL octet would cut it short. */
		function->description = (const char *)parser->current.octets.start;
		parse_advance(parser);
	}
	if (!parser->failed && parse_take_word(parser, "on")) {
		function->message_place = parser->current.place;
		function->message_name = parse_name(parser, "the name of a client message");
	}
	if (!parser->failed && parse_take_word(parser, "when")) {
		function->conditions = parse_conditions(parser);
	}
	parse_semicolon(parser, "on when and");
	return function;
}

void parse_functions(struct parser *parser, struct parse_block *block)
{
	parser->protocol->has_functions = true;
	while (parse_block_more(parser, block)) {
		struct function *function = parse_function(parser);
		if (!parser->failed) {
			PARSE_APPEND(parser->tails.functions, function);
		}
	}
}

/* ---- rendezvous ---- */

static struct fill *parse_fill(struct parser *parser)
{
	struct fill *fill = parse_take(parser, sizeof(*fill));

	fill->field_place = parser->current.place;
	fill->field_name = parse_name(parser, "a field of the message");
	if (parser->failed || !parse_expect(parser, "=", "'='")) {
		return fill;
	}
	fill->place = parser->current.place;
	if (parser->current.kind == TOKEN_STRING) {
		fill->kind = FILL_TEXT;
		fill->text = parse_string(parser, "a string");
	} else if (parser->current.kind == TOKEN_NAME) {
		fill->kind = FILL_FIELD;
		fill->name = parse_name(parser, "a code, or a field like Request.id");
		if (parse_take_mark(parser, ".")) {
			fill->message_name = fill->name;
			fill->name = parse_name(parser, "a field of the message");
		}
	} else {
		fill->kind = FILL_NUMBER;
		fill->number = parse_integer(parser, "a number, a string, a code or a field like Request.id");
	}
	parse_semicolon(parser, "");
	return fill;
}

static void parse_fills(struct parser *parser, struct rendezvous_line *line)
{
	struct parse_block block = parse_block_open(parser, LEVEL_ITEMS, "the message");
	struct fill **tail = &line->fills;

	while (parse_block_more(parser, &block)) {
		struct fill *fill = parse_fill(parser);
		if (!parser->failed) {
			PARSE_APPEND(tail, fill);
		}
	}
}

/* A message and its fills; `instead` is the word that may stand for one, or "".  Behind '}' the ';' may be left out. */
static void parse_answer_message(struct parser *parser, struct rendezvous_line *line, const char *instead)
{
	if (parser->failed) {
		return;
	}
	if (instead[0] != '\0' && parse_take_word(parser, instead)) {
		parse_semicolon(parser, "");
		return;
	}
	line->message_place = parser->current.place;
	line->message_name = parse_name(
		parser, instead[0] == '\0' ? "a server message"
					   : report_text(parser->report, "a server message or \"%s\"", instead));
	if (!parser->failed && parse_at_mark(parser, "{")) {
		parse_fills(parser, line);
		(void)parse_take_mark(parser, ";");
	} else {
		parse_semicolon(parser, "");
	}
}

static void parse_on(struct parser *parser, struct rendezvous_line *line)
{
	if (!parser->failed && parse_take_word(parser, "on")) {
		line->on_place = parser->current.place;
		line->on_name = parse_name(parser, "a client message");
	}
}

static void append_word(struct parser *parser, struct word ***tail, const char *expected)
{
	struct word *word = parse_take(parser, sizeof(*word));

	word->place = parser->current.place;
	word->text = parse_hyphenated(parser, expected);
	PARSE_APPEND(*tail, word);
}

static void parse_name_line(struct parser *parser, struct rendezvous_line *line)
{
	struct word **tail = &line->words;

	line->kind = LINE_NAME;
	do {
		append_word(parser, &tail, "a field that names the function");
	} while (!parser->failed && parse_take_mark(parser, ","));
	parse_semicolon(parser, "");
}

static void parse_say_line(struct parser *parser, struct rendezvous_line *line)
{
	line->kind = LINE_SAY;
	parse_answer_message(parser, line, "");
}

static void parse_accept_line(struct parser *parser, struct rendezvous_line *line)
{
	line->kind = LINE_ACCEPT;
	parse_on(parser, line);
	parse_answer_message(parser, line, "nothing");
}

static void parse_redirect_line(struct parser *parser, struct rendezvous_line *line)
{
	line->kind = LINE_REDIRECT;
	parse_on(parser, line);
	line->moved = !parser->failed && parse_at_word(parser, "moved");
	parse_answer_message(parser, line, "moved");
}

/* A name is a refusal word if a message still comes behind it. */
static bool at_refusal_word(const struct parser *parser)
{
	return parser->current.kind == TOKEN_NAME && !parse_at_word(parser, "on") &&
	       (parser->ahead.kind == TOKEN_NAME || parse_is_mark(&parser->ahead, ",") ||
		parse_is_mark(&parser->ahead, "-"));
}

static void parse_refuse_line(struct parser *parser, struct rendezvous_line *line)
{
	struct word **tail = &line->words;

	line->kind = LINE_REFUSE;
	while (!parser->failed && at_refusal_word(parser)) {
		append_word(parser, &tail, "a refusal word");
		if (!parse_take_mark(parser, ",")) {
			break;
		}
	}
	parse_on(parser, line);
	parse_answer_message(parser, line, "nothing");
}

static struct rendezvous_line *parse_line(struct parser *parser)
{
	static const struct {
		const char *word;
		void (*parse)(struct parser *parser, struct rendezvous_line *line);
	} kinds[] = {
		{ "name", parse_name_line },	 { "say", parse_say_line },	      { "accept", parse_accept_line },
		{ "refuse", parse_refuse_line }, { "redirect", parse_redirect_line },
	};
	struct rendezvous_line *line = parse_take(parser, sizeof(*line));

	line->place = parser->current.place;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (parse_take_word(parser, kinds[i].word)) {
			kinds[i].parse(parser, line);
			return line;
		}
	}
	parse_fail(parser,
		   parse_hint(parser, &parser->current, "name say accept refuse redirect",
			      "write name, say, accept, refuse or redirect"),
		   "a line of the rendezvous");
	return line;
}

void parse_rendezvous(struct parser *parser, struct parse_block *block)
{
	parser->protocol->has_rendezvous = true;
	while (parse_block_more(parser, block)) {
		struct rendezvous_line *line = parse_line(parser);
		if (!parser->failed) {
			PARSE_APPEND(parser->tails.rendezvous, line);
		}
	}
}
