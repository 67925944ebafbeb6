/* collide.c - two automata side by side, breadth first: the shortest octets that both take.
 *
 * Called by the examiner (messages of one state), by `berth collide`, and when a listener is loaded. */
#include "description/automaton/collide.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "description/machine/reader.h"

enum { STEPS_OF_SEARCH = 1000, CONFIRMATIONS_MAX = 64 };

/* A pair of states, and how it was first reached. */
struct pair {
	uint32_t left, right;
	uint32_t parent;
	uint32_t depth;
	uint8_t octet;
};

struct search {
	const struct collidable *left;
	const struct collidable *right;
	struct effort *effort;
	struct pair *pairs;
	uint32_t count, room;
	uint32_t *hash; /* pair + 1 */
	uint32_t hash_room;
	uint8_t octets[256]; /* one of each class that either of them tells apart, letters first */
	unsigned octet_count;
};

/* ---- pairs ---- */

static uint32_t slot_of(const struct search *search, uint32_t left, uint32_t right)
{
	uint64_t hash = ((uint64_t)left << 32 | right) * 0x9E3779B97F4A7C15U;

	return (uint32_t)(hash >> 32) & (search->hash_room - 1);
}

static int rehash(struct search *search)
{
	uint32_t room = search->hash_room == 0 ? 1024 : search->hash_room * 2;
	uint32_t *hash = calloc(room, sizeof(uint32_t));

	if (hash == NULL) {
		return -ENOMEM;
	}
	free(search->hash);
	search->hash = hash;
	search->hash_room = room;
	for (uint32_t i = 0; i < search->count; i++) {
		uint32_t slot = slot_of(search, search->pairs[i].left, search->pairs[i].right);
		while (hash[slot] != 0) {
			slot = (slot + 1) & (room - 1);
		}
		hash[slot] = i + 1;
	}
	return 0;
}

static int add_pair(struct search *search, struct pair pair)
{
	if (search->count * 2 >= search->hash_room) {
		int r = rehash(search);
		if (r < 0) {
			return r;
		}
	}
	uint32_t slot = slot_of(search, pair.left, pair.right);
	for (; search->hash[slot] != 0; slot = (slot + 1) & (search->hash_room - 1)) {
		const struct pair *known = &search->pairs[search->hash[slot] - 1];
		if (known->left == pair.left && known->right == pair.right) {
			return 0;
		}
	}
	if (search->count == search->room) {
		uint32_t room = search->room == 0 ? 1024 : search->room * 2;
		struct pair *moved = reallocarray(search->pairs, room, sizeof(pair));
		if (moved == NULL) {
			return -ENOMEM;
		}
		search->pairs = moved;
		search->room = room;
	}
	search->pairs[search->count++] = pair;
	search->hash[slot] = search->count;
	return 0;
}

/* Letters and digits first, so that a witness can be read. */
static void find_octets(struct search *search)
{
	bool seen[256][256] = { { false } };

	for (unsigned i = 0; i < 256; i++) {
		uint8_t octet = (uint8_t)(i + 'a');
		bool *known = &seen[search->left->automaton->classes[octet]][search->right->automaton->classes[octet]];
		if (!*known) {
			*known = true;
			search->octets[search->octet_count++] = octet;
		}
	}
}

static bool is_proved(const struct automaton *automaton, uint32_t state)
{
	return (automaton->flags[state] & STATE_PROVED) != 0;
}

static uint32_t next_of(const struct automaton *automaton, uint32_t state, uint8_t octet)
{
	return is_proved(automaton, state) ? state : automaton_step(automaton, state, octet);
}

/* Where an octet leads a pair; false: one of them refuses it. */
static bool step(const struct search *search, const struct pair *from, uint8_t octet, struct pair *ret_pair)
{
	ret_pair->left = next_of(search->left->automaton, from->left, octet);
	ret_pair->right = next_of(search->right->automaton, from->right, octet);
	ret_pair->depth = from->depth + 1;
	ret_pair->octet = octet;
	return ret_pair->left != STATE_DEAD && ret_pair->right != STATE_DEAD;
}

static int expand(struct search *search, uint32_t number)
{
	struct pair from = search->pairs[number];

	if (!effort_spend(search->effort, search->octet_count)) {
		return -E2BIG;
	}
	for (unsigned i = 0; i < search->octet_count; i++) {
		struct pair pair;
		if (!step(search, &from, search->octets[i], &pair)) {
			continue;
		}
		pair.parent = number;
		int r = add_pair(search, pair);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

static uint32_t find_pair(const struct search *search, const struct pair *pair)
{
	uint32_t slot = slot_of(search, pair->left, pair->right);

	while (search->pairs[search->hash[slot] - 1].left != pair->left ||
	       search->pairs[search->hash[slot] - 1].right != pair->right) {
		slot = (slot + 1) & (search->hash_room - 1);
	}
	return search->hash[slot] - 1;
}

/* ---- what was found ---- */

static void witness_of(const struct search *search, uint32_t number, struct collision_result *result)
{
	uint32_t depth = search->pairs[number].depth;

	result->witness_size = depth < WITNESS_MAX ? depth : WITNESS_MAX;
	for (; depth > 0; depth--, number = search->pairs[number].parent) {
		if (depth <= WITNESS_MAX) {
			result->witness[depth - 1] = search->pairs[number].octet;
		}
	}
}

static bool is_whole(const struct collidable *message, const struct collision_result *result)
{
	UNFILLED struct reader reader;

	reader_start(&reader, message->program, message->message);
	enum reader_verdict verdict = reader_feed(&reader, result->witness, result->witness_size);
	return verdict != READER_WRONG && reader.complete_at == result->witness_size;
}

/* The witness begins a message that goes on behind it. */
static bool goes_on(const struct collidable *message, const struct collision_result *result)
{
	UNFILLED struct reader reader;

	reader_start(&reader, message->program, message->message);
	return reader_feed(&reader, result->witness, result->witness_size) == READER_MORE;
}

static bool is_confirmed(const struct collidable *left, const struct collidable *right,
			 const struct collision_result *result)
{
	if (result->kind == COLLISION_BOTH) {
		return is_whole(left, result) && is_whole(right, result);
	}
	return result->kind == COLLISION_INSIDE && is_whole(result->inside_is_left ? left : right, result) &&
	       goes_on(result->inside_is_left ? right : left, result);
}

static bool complete(const struct automaton *automaton, uint32_t state)
{
	return (automaton->flags[state] & STATE_COMPLETE) != 0;
}

static enum collision kind_of(const struct search *search, const struct pair *pair)
{
	bool left = complete(search->left->automaton, pair->left);
	bool right = complete(search->right->automaton, pair->right);

	if (left && right) {
		return COLLISION_BOTH;
	}
	return left || right ? COLLISION_INSIDE : COLLISION_NONE;
}

static void note_collision(const struct search *search, uint32_t number, enum collision kind,
			   struct collision_result *result)
{
	result->kind = kind;
	result->inside_is_left = complete(search->left->automaton, search->pairs[number].left);
	witness_of(search, number, result);
}

/* A pair at which both may end.  The automata do not know all, so another one may show what this does not. */
static void try_to_confirm(const struct search *search, uint32_t number, unsigned *tries,
			   struct collision_result *result)
{
	struct collision_result tried = { .kind = COLLISION_NONE };

	if (result->kind == COLLISION_BOTH && *tries == CONFIRMATIONS_MAX) {
		return;
	}
	(*tries)++;
	note_collision(search, number, COLLISION_BOTH, &tried);
	tried.confirmed = is_confirmed(search->left, search->right, &tried);
	if (tried.confirmed || result->kind != COLLISION_BOTH) {
		tried.open = result->open;
		*result = tried;
	}
}

/* All pairs, each by its shortest octets; stops at a message that both are known to take. */
static int look_at_all(struct search *search, struct collision_result *result)
{
	struct pair start = { STATE_START, STATE_START, 0, 0, 0 };
	unsigned tries = 0;
	int r = add_pair(search, start);

	for (uint32_t i = 0; r == 0 && i < search->count && !result->confirmed; i++) {
		enum collision kind = kind_of(search, &search->pairs[i]);
		if (kind == COLLISION_BOTH) {
			try_to_confirm(search, i, &tries, result);
		} else if (kind == COLLISION_INSIDE && result->kind == COLLISION_NONE) {
			note_collision(search, i, kind, result);
		}
		result->open = result->open || is_proved(search->left->automaton, search->pairs[i].left) ||
			       is_proved(search->right->automaton, search->pairs[i].right);
		r = expand(search, i);
	}
	return r;
}

/* From the pairs after some octets to those after one more; returns how many. */
static int advance(const struct search *search, const bool *now, bool *then)
{
	int count = 0;

	memset(then, 0, search->count * sizeof(bool));
	for (uint32_t i = 0; i < search->count; i++) {
		if (now[i] && !effort_spend(search->effort, search->octet_count)) {
			return -E2BIG;
		}
		for (unsigned o = 0; now[i] && o < search->octet_count; o++) {
			struct pair pair;
			if (step(search, &search->pairs[i], search->octets[o], &pair)) {
				uint32_t number = find_pair(search, &pair);
				count += !then[number];
				then[number] = true;
			}
		}
	}
	return count;
}

static bool is_endless(const struct search *search, const struct pair *pair)
{
	return (search->left->automaton->flags[pair->left] & STATE_ENDS) == 0 ||
	       (search->right->automaton->flags[pair->right] & STATE_ENDS) == 0;
}

/* How long both live, octet by octet, up to the window. */
static int measure(const struct search *search, struct collision_result *result)
{
	bool *now = calloc(search->count, sizeof(bool));
	bool *then = calloc(search->count, sizeof(bool));
	uint32_t depth = 0;
	int alive = now == NULL || then == NULL ? -ENOMEM : 1;

	if (alive > 0) {
		now[0] = true;
	}
	for (; alive > 0 && depth < WINDOW_MAX; depth++) {
		alive = advance(search, now, then);
		memcpy(now, then, search->count * sizeof(bool));
	}
	if (alive < 0) {
		free(now);
		free(then);
		return alive;
	}
	result->octets = alive > 0 ? 0 : depth;
	for (uint32_t i = 0; alive > 0 && i < search->count && result->kind != COLLISION_WINDOW; i++) {
		if (now[i] && is_endless(search, &search->pairs[i])) {
			result->kind = COLLISION_WINDOW;
			witness_of(search, i, result);
		}
	}
	free(now);
	free(then);
	return 0;
}

int collide_within(const struct collidable *left, const struct collidable *right, struct effort *effort,
		   struct collision_result *ret_result)
{
	struct search search = { .left = left, .right = right, .effort = effort };

	if (!effort_spend(effort, STEPS_OF_SEARCH)) {
		return -E2BIG;
	}
	memset(ret_result, 0, sizeof(*ret_result));
	find_octets(&search);
	int r = look_at_all(&search, ret_result);
	if (r == 0 && ret_result->kind != COLLISION_BOTH) {
		r = measure(&search, ret_result);
	}
	ret_result->confirmed = r == 0 && is_confirmed(left, right, ret_result);
	free(search.pairs);
	free(search.hash);
	return r;
}

int collide(const struct collidable *left, const struct collidable *right, struct collision_result *ret_result)
{
	struct effort effort = { .steps = UINT64_MAX, .states_max = UINT32_MAX };

	return collide_within(left, right, &effort, ret_result);
}
