/* examine_ambiguity.c - E6: no octets can be read as one message in two ways.
 *
 * Where a message may be read in two ways for an octet or two ("maybe", an end that looks like what goes before
 * it), both readings run side by side until one of them is refused.  That is harmless unless neither is: they
 * end at the same octet, or go on alike, or one ends where the other goes on, or both are left when the window is
 * over; or unless one of them takes octets for a value that turn out to belong to the other.  So pairs of
 * configurations are followed, from the first octet on, the pairs of one configuration with itself among them.
 * What is found in the window is then run exactly.
 *
 * Called by examine.c for messages whose automaton met two readings of an octet. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "description/examine/examine_parts.h"
#include "description/machine/machine.h"

enum {
	STEPS_OF_PAIR = 64,
	STEPS_OF_OCTET = 16,
	STEPS_OF_EXACT = 64,	/* to confirm an octet */
	FOLLOWED_MAX = 1 << 16, /* configurations, and pairs, of one message */
	SLOTS = 2 * FOLLOWED_MAX,
	/* Pairs that are followed at one time to confirm what was found: all of one octet. */
	EXACT_MAX = CONFIGURATIONS_MAX * (CONFIGURATIONS_MAX + 1) / 2,
};

#define NOWHERE UINT32_MAX

/* What two readings come to, the worst last. */
enum doubt { DOUBT_NONE, DOUBT_VALUE, DOUBT_WINDOW, DOUBT_END, DOUBT_SAME };

/* Two readings of the same octets: configurations, the same one where they have not parted. */
struct pair {
	uint32_t left, right;
	uint32_t before; /* the pair that the octet led from */
	uint32_t parted; /* the first pair behind which they differ, or NOWHERE */
	uint8_t octet;
	uint8_t depth;
};

struct double_reading {
	enum doubt doubt;
	bool confirmed;
	uint32_t pair; /* where it shows, or from which the last octet leads to where it does */
	uint32_t size;
	uint8_t octets[WINDOW_MAX + 1];
};

struct exact_pair {
	struct configuration left, right;
	bool parted;
};

struct exact_pairs {
	unsigned count;
	struct exact_pair items[EXACT_MAX];
};

struct search {
	struct machine machine;
	unsigned message;
	bool on_stream; /* one message follows the other, with nothing between them */
	struct effort *effort;
	struct configuration *configurations;
	uint32_t configuration_count, configuration_room;
	uint32_t *configuration_slots; /* index + 1 */
	struct pair *pairs;
	uint32_t pair_count, pair_room;
	uint32_t *pair_slots;
	uint8_t octets[256]; /* to be tried, letters first */
	unsigned octet_count;
	struct double_reading found;
	struct exact_pairs *exact; /* two of them */
};

/* ---- configurations and pairs ---- */

static int grow(void *array, uint32_t *room, uint32_t count, size_t size)
{
	void **items = array;
	uint32_t wanted = *room == 0 ? 256 : *room * 2;

	if (count < *room) {
		return 0;
	}
	void *moved = count == FOLLOWED_MAX ? NULL : reallocarray(*items, wanted, size);
	if (moved == NULL) {
		return count == FOLLOWED_MAX ? -E2BIG : -ENOMEM;
	}
	*items = moved;
	*room = wanted;
	return 0;
}

static uint32_t slot_of(const void *octets, size_t size)
{
	const uint32_t *words = octets;
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < size / sizeof(*words); i++) {
		hash = (hash ^ words[i]) * 16777619U;
		hash ^= hash >> 15;
	}
	return hash % SLOTS;
}

static int configuration_number(struct search *search, const struct configuration *configuration, uint32_t *ret_number)
{
	uint32_t slot = slot_of(configuration, sizeof(*configuration));

	for (; search->configuration_slots[slot] != 0; slot = (slot + 1) % SLOTS) {
		*ret_number = search->configuration_slots[slot] - 1;
		if (memcmp(&search->configurations[*ret_number], configuration, sizeof(*configuration)) == 0) {
			return 0;
		}
	}
	int r = grow(&search->configurations, &search->configuration_room, search->configuration_count,
		     sizeof(*configuration));
	if (r == 0) {
		*ret_number = search->configuration_count;
		search->configurations[search->configuration_count++] = *configuration;
		search->configuration_slots[slot] = search->configuration_count;
	}
	return r;
}

static int add_pair(struct search *search, struct pair pair)
{
	const uint32_t both[2] = { pair.left, pair.right };
	uint32_t slot = slot_of(both, sizeof(both));

	for (; search->pair_slots[slot] != 0; slot = (slot + 1) % SLOTS) {
		const struct pair *known = &search->pairs[search->pair_slots[slot] - 1];
		if (known->left == pair.left && known->right == pair.right) {
			return 0;
		}
	}
	int r = grow(&search->pairs, &search->pair_room, search->pair_count, sizeof(pair));
	if (r == 0) {
		search->pairs[search->pair_count++] = pair;
		search->pair_slots[slot] = search->pair_count;
	}
	return r;
}

/* ---- run exactly ---- */

/* What is yet to come is the same for both, whatever values they hold. */
static bool go_on_alike(const struct exact_pair *pair)
{
	return pair->left.in_carrier == pair->right.in_carrier &&
	       memcmp(&pair->left.message, &pair->right.message, sizeof(pair->left.message)) == 0 &&
	       memcmp(&pair->left.carrier, &pair->right.carrier, sizeof(pair->left.carrier)) == 0 &&
	       memcmp(pair->left.registers, pair->right.registers, sizeof(pair->left.registers)) == 0;
}

/* All pairs of what both lead to; those of one configuration with itself have not parted yet. */
static void pair_up(const struct configurations *left, const struct configurations *right, bool same, bool parted,
		    struct exact_pairs *to)
{
	for (unsigned i = 0; i < left->count; i++) {
		for (unsigned k = same ? i : 0; k < right->count && to->count < EXACT_MAX; k++) {
			to->items[to->count++] = (struct exact_pair){
				.left = left->items[i],
				.right = right->items[k],
				.parted = parted || (same && i != k),
			};
		}
	}
}

static void step_exactly(const struct machine *machine, const struct exact_pairs *from, uint8_t octet,
			 struct exact_pairs *to)
{
	to->count = 0;
	for (unsigned i = 0; i < from->count; i++) {
		const struct exact_pair *pair = &from->items[i];
		struct configurations left;
		struct configurations right;
		configurations_clear(&left);
		configurations_clear(&right);
		(void)machine_step(machine, &pair->left, octet, &left);
		if (!pair->parted) {
			pair_up(&left, &left, true, false, to);
			continue;
		}
		(void)machine_step(machine, &pair->right, octet, &right);
		pair_up(&left, &right, false, true, to);
	}
}

/* Two readings of the octets come to what was found in the window. */
static bool is_so(const struct search *search, const struct double_reading *found)
{
	const struct machine machine = { .program = search->machine.program, .exact = true };
	struct configurations start;
	struct exact_pairs *now = &search->exact[0];
	struct exact_pairs *then = &search->exact[1];

	now->count = 0;
	machine_start(&machine, search->message, &start);
	pair_up(&start, &start, true, false, now);
	for (uint32_t i = 0; i < found->size; i++) {
		struct exact_pairs *before = now;
		step_exactly(&machine, now, found->octets[i], then);
		now = then;
		then = before;
	}
	for (unsigned i = 0; i < now->count; i++) {
		const struct exact_pair *pair = &now->items[i];
		bool both_end = machine_complete(&machine, &pair->left) && machine_complete(&machine, &pair->right);
		if (pair->parted && (found->doubt != DOUBT_SAME || both_end || go_on_alike(pair))) {
			return true;
		}
	}
	return false;
}

/* ---- what is found ---- */

/* Keeps the worst, and what is confirmed before what is not. */
static void note(struct search *search, enum doubt doubt, uint32_t number, const uint8_t *last_octet)
{
	struct double_reading found = { .doubt = doubt, .pair = number, .size = search->pairs[number].depth };
	uint32_t at = number;

	for (uint32_t i = found.size; i-- > 0; at = search->pairs[at].before) {
		found.octets[i] = search->pairs[at].octet;
	}
	if (last_octet != NULL) {
		found.octets[found.size++] = *last_octet;
	}
	if ((search->found.confirmed && search->found.doubt >= doubt) ||
	    !effort_spend(search->effort, (uint64_t)STEPS_OF_EXACT * found.size)) {
		return;
	}
	found.confirmed = is_so(search, &found);
	if (found.confirmed > search->found.confirmed ||
	    (found.confirmed == search->found.confirmed && doubt > search->found.doubt)) {
		search->found = found;
	}
}

static const struct instruction *instruction_at(const struct search *search, uint32_t configuration)
{
	const struct configuration *at = &search->configurations[configuration];

	return program_instructions(search->machine.program) + (at->in_carrier ? at->carrier.at : at->message.at);
}

/* The octets that come now are kept as a value. */
static bool reads_value(const struct search *search, uint32_t configuration)
{
	const struct instruction *first = program_instructions(search->machine.program);
	const struct instruction *at = instruction_at(search, configuration);

	while (at > first && (at[-1].operation == DO_VALUE || at[-1].operation == DO_FORGET)) {
		at--;
	}
	return at > first && at[-1].operation == DO_SELECT;
}

/* ---- following ---- */

static int add_next(struct search *search, uint32_t from, const struct configuration *left,
		    const struct configuration *right, uint8_t octet)
{
	struct pair pair = {
		.before = from,
		.parted = search->pairs[from].parted,
		.octet = octet,
		.depth = (uint8_t)(search->pairs[from].depth + 1),
	};
	int r = configuration_number(search, left, &pair.left);

	r = r == 0 ? configuration_number(search, right, &pair.right) : r;
	if (r < 0) {
		return r;
	}
	if (pair.left == pair.right && search->pairs[from].left != search->pairs[from].right) {
		note(search, DOUBT_SAME, from, &octet);
		return 0;
	}
	if (pair.left != pair.right && pair.parted == NOWHERE) {
		pair.parted = search->pair_count;
	}
	return add_pair(search, pair);
}

/* Where an octet leads both readings. */
static int follow_octet(struct search *search, uint32_t from, uint8_t octet)
{
	struct pair pair = search->pairs[from];
	bool same = pair.left == pair.right;
	struct configurations left;
	struct configurations right;
	int r = 0;

	configurations_clear(&left);
	configurations_clear(&right);
	unsigned steps = machine_step(&search->machine, &search->configurations[pair.left], octet, &left);
	if (!same && left.count > 0) {
		steps += machine_step(&search->machine, &search->configurations[pair.right], octet, &right);
	}
	if (!effort_spend(search->effort, STEPS_OF_OCTET + steps)) {
		return -E2BIG;
	}
	if (left.count > 0 && right.count > 0 && (reads_value(search, pair.left) || reads_value(search, pair.right))) {
		note(search, DOUBT_VALUE, from, &octet);
	}
	const struct configurations *others = same ? &left : &right;
	for (unsigned i = 0; i < left.count && r == 0; i++) {
		for (unsigned k = same ? i : 0; k < others->count && r == 0; k++) {
			r = add_next(search, from, &left.items[i], &others->items[k], octet);
		}
	}
	return r;
}

/* How many of both readings may end here. */
static unsigned count_ends(const struct search *search, const struct pair *pair)
{
	return (unsigned)machine_complete(&search->machine, &search->configurations[pair->left]) +
	       (unsigned)machine_complete(&search->machine, &search->configurations[pair->right]);
}

/* What two readings that have parted come to behind this octet. */
static enum doubt doubt_of(const struct search *search, const struct pair *pair)
{
	unsigned ends = count_ends(search, pair);
	bool in_doubt = search->pairs[pair->parted].depth < pair->depth;

	if (ends == 2) {
		return DOUBT_SAME;
	}
	if (ends == 1 && search->on_stream && in_doubt) {
		return DOUBT_END;
	}
	return pair->depth == WINDOW_MAX ? DOUBT_WINDOW : DOUBT_NONE;
}

static int follow(struct search *search, uint32_t number)
{
	struct pair pair = search->pairs[number];
	int r = 0;

	enum doubt doubt = pair.left != pair.right ? doubt_of(search, &pair) : DOUBT_NONE;
	if (doubt != DOUBT_NONE) {
		note(search, doubt, number, NULL);
	}
	if (!effort_spend(search->effort, STEPS_OF_PAIR)) {
		return -E2BIG;
	}
	for (unsigned i = 0; i < search->octet_count && pair.depth < WINDOW_MAX && r == 0; i++) {
		r = follow_octet(search, number, search->octets[i]);
	}
	return r;
}

static int start(struct search *search)
{
	struct configurations start;
	int r = 0;

	machine_start(&search->machine, search->message, &start);
	for (unsigned i = 0; i < start.count && r == 0; i++) {
		for (unsigned k = i; k < start.count && r == 0; k++) {
			struct pair pair = { .before = NOWHERE, .parted = i == k ? NOWHERE : search->pair_count };
			r = configuration_number(search, &start.items[i], &pair.left);
			r = r == 0 ? configuration_number(search, &start.items[k], &pair.right) : r;
			r = r == 0 ? add_pair(search, pair) : r;
		}
	}
	return r;
}

/* Shortest octets first, until what is worst is certain. */
static int search_pairs(struct search *search)
{
	int r = start(search);

	for (uint32_t i = 0; i < search->pair_count && r == 0; i++) {
		if (search->found.doubt == DOUBT_SAME && search->found.confirmed) {
			break;
		}
		r = follow(search, i);
	}
	return r;
}

/* One of each class that the automaton tells apart; all where there is no automaton. */
static void find_octets(struct search *search, const struct automaton *automaton)
{
	bool seen[256] = { false };

	for (unsigned i = 0; i < 256; i++) {
		uint8_t octet = (uint8_t)(i + 'a');
		unsigned kind = automaton == NULL ? octet : automaton->classes[octet];
		if (!seen[kind]) {
			seen[kind] = true;
			search->octets[search->octet_count++] = octet;
		}
	}
}

/* ---- words ---- */

static const char *what_is_read(enum operation operation)
{
	switch ((int)operation) {
	case TAKE_LITERAL:
		return "a literal";
	case TAKE_SET:
	case TAKE_BITS:
	case TAKE_NUMBER:
		return "a number";
	case TAKE_SKIP:
	case TAKE_REST:
	case TAKE_ANY_OF:
		return "octets of any kind";
	case TAKE_TEXT_TO:
	case TAKE_TEXT_OF:
		return "a text";
	case TAKE_WORD:
		return "a word";
	case TAKE_EOL:
		return "the end of a line";
	case DO_ACCEPT:
		return "the end of the message";
	default:
		return "something else";
	}
}

static bool is_choice(const struct item *item)
{
	return item->kind == ITEM_MAYBE ||
	       (item->kind == ITEM_REPEAT && (item->until == UNTIL_EOL || item->until == UNTIL_LITERAL));
}

static bool is_behind(struct place left, struct place right)
{
	return left.line != right.line ? left.line > right.line : left.column > right.column;
}

/* The last construct that begins before this line ends and leaves a choice; what was found before stays else. */
static struct place find_choice(const struct item *block, uint32_t line, unsigned depth, struct place best)
{
	for (const struct item *item = block; item != NULL && depth > 0; item = item->next) {
		if (is_choice(item) && item->place.line <= line && is_behind(item->place, best)) {
			best = item->place;
		}
		best = find_choice(item->block, line, depth - 1, best);
		best = find_choice(item->otherwise, line, depth - 1, best);
		for (const struct switch_case *branch = item->cases; branch != NULL; branch = branch->next) {
			best = find_choice(branch->block, line, depth - 1, best);
		}
	}
	return best;
}

static struct place place_of(const struct specimen *specimen, uint32_t line)
{
	struct place nowhere = { 0, 0 };
	struct place place = find_choice(specimen->message->block, line, NESTING_MAX, nowhere);

	for (const struct format *format = specimen->protocol->formats; format != NULL; format = format->next) {
		place = find_choice(format->block, line, NESTING_MAX, place);
	}
	return place.line > 0 ? place : specimen->message->place;
}

static void say(struct examiner *examiner, const struct specimen *specimen, const struct search *search)
{
	static const char *const outcomes[] = {
		[DOUBT_NONE] = "",
		[DOUBT_VALUE] = "cannot be read without a guess: octets of a value may turn out to be none",
		[DOUBT_WINDOW] = "cannot be read without a guess that lasts for longer than the examiner looks",
		[DOUBT_END] = "can end where it also goes on",
		[DOUBT_SAME] = "can be read in two ways",
	};
	const struct double_reading *found = &search->found;
	uint32_t parted = search->pairs[found->pair].parted;
	const struct pair *pair = &search->pairs[parted == NOWHERE ? found->pair : parted];
	const struct instruction *left = instruction_at(search, pair->left);
	const struct instruction *right = instruction_at(search, pair->right);
	uint32_t line = left->line < right->line ? left->line : right->line;

	report_add(
		examiner->report, specimen->protocol->source, found->confirmed ? FINDING_ERROR : FINDING_WARNING, "E6",
		place_of(specimen, line), octets_shown(examiner->report, found->octets, found->size),
		"let what may be left out or repeated begin with an octet that nothing behind it begins with, and hold "
		"one octet at least",
		"message %s %s%s: behind octet %u may come %s (line %u) or %s (line %u)", specimen->message->name,
		found->confirmed ? "" : "perhaps ", outcomes[found->doubt], (unsigned)pair->depth,
		what_is_read(left->operation), (unsigned)left->line, what_is_read(right->operation),
		(unsigned)right->line);
}

int examine_ambiguity(struct examiner *examiner, const struct specimen *specimen)
{
	struct search search = {
		.machine = { .program = specimen->program },
		.message = specimen->index,
		.on_stream = (specimen->protocol->transports & TRANSPORT_TCP) != 0,
		.effort = &examiner->effort,
		.configuration_slots = calloc(SLOTS, sizeof(uint32_t)),
		.pair_slots = calloc(SLOTS, sizeof(uint32_t)),
		.exact = calloc(2, sizeof(struct exact_pairs)),
	};
	int r = -ENOMEM;

	find_octets(&search, specimen->automaton);
	if (search.configuration_slots != NULL && search.pair_slots != NULL && search.exact != NULL) {
		r = search_pairs(&search);
	}
	if ((r == 0 || r == -E2BIG) && search.found.doubt != DOUBT_NONE) {
		say(examiner, specimen, &search);
	}
	free(search.configuration_slots);
	free(search.pair_slots);
	free(search.configurations);
	free(search.pairs);
	free(search.exact);
	return r == -E2BIG && search.found.doubt != DOUBT_NONE ? 0 : r;
}
