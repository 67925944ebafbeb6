/* account.h - what lives in one account: the slot table, and how its functions fare.  Shared memory.
 *
 * Written by the account's launchers and the supervisor, read by acceptors, the port broker and `berth status`.
 * A slot is a process.  Every limit counts slots, so a count cannot drift from what lives:
 *
 *	free --claim (compare and swap of the owner)--> claimed --the kernel writes the pid--> running
 *	  ^                                                |                                      |
 *	  +------------- release: it never started --------+------ release, then the pid is reaped+
 *
 * Who waits for a child clears its slot between learning of the death and reaping the pid, so a pid in a slot
 * is never another process.  When a launcher dies the supervisor, which inherits its children, does the same. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/limits.h"
#include "wire/call.h"

#define PLACE_FREE UINT32_MAX

enum slot_kind { SLOT_PROCESS, SLOT_INSTANCE, SLOT_WORKER };
enum slot_phase {
	SLOT_STARTING,
	SLOT_READY,
	SLOT_RETIRED, /* relays: takes no more calls and ends when its connections have */
};

/* Written once by the launcher that claimed the slot, before the pid appears; phase, port and called_ms later. */
struct slot_detail {
	uint64_t function_id;
	uint64_t started_ms;
	_Atomic uint64_t called_ms;	/* instances: when it was last handed out, or seen with a connection */
	_Atomic uint64_t terminated_ms; /* when it was told to end; 0: it was not */
	_Atomic uint32_t phase;
	_Atomic uint32_t port;
	_Atomic uint32_t connected; /* instances: somebody has called */
	_Atomic uint32_t kind;
	char key[KEY_MAX + 1];
	char padding[7];
};

/* How a function fares, by its place. */
struct function_state {
	_Atomic uint64_t paused_until_ms; /* its command does not start: refused until then */
	_Atomic uint32_t failures;	  /* in a row */
	_Atomic uint32_t draining;
	_Atomic uint32_t workers_attached; /* by the supervisor */
	_Atomic uint32_t padding;
	_Atomic uint64_t started;    /* processes */
	_Atomic uint64_t failed;     /* starts */
	_Atomic uint64_t refused;    /* by launchers */
	_Atomic uint64_t handed_out; /* ports told to callers */
};

struct account {
	_Atomic uint64_t paused_until_ms; /* its launcher does not start */
	_Atomic uint32_t high;		  /* no slot from here on was ever used: where looking ends */
	uint32_t padding;
	_Atomic uint32_t places[ACCOUNT_SLOTS]; /* PLACE_FREE or the function's place */
	_Atomic int32_t pids[ACCOUNT_SLOTS];	/* 0 until the kernel writes it */
	_Atomic int32_t owners[ACCOUNT_SLOTS];	/* pid of the launcher that claimed it; 0: free */
	_Atomic uint64_t sources[ACCOUNT_SLOTS];
	struct slot_detail details[ACCOUNT_SLOTS];
	struct function_state states[FUNCTIONS_MAX];
};

/* Fills a new shared memory of sizeof(struct account) zeroed octets. */
void account_init(struct account *account);

/* Claims a free slot for a function's process.  Returns its index, or -EAGAIN when the table is full. */
int account_claim(struct account *account, uint32_t place, uint64_t source_key, pid_t owner);

/* One past the last slot that can be in use. */
int account_high(const struct account *account);

/* Frees a slot.  Call it before its process is reaped, or when that never started. */
void account_release(struct account *account, int slot);

/* Frees what a launcher that died had claimed without a process: nothing can be started in it any more. */
void account_release_claims(struct account *account, pid_t owner);

/* The slot a process is in, or -ENOENT. */
int account_find_pid(const struct account *account, pid_t pid);

/* How many slots a function has, and how many of them for this source. */
struct slot_counts {
	uint32_t of_function;
	uint32_t of_source;
};
struct slot_counts account_count(const struct account *account, uint32_t place, uint64_t source_key);

/* The first slot of a shared instance: this function, this key.  -ENOENT when there is none. */
int account_find_instance(const struct account *account, uint32_t place, const char *key);

/* A start that failed: the function is paused for 1 s, doubling to 60 s with each failure in a row.  Returns for how
 * long, in ms.  One that succeeded ends the row. */
uint32_t function_state_failed(struct function_state *state, uint64_t now_ms);
void function_state_succeeded(struct function_state *state);
