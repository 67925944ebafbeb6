/* resolve_sequences.c - states, rules, counters and kept values.  Called by resolve.c. */
#include <string.h>

#include "description/language/resolver.h"

static void link_target(struct resolver *resolver, struct rule *rule)
{
	struct guess guess;

	if (rule->target != TARGET_STATE || rule->target_name == NULL) {
		return;
	}
	rule->state = resolver_find(resolver, &resolver->scopes[SCOPE_STATES], rule->target_name);
	if (rule->state != NULL || !resolver_misses(resolver, rule->target_name)) {
		return;
	}
	guess_init(&guess, resolver, rule->target_name);
	for (const struct state *state = resolver->protocol->states; state != NULL && guess.tries > 0;
	     state = state->next) {
		guess_try(&guess, state->name);
	}
	guess_try(&guess, "same");
	guess_try(&guess, "end");
	guess_try(&guess, "opaque");
	resolver_wrong(resolver, rule->target_place,
		       guess_help(resolver, &guess, "declare it, or write same, end or opaque"), "there is no state %s",
		       rule->target_name);
}

static void link_assignments(const struct view *view, struct assignment *assignments)
{
	struct resolver *resolver = view->resolver;

	for (struct assignment *at = assignments; at != NULL; at = at->next) {
		at->variable = resolver_find(resolver, &resolver->scopes[SCOPE_VARIABLES], at->name);
		resolve_expression(view, at->expression, OPERAND_NUMBER);
		if (at->variable != NULL || !resolver_misses(resolver, at->name)) {
			continue;
		}
		struct guess guess;
		guess_init(&guess, resolver, at->name);
		for (const struct variable *variable = resolver->protocol->variables;
		     variable != NULL && guess.tries > 0; variable = variable->next) {
			guess_try(&guess, variable->name);
		}
		resolver_wrong(resolver, at->place,
			       guess_help(resolver, &guess, "declare it: counter NAME max 100; or keep NAME: u16;"),
			       "there is no counter or kept value %s", at->name);
	}
}

/* Every message must say which of the parallel copies it belongs to. */
static void check_parallel(struct resolver *resolver, struct owner *message)
{
	const char *name = resolver->protocol->parallel_name;

	if (name == NULL || message == NULL) {
		return;
	}
	const struct field *field = message_field(resolver, message, name);
	bool is_number = field != NULL && field->bits == NULL &&
			 (field->item->kind == ITEM_NUMBER || field->item->kind == ITEM_SIZED ||
			  (field->item->kind == ITEM_CODE && !field->item->code_set->is_text));
	if (!is_number && resolver_misses(resolver, name)) {
		resolver_wrong(resolver, resolver->protocol->parallel_place,
			       "every message of the rules must have this field, and it must be a number",
			       "the %s message %s has no number %s", role_word(message->message->role), message->name,
			       name);
	}
}

static void link_rules(struct resolver *resolver, struct rule *rules)
{
	for (struct rule *rule = rules; rule != NULL && resolver->error == 0; rule = rule->next) {
		struct view view = { .resolver = resolver };
		if (rule->kind == RULE_MESSAGE) {
			view.owner = resolver_message(resolver, rule->role, rule->message_name, rule->message_place);
			rule->message = view.owner != NULL ? view.owner->message : NULL;
			check_parallel(resolver, view.owner);
		}
		link_target(resolver, rule);
		if (rule->kind == RULE_MESSAGE && view.owner == NULL) {
			continue;
		}
		if (rule->condition != NULL) {
			resolve_expression(&view, rule->condition, OPERAND_CONDITION);
		}
		link_assignments(&view, rule->assignments);
	}
}

void resolve_sequences(struct resolver *resolver)
{
	struct protocol *protocol = resolver->protocol;

	for (struct variable *variable = protocol->variables; variable != NULL; variable = variable->next) {
		variable->number.little = variable->number.order_given ? variable->number.little : protocol->little;
	}
	for (struct state *state = protocol->states; state != NULL && resolver->error == 0; state = state->next) {
		link_rules(resolver, state->rules);
	}
	link_rules(resolver, protocol->always);
}
