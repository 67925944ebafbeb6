/* check_counters.c - E12: a counter is never below 0 and can be above; conditions on counters cannot be made false by
 * messages that are under way from the other side. */
#include <errno.h>
#include <inttypes.h>

#include "description/examine/check.h"
#include "description/examine/check_pair.h"
#include "description/examine/check_values.h"

struct counters {
	const struct protocol *protocol;
	struct report *report;
	struct arena arena;
	struct sequence sequence;
	struct guards guards;
	const struct rule *reported[2]; /* the last pair; one of "always" would come again in each state */
};

#define WRONG(counters, place, trace, help, ...)                                                                     \
	report_add((counters)->report, (counters)->protocol->source, FINDING_ERROR, "E12", (place), (trace), (help), \
		   __VA_ARGS__)

/* ---- what rules set ---- */

static bool may_be_negative(struct counters *counters, const struct rule *list, const struct rule *rule,
			    const struct assignment *set)
{
	struct guards *guards = &counters->guards;

	if (expression_interval(set->expression, NULL).low >= 0) {
		return false;
	}
	guards_forget(guards, 0);
	guards->messages[0] = rule->message;
	guards_claim_first(guards, list, NULL, rule, 0, 0);
	guards_claim_at_most(guards, set->expression, -1, 0, 0);
	return guards_may_hold(guards);
}

static void check_assignment(struct counters *counters, const struct rule *list, const struct rule *rule,
			     const struct assignment *set)
{
	int64_t least = expression_interval(set->expression, NULL).low;

	uint64_t maximum = set->variable->maximum; /* 0 was said before */

	if (maximum > 0 && least > 0 && (uint64_t)least > maximum) {
		WRONG(counters, set->place, NULL, "raise the counter's \"max\", or set a smaller value",
		      "%s becomes %" PRId64 ", but its maximum is %" PRIu64, set->name, least, maximum);
	} else if (may_be_negative(counters, list, rule, set)) {
		WRONG(counters, rule->place, NULL, report_text(counters->report, "ask first: when %s > 0", set->name),
		      "%s can fall below 0 here", set->name);
	}
}

static void check_rules(struct counters *counters, const struct rule *list)
{
	for (const struct rule *rule = list; rule != NULL; rule = rule->next) {
		for (const struct assignment *set = rule->assignments; set != NULL; set = set->next) {
			if (set->variable->is_counter) {
				check_assignment(counters, list, rule, set);
			}
		}
	}
}

static void check_maximums(struct counters *counters)
{
	for (const struct variable *variable = counters->protocol->variables; variable != NULL;
	     variable = variable->next) {
		if (variable->is_counter && variable->maximum == 0) {
			WRONG(counters, variable->place, NULL, "say how far it may count",
			      "the counter %s can count nothing: its maximum is 0", variable->name);
		}
	}
}

/* ---- what the other side changes ---- */

static void check_side(struct counters *counters, const struct pair *pair, enum role role)
{
	const struct rule *rule = pair->rules[role];
	const struct rule *other = pair->rules[role == ROLE_CLIENT ? ROLE_SERVER : ROLE_CLIENT];

	if ((counters->reported[0] == rule && counters->reported[1] == other) || pair_counters_agree(pair, role)) {
		return;
	}
	counters->reported[0] = rule;
	counters->reported[1] = other;
	WRONG(counters, rule->place, sequence_trace(pair->sequence, pair->state, counters->report),
	      "ask only for what the other side's messages cannot change, like \"> 0\" where they count up",
	      "in %s, %s %s can make this condition false while %s %s is under way",
	      sequence_name(pair->sequence, pair->state), role_word(other->role), rule_word(other),
	      role_word(rule->role), rule_word(rule));
}

static void check_pair(struct pair *pair, void *context)
{
	struct counters *counters = context;

	if ((pair->rules[ROLE_CLIENT]->condition != NULL || pair->rules[ROLE_SERVER]->condition != NULL) &&
	    (pair->rules[ROLE_CLIENT]->assignments != NULL || pair->rules[ROLE_SERVER]->assignments != NULL) &&
	    pair_begin(pair)) {
		check_side(counters, pair, ROLE_CLIENT);
		check_side(counters, pair, ROLE_SERVER);
	}
}

static void check_monotone(struct counters *counters)
{
	for (uint32_t state = 0; state < counters->sequence.count; state++) {
		if (counters->sequence.ways[state] != NOT_REACHED) {
			pairs_each(&counters->sequence, state, &counters->guards, check_pair, counters);
		}
	}
}

int check_counters(const struct protocol *protocol, struct report *report)
{
	struct counters counters = { .protocol = protocol, .report = report };
	int r = sequence_init(&counters.sequence, &counters.arena, protocol);

	check_maximums(&counters);
	check_rules(&counters, protocol->always);
	for (const struct state *state = protocol->states; state != NULL; state = state->next) {
		check_rules(&counters, state->rules);
	}
	if (r == 0 && protocol->variables != NULL && counters.sequence.start != NULL) {
		check_monotone(&counters);
	}
	arena_finish(&counters.arena);
	return r == -E2BIG ? 0 : r; /* then E3 has said so */
}
