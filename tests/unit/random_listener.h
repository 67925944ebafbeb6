/* random_listener.h - a few random descriptions that passed the checks, behind one listener; and where a test is, to be
 * told when it fails.
 *
 * What costs much to look at is left out: a run of the test looks at many. */
#pragma once

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classified.h"
#include "random_description.h"

#include "description/automaton/collide.h"
#include "description/examine/examine.h"

enum {
	MEMBERS_MAX = 6,
	MESSAGES_MAX = 8, /* of a description */
	STATES = 2000,
	STEPS = 3 << 20,
};

/* A description of a listener. */
struct member {
	char *text;
	struct report report;
	struct tree *tree;
	struct program *program;
	struct automaton *automata[MESSAGES_MAX]; /* of its first messages */
	struct automaton *proofs[MESSAGES_MAX];	  /* the same, as far as they prove who it is */
	struct classified alone;
};

struct listener {
	struct member members[MEMBERS_MAX];
	unsigned count;
	bool apart[MEMBERS_MAX][MESSAGES_MAX][MEMBERS_MAX][MESSAGES_MAX]; /* proved: no octets are both */
	struct classified together;
};

/* Descriptions so far. */
static struct {
	size_t all, refused, colliding, too_large;
} made;

/* What is being looked at: told when it fails. */
static struct {
	uint64_t listener;
	const char *what;
	const char *text;
	const char *message;
	const uint8_t *octets;
	size_t size;
} now;

static inline void tell_of_failure(void)
{
	if (now.what == NULL) {
		return;
	}
	(void)fprintf(stderr, "BERTH_SEED=%ju: %s\n%s", (uintmax_t)now.listener, now.what,
		      now.text != NULL ? now.text : "");
	if (now.octets != NULL) {
		(void)fprintf(stderr, "%s: ", now.message);
		for (size_t i = 0; i < now.size; i++) {
			(void)fprintf(stderr, "%02x", now.octets[i]);
		}
		(void)fputs("\n", stderr);
	}
}

static inline void look_at(const struct member *member, const char *message, const uint8_t *octets, size_t size)
{
	now.text = member->text;
	now.message = message;
	now.octets = octets;
	now.size = size;
}

static inline void require(bool condition, const char *what)
{
	if (!condition) {
		now.what = what;
		fail_msg("%s", what);
	}
}

static inline const struct program_message *message_at(const struct member *member, unsigned message)
{
	return &program_messages(member->program)[message];
}

static inline bool is_first(const struct member *member, unsigned message)
{
	return message < member->program->messages.count && message_at(member, message)->first;
}

/* ---- members ---- */

static inline void member_finish(struct member *member)
{
	for (unsigned m = 0; m < MESSAGES_MAX; m++) {
		member->automata[m] = automaton_destroy(member->automata[m]);
		member->proofs[m] = automaton_destroy(member->proofs[m]);
	}
	free(member->alone.classifier);
	free(member->program);
	member->tree = tree_destroy(member->tree);
	report_finish(&member->report);
	free(member->text);
}

static inline bool is_understood(struct member *member)
{
	require(tree_read("random.berth", member->text, strlen(member->text), &member->report, &member->tree) == 0,
		"reading the description");
	if (member->report.counts[FINDING_ERROR] > 0) {
		return false;
	}
	int r = program_compile(member->tree->protocols, &member->report, &member->program);
	require(r == 0 || r == -EINVAL, "compiling it");
	return r == 0;
}

static inline bool make_automaton(const struct member *member, unsigned message, enum automaton_extent extent,
				  struct effort *effort, struct automaton **ret_automaton)
{
	int r = automaton_build_within(member->program, message, extent, effort, NULL, ret_automaton);

	require(r == 0 || r == -E2BIG, "the automaton");
	return r == 0 && (extent == AUTOMATON_PROOF || (*ret_automaton)->octets == WINDOW_MAX);
}

/* False: too large for a short test. */
static inline bool make_automata(struct member *member)
{
	struct effort effort = { .steps = STEPS, .states_max = STATES };
	bool small = member->program->messages.count <= MESSAGES_MAX;

	for (unsigned m = 0; small && m < member->program->messages.count; m++) {
		if (is_first(member, m)) {
			small = make_automaton(member, m, AUTOMATON_WINDOW, &effort, &member->automata[m]) &&
				make_automaton(member, m, AUTOMATON_PROOF, &effort, &member->proofs[m]);
		}
	}
	made.too_large += !small;
	return small;
}

static inline bool is_good(struct member *member)
{
	bool good = is_understood(member);

	if (good && !make_automata(member)) {
		return false;
	}
	if (good) {
		require(examine(member->tree, &member->report) == 0, "examining it");
		good = member->report.counts[FINDING_ERROR] == 0;
	}
	made.refused += !good;
	return good;
}

static inline void build_classifier(struct classified *classified)
{
	struct classifier_function functions[MEMBERS_MAX];

	for (uint32_t i = 0; i < classified->protocol_count; i++) {
		functions[i] = (struct classifier_function){ .id = i, .protocol = i };
	}
	classified_build(classified, functions, classified->protocol_count);
	require(classified->error == 0, "building a classifier");
}

/* ---- pairs ---- */

static inline bool is_apart(const struct member *left, unsigned m, const struct member *right, unsigned k,
			    bool *ret_collides)
{
	const struct collidable a = { left->program, m, left->automata[m] };
	const struct collidable b = { right->program, k, right->automata[k] };
	struct effort effort = { .steps = STEPS, .states_max = STATES };
	struct collision_result result;
	int r = collide_within(&a, &b, &effort, &result);

	require(r == 0 || r == -E2BIG, "colliding");
	*ret_collides = *ret_collides || (r == 0 && result.kind == COLLISION_BOTH && result.confirmed);
	return r == 0 && result.kind == COLLISION_NONE && !result.open;
}

/* The last member and another one; true when they collide. */
static inline bool compare_members(struct listener *listener, unsigned left, unsigned right)
{
	const struct member *a = &listener->members[left];
	const struct member *b = &listener->members[right];
	bool collides = false;

	for (unsigned m = 0; m < MESSAGES_MAX; m++) {
		for (unsigned k = 0; k < MESSAGES_MAX; k++) {
			bool apart = is_first(a, m) && is_first(b, k) && is_apart(a, m, b, k, &collides);
			listener->apart[left][m][right][k] = apart;
			listener->apart[right][k][left][m] = apart;
		}
	}
	return collides;
}

static inline void add_member(struct listener *listener, uint64_t seed, uint64_t stem)
{
	struct member *member = &listener->members[listener->count];
	char name[8];

	*member = (struct member){ .program = NULL };
	(void)snprintf(name, sizeof(name), "p%u", listener->count);
	member->text = random_description(seed, name, stem);
	look_at(member, NULL, NULL, 0);
	made.all++;
	bool wanted = is_good(member);
	bool collides = false;
	for (unsigned i = 0; wanted && i < listener->count; i++) {
		collides = compare_members(listener, i, listener->count) || collides;
	}
	made.colliding += collides;
	if (!wanted || collides) {
		member_finish(member);
		return;
	}
	member->alone.protocols[member->alone.protocol_count++].program = member->program;
	build_classifier(&member->alone);
	listener->together.protocols[listener->count++].program = member->program;
}

/* ---- listeners ---- */

/* Belongs to its number. */
static inline void listener_make(struct listener *listener, uint64_t number)
{
	struct author chance = { .random = number };

	memset(listener, 0, sizeof(*listener));
	now.listener = number;
	now.what = "making the listener";
	uint64_t stem = author_draw(&chance);
	for (unsigned wanted = author_pick(&chance, 2, MEMBERS_MAX); wanted > 0; wanted--) {
		add_member(listener, author_draw(&chance), stem);
	}
	listener->together.protocol_count = listener->count;
	build_classifier(&listener->together);
}

static inline void listener_finish(struct listener *listener)
{
	free(listener->together.classifier);
	for (unsigned i = 0; i < listener->count; i++) {
		member_finish(&listener->members[i]);
	}
	now.what = NULL;
}
