/* check_sequence.c - the states of a protocol as a graph.  Called by the checks of states, conditions and races. */
#include "description/examine/check_sequence.h"

#include <errno.h>

enum { TRACE_MAX = 16 }; /* messages that are told */

static int number_states(struct sequence *sequence)
{
	const struct protocol *protocol = sequence->protocol;

	for (const struct state *state = protocol->states; state != NULL; state = state->next) {
		if (numbering_add(&sequence->numbering, state) < 0) {
			return -ENOMEM;
		}
		sequence->start = sequence->start == NULL && state->start ? state : sequence->start;
	}
	sequence->count = sequence->numbering.count;
	sequence->end = sequence->count;
	sequence->opaque = sequence->count + 1;
	sequence->states = arena_take(sequence->arena, (sequence->count + (size_t)1) * sizeof(void *));
	if (sequence->states == NULL) {
		return -ENOMEM;
	}
	uint32_t number = 0;
	for (const struct state *state = protocol->states; state != NULL; state = state->next) {
		sequence->states[number++] = state;
	}
	return 0;
}

static int count_rules(const struct sequence *sequence)
{
	uint64_t always = 0;
	uint64_t own = 0;

	for (const struct rule *rule = sequence->protocol->always; rule != NULL; rule = rule->next) {
		always++;
	}
	for (const struct state *state = sequence->protocol->states; state != NULL; state = state->next) {
		for (const struct rule *rule = state->rules; rule != NULL; rule = rule->next) {
			own++;
		}
	}
	return own + always * sequence->count > SEQUENCE_RULES_MAX ? -E2BIG : 0;
}

static int build(struct sequence *sequence, struct graph *graph, bool late)
{
	*graph = (struct graph){ .arena = sequence->arena, .nodes = sequence->count + 2 };
	for (uint32_t state = 0; state < sequence->count; state++) {
		for (struct rule_place at = rules_first(sequence, state); at.rule != NULL; rules_next(&at)) {
			if ((late || !at.rule->late) &&
			    graph_add(graph, state, sequence_target(sequence, state, at.rule), at.rule) < 0) {
				return -ENOMEM;
			}
		}
	}
	return graph_finish(graph);
}

int sequence_init(struct sequence *sequence, struct arena *arena, const struct protocol *protocol)
{
	*sequence = (struct sequence){ .protocol = protocol, .arena = arena, .numbering = { .arena = arena } };
	int r = number_states(sequence);

	if (r == 0) {
		r = count_rules(sequence);
	}
	if (r == 0) {
		r = build(sequence, &sequence->graph, true);
	}
	if (r == 0) {
		r = build(sequence, &sequence->exits, false);
	}
	if (r < 0 || sequence->start == NULL) {
		return r;
	}
	sequence->ways = graph_ways(&sequence->graph);
	if (sequence->ways == NULL) {
		return -ENOMEM;
	}
	graph_reach(&sequence->graph, FORWARD, numbering_find(&sequence->numbering, sequence->start), sequence->ways);
	return 0;
}

struct rule_place rules_first(const struct sequence *sequence, uint32_t state)
{
	struct rule_place place = { sequence->states[state]->rules, sequence->protocol->always };

	if (place.rule == NULL) {
		place = (struct rule_place){ place.always, NULL };
	}
	return place;
}

void rules_next(struct rule_place *place)
{
	place->rule = place->rule->next;
	if (place->rule == NULL) {
		*place = (struct rule_place){ place->always, NULL };
	}
}

uint32_t sequence_target(const struct sequence *sequence, uint32_t state, const struct rule *rule)
{
	switch (rule->target) {
	case TARGET_END:
		return sequence->end;
	case TARGET_OPAQUE:
		return sequence->opaque;
	case TARGET_SAME:
		return state;
	case TARGET_STATE:
		break;
	}
	return numbering_find(&sequence->numbering, rule->state);
}

const char *sequence_name(const struct sequence *sequence, uint32_t node)
{
	if (node < sequence->count) {
		return sequence->states[node]->name;
	}
	return node == sequence->end ? "end" : "opaque";
}

const char *rule_word(const struct rule *rule)
{
	return rule->kind == RULE_CLOSE ? "close" : rule->message->name;
}

const char *sequence_trace(const struct sequence *sequence, uint32_t state, struct report *report)
{
	const char *trace = NULL;
	unsigned told = 0;

	if (report->counts[FINDING_ERROR] >= FINDINGS_MAX) {
		return NULL; /* nobody will see it */
	}
	while (sequence->ways[state] != REACHED_AT_ONCE) {
		const struct edge *edge = &sequence->graph.edges[sequence->ways[state]];
		const struct rule *rule = edge->label;
		if (told++ == TRACE_MAX) {
			return report_text(report, "..., %s", trace);
		}
		trace = report_text(report, "%s %s%s%s", role_word(rule->role), rule_word(rule),
				    trace != NULL ? ", " : "", trace != NULL ? trace : "");
		state = edge->end[BACKWARD];
	}
	return trace;
}
