/* test_check_diamond.c - the diamond rule against all that can happen: random protocols are examined, and those the
 * examiner lets pass are run, two sides and a channel of three messages in each direction, through every order of
 * sending and receiving.  Not one may hold a message that its receiver cannot take, or end with the two sides in
 * different states.
 *
 * The protocols are those of a fixed seed; with BERTH_LONG=1 there are many more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "description/examine/check.h"

enum {
	GRAPHS = 6000,
	GRAPHS_LONG = 400000,
	STATES_MAX = 5,
	MESSAGES = 3,	  /* of each side, the close among them */
	ENTRIES_MAX = 16, /* rules of a state */
	CHANNEL = 3,
	VALUE_MAX = 6, /* of the counter, in what is tried */
	SET_SIZE = 1 << 17,
	CLOSE = MESSAGES - 1,
	END = STATES_MAX,
	OPAQUE,
};

static uint64_t random_state;

static unsigned random_below(unsigned limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)(random_state >> 11) % limit;
}

static bool one_in(unsigned number)
{
	return random_below(number) == 0;
}

/* ---- protocols ---- */

enum asks { ASKS_NOTHING, ASKS_ABOVE_0, ASKS_0, ASKS_BELOW_2 };

struct entry_rule {
	unsigned role, message, target;
	bool late;
	enum asks asks;
	int adds;
};

struct graph_state {
	struct entry_rule rules[ENTRIES_MAX];
	unsigned count;
};

struct protocol_graph {
	struct graph_state states[STATES_MAX];
	unsigned count;
};

static unsigned random_target(const struct protocol_graph *graph)
{
	unsigned target = random_below(graph->count + 2);

	return target < graph->count	? target
	       : target == graph->count ? END
	       : one_in(3)		? OPAQUE
					: random_below(graph->count);
}

static void random_counting(struct entry_rule *rule)
{
	rule->asks = one_in(2) ? ASKS_NOTHING : (enum asks)random_below(4);
	rule->adds = one_in(2) ? 0 : one_in(2) ? 1 : -1;
	if (rule->adds < 0 && !one_in(8)) {
		rule->asks = ASKS_ABOVE_0;
	}
}

static void random_rules(struct protocol_graph *graph, unsigned state, bool counting)
{
	struct graph_state *at = &graph->states[state];

	for (unsigned i = 0; i < 2 * MESSAGES; i++) {
		struct entry_rule rule = { .role = i / MESSAGES, .message = i % MESSAGES };
		if (!one_in(3) || (rule.message == CLOSE && !one_in(3))) {
			continue;
		}
		rule.target = random_target(graph);
		rule.late = rule.message != CLOSE && one_in(3);
		if (counting) {
			random_counting(&rule);
		}
		at->rules[at->count++] = rule;
	}
}

/* Each side has states of its own and goes through them alone, so that all squares close; then a few rules are
 * changed. */
static void product_rules(struct protocol_graph *graph, bool counting)
{
	unsigned next[2][2][MESSAGES];
	bool has[2][2][MESSAGES];

	graph->count = 4;
	for (unsigned i = 0; i < 4 * MESSAGES; i++) {
		next[i & 1][i >> 1 & 1][i >> 2] = random_below(2);
		has[i & 1][i >> 1 & 1][i >> 2] = i >> 2 != CLOSE && !one_in(3);
	}
	for (unsigned i = 0; i < 4 * 2 * MESSAGES; i++) {
		unsigned side[2] = { i & 1, i >> 1 & 1 };
		struct graph_state *at = &graph->states[i & 3];
		struct entry_rule rule = { .role = (i >> 2) / MESSAGES, .message = (i >> 2) % MESSAGES };
		if (!has[rule.role][side[rule.role]][rule.message]) {
			continue;
		}
		side[rule.role] = next[rule.role][side[rule.role]][rule.message];
		rule.target = side[0] | side[1] << 1;
		if (counting) {
			rule.adds = rule.role == 0 ? 1 : -1;
			rule.asks = rule.role == 0 ? ASKS_NOTHING : ASKS_ABOVE_0;
		}
		at->rules[at->count++] = rule;
	}
	for (unsigned changes = random_below(3); changes > 0; changes--) {
		struct graph_state *at = &graph->states[random_below(4)];
		if (at->count > 0) {
			struct entry_rule *rule = &at->rules[random_below(at->count)];
			rule->target = one_in(3) ? random_target(graph) : rule->target;
			rule->late = one_in(3);
			rule->adds = counting && one_in(3) ? 0 : rule->adds;
			rule->asks = counting && one_in(3) ? (enum asks)random_below(4) : rule->asks;
		}
	}
}

static void random_graph(struct protocol_graph *graph)
{
	bool counting = one_in(2);

	memset(graph, 0, sizeof(*graph));
	if (one_in(2)) {
		product_rules(graph, counting);
		return;
	}
	graph->count = 2 + random_below(STATES_MAX - 1);
	for (unsigned state = 0; state < graph->count; state++) {
		random_rules(graph, state, counting);
	}
}

/* ---- as text ---- */

static void put_rule(struct text *text, const struct entry_rule *rule)
{
	static const char *const asks[] = { "", " when n > 0", " when n = 0", " when n < 2" };
	static const char *const names[2][MESSAGES] = { { "A", "B", "close" }, { "X", "Y", "close" } };

	text_put(text, rule->role == 0 ? " client " : " server ");
	text_put(text, names[rule->role][rule->message]);
	text_put(text, rule->late ? " late" : "");
	text_put(text, asks[rule->asks]);
	text_put(text, rule->adds > 0 ? " set n = n + 1" : rule->adds < 0 ? " set n = n - 1" : "");
	text_put(text, " -> ");
	if (rule->target < STATES_MAX) {
		text_put_char(text, 's');
		text_put_unsigned(text, rule->target);
	} else {
		text_put(text, rule->target == END ? "end" : "opaque");
	}
	text_put(text, ";");
}

static void put_graph(struct text *text, const struct protocol_graph *graph)
{
	text_put(text, "protocol p { types { client request A { u8; } client notice B { u16; } server reply X { u8; } "
		       "server notice Y { u16; } } sequences { counter n max 99;\n");
	for (unsigned state = 0; state < graph->count; state++) {
		text_put(text, "state s");
		text_put_unsigned(text, state);
		text_put(text, state == 0 ? " start {" : " {");
		for (unsigned i = 0; i < graph->states[state].count; i++) {
			put_rule(text, &graph->states[state].rules[i]);
		}
		text_put(text, " }\n");
	}
	text_put(text, "} }\n");
	assert_false(text->cut);
}

static bool is_accepted(const char *source)
{
	struct report report = { .first = NULL };
	struct tree *tree = NULL;

	assert_int_equal(tree_read("graph.berth", source, strlen(source), &report, &tree), 0);
	assert_int_equal(report.counts[FINDING_ERROR], 0);
	assert_int_equal(check_diamond(tree->protocols, &report), 0);
	assert_int_equal(check_counters(tree->protocols, &report), 0);
	bool accepted = report.counts[FINDING_ERROR] == 0;
	report_finish(&report);
	tree = tree_destroy(tree);
	return accepted;
}

/* ---- everything that can happen ---- */

struct side {
	unsigned state;
	int value; /* of the counter */
};

struct channel {
	unsigned messages[CHANNEL];
	unsigned count;
};

struct situation {
	struct side sides[2];
	struct channel sent[2]; /* by each side */
};

struct run {
	const struct protocol_graph *graph;
	uint64_t *seen; /* a set of situations; 0: free */
	struct situation *waiting;
	unsigned waiting_count;
	bool crossed; /* both channels held a message at one time */
	bool too_many;
};

static uint64_t packed(const struct situation *situation)
{
	uint64_t number = 1;

	for (unsigned side = 0; side < 2; side++) {
		number = number * 8 + situation->sides[side].state;
		number = number * 32 + (uint64_t)(situation->sides[side].value + 16);
		number = number * 4 + situation->sent[side].count;
		for (unsigned i = 0; i < CHANNEL; i++) {
			number = number * 4 + (i < situation->sent[side].count ? situation->sent[side].messages[i] : 0);
		}
	}
	return number;
}

static void visit(struct run *run, const struct situation *situation)
{
	uint64_t number = packed(situation);
	size_t at = (size_t)(number * UINT64_C(0x9e3779b97f4a7c15) >> 40);

	while (run->seen[at % SET_SIZE] != 0 && run->seen[at % SET_SIZE] != number) {
		at++;
	}
	if (run->seen[at % SET_SIZE] == number) {
		return;
	}
	if (run->waiting_count == SET_SIZE / 2) {
		run->too_many = true;
		return;
	}
	run->seen[at % SET_SIZE] = number;
	run->waiting[run->waiting_count++] = *situation;
	run->crossed = run->crossed || (situation->sent[0].count > 0 && situation->sent[1].count > 0);
}

static bool holds(const struct entry_rule *rule, int value)
{
	switch (rule->asks) {
	case ASKS_ABOVE_0:
		return value > 0;
	case ASKS_0:
		return value == 0;
	case ASKS_BELOW_2:
		return value < 2;
	case ASKS_NOTHING:
		break;
	}
	return true;
}

/* The first rule of the state that takes the message, or NULL. */
static const struct entry_rule *find_rule(const struct run *run, const struct side *side, unsigned role,
					  unsigned message)
{
	static const struct graph_state none = { .count = 0 };
	const struct graph_state *at = side->state < STATES_MAX ? &run->graph->states[side->state] : &none;

	for (unsigned i = 0; i < at->count; i++) {
		const struct entry_rule *rule = &at->rules[i];
		if (rule->role == role && rule->message == message && holds(rule, side->value)) {
			return rule;
		}
	}
	return NULL;
}

static void follow(struct side *side, const struct entry_rule *rule)
{
	side->state = rule->target;
	side->value += rule->adds;
}

static void send_all(struct run *run, const struct situation *from, unsigned role)
{
	for (unsigned message = 0; message < MESSAGES; message++) {
		struct situation next = *from;
		const struct entry_rule *rule = find_rule(run, &from->sides[role], role, message);
		if (rule == NULL || rule->late || from->sent[role].count == CHANNEL) {
			continue;
		}
		follow(&next.sides[role], rule);
		next.sent[role].messages[next.sent[role].count++] = message;
		if (next.sides[role].value <= VALUE_MAX) {
			visit(run, &next);
		}
	}
}

/* False: the receiver cannot take it. */
static bool receive(struct run *run, const struct situation *from, unsigned sender)
{
	struct situation next = *from;
	struct channel *channel = &next.sent[sender];
	struct side *receiver = &next.sides[1 - sender];

	if (channel->count == 0) {
		return true;
	}
	if (receiver->state < STATES_MAX) {
		const struct entry_rule *rule = find_rule(run, receiver, sender, channel->messages[0]);
		if (rule == NULL) {
			return false;
		}
		follow(receiver, rule);
	}
	channel->count--;
	memmove(channel->messages, channel->messages + 1, channel->count * sizeof(channel->messages[0]));
	if (receiver->value > -16 && receiver->value < 15) {
		visit(run, &next);
	}
	return true;
}

/* With nothing under way both sides are in the same state, or beyond all of them. */
static bool is_settled(const struct situation *situation)
{
	const struct side *sides = situation->sides;

	return situation->sent[0].count > 0 || situation->sent[1].count > 0 || sides[0].state == sides[1].state ||
	       (sides[0].state >= STATES_MAX && sides[1].state >= STATES_MAX);
}

static bool is_safe(struct run *run)
{
	const struct situation start = { .sent = { { .count = 0 } } };

	memset(run->seen, 0, SET_SIZE * sizeof(*run->seen));
	run->waiting_count = 0;
	run->crossed = false;
	run->too_many = false;
	visit(run, &start);
	for (unsigned i = 0; i < run->waiting_count; i++) {
		const struct situation from = run->waiting[i];
		if (!is_settled(&from) || !receive(run, &from, 0) || !receive(run, &from, 1)) {
			return false;
		}
		send_all(run, &from, 0);
		send_all(run, &from, 1);
	}
	return true;
}

/* ---- the comparison ---- */

struct tally {
	unsigned accepted, accepted_crossing, refused, refused_safe, too_many;
};

static void compare(struct run *run, struct tally *tally)
{
	struct protocol_graph graph;
	char source[8192];
	struct text text;

	random_graph(&graph);
	text_init(&text, source, sizeof(source));
	put_graph(&text, &graph);
	bool accepted = is_accepted(source);
	run->graph = &graph;
	bool safe = is_safe(run);
	run->graph = NULL;
	if (accepted && !safe) {
		print_error("accepted, and not safe:\n%s", source);
		fail();
	}
	tally->too_many += run->too_many;
	tally->accepted += accepted;
	tally->accepted_crossing += accepted && run->crossed;
	tally->refused += !accepted;
	tally->refused_safe += !accepted && safe;
}

static void what_is_accepted_is_safe(void **state)
{
	const char *wanted = getenv("BERTH_LONG");
	unsigned graphs = wanted != NULL && strcmp(wanted, "1") == 0 ? GRAPHS_LONG : GRAPHS;
	struct run run = { .seen = calloc(SET_SIZE, sizeof(*run.seen)),
			   .waiting = calloc(SET_SIZE, sizeof(*run.waiting)) };
	struct tally tally = { 0 };

	(void)state;
	assert_non_null(run.seen);
	assert_non_null(run.waiting);
	random_state = UINT64_C(0x9e3779b97f4a7c15);
	for (unsigned i = 0; i < graphs; i++) {
		compare(&run, &tally);
	}
	free(run.seen);
	free(run.waiting);
	print_message("%u accepted, in %u of them messages cross; %u refused, %u of them safe; %u too large\n",
		      tally.accepted, tally.accepted_crossing, tally.refused, tally.refused_safe, tally.too_many);
	assert_true(tally.accepted_crossing > graphs / 40);
	assert_true(tally.refused > graphs / 10);
	assert_true(tally.too_many < graphs / 100 + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_accepted_is_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
