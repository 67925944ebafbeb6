/* check_conditions.c - E7: a switch takes every value its field can have, and none twice; each rule for a message
 * can be the first whose condition holds. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "description/examine/check.h"
#include "description/examine/check_guards.h"
#include "description/examine/check_sequence.h"
#include "description/examine/check_values.h"
#include "description/examine/check_walk.h"

struct conditions {
	const struct protocol *protocol;
	struct report *report;
	struct guards guards;
	int result;
};

#define WRONG(conditions, place, help, ...)                                                                          \
	report_add((conditions)->report, (conditions)->protocol->source, FINDING_ERROR, "E7", (place), NULL, (help), \
		   __VA_ARGS__)

/* ---- switch ---- */

struct taken {
	struct interval values;
	struct place place;
	size_t order; /* in the text */
};

static int compare_taken(const void *left, const void *right)
{
	const struct taken *a = left;
	const struct taken *b = right;

	if (a->values.low != b->values.low) {
		return a->values.low < b->values.low ? -1 : 1;
	}
	return (a->order > b->order) - (a->order < b->order);
}

/* A value as the text names it. */
static const char *value_text(struct conditions *conditions, struct field field, int64_t value)
{
	const struct code_set *set = field.bits == NULL && field.item->kind == ITEM_CODE ? field.item->code_set : NULL;

	for (const struct code *code = set != NULL ? set->codes : NULL; code != NULL; code = code->next) {
		struct value named = { .code = code, .number = code->number };
		if (field_value(field, &named) == value) {
			return code->name;
		}
	}
	if (set != NULL && set->is_text) {
		return "any other word";
	}
	return report_text(conditions->report, "%" PRId64, value);
}

static void check_twice(struct conditions *conditions, struct field field, const struct taken *taken, size_t count)
{
	size_t widest = 0;

	for (size_t i = 1; i < count; i++) {
		if (taken[i].values.low <= taken[widest].values.high) {
			const struct taken *later = taken[i].order > taken[widest].order ? &taken[i] : &taken[widest];
			const struct taken *first = later == &taken[i] ? &taken[widest] : &taken[i];
			WRONG(conditions, later->place, "let each value stand in one case",
			      "the case %s stands in line %u already",
			      value_text(conditions, field, taken[i].values.low), first->place.line);
		}
		widest = taken[i].values.high > taken[widest].values.high ? i : widest;
	}
}

/* The lowest value of the interval that no case takes, or false. */
static bool find_gap(const struct taken *taken, size_t count, struct interval values, int64_t *ret_value)
{
	int64_t wanted = values.low;

	for (size_t i = 0; i < count && taken[i].values.low <= wanted; i++) {
		if (taken[i].values.high >= wanted) {
			if (taken[i].values.high >= values.high) {
				return false;
			}
			wanted = taken[i].values.high + 1;
		}
	}
	*ret_value = wanted;
	return true;
}

static void check_exhaustive(struct conditions *conditions, const struct item *item, const struct taken *taken,
			     size_t count)
{
	struct field field = { item->selector, item->selector_bits };
	struct pieces pieces = pieces_of(field);
	struct interval values;
	int64_t value = 0;

	while (pieces_next(&pieces, &values)) {
		if (values.low <= values.high && find_gap(taken, count, values, &value)) {
			WRONG(conditions, item->place, "add a case for it, or \"default: { }\"",
			      "switch %s has no case for %s", item->selector_name,
			      value_text(conditions, field, value));
			return;
		}
	}
}

static size_t count_values(const struct item *item)
{
	size_t count = 0;

	for (const struct switch_case *branch = item->cases; branch != NULL; branch = branch->next) {
		for (const struct range *value = branch->values; value != NULL; value = value->next) {
			count++;
		}
	}
	return count;
}

static void check_switch(const struct item *item, void *context)
{
	struct conditions *conditions = context;
	struct field field = { item->selector, item->selector_bits };
	bool has_default = false;
	size_t count = 0;

	if (item->kind != ITEM_SWITCH) {
		return;
	}
	struct taken *taken = calloc(count_values(item) + 1, sizeof(*taken));
	if (taken == NULL) {
		conditions->result = -ENOMEM;
		return;
	}
	for (const struct switch_case *branch = item->cases; branch != NULL; branch = branch->next) {
		has_default = has_default || branch->values == NULL;
		for (const struct range *value = branch->values; value != NULL; value = value->next) {
			taken[count] = (struct taken){ field_range(field, value), value->low.place, count };
			count++;
		}
	}
	qsort(taken, count, sizeof(*taken), compare_taken);
	check_twice(conditions, field, taken, count);
	if (!has_default) {
		check_exhaustive(conditions, item, taken, count);
	}
	free(taken);
}

/* ---- rules ---- */

/* The earlier rule that takes the same whatever else is true, or NULL. */
static const struct rule *find_unconditional(const struct rule *list, const struct rule *rule)
{
	for (; list != rule; list = list->next) {
		if (list->condition == NULL && rules_take_same(list, rule)) {
			return list;
		}
	}
	return NULL;
}

static void refuse_rule(struct conditions *conditions, const struct rule *list, const struct rule *rule)
{
	struct guards *guards = &conditions->guards;
	const struct rule *earlier = find_unconditional(list, rule);

	guards_forget(guards, 0);
	guards_claim(guards, rule->condition, false, 0, 0);
	if (earlier != NULL) {
		WRONG(conditions, rule->place, "put the rule with a condition first, or take one away",
		      "this rule never holds: the one in line %u takes every %s", earlier->place.line, rule_word(rule));
	} else if (!guards_may_hold(guards)) {
		WRONG(conditions, rule->place, "correct it, or take the rule away", "this condition never holds");
	} else {
		WRONG(conditions, rule->place, "put the rule with the narrower condition first, or take one away",
		      "this rule never holds: those before it take every %s it would take", rule_word(rule));
	}
}

static void check_rules(struct conditions *conditions, const struct rule *list)
{
	struct guards *guards = &conditions->guards;

	for (const struct rule *rule = list; rule != NULL && guards->work < GUARD_WORK; rule = rule->next) {
		if (rule->kind == RULE_AFTER) {
			continue;
		}
		guards_forget(guards, 0);
		guards->messages[0] = rule->message;
		guards_claim_first(guards, list, NULL, rule, 0, 0);
		if (!guards_may_hold(guards)) {
			refuse_rule(conditions, list, rule);
		}
	}
}

int check_conditions(const struct protocol *protocol, struct report *report)
{
	struct conditions conditions = { .protocol = protocol, .report = report };

	walk_protocol(protocol, check_switch, &conditions);
	for (const struct state *state = protocol->states; state != NULL; state = state->next) {
		check_rules(&conditions, state->rules);
	}
	check_rules(&conditions, protocol->always);
	if (conditions.guards.work >= GUARD_WORK) {
		WRONG(&conditions, protocol->place, "describe less",
		      "there are too many rules to compare their conditions");
	}
	return conditions.result;
}
