/* classifier_build_names.c - functions, their conditions, and the hash tables that find them by name. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "description/classifier/classifier_build.h"

enum { NAME_OCTETS = 1024 };

static const struct program *program_of(const struct build *build, uint32_t protocol)
{
	return build->protocols[protocol].program;
}

/* ---- conditions ---- */

static int add_value(struct build *build, const char *selector, const char *text, struct table_value *ret_value)
{
	uint8_t room[NAME_OCTETS];
	size_t size = strlen(text);

	if (size > sizeof(room)) {
		return -EINVAL;
	}
	size = value_canonical(value_kind_of(selector), (const uint8_t *)text, size, room);
	if (!value_is_sound(value_kind_of(selector), room, size)) {
		return -EINVAL;
	}
	ret_value->size = (uint32_t)size;
	ret_value->text_at = block_put(&build->block, room, size);
	return build->block.failed;
}

static int add_condition(struct build *build, const struct classifier_function *function,
			 const struct classifier_condition *condition, struct table_condition *ret_condition,
			 struct text *ret_offender)
{
	int selector = program_selector_find(program_of(build, function->protocol), condition->selector);

	if (selector < 0) {
		text_put(ret_offender, condition->selector);
		return -EINVAL;
	}
	ret_condition->selector = (uint32_t)selector;
	ret_condition->value_count = (uint32_t)condition->value_count;
	ret_condition->values_at = block_take(&build->block, condition->value_count * sizeof(struct table_value));
	for (size_t i = 0; i < condition->value_count; i++) {
		struct table_value value = { .size = 0 };
		int r = add_value(build, condition->selector, condition->values[i], &value);
		if (r < 0) {
			text_put(ret_offender, condition->values[i]);
			return r;
		}
		((struct table_value *)block_at(&build->block, ret_condition->values_at))[i] = value;
	}
	return build->block.failed;
}

static int add_function(struct build *build, const struct classifier_function *function,
			struct table_function *ret_function, struct text *ret_offender)
{
	*ret_function = (struct table_function){
		.id = function->id,
		.message = -1,
		.condition_count = (uint32_t)function->condition_count,
	};
	if (function->message != NULL) {
		ret_function->message =
			program_message_find(program_of(build, function->protocol), ROLE_CLIENT, function->message);
		if (ret_function->message < 0) {
			text_put(ret_offender, function->message);
			return -EINVAL;
		}
	}
	ret_function->conditions_at =
		block_take(&build->block, function->condition_count * sizeof(struct table_condition));
	for (size_t i = 0; i < function->condition_count; i++) {
		struct table_condition condition = { .padding = 0 };
		int r = add_condition(build, function, &function->conditions[i], &condition, ret_offender);
		if (r < 0) {
			return r;
		}
		((struct table_condition *)block_at(&build->block, ret_function->conditions_at))[i] = condition;
	}
	return build->block.failed;
}

/* ---- hash tables ---- */

/* One value of one function's condition, on its way into the table. */
struct key {
	uint64_t hash;
	uint32_t selector;
	uint32_t function; /* index in the block */
	uint32_t condition;
	uint32_t shared; /* by how many keys */
	struct table_value value;
};

struct keys {
	struct key *items;
	uint32_t count;
};

static bool same_key(const struct block *block, const struct key *left, const struct key *right)
{
	return left->hash == right->hash && left->selector == right->selector &&
	       left->value.size == right->value.size &&
	       memcmp(block_at(block, left->value.text_at), block_at(block, right->value.text_at), left->value.size) ==
		       0;
}

static uint32_t condition_values(const struct block *block, const struct table_function *function)
{
	const struct table_condition *conditions = block_at(block, function->conditions_at);
	uint32_t sum = 0;

	for (uint32_t i = 0; i < function->condition_count; i++) {
		sum += conditions[i].value_count;
	}
	return sum;
}

static void add_keys(const struct block *block, const struct table_function *function, uint32_t index,
		     struct keys *keys)
{
	const struct table_condition *conditions = block_at(block, function->conditions_at);

	for (uint32_t i = 0; i < function->condition_count; i++) {
		const struct table_value *values = block_at(block, conditions[i].values_at);
		for (uint32_t v = 0; v < conditions[i].value_count; v++) {
			keys->items[keys->count++] = (struct key){
				.hash = value_hash(conditions[i].selector, block_at(block, values[v].text_at),
						   values[v].size),
				.selector = conditions[i].selector,
				.function = index,
				.condition = i,
				.value = values[v],
			};
		}
	}
}

static int by_hash(const void *left, const void *right)
{
	const struct key *a = left;
	const struct key *b = right;

	if (a->hash != b->hash) {
		return a->hash > b->hash ? 1 : -1;
	}
	return (a->function > b->function) - (a->function < b->function);
}

static int by_function(const void *left, const void *right)
{
	const struct key *a = left;
	const struct key *b = right;

	if (a->function != b->function) {
		return a->function > b->function ? 1 : -1;
	}
	return (a->condition > b->condition) - (a->condition < b->condition);
}

/* From `from` on, those that are the same, when all are sorted by hash. */
static uint32_t group_end(const struct block *block, const struct keys *keys, uint32_t from)
{
	uint32_t to = from;

	while (to < keys->count && same_key(block, &keys->items[from], &keys->items[to])) {
		to++;
	}
	return to;
}

static void count_sharers(const struct block *block, struct keys *keys)
{
	qsort(keys->items, keys->count, sizeof(struct key), by_hash);
	for (uint32_t from = 0; from < keys->count;) {
		uint32_t to = group_end(block, keys, from);
		for (uint32_t i = from; i < to; i++) {
			keys->items[i].shared = to - from;
		}
		from = to;
	}
}

/* The condition of one function whose commonest value the fewest share; its keys stand from `from` to `to`. */
static uint32_t rarest(const struct keys *keys, uint32_t from, uint32_t to)
{
	uint32_t best = 0;
	uint32_t fewest = UINT32_MAX;

	for (uint32_t i = from; i < to;) {
		uint32_t condition = keys->items[i].condition;
		uint32_t most = 0;
		for (; i < to && keys->items[i].condition == condition; i++) {
			most = keys->items[i].shared > most ? keys->items[i].shared : most;
		}
		if (most < fewest) {
			fewest = most;
			best = condition;
		}
	}
	return best;
}

/* Keeps for each function the keys of its rarest condition. */
static void keep_rarest(struct block *block, struct keys *keys, uint32_t functions_at)
{
	struct table_function *functions = block_at(block, functions_at);
	uint32_t kept = 0;

	count_sharers(block, keys);
	qsort(keys->items, keys->count, sizeof(struct key), by_function);
	for (uint32_t from = 0; from < keys->count;) {
		uint32_t function = keys->items[from].function;
		uint32_t to = from;
		while (to < keys->count && keys->items[to].function == function) {
			to++;
		}
		functions[function].key = rarest(keys, from, to);
		for (uint32_t i = from; i < to; i++) {
			if (keys->items[i].condition == functions[function].key) {
				keys->items[kept++] = keys->items[i];
			}
		}
		from = to;
	}
	keys->count = kept;
}

static void put_slot(struct block *block, struct table_protocol *protocol, const struct key *key, uint32_t functions_at,
		     uint32_t function_count)
{
	struct name_slot *slots = block_at(block, protocol->slots_at);
	uint32_t at = (uint32_t)key->hash & (protocol->slot_count - 1);

	while (slots[at].hash != 0) {
		at = (at + 1) & (protocol->slot_count - 1);
	}
	slots[at] = (struct name_slot){
		.hash = key->hash,
		.selector = key->selector,
		.text_at = key->value.text_at,
		.size = key->value.size,
		.functions_at = functions_at,
		.function_count = function_count,
	};
}

/* Equal values share a slot, which lists their functions in order. */
static void fill_slots(struct block *block, struct table_protocol *protocol, struct keys *keys)
{
	qsort(keys->items, keys->count, sizeof(struct key), by_hash);
	for (uint32_t from = 0; from < keys->count && block->failed == 0;) {
		uint32_t to = group_end(block, keys, from);
		uint32_t functions_at = block_take(block, (to - from) * sizeof(uint32_t));
		if (block->failed == 0) {
			uint32_t *functions = block_at(block, functions_at);
			for (uint32_t i = from; i < to; i++) {
				functions[i - from] = keys->items[i].function;
			}
			put_slot(block, protocol, &keys->items[from], functions_at, to - from);
		}
		from = to;
	}
}

static int add_slots(struct block *block, struct table_protocol *protocol, uint32_t functions_at)
{
	const struct table_function *functions = block_at(block, functions_at);
	struct keys keys = { .count = 0 };
	uint32_t room = 1;

	for (uint32_t i = 0; i < protocol->function_count; i++) {
		room += condition_values(block, &functions[protocol->first_function + i]);
	}
	keys.items = calloc(room, sizeof(struct key));
	if (keys.items == NULL) {
		return -ENOMEM;
	}
	for (uint32_t i = protocol->first_function; i < protocol->first_function + protocol->function_count; i++) {
		add_keys(block, &functions[i], i, &keys);
	}
	keep_rarest(block, &keys, functions_at);
	if (keys.count > 0) {
		protocol->slot_count = 8;
		while (protocol->slot_count < keys.count * 2) {
			protocol->slot_count *= 2;
		}
		protocol->slots_at = block_take(block, protocol->slot_count * sizeof(struct name_slot));
		if (block->failed == 0) {
			fill_slots(block, protocol, &keys);
		}
	}
	free(keys.items);
	return block->failed;
}

/* ---- all of it ---- */

/* Functions of one protocol stand side by side, in the order of their registration. */
static int add_functions_of(struct build *build, uint32_t protocol, uint32_t functions_at, uint32_t *next,
			    struct text *ret_offender)
{
	for (size_t i = 0; i < build->function_count; i++) {
		struct table_function function;
		if (build->functions[i].protocol != protocol) {
			continue;
		}
		int r = add_function(build, &build->functions[i], &function, ret_offender);
		if (r < 0) {
			return r;
		}
		((struct table_function *)block_at(&build->block, functions_at))[(*next)++] = function;
	}
	return build->block.failed;
}

static void count_functions(const struct block *block, struct table_protocol *protocol, uint32_t functions_at)
{
	const struct table_function *functions = block_at(block, functions_at);

	protocol->otherwise = CLASSIFIER_NONE;
	for (uint32_t i = 0; i < protocol->function_count; i++) {
		uint32_t index = protocol->first_function + i;
		bool plain = functions[index].condition_count == 0;
		if (plain && protocol->otherwise == CLASSIFIER_NONE) {
			protocol->otherwise = index;
		}
		protocol->conditions += !plain || functions[index].message >= 0;
	}
}

int build_names(struct build *build, uint32_t protocols_at, uint32_t functions_at, struct text *ret_offender)
{
	uint32_t next = 0;

	for (uint32_t i = 0; i < build->protocol_count; i++) {
		uint32_t first = next;
		int r = add_functions_of(build, i, functions_at, &next, ret_offender);
		if (r < 0) {
			return r;
		}
		struct table_protocol protocol = ((struct table_protocol *)block_at(&build->block, protocols_at))[i];
		protocol.first_function = first;
		protocol.function_count = next - first;
		count_functions(&build->block, &protocol, functions_at);
		r = add_slots(&build->block, &protocol, functions_at);
		if (r < 0) {
			return r;
		}
		((struct table_protocol *)block_at(&build->block, protocols_at))[i] = protocol;
	}
	return build->block.failed;
}
