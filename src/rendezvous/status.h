/* status.h - what the supervisor tells an operator beside the shared memories: one block, made afresh for each
 * question.
 *
 * `berth status`, `top` and `metrics` get descriptors of the plan, the accounts and the counters, and map them;
 * so asking costs berthd next to nothing.  After the fixed part come the processes and then the queues. */
#pragma once

#include <stdint.h>

enum { STATUS_MAGIC = 0x62537431 };

enum status_role { STATUS_ACCEPTOR, STATUS_LAUNCHER, STATUS_PORT_BROKER };

struct status_process {
	uint32_t role; /* enum status_role */
	int32_t process;
	uint32_t account; /* index in the plan; launchers only */
	uint32_t number;
	uint64_t started_ms;
	uint32_t ready;
	uint32_t finishing;
};

struct status_queue {
	uint32_t waiting;
	uint32_t calls_max;
};

struct status_state {
	uint32_t magic;
	int32_t process; /* of the supervisor */
	uint64_t now_ms;
	uint64_t started_ms;
	uint64_t generation;
	uint64_t reloads;
	uint64_t reloads_refused;
	uint64_t restarts; /* of roles that died */
	uint32_t root;	   /* 1: can become other users */
	uint32_t filters;  /* 1: can filter ports */
	uint32_t process_count;
	uint32_t queue_count; /* as many as plan->queues */
};
