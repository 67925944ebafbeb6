/* automaton.c - builds the automaton of a message: from configurations to states, and equal states joined.
 *
 * Called by the examiner and by classifier_build.c.  Each set of configurations that some octets lead to is a state;
 * most are sets of one.  A hostile description costs at most STATES_BUILT_MAX states. */
#include "description/automaton/automaton.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "description/automaton/automaton_explore.h"
#include "description/automaton/automaton_join.h"

enum {
	STEPS_OF_OCTET = 4,  /* what it takes to try an octet on a configuration, beside the instructions */
	STEPS_OF_STATE = 64, /* and to look at a state */
	SETS_PLENTY = 12000,
	COST_ENDLESS = WINDOW_MAX * 8 * EVIDENCE_BIT + 1, /* more evidence than the window can hold */
};

/* ---- ambiguity ---- */

static uint16_t line_of(const struct explorer *explorer, const struct configuration *configuration)
{
	const struct strand *strand = configuration->in_carrier ? &configuration->carrier : &configuration->message;

	return program_instructions(explorer->machine.program)[strand->at].line;
}

/* The octets that lead to a state, and then this one. */
static void note_ambiguity(struct explorer *explorer, uint32_t state, uint8_t octet, const struct configuration *left,
			   const struct configuration *right)
{
	struct ambiguity *ambiguity = explorer->ambiguity;
	uint8_t backwards[WINDOW_MAX];
	uint32_t count = 0;

	backwards[count++] = octet;
	for (uint32_t at = state; at != 0 && count < WINDOW_MAX; at = explorer->sets[at].parent) {
		backwards[count++] = explorer->sets[at].octet;
	}
	ambiguity->found = true;
	ambiguity->size = count;
	for (uint32_t i = 0; i < count; i++) {
		ambiguity->octets[i] = backwards[count - 1 - i];
	}
	ambiguity->lines[0] = line_of(explorer, left);
	ambiguity->lines[1] = line_of(explorer, right);
}

/* ---- exploring ---- */

/* Whether the octet leads anywhere from a configuration, be it where another one leads as well. */
static bool survives(const struct explorer *explorer, const struct configuration *configuration, uint8_t octet)
{
	UNFILLED struct configurations to;

	configurations_clear(&to);
	(void)machine_step(&explorer->machine, configuration, octet, &to);
	return to.count > 0;
}

/* Two configurations of a state that both take the octet. */
static void find_ambiguity(struct explorer *explorer, uint32_t state, uint8_t octet)
{
	const struct set *set = &explorer->sets[state];
	const struct configuration *survivor = NULL;

	for (uint32_t i = 0; i < set->count && !explorer->ambiguity->found; i++) {
		const struct configuration *configuration =
			&explorer->configurations[explorer->members[set->first + i]];
		if (!survives(explorer, configuration, octet)) {
			continue;
		}
		if (survivor != NULL) {
			note_ambiguity(explorer, state, octet, survivor, configuration);
		}
		survivor = configuration;
	}
}

/* Where an octet leads from a state. */
static int explore_octet(struct explorer *explorer, uint32_t state, uint8_t octet, uint32_t *ret_next)
{
	UNFILLED struct configurations to;
	struct set set = explorer->sets[state];
	uint64_t steps = 0;

	configurations_clear(&to);
	for (uint32_t i = 0; i < set.count; i++) {
		uint32_t number = explorer->members[set.first + i];
		steps += STEPS_OF_OCTET +
			 machine_step(&explorer->machine, &explorer->configurations[number], octet, &to);
	}
	if (set.count > 1 && explorer->ambiguity != NULL && !explorer->ambiguity->found) {
		find_ambiguity(explorer, state, octet);
		steps *= 2;
	}
	return effort_spend(explorer->effort, steps) ? explorer_state(explorer, &to, state, octet, ret_next) : -E2BIG;
}

static uint8_t alike(const struct explorer *explorer, uint32_t state, uint8_t octet)
{
	struct set set = explorer->sets[state];

	return set.count > 1 ? octet
			     : machine_alike(&explorer->machine,
					     &explorer->configurations[explorer->members[set.first]], octet);
}

static int make_rows(struct explorer *explorer)
{
	if (explorer->set_count <= explorer->next_room) {
		return 0;
	}
	uint32_t room = explorer->set_count <= explorer->effort->states_max / 2 ? explorer->set_count * 2
										: explorer->effort->states_max;
	uint32_t *moved = reallocarray(explorer->next, room, 256 * sizeof(uint32_t));
	if (moved == NULL) {
		return -ENOMEM;
	}
	memset(moved + (size_t)explorer->next_room * 256, 0,
	       (size_t)(room - explorer->next_room) * 256 * sizeof(uint32_t));
	explorer->next = moved;
	explorer->next_room = room;
	return 0;
}

/* Its cost may be lower than was thought: into the bucket for that. */
static int relax(struct explorer *explorer, uint32_t number, uint32_t cost)
{
	struct set *set = &explorer->sets[number];

	if (set->expanded || cost >= set->cost) {
		return 0;
	}
	set->cost = cost < explorer->cost_max ? cost : explorer->cost_max;
	if (cost >= explorer->cost_max) {
		return 0;
	}
	if (explorer_grow(&explorer->entries, &explorer->entry_room, explorer->entry_count, sizeof(struct waiting)) <
	    0) {
		return -ENOMEM;
	}
	explorer->entries[explorer->entry_count] = (struct waiting){ .set = number, .next = explorer->buckets[cost] };
	explorer->buckets[cost] = ++explorer->entry_count;
	return 0;
}

static uint32_t cost_of(const struct explorer *explorer, const struct set *set, unsigned octet, unsigned allowed)
{
	if (!explorer->by_evidence) {
		return set->cost + 1;
	}
	unsigned evidence = automaton_weigh((uint8_t)octet, allowed);
	bool repeats = (set->entered_by[octet >> 6] >> (octet & 63) & 1) != 0;
	return set->cost + (repeats && evidence > EVIDENCE_PLAIN ? EVIDENCE_PLAIN : evidence);
}

static int find_row(struct explorer *explorer, uint32_t state, uint32_t row[256], unsigned *ret_allowed)
{
	*ret_allowed = 0;
	for (unsigned octet = 0; octet < 256; octet++) {
		uint8_t same = alike(explorer, state, (uint8_t)octet);
		if (same < octet) {
			row[octet] = row[same];
		} else {
			int r = explore_octet(explorer, state, (uint8_t)octet, &row[octet]);
			if (r < 0) {
				return r;
			}
		}
		*ret_allowed += row[octet] != 0;
	}
	return make_rows(explorer);
}

static int expand(struct explorer *explorer, uint32_t state)
{
	uint32_t row[256];
	unsigned allowed = 0;
	int r = effort_spend(explorer->effort, STEPS_OF_STATE) ? find_row(explorer, state, row, &allowed) : -E2BIG;

	if (r < 0) {
		return r;
	}
	explorer->sets[state].expanded = true;
	memcpy(explorer->next + (size_t)state * 256, row, sizeof(row));
	for (unsigned octet = 0; r == 0 && octet < 256; octet++) {
		if (row[octet] != 0) {
			struct set *to = &explorer->sets[row[octet] - 1];
			to->entered_by[octet >> 6] |= UINT64_C(1) << (octet & 63);
			r = relax(explorer, row[octet] - 1, cost_of(explorer, &explorer->sets[state], octet, allowed));
		}
	}
	return r;
}

/* Every configuration of the set has passed "sure". */
static bool all_sure(const struct explorer *explorer, uint32_t state)
{
	const struct set *set = &explorer->sets[state];

	for (uint32_t i = 0; i < set->count; i++) {
		if (!explorer->configurations[explorer->members[set->first + i]].sure) {
			return false;
		}
	}
	return true;
}

static int visit(struct explorer *explorer, uint32_t state)
{
	struct set *set = &explorer->sets[state];

	if (set->expanded || explorer->set_count >= explorer->sets_wanted ||
	    (explorer->stops_at_sure && all_sure(explorer, state))) {
		return 0;
	}
	return expand(explorer, state);
}

/* The cheapest first (Dijkstra, by buckets). */
static int explore(struct explorer *explorer, unsigned message)
{
	UNFILLED struct configurations start;
	uint32_t first = 0;

	machine_start(&explorer->machine, message, &start);
	int r = explorer_state(explorer, &start, 0, 0, &first);
	r = r < 0 ? r : make_rows(explorer);
	if (r < 0 || first == 0) {
		return r;
	}
	r = relax(explorer, 0, 0);
	for (uint32_t cost = 0; r == 0 && cost < explorer->cost_max; cost++) {
		while (r == 0 && explorer->buckets[cost] != 0) {
			struct waiting entry = explorer->entries[explorer->buckets[cost] - 1];
			explorer->buckets[cost] = entry.next;
			r = visit(explorer, entry.set);
		}
		if (r == -E2BIG && !explorer->by_evidence && cost > 0) {
			explorer->cut_at = cost;
			return make_rows(explorer); /* states may have come without theirs */
		}
	}
	return r;
}

static uint8_t flags_of(const struct explorer *explorer, uint32_t state)
{
	const struct set *set = &explorer->sets[state];
	uint8_t flags = all_sure(explorer, state) ? STATE_SURE : 0;

	if (!set->expanded) {
		bool at_the_edge = !explorer->by_evidence && set->cost == WINDOW_MAX;
		flags |= RAW_BEYOND | (at_the_edge ? 0 : STATE_PROVED);
	}
	for (uint32_t i = 0; i < set->count; i++) {
		const struct configuration *configuration =
			&explorer->configurations[explorer->members[set->first + i]];
		flags |= machine_complete(&explorer->machine, configuration) ? STATE_COMPLETE : 0;
		flags |= machine_beyond(&explorer->machine, configuration) ? RAW_BEYOND : 0;
	}
	return flags;
}

static void explorer_finish(struct explorer *explorer)
{
	free(explorer->configurations);
	free(explorer->configuration_hash.slots);
	free(explorer->configuration_hash.hashes);
	free(explorer->sets);
	free(explorer->set_hash.slots);
	free(explorer->set_hash.hashes);
	free(explorer->members);
	free(explorer->next);
	free(explorer->buckets);
	free(explorer->entries);
}

/* What a message is taken for: its author's word, or enough evidence; a weak one never before its end.  Where the
 * author's word comes late, not all that is before it is worth a table: behind SETS_PLENTY it is read exactly. */
static int explorer_init(struct explorer *explorer, unsigned message, enum automaton_extent extent)
{
	const struct program_message *described = program_messages(explorer->machine.program) + message;

	explorer->by_evidence = extent == AUTOMATON_PROOF;
	explorer->stops_at_sure = extent == AUTOMATON_PROOF && described->sure && !described->weak;
	explorer->cost_max = WINDOW_MAX;
	explorer->cut_at = WINDOW_MAX;
	explorer->sets_wanted = UINT32_MAX;
	if (extent == AUTOMATON_PROOF) {
		explorer->sets_wanted = described->weak || described->sure ? SETS_PLENTY : UINT32_MAX;
		explorer->cost_max = described->weak || described->sure ? COST_ENDLESS : EVIDENCE_DECIDES;
	}
	explorer->buckets = calloc(explorer->cost_max + 1, sizeof(uint32_t));
	return explorer->buckets == NULL ? -ENOMEM : 0;
}

int automaton_build_within(const struct program *program, unsigned message, enum automaton_extent extent,
			   struct effort *effort, struct ambiguity *ret_ambiguity, struct automaton **ret_automaton)
{
	/* What is cut for want of steps is still to be joined. */
	struct effort exploring = { .steps = effort->steps / 8 * 5, .states_max = effort->states_max };
	uint64_t given = exploring.steps;
	struct explorer explorer = {
		.machine = { .program = program },
		.effort = &exploring,
		.ambiguity = ret_ambiguity,
	};
	struct raw_automaton raw = { .states = 0 };

	if (ret_ambiguity != NULL) {
		*ret_ambiguity = (struct ambiguity){ .found = false };
	}
	int r = explorer_init(&explorer, message, extent);
	if (r == 0) {
		r = explore(&explorer, message);
	}
	(void)effort_spend(effort, given - exploring.steps);
	if (r == 0) {
		raw.states = explorer.set_count;
		raw.next = explorer.next;
		raw.flags = calloc(raw.states + 1, 1);
		r = raw.flags == NULL ? -ENOMEM : 0;
	}
	for (uint32_t i = 0; r == 0 && i < raw.states; i++) {
		raw.flags[i] = flags_of(&explorer, i);
	}
	if (r == 0) {
		r = automaton_join(&raw, effort, ret_automaton);
	}
	if (r == 0) {
		(*ret_automaton)->octets = explorer.cut_at;
	}
	free(raw.flags);
	explorer_finish(&explorer);
	return r;
}

int automaton_build(const struct program *program, unsigned message, enum automaton_extent extent,
		    struct ambiguity *ret_ambiguity, struct automaton **ret_automaton)
{
	struct effort effort = { .steps = UINT64_MAX, .states_max = STATES_BUILT_MAX };

	struct automaton *automaton = NULL;
	int r = automaton_build_within(program, message, extent, &effort, ret_ambiguity, &automaton);

	if (r == 0 && automaton->octets < WINDOW_MAX) {
		automaton_destroy(automaton);
		return -E2BIG;
	}
	if (r == 0) {
		*ret_automaton = automaton;
	}
	return r;
}

struct automaton *automaton_destroy(struct automaton *automaton)
{
	free(automaton);
	return NULL;
}
