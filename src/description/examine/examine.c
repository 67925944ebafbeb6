/* examine.c - the examiner: the checks of the tree, then the automata of all messages and what they show.
 *
 * Called by `berth check` and the registry.  Descriptions come from strangers, so all that is done here costs
 * effort, of which there is EFFORT_STEPS: first messages are looked at before the others, since most is known
 * by them. */
#include "description/examine/examine.h"

#include <errno.h>
#include <stdlib.h>

#include "description/examine/check.h"
#include "description/examine/examine_parts.h"

enum {
	EFFORT_STEPS = 100000000,	/* about a second */
	STEPS_KEPT = EFFORT_STEPS / 16, /* for what is beside the messages themselves */
	STATES_OF_FIRST = 32768,	/* of the automaton of a first message, before equal ones are joined */
	STATES_OF_OTHERS = 6144,
};

/* ---- one message ---- */

static void say_how_far(struct examiner *examiner, const struct specimen *specimen, uint32_t octets)
{
	report_add(examiner->report, specimen->protocol->source, FINDING_NOTE, "E6", specimen->message->place, NULL,
		   NULL,
		   "of message %s only the first %u octets were examined: lengths and counts that run at the same time "
		   "multiply",
		   specimen->message->name, (unsigned)octets);
}

static void say_too_large(struct examiner *examiner, const struct specimen *specimen)
{
	report_add(examiner->report, specimen->protocol->source, FINDING_WARNING, "E6", specimen->message->place, NULL,
		   "lengths and counts that run at the same time multiply: bound them, or let one end before the next",
		   "message %s was examined only in part: there is too much that it can be", specimen->message->name);
}

/* What a classifier has to keep of it. */
static int measure_proof(struct examiner *examiner, const struct specimen *specimen)
{
	struct automaton *automaton = NULL;
	int r = automaton_build_within(specimen->program, specimen->index, AUTOMATON_PROOF, &examiner->effort, NULL,
				       &automaton);

	if (r == 0) {
		specimen->examined->states_proof = automaton->states;
		automaton_destroy(automaton);
	}
	return r == -E2BIG ? 0 : r;
}

/* Its automaton, and E6. */
static int build(struct examiner *examiner, struct specimen *specimen)
{
	struct ambiguity ambiguity;
	uint64_t given = examiner->effort.steps - examiner->effort.steps / 4;
	struct effort share = {
		.steps = given,
		.states_max = specimen->examined != NULL ? STATES_OF_FIRST : STATES_OF_OTHERS,
	};
	int built = automaton_build_within(specimen->program, specimen->index, AUTOMATON_WINDOW, &share, &ambiguity,
					   &specimen->automaton);
	examiner->effort.steps -= given - share.steps;
	int looked = ambiguity.found && built != -ENOMEM ? examine_ambiguity(examiner, specimen) : 0;
	if (built == -ENOMEM || looked == -ENOMEM) {
		return -ENOMEM;
	}
	if (built < 0 || looked < 0) {
		say_too_large(examiner, specimen);
	} else if (specimen->automaton->octets < WINDOW_MAX) {
		say_how_far(examiner, specimen, specimen->automaton->octets);
	}
	return 0;
}

static int examine_message(struct examiner *examiner, struct specimen *specimen)
{
	int r = examiner->gave_up ? 0 : build(examiner, specimen);

	if (r == 0 && specimen->examined != NULL && specimen->automaton != NULL) {
		specimen->examined->states_built = specimen->automaton->states_built;
		specimen->examined->states = specimen->automaton->states;
		r = examine_evidence(examiner, specimen);
		r = r == 0 ? measure_proof(examiner, specimen) : r;
	}
	if (examiner->effort.steps < STEPS_KEPT) {
		examiner_gives_up(examiner, specimen);
	}
	return r;
}

static int examine_messages(struct examiner *examiner, bool first)
{
	int r = 0;

	for (uint32_t i = 0; i < examiner->count && r == 0; i++) {
		struct specimen *specimen = &examiner->list[i];
		if ((specimen->examined != NULL) == first) {
			r = examine_message(examiner, specimen);
		}
	}
	return r;
}

/* ---- what is known of a protocol ---- */

/* A place for what will be known of each first message. */
static int prepare_first(struct examiner *examiner, const struct specimens *protocol)
{
	struct examined_message **tail = &protocol->examined->messages;

	for (uint32_t i = protocol->first; i < protocol->first + protocol->count; i++) {
		struct specimen *specimen = &examiner->list[i];
		if (!message_is_first(protocol->protocol, specimen->message)) {
			continue;
		}
		*tail = arena_take(&examiner->examination->arena, sizeof(**tail));
		if (*tail == NULL) {
			return -ENOMEM;
		}
		(*tail)->message = specimen->message;
		specimen->examined = *tail;
		tail = &(*tail)->next;
	}
	return 0;
}

static int prepare(struct examiner *examiner)
{
	struct examined_protocol **tail = &examiner->examination->protocols;
	int r = 0;

	for (const struct protocol *at = examiner->tree->protocols; at != NULL; at = at->next) {
		examiner->protocol_count++;
	}
	examiner->protocols = calloc(examiner->protocol_count + 1, sizeof(*examiner->protocols));
	if (examiner->protocols == NULL) {
		return -ENOMEM;
	}
	struct specimens *protocol = examiner->protocols;
	for (const struct protocol *at = examiner->tree->protocols; at != NULL && r == 0; at = at->next, protocol++) {
		*tail = arena_take(&examiner->examination->arena, sizeof(**tail));
		if (*tail == NULL) {
			return -ENOMEM;
		}
		(*tail)->protocol = at;
		*protocol = (struct specimens){ .protocol = at, .examined = *tail };
		tail = &(*tail)->next;
		r = examiner->effort.steps == 0 ? 0 : specimens_add(examiner, protocol);
		r = r == 0 ? prepare_first(examiner, protocol) : r;
	}
	return r;
}

static void sum_up(struct examined_protocol *protocol)
{
	for (const struct examined_message *at = protocol->messages; at != NULL; at = at->next) {
		protocol->states_built += at->states_built;
		protocol->states += at->states;
		protocol->states_proof += at->states_proof;
		protocol->octets += at->octets;
		protocol->tested += at->tested;
	}
}

/* ---- all of it ---- */

static int examine_automata(struct examiner *examiner)
{
	int r = prepare(examiner);

	r = r == 0 ? examine_messages(examiner, true) : r;
	r = r == 0 ? examine_messages(examiner, false) : r;
	for (uint32_t i = 0; i < examiner->protocol_count && r == 0; i++) {
		r = examine_states(examiner, &examiner->protocols[i]);
	}
	r = r == 0 ? examine_first(examiner) : r;
	for (uint32_t i = 0; i < examiner->protocol_count && r == 0; i++) {
		sum_up(examiner->protocols[i].examined);
	}
	return r;
}

static void examiner_finish(struct examiner *examiner)
{
	for (uint32_t i = 0; i < examiner->count; i++) {
		automaton_destroy(examiner->list[i].automaton);
	}
	for (uint32_t i = 0; i < examiner->protocol_count && examiner->protocols != NULL; i++) {
		free(examiner->protocols[i].program);
	}
	free(examiner->list);
	free(examiner->protocols);
}

int examine_and_tell(const struct tree *tree, struct report *report, struct examination *examination)
{
	struct examiner examiner = {
		.tree = tree,
		.report = report,
		.examination = examination,
		.effort = { .steps = EFFORT_STEPS, .states_max = STATES_OF_FIRST },
	};
	int r = check_tree(tree, report);

	if (r < 0 || report->counts[FINDING_ERROR] > 0) {
		return r;
	}
	r = examine_automata(&examiner);
	examiner_finish(&examiner);
	return r == 0 && report->no_memory ? -ENOMEM : r;
}

int examine(const struct tree *tree, struct report *report)
{
	struct examination examination = { .protocols = NULL };
	int r = examine_and_tell(tree, report, &examination);

	examination_finish(&examination);
	return r;
}

void examination_finish(struct examination *examination)
{
	arena_finish(&examination->arena);
	*examination = (struct examination){ .protocols = NULL };
}
