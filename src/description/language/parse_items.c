/* parse_items.c - formats, types, and the items of a block.  Called by parse_file.c; fields are in parse_type.c. */
#include <string.h>

#include "description/language/parse.h"

static const char item_words[] =
	"eol sure weak any maybe sized within repeat switch if bytes payload body text bits u8 "
	"u16 u24 u32 u64 decimal hex4 varint ber";

static const char item_help[] =
	"items: name: type; \"literal\"; eol; sure; weak; any of; maybe; sized; within; repeat; "
	"switch; if";

bool parse_literal(struct parser *parser, struct octets *literal, const char *expected)
{
	if (parser->current.kind != TOKEN_STRING) {
		parse_fail(parser, "a literal is like \"text\" or x\"0D 0A\"", expected);
		return false;
	}
	if (parser->current.octets.size == 0) {
		parse_error(parser, parser->current.place, "write what stands there, or take the item away",
			    "this literal is empty");
	}
	*literal = parser->current.octets;
	parse_advance(parser);
	return true;
}

/* ---- items that begin with a word ---- */

static void parse_any_of(struct parser *parser, struct item *item)
{
	item->kind = ITEM_ANY_OF;
	parse_advance(parser);
	if (!parse_take_word(parser, "of")) {
		parse_fail(parser, "write any of \"octets\";", "\"of\"");
		return;
	}
	if (parse_literal(parser, &item->text, "the octets of which one must be there")) {
		parse_semicolon(parser, "");
	}
}

static void parse_maybe(struct parser *parser, struct item *item)
{
	item->kind = ITEM_MAYBE;
	parse_advance(parser);
	item->block = parse_items(parser, "\"maybe\"");
}

static void parse_sized(struct parser *parser, struct item *item)
{
	item->kind = ITEM_SIZED;
	parse_advance(parser);
	item->number = parse_number_type(parser);
	bool minus = parse_at_mark(parser, "-");
	if (!parser->failed && (minus || parse_at_mark(parser, "+"))) {
		parse_advance(parser);
		uint64_t adjust =
			parse_unsigned(parser, "the number of octets that the length counts too much or too few");
		item->adjust = minus ? -(int64_t)adjust : (int64_t)adjust;
	}
	item->ranges = parse_in(parser);
	item->block = parse_items(parser, "\"sized\"");
}

static void parse_within(struct parser *parser, struct item *item)
{
	item->kind = ITEM_WITHIN;
	parse_advance(parser);
	item->expression = parse_expression(parser);
	item->block = parse_items(parser, "\"within\"");
}

static bool at_until(const struct parser *parser)
{
	return parse_at_word(parser, "until") && parser->ahead.kind != TOKEN_MARK;
}

static void parse_until(struct parser *parser, struct item *item)
{
	parse_advance(parser);
	if (parse_take_word(parser, "end")) {
		item->until = UNTIL_END;
	} else if (parse_take_word(parser, "eol")) {
		item->until = UNTIL_EOL;
	} else {
		item->until = UNTIL_LITERAL;
		(void)parse_literal(parser, &item->text, "\"end\", \"eol\" or a literal");
	}
}

static void parse_repeat(struct parser *parser, struct item *item)
{
	item->kind = ITEM_REPEAT;
	parse_advance(parser);
	if (at_until(parser)) {
		parse_until(parser, item);
	} else if (parse_at_mark(parser, "{")) {
		parse_fail(parser, "write repeat until end { }, repeat until \"D\" { } or repeat n { }",
			   "\"until\" or a number");
	} else {
		item->until = UNTIL_COUNT;
		item->expression = parse_expression(parser);
	}
	item->block = parse_items(parser, "\"repeat\"");
}

static struct switch_case *parse_case(struct parser *parser, bool *has_default)
{
	struct switch_case *branch = parse_take(parser, sizeof(*branch));
	struct range **tail = &branch->values;

	branch->place = parser->current.place;
	if (*has_default) {
		parse_error(parser, branch->place, "put it before the default", "\"default\" stands last in a switch");
	}
	if (parse_take_word(parser, "default")) {
		*has_default = true;
	} else if (parse_take_word(parser, "case")) {
		do {
			struct range *range = parse_value_range(parser);
			PARSE_APPEND(tail, range);
		} while (!parser->failed && parse_take_mark(parser, ","));
	} else {
		parse_fail(parser, parse_hint(parser, &parser->current, "case default", NULL),
			   "\"case\" or \"default\"");
	}
	if (!parser->failed && parse_at_mark(parser, "..")) {
		parse_fail(parser, "a case takes single values: list them with commas", "':'");
	}
	if (!parser->failed && parse_expect(parser, ":", "':'")) {
		branch->block = parse_items(parser, "the case");
	}
	return branch;
}

static void parse_switch(struct parser *parser, struct item *item)
{
	struct switch_case **tail = &item->cases;
	bool has_default = false;

	item->kind = ITEM_SWITCH;
	parse_advance(parser);
	item->selector_place = parser->current.place;
	item->selector_name = parse_name(parser, "the name of a field");
	struct parse_block block = parse_block_open(parser, LEVEL_ITEMS, "\"switch\"");
	while (parse_block_more(parser, &block)) {
		struct switch_case *branch = parse_case(parser, &has_default);
		if (!parser->failed) {
			PARSE_APPEND(tail, branch);
		}
	}
}

static void parse_if(struct parser *parser, struct item *item)
{
	item->kind = ITEM_IF;
	parse_advance(parser);
	item->expression = parse_expression(parser);
	item->block = parse_items(parser, "\"if\"");
	if (!parser->failed && parse_take_word(parser, "else")) {
		item->otherwise = parse_items(parser, "\"else\"");
	}
}

static void parse_single_word(struct parser *parser, struct item *item, enum item_kind kind)
{
	item->kind = kind;
	parse_advance(parser);
	parse_semicolon(parser, "");
}

static void parse_eol(struct parser *parser, struct item *item)
{
	parse_single_word(parser, item, ITEM_EOL);
}

static void parse_sure(struct parser *parser, struct item *item)
{
	parse_single_word(parser, item, ITEM_SURE);
}

static void parse_weak(struct parser *parser, struct item *item)
{
	parse_single_word(parser, item, ITEM_WEAK);
}

/* True if the item begins with a word of the language, and is read then. */
static bool parse_keyword(struct parser *parser, struct item *item)
{
	static const struct {
		const char *word;
		void (*parse)(struct parser *parser, struct item *item);
	} keywords[] = {
		{ "eol", parse_eol },	    { "sure", parse_sure },	{ "weak", parse_weak },
		{ "any", parse_any_of },    { "maybe", parse_maybe },	{ "sized", parse_sized },
		{ "within", parse_within }, { "repeat", parse_repeat }, { "switch", parse_switch },
		{ "if", parse_if },
	};

	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
		if (parse_at_word(parser, keywords[i].word)) {
			keywords[i].parse(parser, item);
			return true;
		}
	}
	return false;
}

/* ---- items ---- */

static void parse_literal_item(struct parser *parser, struct item *item)
{
	item->kind = ITEM_LITERAL;
	(void)parse_literal(parser, &item->text, "a literal");
	item->nocase = parse_take_word(parser, "nocase");
	parse_semicolon(parser, "nocase");
}

/* As in other languages, but not in this one: "u16 length;". */
static void take_name_behind(struct parser *parser, struct item *item)
{
	if (parser->failed || item->name != NULL || parser->current.kind != TOKEN_NAME ||
	    !parse_is_mark(&parser->ahead, ";") || parser->current.place.line != parser->behind.line) {
		return;
	}
	parse_error(parser, parser->current.place,
		    report_text(parser->report, "write %.*s: and then the type", (int)parser->current.size,
				parser->current.start),
		    "the name of a field stands before its type");
	item->name_place = parser->current.place;
	item->name = parse_name(parser, "a name");
}

/* Behind the '}' of bits the ';' may be left out. */
static void parse_field(struct parser *parser, struct item *item)
{
	parse_type(parser, item);
	if (item->kind == ITEM_BITS && !parser->failed) {
		(void)parse_take_mark(parser, ";");
		return;
	}
	take_name_behind(parser, item);
	parse_semicolon(parser, parser->failed ? "" : parse_type_words(item));
}

/* True at a name that begins no item, whatever it means. */
static bool at_stray_name(const struct parser *parser)
{
	static const char *const followers[] = { ";", "=", "[", "}" };

	for (size_t i = 0; i < sizeof(followers) / sizeof(followers[0]); i++) {
		if (parse_is_mark(&parser->ahead, followers[i])) {
			return false;
		}
	}
	return parser->current.kind == TOKEN_NAME && !parse_at_number_type(&parser->current) &&
	       !parse_at_word(parser, "bits") && !parse_is_word(&parser->ahead, "in") &&
	       parser->ahead.place.line == parser->current.place.line;
}

static void parse_named_item(struct parser *parser, struct item *item)
{
	item->name_place = parser->current.place;
	item->name = parse_name(parser, "a name");
	parse_advance(parser);
	if (parse_at_word(parser, "sized")) {
		parse_sized(parser, item);
	} else {
		parse_field(parser, item);
	}
}

static struct item *parse_item(struct parser *parser)
{
	struct item *item = parse_take(parser, sizeof(*item));

	item->place = parser->current.place;
	if (parser->current.kind == TOKEN_STRING) {
		parse_literal_item(parser, item);
	} else if (parser->current.kind != TOKEN_NAME) {
		parse_fail(parser, item_help, "an item of the block");
	} else if (parse_is_mark(&parser->ahead, ":")) {
		parse_named_item(parser, item);
	} else if (parse_keyword(parser, item)) {
		return item;
	} else if (at_stray_name(parser)) {
		parse_fail(parser, parse_hint(parser, &parser->current, item_words, item_help), "an item of the block");
	} else {
		parse_field(parser, item);
	}
	return item;
}

struct item *parse_items(struct parser *parser, const char *what)
{
	struct item *first = NULL;
	struct item **tail = &first;
	struct parse_block block = parse_block_open(parser, LEVEL_ITEMS, what);

	while (parse_block_more(parser, &block)) {
		struct item *item = parse_item(parser);
		if (!parser->failed) {
			PARSE_APPEND(tail, item);
		}
	}
	return first;
}

/* ---- formats ---- */

static struct format *parse_format(struct parser *parser)
{
	struct format *format = parse_take(parser, sizeof(*format));

	if (!parse_take_word(parser, "format")) {
		parse_fail(parser, parse_hint(parser, &parser->current, "format", "write format NAME { ... }"),
			   "\"format\"");
		return format;
	}
	format->place = parser->current.place;
	format->name = parse_name(parser, "the format's name");
	struct place place = parser->ahead.place;
	if (!parser->failed && parse_take_word(parser, "nested")) {
		uint64_t nested = parse_unsigned(parser, "how deep the format may stand in itself");
		if (!parser->failed && nested == 0) {
			parse_error(parser, place, "leave \"nested\" out",
				    "a format that does not contain itself is not nested");
		} else if (nested > NESTED_MAX) {
			parse_limit(parser, place, NULL, "the format may stand in itself too deep", NESTED_MAX);
		}
		format->nested = (uint32_t)nested;
	}
	format->block = parse_items(parser, "the format");
	return format;
}

void parse_formats(struct parser *parser, struct parse_block *block)
{
	while (parse_block_more(parser, block)) {
		struct format *format = parse_format(parser);
		if (!parser->failed) {
			PARSE_APPEND(parser->tails.formats, format);
		}
	}
}

/* ---- types ---- */

bool parse_at_role(const struct token *token)
{
	return parse_is_word(token, role_word(ROLE_CLIENT)) || parse_is_word(token, role_word(ROLE_SERVER));
}

enum role parse_role(struct parser *parser)
{
	enum role role = parse_at_word(parser, role_word(ROLE_SERVER)) ? ROLE_SERVER : ROLE_CLIENT;

	if (!parse_at_role(&parser->current)) {
		parse_fail(parser, parse_hint(parser, &parser->current, "client server", NULL),
			   "\"client\" or \"server\"");
		return role;
	}
	parse_advance(parser);
	return role;
}

static enum message_kind parse_kind(struct parser *parser)
{
	static const char words[] = "request reply cancel interrupt notice data";

	for (enum message_kind kind = KIND_REQUEST; kind <= KIND_DATA; kind++) {
		if (parse_take_word(parser, message_kind_word(kind))) {
			return kind;
		}
	}
	parse_fail(
		parser,
		parse_hint(parser, &parser->current, words, "kinds: request, reply, cancel, interrupt, notice, data"),
		"the kind of the message");
	return KIND_REQUEST;
}

static struct message *parse_message(struct parser *parser)
{
	struct message *message = parse_take(parser, sizeof(*message));

	message->role = parse_role(parser);
	if (parser->failed) {
		return message;
	}
	message->kind = parse_kind(parser);
	if (parser->failed) {
		return message;
	}
	message->place = parser->current.place;
	message->name = parse_name(parser, "the message's name");
	if (!parser->failed && parse_take_word(parser, "over")) {
		message->over_place = parser->current.place;
		message->over_name = parse_name(parser, "the name of the format that carries it");
	}
	message->block = parse_items(parser, "the message");
	return message;
}

void parse_types(struct parser *parser, struct parse_block *block)
{
	while (parse_block_more(parser, block)) {
		struct message *message = parse_message(parser);
		if (!parser->failed) {
			PARSE_APPEND(parser->tails.messages, message);
		}
	}
}
