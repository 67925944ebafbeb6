/* compile.c - a protocol's messages become a program: the builder, and the block it leaves.
 *
 * Formats are written out where they are used, so a program has no calls and a configuration no stack of them.
 * Called by automaton.c's users and by the examiner; never sees octets of a client. */
#include "description/machine/compile.h"

#include <errno.h>
#include <string.h>

uint32_t builder_add(struct builder *builder, unsigned list, const void *item, size_t size)
{
	struct list *target = &builder->lists[list];

	if (builder->failed < 0) {
		return 0;
	}
	if (target->count == target->room) {
		uint32_t room = target->room == 0 ? 32 : target->room * 2;
		void *items = reallocarray(target->items, room, size);
		if (items == NULL) {
			builder->failed = -ENOMEM;
			return 0;
		}
		target->items = items;
		target->room = room;
	}
	memcpy((char *)target->items + (size_t)target->count * size, item, size);
	return target->count++;
}

uint32_t builder_here(const struct builder *builder)
{
	return builder->lists[LIST_instructions].count;
}

struct instruction *builder_instruction(struct builder *builder, uint32_t index)
{
	static struct instruction nowhere;

	return builder->failed < 0 ? &nowhere : (struct instruction *)builder->lists[LIST_instructions].items + index;
}

void builder_refuse(struct builder *builder, struct place place, const char *id, const char *help, const char *text)
{
	if (builder->failed == 0) {
		report_add(builder->report, builder->protocol->source, FINDING_ERROR, id, place, NULL, help, "%s",
			   text);
		builder->failed = -EINVAL;
	}
}

uint32_t emit(struct builder *builder, const struct item *item, enum operation operation, uint32_t a, uint32_t b,
	      int64_t c)
{
	struct instruction instruction = {
		.operation = (uint8_t)operation,
		.nocase = item != NULL && item->nocase,
		.line = item != NULL ? (uint16_t)item->place.line : 0,
		.a = a,
		.b = b,
		.c = c,
	};

	if (builder_here(builder) >= INSTRUCTIONS_MAX) {
		builder_refuse(builder, item != NULL ? item->place : builder->protocol->place, "E5",
			       "nest formats less deeply, or describe less of them",
			       "the messages are too long when their formats are written out");
		return 0;
	}
	return ADD(builder, instructions, &instruction);
}

/* The first registers stay the carrier's while a message is in it. */
static void start_names(struct builder *builder, const struct item *root)
{
	static const struct item of_the_carrier;

	memset(builder->registers, 0, sizeof(builder->registers));
	for (unsigned i = 0; i < builder->reserved; i++) {
		builder->registers[i].item = &of_the_carrier;
	}
	builder->root = root;
	builder->scopes = 0;
}

static uint32_t compile_carrier(struct builder *builder, const struct message *message)
{
	builder->reserved = 0;
	builder->registers_used = 0;
	if (message->over == NULL) {
		return NO_CARRIER;
	}
	uint32_t start = builder_here(builder);
	start_names(builder, message->over->block);
	builder->in_carrier = true;
	compile_block(builder, message->over->block);
	builder->in_carrier = false;
	emit(builder, NULL, DO_RESTART, start, 0, 0);
	builder->reserved = builder->registers_used;
	return start;
}

static void compile_message(struct builder *builder, const struct message *message)
{
	struct program_message compiled = {
		.role = (uint8_t)message->role,
		.weak = message->weak,
		.sure = message->sure,
		.first = message_is_first(builder->protocol, message),
	};

	memcpy(compiled.name, message->name, strnlen(message->name, NAME_OCTETS_MAX));
	compiled.carrier = compile_carrier(builder, message);
	compiled.start = builder_here(builder);
	start_names(builder, message->block);
	compile_block(builder, message->block);
	emit(builder, NULL, DO_ACCEPT, 0, 0, 0);
	ADD(builder, messages, &compiled);
}

const struct code_set *code_set_of(const struct builder *builder, const struct code *code, int64_t *ret_index)
{
	for (const struct code_set *set = builder->protocol->code_sets; set != NULL; set = set->next) {
		int64_t index = 1;
		for (const struct code *one = set->codes; one != NULL; one = one->next, index++) {
			if (one == code) {
				*ret_index = index;
				return set;
			}
		}
	}
	return NULL;
}

static size_t rounded(size_t size)
{
	return (size + 7) & ~(size_t)7;
}

/* All arrays into one block, behind the header. */
static struct program *join(const struct builder *builder)
{
#define ITEM_SIZE(type, array) sizeof(type),
	static const size_t item_sizes[LISTS] = { PROGRAM_ARRAYS(ITEM_SIZE) };
#undef ITEM_SIZE
	size_t size = rounded(sizeof(struct program));

	for (unsigned i = 0; i < LISTS; i++) {
		size += rounded(builder->lists[i].count * item_sizes[i]);
	}
	struct program *program = calloc(1, size);
	if (program == NULL) {
		return NULL;
	}
	struct program_array *const arrays[LISTS] = {
#define ARRAY_OF(type, array) &program->array,
		PROGRAM_ARRAYS(ARRAY_OF)
#undef ARRAY_OF
	};
	size_t at = rounded(sizeof(struct program));
	for (unsigned i = 0; i < LISTS; i++) {
		size_t octets = builder->lists[i].count * item_sizes[i];
		*arrays[i] = (struct program_array){ .at = (uint32_t)at, .count = builder->lists[i].count };
		if (octets > 0) {
			memcpy((char *)program + at, builder->lists[i].items, octets);
		}
		at += rounded(octets);
	}
	program->size = (uint32_t)size;
	program->slack = builder->slack;
	memcpy(program->name, builder->protocol->name, strnlen(builder->protocol->name, NAME_OCTETS_MAX));
	return program;
}

int program_compile(const struct protocol *protocol, struct report *report, struct program **ret_program)
{
	struct builder builder = { .protocol = protocol, .report = report, .slack = find_slack(protocol) };
	struct program *program = NULL;

	emit(&builder, NULL, TAKE_UNKNOWN, 0, 0, 0); /* UNKNOWN_AT */
	for (const struct message *message = protocol->messages; message != NULL; message = message->next) {
		compile_message(&builder, message);
	}
	if (builder.failed == 0) {
		program = join(&builder);
		builder.failed = program == NULL ? -ENOMEM : 0;
	}
	for (unsigned i = 0; i < LISTS; i++) {
		free(builder.lists[i].items);
	}
	if (builder.failed < 0) {
		return builder.failed;
	}
	*ret_program = program;
	return 0;
}

int program_message_find(const struct program *program, enum role role, const char *name)
{
	const struct program_message *messages = program_messages(program);

	for (uint32_t i = 0; i < program->messages.count; i++) {
		if (messages[i].role == role && strcmp(messages[i].name, name) == 0) {
			return (int)i;
		}
	}
	return -1;
}

int program_selector_find(const struct program *program, const char *name)
{
	const struct program_selector *selectors = program_selectors(program);

	for (uint32_t i = 0; i < program->selectors.count; i++) {
		if (strcmp(selectors[i].name, name) == 0) {
			return (int)i;
		}
	}
	return -1;
}
