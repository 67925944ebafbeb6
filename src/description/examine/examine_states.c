/* examine_states.c - E8: in every state of the sequences, a receiver can tell the messages that may come apart.
 *
 * A pair of messages is looked at once, in the first state that allows both, since it is the same everywhere.
 * Called by examine.c. */
#include <errno.h>
#include <stdlib.h>

#include "description/examine/examine_parts.h"

enum { STEPS_OF_RULE = 16 };

struct states {
	struct examiner *examiner;
	const struct specimens *protocol;
	uint32_t words;		   /* of a set of states */
	uint64_t *allowed;	   /* [message][word]: the states that allow it */
	uint32_t *together;	   /* messages of one role that the state allows */
	const struct rule **rules; /* and the first rule of each */
};

static bool met_before(const struct states *states, uint32_t left, uint32_t right, uint32_t state)
{
	const uint64_t *a = states->allowed + (size_t)left * states->words;
	const uint64_t *b = states->allowed + (size_t)right * states->words;
	uint64_t below = (UINT64_C(1) << (state & 63)) - 1;

	for (uint32_t i = 0; i < state / 64; i++) {
		if ((a[i] & b[i]) != 0) {
			return true;
		}
	}
	return (a[state / 64] & b[state / 64] & below) != 0;
}

/* ---- what a pair is ---- */

static void say_both(const struct states *states, const struct state *state, const struct specimen *left,
		     const struct specimen *right, struct place place, const struct collision_result *result)
{
	struct report *report = states->examiner->report;
	const char *octets = octets_shown(report, result->witness, result->witness_size);
	const char *role = role_word(left->message->role);

	if (result->confirmed) {
		report_add(report, states->protocol->protocol->source, FINDING_ERROR, "E8", place, octets,
			   "give them op codes of their own, or lengths that never meet",
			   "in state %s nobody can tell the %s's %s and %s apart: these octets are both", state->name,
			   role, left->message->name, right->message->name);
	} else {
		report_add(
			report, states->protocol->protocol->source, FINDING_WARNING, "E8", place, octets,
			"give them op codes of their own, or lengths that never meet",
			"in state %s the %s's %s and %s may be the same octets; it could not be proved that they are "
			"not",
			state->name, role, left->message->name, right->message->name);
	}
}

static void say_inside(const struct states *states, const struct state *state, const struct specimen *left,
		       const struct specimen *right, struct place place, const struct collision_result *result)
{
	struct report *report = states->examiner->report;
	const struct message *ends = result->inside_is_left ? left->message : right->message;
	const struct message *goes_on = result->inside_is_left ? right->message : left->message;

	report_add(report, states->protocol->protocol->source, result->confirmed ? FINDING_ERROR : FINDING_WARNING,
		   "E8", place, octets_shown(report, result->witness, result->witness_size),
		   "let them differ before the shorter one ends: only silence tells them apart",
		   "in state %s the %s's %s %s end where %s goes on", state->name, role_word(ends->role), ends->name,
		   result->confirmed ? "can" : "may", goes_on->name);
}

static void say_window(const struct states *states, const struct state *state, const struct specimen *left,
		       const struct specimen *right, struct place place, const struct collision_result *result)
{
	struct report *report = states->examiner->report;

	report_add(report, states->protocol->protocol->source, FINDING_WARNING, "E8", place,
		   octets_shown(report, result->witness, result->witness_size), NULL,
		   "in state %s the %s's %s and %s can begin with the same %d octets; more was not looked at",
		   state->name, role_word(left->message->role), left->message->name, right->message->name, WINDOW_MAX);
}

static int look_at_pair(const struct states *states, const struct state *state, uint32_t left, uint32_t right,
			struct place place)
{
	const struct specimen *a = &states->examiner->list[states->protocol->first + left];
	const struct specimen *b = &states->examiner->list[states->protocol->first + right];
	struct collision_result result;
	int r = specimens_collide(states->examiner, a, b, &result);

	if (r < 0) {
		return r == -E2BIG ? 0 : r;
	}
	if (result.octets > states->protocol->examined->look_ahead) {
		states->protocol->examined->look_ahead = result.octets;
	}
	if (result.kind == COLLISION_BOTH) {
		say_both(states, state, a, b, place, &result);
	} else if (result.kind == COLLISION_INSIDE && share_stream(a, b)) {
		say_inside(states, state, a, b, place, &result);
	} else if (result.kind == COLLISION_WINDOW) {
		say_window(states, state, a, b, place, &result);
	}
	return 0;
}

/* ---- states ---- */

static uint32_t number_of(const struct states *states, const struct message *message)
{
	const struct specimen *specimen = specimen_find(states->examiner, states->protocol, message);

	return (uint32_t)(specimen - states->examiner->list) - states->protocol->first;
}

static void allow(struct states *states, const struct rule *rules, uint32_t state)
{
	for (const struct rule *rule = rules; rule != NULL; rule = rule->next) {
		if (rule->kind == RULE_MESSAGE && effort_spend(&states->examiner->effort, STEPS_OF_RULE)) {
			uint32_t message = number_of(states, rule->message);
			states->allowed[(size_t)message * states->words + state / 64] |= UINT64_C(1) << (state & 63);
		}
	}
}

/* Adds the messages of these rules; returns how many there are then. */
static uint32_t gather(struct states *states, const struct rule *rules, enum role role, uint32_t count)
{
	for (const struct rule *rule = rules; rule != NULL; rule = rule->next) {
		if (rule->kind != RULE_MESSAGE || rule->role != role ||
		    !effort_spend(&states->examiner->effort, STEPS_OF_RULE + count)) {
			continue;
		}
		uint32_t message = number_of(states, rule->message);
		uint32_t known = 0;
		while (known < count && states->together[known] != message) {
			known++;
		}
		if (known == count) {
			states->together[count] = message;
			states->rules[count] = rule;
			count++;
		}
	}
	return count;
}

static int look_at_state(struct states *states, const struct state *state, uint32_t number, enum role role)
{
	struct examiner *examiner = states->examiner;
	uint32_t count = gather(states, state->rules, role, 0);
	int r = 0;

	count = gather(states, states->protocol->protocol->always, role, count);
	for (uint32_t right = 1; right < count && r == 0; right++) {
		for (uint32_t left = 0; left < right && r == 0 && examiner->effort.steps > 0; left++) {
			(void)effort_spend(&examiner->effort, number / 64 + 1);
			if (!met_before(states, states->together[left], states->together[right], number)) {
				r = look_at_pair(states, state, states->together[left], states->together[right],
						 states->rules[right]->message_place);
			}
		}
	}
	return r;
}

static int look_at_states(struct states *states)
{
	const struct protocol *protocol = states->protocol->protocol;
	uint32_t number = 0;
	int r = 0;

	for (const struct state *state = protocol->states; state != NULL; state = state->next, number++) {
		allow(states, state->rules, number);
		allow(states, protocol->always, number);
	}
	number = 0;
	for (const struct state *state = protocol->states; state != NULL && r == 0; state = state->next, number++) {
		r = look_at_state(states, state, number, ROLE_CLIENT);
		r = r == 0 ? look_at_state(states, state, number, ROLE_SERVER) : r;
	}
	if (states->examiner->effort.steps == 0) {
		examiner_gives_up(states->examiner, &states->examiner->list[states->protocol->first]);
	}
	return r;
}

int examine_states(struct examiner *examiner, const struct specimens *protocol)
{
	struct states states = { .examiner = examiner, .protocol = protocol, .words = 1 };
	uint32_t count = 0;
	int r = -ENOMEM;

	for (const struct state *state = protocol->protocol->states; state != NULL; state = state->next) {
		count++;
	}
	if (count == 0 || protocol->count < 2) {
		return 0;
	}
	states.words = (count + 63) / 64;
	states.allowed = calloc((size_t)protocol->count * states.words, sizeof(uint64_t));
	states.together = calloc(protocol->count, sizeof(uint32_t));
	states.rules = calloc(protocol->count, sizeof(const struct rule *));
	if (states.allowed != NULL && states.together != NULL && states.rules != NULL) {
		r = look_at_states(&states);
	}
	free(states.allowed);
	free(states.together);
	free(states.rules);
	return r;
}
