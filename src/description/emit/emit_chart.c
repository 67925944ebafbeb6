/* emit_chart.c - the sequences as a state chart, in the languages of Mermaid and of Graphviz.
 *
 * An arrow is labelled as UML has it: what happens, [on which condition], / what is noted.  C and S say who
 * sends.  Rules of "always" are drawn at every state, but where a rule of the state comes first anyway. */
#include <inttypes.h>

#include "description/emit/emit.h"
#include "description/emit/emit_chart.h"
#include "description/emit/emit_words.h"

/* ---- labels ---- */

static void put_trigger(struct words *words, const struct rule *rule)
{
	if (rule->kind == RULE_AFTER) {
		words_put(words, rule->after_ms % 1000 == 0 ? "after %" PRIu64 "s" : "after %" PRIu64 "ms",
			  rule->after_ms % 1000 == 0 ? rule->after_ms / 1000 : rule->after_ms);
		return;
	}
	words_put(words, "%s %s", rule->role == ROLE_CLIENT ? "C" : "S",
		  rule->kind == RULE_CLOSE ? "close" : rule->message_name);
	words_put(words, rule->late ? " (late)" : "");
	words_put(words, rule->moved ? " (from a new port)" : "");
}

static void put_label(struct words *words, const struct rule *rule, const char *gap, bool always)
{
	put_trigger(words, rule);
	if (rule->condition != NULL) {
		words_put(words, "%s[", gap);
		words_expression(words, rule->condition);
		words_put(words, "]");
	}
	for (const struct assignment *set = rule->assignments; set != NULL; set = set->next) {
		words_put(words, "%s%s%s = ", set == rule->assignments ? gap : "",
			  set == rule->assignments ? "/ " : ", ", set->name);
		words_expression(words, set->expression);
	}
	words_put(words, always ? " (always)" : "");
}

/* ---- the chart ---- */

static const char *target_of(const struct rule *rule, const struct state *state)
{
	switch (rule->target) {
	case TARGET_STATE:
		return rule->target_name;
	case TARGET_SAME:
		return state->name;
	case TARGET_OPAQUE:
		return OPAQUE;
	case TARGET_END:
	default:
		return NULL;
	}
}

/* A rule of the state takes whatever this one of "always" would. */
static bool is_hidden(const struct state *state, const struct rule *rule)
{
	for (const struct rule *own = state->rules; own != NULL; own = own->next) {
		if (own->kind == rule->kind && own->role == rule->role && own->condition == NULL &&
		    own->message == rule->message) {
			return true;
		}
	}
	return false;
}

static bool is_loop(const struct state *state, const struct rule *rule)
{
	return rule->target == TARGET_SAME || (rule->target == TARGET_STATE && rule->state == state);
}

static bool is_same_arrow(const struct rule *left, const struct rule *right)
{
	return left->target == right->target && left->state == right->state && left->role == right->role &&
	       left->late == right->late && (left->kind == RULE_AFTER) == (right->kind == RULE_AFTER);
}

/* True when an earlier rule of the list took this one into its arrow. */
static bool is_joined(const struct rule *rules, const struct rule *rule)
{
	while (rules != rule && !is_same_arrow(rules, rule)) {
		rules = rules->next;
	}
	return rules != rule;
}

static void draw_arrow(const struct chart_language *language, const struct state *state, const struct rule *rule,
		       bool always, FILE *stream)
{
	struct words label;

	words_init(&label);
	put_label(&label, rule, language->gap, always);
	for (const struct rule *other = rule->next; language->joins && other != NULL; other = other->next) {
		if (is_same_arrow(rule, other) && !(always && is_hidden(state, other))) {
			words_put(&label, "\n");
			put_label(&label, other, language->gap, always);
		}
	}
	words_put(&label, language->joins ? "\n" : "");
	language->arrow(state->name, target_of(rule, state), rule, words_end(&label), stream);
}

static void draw_rules(const struct chart_language *language, const struct state *state, const struct rule *rules,
		       bool always, FILE *stream)
{
	for (const struct rule *rule = rules; rule != NULL; rule = rule->next) {
		bool is_elsewhere = language->joins && (is_loop(state, rule) || is_joined(rules, rule));
		if (!is_elsewhere && !(always && is_hidden(state, rule))) {
			draw_arrow(language, state, rule, always, stream);
		}
	}
}

static void label_loops(const struct chart_language *language, const struct state *state, const struct rule *rules,
			bool always, struct words *label)
{
	for (const struct rule *rule = rules; rule != NULL; rule = rule->next) {
		if (is_loop(state, rule) && !(always && is_hidden(state, rule))) {
			put_label(label, rule, language->gap, always);
			words_put(label, "\n");
		}
	}
}

/* All that leaves the state as it is, in one arrow: several would lie upon each other. */
static void draw_loops(const struct chart_language *language, const struct state *state,
		       const struct protocol *protocol, FILE *stream)
{
	struct words label;

	words_init(&label);
	label_loops(language, state, state->rules, false, &label);
	label_loops(language, state, protocol->always, true, &label);
	if (label.text.used > 0) {
		language->arrow(state->name, state->name, NULL, words_end(&label), stream);
	}
}

static bool rules_reach_opaque(const struct rule *rules)
{
	while (rules != NULL && rules->target != TARGET_OPAQUE) {
		rules = rules->next;
	}
	return rules != NULL;
}

static bool reaches_opaque(const struct protocol *protocol)
{
	bool reaches = rules_reach_opaque(protocol->always);

	for (const struct state *state = protocol->states; state != NULL; state = state->next) {
		reaches = reaches || rules_reach_opaque(state->rules);
	}
	return reaches;
}

static void draw_note(const struct chart_language *language, const struct protocol *protocol, const char *start,
		      FILE *stream)
{
	struct words words;
	const char *gap = "";

	words_init(&words);
	if (protocol->parallel_name != NULL) {
		words_put(&words, "once for each %s, at most %" PRIu64, protocol->parallel_name,
			  protocol->parallel_max);
		gap = "; ";
	}
	for (const struct variable *variable = protocol->variables; variable != NULL; variable = variable->next) {
		if (variable->is_counter) {
			words_put(&words, "%s%s is at most %" PRIu64, gap, variable->name, variable->maximum);
			gap = "; ";
		}
	}
	if (words.text.used > 0) {
		language->note(start, words_end(&words), stream);
	}
}

static void draw_sequences(const struct chart_language *language, const struct protocol *protocol, FILE *stream)
{
	const char *start = NULL;

	for (const struct state *state = protocol->states; state != NULL; state = state->next) {
		language->state(state, stream);
		start = state->start ? state->name : start;
	}
	if (reaches_opaque(protocol)) {
		language->opaque(stream);
	}
	language->arrow(NULL, start, NULL, "", stream);
	for (const struct state *state = protocol->states; state != NULL; state = state->next) {
		draw_rules(language, state, state->rules, false, stream);
		draw_rules(language, state, protocol->always, true, stream);
		if (language->joins) {
			draw_loops(language, state, protocol, stream);
		}
	}
	draw_note(language, protocol, start, stream);
}

/* Without sequences: any message of the client, then one of the server if there is a rendezvous. */
static void draw_default(const struct chart_language *language, const struct protocol *protocol, FILE *stream)
{
	static const struct state first = { .name = "first" };
	static const struct state reply = { .name = "reply" };
	const struct state *after_first = protocol->has_rendezvous ? &reply : NULL;

	language->state(&first, stream);
	if (protocol->has_rendezvous) {
		language->state(&reply, stream);
	}
	language->opaque(stream);
	language->arrow(NULL, first.name, NULL, "", stream);
	for (const struct message *message = protocol->messages; message != NULL; message = message->next) {
		bool client = message->role == ROLE_CLIENT;
		const struct rule rule = {
			.kind = RULE_MESSAGE,
			.role = message->role,
			.message_name = message->name,
			.target = client && after_first != NULL ? TARGET_STATE : TARGET_OPAQUE,
			.target_name = reply.name,
		};
		if (client || protocol->has_rendezvous) {
			draw_arrow(language, client ? &first : &reply, &rule, false, stream);
		}
	}
}

static void draw(const struct chart_language *language, const struct protocol *protocol, FILE *stream)
{
	language->begin(protocol, stream);
	if (protocol->has_sequences && protocol->states != NULL) {
		draw_sequences(language, protocol, stream);
	} else {
		draw_default(language, protocol, stream);
	}
	language->finish(stream);
}

int emit_chart_mermaid(const struct protocol *protocol, FILE *stream)
{
	draw(&chart_mermaid, protocol, stream);
	return 0;
}

int emit_chart_dot(const struct protocol *protocol, FILE *stream)
{
	draw(&chart_dot, protocol, stream);
	return 0;
}
