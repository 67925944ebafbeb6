/* check_values.c - intervals.  An interval may say too much, never too little: a check that relies on one may miss a
 * fault, and never invents one. */
#include "description/examine/check_values.h"

#include <string.h>

/* ---- fields ---- */

struct field expression_field(const struct expression *expression)
{
	struct field field = { .item = expression->field };

	if (field.item == NULL || field.item->kind != ITEM_BITS) {
		return field;
	}
	for (const struct bit_field *bits = field.item->bits; bits != NULL; bits = bits->next) {
		if (bits->name != NULL && strcmp(bits->name, expression->name) == 0) {
			field.bits = bits;
		}
	}
	return field;
}

const void *field_key(struct field field)
{
	return field.bits != NULL ? (const void *)field.bits : field.item;
}

bool field_is_number(struct field field)
{
	if (field.item == NULL) {
		return false;
	}
	return field.bits != NULL || field.item->kind == ITEM_NUMBER || field.item->kind == ITEM_SIZED ||
	       (field.item->kind == ITEM_CODE && !field.item->code_set->is_text);
}

struct interval number_interval(struct number_type type)
{
	static const int64_t highest[] = {
		[NUMBER_U8] = UINT8_MAX,    [NUMBER_U16] = UINT16_MAX,
		[NUMBER_U24] = 0xFFFFFF,    [NUMBER_U32] = UINT32_MAX,
		[NUMBER_U64] = INT64_MAX,   [NUMBER_DECIMAL] = INT64_MAX,
		[NUMBER_HEX4] = UINT16_MAX, [NUMBER_VARINT] = (INT64_C(1) << 35) - 1,
		[NUMBER_BER] = UINT32_MAX,
	};

	return (struct interval){ 0, highest[type.kind] };
}

static bool is_text(struct field field)
{
	return field.bits == NULL && field.item->kind == ITEM_CODE && field.item->code_set->is_text;
}

struct interval field_interval_on_wire(struct field field)
{
	if (field.bits != NULL) {
		return (struct interval){ 0,
					  field.bits->width < 63 ? (INT64_C(1) << field.bits->width) - 1 : INT64_MAX };
	}
	if (is_text(field)) {
		return (struct interval){ 0, INT64_MAX };
	}
	return number_interval(field.item->kind == ITEM_CODE ? field.item->code_set->number : field.item->number);
}

static int64_t text_code_value(const struct code *code)
{
	return (int64_t)(intptr_t)code;
}

int64_t field_value(struct field field, const struct value *value)
{
	return is_text(field) ? text_code_value(value->code) : value->number;
}

struct interval field_range(struct field field, const struct range *range)
{
	return (struct interval){ field_value(field, &range->low), field_value(field, &range->high) };
}

struct pieces pieces_of(struct field field)
{
	struct pieces pieces = { .field = field };

	pieces.range = field.bits != NULL ? field.bits->ranges : field.item->ranges;
	if (pieces.range != NULL) {
		return pieces;
	}
	if (field.bits == NULL && field.item->kind == ITEM_CODE && !field.item->code_set->open) {
		pieces.code = field.item->code_set->codes;
		return pieces;
	}
	pieces.whole = true;
	return pieces;
}

bool pieces_next(struct pieces *pieces, struct interval *ret_interval)
{
	if (pieces->range != NULL) {
		*ret_interval = field_range(pieces->field, pieces->range);
		pieces->given = pieces->range->low.code;
		pieces->range = pieces->range->next;
		return true;
	}
	if (pieces->code != NULL) {
		int64_t value = is_text(pieces->field) ? text_code_value(pieces->code) : pieces->code->number;
		*ret_interval = (struct interval){ value, value };
		pieces->given = pieces->code;
		pieces->code = pieces->code->next;
		return true;
	}
	if (pieces->whole) {
		*ret_interval = field_interval_on_wire(pieces->field);
		pieces->whole = false;
		return true;
	}
	return false;
}

struct interval field_interval(struct field field)
{
	struct pieces pieces = pieces_of(field);
	struct interval all = { 0, 0 };
	struct interval one;

	for (bool first = true; pieces_next(&pieces, &one); first = false) {
		all.low = first || one.low < all.low ? one.low : all.low;
		all.high = first || one.high > all.high ? one.high : all.high;
	}
	return all;
}

/* ---- arithmetic that stops at the ends ---- */

static int64_t add(int64_t left, int64_t right)
{
	int64_t sum;

	if (__builtin_add_overflow(left, right, &sum)) {
		return left < 0 ? INT64_MIN : INT64_MAX;
	}
	return sum;
}

static int64_t negated(int64_t number)
{
	return number == INT64_MIN ? INT64_MAX : number == INT64_MAX ? INT64_MIN : -number;
}

static int64_t multiply(int64_t left, int64_t right)
{
	int64_t product;

	if (__builtin_mul_overflow(left, right, &product)) {
		return (left < 0) == (right < 0) ? INT64_MAX : INT64_MIN;
	}
	return product;
}

static struct interval product(struct interval left, struct interval right)
{
	int64_t corners[4] = { multiply(left.low, right.low), multiply(left.low, right.high),
			       multiply(left.high, right.low), multiply(left.high, right.high) };
	struct interval all = { corners[0], corners[0] };

	for (unsigned i = 1; i < 4; i++) {
		all.low = corners[i] < all.low ? corners[i] : all.low;
		all.high = corners[i] > all.high ? corners[i] : all.high;
	}
	return all;
}

static struct interval shifted_left(struct interval left, struct interval right)
{
	struct interval powers = { 1, INT64_MAX };

	if (right.low >= 0 && right.high < 62) {
		powers = (struct interval){ INT64_C(1) << right.low, INT64_C(1) << right.high };
	}
	return product(left, powers);
}

static struct interval shifted_right(struct interval left, struct interval right)
{
	if (right.low < 0 || right.low > 62 || left.low < 0) {
		return (struct interval){ left.low < 0 ? left.low : 0, left.high > 0 ? left.high : 0 };
	}
	return (struct interval){ 0, left.high >> right.low };
}

static struct interval masked(struct interval left, struct interval right)
{
	if (left.low < 0 && right.low < 0) {
		return (struct interval){ INT64_MIN, INT64_MAX };
	}
	if (left.low < 0 || right.low < 0) {
		return (struct interval){ 0, left.low < 0 ? right.high : left.high };
	}
	return (struct interval){ 0, left.high < right.high ? left.high : right.high };
}

/* ---- expressions ---- */

static struct interval name_interval(const struct expression *expression, const struct narrowed *narrowed)
{
	struct field field = expression_field(expression);

	if (expression->variable != NULL) {
		const struct variable *variable = expression->variable;
		int64_t highest = variable->maximum < INT64_MAX ? (int64_t)variable->maximum : INT64_MAX;
		return variable->is_counter ? (struct interval){ 0, highest } : number_interval(variable->number);
	}
	if (!field_is_number(field)) {
		return (struct interval){ INT64_MIN, INT64_MAX };
	}
	for (; narrowed != NULL; narrowed = narrowed->outer) {
		if (narrowed->key == field_key(field)) {
			return narrowed->interval;
		}
	}
	return field_interval(field);
}

static struct interval truth_of(bool surely, bool surely_not)
{
	return (struct interval){ surely ? 1 : 0, surely_not ? 0 : 1 };
}

static struct interval compared(enum expression_kind kind, struct interval left, struct interval right)
{
	bool same = left.low == left.high && right.low == right.high && left.low == right.low;
	bool apart = left.high < right.low || right.high < left.low;

	switch ((int)kind) {
	case EXPRESSION_EQUAL:
		return truth_of(same, apart);
	case EXPRESSION_UNEQUAL:
		return truth_of(apart, same);
	case EXPRESSION_LESS:
		return truth_of(left.high < right.low, left.low >= right.high);
	case EXPRESSION_LESS_EQUAL:
		return truth_of(left.high <= right.low, left.low > right.high);
	case EXPRESSION_GREATER:
		return truth_of(left.low > right.high, left.high <= right.low);
	default:
		return truth_of(left.low >= right.high, left.high < right.low);
	}
}

static struct interval combined(enum expression_kind kind, struct interval left, struct interval right)
{
	switch ((int)kind) {
	case EXPRESSION_OR:
		return truth_of(left.low > 0 || right.low > 0, left.high <= 0 && right.high <= 0);
	case EXPRESSION_AND:
		return truth_of(left.low > 0 && right.low > 0, left.high <= 0 || right.high <= 0);
	case EXPRESSION_ADD:
		return (struct interval){ add(left.low, right.low), add(left.high, right.high) };
	case EXPRESSION_SUBTRACT:
		return (struct interval){ add(left.low, negated(right.high)), add(left.high, negated(right.low)) };
	case EXPRESSION_MULTIPLY:
		return product(left, right);
	case EXPRESSION_BIT_AND:
		return masked(left, right);
	case EXPRESSION_SHIFT_LEFT:
		return shifted_left(left, right);
	case EXPRESSION_SHIFT_RIGHT:
		return shifted_right(left, right);
	default:
		return compared(kind, left, right);
	}
}

struct interval expression_interval(const struct expression *expression, const struct narrowed *narrowed)
{
	switch ((int)expression->kind) {
	case EXPRESSION_NUMBER:
	case EXPRESSION_CODE:
		return (struct interval){ expression->value.number, expression->value.number };
	case EXPRESSION_TEXT:
		return (struct interval){ INT64_MIN, INT64_MAX };
	case EXPRESSION_REST:
	case EXPRESSION_LENGTH:
		return (struct interval){ 0, INT64_MAX };
	case EXPRESSION_NAME:
		return name_interval(expression, narrowed);
	default:
		return combined(expression->kind, expression_interval(expression->left, narrowed),
				expression_interval(expression->right, narrowed));
	}
}

bool expression_has_rest(const struct expression *expression)
{
	return expression != NULL && (expression->kind == EXPRESSION_REST || expression_has_rest(expression->left) ||
				      expression_has_rest(expression->right));
}

/* ---- what conditions tell ---- */

static const struct narrowed *add_narrowed(struct narrower *narrower, const struct narrowed *narrowed,
					   struct field field, struct interval interval, bool doubtful)
{
	struct narrowed *inner = arena_take(narrower->arena, sizeof(*inner));

	if (inner == NULL) {
		narrower->no_memory = true;
		return narrowed;
	}
	*inner = (struct narrowed){ narrowed, field_key(field), interval, doubtful };
	return inner;
}

const struct narrowed *narrow_field(struct narrower *narrower, const struct narrowed *narrowed, struct field field,
				    struct interval interval)
{
	return add_narrowed(narrower, narrowed, field, interval, false);
}

bool is_doubtful(const struct narrowed *narrowed, struct field field)
{
	while (narrowed != NULL && (narrowed->key != field_key(field) || !narrowed->doubtful)) {
		narrowed = narrowed->outer;
	}
	return narrowed != NULL;
}

static enum expression_kind opposite(enum expression_kind kind)
{
	static const enum expression_kind opposites[] = {
		[EXPRESSION_EQUAL] = EXPRESSION_UNEQUAL,      [EXPRESSION_UNEQUAL] = EXPRESSION_EQUAL,
		[EXPRESSION_LESS] = EXPRESSION_GREATER_EQUAL, [EXPRESSION_GREATER_EQUAL] = EXPRESSION_LESS,
		[EXPRESSION_GREATER] = EXPRESSION_LESS_EQUAL, [EXPRESSION_LESS_EQUAL] = EXPRESSION_GREATER,
	};

	return opposites[kind];
}

/* The values of `left` for which "left KIND right" can hold. */
static struct interval restricted(struct interval left, enum expression_kind kind, struct interval right)
{
	if (kind == EXPRESSION_LESS || kind == EXPRESSION_GREATER) {
		right.high = add(right.high, -1);
		right.low = add(right.low, 1);
	}
	if ((kind == EXPRESSION_EQUAL || kind == EXPRESSION_LESS || kind == EXPRESSION_LESS_EQUAL) &&
	    right.high < left.high) {
		left.high = right.high;
	}
	if (kind == EXPRESSION_EQUAL || kind == EXPRESSION_GREATER || kind == EXPRESSION_GREATER_EQUAL) {
		left.low = right.low > left.low ? right.low : left.low;
	}
	return left;
}

static enum expression_kind turned(enum expression_kind kind)
{
	static const enum expression_kind mirrored[] = {
		[EXPRESSION_EQUAL] = EXPRESSION_EQUAL,
		[EXPRESSION_UNEQUAL] = EXPRESSION_UNEQUAL,
		[EXPRESSION_LESS] = EXPRESSION_GREATER,
		[EXPRESSION_GREATER] = EXPRESSION_LESS,
		[EXPRESSION_LESS_EQUAL] = EXPRESSION_GREATER_EQUAL,
		[EXPRESSION_GREATER_EQUAL] = EXPRESSION_LESS_EQUAL,
	};

	return mirrored[kind];
}

static bool is_field(const struct expression *expression)
{
	return expression->kind == EXPRESSION_NAME && field_is_number(expression_field(expression));
}

static bool is_constant(const struct expression *expression)
{
	return expression == NULL || (expression->kind != EXPRESSION_NAME && expression->kind != EXPRESSION_REST &&
				      expression->kind != EXPRESSION_LENGTH && is_constant(expression->left) &&
				      is_constant(expression->right));
}

static const struct narrowed *doubt_fields(struct narrower *narrower, const struct narrowed *narrowed,
					   const struct expression *expression)
{
	if (expression == NULL) {
		return narrowed;
	}
	if (is_field(expression)) {
		struct field field = expression_field(expression);
		struct interval interval = expression_interval(expression, narrowed);
		return add_narrowed(narrower, narrowed, field, interval, true);
	}
	narrowed = doubt_fields(narrower, narrowed, expression->left);
	return doubt_fields(narrower, narrowed, expression->right);
}

static const struct narrowed *narrow_by_comparison(struct narrower *narrower, const struct narrowed *narrowed,
						   const struct expression *condition, enum expression_kind kind)
{
	const struct expression *name = condition->left;
	const struct expression *constant = condition->right;

	if (!is_field(name)) {
		name = condition->right;
		constant = condition->left;
		kind = turned(kind);
	}
	if (!is_field(name) || !is_constant(constant)) {
		return doubt_fields(narrower, narrowed, condition);
	}
	return narrow_field(
		narrower, narrowed, expression_field(name),
		restricted(expression_interval(name, narrowed), kind, expression_interval(constant, narrowed)));
}

const struct narrowed *narrow_by_condition(struct narrower *narrower, const struct narrowed *narrowed,
					   const struct expression *condition, bool truth)
{
	enum expression_kind both = truth ? EXPRESSION_AND : EXPRESSION_OR;

	if (condition->kind == both) {
		narrowed = narrow_by_condition(narrower, narrowed, condition->left, truth);
		return narrow_by_condition(narrower, narrowed, condition->right, truth);
	}
	if (condition->kind >= EXPRESSION_EQUAL && condition->kind <= EXPRESSION_GREATER_EQUAL) {
		return narrow_by_comparison(narrower, narrowed, condition,
					    truth ? condition->kind : opposite(condition->kind));
	}
	return doubt_fields(narrower, narrowed, condition);
}
