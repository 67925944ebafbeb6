/* check_states.c - E3: one start, every state reached, and from every state a way to the end.
 *
 * A state is reported for a whole group: of states that nothing reaches the one through which the others would be
 * reached, of states without a way out the ones where it ends. */
#include <errno.h>
#include <stdlib.h>

#include "description/examine/check.h"
#include "description/examine/check_sequence.h"

struct states {
	const struct protocol *protocol;
	struct report *report;
	struct arena arena;
	struct sequence sequence;
};

static void add_finding(struct states *states, struct place place, const char *trace, const char *help,
			const char *text)
{
	report_add(states->report, states->protocol->source, FINDING_ERROR, "E3", place, trace, help, "%s", text);
}

/* ---- the start ---- */

/* True when there is one. */
static bool check_start(struct states *states)
{
	const struct state *first = states->protocol->states;
	const struct state *start = states->sequence.start;

	if (start == NULL) {
		add_finding(states, first != NULL ? first->place : states->protocol->place, NULL,
			    "write \"start\" behind the name of the state in which all begins",
			    "no state is the start");
		return false;
	}
	for (const struct state *state = start->next; state != NULL; state = state->next) {
		if (state->start) {
			add_finding(states, state->place, NULL, "take \"start\" away from one of them",
				    report_text(states->report, "%s is a second start: %s is one already", state->name,
						start->name));
		}
	}
	return true;
}

/* ---- states that are never reached ---- */

static void add_unreachable(struct states *states, uint32_t root, size_t others)
{
	const struct state *state = states->sequence.states[root];
	const char *rest = others == 0 ? ""
				       : report_text(states->report, ", nor %zu %s that only it leads to", others,
						     others == 1 ? "state" : "states");

	add_finding(states, state->place, NULL, "let a rule of a state that is reached lead there, or take it away",
		    report_text(states->report, "no rule leads to state %s%s", state->name, rest));
}

static int check_reached(struct states *states)
{
	struct sequence *sequence = &states->sequence;
	uint32_t nodes = sequence->graph.nodes;
	bool *missed = arena_take(&states->arena, nodes);
	uint32_t *roots = arena_take(&states->arena, nodes * sizeof(*roots));
	size_t all = 0;

	if (missed == NULL || roots == NULL) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < sequence->count; i++) {
		missed[i] = sequence->ways[i] == NOT_REACHED;
		all += missed[i];
	}
	int count = graph_roots(&sequence->graph, FORWARD, missed, roots);
	for (int i = 0; i < count; i++) {
		add_unreachable(states, roots[i], count == 1 ? all - 1 : 0);
	}
	return count < 0 ? count : 0;
}

/* ---- states without a way to the end ---- */

static bool is_left(const struct graph *graph, uint32_t state)
{
	const struct graph_side *side = &graph->sides[FORWARD];

	for (uint32_t i = side->first[state]; i < side->first[state + 1]; i++) {
		if (graph->edges[side->order[i]].end[FORWARD] != state) {
			return true;
		}
	}
	return false;
}

static void add_stuck(struct states *states, uint32_t root)
{
	const struct sequence *sequence = &states->sequence;
	const char *name = sequence->states[root]->name;
	const char *text = NULL;

	if (is_left(&sequence->exits, root)) {
		text = report_text(states->report, "state %s has no way to \"end\", \"opaque\" or a final state", name);
	} else if (is_left(&sequence->graph, root)) {
		text = report_text(states->report, "only late messages lead out of state %s, and none need come", name);
	} else {
		text = report_text(states->report, "nothing leads out of state %s, and it is not final", name);
	}
	add_finding(states, sequence->states[root]->place, sequence_trace(sequence, root, states->report),
		    "add a rule that leads on, an \"after 30s -> end;\", or \"final\" if all may stop here", text);
}

static int compare_numbers(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left;
	uint32_t b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

static int check_ends(struct states *states)
{
	struct sequence *sequence = &states->sequence;
	struct graph *exits = &sequence->exits;
	uint32_t *ways = graph_ways(exits);
	bool *stuck = arena_take(&states->arena, exits->nodes);
	uint32_t *roots = arena_take(&states->arena, exits->nodes * sizeof(*roots));

	if (ways == NULL || stuck == NULL || roots == NULL) {
		return -ENOMEM;
	}
	graph_reach(exits, BACKWARD, sequence->end, ways);
	graph_reach(exits, BACKWARD, sequence->opaque, ways);
	for (uint32_t i = 0; i < sequence->count; i++) {
		if (sequence->states[i]->final) {
			graph_reach(exits, BACKWARD, i, ways);
		}
	}
	for (uint32_t i = 0; i < sequence->count; i++) {
		stuck[i] = ways[i] == NOT_REACHED && sequence->ways[i] != NOT_REACHED;
	}
	int count = graph_roots(exits, BACKWARD, stuck, roots);
	if (count > 0) {
		qsort(roots, (size_t)count, sizeof(*roots), compare_numbers);
	}
	for (int i = 0; i < count; i++) {
		add_stuck(states, roots[i]);
	}
	return count < 0 ? count : 0;
}

int check_states(const struct protocol *protocol, struct report *report)
{
	struct states states = { .protocol = protocol, .report = report };
	int r = protocol->has_sequences ? sequence_init(&states.sequence, &states.arena, protocol) : 0;

	if (r == -E2BIG) {
		add_finding(&states, protocol->place, NULL, "describe less",
			    "the states have too many rules to examine");
		r = 0;
	} else if (r == 0 && protocol->has_sequences && check_start(&states)) {
		r = check_reached(&states);
		r = r == 0 ? check_ends(&states) : r;
	}
	arena_finish(&states.arena);
	return r;
}
