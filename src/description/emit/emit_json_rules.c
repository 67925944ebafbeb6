/* emit_json_rules.c - sequences, functions and the rendezvous section as JSON.  Called by emit_json.c. */
#include <string.h>

#include "description/emit/emit_json.h"

/* ---- sequences ---- */

static json_t *json_of_assignments(struct json_maker *maker, const struct assignment *assignments)
{
	json_t *array = json_array();

	for (const struct assignment *set = assignments; set != NULL; set = set->next) {
		json_t *object = json_object();
		json_put_text(maker, object, "variable", set->name);
		json_put(maker, object, "value", json_of_expression(maker, set->expression));
		json_add(maker, array, object);
	}
	return array;
}

static json_t *json_of_rule(struct json_maker *maker, const struct rule *rule)
{
	static const char *const targets[] = {
		[TARGET_SAME] = "same",
		[TARGET_END] = "end",
		[TARGET_OPAQUE] = "opaque",
	};
	json_t *object = json_object();

	if (rule->kind == RULE_AFTER) {
		json_put_number(maker, object, "after_ms", (int64_t)rule->after_ms);
	} else {
		json_put_text(maker, object, "role", role_word(rule->role));
		json_put_text(maker, object, "message", rule->message_name);
		json_put_flag(maker, object, "close", rule->kind == RULE_CLOSE);
	}
	json_put_number(maker, object, "line", rule->place.line);
	json_put_flag(maker, object, "late", rule->late);
	json_put_flag(maker, object, "moved", rule->moved);
	if (rule->condition != NULL) {
		json_put(maker, object, "when", json_of_expression(maker, rule->condition));
	}
	if (rule->assignments != NULL) {
		json_put(maker, object, "set", json_of_assignments(maker, rule->assignments));
	}
	if (rule->target == TARGET_STATE) {
		json_put_text(maker, object, "state", rule->target_name);
	} else {
		json_put_text(maker, object, "to", targets[rule->target]);
	}
	return object;
}

static json_t *json_of_rules(struct json_maker *maker, const struct rule *rules)
{
	json_t *array = json_array();

	for (const struct rule *rule = rules; rule != NULL; rule = rule->next) {
		json_add(maker, array, json_of_rule(maker, rule));
	}
	return array;
}

static json_t *json_of_states(struct json_maker *maker, const struct state *states)
{
	json_t *array = json_array();

	for (const struct state *state = states; state != NULL; state = state->next) {
		json_t *object = json_object();
		json_put_text(maker, object, "name", state->name);
		json_put_number(maker, object, "line", state->place.line);
		json_put_flag(maker, object, "start", state->start);
		json_put_flag(maker, object, "final", state->final);
		json_put(maker, object, "rules", json_of_rules(maker, state->rules));
		json_add(maker, array, object);
	}
	return array;
}

static json_t *json_of_variables(struct json_maker *maker, const struct variable *variables)
{
	json_t *array = json_array();

	for (const struct variable *variable = variables; variable != NULL; variable = variable->next) {
		json_t *object = json_object();
		json_put_text(maker, object, variable->is_counter ? "counter" : "keep", variable->name);
		if (variable->is_counter) {
			json_put_number(maker, object, "maximum", (int64_t)variable->maximum);
		} else {
			json_put(maker, object, "number", json_of_number_type(maker, variable->number));
		}
		json_add(maker, array, object);
	}
	return array;
}

json_t *json_of_sequences(struct json_maker *maker, const struct protocol *protocol)
{
	json_t *object = json_object();

	if (protocol->parallel_name != NULL) {
		json_put_text(maker, object, "parallel_by", protocol->parallel_name);
		json_put_number(maker, object, "parallel_maximum", (int64_t)protocol->parallel_max);
	}
	json_put(maker, object, "variables", json_of_variables(maker, protocol->variables));
	json_put(maker, object, "states", json_of_states(maker, protocol->states));
	json_put(maker, object, "always", json_of_rules(maker, protocol->always));
	return object;
}

/* ---- functions ---- */

static json_t *json_of_conditions(struct json_maker *maker, const struct condition *conditions)
{
	json_t *array = json_array();

	for (const struct condition *condition = conditions; condition != NULL; condition = condition->next) {
		json_t *object = json_object();
		json_put_text(maker, object, "selector", condition->selector_name);
		json_put(maker, object, "hex", json_of_octets(condition->text));
		json_add(maker, array, object);
	}
	return array;
}

json_t *json_of_functions(struct json_maker *maker, const struct protocol *protocol)
{
	json_t *array = json_array();

	for (const struct function *function = protocol->functions; function != NULL; function = function->next) {
		json_t *object = json_object();
		json_put_text(maker, object, "name", function->name);
		if (function->description != NULL) {
			json_put(maker, object, "description",
				 json_of_octets_text(function->description, strlen(function->description)));
		}
		json_put_text(maker, object, "on", function->message_name);
		json_put(maker, object, "when", json_of_conditions(maker, function->conditions));
		json_add(maker, array, object);
	}
	return array;
}

/* ---- the rendezvous section ---- */

static json_t *json_of_fills(struct json_maker *maker, const struct fill *fills)
{
	json_t *array = json_array();

	for (const struct fill *fill = fills; fill != NULL; fill = fill->next) {
		json_t *object = json_object();
		json_put_text(maker, object, "field", fill->field_name);
		if (fill->kind == FILL_NUMBER) {
			json_put_number(maker, object, "number", fill->number);
		} else if (fill->kind == FILL_TEXT) {
			json_put(maker, object, "hex", json_of_octets(fill->text));
		} else {
			json_put_text(maker, object, "from_message", fill->message_name);
			json_put_text(maker, object, "from", fill->name);
		}
		json_add(maker, array, object);
	}
	return array;
}

static json_t *json_of_words(struct json_maker *maker, const struct word *words)
{
	json_t *array = json_array();

	for (const struct word *word = words; word != NULL; word = word->next) {
		json_add(maker, array, json_string(word->text));
	}
	return array;
}

json_t *json_of_rendezvous(struct json_maker *maker, const struct protocol *protocol)
{
	static const char *const kinds[] = {
		[LINE_NAME] = "name",	  [LINE_SAY] = "say",		[LINE_ACCEPT] = "accept",
		[LINE_REFUSE] = "refuse", [LINE_REDIRECT] = "redirect",
	};
	json_t *array = json_array();

	for (const struct rendezvous_line *line = protocol->rendezvous; line != NULL; line = line->next) {
		json_t *object = json_object();
		json_put_text(maker, object, "line", kinds[line->kind]);
		json_put(maker, object, "words", json_of_words(maker, line->words));
		json_put_text(maker, object, "on", line->on_name);
		json_put_text(maker, object, "message", line->message_name);
		json_put_flag(maker, object, "moved", line->moved);
		json_put(maker, object, "fills", json_of_fills(maker, line->fills));
		json_add(maker, array, object);
	}
	return array;
}
