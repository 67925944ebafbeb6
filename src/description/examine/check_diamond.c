/* check_diamond.c - E10: messages that cross find a receiver, and both sides end in the same state.
 *
 * The diamond rule.  From every state p, for every client rule p -c-> a and every server rule p -s-> b that can
 * be at work at one time, rules a -s-> r and b -c-> r lead to the same r, with the same counters and kept values:
 *
 *		p --c--> a
 *		|        |
 *		s        s
 *		v        v
 *		b --c--> r
 *
 * Then whatever both sides send from p tiles a grid of such squares, so that every message on the way is expected
 * where it arrives.  Rules that are late close squares, and stand at their edges too, because they do so within the
 * grid.  At "end" and "opaque" nothing is expected any more. */
#include <errno.h>

#include "description/examine/check.h"
#include "description/examine/check_pair.h"

enum {
	KNOWN_MAX = 16, /* races of one state */
	ENOUGH = 100,	/* errors of all kinds, of which few are shown */
};

struct race {
	const struct rule *rules[2];
};

struct diamond {
	const struct protocol *protocol;
	struct report *report;
	struct arena arena;
	struct sequence sequence;
	struct guards guards;
	uint32_t *ways;		      /* for searches in the graph */
	struct race known[KNOWN_MAX]; /* reported in the state at hand */
	unsigned known_count;
};

/* One side of the square behind p: where the other side's message arrives. */
struct corner {
	uint32_t state;
	const struct rule *arriving;
	enum role receiver;
	unsigned moment, later; /* before and after the arrival */
	bool absorbs;
	bool takes;  /* some rule does, under some condition */
	bool misses; /* perhaps none does */
};

/* ---- what is said ---- */

/* The rule that is missing: "client Cancel late -> idle;" */
static const char *missing_rule(struct diamond *diamond, const struct corner *corner, const char *target)
{
	const struct rule *rule = corner->arriving;

	return report_text(diamond->report, "\"%s %s%s%s -> %s;\" to state %s", role_word(rule->role), rule_word(rule),
			   rule->kind == RULE_MESSAGE ? " late" : "", rule->moved ? " moved" : "", target,
			   sequence_name(&diamond->sequence, corner->state));
}

/* Where the first rule that takes it leads; NULL: there is none. */
static const char *target_of(const struct diamond *diamond, const struct corner *corner)
{
	const struct sequence *sequence = &diamond->sequence;

	if (corner->absorbs) {
		return sequence_name(sequence, corner->state);
	}
	for (struct rule_place at = rules_first(sequence, corner->state); at.rule != NULL; rules_next(&at)) {
		if (rules_take_same(at.rule, corner->arriving)) {
			return sequence_name(sequence, sequence_target(sequence, corner->state, at.rule));
		}
	}
	return NULL;
}

static const char *help_for(struct diamond *diamond, const struct corner *missing, const struct corner *other)
{
	const char *target = target_of(diamond, other);

	if (missing->takes) {
		return report_text(diamond->report, "let a rule of state %s take it whatever was sent before",
				   sequence_name(&diamond->sequence, missing->state));
	}
	if (target != NULL) {
		return report_text(diamond->report, "add %s", missing_rule(diamond, missing, target));
	}
	return report_text(diamond->report, "add %s and %s, with one STATE for both",
			   missing_rule(diamond, missing, "STATE"), missing_rule(diamond, other, "STATE"));
}

/* "race in waiting: client sends Cancel while server sends Reply: WHAT [trace: client Request]" */
static void add_race(struct diamond *diamond, const struct pair *pair, const char *help, const char *what)
{
	const char *trace = sequence_trace(&diamond->sequence, pair->state, diamond->report);
	const struct state *state = diamond->sequence.states[pair->state];

	diamond->known[diamond->known_count++] = (struct race){ { pair->rules[0], pair->rules[1] } };
	report_add(diamond->report, diamond->protocol->source, FINDING_ERROR, "E10", state->place, trace, help,
		   "race in %s: client sends %s while server sends %s: %s%s%s%s", state->name,
		   rule_word(pair->rules[ROLE_CLIENT]), rule_word(pair->rules[ROLE_SERVER]), what,
		   trace != NULL ? " [trace: " : "", trace != NULL ? trace : "", trace != NULL ? "]" : "");
}

static void add_missing(struct diamond *diamond, const struct pair *pair, const struct corner *missing,
			const struct corner *other)
{
	add_race(diamond, pair, help_for(diamond, missing, other),
		 report_text(diamond->report, "%s (in %s) cannot receive %s", role_word(missing->receiver),
			     sequence_name(&diamond->sequence, missing->state), rule_word(missing->arriving)));
}

/* Rules that differ only in their conditions make the same race. */
static bool is_known(const struct diamond *diamond, const struct pair *pair)
{
	for (unsigned i = 0; i < diamond->known_count; i++) {
		const struct race *race = &diamond->known[i];
		if (rules_take_same(race->rules[0], pair->rules[0]) &&
		    rules_take_same(race->rules[1], pair->rules[1])) {
			return true;
		}
	}
	return false;
}

/* ---- corners ---- */

static struct corner make_corner(struct diamond *diamond, const struct pair *pair, enum role receiver)
{
	const struct sequence *sequence = &diamond->sequence;
	enum role sender = receiver == ROLE_CLIENT ? ROLE_SERVER : ROLE_CLIENT;
	struct guards *guards = pair->guards;
	size_t before = guards->count;
	struct corner corner = {
		.state = sequence_target(sequence, pair->state, pair->rules[receiver]),
		.arriving = pair->rules[sender],
		.receiver = receiver,
		.moment = receiver == ROLE_CLIENT ? CLIENT_WAS : SERVER_WAS,
		.later = receiver == ROLE_CLIENT ? CLIENT_WAS_FIRST : SERVER_WAS_FIRST,
	};

	corner.absorbs = corner.state >= sequence->count;
	if (!corner.absorbs) {
		corner.takes =
			guards_claim_none(guards, sequence->states[corner.state]->rules, sequence->protocol->always,
					  corner.arriving, corner.moment, sender) > 0;
		corner.misses = guards_may_hold(guards);
		guards_forget(guards, before);
	}
	return corner;
}

/* The next rule of the corner that takes what arrives; `place` goes from rule to rule. */
static const struct rule *next_taker(struct diamond *diamond, const struct corner *corner, struct rule_place *place)
{
	for (; place->rule != NULL; rules_next(place)) {
		diamond->guards.work++;
		if (rules_take_same(place->rule, corner->arriving)) {
			const struct rule *taker = place->rule;
			rules_next(place);
			return taker;
		}
	}
	return NULL;
}

static void claim_taker(struct diamond *diamond, const struct corner *corner, const struct rule *taker)
{
	const struct sequence *sequence = &diamond->sequence;
	struct guards *guards = &diamond->guards;
	unsigned message = corner->arriving->role;

	guards_claim_first(guards, sequence->states[corner->state]->rules, sequence->protocol->always, taker,
			   corner->moment, message);
	guards->moments[corner->later] = (struct moment){ taker, corner->moment, message };
}

/* ---- both ways to the far end of the square ---- */

static bool mentions(const struct expression *expression, const struct variable *variable)
{
	return expression != NULL && (expression->variable == variable || mentions(expression->left, variable) ||
				      mentions(expression->right, variable));
}

static bool reads(const struct rule *rule, const struct variable *variable)
{
	for (const struct assignment *set = rule->assignments; set != NULL; set = set->next) {
		if (mentions(set->expression, variable)) {
			return true;
		}
	}
	return mentions(rule->condition, variable);
}

/* True if a rule that can still come asks for the variable; else its value does not matter. */
static bool is_read_later(struct diamond *diamond, uint32_t state, const struct variable *variable)
{
	struct graph *graph = &diamond->sequence.graph;

	for (uint32_t i = 0; i < graph->nodes; i++) {
		diamond->ways[i] = NOT_REACHED;
	}
	graph_reach(graph, FORWARD, state, diamond->ways);
	diamond->guards.work += graph->nodes + graph->edge_count;
	for (uint32_t i = 0; i < graph->edge_count; i++) {
		if (diamond->ways[graph->edges[i].end[BACKWARD]] != NOT_REACHED &&
		    reads(graph->edges[i].label, variable)) {
			return true;
		}
	}
	return false;
}

/* A counter or kept value that differs and matters, or NULL. */
static const struct variable *differing(struct diamond *diamond, uint32_t state)
{
	for (const struct variable *at = diamond->protocol->variables; at != NULL; at = at->next) {
		if (!guards_same_value(&diamond->guards, at, CLIENT_WAS_FIRST, SERVER_WAS_FIRST) &&
		    is_read_later(diamond, state, at)) {
			return at;
		}
	}
	return NULL;
}

/* True if both ways lead to the same end. */
static bool compare_ends(struct diamond *diamond, const struct pair *pair, uint32_t client, uint32_t server)
{
	const struct sequence *sequence = &diamond->sequence;
	const struct variable *variable;

	if (client >= sequence->count && server >= sequence->count) {
		return true;
	}
	if (client != server) {
		add_race(diamond, pair, "let both ways lead to the same state",
			 report_text(diamond->report, "client ends in %s, server in %s",
				     sequence_name(sequence, client), sequence_name(sequence, server)));
		return false;
	}
	variable = differing(diamond, client);
	if (variable != NULL) {
		add_race(diamond, pair, "let only one side set it here, or only count it up and down",
			 report_text(diamond->report, "client and server end with different values of %s",
				     variable->name));
	}
	return variable == NULL;
}

/* True if, with this rule at the client's corner, all rules of the server's corner lead to the same end. */
static bool compare_with(struct diamond *diamond, const struct pair *pair, const struct corner corners[2],
			 uint32_t client)
{
	const struct corner *corner = &corners[ROLE_SERVER];
	struct rule_place place;
	const struct rule *taker;

	if (corner->absorbs) {
		return compare_ends(diamond, pair, client, corner->state);
	}
	size_t before = diamond->guards.count;
	place = rules_first(&diamond->sequence, corner->state);
	while ((taker = next_taker(diamond, corner, &place)) != NULL) {
		claim_taker(diamond, corner, taker);
		bool may_hold = guards_may_hold(&diamond->guards);
		guards_forget(&diamond->guards, before);
		if (may_hold &&
		    !compare_ends(diamond, pair, client, sequence_target(&diamond->sequence, corner->state, taker))) {
			return false;
		}
	}
	return true;
}

static void compare_all(struct diamond *diamond, const struct pair *pair, const struct corner corners[2])
{
	const struct corner *corner = &corners[ROLE_CLIENT];
	struct rule_place place;
	const struct rule *taker;
	bool same = true;

	if (corner->absorbs) {
		(void)compare_with(diamond, pair, corners, corner->state);
		return;
	}
	size_t before = diamond->guards.count;
	place = rules_first(&diamond->sequence, corner->state);
	while (same && (taker = next_taker(diamond, corner, &place)) != NULL) {
		claim_taker(diamond, corner, taker);
		same = compare_with(diamond, pair, corners, sequence_target(&diamond->sequence, corner->state, taker));
		guards_forget(&diamond->guards, before);
	}
}

/* ---- squares ---- */

static void check_square(struct pair *pair, void *context)
{
	struct diamond *diamond = context;
	struct corner corners[2];

	/* Conditions that the other side can make false are E12's business. */
	if (diamond->known_count == KNOWN_MAX || is_known(diamond, pair) || !pair_begin(pair) ||
	    !pair_counters_agree(pair, ROLE_CLIENT) || !pair_counters_agree(pair, ROLE_SERVER)) {
		return;
	}
	corners[ROLE_CLIENT] = make_corner(diamond, pair, ROLE_CLIENT);
	corners[ROLE_SERVER] = make_corner(diamond, pair, ROLE_SERVER);
	if (corners[ROLE_SERVER].misses) {
		add_missing(diamond, pair, &corners[ROLE_SERVER], &corners[ROLE_CLIENT]);
	} else if (corners[ROLE_CLIENT].misses) {
		add_missing(diamond, pair, &corners[ROLE_CLIENT], &corners[ROLE_SERVER]);
	} else {
		compare_all(diamond, pair, corners);
	}
}

static void check_all(struct diamond *diamond)
{
	const struct sequence *sequence = &diamond->sequence;

	for (uint32_t state = 0; state < sequence->count && diamond->report->counts[FINDING_ERROR] < ENOUGH; state++) {
		diamond->known_count = 0;
		if (sequence->ways[state] != NOT_REACHED) {
			pairs_each(sequence, state, &diamond->guards, check_square, diamond);
		}
	}
	if (diamond->guards.work >= GUARD_WORK) {
		report_add(diamond->report, diamond->protocol->source, FINDING_ERROR, "E10", diamond->protocol->place,
			   NULL, "describe less", "there are too many ways for messages to cross to examine them");
	}
}

int check_diamond(const struct protocol *protocol, struct report *report)
{
	struct diamond diamond = { .protocol = protocol, .report = report };
	int r = sequence_init(&diamond.sequence, &diamond.arena, protocol);

	if (r == 0 && diamond.sequence.start != NULL) {
		diamond.ways = graph_ways(&diamond.sequence.graph);
		r = diamond.ways == NULL ? -ENOMEM : 0;
	}
	if (r == 0 && diamond.sequence.start != NULL) {
		check_all(&diamond);
	}
	arena_finish(&diamond.arena);
	return r == -E2BIG ? 0 : r; /* then E3 has said so */
}
