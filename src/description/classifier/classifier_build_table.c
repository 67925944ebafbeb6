/* classifier_build_table.c - the deciding table: the automata of all messages side by side, as one.
 *
 * A state is the list of messages that live, each with the state of its automaton.  States end where few are left, so
 * the table is small: it holds only what many protocols have in common.  A breadth first search; nothing is looked for
 * behind the window. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "description/classifier/classifier_build.h"

enum { LIVES_MAX = 1024, CELLS_MAX = CLASSIFIER_TABLE_MAX / sizeof(uint16_t) };

/* A message that lives: its number and the state of its automaton.  One that was proved lives on unseen. */
struct life {
	uint16_t message;
	uint16_t state;
};

enum { SURE_BEFORE = MESSAGE_STATES_MAX, PROVED_BEFORE };

struct side {
	uint32_t first; /* in lives */
	uint32_t count;
	uint32_t depth;
};

struct product {
	struct build *build;
	struct build_table *table;
	struct life *lives;
	uint32_t life_count, life_room;
	struct side *sides;
	uint32_t side_count, side_room;
	uint32_t *hash; /* side + 1 */
	uint32_t hash_room;
	uint32_t few_room;
	uint8_t octets[256]; /* of each class, one */
};

/* ---- classes: octets that no automaton tells apart ---- */

static void refine(struct build_table *table, const uint8_t finer[256])
{
	uint8_t refined[256];
	uint8_t pairs[256][2];
	uint32_t count = 0;

	for (unsigned octet = 0; octet < 256; octet++) {
		uint32_t found = 0;
		while (found < count && (pairs[found][0] != table->classes[octet] || pairs[found][1] != finer[octet])) {
			found++;
		}
		if (found == count) {
			pairs[count][0] = table->classes[octet];
			pairs[count][1] = finer[octet];
			count++;
		}
		refined[octet] = (uint8_t)found;
	}
	memcpy(table->classes, refined, sizeof(refined));
	table->classes_count = count;
}

static void find_classes(struct product *product)
{
	struct build_table *table = product->table;

	memset(table->classes, 0, sizeof(table->classes));
	table->classes_count = 1;
	for (uint32_t i = 0; i < product->build->message_count; i++) {
		refine(table, product->build->messages[i].automaton->classes);
	}
	for (unsigned octet = 256; octet-- > 0;) {
		product->octets[table->classes[octet]] = (uint8_t)octet;
	}
}

/* ---- states ---- */

static uint32_t hash_of(const struct life *lives, uint32_t count)
{
	uint64_t hash = 0x9E3779B97F4A7C15U;

	for (uint32_t i = 0; i < count; i++) {
		hash = (hash ^ ((uint32_t)lives[i].message << 16 | lives[i].state)) * 0xFF51AFD7ED558CCDU;
		hash ^= hash >> 32;
	}
	return (uint32_t)hash;
}

static int make_room(void *array, uint32_t *room, uint32_t wanted, size_t size)
{
	void **items = array;

	if (wanted <= *room) {
		return 0;
	}
	uint32_t rooms = *room == 0 ? 1024 : *room;
	while (rooms < wanted) {
		rooms *= 2;
	}
	void *moved = reallocarray(*items, rooms, size);
	if (moved == NULL) {
		return -ENOMEM;
	}
	*items = moved;
	*room = rooms;
	return 0;
}

static int rehash(struct product *product)
{
	uint32_t room = product->hash_room == 0 ? 4096 : product->hash_room * 2;
	uint32_t *hash = calloc(room, sizeof(uint32_t));

	if (hash == NULL) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < product->side_count; i++) {
		const struct side *side = &product->sides[i];
		uint32_t slot = hash_of(product->lives + side->first, side->count) & (room - 1);
		while (hash[slot] != 0) {
			slot = (slot + 1) & (room - 1);
		}
		hash[slot] = i + 1;
	}
	free(product->hash);
	product->hash = hash;
	product->hash_room = room;
	return 0;
}

/* Nobody sees these die. */
static void mark_crowded(struct product *product, const struct life *lives, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (lives[i].state >= SURE_BEFORE) {
			product->build->messages[lives[i].message].crowded = true;
		}
	}
}

static int side_number(struct product *product, const struct life *lives, uint32_t count, uint32_t depth,
		       uint32_t *ret_number)
{
	if (product->side_count * 2 >= product->hash_room) {
		int r = rehash(product);
		if (r < 0) {
			return r;
		}
	}
	uint32_t slot = hash_of(lives, count) & (product->hash_room - 1);
	for (; product->hash[slot] != 0; slot = (slot + 1) & (product->hash_room - 1)) {
		const struct side *known = &product->sides[product->hash[slot] - 1];
		if (known->count == count &&
		    memcmp(product->lives + known->first, lives, count * sizeof(*lives)) == 0) {
			*ret_number = product->hash[slot] - 1;
			return 0;
		}
	}
	if ((product->side_count + 1) * product->table->classes_count > CELLS_MAX ||
	    product->side_count >= CELL_FEW - 1) {
		return -E2BIG;
	}
	if (make_room(&product->lives, &product->life_room, product->life_count + count + 1, sizeof(*lives)) < 0 ||
	    make_room(&product->sides, &product->side_room, product->side_count + 1, sizeof(struct side)) < 0) {
		return -ENOMEM;
	}
	mark_crowded(product, lives, count);
	if (count > 0) {
		memcpy(product->lives + product->life_count, lives, count * sizeof(*lives));
	}
	product->sides[product->side_count] =
		(struct side){ .first = product->life_count, .count = count, .depth = depth };
	product->life_count += count;
	product->hash[slot] = ++product->side_count;
	*ret_number = product->side_count - 1;
	return 0;
}

/* ---- the few ---- */

static const struct build_message *message_of(const struct product *product, struct life life)
{
	return &product->build->messages[life.message];
}

static uint8_t flags_of(const struct product *product, struct life life)
{
	if (life.state >= SURE_BEFORE) {
		return life.state == SURE_BEFORE ? STATE_SURE : 0;
	}
	return message_of(product, life)->automaton->flags[life.state];
}

/* A cell that names these few. */
static int few_cell(struct product *product, const struct life *lives, uint32_t count, uint16_t *ret_cell)
{
	struct build_table *table = product->table;
	struct table_few few = { .count = (uint16_t)count };

	for (uint32_t i = 0; i < count; i++) {
		few.messages[i] = lives[i].message;
	}
	for (uint32_t i = 0; i < table->few_count; i++) {
		if (memcmp(&table->few[i], &few, sizeof(few)) == 0) {
			*ret_cell = (uint16_t)(CELL_FEW | i);
			return 0;
		}
	}
	if (table->few_count >= CELL_FEW) {
		return -E2BIG;
	}
	if (make_room(&table->few, &product->few_room, table->few_count + 1, sizeof(few)) < 0) {
		return -ENOMEM;
	}
	table->few[table->few_count] = few;
	*ret_cell = (uint16_t)(CELL_FEW | table->few_count++);
	return 0;
}

/* Above 0: the left one is taken before the right one; 0: neither. */
static int compare(const struct product *product, const struct build_message *left, const struct build_message *right)
{
	int32_t left_priority = product->build->priorities[left->protocol];
	int32_t right_priority = product->build->priorities[right->protocol];

	if (left->weak != right->weak) {
		return left->weak ? -1 : 1;
	}
	return (left_priority > right_priority) - (left_priority < right_priority);
}

/* The message that may end here: those that are not weak first, then by priority. */
static uint16_t whole_of(const struct product *product, const struct side *side)
{
	uint16_t whole = 0;
	const struct build_message *best = NULL;

	for (uint32_t i = 0; i < side->count; i++) {
		struct life life = product->lives[side->first + i];
		const struct build_message *message = message_of(product, life);
		if ((flags_of(product, life) & STATE_COMPLETE) == 0) {
			continue;
		}
		int above = best == NULL ? 1 : compare(product, message, best);
		if (above > 0) {
			best = message;
			whole = (uint16_t)(life.message + 1);
		} else if (above == 0 && best->protocol != message->protocol) {
			whole = AMBIGUOUS;
		}
	}
	return whole;
}

/* Rule 1: the one that has passed its `sure`, alone or by priority; NULL: none, or more than one. */
static const struct life *surest(const struct product *product, const struct life *lives, uint32_t count)
{
	const struct life *best = NULL;
	bool tie = false;

	for (uint32_t i = 0; i < count; i++) {
		const struct build_message *message = message_of(product, lives[i]);
		if (message->weak || (flags_of(product, lives[i]) & STATE_SURE) == 0) {
			continue;
		}
		int above = best == NULL ? 1 : compare(product, message, message_of(product, *best));
		if (above > 0) {
			best = &lives[i];
			tie = false;
		} else if (above == 0) {
			tie = tie || message_of(product, *best)->protocol != message->protocol;
		}
	}
	return tie ? NULL : best;
}

/* ---- the search ---- */

static uint32_t state_behind(const struct product *product, struct life life, uint8_t octet)
{
	uint8_t flags = flags_of(product, life);

	if (life.state >= SURE_BEFORE || (flags & STATE_PROVED) != 0) {
		return (flags & STATE_SURE) != 0 ? SURE_BEFORE : PROVED_BEFORE;
	}
	return automaton_step(message_of(product, life)->automaton, life.state, octet);
}

static uint32_t step(const struct product *product, const struct side *side, uint8_t octet, struct life *ret_lives)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < side->count; i++) {
		struct life life = product->lives[side->first + i];
		uint32_t next = state_behind(product, life, octet);
		if (next != STATE_DEAD) {
			ret_lives[count++] = (struct life){ .message = life.message, .state = (uint16_t)next };
		}
	}
	return count;
}

/* Behind the window nothing is looked up. */
static int cell_of(struct product *product, const struct life *lives, uint32_t count, uint32_t depth,
		   uint16_t *ret_cell)
{
	const struct life *sure = count > FEW_MAX ? surest(product, lives, count) : NULL;
	uint32_t next = 0;
	int r = 0;

	if (count <= FEW_MAX) {
		return few_cell(product, lives, count, ret_cell);
	}
	if (sure != NULL) {
		return few_cell(product, sure, 1, ret_cell);
	}
	if (depth < WINDOW_MAX) {
		r = side_number(product, lives, count, depth, &next);
	}
	*ret_cell = (uint16_t)next;
	return r;
}

static int explore(struct product *product, uint32_t number)
{
	struct build_table *table = product->table;
	struct side side = product->sides[number];
	struct life lives[LIVES_MAX];
	int r = 0;

	for (uint32_t class = 0; r == 0 && class < table->classes_count; class ++) {
		uint32_t count = step(product, &side, product->octets[class], lives);
		uint16_t cell = 0;
		r = cell_of(product, lives, count, side.depth + 1, &cell);
		table->next[number * table->classes_count + class] = cell;
	}
	return r;
}

static int search(struct product *product)
{
	struct build_table *table = product->table;
	struct life lives[LIVES_MAX];
	uint32_t number = 0;

	for (uint32_t i = 0; i < product->build->message_count; i++) {
		lives[i] = (struct life){ .message = (uint16_t)i, .state = STATE_START };
	}
	int r = side_number(product, lives, product->build->message_count, 0, &number);
	uint32_t room = 0;
	for (uint32_t i = 0; r == 0 && i < product->side_count; i++) {
		r = make_room(&table->next, &room, (i + 1) * table->classes_count, sizeof(uint16_t));
		r = r < 0 ? r : explore(product, i);
	}
	return r;
}

static int note_whole(struct product *product)
{
	struct build_table *table = product->table;

	table->states = product->side_count;
	table->whole = calloc(product->side_count, sizeof(uint16_t));
	if (table->whole == NULL) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < product->side_count; i++) {
		table->whole[i] = whole_of(product, &product->sides[i]);
	}
	return 0;
}

int build_table(struct build *build, struct build_table *ret_table)
{
	struct product product = { .build = build, .table = ret_table };

	*ret_table = (struct build_table){ .next = NULL };
	if (build->message_count > LIVES_MAX) {
		return -E2BIG;
	}
	find_classes(&product);
	int r = search(&product);
	if (r == 0) {
		r = note_whole(&product);
	}
	free(product.lives);
	free(product.sides);
	free(product.hash);
	return r;
}
