/* parse_type.c - the type of a field: number, op code, format, octets, text, bits.  Called by parse_items.c. */
#include <string.h>

#include "description/language/parse.h"

enum { BIT_FIELD_WIDTH_MAX = 62 };

/* "= value" or "in" ranges, or NULL. */
static struct range *parse_allowed(struct parser *parser)
{
	if (parser->failed) {
		return NULL;
	}
	return parse_take_mark(parser, "=") ? parse_value_range(parser) : parse_in(parser);
}

static void parse_number(struct parser *parser, struct item *item)
{
	item->kind = ITEM_NUMBER;
	item->number = parse_number_type(parser);
	item->ranges = parse_allowed(parser);
}

/* An op-code set or a format; the resolver finds out which. */
static void parse_type_name(struct parser *parser, struct item *item)
{
	item->kind = ITEM_FORMAT;
	item->type_place = parser->current.place;
	item->type_name = parse_name(parser, "a type");
	item->ranges = parse_allowed(parser);
}

/* ---- bytes, payload, body ---- */

static bool take_rest(struct parser *parser)
{
	if (!parse_at_word(parser, "rest") || !parse_is_mark(&parser->ahead, "]")) {
		return false;
	}
	parse_advance(parser);
	return true;
}

static void parse_count(struct parser *parser, struct item *item)
{
	if (take_rest(parser)) {
		item->count = COUNT_REST;
	} else if (parse_at_number_type(&parser->current)) {
		item->count = COUNT_NUMBER;
		item->number = parse_number_type(parser);
		item->ranges = parse_in(parser);
	} else {
		item->count = COUNT_EXPRESSION;
		item->expression = parse_expression(parser);
	}
}

static bool parse_open_bracket(struct parser *parser, const char *help)
{
	if (!parse_take_mark(parser, "[")) {
		parse_fail(parser, help, "'['");
	}
	return !parser->failed;
}

static void parse_close_bracket(struct parser *parser, const char *help)
{
	if (!parser->failed && !parse_take_mark(parser, "]")) {
		parse_fail(parser, help, "']'");
	}
}

static void parse_octets(struct parser *parser, struct item *item)
{
	static const char help[] = "sizes: [rest], [u16], [u16 in 1..9], [n], [n - 1], [20]";

	item->kind = parse_at_word(parser, "bytes") ? ITEM_BYTES : ITEM_PAYLOAD;
	parse_advance(parser);
	if (parse_open_bracket(parser, help)) {
		parse_count(parser, item);
		parse_close_bracket(parser, help);
	}
}

static void parse_body(struct parser *parser, struct item *item)
{
	static const char help[] = "write body[rest]";

	item->kind = ITEM_BODY;
	item->count = COUNT_REST;
	parse_advance(parser);
	if (parse_open_bracket(parser, help) && !take_rest(parser)) {
		parse_fail(parser, help, "\"rest\"");
	}
	parse_close_bracket(parser, help);
}

/* ---- text ---- */

/* Characters and ranges; a '-' at an end is itself. */
static void fill_set(struct parser *parser, struct item *item, struct octets string, struct place place)
{
	for (size_t i = 0; i < string.size; i++) {
		unsigned low = string.start[i];
		unsigned high = low;
		if (i + 2 < string.size && string.start[i + 1] == '-') {
			high = string.start[i + 2];
			i += 2;
		}
		if (high < low) {
			parse_error(parser, place, "the smaller one stands first; a '-' itself stands at the end",
				    "a range of the set runs backwards");
			return;
		}
		for (unsigned octet = low; octet <= high; octet++) {
			item->set[octet >> 3] |= (uint8_t)(1U << (octet & 7));
		}
	}
	if (string.size == 0) {
		parse_error(parser, place, "write the characters, like \"A-Za-z0-9-\"",
			    "the set of characters is empty");
	}
}

static void parse_text_of(struct parser *parser, struct item *item)
{
	item->kind = ITEM_TEXT_OF;
	if (parser->current.kind != TOKEN_STRING) {
		parse_fail(parser, "write text[255] of \"A-Za-z0-9-\"", "a string of characters and ranges");
		return;
	}
	fill_set(parser, item, parser->current.octets, parser->current.place);
	parse_advance(parser);
}

static void parse_text_to(struct parser *parser, struct item *item)
{
	struct place place = parser->current.place;

	item->kind = ITEM_TEXT_TO;
	if (parse_take_word(parser, "eol")) {
		item->to_eol = true;
		return;
	}
	if (parse_literal(parser, &item->text, "the octet that ends the text, or \"eol\",") && item->text.size > 1) {
		parse_error(parser, place, "write the first octet here and the others as a literal behind it",
			    "a text ends at one octet, not at %zu", item->text.size);
	}
}

static void parse_text_size(struct parser *parser, struct item *item)
{
	static const char help[] = "write text[255] for at most 255 octets, or text[1..255]";
	struct place place = parser->current.place;

	item->text_max = parse_unsigned(parser, "the largest number of octets");
	if (!parser->failed && parse_take_mark(parser, "..")) {
		item->text_min = item->text_max;
		item->text_max = parse_unsigned(parser, "the largest number of octets");
	}
	if (!parser->failed && item->text_min > item->text_max) {
		parse_wrong(parser, "E4", place, "the smaller number stands first", "this range is empty");
	}
	parse_close_bracket(parser, help);
}

static void parse_text_field(struct parser *parser, struct item *item)
{
	item->kind = ITEM_TEXT_TO;
	parse_advance(parser);
	if (!parse_open_bracket(parser, "write text[255] to x\"00\", text[255] to eol or text[255] of \"A-Za-z\"")) {
		return;
	}
	parse_text_size(parser, item);
	if (parser->failed) {
		return;
	}
	if (parse_take_word(parser, "to")) {
		parse_text_to(parser, item);
	} else if (parse_take_word(parser, "of")) {
		parse_text_of(parser, item);
	} else {
		parse_fail(parser,
			   parse_hint(parser, &parser->current, "to of",
				      "a text ends: text[255] to x\"00\", text[255] to eol or text[255] of \"A-Za-z\""),
			   "\"to\" or \"of\"");
	}
}

/* ---- bits ---- */

static struct bit_field *parse_bit_field(struct parser *parser)
{
	struct bit_field *field = parse_take(parser, sizeof(*field));
	struct place place;

	field->place = parser->current.place;
	field->name = parse_name(parser, "a field like \"urgent: 1 bit;\"");
	if (parser->failed || !parse_expect(parser, ":", "':'")) {
		return field;
	}
	place = parser->current.place;
	uint64_t width = parse_unsigned(parser, "the number of bits");
	if (!parser->failed && (width < 1 || width > BIT_FIELD_WIDTH_MAX)) {
		parse_error(parser, place, report_text(parser->report, "write 1 to %d", BIT_FIELD_WIDTH_MAX),
			    "a field cannot have that many bits");
		parser->failed = true;
	}
	field->width = (uint32_t)width;
	if (!parser->failed && !parse_take_word(parser, "bit") && !parse_take_word(parser, "bits")) {
		parse_fail(parser, parse_hint(parser, &parser->current, "bit bits", NULL), "\"bit\" or \"bits\"");
	}
	field->ranges = parse_allowed(parser);
	parse_semicolon(parser, "in");
	return field;
}

static void parse_bits(struct parser *parser, struct item *item)
{
	struct bit_field **tail = &item->bits;
	struct place place = parser->current.place;
	uint64_t width = 0;
	bool whole = true;

	item->kind = ITEM_BITS;
	parse_advance(parser);
	struct parse_block block = parse_block_open(parser, LEVEL_ITEMS, "\"bits\"");
	while (parse_block_more(parser, &block)) {
		struct bit_field *field = parse_bit_field(parser);
		whole = whole && !parser->failed;
		if (!parser->failed) {
			PARSE_APPEND(tail, field);
			width += field->width;
		}
	}
	if (whole && (width == 0 || width % 8 != 0)) {
		parse_wrong(parser, "E4", place, "fill up to a multiple of 8",
			    "the widths of these bits make %ju, which is no number of octets", (uintmax_t)width);
	}
}

/* ---- all of them ---- */

void parse_type(struct parser *parser, struct item *item)
{
	if (parse_at_number_type(&parser->current)) {
		parse_number(parser, item);
	} else if (parse_at_word(parser, "bytes") || parse_at_word(parser, "payload")) {
		parse_octets(parser, item);
	} else if (parse_at_word(parser, "body")) {
		parse_body(parser, item);
	} else if (parse_at_word(parser, "text")) {
		parse_text_field(parser, item);
	} else if (parse_at_word(parser, "bits")) {
		parse_bits(parser, item);
	} else if (parser->current.kind == TOKEN_NAME && !parse_is_mark(&parser->ahead, "[")) {
		parse_type_name(parser, item);
	} else {
		parse_fail(parser,
			   parse_hint(parser, &parser->current, "bytes payload body text",
				      "types: u8 to u64, decimal, hex4, varint, ber, bytes[..], payload[..], text[..], "
				      "bits { }, an op-code set or a format"),
			   "a type");
	}
}

const char *parse_type_words(const struct item *item)
{
	switch (item->kind) {
	case ITEM_NUMBER:
		return item->ranges != NULL ? "" : "in le be";
	case ITEM_FORMAT:
		return item->ranges != NULL ? "" : "in";
	case ITEM_LITERAL:
	case ITEM_EOL:
	case ITEM_SURE:
	case ITEM_WEAK:
	case ITEM_ANY_OF:
	case ITEM_MAYBE:
	case ITEM_SIZED:
	case ITEM_WITHIN:
	case ITEM_CODE:
	case ITEM_BYTES:
	case ITEM_PAYLOAD:
	case ITEM_BODY:
	case ITEM_TEXT_TO:
	case ITEM_TEXT_OF:
	case ITEM_BITS:
	case ITEM_REPEAT:
	case ITEM_SWITCH:
	case ITEM_IF:
		break;
	}
	return "";
}
