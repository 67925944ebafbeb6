/* classifier_build.c - makes classifiers: automata of all first messages, the deciding table, names; one block.
 *
 * Called once for each listener of a configuration, in a process of its own, and by commands; never while calls
 * wait. */
#include "description/classifier/classifier_build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- the block ---- */

uint32_t block_take(struct block *block, size_t size)
{
	size_t at = block->used;
	size_t end = at + ((size + 7) & ~(size_t)7);

	if (block->failed < 0) {
		return 0;
	}
	if (end > block->room) {
		size_t room = block->room == 0 ? 65536 : block->room;
		while (room < end) {
			room *= 2;
		}
		char *moved = room <= UINT32_MAX ? realloc(block->octets, room) : NULL;
		if (moved == NULL) {
			block->failed = -ENOMEM;
			return 0;
		}
		block->octets = moved;
		block->room = room;
	}
	memset(block->octets + at, 0, end - at);
	block->used = end;
	return (uint32_t)at;
}

uint32_t block_put(struct block *block, const void *octets, size_t size)
{
	uint32_t at = block_take(block, size);

	if (block->failed == 0 && size > 0) {
		memcpy(block->octets + at, octets, size);
	}
	return at;
}

void *block_at(const struct block *block, uint32_t at)
{
	return block->octets + at;
}

/* ---- messages ---- */

static int make_automaton(const struct build *build, const struct build_message *message, enum automaton_extent extent,
			  struct automaton **ret_automaton)
{
	const struct program *program = build->protocols[message->protocol].program;
	struct automaton *automaton = NULL;
	int r = automaton_build(program, message->message, extent, NULL, &automaton);

	if (r == 0 &&
	    (automaton->states >= MESSAGE_STATES_MAX || automaton->states * (automaton->classes_count + 1) > ROW_MAX)) {
		automaton = automaton_destroy(automaton);
		r = -E2BIG;
	}
	*ret_automaton = r == 0 ? automaton : *ret_automaton;
	return r;
}

static int add_message(struct build *build, uint32_t protocol, uint32_t index)
{
	const struct program_message *message = program_messages(build->protocols[protocol].program) + index;
	struct build_message added = {
		.protocol = protocol,
		.message = index,
		.weak = message->weak,
		.sure = message->sure,
	};
	struct build_message *moved =
		reallocarray(build->messages, build->message_count + 1, sizeof(struct build_message));

	if (moved == NULL) {
		return -ENOMEM;
	}
	build->messages = moved;
	int r = make_automaton(build, &added, AUTOMATON_PROOF, &added.automaton);
	if (r == 0) {
		build->messages[build->message_count++] = added;
	}
	return r;
}

static int add_messages(struct build *build)
{
	for (uint32_t i = 0; i < build->protocol_count; i++) {
		const struct program *program = build->protocols[i].program;
		for (uint32_t m = 0; m < program->messages.count; m++) {
			int r = program_messages(program)[m].first ? add_message(build, i, m) : 0;
			if (r < 0) {
				return r;
			}
		}
	}
	return 0;
}

/* Messages that are proved where many others live on get automata that go on.  One that would be too large for that is
 * left as it is.  Returns how many there were. */
static int look_deeper(struct build *build)
{
	int count = 0;

	for (uint32_t i = 0; i < build->message_count; i++) {
		struct build_message *message = &build->messages[i];
		struct automaton *whole = NULL;
		if (!message->crowded || message->whole) {
			continue;
		}
		int r = make_automaton(build, message, AUTOMATON_WINDOW, &whole);
		if (r == -ENOMEM) {
			return r;
		}
		message->whole = true;
		if (r == 0) {
			automaton_destroy(message->automaton);
			message->automaton = whole;
			count++;
		}
	}
	return count;
}

static void table_finish(struct build_table *table)
{
	free(table->next);
	free(table->whole);
	free(table->few);
}

static int make_table(struct build *build, struct build_table *ret_table)
{
	int r = build_table(build, ret_table);

	while (r == 0 && (r = look_deeper(build)) > 0) {
		table_finish(ret_table);
		r = build_table(build, ret_table);
	}
	return r;
}

static int find_priorities(struct build *build)
{
	build->priorities = calloc(build->protocol_count + 1, sizeof(int32_t));
	if (build->priorities == NULL) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < build->protocol_count; i++) {
		build->priorities[i] = INT32_MIN;
	}
	for (size_t i = 0; i < build->function_count; i++) {
		const struct classifier_function *function = &build->functions[i];
		if (function->priority > build->priorities[function->protocol]) {
			build->priorities[function->protocol] = function->priority;
		}
	}
	return 0;
}

/* ---- runs: most of what protocols begin with is fixed, so that eight octets of it are looked at together ---- */

/* What one octet of a run may be. */
struct run_step {
	uint8_t octet;
	uint8_t mask; /* 0xFF, or 0: any octet */
	uint8_t evidence;
	uint32_t next;
};

static unsigned octets_of_class(const struct automaton *automaton, uint32_t class, uint8_t *ret_octet)
{
	unsigned count = 0;

	for (unsigned octet = 256; octet-- > 0;) {
		if (automaton->classes[octet] == class) {
			*ret_octet = (uint8_t)octet;
			count++;
		}
	}
	return count;
}

/* True when one octet alone leads on from the state, or all of them to the same. */
static bool find_step(const struct automaton *automaton, uint32_t state, struct run_step *ret_step)
{
	const uint16_t *next = automaton->next + (size_t)state * automaton->classes_count;
	const uint8_t *evidence = automaton->evidence + (size_t)state * automaton->classes_count;
	uint32_t living = 0;
	uint32_t last = 0;
	bool alike = true;

	for (uint32_t class = 0; class < automaton->classes_count; class ++) {
		living += next[class] != STATE_DEAD;
		last = next[class] != STATE_DEAD ? class : last;
		alike = alike && next[class] == next[0] && evidence[class] == 0;
	}
	*ret_step = (struct run_step){ .evidence = evidence[last], .next = next[last] };
	if (living == automaton->classes_count && alike) {
		return true;
	}
	ret_step->mask = 0xFF;
	return living == 1 && octets_of_class(automaton, last, &ret_step->octet) == 1;
}

/* As long as it can be.  Below RUN_MIN it is none. */
static struct table_run find_run(const struct automaton *automaton, uint32_t state, uint32_t *ret_end)
{
	uint8_t octets[RUN_MAX] = { 0 };
	uint8_t masks[RUN_MAX] = { 0 };
	struct table_run run = { .size = 0 };
	struct run_step step;
	bool ends = false;

	while (!ends && run.size < RUN_MAX && find_step(automaton, state, &step)) {
		bool dear = step.mask != 0 && step.evidence > EVIDENCE_PLAIN;
		bool behind_any = run.size > 0 && masks[run.size - 1] == 0;
		if (dear && behind_any) {
			break; /* what it is worth depends on the octet before it */
		}
		bool repeats = dear && run.size > 0 && octets[run.size - 1] == step.octet;
		run.no_repeat = run.size == 0 ? dear : run.no_repeat;
		run.evidence = (uint16_t)(run.evidence + (repeats ? EVIDENCE_PLAIN : step.evidence));
		octets[run.size] = step.octet;
		masks[run.size++] = step.mask;
		state = step.next;
		ends = (automaton->flags[state] & CELL_FLAGS) != 0;
	}
	memcpy(&run.octets, octets, sizeof(octets));
	memcpy(&run.mask, masks, sizeof(masks));
	*ret_end = state;
	return run;
}

static uint32_t number_runs(const struct automaton *automaton, uint32_t *ret_numbers)
{
	uint32_t count = 0;
	uint32_t end = 0;

	for (uint32_t state = STATE_START; state < automaton->states; state++) {
		ret_numbers[state] = find_run(automaton, state, &end).size >= RUN_MIN ? ++count : 0;
	}
	return count;
}

static uint32_t cell_to(const struct automaton *automaton, const uint32_t *numbers, uint32_t state, uint32_t evidence)
{
	uint32_t row = state * (automaton->classes_count + 1);
	uint32_t flags = automaton->flags[state] & CELL_FLAGS;

	return row << CELL_ROW_SHIFT | evidence << CELL_EVIDENCE_SHIFT | (numbers[state] != 0 ? CELL_RUNS : 0) | flags;
}

static void put_runs(const struct automaton *automaton, const uint32_t *numbers, struct table_run *ret_runs)
{
	for (uint32_t state = STATE_START; state < automaton->states; state++) {
		uint32_t end = 0;
		if (numbers[state] != 0) {
			struct table_run *run = &ret_runs[numbers[state] - 1];
			*run = find_run(automaton, state, &end);
			run->cell = cell_to(automaton, numbers, end, 0);
		}
	}
}

/* ---- into the block ---- */

static void put_cells(const struct automaton *automaton, const uint32_t *runs, uint32_t *cells)
{
	uint32_t columns = automaton->classes_count + 1;

	for (uint32_t state = 0; state < automaton->states; state++) {
		for (uint32_t class = 0; class < automaton->classes_count; class ++) {
			uint32_t from = state * automaton->classes_count + class;
			uint32_t next = automaton->next[from];
			cells[state * columns + class] = cell_to(automaton, runs, next, automaton->evidence[from]);
		}
		cells[state * columns + automaton->classes_count] = runs[state];
	}
}

static int put_message(struct build *build, uint32_t messages_at, uint32_t index)
{
	const struct build_message *message = &build->messages[index];
	const struct automaton *automaton = message->automaton;
	size_t cells = (size_t)automaton->states * (automaton->classes_count + 1);
	uint32_t *runs = calloc(automaton->states, sizeof(*runs));

	if (runs == NULL) {
		return -ENOMEM;
	}
	struct table_message put = {
		.protocol = message->protocol,
		.message = message->message,
		.weak = message->weak,
		.sure = message->sure,
		.columns = automaton->classes_count + 1,
		.rows = automaton->states,
		.classes_at = block_put(&build->block, automaton->classes, sizeof(automaton->classes)),
		.cells_at = block_take(&build->block, cells * sizeof(uint32_t)),
		.run_count = number_runs(automaton, runs),
	};
	put.runs_at = block_take(&build->block, put.run_count * sizeof(struct table_run));
	if (build->block.failed == 0) {
		put_cells(automaton, runs, block_at(&build->block, put.cells_at));
		put_runs(automaton, runs, block_at(&build->block, put.runs_at));
		((struct table_message *)block_at(&build->block, messages_at))[index] = put;
	}
	free(runs);
	return build->block.failed;
}

static void put_protocol(struct build *build, uint32_t protocols_at, uint32_t index)
{
	const struct program *program = build->protocols[index].program;
	struct table_protocol put = {
		.program_at = block_put(&build->block, program, program->size),
		.priority = build->priorities[index],
		.at_once = build->protocols[index].at_once,
		.alone = build->protocol_count == 1,
	};

	while (put.first_message < build->message_count && build->messages[put.first_message].protocol != index) {
		put.first_message++;
	}
	for (uint32_t i = put.first_message; i < build->message_count && build->messages[i].protocol == index; i++) {
		put.message_count++;
	}
	if (build->block.failed == 0) {
		((struct table_protocol *)block_at(&build->block, protocols_at))[index] = put;
	}
}

static int put_all(struct build *build, const struct build_table *table, struct text *ret_offender)
{
	struct block *block = &build->block;
	struct classifier head = { .magic = CLASSIFIER_MAGIC };

	(void)block_take(block, sizeof(head));
	head.states = table->states;
	head.classes_count = table->classes_count;
	memcpy(head.classes, table->classes, sizeof(head.classes));
	head.next_at = block_put(block, table->next, (size_t)table->states * table->classes_count * sizeof(uint16_t));
	head.whole_at = block_put(block, table->whole, table->states * sizeof(uint16_t));
	head.few_at = block_put(block, table->few, table->few_count * sizeof(struct table_few));
	head.few_count = table->few_count;
	head.message_count = build->message_count;
	head.messages_at = block_take(block, build->message_count * sizeof(struct table_message));
	head.protocol_count = (uint32_t)build->protocol_count;
	head.protocols_at = block_take(block, build->protocol_count * sizeof(struct table_protocol));
	head.function_count = (uint32_t)build->function_count;
	head.functions_at = block_take(block, build->function_count * sizeof(struct table_function));
	int r = 0;
	for (uint32_t i = 0; r == 0 && i < build->message_count; i++) {
		r = put_message(build, head.messages_at, i);
	}
	for (uint32_t i = 0; i < build->protocol_count; i++) {
		put_protocol(build, head.protocols_at, i);
	}
	r = r == 0 ? block->failed : r;
	r = r < 0 ? r : build_names(build, head.protocols_at, head.functions_at, ret_offender);
	head.size = (uint32_t)block->used;
	if (r == 0) {
		memcpy(block->octets, &head, sizeof(head));
	}
	return r;
}

static void build_finish(struct build *build, struct build_table *table)
{
	for (uint32_t i = 0; i < build->message_count; i++) {
		automaton_destroy(build->messages[i].automaton);
	}
	free(build->messages);
	free(build->priorities);
	table_finish(table);
}

int classifier_build(const struct classifier_protocol *protocols, size_t protocol_count,
		     const struct classifier_function *functions, size_t function_count, struct text *ret_offender,
		     struct classifier_costs *ret_costs, struct classifier **ret_classifier)
{
	struct build build = {
		.protocols = protocols,
		.protocol_count = protocol_count,
		.functions = functions,
		.function_count = function_count,
	};
	struct build_table table = { .next = NULL };
	int r = protocol_count > CLASSIFIER_PROTOCOLS_MAX ? -E2BIG : add_messages(&build);

	r = r < 0 ? r : find_priorities(&build);
	r = r < 0 ? r : make_table(&build, &table);
	r = r < 0 ? r : put_all(&build, &table, ret_offender);
	if (r < 0) {
		free(build.block.octets);
	} else {
		*ret_classifier = (struct classifier *)(void *)build.block.octets;
		*ret_costs = (struct classifier_costs){
			.states = table.states,
			.classes = table.classes_count,
			.size = (uint32_t)(table.states * table.classes_count * sizeof(uint16_t)),
			.few = table.few_count,
			.whole = (uint32_t)build.block.used,
		};
	}
	build_finish(&build, &table);
	return r;
}
