/* example_choice.c - which value a field gets.
 *
 * Most fields may have any legal value.  But where a size, a count or a case depends on a field, the value is
 * chosen by what it leads to: a small string, a case by lot, the size that is left.  A wrong choice does no
 * harm: what depends on it does not fit, and another try makes another choice. */
#include <errno.h>
#include <string.h>

#include "description/examine/check_walk.h"
#include "description/example/example_writer.h"

enum { REPEATS_LARGE = 3 };

/* ---- uses ---- */

struct use_collector {
	struct arena *arena;
	struct use *first;
	bool no_memory;
};

static void add_use(struct use_collector *collector, enum use_kind kind, const struct item *field, const char *bit_name,
		    const struct item *user)
{
	struct use *use = arena_take(collector->arena, sizeof(*use));

	if (use == NULL) {
		collector->no_memory = true;
		return;
	}
	*use = (struct use){ collector->first, kind, field, bit_name, user };
	collector->first = use;
}

static void add_names(struct use_collector *collector, enum use_kind kind, const struct expression *expression,
		      const struct item *user)
{
	if (expression == NULL) {
		return;
	}
	if (expression->kind == EXPRESSION_NAME && expression->field != NULL) {
		add_use(collector, kind, expression->field,
			expression->field->kind == ITEM_BITS ? expression->name : NULL, user);
	}
	add_names(collector, kind, expression->left, user);
	add_names(collector, kind, expression->right, user);
}

static void collect_item_uses(const struct item *item, void *context)
{
	struct use_collector *collector = context;

	if (item->kind == ITEM_SWITCH) {
		add_use(collector, USE_CASE, item->selector,
			item->selector_bits != NULL ? item->selector_bits->name : NULL, item);
	} else {
		add_names(collector,
			  item->kind == ITEM_IF	      ? USE_TEST
			  : item->kind == ITEM_REPEAT ? USE_COUNT
						      : USE_SIZE,
			  item->expression, item);
	}
}

int collect_uses(struct arena *arena, const struct extents *extents, const struct item *block,
		 const struct use **ret_uses)
{
	struct use_collector collector = { .arena = arena };

	walk_block(block, collect_item_uses, &collector);
	for (uint32_t i = 0; i < extents->numbering.count; i++) {
		walk_block(extents->formats[i]->block, collect_item_uses, &collector);
	}
	if (collector.no_memory) {
		return -ENOMEM;
	}
	*ret_uses = collector.first;
	return 0;
}

static bool is_use_of(const struct use *use, const struct item *item, const struct bit_field *bits)
{
	return use->field == item &&
	       (use->bit_name == NULL || (bits != NULL && strcmp(use->bit_name, bits->name) == 0));
}

/* One of the uses of the field, by lot; NULL: nothing depends on it. */
static const struct use *use_of(struct writer *writer, const struct item *item, const struct bit_field *bits)
{
	const struct use *found = NULL;
	int64_t count = 0;

	if (item->name == NULL && bits == NULL) {
		return NULL;
	}
	for (const struct use *use = writer->uses; use != NULL; use = use->next) {
		if (is_use_of(use, item, bits) && writer_random(writer, 0, count++) == 0) {
			found = use;
		}
	}
	return found;
}

/* ---- legal values ---- */

bool value_is_legal(const struct item *item, const struct bit_field *bits, int64_t value)
{
	struct field field = { .item = item, .bits = bits };
	struct interval wire = field_interval_on_wire(field);
	struct pieces pieces = pieces_of(field);
	struct interval interval;

	while (pieces_next(&pieces, &interval)) {
		if (value >= interval.low && value <= interval.high) {
			return pieces.range != NULL || !pieces.whole || (value >= wire.low && value <= wire.high);
		}
	}
	return false;
}

/* The legal value nearest to the wanted one. */
static int64_t nearest_legal(struct field field, int64_t wanted)
{
	struct pieces pieces = pieces_of(field);
	struct interval interval;
	uint64_t best_distance = UINT64_MAX;
	int64_t best = wanted;

	while (pieces_next(&pieces, &interval)) {
		int64_t value = wanted < interval.low ? interval.low : wanted > interval.high ? interval.high : wanted;
		uint64_t distance =
			value < wanted ? (uint64_t)wanted - (uint64_t)value : (uint64_t)value - (uint64_t)wanted;
		if (distance < best_distance) {
			best_distance = distance;
			best = value;
		}
	}
	return best;
}

static int64_t choose_in(struct writer *writer, struct interval interval)
{
	return writer_pick(writer, interval.low, interval.high);
}

/* A code that is legal; NULL: the field has none, or may for once be something else. */
static const struct code *choose_code(struct writer *writer, struct field field)
{
	const struct code_set *set = field.bits == NULL && field.item->kind == ITEM_CODE ? field.item->code_set : NULL;
	const struct code *chosen = NULL;
	int64_t count = 0;

	if (set == NULL || (set->open && (writer->size == EXAMPLE_LARGEST || writer_random(writer, 0, 3) == 0))) {
		return NULL;
	}
	for (const struct code *code = set->codes; code != NULL; code = code->next) {
		if (!value_is_legal(field.item, NULL, code->number)) {
			continue;
		}
		count++;
		bool take = writer->size == EXAMPLE_SMALLEST  ? count == 1
			    : writer->size == EXAMPLE_LARGEST ? true
							      : writer_random(writer, 1, count) == 1;
		chosen = take ? code : chosen;
	}
	return chosen;
}

/* The first piece for the smallest example, the last one for the largest, else by lot. */
static int64_t choose_any(struct writer *writer, struct field field)
{
	struct pieces pieces = pieces_of(field);
	struct interval interval;
	struct interval chosen = field_interval_on_wire(field);
	const struct code *code = choose_code(writer, field);
	int64_t count = 0;

	if (code != NULL) {
		return code->number;
	}
	while (pieces_next(&pieces, &interval)) {
		count++;
	}
	int64_t wanted = writer_pick(writer, 0, count - 1);
	pieces = pieces_of(field);
	for (int64_t i = 0; i <= wanted && pieces_next(&pieces, &interval); i++) {
		chosen = interval;
	}
	return choose_in(writer, chosen);
}

/* ---- values that something depends on ---- */

/* The value for which the expression is `wanted`, all else as it is: expressions of sizes are lines. */
static int64_t solve(struct writer *writer, const struct use *use, int64_t wanted)
{
	struct writer_place place = writer_here(writer);
	int64_t at[2] = { 0, 0 };

	for (int64_t value = 0; value < 2; value++) {
		if (writer_set_value(writer, use->field, use->bit_name, value, true) < 0 ||
		    writer_evaluate(writer, use->user->expression, &at[value]) < 0) {
			at[0] = 0;
			at[1] = 1;
		}
		writer_back(writer, place);
	}
	int64_t slope = at[1] - at[0];
	return slope == 0 ? wanted : (wanted - at[0]) / slope;
}

/* What a block would like to have: it is written once, and taken back. */
static int64_t natural_size(struct writer *writer, const struct item *user, struct room room)
{
	struct writer_place place = writer_here(writer);
	int64_t block_end = writer->block_end;
	int64_t size = -1;

	writer->block_end = -1;
	if (user->kind == ITEM_WITHIN && write_block(writer, user->block, room) == 0) {
		size = (int64_t)(writer->used - place.used);
	}
	writer->block_end = block_end;
	writer_back(writer, place);
	return size;
}

static int64_t choose_for_size(struct writer *writer, const struct use *use, struct room room)
{
	struct room sizes = { 0, room.high < OCTETS_ADDED_MAX ? room.high : OCTETS_ADDED_MAX };

	if (writer->is_first_try || writer_random(writer, 0, 2) > 0) {
		int64_t size = natural_size(writer, use->user, sizes);
		if (size < 0 && writer->size == EXAMPLE_TYPICAL) {
			sizes.high = sizes.high < OCTETS_ADDED_TYPICAL ? sizes.high : OCTETS_ADDED_TYPICAL;
		}
		return solve(writer, use, size >= 0 ? size : writer_pick(writer, 0, sizes.high < 0 ? 0 : sizes.high));
	}
	return solve(writer, use, writer_random(writer, 0, 1) == 0 ? room.low : room.high);
}

static int64_t choose_for_case(struct writer *writer, const struct use *use, struct field field)
{
	int64_t count = 0;
	int64_t at = 0;

	for (const struct switch_case *branch = use->user->cases; branch != NULL; branch = branch->next) {
		count++;
	}
	int64_t wanted = writer_pick(writer, 0, count - 1);
	for (const struct switch_case *branch = use->user->cases; branch != NULL; branch = branch->next, at++) {
		if (at == wanted && branch->values != NULL) {
			return choose_in(writer, field_range(field, branch->values));
		}
	}
	return choose_any(writer, field);
}

/* A number in the comparison, or one beside it. */
static int64_t number_in(struct writer *writer, const struct expression *expression)
{
	if (expression == NULL) {
		return 0;
	}
	if (expression->kind == EXPRESSION_NUMBER || expression->kind == EXPRESSION_CODE) {
		return expression->value.number;
	}
	int64_t left = number_in(writer, expression->left);
	int64_t right = number_in(writer, expression->right);
	return writer_random(writer, 0, 1) == 0 && left != 0 ? left : right != 0 ? right : left;
}

static int64_t choose_for_test(struct writer *writer, const struct use *use, struct field field)
{
	int64_t beside = writer_random(writer, -1, 1);

	if (writer_random(writer, 0, 1) == 0) {
		return choose_any(writer, field);
	}
	return number_in(writer, use->user->expression) + beside;
}

int64_t choose_value(struct writer *writer, const struct item *item, const struct bit_field *bits, struct room room)
{
	struct field field = { .item = item, .bits = bits };
	const struct use *use = use_of(writer, item, bits);

	if (use == NULL) {
		return choose_any(writer, field);
	}
	switch (use->kind) {
	case USE_SIZE:
		return nearest_legal(field, choose_for_size(writer, use, room));
	case USE_COUNT:
		return nearest_legal(field, solve(writer, use, writer_pick(writer, 0, REPEATS_LARGE)));
	case USE_CASE:
		return nearest_legal(field, choose_for_case(writer, use, field));
	case USE_TEST:
	default:
		return nearest_legal(field, choose_for_test(writer, use, field));
	}
}
