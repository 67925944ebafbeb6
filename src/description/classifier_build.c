/* classifier_build.c - makes classifiers: automata of all first messages, the deciding table, names; one block.
 *
 * Called once for each listener of a configuration, in a process of its own, and by commands; never while calls
 * wait. */
#include "description/classifier_build.h"

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
	    (automaton->states >= MESSAGE_STATES_MAX || automaton->states * automaton->classes_count > ROW_MAX)) {
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

/* ---- into the block ---- */

static void put_cells(struct build *build, const struct automaton *automaton, uint32_t cells_at)
{
	uint32_t *cells = block_at(&build->block, cells_at);

	for (uint32_t i = 0; i < automaton->states * automaton->classes_count; i++) {
		uint32_t row = automaton->next[i] * automaton->classes_count;
		uint32_t flags = automaton->flags[automaton->next[i]] & CELL_FLAGS;
		cells[i] = row << CELL_ROW_SHIFT | (uint32_t)automaton->evidence[i] << CELL_EVIDENCE_SHIFT | flags;
	}
}

static void put_message(struct build *build, uint32_t messages_at, uint32_t index)
{
	const struct build_message *message = &build->messages[index];
	const struct automaton *automaton = message->automaton;
	size_t cells = (size_t)automaton->states * automaton->classes_count;
	struct table_message put = {
		.protocol = message->protocol,
		.message = message->message,
		.weak = message->weak,
		.sure = message->sure,
		.classes_count = automaton->classes_count,
		.classes_at = block_put(&build->block, automaton->classes, sizeof(automaton->classes)),
		.cells_at = block_take(&build->block, cells * sizeof(uint32_t)),
	};

	if (build->block.failed == 0) {
		put_cells(build, automaton, put.cells_at);
		((struct table_message *)block_at(&build->block, messages_at))[index] = put;
	}
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
	for (uint32_t i = 0; i < build->message_count; i++) {
		put_message(build, head.messages_at, i);
	}
	for (uint32_t i = 0; i < build->protocol_count; i++) {
		put_protocol(build, head.protocols_at, i);
	}
	int r = block->failed < 0 ? block->failed
				  : build_names(build, head.protocols_at, head.functions_at, ret_offender);
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
