/* emit_figure_field.c - fields of a figure: one item becomes one cell or a few.  Called by emit_figure.c. */
#include <inttypes.h>

#include "description/emit/emit_figure_maker.h"

enum {
	OCTETS_DRAWN_MAX = 16, /* of one field that is drawn as large as it is */
	WORDS_LISTED_MAX = 12, /* of a set of words, in one line */
};

/* To be drawn as it is, or as one row that says so. */
static uint32_t bits_of_octets(uint64_t octets)
{
	return octets <= OCTETS_DRAWN_MAX ? (uint32_t)octets * 8 : 0;
}

static bool octets_are_readable(struct octets octets)
{
	for (size_t i = 0; i < octets.size; i++) {
		uint8_t octet = octets.start[i];
		if ((octet < ' ' && octet != '\r' && octet != '\n' && octet != '\t') || octet > '~') {
			return false;
		}
	}
	return true;
}

static void make_literal(struct figure_maker *maker, const struct item *item)
{
	struct words label;
	struct words meaning;

	words_init(&label);
	words_octets(&label, item->text);
	words_init(&meaning);
	words_count(&meaning, item->text.size, "octet", "octets");
	words_put(&meaning, item->nocase ? ", in either case" : "");
	struct cell *cell = maker_cell(maker, maker_words(maker, &label), maker_words(maker, &meaning),
				       bits_of_octets(item->text.size));
	cell->literal = item->text;
	cell->is_plain = !item->nocase;
	cell->look = octets_are_readable(item->text) ? CELL_TEXT : CELL_BINARY;
}

static void make_eol(struct figure_maker *maker)
{
	struct cell *cell = maker_cell(maker, "CR LF", "end of line: CR LF, or LF alone", 16);

	cell->is_plain = true;
	cell->look = CELL_TEXT;
}

/* ---- numbers and codes ---- */

static void put_ranges(struct words *words, const struct item *item)
{
	if (item->ranges != NULL) {
		words_put(words, ranges_are_one(item->ranges) ? ", always " : ", ");
		words_ranges(words, item->ranges, item);
	}
}

static bool is_character(const struct item *item)
{
	for (const struct range *range = item->ranges; range != NULL; range = range->next) {
		if (range->low.number != range->high.number || range->low.number <= ' ' || range->low.number > '~') {
			return false;
		}
	}
	return item->ranges != NULL && item->number.kind == NUMBER_U8;
}

static enum cell_look look_of_number(struct number_type type)
{
	return type.kind == NUMBER_DECIMAL || type.kind == NUMBER_HEX4 ? CELL_TEXT : CELL_BINARY;
}

static void make_number(struct figure_maker *maker, const struct item *item)
{
	struct words meaning;
	bool one = ranges_are_one(item->ranges);
	const char *value = one ? maker_text(maker, "%" PRId64, item->ranges->low.number) : NULL;
	const char *name = one && item->name == NULL ? value : maker_name(maker, item, UNNAMED_NUMBER);

	words_init(&meaning);
	words_number_type(&meaning, item->number);
	put_ranges(&meaning, item);
	struct cell *cell =
		maker_cell(maker, one && item->name != NULL ? maker_text(maker, "%s = %s", name, value) : name,
			   maker_words(maker, &meaning), number_bits(item->number));
	cell->short_label = name;
	cell->is_plain = one && item->name == NULL;
	cell->look = is_character(item) ? CELL_TEXT : look_of_number(item->number);
}

/* The words that may stand there, as long as they are few. */
static void put_code_words(struct words *words, const struct item *item)
{
	const struct code_set *set = item->code_set;
	unsigned count = 0;

	for (const struct code *code = set->codes; code != NULL; code = code->next) {
		count++;
	}
	words_put(words, "a word of %s", set->name);
	if (item->ranges != NULL) {
		put_ranges(words, item);
	} else if (count <= WORDS_LISTED_MAX) {
		for (const struct code *code = set->codes; code != NULL; code = code->next) {
			words_put(words, code == set->codes ? ": " : ", ");
			words_octets(words, code->text);
		}
		words_put(words, set->open ? " or another" : "");
	}
	words_put(words, set->nocase ? ", in either case" : "");
}

/* Octets of the word, when all that may stand there are of one size; else 0. */
static uint32_t word_bits(const struct item *item)
{
	const struct code *only = ranges_are_one(item->ranges) ? item->ranges->low.code : NULL;

	return only != NULL ? bits_of_octets(only->text.size) : 0;
}

static void make_code(struct figure_maker *maker, const struct item *item)
{
	struct words meaning;
	const struct code_set *set = item->code_set;
	const struct code *only = ranges_are_one(item->ranges) ? item->ranges->low.code : NULL;
	const char *name = item->name != NULL ? item->name : set->name;

	words_init(&meaning);
	if (set->is_text) {
		put_code_words(&meaning, item);
	} else {
		words_number_type(&meaning, set->number);
		put_ranges(&meaning, item);
		if (item->ranges == NULL) {
			words_put(&meaning, ", a code of %s", set->name);
		}
	}
	struct cell *cell =
		maker_cell(maker, only != NULL ? maker_text(maker, "%s = %s", name, only->name) : name,
			   maker_words(maker, &meaning), set->is_text ? word_bits(item) : number_bits(set->number));
	cell->short_label = name;
	cell->look = set->is_text ? CELL_TEXT : look_of_number(set->number);
}

static void make_bits(struct figure_maker *maker, const struct item *item)
{
	for (const struct bit_field *field = item->bits; field != NULL; field = field->next) {
		struct words meaning;
		bool one = ranges_are_one(field->ranges);
		const char *label =
			one ? maker_text(maker, "%s = %" PRId64, field->name, field->ranges->low.number) : field->name;
		words_init(&meaning);
		words_count(&meaning, field->width, "bit", "bits");
		if (field->ranges != NULL) {
			words_put(&meaning, one ? ", always " : ", ");
			words_ranges(&meaning, field->ranges, NULL);
		}
		maker_cell(maker, label, maker_words(maker, &meaning), field->width)->short_label = field->name;
	}
}

/* ---- strings ---- */

static void put_sizes(struct words *words, uint64_t minimum, uint64_t maximum)
{
	if (minimum == maximum) {
		words_count(words, maximum, "octet", "octets");
	} else if (minimum == 0) {
		words_put(words, "at most ");
		words_count(words, maximum, "octet", "octets");
	} else {
		words_put(words, "%" PRIu64 " to ", minimum);
		words_count(words, maximum, "octet", "octets");
	}
}

static void make_text_to(struct figure_maker *maker, const struct item *item)
{
	struct words meaning;
	struct words delimiter;
	const char *name = maker_name(maker, item, UNNAMED_TEXT);
	bool nul = !item->to_eol && item->text.start[0] == '\0';

	words_init(&delimiter);
	if (item->to_eol) {
		words_put(&delimiter, "CR LF");
	} else {
		words_octets(&delimiter, item->text);
	}
	const char *end = maker_words(maker, &delimiter);
	words_init(&meaning);
	words_put(&meaning, "text of ");
	put_sizes(&meaning, item->text_min, item->text_max);
	words_put(&meaning, nul ? ", then an octet 0" : item->to_eol ? ", then CR LF or LF" : ", then %s", end);
	struct cell *cell = maker_cell(maker, maker_text(maker, nul ? "%s, 0-terminated" : "%s, then %s", name, end),
				       maker_words(maker, &meaning), 0);
	cell->short_label = name;
	cell->line_label = maker_text(maker, "%s %s", name, end);
	cell->look = nul ? CELL_BINARY : CELL_TEXT;
}

static void make_text_of(struct figure_maker *maker, const struct item *item)
{
	struct words meaning;

	words_init(&meaning);
	words_put(&meaning, "text of ");
	put_sizes(&meaning, item->text_min, item->text_max);
	words_put(&meaning, " out of ");
	words_set(&meaning, item->set);
	struct cell *cell = maker_cell(maker, maker_name(maker, item, UNNAMED_TEXT), maker_words(maker, &meaning),
				       item->text_min == item->text_max ? bits_of_octets(item->text_max) : 0);
	cell->look = CELL_TEXT;
}

static void make_count(struct figure_maker *maker, const struct item *item, const char *name)
{
	struct words meaning;

	words_init(&meaning);
	words_number_type(&meaning, item->number);
	put_ranges(&meaning, item);
	words_put(&meaning, ": octets of %s", name);
	struct cell *cell = maker_cell(maker, maker_text(maker, "%s length", name), maker_words(maker, &meaning),
				       number_bits(item->number));
	cell->look = look_of_number(item->number);
}

static void make_string(struct figure_maker *maker, const struct item *item)
{
	struct words meaning;
	const char *name = maker_name(maker, item, item->kind == ITEM_BYTES ? UNNAMED_OCTETS : UNNAMED_PAYLOAD);
	const struct expression *count = item->count == COUNT_EXPRESSION ? item->expression : NULL;
	bool is_fixed = count != NULL && count->kind == EXPRESSION_NUMBER;

	words_init(&meaning);
	if (item->count == COUNT_NUMBER) {
		make_count(maker, item, name);
		words_put(&meaning, "%s length octets", name);
	} else if (is_fixed) {
		words_count(&meaning, (uint64_t)count->value.number, "octet", "octets");
	} else if (count != NULL) {
		words_put(&meaning, "%s octets", maker_expression(maker, count));
	} else {
		words_put(&meaning, "all octets that are left");
	}
	const char *said = maker_words(maker, &meaning);
	uint32_t bits = is_fixed ? bits_of_octets((uint64_t)count->value.number) : 0;
	const char *label = !is_fixed || bits > 0 ? name
			    : item->name == NULL  ? said
						  : maker_text(maker, "%s, %s", name, said);
	struct cell *cell = maker_cell(maker, label, said, bits);
	cell->short_label = name;
	cell->look = item->kind == ITEM_PAYLOAD ? CELL_EITHER : CELL_BINARY;
}

static void make_any_of(struct figure_maker *maker, const struct item *item)
{
	struct words meaning;

	words_init(&meaning);
	words_put(&meaning, "all octets that are left; one at least is %s", item->text.size > 1 ? "out of " : "");
	words_octets(&meaning, item->text);
	(void)maker_cell(maker, maker_name(maker, item, UNNAMED_OCTETS), maker_words(maker, &meaning), 0);
}

void make_field(struct figure_maker *maker, const struct item *item)
{
	switch ((int)item->kind) {
	case ITEM_LITERAL:
		make_literal(maker, item);
		break;
	case ITEM_EOL:
		make_eol(maker);
		break;
	case ITEM_NUMBER:
		make_number(maker, item);
		break;
	case ITEM_CODE:
		make_code(maker, item);
		break;
	case ITEM_BITS:
		make_bits(maker, item);
		break;
	case ITEM_TEXT_TO:
		make_text_to(maker, item);
		break;
	case ITEM_TEXT_OF:
		make_text_of(maker, item);
		break;
	case ITEM_BYTES:
	case ITEM_PAYLOAD:
		make_string(maker, item);
		break;
	case ITEM_ANY_OF:
		make_any_of(maker, item);
		break;
	case ITEM_BODY:
		maker_cell(maker, "body", "the message that is carried, or a piece of it", 0)->look = CELL_EITHER;
		break;
	default: /* "sure" and "weak" are nothing on the wire */
		break;
	}
}
