/* status_view.h - the status as an operator's command sees it: collected, checked, mapped read-only, and added
 * up.
 *
 * The memories are live: numbers read twice may differ.  The plan comes from the supervisor and is trusted;
 * accounts are written by launchers, which run as their account, so whatever is read of them is bounded and
 * made safe to print here. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "rendezvous/account.h"
#include "rendezvous/counters.h"
#include "rendezvous/plan.h"
#include "rendezvous/relay_counters.h"
#include "rendezvous/status.h"

struct status_view {
	struct status_state state;
	const struct status_process *processes; /* state.process_count */
	const struct status_queue *queues;	/* one for each queue of the plan */
	const struct plan *plan;
	const struct account *accounts[ACCOUNTS_MAX]; /* one for each account of the plan */
	const struct counters *counters[ACCEPTOR_COLUMNS_MAX];
	const struct relay_counters **relays; /* as many as plan->queues; NULL: no relay's */
	const void *block;		      /* where processes and queues lie */
	size_t block_size;
};

/* Asks over a channel to the supervisor and waits for the whole answer.  0; -ETIMEDOUT; -EPIPE: it hung up;
 * -EBADMSG: what came is not what this build knows; or what the supervisor answered.  The caller destroys
 * *ret_view. */
int status_view_collect(int channel, int patience_ms, struct status_view **ret_view);

/* Takes NULL; returns NULL. */
struct status_view *status_view_destroy(struct status_view *view);

/* ---- all acceptors together ---- */

struct status_totals {
	uint64_t accepted;
	uint64_t handed_over;
	uint64_t helped;
	uint64_t gone;
	uint64_t gave_way;
	uint64_t starved;
	uint64_t refused[REFUSALS];
	uint64_t refused_all;
	uint64_t unfinished;
	uint64_t closing;
	uint64_t wait[WAIT_BUCKETS];
	uint64_t wait_sum_us;
};

void status_view_totals(const struct status_view *view, struct status_totals *ret_totals);

/* The counters of the acceptor with this pid, or NULL. */
const struct counters *status_view_acceptor(const struct status_view *view, int32_t process);

/* ---- functions ---- */

enum function_condition { FUNCTION_OK, FUNCTION_DRAINING, FUNCTION_PAUSED, FUNCTION_NO_WORKER };
enum { SLOT_KINDS = SLOT_WORKER + 1 };

/* All relays of a function together. */
struct relay_tally {
	uint64_t open;
	uint64_t total;
	uint64_t octets[RELAY_DIRECTIONS];
	uint64_t connect_failed;
	uint64_t connect_timeouts;
	uint64_t idle_timeouts;
};

struct function_tally {
	uint64_t calls;	  /* put into a queue */
	uint64_t refused; /* by name, by acceptors and launchers */
	uint64_t started;
	uint64_t failed;
	uint64_t ports_told;
	uint32_t processes[SLOT_KINDS]; /* now, by enum slot_kind */
	uint32_t workers_attached;
	uint32_t ports; /* lent now */
	enum function_condition condition;
	uint64_t paused_ms; /* FUNCTION_PAUSED: still */
	struct relay_tally relay;
};

/* A tally for each function of the plan, by its index; the caller frees it.  NULL: no memory. */
struct function_tally *status_view_tally(const struct status_view *view);

/* All processes, attached workers included. */
uint32_t function_tally_processes(const struct function_tally *tally);

/* "spawn", "worker", "port", "relay"; "ok", "draining", "paused", "no worker"; "call", "worker", "instance". */
const char *handover_word(uint32_t handover);
const char *condition_word(enum function_condition condition);
const char *slot_kind_word(enum slot_kind kind);

/* ---- processes ---- */

enum slot_stage { SLOT_IS_STARTING, SLOT_IS_RUNNING, SLOT_IS_ENDING };

/* What is in a slot, made safe to print. */
struct slot_view {
	uint32_t function; /* index in the plan */
	pid_t process;	   /* 0: being started */
	enum slot_kind kind;
	enum slot_stage stage;
	uint32_t port; /* 0: none */
	bool connected;
	uint64_t age_ms;
	char key[KEY_MAX + 1];
};

/* How many slots of this account to look at. */
int status_view_slots(const struct status_view *view, uint32_t account);

/* False when the slot is free or not of a function of this account. */
bool status_view_slot(const struct status_view *view, uint32_t account, int slot, struct slot_view *ret_slot);

/* "starting", "running", "ending" */
const char *slot_stage_word(enum slot_stage stage);
