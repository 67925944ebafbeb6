/* leases.h - which high ports are lent to whom.  Pure state: no sockets are made here; used by the port broker only.
 *
 *	free --lease_draw--> lent --lease_end--> quarantined --its time is over--> free */
#pragma once

#include <stdint.h>

enum lease_state { LEASE_FREE, LEASE_LENT, LEASE_QUARANTINED };

struct lease {
	uint64_t function_id;
	uint64_t begun_ms;
	uint64_t until_ms; /* of the quarantine */
	int descriptor;	   /* our copy of the listening socket, or -1 (bind = self) */
	uint32_t slot;
	uint32_t quarantine_ms;
	char account[64];
};

enum { LEASE_CHAINS = 4096 };

struct leases {
	uint8_t states[UINT16_MAX + 1];
	uint64_t sources[UINT16_MAX + 1];
	uint16_t chains[LEASE_CHAINS]; /* the first port lent to a source of this chain; 0: none */
	uint16_t next[UINT16_MAX + 1]; /* in the same chain */
	struct lease items[UINT16_MAX + 1];
};

/* How many ports are lent to this source: counted where they hang, so that the number cannot differ from the
 * ports. */
uint32_t leases_of_source(const struct leases *leases, uint64_t source_key);

/* The next free port of first..last from `random` on, around the end; 0 when all are taken.  Changes nothing. */
uint16_t lease_next_free(const struct leases *leases, uint16_t first, uint16_t last, uint32_t random);

/* Marks it lent. */
void lease_begin(struct leases *leases, uint16_t port, uint64_t source_key, const struct lease *lease);

/* Its function is gone: into quarantine, which may be none.  Returns the descriptor to shut down, or -1. */
int lease_end(struct leases *leases, uint16_t port, uint64_t now_ms);

/* True when its quarantine is over; then it is free, and *ret_descriptor is to be closed (or -1). */
int lease_expire(struct leases *leases, uint16_t port, uint64_t now_ms, int *ret_descriptor);
