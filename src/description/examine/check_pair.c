/* check_pair.c - pairs of rules, one for each side, in one state.  Called by check_counters.c and check_diamond.c. */
#include "description/examine/check_pair.h"

static void claim_rule(const struct pair *pair, enum role role)
{
	const struct state *state = pair->sequence->states[pair->state];

	guards_claim_first(pair->guards, state->rules, pair->sequence->protocol->always, pair->rules[role],
			   BOTH_TO_COME, role);
}

bool pair_begin(struct pair *pair)
{
	struct guards *guards = pair->guards;

	guards_forget(guards, 0);
	for (unsigned role = 0; role < 2; role++) {
		guards->messages[role] = pair->rules[role]->message;
	}
	guards->moments[CLIENT_WAS] = (struct moment){ pair->rules[ROLE_CLIENT], BOTH_TO_COME, ROLE_CLIENT };
	guards->moments[SERVER_WAS] = (struct moment){ pair->rules[ROLE_SERVER], BOTH_TO_COME, ROLE_SERVER };
	claim_rule(pair, ROLE_CLIENT);
	claim_rule(pair, ROLE_SERVER);
	return guards_may_hold(guards);
}

static bool asks_for(const struct expression *expression, const struct variable *variable)
{
	return expression != NULL && (expression->variable == variable || asks_for(expression->left, variable) ||
				      asks_for(expression->right, variable));
}

/* True if the condition asks for a counter that the rule sets. */
static bool is_concerned(const struct expression *condition, const struct rule *rule)
{
	for (const struct assignment *set = rule->assignments; set != NULL; set = set->next) {
		if (set->variable->is_counter && asks_for(condition, set->variable)) {
			return true;
		}
	}
	return false;
}

bool pair_counters_agree(const struct pair *pair, enum role role)
{
	const struct rule *other = pair->rules[role == ROLE_CLIENT ? ROLE_SERVER : ROLE_CLIENT];
	struct guards *guards = pair->guards;
	size_t before = guards->count;

	if (!is_concerned(pair->rules[role]->condition, other)) {
		return true;
	}
	guards_claim(guards, pair->rules[role]->condition, true, role == ROLE_CLIENT ? SERVER_WAS : CLIENT_WAS, role);
	bool fails = guards_may_hold(guards);
	guards_forget(guards, before);
	return !fails;
}

static bool is_of(const struct rule *rule, enum role role)
{
	return rule->kind != RULE_AFTER && rule->role == role;
}

void pairs_each(const struct sequence *sequence, uint32_t state, struct guards *guards, pair_visit *visit,
		void *context)
{
	struct pair pair = { .sequence = sequence, .guards = guards, .state = state };

	for (struct rule_place client = rules_first(sequence, state); client.rule != NULL; rules_next(&client)) {
		struct rule_place server = rules_first(sequence, state);
		for (; server.rule != NULL && is_of(client.rule, ROLE_CLIENT); rules_next(&server)) {
			pair.rules[ROLE_CLIENT] = client.rule;
			pair.rules[ROLE_SERVER] = server.rule;
			if (is_of(server.rule, ROLE_SERVER) && guards->work++ < GUARD_WORK) {
				visit(&pair, context);
			}
		}
	}
}
