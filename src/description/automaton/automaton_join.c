/* automaton_join.c - the smallest automaton: dead ends left out, equal states joined, octets weighed.
 *
 * States are told apart by what they say (flags) and then, round by round, by where their octets lead (Moore). */
#include "description/automaton/automaton_join.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct join {
	const struct raw_automaton *raw;
	uint32_t *next;	 /* [state][class]: state + 1, 0: dead */
	uint32_t *group; /* of each state; 0: dead */
	uint32_t groups;
	uint32_t *other_group; /* of the round before */
	uint32_t *hash;	       /* state + 1 */
	uint32_t hash_room;
	uint8_t classes[256];
	uint8_t octets[256]; /* of each class, one */
	uint32_t class_count;
};

static uint32_t next_of(const struct join *join, uint32_t state, unsigned class)
{
	return join->next[(size_t)state * join->class_count + class];
}

/* ---- what leads nowhere ---- */

static bool leads_on(const struct join *join, uint32_t state)
{
	for (unsigned i = 0; i < join->class_count; i++) {
		uint32_t next = next_of(join, state, i);
		if (next != 0 && join->group[next - 1] != 0) {
			return true;
		}
	}
	return false;
}

/* Marks with group 1 all states from which the message can become whole, or leave the window. */
static void mark_alive(struct join *join)
{
	bool changed = true;

	for (uint32_t i = 0; i < join->raw->states; i++) {
		join->group[i] = (join->raw->flags[i] & (STATE_COMPLETE | RAW_BEYOND)) != 0;
	}
	while (changed) {
		changed = false;
		for (uint32_t i = join->raw->states; i-- > 0;) {
			if (join->group[i] == 0 && leads_on(join, i)) {
				join->group[i] = 1;
				changed = true;
			}
		}
	}
}

/* ---- octets that no state tells apart ---- */

/* What evidence tells apart even if no state does. */
static unsigned kind_of_octet(unsigned octet)
{
	bool alphanumeric =
		(octet >= '0' && octet <= '9') || (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z');

	return octet == 0 ? 0 : (alphanumeric ? 1 : 2);
}

/* Most rows do not. */
static bool tells_apart(const struct join *join, const uint32_t row[256])
{
	for (unsigned octet = 0; octet < 256; octet++) {
		if (row[octet] != row[join->octets[join->classes[octet]]]) {
			return true;
		}
	}
	return false;
}

static void refine_classes(struct join *join, const uint32_t row[256])
{
	enum { SLOTS = 1024 };
	uint16_t slots[SLOTS] = { 0 }; /* class + 1 */
	uint8_t refined[256];
	uint8_t octets[256];
	uint32_t count = 0;

	for (unsigned octet = 0; octet < 256; octet++) {
		uint32_t slot = (row[octet] * 2654435761U ^ join->classes[octet] * 40503U) >> 8 & (SLOTS - 1);
		while (slots[slot] != 0 && (row[octets[slots[slot] - 1]] != row[octet] ||
					    join->classes[octets[slots[slot] - 1]] != join->classes[octet])) {
			slot = (slot + 1) & (SLOTS - 1);
		}
		if (slots[slot] == 0) {
			octets[count] = (uint8_t)octet;
			slots[slot] = (uint16_t)++count;
		}
		refined[octet] = (uint8_t)(slots[slot] - 1);
	}
	memcpy(join->classes, refined, sizeof(refined));
	memcpy(join->octets, octets, count);
	join->class_count = count;
}

static void find_classes(struct join *join)
{
	for (unsigned octet = 256; octet-- > 0;) {
		join->classes[octet] = (uint8_t)kind_of_octet(octet);
		join->octets[join->classes[octet]] = (uint8_t)octet;
	}
	join->class_count = 3;
	for (uint32_t i = 0; i < join->raw->states && join->class_count < 256; i++) {
		const uint32_t *row = join->raw->next + (size_t)i * 256;
		if (tells_apart(join, row)) {
			refine_classes(join, row);
		}
	}
}

/* Where the classes lead, close together: every round goes through all of it. */
static int make_rows(struct join *join)
{
	join->next = calloc((size_t)join->raw->states * join->class_count + 1, sizeof(uint32_t));
	if (join->next == NULL) {
		return -ENOMEM;
	}
	uint32_t *next = join->next;
	for (uint32_t i = 0; i < join->raw->states; i++) {
		for (unsigned class = 0; class < join->class_count; class ++) {
			*next++ = join->raw->next[(size_t)i * 256 + join->octets[class]];
		}
	}
	return 0;
}

/* ---- states that cannot be told apart ---- */

static uint32_t group_behind(const struct join *join, const uint32_t *group, uint32_t state, unsigned class)
{
	uint32_t next = next_of(join, state, class);

	return next == 0 ? 0 : group[next - 1];
}

static bool same(const struct join *join, const uint32_t *group, uint32_t left, uint32_t right)
{
	if (group[left] != group[right]) {
		return false;
	}
	for (unsigned i = 0; i < join->class_count; i++) {
		if (group_behind(join, group, left, i) != group_behind(join, group, right, i)) {
			return false;
		}
	}
	return true;
}

static uint32_t signature(const struct join *join, const uint32_t *group, uint32_t state)
{
	uint32_t hash = group[state] * 2654435761U;

	for (unsigned i = 0; i < join->class_count; i++) {
		hash = (hash ^ group_behind(join, group, state, i)) * 16777619U;
		hash ^= hash >> 13;
	}
	return hash;
}

/* One round; returns how many groups there are now. */
static uint32_t divide(struct join *join)
{
	uint32_t *before = join->other_group;
	uint32_t groups = 0;

	memcpy(before, join->group, join->raw->states * sizeof(uint32_t));
	memset(join->hash, 0, join->hash_room * sizeof(uint32_t));
	for (uint32_t i = 0; i < join->raw->states; i++) {
		if (before[i] == 0) {
			continue;
		}
		uint32_t slot = signature(join, before, i) & (join->hash_room - 1);
		while (join->hash[slot] != 0 && !same(join, before, join->hash[slot] - 1, i)) {
			slot = (slot + 1) & (join->hash_room - 1);
		}
		if (join->hash[slot] == 0) {
			join->hash[slot] = i + 1;
			join->group[i] = ++groups;
		} else {
			join->group[i] = join->group[join->hash[slot] - 1];
		}
	}
	return groups;
}

/* Where there is no effort left to find out which states are equal, none are. */
static void keep_apart(struct join *join)
{
	join->groups = 0;
	for (uint32_t i = 0; i < join->raw->states; i++) {
		join->group[i] = join->group[i] != 0 ? ++join->groups : 0;
	}
}

static void divide_all(struct join *join, struct effort *effort)
{
	uint64_t steps = (uint64_t)join->raw->states * (join->class_count + 8) / 4;
	uint32_t groups = 0;

	for (uint32_t i = 0; i < join->raw->states; i++) {
		if (join->group[i] != 0) {
			join->group[i] = 1U + (join->raw->flags[i] & (STATE_COMPLETE | STATE_SURE | STATE_PROVED));
		}
	}
	do {
		if (!effort_spend(effort, steps)) {
			keep_apart(join);
			return;
		}
		join->groups = groups;
		groups = divide(join);
	} while (groups != join->groups);
}

/* ---- the result ---- */

unsigned automaton_weigh(uint8_t octet, unsigned allowed)
{
	unsigned evidence = (unsigned)lround(log2(256.0 / allowed) * EVIDENCE_BIT);
	unsigned most = kind_of_octet(octet) == 0 ? EVIDENCE_PLAIN : EVIDENCE_LETTER;

	return kind_of_octet(octet) != 2 && evidence > most ? most : evidence;
}

static unsigned allowed_in(const struct join *join, uint32_t state)
{
	unsigned allowed = 0;

	for (unsigned octet = 0; octet < 256; octet++) {
		allowed += group_behind(join, join->group, state, join->classes[octet]) != 0;
	}
	return allowed;
}

static void fill_state(const struct join *join, uint32_t state, struct automaton *automaton)
{
	static const uint8_t examples[] = { 0, 'a', 0xFF }; /* of each kind */
	uint32_t row = join->group[state] * join->class_count;
	unsigned allowed = allowed_in(join, state);
	uint8_t evidence[3];

	for (unsigned i = 0; i < 3; i++) {
		evidence[i] = allowed == 0 ? 0 : (uint8_t)automaton_weigh(examples[i], allowed);
	}

	automaton->flags[join->group[state]] = join->raw->flags[state] & (STATE_COMPLETE | STATE_SURE | STATE_PROVED);
	for (unsigned i = 0; i < join->class_count; i++) {
		uint32_t next = group_behind(join, join->group, state, i);
		automaton->next[row + i] = (uint16_t)next;
		automaton->evidence[row + i] = next == 0 ? 0 : evidence[kind_of_octet(join->octets[i])];
	}
}

static bool leads_to_end(const struct automaton *automaton, uint32_t state)
{
	const uint16_t *next = automaton->next + (size_t)state * automaton->classes_count;

	for (uint32_t i = 0; i < automaton->classes_count; i++) {
		if ((automaton->flags[next[i]] & STATE_ENDS) != 0) {
			return true;
		}
	}
	return false;
}

/* Most states lead to later ones, so that this is soon done. */
static void mark_ends(struct automaton *automaton)
{
	bool changed = true;

	for (uint32_t i = 1; i < automaton->states; i++) {
		automaton->flags[i] |= (automaton->flags[i] & STATE_COMPLETE) != 0 ? STATE_ENDS : 0;
	}
	while (changed) {
		changed = false;
		for (uint32_t i = automaton->states; i-- > 1;) {
			if ((automaton->flags[i] & STATE_ENDS) == 0 && leads_to_end(automaton, i)) {
				automaton->flags[i] |= STATE_ENDS;
				changed = true;
			}
		}
	}
}

/* One block: the struct, and its tables behind it. */
static int make(const struct join *join, struct automaton **ret_automaton)
{
	size_t states = join->groups > 0 ? join->groups + 1 : STATE_START + 1; /* nothing can begin it */
	size_t cells = states * join->class_count;

	if (states > STATES_MAX) {
		return -E2BIG;
	}
	struct automaton *automaton = calloc(1, sizeof(*automaton) + cells * (sizeof(uint16_t) + 1) + states);
	if (automaton == NULL) {
		return -ENOMEM;
	}
	automaton->states = (uint32_t)states;
	automaton->states_built = join->raw->states;
	automaton->classes_count = join->class_count;
	memcpy(automaton->classes, join->classes, sizeof(join->classes));
	automaton->next = (uint16_t *)(void *)(automaton + 1);
	automaton->evidence = (uint8_t *)(automaton->next + cells);
	automaton->flags = automaton->evidence + cells;
	for (uint32_t i = 0; i < join->raw->states; i++) {
		if (join->group[i] != 0) {
			fill_state(join, i, automaton);
		}
	}
	mark_ends(automaton);
	*ret_automaton = automaton;
	return 0;
}

int automaton_join(const struct raw_automaton *raw, struct effort *effort, struct automaton **ret_automaton)
{
	struct join join = { .raw = raw, .hash_room = 1024 };
	int r = -ENOMEM;

	while (join.hash_room < raw->states * 2) {
		join.hash_room *= 2;
	}
	join.group = calloc(raw->states + 1, sizeof(uint32_t));
	join.other_group = calloc(raw->states + 1, sizeof(uint32_t));
	join.hash = calloc(join.hash_room, sizeof(uint32_t));
	if (join.group != NULL && join.other_group != NULL && join.hash != NULL) {
		find_classes(&join);
		r = make_rows(&join);
	}
	if (r == 0) {
		mark_alive(&join);
		divide_all(&join, effort);
	}
	r = r == 0 ? make(&join, ret_automaton) : r;
	free(join.next);
	free(join.group);
	free(join.other_group);
	free(join.hash);
	return r;
}
