/* check_extent.c - sizes of blocks, bottom-up.  Formats are measured after those they hold; where formats hold each
 * other in a circle, again and again until nothing changes.  A minimum is never too large and a maximum never too
 * small: numbers in text are taken in their shortest form, all else as the wire allows it. */
#include "description/examine/check_extent.h"

#include <errno.h>
#include <string.h>

#include "description/examine/check_walk.h"

enum {
	ROUNDS_MAX = 64, /* after so many the minimum of what still changes is called 0 */
	FORMATS_FIRST = 16,
};

static const struct extent nothing = { .minimum = UNBOUNDED, .maximum = 0 };

/* ---- sums ---- */

static uint64_t plus(uint64_t left, uint64_t right)
{
	return left > UNBOUNDED - right ? UNBOUNDED : left + right;
}

static uint64_t times(uint64_t left, uint64_t right)
{
	uint64_t product;

	return __builtin_mul_overflow(left, right, &product) ? UNBOUNDED : product;
}

static bool is_impossible(struct extent extent)
{
	return extent.minimum > extent.maximum;
}

static struct extent one_after_other(struct extent left, struct extent right)
{
	struct extent both = {
		.minimum = plus(left.minimum, right.minimum),
		.maximum = plus(left.maximum, right.maximum),
		.takes_rest = left.takes_rest || right.takes_rest,
		.needs_block = left.needs_block || right.needs_block,
	};

	if (is_impossible(left) || is_impossible(right)) {
		both.minimum = nothing.minimum;
		both.maximum = nothing.maximum;
	}
	return both;
}

static struct extent one_or_other(struct extent left, struct extent right)
{
	return (struct extent){
		.minimum = left.minimum < right.minimum ? left.minimum : right.minimum,
		.maximum = left.maximum > right.maximum ? left.maximum : right.maximum,
		.takes_rest = left.takes_rest && right.takes_rest,
		.needs_block = left.needs_block || right.needs_block,
	};
}

static struct extent between(uint64_t minimum, uint64_t maximum)
{
	return (struct extent){ .minimum = minimum, .maximum = maximum };
}

static struct extent rest_of_block(uint64_t minimum)
{
	return (struct extent){
		.minimum = minimum,
		.maximum = UNBOUNDED,
		.takes_rest = true,
		.needs_block = true,
	};
}

/* ---- numbers ---- */

static uint64_t digits(int64_t number)
{
	uint64_t count = number < 0 ? 2 : 1;

	for (; number >= 10 || number <= -10; number /= 10) {
		count++;
	}
	return count;
}

static struct extent decimal_extent(struct interval values)
{
	uint64_t low = digits(values.low);
	uint64_t high = digits(values.high);

	if (values.low <= 0 && values.high >= 0) {
		return between(1, low > high ? low : high);
	}
	return values.low > 0 ? between(low, high) : between(high, low);
}

static struct extent number_extent(struct number_type type, struct interval values)
{
	static const uint64_t octets[] = { 1, 2, 3, 4, 8 };
	uint64_t least = 1;

	switch (type.kind) {
	case NUMBER_DECIMAL:
		return decimal_extent(values);
	case NUMBER_HEX4:
		return between(4, 4);
	case NUMBER_VARINT:
		for (; values.low >> (7 * least) > 0; least++) {
		}
		return between(least, 5);
	case NUMBER_BER:
		for (; values.low >= 128 && values.low >> (8 * (least - 1)) > 0; least++) {
		}
		return between(least, 5);
	case NUMBER_U8:
	case NUMBER_U16:
	case NUMBER_U24:
	case NUMBER_U32:
	case NUMBER_U64:
		break;
	}
	return between(octets[type.kind], octets[type.kind]);
}

static struct extent text_code_extent(const struct item *item)
{
	struct pieces pieces = pieces_of((struct field){ .item = item });
	struct extent all = nothing;
	struct interval one;

	if (pieces.whole) {
		return between(1, UNBOUNDED);
	}
	while (pieces_next(&pieces, &one)) {
		all = one_or_other(all, between(pieces.given->text.size, pieces.given->text.size));
	}
	return all;
}

static struct extent field_extent(const struct item *item)
{
	struct number_type type = item->kind == ITEM_CODE ? item->code_set->number : item->number;
	struct interval values = { 0, 0 };

	if (item->kind == ITEM_CODE && item->code_set->is_text) {
		return text_code_extent(item);
	}
	if (type.kind >= NUMBER_DECIMAL) {
		values = field_interval((struct field){ .item = item });
	}
	return number_extent(type, values);
}

/* ---- counted things ---- */

static uint64_t not_below_zero(int64_t number)
{
	return number < 0 ? 0 : number == INT64_MAX ? UNBOUNDED : (uint64_t)number;
}

static int64_t moved(int64_t number, int64_t by)
{
	int64_t sum;

	if (number == INT64_MAX || __builtin_add_overflow(number, by, &sum)) {
		return number;
	}
	return sum;
}

struct interval block_sizes(const struct item *item, struct interval number)
{
	return (struct interval){ moved(number.low, item->adjust), moved(number.high, item->adjust) };
}

/* What is left of `content` in a block of so many octets. */
static struct extent cut(struct extent content, struct interval sizes)
{
	uint64_t low = not_below_zero(sizes.low);
	uint64_t high = not_below_zero(sizes.high);

	content.takes_rest = false;
	content.needs_block = false;
	content.minimum = content.minimum > low ? content.minimum : low;
	content.maximum = content.maximum < high ? content.maximum : high;
	if (sizes.high < 0 || is_impossible(content)) {
		content.minimum = nothing.minimum;
		content.maximum = nothing.maximum;
	}
	return content;
}

static struct extent sized_extent(const struct extents *extents, const struct item *item)
{
	struct pieces pieces = pieces_of((struct field){ .item = item });
	struct extent content = extent_of_block(extents, item->block);
	struct extent all = nothing;
	struct interval number;

	while (pieces_next(&pieces, &number)) {
		all = one_or_other(all, one_after_other(number_extent(item->number, number),
							cut(content, block_sizes(item, number))));
	}
	all.takes_rest = false;
	return all;
}

static struct extent within_extent(const struct extents *extents, const struct item *item)
{
	struct extent content = cut(extent_of_block(extents, item->block), expression_interval(item->expression, NULL));

	content.needs_block = expression_has_rest(item->expression);
	return content;
}

static struct extent octets_extent(const struct item *item)
{
	struct interval count;
	struct extent extent;

	if (item->count == COUNT_REST) {
		return rest_of_block(0);
	}
	if (item->count == COUNT_NUMBER) {
		count = field_interval((struct field){ .item = item });
		extent = one_after_other(number_extent(item->number, count),
					 between(not_below_zero(count.low), not_below_zero(count.high)));
		return extent;
	}
	count = expression_interval(item->expression, NULL);
	extent = between(not_below_zero(count.low), not_below_zero(count.high));
	extent.needs_block = expression_has_rest(item->expression);
	return extent;
}

static struct extent repeat_extent(const struct extents *extents, const struct item *item)
{
	struct extent body = extent_of_block(extents, item->block);
	struct extent all = between(0, UNBOUNDED);

	if (item->until == UNTIL_COUNT) {
		struct interval count = expression_interval(item->expression, NULL);
		uint64_t least = not_below_zero(count.low);
		uint64_t most = is_impossible(body) ? 0 : times(body.maximum, not_below_zero(count.high));
		all = least > 0 && is_impossible(body) ? nothing : between(times(body.minimum, least), most);
		all.minimum = least == 0 ? 0 : all.minimum;
	} else if (item->until == UNTIL_EOL) {
		all = between(1, UNBOUNDED);
	} else if (item->until == UNTIL_LITERAL) {
		all = between(item->text.size, UNBOUNDED);
	}
	all.takes_rest = item->until == UNTIL_END;
	all.needs_block = body.needs_block || item->until == UNTIL_END || expression_has_rest(item->expression);
	return all;
}

/* ---- choices ---- */

static struct extent switch_extent(const struct extents *extents, const struct item *item)
{
	struct extent all = nothing;

	all.takes_rest = item->cases != NULL;
	for (const struct switch_case *branch = item->cases; branch != NULL; branch = branch->next) {
		all = one_or_other(all, extent_of_block(extents, branch->block));
	}
	return all;
}

static struct extent if_extent(const struct extents *extents, const struct item *item)
{
	struct extent all =
		one_or_other(extent_of_block(extents, item->block), extent_of_block(extents, item->otherwise));

	all.needs_block = all.needs_block || expression_has_rest(item->expression);
	return all;
}

static struct extent text_extent(const struct item *item)
{
	struct extent text = between(item->text_min, item->text_max);

	if (item->kind == ITEM_TEXT_TO) {
		text = one_after_other(text, between(1, item->to_eol ? 2 : 1));
	}
	return text;
}

static struct extent bits_extent(const struct item *item)
{
	uint64_t width = 0;

	for (const struct bit_field *field = item->bits; field != NULL; field = field->next) {
		width += field->width;
	}
	return between(width / 8, width / 8);
}

/* ---- items, blocks, formats ---- */

struct extent extent_of_item(const struct extents *extents, const struct item *item)
{
	switch (item->kind) {
	case ITEM_LITERAL:
		return between(item->text.size, item->text.size);
	case ITEM_EOL:
		return between(1, 2);
	case ITEM_SURE:
	case ITEM_WEAK:
		return between(0, 0);
	case ITEM_ANY_OF:
		return rest_of_block(1);
	case ITEM_BODY:
		return rest_of_block(0);
	case ITEM_MAYBE:
	case ITEM_IF:
		return if_extent(extents, item);
	case ITEM_SIZED:
		return sized_extent(extents, item);
	case ITEM_WITHIN:
		return within_extent(extents, item);
	case ITEM_NUMBER:
	case ITEM_CODE:
		return field_extent(item);
	case ITEM_FORMAT:
		return extent_of_format(extents, item->format);
	case ITEM_BYTES:
	case ITEM_PAYLOAD:
		return octets_extent(item);
	case ITEM_TEXT_TO:
	case ITEM_TEXT_OF:
		return text_extent(item);
	case ITEM_BITS:
		return bits_extent(item);
	case ITEM_REPEAT:
		return repeat_extent(extents, item);
	case ITEM_SWITCH:
		return switch_extent(extents, item);
	}
	return between(0, UNBOUNDED);
}

struct extent extent_of_block(const struct extents *extents, const struct item *block)
{
	struct extent all = { .minimum = 0 };

	for (const struct item *item = block; item != NULL; item = item->next) {
		all = one_after_other(all, extent_of_item(extents, item));
	}
	return all;
}

struct extent extent_of_format(const struct extents *extents, const struct format *format)
{
	return extents->known[numbering_find(&extents->numbering, format)];
}

/* ---- collecting and measuring formats ---- */

struct collector {
	struct extents *extents;
	const struct format *holder; /* whose block is being walked; NULL: no format's */
	const struct format **found;
	uint32_t room;
	int result;
};

static int add_format(struct collector *collector, const struct format *format)
{
	struct extents *extents = collector->extents;
	uint32_t before = extents->numbering.count;

	if (numbering_add(&extents->numbering, format) < 0) {
		return -ENOMEM;
	}
	if (before == extents->numbering.count) {
		return 0;
	}
	if (collector->found == NULL || before == collector->room) {
		uint32_t room = before == 0 ? FORMATS_FIRST : before * 2;
		const struct format **found = arena_take(extents->arena, room * sizeof(void *));
		if (found == NULL) {
			return -ENOMEM;
		}
		if (collector->found != NULL) {
			memcpy(found, collector->found, before * sizeof(void *));
		}
		collector->found = found;
		collector->room = room;
	}
	collector->found[before] = format;
	return 0;
}

static void collect_item(const struct item *item, void *context)
{
	struct collector *collector = context;

	if (item->kind == ITEM_FORMAT && collector->result == 0) {
		collector->result = add_format(collector, item->format);
	}
}

static void connect_item(const struct item *item, void *context)
{
	struct collector *collector = context;
	const struct extents *extents = collector->extents;

	if (item->kind == ITEM_FORMAT && collector->result == 0) {
		collector->result =
			graph_add(&collector->extents->graph, numbering_find(&extents->numbering, collector->holder),
				  numbering_find(&extents->numbering, item->format), item);
	}
}

/* Finds the formats that `formats` and `block` hold, then which of them holds which. */
static int collect(struct extents *extents, const struct format *formats, const struct item *block)
{
	struct collector collector = { .extents = extents };

	for (const struct format *format = formats; format != NULL && collector.result == 0; format = format->next) {
		collector.result = add_format(&collector, format);
	}
	walk_block(block, collect_item, &collector);
	for (uint32_t i = 0; i < extents->numbering.count && collector.result == 0; i++) {
		walk_block(collector.found[i]->block, collect_item, &collector);
	}
	extents->formats = collector.found;
	extents->graph = (struct graph){ .arena = extents->arena, .nodes = extents->numbering.count };
	for (uint32_t i = 0; i < extents->numbering.count && collector.result == 0; i++) {
		collector.holder = collector.found[i];
		walk_block(collector.holder->block, connect_item, &collector);
	}
	return collector.result < 0 ? collector.result : graph_finish(&extents->graph);
}

static bool is_same(struct extent left, struct extent right)
{
	return left.minimum == right.minimum && left.takes_rest == right.takes_rest &&
	       left.needs_block == right.needs_block;
}

/* Measures all formats once, those within others first; true when something changed. */
static bool measure(struct extents *extents, const uint32_t *order)
{
	bool changed = false;

	for (uint32_t i = 0; i < extents->graph.nodes; i++) {
		struct extent *known = &extents->known[order[i]];
		struct extent before = *known;
		*known = extent_of_block(extents, extents->formats[order[i]]->block);
		changed = changed || !is_same(before, *known);
	}
	return changed;
}

/* At first a format is held to be impossible, so that one which can only hold itself stays so, and minimums sink to
 * what they are.  Maximums cannot be found that way: in the end each format is held to be endless and measured once
 * more. */
static void measure_all(struct extents *extents, const uint32_t *order)
{
	unsigned rounds = 0;

	for (uint32_t i = 0; i < extents->graph.nodes; i++) {
		extents->known[i] = nothing;
	}
	while (measure(extents, order) && ++rounds < ROUNDS_MAX) {
	}
	for (uint32_t i = 0; i < extents->graph.nodes; i++) {
		struct extent *known = &extents->known[i];
		known->minimum = rounds == ROUNDS_MAX ? 0 : known->minimum;
		known->maximum = is_impossible(*known) ? 0 : UNBOUNDED;
	}
	(void)measure(extents, order);
}

int extents_init(struct extents *extents, struct arena *arena, const struct format *formats, const struct item *block)
{
	*extents = (struct extents){ .arena = arena, .numbering = { .arena = arena } };
	if (collect(extents, formats, block) < 0) {
		return -ENOMEM;
	}
	uint32_t *order = arena_take(arena, (extents->graph.nodes + (size_t)1) * sizeof(*order));
	extents->known = arena_take(arena, (extents->graph.nodes + (size_t)1) * sizeof(*extents->known));
	if (order == NULL || extents->known == NULL) {
		return -ENOMEM;
	}
	graph_order(&extents->graph, FORWARD, NULL, order);
	measure_all(extents, order);
	return 0;
}
