/* plan.c - reading a plan.  Called by every process of the rendezvous; trusts the plan, which only the
 * supervisor can make, and never writes. */
#include "rendezvous/plan.h"

#include <errno.h>

#include "os/memory.h"

int plan_map(int descriptor, const struct plan **ret_plan)
{
	const void *start;
	size_t size;
	int r = memory_map_read_only(descriptor, &size, &start);

	if (r < 0) {
		return r;
	}
	const struct plan *plan = start;
	if (size < sizeof(*plan) || plan->magic != PLAN_MAGIC || plan->size > size) {
		memory_unmap(start, size);
		return -EBADMSG;
	}
	*ret_plan = plan;
	return 0;
}

const struct plan *plan_unmap(const struct plan *plan)
{
	if (plan != NULL) {
		memory_unmap(plan, plan->size);
	}
	return NULL;
}

const void *plan_items(const struct plan *plan, struct plan_array array)
{
	return (const uint8_t *)plan + array.at;
}

const char *plan_text(const struct plan *plan, uint32_t at)
{
	return (const char *)plan + at;
}

const char *plan_word(const struct plan *plan, struct plan_array words, uint32_t index)
{
	const uint32_t *offsets = plan_items(plan, words);

	return plan_text(plan, offsets[index]);
}

const struct plan_socket *plan_socket(const struct plan *plan, uint32_t index)
{
	const struct plan_socket *sockets = plan_items(plan, plan->sockets);

	return &sockets[index];
}

const struct plan_listen *plan_listen(const struct plan *plan, uint32_t index)
{
	const struct plan_listen *listens = plan_items(plan, plan->listens);

	return &listens[index];
}

const struct plan_function *plan_function(const struct plan *plan, uint32_t index)
{
	const struct plan_function *functions = plan_items(plan, plan->functions);

	return &functions[index];
}

const struct plan_account *plan_account(const struct plan *plan, uint32_t index)
{
	const struct plan_account *accounts = plan_items(plan, plan->accounts);

	return &accounts[index];
}

const struct plan_queue *plan_queue(const struct plan *plan, uint32_t index)
{
	const struct plan_queue *queues = plan_items(plan, plan->queues);

	return &queues[index];
}

const struct plan_function *plan_find(const struct plan *plan, const struct plan_listen *listen,
				      const struct name *name)
{
	const uint32_t *table = plan_items(plan, listen->table);
	uint32_t mask = listen->table.count - 1;

	for (uint32_t slot = name_hash(name) & mask; table[slot] != PLAN_NONE; slot = (slot + 1) & mask) {
		const struct plan_function *function = plan_function(plan, table[slot]);
		if (name_equal(&function->name, name)) {
			return function;
		}
	}
	return NULL;
}

uint32_t function_place(uint64_t id)
{
	return (uint32_t)(id % FUNCTIONS_MAX);
}

const struct plan_function *plan_in_place(const struct plan *plan, uint32_t place)
{
	const uint32_t *places = plan_items(plan, plan->places);

	if (place >= plan->places.count || places[place] == PLAN_NONE) {
		return NULL;
	}
	return plan_function(plan, places[place]);
}

const struct plan_function *plan_find_id(const struct plan *plan, uint64_t id)
{
	const struct plan_function *function = plan_in_place(plan, function_place(id));

	return function != NULL && function->id == id ? function : NULL;
}
