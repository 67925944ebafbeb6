/* compile_values.c - numbers, ranges and expressions: which values must be told apart.
 *
 * A number's bounds are the key to small automata: values between two bounds lead to the same places, so the lowest
 * of them stands for all.  Bounds come from ranges, from comparisons, from cases of a switch, and, where the value is
 * a size or a count, from every size that ends within the window. */
#include <string.h>

#include "description/machine/compile.h"

enum { BOUNDS_MAX = 4096, SLACK_MAX = 256 };

/* ---- expressions ---- */

static bool is_comparison(enum expression_kind kind)
{
	return kind >= EXPRESSION_EQUAL && kind <= EXPRESSION_GREATER_EQUAL;
}

static int64_t constants_in(const struct expression *expression)
{
	if (expression == NULL) {
		return 0;
	}
	if (expression->kind == EXPRESSION_NUMBER || expression->kind == EXPRESSION_CODE) {
		int64_t number = expression->value.number;
		return number < 0 ? SLACK_MAX : number;
	}
	int64_t sum = constants_in(expression->left) + constants_in(expression->right);
	return sum > SLACK_MAX || sum < 0 ? SLACK_MAX : sum;
}

static bool is_number(const struct expression *expression)
{
	return expression->kind == EXPRESSION_NUMBER || expression->kind == EXPRESSION_CODE;
}

/* A field is compared with a number. */
static bool is_direct(const struct expression *expression)
{
	if (!is_comparison(expression->kind)) {
		return false;
	}
	return (expression->left->kind == EXPRESSION_NAME && is_number(expression->right)) ||
	       (expression->right->kind == EXPRESSION_NAME && is_number(expression->left));
}

static bool is_signed_field(const struct item *field)
{
	for (const struct range *range = field->ranges; range != NULL; range = range->next) {
		if (range->low.number < 0) {
			return true;
		}
	}
	return false;
}

/* It only grows with the fields in it. */
static bool is_rising(const struct expression *expression)
{
	switch ((int)expression->kind) {
	case EXPRESSION_NUMBER:
	case EXPRESSION_CODE:
		return expression->value.number >= 0;
	case EXPRESSION_NAME:
		return !is_signed_field(expression->field);
	case EXPRESSION_REST:
		return true;
	case EXPRESSION_ADD:
	case EXPRESSION_MULTIPLY:
		return is_rising(expression->left) && is_rising(expression->right);
	case EXPRESSION_SUBTRACT:
	case EXPRESSION_SHIFT_LEFT:
		return is_rising(expression->left) && is_number(expression->right) && is_rising(expression->right);
	default:
		return false;
	}
}

/* In a window a value may stand for itself and all above it: here that leads to the same. */
static bool is_plain(const struct expression *expression)
{
	if (expression->kind == EXPRESSION_OR || expression->kind == EXPRESSION_AND) {
		return is_plain(expression->left) && is_plain(expression->right);
	}
	if (is_direct(expression) || expression->kind == EXPRESSION_NAME || is_number(expression)) {
		return true;
	}
	if (constants_in(expression) >= SLACK_MAX) {
		return false;
	}
	if (is_comparison(expression->kind) && (is_number(expression->left) || is_number(expression->right))) {
		return is_rising(expression->left) && is_rising(expression->right);
	}
	return is_rising(expression);
}

/* All of its values can be told apart. */
static bool is_small(const struct item *field)
{
	bool is_octet = field->kind == ITEM_CODE
				? !field->code_set->is_text && field->code_set->number.kind == NUMBER_U8
				: field->number.kind == NUMBER_U8;

	return field->kind == ITEM_BITS || is_octet;
}

static uint8_t term_of(enum expression_kind kind)
{
	return (uint8_t)(TERM_OR + (kind - EXPRESSION_OR));
}

static int64_t code_number(const struct builder *builder, const struct value *value)
{
	int64_t index = 0;
	const struct code_set *set = code_set_of(builder, value->code, &index);

	return set != NULL && set->is_text ? index : value->number;
}

static void add_terms(struct builder *builder, const struct expression *expression, bool plain, uint32_t most)
{
	struct term term = { .exact_below = INT64_MAX };

	switch ((int)expression->kind) {
	case EXPRESSION_NUMBER:
		term.kind = TERM_NUMBER;
		term.number = expression->value.number;
		break;
	case EXPRESSION_CODE:
		term.kind = TERM_NUMBER;
		term.number = code_number(builder, &expression->value);
		break;
	case EXPRESSION_NAME: {
		int found = held_find(builder, expression->field, bit_name_of(expression));
		term.kind = TERM_REGISTER;
		term.number = found;
		if (!plain) {
			term.exact_below = is_small(expression->field) ? UINT8_MAX + 1 : (int64_t)most + 1;
		}
		if (found < 0) {
			builder_refuse(builder, expression->place, "E1", "move the field before its first use",
				       "the value of this field is not known here");
		}
		break;
	}
	case EXPRESSION_REST:
		term.kind = TERM_REST;
		term.exact_below = plain ? INT64_MAX : UINT32_MAX;
		break;
	case EXPRESSION_TEXT:
	case EXPRESSION_LENGTH:
		builder_refuse(builder, expression->place, "E1", NULL, "only rules of sequences can compare this");
		break;
	default:
		add_terms(builder, expression->left, plain, most);
		add_terms(builder, expression->right, plain, most);
		term.kind = term_of(expression->kind);
		break;
	}
	ADD(builder, terms, &term);
}

uint32_t compile_expression(struct builder *builder, const struct expression *expression, uint32_t most)
{
	struct span span = { .first = builder->lists[LIST_terms].count };

	add_terms(builder, expression, is_plain(expression), most);
	span.count = builder->lists[LIST_terms].count - span.first;
	return ADD(builder, expressions, &span);
}

/* ---- what `rest` is compared with ---- */

static bool has_rest(const struct expression *expression)
{
	return expression != NULL &&
	       (expression->kind == EXPRESSION_REST || has_rest(expression->left) || has_rest(expression->right));
}

static void raise_slack(const struct item *block, uint32_t *slack)
{
	for (const struct item *item = block; item != NULL; item = item->next) {
		uint32_t constants = has_rest(item->expression) ? (uint32_t)constants_in(item->expression) : 0;
		*slack = constants > *slack ? constants : *slack;
		raise_slack(item->block, slack);
		raise_slack(item->otherwise, slack);
		for (const struct switch_case *branch = item->cases; branch != NULL; branch = branch->next) {
			raise_slack(branch->block, slack);
		}
	}
}

uint32_t find_slack(const struct protocol *protocol)
{
	uint32_t slack = 0;

	for (const struct format *format = protocol->formats; format != NULL; format = format->next) {
		raise_slack(format->block, &slack);
	}
	for (const struct message *message = protocol->messages; message != NULL; message = message->next) {
		raise_slack(message->block, &slack);
	}
	return slack;
}

/* ---- bounds ---- */

struct bounds {
	int64_t values[BOUNDS_MAX];
	unsigned count;
	bool full;
	uint32_t sizes_max; /* sizes up to this end within the window */
};

static void bound(struct bounds *bounds, int64_t value)
{
	unsigned at = 0;

	while (at < bounds->count && bounds->values[at] < value) {
		at++;
	}
	bounds->full = bounds->full || bounds->count == BOUNDS_MAX;
	if ((at < bounds->count && bounds->values[at] == value) || bounds->full) {
		return;
	}
	memmove(&bounds->values[at + 1], &bounds->values[at], (bounds->count - at) * sizeof(bounds->values[0]));
	bounds->values[at] = value;
	bounds->count++;
}

static void bound_around(struct bounds *bounds, int64_t low, int64_t high)
{
	bound(bounds, low);
	if (high < INT64_MAX) {
		bound(bounds, high + 1);
	}
}

/* Every value that leads to a size of up to `most`, or a little more. */
static void bound_sizes(struct bounds *bounds, int64_t adjust, int64_t most)
{
	for (int64_t size = 0; size <= most + 1; size++) {
		if (size - adjust >= 0) {
			bound(bounds, size - adjust);
		}
	}
}

/* `most`: what the whole of it is told apart up to, where it is a size or a count. */
static void bound_expression(struct bounds *bounds, const struct expression *expression, const struct item *item,
			     const char *bit_name, uint32_t most)
{
	if (expression == NULL || !expression_needs(expression, item, bit_name)) {
		return;
	}
	if (is_direct(expression)) {
		const struct expression *number = is_number(expression->left) ? expression->left : expression->right;
		bound_around(bounds, number->value.number, number->value.number);
	} else if (expression->kind == EXPRESSION_OR || expression->kind == EXPRESSION_AND) {
		bound_expression(bounds, expression->left, item, bit_name, most);
		bound_expression(bounds, expression->right, item, bit_name, most);
	} else if (!is_plain(expression) && is_small(item)) {
		bound_sizes(bounds, 0, UINT8_MAX);
	} else {
		bound_sizes(bounds, 0, most + constants_in(expression));
	}
}

static void bound_users(struct bounds *bounds, const struct item *block, const struct item *item, const char *bit_name);

static void bound_cases(struct bounds *bounds, const struct item *user, const struct item *item, const char *bit_name)
{
	for (const struct switch_case *branch = user->cases; branch != NULL; branch = branch->next) {
		for (const struct range *range = branch->values; range != NULL && user->selector == item;
		     range = range->next) {
			bound_around(bounds, range->low.number, range->high.number);
		}
		bound_users(bounds, branch->block, item, bit_name);
	}
}

static void bound_users(struct bounds *bounds, const struct item *block, const struct item *item, const char *bit_name)
{
	for (const struct item *user = block; user != NULL; user = user->next) {
		bound_expression(bounds, user->expression, item, bit_name,
				 user->kind == ITEM_REPEAT ? repeats_in_window(user->block) : bounds->sizes_max);
		if (user->kind == ITEM_SWITCH) {
			bound_cases(bounds, user, item, bit_name);
		}
		bound_users(bounds, user->block, item, bit_name);
		bound_users(bounds, user->otherwise, item, bit_name);
	}
}

/* ---- numbers ---- */

static bool is_legal(const struct range *ranges, int64_t value)
{
	for (const struct range *range = ranges; range != NULL; range = range->next) {
		if (value >= range->low.number && value <= range->high.number) {
			return true;
		}
	}
	return ranges == NULL;
}

/* What the field may hold: the ranges that stand there, else all codes of a closed set. */
static struct span add_ranges(struct builder *builder, const struct item *item, struct bounds *bounds)
{
	struct span span = { .first = builder->lists[LIST_ranges].count };

	for (const struct range *range = item->ranges; range != NULL; range = range->next) {
		struct bounds_range legal = { range->low.number, range->high.number };
		bound_around(bounds, legal.low, legal.high);
		ADD(builder, ranges, &legal);
	}
	if (item->ranges == NULL && item->kind == ITEM_CODE && !item->code_set->open) {
		for (const struct code *code = item->code_set->codes; code != NULL; code = code->next) {
			struct bounds_range legal = { code->number, code->number };
			bound_around(bounds, legal.low, legal.high);
			ADD(builder, ranges, &legal);
		}
	}
	span.count = builder->lists[LIST_ranges].count - span.first;
	return span;
}

static struct span add_bounds(struct builder *builder, const struct item *item, const struct bounds *bounds)
{
	struct span span = { .first = builder->lists[LIST_bounds].count };

	for (unsigned i = 0; i < bounds->count; i++) {
		/* What is legal on neither side of a bound need not be told apart there. */
		if (is_legal(item->ranges, bounds->values[i]) || is_legal(item->ranges, bounds->values[i] - 1)) {
			ADD(builder, bounds, &bounds->values[i]);
		}
	}
	span.count = builder->lists[LIST_bounds].count - span.first;
	return span;
}

uint32_t compile_number(struct builder *builder, const struct item *item, struct number_type type,
			const int64_t *size_adjust)
{
	struct bounds bounds;
	struct number_spec spec = { .kind = (uint8_t)type.kind, .little = type.little };

	bounds.count = 0;
	bounds.full = false;
	bounds.sizes_max = WINDOW_MAX + builder->slack;
	spec.ranges = add_ranges(builder, item, &bounds);
	for (const struct range *range = item->ranges; range != NULL; range = range->next) {
		spec.is_signed = spec.is_signed || range->low.number < 0;
	}
	if (size_adjust != NULL) {
		bound_sizes(&bounds, *size_adjust, bounds.sizes_max);
	}
	if (item->name != NULL) {
		bound_users(&bounds, builder->root, item, NULL);
	}
	spec.bounds = add_bounds(builder, item, &bounds);
	if (bounds.full) {
		builder_refuse(builder, item->place, "E5", "make the set smaller, or use ranges of codes",
			       "too many values of this field must be told apart");
	}
	return ADD(builder, numbers, &spec);
}

bool number_is_blank(const struct builder *builder, const struct item *item)
{
	bool closed = item->kind == ITEM_CODE && !item->code_set->open;

	return item->ranges == NULL && !closed && (item->name == NULL || !block_needs(builder->root, item, NULL));
}
