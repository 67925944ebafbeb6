/* leases.c - which high ports are lent to whom.  Called by the port broker; counts what is lent by looking, so
 * that no count can differ from the table. */
#include "rendezvous/leases.h"

#include <stdbool.h>

static uint32_t chain_of(uint64_t source_key)
{
	return (uint32_t)((source_key * 0x9e3779b97f4a7c15ULL) >> 52) % LEASE_CHAINS;
}

uint32_t leases_of_source(const struct leases *leases, uint64_t source_key)
{
	uint32_t count = 0;

	for (uint16_t port = leases->chains[chain_of(source_key)]; port != 0; port = leases->next[port]) {
		count += leases->sources[port] == source_key;
	}
	return count;
}

static void hang(struct leases *leases, uint16_t port)
{
	uint16_t *first = &leases->chains[chain_of(leases->sources[port])];

	leases->next[port] = *first;
	*first = port;
}

static void unhang(struct leases *leases, uint16_t port)
{
	uint16_t *link = &leases->chains[chain_of(leases->sources[port])];

	while (*link != port && *link != 0) {
		link = &leases->next[*link];
	}
	*link = leases->next[port];
}

uint16_t lease_next_free(const struct leases *leases, uint16_t first, uint16_t last, uint32_t random)
{
	uint32_t size = (uint32_t)last - first + 1;

	for (uint32_t step = 0; step < size; step++) {
		uint32_t port = first + (random % size + step) % size;
		if (leases->states[port] == LEASE_FREE) {
			return (uint16_t)port;
		}
	}
	return 0;
}

void lease_begin(struct leases *leases, uint16_t port, uint64_t source_key, const struct lease *lease)
{
	leases->states[port] = LEASE_LENT;
	leases->sources[port] = source_key;
	leases->items[port] = *lease;
	hang(leases, port);
}

int lease_end(struct leases *leases, uint16_t port, uint64_t now_ms)
{
	struct lease *lease = &leases->items[port];

	unhang(leases, port);
	leases->states[port] = LEASE_QUARANTINED;
	leases->sources[port] = 0;
	lease->until_ms = now_ms + lease->quarantine_ms;
	return lease->descriptor;
}

int lease_expire(struct leases *leases, uint16_t port, uint64_t now_ms, int *ret_descriptor)
{
	struct lease *lease = &leases->items[port];

	if (leases->states[port] != LEASE_QUARANTINED || now_ms < lease->until_ms) {
		return false;
	}
	*ret_descriptor = lease->descriptor;
	lease->descriptor = -1;
	leases->states[port] = LEASE_FREE;
	return true;
}
