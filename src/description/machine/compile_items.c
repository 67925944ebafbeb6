/* compile_items.c - items of a block become instructions: one function for each kind of item. */
#include <string.h>

#include "description/machine/compile.h"

/* ---- strings that are counted ---- */

/* bytes and payload: the count, then as many octets. */
static void take_counted(struct builder *builder, const struct item *item)
{
	static const int64_t no_adjust = 0;

	if (item->count == COUNT_NUMBER) {
		emit(builder, item, TAKE_NUMBER, compile_number(builder, item, item->number, &no_adjust), 0, 0);
	}
	if (item->kind == ITEM_BYTES) {
		select_begin(builder, item);
	}
	if (item->count == COUNT_REST) {
		emit(builder, item, TAKE_REST, 0, 0, 0);
	} else {
		if (item->count == COUNT_EXPRESSION) {
			emit(builder, item, DO_VALUE, compile_expression(builder, item->expression, WINDOW_MAX), 0, 0);
			held_let_go_of_measure(builder, item);
		}
		emit(builder, item, TAKE_SKIP, 0, 0, 0);
	}
	if (item->kind == ITEM_BYTES) {
		select_end(builder, item);
	}
}

/* ---- blocks ---- */

static void compile_scope(struct builder *builder, const struct item *item, int64_t adjust)
{
	if (++builder->scopes > SCOPES_MAX) {
		builder_refuse(builder, item->place, "E5", "nest them less deeply",
			       "too many counted blocks within each other");
	}
	emit(builder, item, DO_OPEN, 0, 0, adjust);
	compile_block(builder, item->block);
	emit(builder, item, DO_CLOSE, 0, 0, 0);
	builder->scopes--;
}

static void compile_sized(struct builder *builder, const struct item *item)
{
	emit(builder, item, TAKE_NUMBER, compile_number(builder, item, item->number, &item->adjust), 0, 0);
	held_store_if_needed(builder, item);
	compile_scope(builder, item, item->adjust);
}

static void compile_within(struct builder *builder, const struct item *item)
{
	emit(builder, item, DO_VALUE, compile_expression(builder, item->expression, WINDOW_MAX), 0, 0);
	held_let_go_of_measure(builder, item);
	compile_scope(builder, item, 0);
}

static void compile_maybe(struct builder *builder, const struct item *item)
{
	uint32_t fork = emit(builder, item, DO_FORK, 0, 0, 0);

	compile_block(builder, item->block);
	builder_instruction(builder, fork)->a = builder_here(builder);
}

static void compile_repeat_count(struct builder *builder, const struct item *item)
{
	emit(builder, item, DO_VALUE, compile_expression(builder, item->expression, repeats_in_window(item->block)), 0,
	     0);
	uint32_t counter = held_take(builder, item, NULL);
	emit(builder, item, DO_STORE, counter, 0, 0);
	held_let_go_of_measure(builder, item);
	uint32_t top = emit(builder, item, DO_COUNT_DOWN, 0, counter, repeats_in_window(item->block));
	compile_block(builder, item->block);
	emit(builder, item, DO_JUMP, top, 0, 0);
	builder_instruction(builder, top)->a = builder_here(builder);
	emit(builder, item, DO_FORGET, counter, 0, 0);
	builder->registers[counter] = (struct held){ .item = NULL };
}

static void compile_repeat(struct builder *builder, const struct item *item)
{
	if (item->until == UNTIL_COUNT) {
		compile_repeat_count(builder, item);
		return;
	}
	uint32_t top = emit(builder, item, item->until == UNTIL_END ? DO_UNTIL_END : DO_FORK, 0, 0, 0);
	compile_block(builder, item->block);
	emit(builder, item, DO_JUMP, top, 0, 0);
	builder_instruction(builder, top)->a = builder_here(builder);
	if (item->until == UNTIL_EOL) {
		emit(builder, item, TAKE_EOL, 0, 0, 0);
	} else if (item->until == UNTIL_LITERAL) {
		compile_literal(builder, item);
	}
}

static void compile_if(struct builder *builder, const struct item *item)
{
	uint32_t condition = compile_expression(builder, item->expression, WINDOW_MAX);
	uint32_t unless = emit(builder, item, DO_UNLESS, 0, condition, 0);

	compile_block(builder, item->block);
	if (item->otherwise == NULL) {
		builder_instruction(builder, unless)->a = builder_here(builder);
		return;
	}
	uint32_t jump = emit(builder, item, DO_JUMP, 0, 0, 0);
	builder_instruction(builder, unless)->a = builder_here(builder);
	compile_block(builder, item->otherwise);
	builder_instruction(builder, jump)->a = builder_here(builder);
}

/* How many times this format stands around the place that is being compiled. */
static unsigned times_open(const struct builder *builder, const struct format *format)
{
	unsigned times = 0;

	for (unsigned i = 0; i < builder->depth; i++) {
		times += builder->formats[i] == format;
	}
	return times;
}

/* A format sees its own names only. */
static void compile_format(struct builder *builder, const struct item *item)
{
	const struct item *root = builder->root;
	struct held held[REGISTERS_MAX];
	uint32_t taken_before = builder->taken_before;

	if (item->format->nested > 0 && times_open(builder, item->format) > item->format->nested) {
		emit(builder, item, DO_FAIL, 0, 0, 0);
		return;
	}
	if (builder->depth == NESTING_MAX) {
		builder_refuse(builder, item->place, "E5", "nest formats less deeply",
			       "too many formats within each other");
		return;
	}
	builder->formats[builder->depth++] = item->format;
	memcpy(held, builder->registers, sizeof(held));
	builder->taken_before = builder->taken;
	builder->root = item->format->block;
	compile_block(builder, item->format->block);
	held_let_go_of_format(builder);
	builder->root = root;
	builder->taken_before = taken_before;
	memcpy(builder->registers, held, sizeof(held));
	builder->depth--;
}

static void compile_item(struct builder *builder, const struct item *item)
{
	switch (item->kind) {
	case ITEM_LITERAL:
		compile_literal(builder, item);
		break;
	case ITEM_EOL:
		emit(builder, item, TAKE_EOL, 0, 0, 0);
		break;
	case ITEM_SURE:
		emit(builder, item, DO_SURE, 0, 0, 0);
		break;
	case ITEM_WEAK:
		break;
	case ITEM_ANY_OF:
		compile_any_of(builder, item);
		break;
	case ITEM_MAYBE:
		compile_maybe(builder, item);
		break;
	case ITEM_SIZED:
		compile_sized(builder, item);
		break;
	case ITEM_WITHIN:
		compile_within(builder, item);
		break;
	case ITEM_NUMBER:
		compile_number_item(builder, item);
		break;
	case ITEM_CODE:
		compile_code(builder, item);
		break;
	case ITEM_FORMAT:
		compile_format(builder, item);
		break;
	case ITEM_BYTES:
	case ITEM_PAYLOAD:
		take_counted(builder, item);
		break;
	case ITEM_BODY:
		emit(builder, item, DO_BODY, 0, 0, 0);
		break;
	case ITEM_TEXT_TO:
	case ITEM_TEXT_OF:
		compile_text(builder, item);
		break;
	case ITEM_BITS:
		compile_bits(builder, item);
		break;
	case ITEM_REPEAT:
		compile_repeat(builder, item);
		break;
	case ITEM_SWITCH:
		compile_switch(builder, item);
		break;
	case ITEM_IF:
		compile_if(builder, item);
		break;
	}
}

void compile_block(struct builder *builder, const struct item *block)
{
	const struct item *list = builder->list;

	for (const struct item *item = block; item != NULL && builder->failed == 0; item = item->next) {
		builder->list = block;
		compile_item(builder, item);
		held_let_go_after(builder, block, item);
	}
	builder->list = list;
}
