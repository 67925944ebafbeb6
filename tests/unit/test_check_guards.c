/* test_check_guards.c - the solver of conditions against trying all values.  What it calls impossible must be so; of
 * what is impossible it must find nearly all, and all where only two values are compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "base/text.h"
#include "description/examine/check_guards.h"

enum { TRIES = 4000, RULES = 3, A_VALUES = 5, B_VALUES = 3, C_VALUES = 4, V_VALUES = 3 };

static const int64_t b_values[B_VALUES] = { 0, 2, 5 };

static uint64_t random_state;

static unsigned random_below(unsigned limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)(random_state >> 11) % limit;
}

/* ---- conditions ---- */

static void put_value(struct text *text, bool sums)
{
	static const char *const names[] = { "a", "b", "c" };

	if (random_below(3) == 0) {
		text_put_unsigned(text, random_below(7));
		return;
	}
	text_put(text, names[random_below(3)]);
	if (random_below(3) == 0) {
		text_put(text, random_below(2) == 0 ? " + " : " - ");
		if (sums && random_below(2) == 0) {
			text_put(text, names[random_below(3)]);
		} else {
			text_put_unsigned(text, random_below(4));
		}
	}
}

static void put_condition(struct text *text, unsigned depth, bool sums)
{
	static const char *const compares[] = { " = ", " != ", " < ", " <= ", " > ", " >= " };
	static const char *const texts[] = { "get", "put", "\"quit\"" };

	if (depth > 0 && random_below(2) == 0) {
		text_put_char(text, '(');
		put_condition(text, depth - 1, sums);
		text_put(text, random_below(2) == 0 ? " and " : " or ");
		put_condition(text, depth - 1, sums);
		text_put_char(text, ')');
		return;
	}
	if (random_below(5) == 0) {
		text_put(text, "v");
		text_put(text, compares[random_below(2)]);
		text_put(text, texts[random_below(3)]);
		return;
	}
	put_value(text, sums);
	text_put(text, compares[random_below(6)]);
	put_value(text, sums);
}

/* ---- their meaning ---- */

struct values {
	int64_t a, b, c;
	const char *v;
};

static int64_t value_of(const struct expression *expression, const struct values *values)
{
	switch ((int)expression->kind) {
	case EXPRESSION_NAME:
		return expression->name[0] == 'a' ? values->a : expression->name[0] == 'b' ? values->b : values->c;
	case EXPRESSION_ADD:
		return value_of(expression->left, values) + value_of(expression->right, values);
	case EXPRESSION_SUBTRACT:
		return value_of(expression->left, values) - value_of(expression->right, values);
	default:
		return expression->value.number;
	}
}

static bool same_text(const struct expression *expression, const struct values *values)
{
	struct octets text = expression->kind == EXPRESSION_TEXT ? expression->text : expression->value.code->text;

	return text.size == strlen(values->v) && strncasecmp(values->v, (const char *)text.start, text.size) == 0;
}

static bool compared(const struct expression *expression, const struct values *values)
{
	if (expression->left->kind == EXPRESSION_NAME && expression->left->name[0] == 'v') {
		return same_text(expression->right, values) == (expression->kind == EXPRESSION_EQUAL);
	}
	int64_t left = value_of(expression->left, values);
	int64_t right = value_of(expression->right, values);
	switch ((int)expression->kind) {
	case EXPRESSION_EQUAL:
		return left == right;
	case EXPRESSION_UNEQUAL:
		return left != right;
	case EXPRESSION_LESS:
		return left < right;
	case EXPRESSION_LESS_EQUAL:
		return left <= right;
	case EXPRESSION_GREATER:
		return left > right;
	default:
		return left >= right;
	}
}

static bool holds(const struct expression *expression, const struct values *values)
{
	if (expression->kind == EXPRESSION_AND) {
		return holds(expression->left, values) && holds(expression->right, values);
	}
	if (expression->kind == EXPRESSION_OR) {
		return holds(expression->left, values) || holds(expression->right, values);
	}
	return compared(expression, values);
}

/* True if the condition of `last` holds, and none before it. */
static bool is_first(const struct rule *list, const struct rule *last, const struct values *values)
{
	for (; list != last; list = list->next) {
		if (holds(list->condition, values)) {
			return false;
		}
	}
	return holds(last->condition, values);
}

static bool can_be_first(const struct rule *list, const struct rule *last)
{
	static const char *const texts[V_VALUES] = { "GET", "PUT", "QUIT" };

	for (unsigned i = 0; i < A_VALUES * B_VALUES * C_VALUES * V_VALUES; i++) {
		struct values values = {
			.a = i % A_VALUES,
			.b = b_values[i / A_VALUES % B_VALUES],
			.c = i / A_VALUES / B_VALUES % C_VALUES,
			.v = texts[i / A_VALUES / B_VALUES / C_VALUES],
		};
		if (is_first(list, last, &values)) {
			return true;
		}
	}
	return false;
}

/* ---- the comparison ---- */

struct tally {
	unsigned possible, impossible, missed;
};

static void compare_rules(const struct protocol *protocol, const char *source, struct tally *tally)
{
	const struct rule *list = protocol->states->rules;

	for (const struct rule *rule = list; rule != NULL; rule = rule->next) {
		struct guards guards = { .messages = { protocol->messages } };
		guards_claim_first(&guards, list, NULL, rule, 0, 0);
		bool may_hold = guards_may_hold(&guards);
		bool can_hold = can_be_first(list, rule);
		if (can_hold && !may_hold) {
			print_error("line %u can hold:\n%s", rule->place.line, source);
			fail();
		}
		tally->possible += can_hold;
		tally->impossible += !can_hold;
		tally->missed += may_hold && !can_hold;
	}
}

static void try_conditions(bool sums, struct tally *tally)
{
	char source[4096];
	struct text text;
	struct report report = { .first = NULL };
	struct tree *tree = NULL;

	text_init(&text, source, sizeof(source));
	text_put(&text, "protocol p { opcodes { V : text nocase { get = \"GET\", put = \"PUT\", quit = \"QUIT\" } } "
			"types { client request R { a: u8 in 0..4; b: u8 in 0, 2, 5; v: V; } } "
			"sequences { counter c max 3; state s start {\n");
	for (unsigned i = 0; i < RULES; i++) {
		text_put(&text, "client R when ");
		put_condition(&text, 2, sums);
		text_put(&text, " -> end;\n");
	}
	text_put(&text, "} } }\n");
	assert_false(text.cut);
	assert_int_equal(tree_read("conditions.berth", source, strlen(source), &report, &tree), 0);
	assert_int_equal(report.counts[FINDING_ERROR], 0);
	compare_rules(tree->protocols, source, tally);
	report_finish(&report);
	tree = tree_destroy(tree);
}

static void what_is_impossible_is_so(void **state)
{
	struct tally tally = { 0 };

	(void)state;
	random_state = 42;
	for (unsigned i = 0; i < TRIES; i++) {
		try_conditions(true, &tally);
	}
	print_message("with sums: %u possible, %u impossible, %u of them missed\n", tally.possible, tally.impossible,
		      tally.missed);
	assert_true(tally.impossible > TRIES / 8);
	assert_true(tally.missed < tally.impossible / 2);
}

static void of_two_values_nothing_is_missed(void **state)
{
	struct tally tally = { 0 };

	(void)state;
	random_state = 4711;
	for (unsigned i = 0; i < TRIES; i++) {
		try_conditions(false, &tally);
	}
	print_message("without: %u possible, %u impossible, %u of them missed\n", tally.possible, tally.impossible,
		      tally.missed);
	assert_true(tally.impossible > TRIES / 8);
	assert_int_equal(tally.missed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_impossible_is_so),
		cmocka_unit_test(of_two_values_nothing_is_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
