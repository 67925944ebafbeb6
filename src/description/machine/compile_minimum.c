/* compile_minimum.c - the least octets that a block can have, for the bounds of counts.  Called by other
 * compile*.c.
 *
 * How often something is repeated matters only as long as so many of it fit into the window, and values that
 * need not be told apart make automata small.  So too small an answer is right as well, and no more than
 * MINIMUM_STEPS are taken. */
#include "description/machine/compile.h"

enum { MINIMUM_STEPS = 1000 };

static uint32_t minimum_of_number(struct number_type type)
{
	static const uint32_t octets[] = {
		[NUMBER_U8] = 1,      [NUMBER_U16] = 2,	 [NUMBER_U24] = 3,    [NUMBER_U32] = 4, [NUMBER_U64] = 8,
		[NUMBER_DECIMAL] = 1, [NUMBER_HEX4] = 4, [NUMBER_VARINT] = 1, [NUMBER_BER] = 1,
	};

	return octets[type.kind];
}

static uint32_t minimum_of_bits(const struct item *item)
{
	uint32_t bits = 0;

	for (const struct bit_field *field = item->bits; field != NULL; field = field->next) {
		bits += field->width;
	}
	return bits / 8;
}

static uint32_t minimum_of_block(const struct item *block, unsigned *steps);

static uint32_t minimum_of_item(const struct item *item, unsigned *steps)
{
	switch ((int)item->kind) {
	case ITEM_LITERAL:
		return item->text.size < WINDOW_MAX ? (uint32_t)item->text.size : WINDOW_MAX;
	case ITEM_EOL:
	case ITEM_ANY_OF:
		return 1;
	case ITEM_SIZED:
	case ITEM_NUMBER:
		return minimum_of_number(item->number);
	case ITEM_CODE:
		return item->code_set->is_text ? 1 : minimum_of_number(item->code_set->number);
	case ITEM_BYTES:
	case ITEM_PAYLOAD:
		return item->count == COUNT_NUMBER ? minimum_of_number(item->number) : 0;
	case ITEM_TEXT_TO:
		return 1;
	case ITEM_TEXT_OF:
		return item->text_min > 0;
	case ITEM_BITS:
		return minimum_of_bits(item);
	case ITEM_FORMAT:
		return minimum_of_block(item->format->block, steps);
	default:
		return 0;
	}
}

static uint32_t minimum_of_block(const struct item *block, unsigned *steps)
{
	uint32_t minimum = 0;

	for (const struct item *item = block; item != NULL && *steps > 0 && minimum < WINDOW_MAX; item = item->next) {
		(*steps)--;
		minimum += minimum_of_item(item, steps);
	}
	return minimum < WINDOW_MAX ? minimum : WINDOW_MAX;
}

uint32_t repeats_in_window(const struct item *block)
{
	unsigned steps = MINIMUM_STEPS;
	uint32_t minimum = minimum_of_block(block, &steps);

	return minimum == 0 ? WINDOW_MAX : WINDOW_MAX / minimum;
}
