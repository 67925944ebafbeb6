/* compile_switch.c - switch becomes a jump by the value of a register. */
#include "description/machine/compile.h"

enum { CASES_MAX = 255 };

static int64_t case_value(const struct builder *builder, const struct value *value)
{
	int64_t index = 0;
	const struct code_set *set = value->code == NULL ? NULL : code_set_of(builder, value->code, &index);

	return set != NULL && set->is_text ? index : value->number;
}

/* The targets of all cases; their blocks are compiled behind the instruction. */
static void compile_case(struct builder *builder, const struct switch_case *branch, uint32_t first, uint32_t *ret_next)
{
	struct switch_target *targets = (struct switch_target *)builder->lists[LIST_targets].items + first;

	for (const struct range *range = branch->values; range != NULL && builder->failed == 0; range = range->next) {
		targets[(*ret_next)++] = (struct switch_target){
			.low = case_value(builder, &range->low),
			.high = case_value(builder, &range->high),
			.target = builder_here(builder),
		};
	}
	compile_block(builder, branch->block);
}

static bool cases_need(const struct item *item, const struct item *field, const char *bit_name)
{
	for (const struct switch_case *branch = item->cases; branch != NULL; branch = branch->next) {
		if (block_needs(branch->block, field, bit_name)) {
			return true;
		}
	}
	return false;
}

void compile_switch(struct builder *builder, const struct item *item)
{
	const char *bit_name = item->selector_bits != NULL ? item->selector_bits->name : NULL;
	int held = held_find(builder, item->selector, bit_name);
	uint32_t count = 0;
	uint32_t next = 0;
	uint32_t jumps[CASES_MAX];
	unsigned jump_count = 0;
	const struct switch_target none = { .low = 1, .high = 0 };

	unsigned branches = 0;
	for (const struct switch_case *branch = item->cases; branch != NULL; branch = branch->next, branches++) {
		for (const struct range *range = branch->values; range != NULL; range = range->next) {
			count++;
		}
	}
	if (branches > CASES_MAX) {
		builder_refuse(builder, item->place, "E5", "write cases that are alike as one", "too many cases");
	}
	uint32_t first = builder->lists[LIST_targets].count;
	for (uint32_t i = 0; i <= count; i++) {
		ADD(builder, targets, &none); /* and one behind them: where all other values go */
	}
	if (held < 0) {
		builder_refuse(builder, item->place, "E1", NULL, "the value of this field is not known here");
		return;
	}
	uint32_t instruction = emit(builder, item, DO_SWITCH, first, (uint32_t)held, count);
	if (held_is_last_use(builder, builder->list, item, item->selector, bit_name) &&
	    !cases_need(item, item->selector, bit_name)) {
		builder_instruction(builder, instruction)->forgets = true;
		builder->registers[held] = (struct held){ .item = NULL };
	}
	const struct switch_case *otherwise = NULL;
	for (const struct switch_case *branch = item->cases; branch != NULL && jump_count < CASES_MAX;
	     branch = branch->next) {
		if (branch->values == NULL) {
			otherwise = branch;
			continue;
		}
		compile_case(builder, branch, first, &next);
		jumps[jump_count++] = emit(builder, item, DO_JUMP, 0, 0, 0);
	}
	if (otherwise != NULL && builder->failed == 0) {
		struct switch_target *targets = builder->lists[LIST_targets].items;
		targets[first + count] = (struct switch_target){ .low = 0, .high = 0, .target = builder_here(builder) };
		compile_block(builder, otherwise->block);
	}
	for (unsigned i = 0; i < jump_count; i++) {
		builder_instruction(builder, jumps[i])->a = builder_here(builder);
	}
}
