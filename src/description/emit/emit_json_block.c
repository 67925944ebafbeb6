/* emit_json_block.c - items, values and expressions as JSON.  Called by emit_json.c and emit_json_rules.c. */
#include <string.h>

#include "description/emit/emit_json.h"

static const char *const number_words[] = {
	[NUMBER_U8] = "u8",	[NUMBER_U16] = "u16",	    [NUMBER_U24] = "u24",
	[NUMBER_U32] = "u32",	[NUMBER_U64] = "u64",	    [NUMBER_DECIMAL] = "decimal",
	[NUMBER_HEX4] = "hex4", [NUMBER_VARINT] = "varint", [NUMBER_BER] = "ber",
};

static const char *const item_words[] = {
	[ITEM_LITERAL] = "literal", [ITEM_EOL] = "eol",	      [ITEM_SURE] = "sure",	  [ITEM_WEAK] = "weak",
	[ITEM_ANY_OF] = "any of",   [ITEM_MAYBE] = "maybe",   [ITEM_SIZED] = "sized",	  [ITEM_WITHIN] = "within",
	[ITEM_NUMBER] = "number",   [ITEM_CODE] = "code",     [ITEM_FORMAT] = "format",	  [ITEM_BYTES] = "bytes",
	[ITEM_PAYLOAD] = "payload", [ITEM_BODY] = "body",     [ITEM_TEXT_TO] = "text to", [ITEM_TEXT_OF] = "text of",
	[ITEM_BITS] = "bits",	    [ITEM_REPEAT] = "repeat", [ITEM_SWITCH] = "switch",	  [ITEM_IF] = "if",
};

static const char *const operator_words[] = {
	[EXPRESSION_OR] = "or",		[EXPRESSION_AND] = "and",	   [EXPRESSION_EQUAL] = "=",
	[EXPRESSION_UNEQUAL] = "!=",	[EXPRESSION_LESS] = "<",	   [EXPRESSION_LESS_EQUAL] = "<=",
	[EXPRESSION_GREATER] = ">",	[EXPRESSION_GREATER_EQUAL] = ">=", [EXPRESSION_ADD] = "+",
	[EXPRESSION_SUBTRACT] = "-",	[EXPRESSION_MULTIPLY] = "*",	   [EXPRESSION_BIT_AND] = "&",
	[EXPRESSION_SHIFT_LEFT] = "<<", [EXPRESSION_SHIFT_RIGHT] = ">>",
};

/* ---- values, ranges, expressions ---- */

static json_t *json_of_value(struct json_maker *maker, const struct value *value)
{
	json_t *object;

	if (value->code == NULL) {
		return json_integer(value->number);
	}
	object = json_object();
	json_put_text(maker, object, "code", value->code->name);
	if (value->code->text.start != NULL) {
		json_put(maker, object, "hex", json_of_octets(value->code->text));
	} else {
		json_put_number(maker, object, "number", value->code->number);
	}
	return object;
}

json_t *json_of_ranges(struct json_maker *maker, const struct range *ranges)
{
	json_t *array = json_array();

	for (const struct range *range = ranges; range != NULL; range = range->next) {
		json_t *pair = json_array();
		json_add(maker, pair, json_of_value(maker, &range->low));
		json_add(maker, pair, json_of_value(maker, &range->high));
		json_add(maker, array, pair);
	}
	return array;
}

json_t *json_of_expression(struct json_maker *maker, const struct expression *expression)
{
	json_t *object = NULL;

	switch ((int)expression->kind) {
	case EXPRESSION_NUMBER:
	case EXPRESSION_CODE:
		return json_of_value(maker, &expression->value);
	case EXPRESSION_TEXT:
		object = json_object();
		json_put(maker, object, "hex", json_of_octets(expression->text));
		return object;
	case EXPRESSION_NAME:
		object = json_object();
		json_put_text(maker, object, expression->variable != NULL ? "variable" : "field", expression->name);
		return object;
	case EXPRESSION_REST:
		return json_string("rest");
	case EXPRESSION_LENGTH:
		object = json_object();
		json_put_text(maker, object, "length_of", expression->name);
		return object;
	default:
		object = json_object();
		json_put_text(maker, object, "operator", operator_words[expression->kind]);
		json_put(maker, object, "left", json_of_expression(maker, expression->left));
		json_put(maker, object, "right", json_of_expression(maker, expression->right));
		return object;
	}
}

json_t *json_of_number_type(struct json_maker *maker, struct number_type type)
{
	json_t *object = json_object();

	json_put_text(maker, object, "type", number_words[type.kind]);
	json_put_flag(maker, object, "little", type.little);
	return object;
}

/* ---- items ---- */

static json_t *json_of_set(struct json_maker *maker, const uint8_t set[32])
{
	json_t *array = json_array();

	for (int octet = 0; octet < 256; octet++) {
		if ((set[octet >> 3] >> (octet & 7) & 1) != 0) {
			json_add(maker, array, json_integer(octet));
		}
	}
	return array;
}

static json_t *json_of_bits(struct json_maker *maker, const struct bit_field *fields)
{
	json_t *array = json_array();

	for (const struct bit_field *field = fields; field != NULL; field = field->next) {
		json_t *object = json_object();
		json_put_text(maker, object, "name", field->name);
		json_put_number(maker, object, "bits", field->width);
		if (field->ranges != NULL) {
			json_put(maker, object, "in", json_of_ranges(maker, field->ranges));
		}
		json_add(maker, array, object);
	}
	return array;
}

static json_t *json_of_cases(struct json_maker *maker, const struct switch_case *cases)
{
	json_t *array = json_array();

	for (const struct switch_case *branch = cases; branch != NULL; branch = branch->next) {
		json_t *object = json_object();
		if (branch->values != NULL) {
			json_put(maker, object, "in", json_of_ranges(maker, branch->values));
		}
		json_put(maker, object, "block", json_of_block(maker, branch->block));
		json_add(maker, array, object);
	}
	return array;
}

static void put_repeat(struct json_maker *maker, json_t *object, const struct item *item)
{
	static const char *const words[] = {
		[UNTIL_COUNT] = "count",
		[UNTIL_END] = "end",
		[UNTIL_EOL] = "eol",
		[UNTIL_LITERAL] = "literal",
	};

	json_put_text(maker, object, "until", words[item->until]);
	if (item->until == UNTIL_LITERAL) {
		json_put(maker, object, "hex", json_of_octets(item->text));
	}
}

static void put_text_field(struct json_maker *maker, json_t *object, const struct item *item)
{
	json_put_number(maker, object, "minimum", (int64_t)item->text_min);
	json_put_number(maker, object, "maximum", (int64_t)item->text_max);
	if (item->kind == ITEM_TEXT_OF) {
		json_put(maker, object, "octets", json_of_set(maker, item->set));
	} else if (item->to_eol) {
		json_put_text(maker, object, "end", "eol");
	} else {
		json_put(maker, object, "end", json_of_octets(item->text));
	}
}

/* What only some kinds of items have. */
static void put_own(struct json_maker *maker, json_t *object, const struct item *item)
{
	bool is_string = item->kind == ITEM_BYTES || item->kind == ITEM_PAYLOAD;

	switch ((int)item->kind) {
	case ITEM_LITERAL:
	case ITEM_ANY_OF:
		json_put(maker, object, "hex", json_of_octets(item->text));
		json_put_flag(maker, object, "nocase", item->nocase);
		break;
	case ITEM_SIZED:
		json_put_number(maker, object, "adjust", item->adjust);
		break;
	case ITEM_CODE:
	case ITEM_FORMAT:
		json_put_text(maker, object, "of", item->type_name);
		break;
	case ITEM_TEXT_TO:
	case ITEM_TEXT_OF:
		put_text_field(maker, object, item);
		break;
	case ITEM_BITS:
		json_put(maker, object, "fields", json_of_bits(maker, item->bits));
		break;
	case ITEM_REPEAT:
		put_repeat(maker, object, item);
		break;
	case ITEM_SWITCH:
		json_put_text(maker, object, "by", item->selector_name);
		json_put(maker, object, "cases", json_of_cases(maker, item->cases));
		break;
	default:
		break;
	}
	if (item->kind == ITEM_SIZED || item->kind == ITEM_NUMBER || (is_string && item->count == COUNT_NUMBER)) {
		json_put(maker, object, "number", json_of_number_type(maker, item->number));
	}
	json_put_flag(maker, object, "rest", (is_string && item->count == COUNT_REST) || item->kind == ITEM_BODY);
}

static json_t *json_of_item(struct json_maker *maker, const struct item *item)
{
	json_t *object = json_object();

	json_put_text(maker, object, "item", item_words[item->kind]);
	json_put_text(maker, object, "name", item->name);
	json_put_number(maker, object, "line", item->place.line);
	put_own(maker, object, item);
	if (item->ranges != NULL) {
		json_put(maker, object, "in", json_of_ranges(maker, item->ranges));
	}
	if (item->expression != NULL) {
		json_put(maker, object, "expression", json_of_expression(maker, item->expression));
	}
	if (item->block != NULL) {
		json_put(maker, object, "block", json_of_block(maker, item->block));
	}
	if (item->otherwise != NULL) {
		json_put(maker, object, "else", json_of_block(maker, item->otherwise));
	}
	return object;
}

json_t *json_of_block(struct json_maker *maker, const struct item *block)
{
	json_t *array = json_array();

	for (const struct item *item = block; item != NULL; item = item->next) {
		json_add(maker, array, json_of_item(maker, item));
	}
	return array;
}
