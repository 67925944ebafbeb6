/* describer_collide.c - first messages that cannot be told apart: a listener that has them is refused, with a message
 * that both accept, unless a priority says whose it is. */
#include <errno.h>
#include <stdio.h>

#include "description/automaton/collide.h"
#include "rendezvous/describer.h"

enum {
	EFFORT_STEPS = 20 << 20, /* of looking for a collision, for each message of a pair */
	EFFORT_STATES = 20000,
};

static int32_t priority_of(const struct listening *listening, uint32_t protocol)
{
	int32_t priority = INT32_MIN;

	for (size_t i = 0; i < listening->function_count; i++) {
		const struct classifier_function *function = &listening->functions[i];
		if (function->protocol == protocol && function->priority > priority) {
			priority = function->priority;
		}
	}
	return priority;
}

static void print_witness(const struct collision_result *result, char *text, size_t size)
{
	struct text witness;

	text_init(&witness, text, size);
	for (uint32_t i = 0; i < result->witness_size; i++) {
		char octet[8];
		uint8_t value = result->witness[i];
		bool plain = value >= ' ' && value <= '~' && value != '"' && value != '\\';
		(void)snprintf(octet, sizeof(octet), plain ? "%c" : "\\x%02X", value);
		text_put(&witness, octet);
	}
}

static uint32_t function_of(const struct listening *listening, uint32_t protocol)
{
	size_t i = 0;

	while (listening->functions[i].protocol != protocol) {
		i++;
	}
	return listening->functions[i].id;
}

static void complain_collision(struct describer *describer, const struct listening *listening, uint32_t left,
			       uint32_t right, const struct collision_result *result)
{
	char witness[WITNESS_TEXT_MAX];
	char sentence[2000];

	print_witness(result, witness, sizeof(witness));
	(void)snprintf(
		sentence, sizeof(sentence),
		"the first messages of %s and %s collide at [listen %s]: both accept \"%s\"; give the function that "
		"shall have it a higher priority",
		listening->sources[left]->name, listening->sources[right]->name, listening->listen->name, witness);
	describer_say_of_function(describer, function_of(listening, right), sentence);
}

/* The automaton of a first message, made when it is first asked for.  NULL: too costly to look through, and let pass;
 * then a collision shows as calls that wait until it is quiet. */
static int automaton_of(const struct source_read *source, unsigned message, enum automaton_extent extent,
			const struct automaton **ret_automaton)
{
	struct effort effort = { .steps = EFFORT_STEPS, .states_max = EFFORT_STATES };
	struct message_automata *automata = &source->automata[message];
	int r = 0;

	if (!automata->made[extent]) {
		r = automaton_build_within(source->program, message, extent, &effort, NULL, &automata->of[extent]);
		automata->made[extent] = true;
	}
	*ret_automaton = automata->of[extent];
	return r == -E2BIG ? 0 : r;
}

/* Two messages: automata as small as will do, and whole ones only where these do not tell them apart. */
static int collide_messages(const struct source_read *left, unsigned left_message, const struct source_read *right,
			    unsigned right_message, struct collision_result *ret_result)
{
	static const enum automaton_extent extents[] = { AUTOMATON_PROOF, AUTOMATON_WINDOW };
	struct collidable a = { .program = left->program, .message = left_message };
	struct collidable b = { .program = right->program, .message = right_message };
	int r = 0;

	ret_result->open = true;
	for (unsigned i = 0; i < 2 && r == 0 && ret_result->open; i++) {
		r = automaton_of(left, left_message, extents[i], &a.automaton);
		r = r < 0 ? r : automaton_of(right, right_message, extents[i], &b.automaton);
		if (r < 0 || a.automaton == NULL || b.automaton == NULL) {
			return r;
		}
		r = collide(&a, &b, ret_result);
	}
	return r;
}

static int collide_protocols(struct describer *describer, const struct listening *listening, uint32_t left,
			     uint32_t right)
{
	const struct program *a = listening->protocols[left].program;
	const struct program *b = listening->protocols[right].program;
	int r = 0;

	for (unsigned i = 0; i < a->messages.count && r == 0; i++) {
		for (unsigned k = 0; k < b->messages.count && r == 0; k++) {
			struct collision_result result = { .kind = COLLISION_NONE };
			if (!program_messages(a)[i].first || !program_messages(b)[k].first) {
				continue;
			}
			r = collide_messages(listening->sources[left], i, listening->sources[right], k, &result);
			if (r == 0 && result.kind == COLLISION_BOTH && result.confirmed) {
				complain_collision(describer, listening, left, right, &result);
				return 0;
			}
		}
	}
	return r;
}

void describer_example(const struct source_read *source, char *text, size_t size)
{
	struct collision_result result = { .kind = COLLISION_NONE };
	unsigned message = 0;

	while (!program_messages(source->program)[message].first) {
		message++;
	}
	text[0] = '\0';
	if (collide_messages(source, message, source, message, &result) == 0) {
		print_witness(&result, text, size);
	}
}

int find_collisions(struct describer *describer, const struct listening *listening)
{
	int r = 0;

	for (uint32_t i = 0; i < listening->protocol_count && r == 0; i++) {
		for (uint32_t k = i + 1; k < listening->protocol_count && r == 0; k++) {
			if (listening->sources[i] != NULL && listening->sources[k] != NULL &&
			    priority_of(listening, i) == priority_of(listening, k)) {
				r = collide_protocols(describer, listening, i, k);
			}
		}
	}
	return r;
}
