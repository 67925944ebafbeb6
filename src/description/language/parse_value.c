/* parse_value.c - number types, values, ranges and expressions.  Called by all that parse fields and rules. */
#include <string.h>

#include "description/language/parse.h"

enum { OPERATORS_MAX = 64 }; /* of one expression, so that no walk through it goes deep */

static const struct {
	const char *word;
	enum number_kind kind;
} number_words[] = {
	{ "u8", NUMBER_U8 },	 { "u16", NUMBER_U16 },	      { "u24", NUMBER_U24 },
	{ "u32", NUMBER_U32 },	 { "u64", NUMBER_U64 },	      { "decimal", NUMBER_DECIMAL },
	{ "hex4", NUMBER_HEX4 }, { "varint", NUMBER_VARINT }, { "ber", NUMBER_BER },
};

enum { NUMBER_WORDS = sizeof(number_words) / sizeof(number_words[0]) };

bool parse_at_number_type(const struct token *token)
{
	for (size_t i = 0; i < NUMBER_WORDS; i++) {
		if (parse_is_word(token, number_words[i].word)) {
			return true;
		}
	}
	return false;
}

static void parse_order(struct parser *parser, struct number_type *type)
{
	bool little = parse_at_word(parser, "le");

	if (!little && !parse_at_word(parser, "be")) {
		return;
	}
	if (type->kind > NUMBER_U64) {
		parse_error(parser, parser->current.place, "take it away", "only u16, u24, u32 and u64 have an order");
	}
	type->little = little;
	type->order_given = true;
	parse_advance(parser);
}

struct number_type parse_number_type(struct parser *parser)
{
	struct number_type type = { .kind = NUMBER_U16 };

	for (size_t i = 0; i < NUMBER_WORDS; i++) {
		if (parse_take_word(parser, number_words[i].word)) {
			type.kind = number_words[i].kind;
			parse_order(parser, &type);
			return type;
		}
	}
	parse_fail(parser,
		   parse_hint(parser, &parser->current, "u8 u16 u24 u32 u64 decimal hex4 varint ber",
			      "u8, u16, u24, u32, u64, decimal, hex4, varint, ber"),
		   "the type of a number");
	return type;
}

/* ---- integers, values, ranges ---- */

int64_t parse_integer(struct parser *parser, const char *expected)
{
	struct place place = parser->current.place;
	bool minus = parse_take_mark(parser, "-");
	uint64_t number = parser->current.number;

	if (parser->current.kind != TOKEN_NUMBER) {
		parse_fail(parser, NULL, expected);
		return 0;
	}
	if (number > INT64_MAX && !minus) {
		parse_error(parser, place, "the largest is 9223372036854775807", "this number is too large");
		number = INT64_MAX;
	}
	parse_advance(parser);
	return minus ? (int64_t)(0 - number) : (int64_t)number;
}

uint64_t parse_unsigned(struct parser *parser, const char *expected)
{
	struct place place = parser->current.place;
	int64_t number = parse_integer(parser, expected);

	if (number < 0) {
		parse_error(parser, place, "write a number from 0", "this number must not be negative");
		return 0;
	}
	return (uint64_t)number;
}

/* A name, or a set and a name. */
static void parse_code_name(struct parser *parser, struct value *value)
{
	value->name = parse_name(parser, "a number or the name of a code");
	if (!parser->failed && parse_take_mark(parser, ".")) {
		value->set_name = value->name;
		value->name = parse_name(parser, "the name of a code");
	}
}

struct value parse_value(struct parser *parser)
{
	struct value value = { .place = parser->current.place };

	if (parser->current.kind == TOKEN_NAME) {
		parse_code_name(parser, &value);
	} else if (parser->current.kind == TOKEN_STRING) {
		parse_fail(parser,
			   "give the string a name in an op-code set and write that, or write 'c' for one octet",
			   "a number or the name of a code");
	} else {
		value.number = parse_integer(parser, "a number or the name of a code");
	}
	return value;
}

struct range *parse_value_range(struct parser *parser)
{
	struct range *range = parse_take(parser, sizeof(*range));

	range->low = parse_value(parser);
	range->high = range->low;
	return range;
}

struct range *parse_ranges(struct parser *parser)
{
	struct range *first = NULL;
	struct range **tail = &first;

	do {
		struct range *range = parse_value_range(parser);
		if (!parser->failed && parse_take_mark(parser, "..")) {
			range->high = parse_value(parser);
		}
		PARSE_APPEND(tail, range);
	} while (!parser->failed && parse_take_mark(parser, ","));
	return first;
}

struct range *parse_in(struct parser *parser)
{
	return !parser->failed && parse_take_word(parser, "in") ? parse_ranges(parser) : NULL;
}

/* ---- expressions ---- */

static struct expression *new_expression(struct parser *parser, enum expression_kind kind)
{
	struct expression *expression = parse_take(parser, sizeof(*expression));

	expression->kind = kind;
	expression->place = parser->current.place;
	return expression;
}

static struct expression *parse_any(struct parser *parser);

static struct expression *parse_parentheses(struct parser *parser)
{
	struct expression *expression;
	struct place open = parser->current.place;

	if (++parser->depth > NESTING_MAX) {
		parse_limit(parser, open, "take some away", "parentheses stand too deep in parentheses", NESTING_MAX);
		parser->failed = true;
		parser->depth--;
		return new_expression(parser, EXPRESSION_NUMBER);
	}
	parse_advance(parser);
	expression = parse_any(parser);
	parser->depth--;
	if (!parser->failed && !parse_take_mark(parser, ")")) {
		parse_fail(parser,
			   report_text(parser->report, "it closes the '(' in line %u, column %u", (unsigned)open.line,
				       (unsigned)open.column),
			   "')'");
	}
	return expression;
}

static struct expression *parse_named(struct parser *parser)
{
	struct expression *expression = new_expression(parser, EXPRESSION_NAME);

	if (parse_at_word(parser, "length") && parse_is_word(&parser->ahead, "of")) {
		parse_advance(parser);
		parse_advance(parser);
		expression->kind = EXPRESSION_LENGTH;
		expression->name = parse_name(parser, "the name of the message");
		return expression;
	}
	if (parse_take_word(parser, "rest")) {
		expression->kind = EXPRESSION_REST;
		return expression;
	}
	expression->value.place = expression->place;
	parse_code_name(parser, &expression->value);
	expression->kind = expression->value.set_name != NULL ? EXPRESSION_CODE : EXPRESSION_NAME;
	expression->name = expression->kind == EXPRESSION_NAME ? expression->value.name : NULL;
	return expression;
}

static struct expression *parse_primary(struct parser *parser)
{
	if (parser->current.kind == TOKEN_NAME) {
		return parse_named(parser);
	}
	if (parse_at_mark(parser, "(")) {
		return parse_parentheses(parser);
	}
	struct expression *expression = new_expression(parser, EXPRESSION_NUMBER);
	if (parser->current.kind == TOKEN_STRING) {
		expression->kind = EXPRESSION_TEXT;
		expression->text = parser->current.octets;
		parse_advance(parser);
	} else if (parse_at_mark(parser, "=") || parse_at_mark(parser, "&")) {
		parse_fail(parser, "the operators are: or and = != < <= > >= + - * & >> <<", "a number, a name or '('");
	} else {
		expression->value.place = expression->place;
		expression->value.number = parse_integer(parser, "a number, a name or '('");
	}
	return expression;
}

struct operator
{
	const char *text;
	bool is_word;
	enum expression_kind kind;
};

enum { PRECEDENCES = 5, OPERATORS_OF_ONE = 6 };

/* The weakest first. */
static const struct operator operators[PRECEDENCES][OPERATORS_OF_ONE] = {
	{ { "or", true, EXPRESSION_OR } },
	{ { "and", true, EXPRESSION_AND } },
	{ { "=", false, EXPRESSION_EQUAL },
	  { "!=", false, EXPRESSION_UNEQUAL },
	  { "<", false, EXPRESSION_LESS },
	  { "<=", false, EXPRESSION_LESS_EQUAL },
	  { ">", false, EXPRESSION_GREATER },
	  { ">=", false, EXPRESSION_GREATER_EQUAL } },
	{ { "+", false, EXPRESSION_ADD }, { "-", false, EXPRESSION_SUBTRACT } },
	{ { "*", false, EXPRESSION_MULTIPLY },
	  { "&", false, EXPRESSION_BIT_AND },
	  { "<<", false, EXPRESSION_SHIFT_LEFT },
	  { ">>", false, EXPRESSION_SHIFT_RIGHT } },
};

enum { COMPARISON = 2, SUM = 3 };

static const struct operator* operator_at(const struct parser *parser, unsigned precedence)
{
	for (size_t i = 0; i < OPERATORS_OF_ONE && operators[precedence][i].text != NULL; i++) {
		const struct operator* operator= & operators[precedence][i];
		if (operator->is_word ? parse_at_word(parser, operator->text) : parse_at_mark(parser, operator->text)) {
			return operator;
		}
	}
	return NULL;
}

static bool count_operator(struct parser *parser)
{
	if (++parser->operators > OPERATORS_MAX) {
		parse_limit(parser, parser->current.place, "divide the condition",
			    "too many operators in one expression", OPERATORS_MAX);
		parser->failed = true;
	}
	return !parser->failed;
}

static struct expression *parse_operation(struct parser *parser, unsigned precedence)
{
	struct expression *left =
		precedence + 1 < PRECEDENCES ? parse_operation(parser, precedence + 1) : parse_primary(parser);
	const struct operator* operator;

	while (!parser->failed && (operator= operator_at(parser, precedence)) != NULL && count_operator(parser)) {
		struct expression *expression = new_expression(parser, operator->kind);
		parse_advance(parser);
		expression->left = left;
		expression->right =
			precedence + 1 < PRECEDENCES ? parse_operation(parser, precedence + 1) : parse_primary(parser);
		left = expression;
		if (precedence == COMPARISON && operator_at(parser, precedence) != NULL) {
			parse_fail(parser, "write \"a = b and b = c\"", "the end of the comparison");
		}
	}
	return left;
}

static struct expression *parse_any(struct parser *parser)
{
	return parse_operation(parser, 0);
}

struct expression *parse_expression(struct parser *parser)
{
	parser->operators = 0;
	return parse_any(parser);
}

struct expression *parse_sum(struct parser *parser)
{
	parser->operators = 0;
	return parse_operation(parser, SUM);
}
