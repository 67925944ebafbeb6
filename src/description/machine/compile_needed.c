/* compile_needed.c - which values are needed later, and the registers that hold them so long. */
#include <string.h>

#include "description/machine/compile.h"

/* ---- who needs them ---- */

static bool same_name(const char *left, const char *right)
{
	return left == right || (left != NULL && right != NULL && strcmp(left, right) == 0);
}

const char *bit_name_of(const struct expression *expression)
{
	return expression->field->kind == ITEM_BITS ? expression->name : NULL;
}

bool expression_needs(const struct expression *expression, const struct item *item, const char *bit_name)
{
	if (expression == NULL) {
		return false;
	}
	if (expression->kind == EXPRESSION_NAME) {
		return expression->field == item && same_name(bit_name_of(expression), bit_name);
	}
	return expression_needs(expression->left, item, bit_name) ||
	       expression_needs(expression->right, item, bit_name);
}

static bool switch_needs(const struct item *user, const struct item *item, const char *bit_name)
{
	const char *name = user->selector_bits != NULL ? user->selector_bits->name : NULL;

	if (user->selector == item && same_name(name, bit_name)) {
		return true;
	}
	for (const struct switch_case *branch = user->cases; branch != NULL; branch = branch->next) {
		if (block_needs(branch->block, item, bit_name)) {
			return true;
		}
	}
	return false;
}

bool item_needs(const struct item *user, const struct item *item, const char *bit_name)
{
	return (user->kind == ITEM_SWITCH && switch_needs(user, item, bit_name)) ||
	       expression_needs(user->expression, item, bit_name) || block_needs(user->block, item, bit_name) ||
	       block_needs(user->otherwise, item, bit_name);
}

bool block_needs(const struct item *block, const struct item *item, const char *bit_name)
{
	for (const struct item *user = block; user != NULL; user = user->next) {
		if (item_needs(user, item, bit_name)) {
			return true;
		}
	}
	return false;
}

/* ---- registers ---- */

/* The newest: a format within itself has the same fields once more. */
int held_find(const struct builder *builder, const struct item *item, const char *bit_name)
{
	int found = -1;

	for (int i = 0; i < REGISTERS_MAX; i++) {
		const struct held *held = &builder->registers[i];
		if (held->item == item && same_name(held->bit_name, bit_name) &&
		    (found < 0 || held->order > builder->registers[found].order)) {
			found = i;
		}
	}
	return found;
}

uint32_t held_take(struct builder *builder, const struct item *item, const char *bit_name)
{
	uint32_t free_one = 0;

	while (free_one < REGISTERS_MAX && builder->registers[free_one].item != NULL) {
		free_one++;
	}
	if (free_one == REGISTERS_MAX) {
		builder_refuse(builder, item->place, "E5", "use fewer values later on, or nest formats less deeply",
			       "too many values are needed at one time");
		return 0;
	}
	builder->registers_used = free_one + 1 > builder->registers_used ? free_one + 1 : builder->registers_used;
	builder->registers[free_one] = (struct held){ .item = item, .bit_name = bit_name, .order = ++builder->taken };
	return free_one;
}

/* ---- from the field to its last use ---- */

void held_store(struct builder *builder, const struct item *item, const char *bit_name)
{
	emit(builder, item, DO_STORE, held_take(builder, item, bit_name), 0, 0);
}

void held_store_if_needed(struct builder *builder, const struct item *item)
{
	if (item->name != NULL && block_needs(builder->root, item, NULL)) {
		held_store(builder, item, NULL);
	}
}

static void let_go(struct builder *builder, const struct item *item, const char *bit_name)
{
	int held = held_find(builder, item, bit_name);

	if (held >= 0) {
		emit(builder, item, DO_FORGET, (uint32_t)held, 0, 0);
		builder->registers[held] = (struct held){ .item = NULL };
	}
}

bool held_is_last_use(const struct builder *builder, const struct item *list, const struct item *user,
		      const struct item *item, const char *bit_name)
{
	const struct item *owner = list;

	while (owner != NULL && owner != item) {
		owner = owner->next;
	}
	if (owner == NULL || block_needs(user->next, item, bit_name)) {
		return false;
	}
	return item_needs(user, item, bit_name) || !block_needs(builder->root, item, bit_name);
}

/* A field of the format that is being compiled, or of the message. */
static bool is_own(const struct builder *builder, const struct held *held)
{
	return held->item != NULL && held->order > builder->taken_before;
}

void held_let_go_after(struct builder *builder, const struct item *list, const struct item *user)
{
	for (int i = REGISTERS_MAX - 1; i >= 0; i--) {
		struct held held = builder->registers[i];
		if (is_own(builder, &held) && held.item != user &&
		    held_is_last_use(builder, list, user, held.item, held.bit_name)) {
			let_go(builder, held.item, held.bit_name);
		}
	}
}

void held_let_go_of_measure(struct builder *builder, const struct item *item)
{
	for (int i = REGISTERS_MAX - 1; i >= 0; i--) {
		struct held held = builder->registers[i];
		if (is_own(builder, &held) && held.item != item &&
		    held_is_last_use(builder, builder->list, item, held.item, held.bit_name) &&
		    !block_needs(item->block, held.item, held.bit_name)) {
			let_go(builder, held.item, held.bit_name);
		}
	}
}

void held_let_go_of_format(struct builder *builder)
{
	for (int i = REGISTERS_MAX - 1; i >= 0; i--) {
		struct held held = builder->registers[i];
		if (is_own(builder, &held)) {
			let_go(builder, held.item, held.bit_name);
		}
	}
}
