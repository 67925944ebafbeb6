/* supervisor.h - the parent of all.  Private to its files:
 *
 *	supervisor.c   the process: start, signals, watchdog, stop
 *	generation.c   from a configuration to a generation: plan, sockets, queues; a reload is one more
 *	homes.c	       what outlives generations: sockets, accounts with their memory and queue, worker queues
 *	processes.c    roles: start, and what they are given
 *	endings.c      processes that ended: what they held is taken back, roles are replaced
 *	operator.c     the control socket: status, reload, drain
 *	attach.c       workers that were not started by us ask for their queue
 *
 * It holds every listening socket and both ends of every queue, so no death of another process loses a call.
 * It never reads an octet that a client sent. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "loop/loop.h"
#include "rendezvous/account.h"
#include "rendezvous/counters.h"
#include "rendezvous/plan.h"
#include "rendezvous/plan_build.h"
#include "rendezvous/queue.h"
#include "rendezvous/sources.h"
#include "rendezvous/status.h"
#include "wire/control.h"

struct supervisor;

/* ---- what outlives generations ---- */

struct socket_home {
	LIST_ENTRY(socket_home) neighbours;
	char *text;
	int descriptor;
	uint64_t generation; /* the last that wants it */
};

/* The reading end of what a function's processes write to descriptor 2, kept for the launcher that reads it. */
struct kept_output {
	LIST_ENTRY(kept_output) neighbours;
	uint64_t token;
	struct name name;
	int descriptor;
	pid_t launcher;
};

struct account_home {
	LIST_ENTRY(account_home) neighbours;
	struct supervisor *supervisor;
	char name[64];
	struct identity identity;
	int memory;	      /* for its launchers and us */
	int memory_read_only; /* for everybody else */
	struct account *account;
	struct queue_ends queue;
	uint32_t queue_calls_max;
	struct loop_source calls_wait; /* the receiving end, while there is no launcher */
	bool waiting_for_calls;
	struct loop_timer retry; /* after its launcher did not start */
	uint32_t failures;	 /* in a row */
	LIST_HEAD(, kept_output) outputs;
	uint64_t generation;
};

struct worker_home {
	LIST_ENTRY(worker_home) neighbours;
	struct supervisor *supervisor;
	uint64_t function_id;
	struct name name;
	struct account_home *account;
	struct queue_ends queue;
	uint32_t queue_calls_max;
	int relay_counters;	      /* of relays: shared memory for them; -1: none */
	int relay_counters_read_only; /* for everybody else */
	struct loop_source attach;    /* listens for workers; its descriptor is -1 when nobody may attach */
	uint32_t attach_group;
	uid_t attached_user; /* of those attached; workers of two users never share a queue */
	uint32_t attached;
	uint64_t generation;
};

/* ---- a generation: one plan, and what belongs to it ---- */

struct generation {
	uint64_t number;
	int plan_descriptor;
	const struct plan *plan;
	struct socket_home **sockets;	/* by index of the plan */
	struct account_home **accounts; /* by index of the plan */
	int *classifiers;		/* by listen of the plan: memory, or -1 */
	struct worker_home **workers;	/* by queue index of the plan; NULL for accounts' queues */
};

/* ---- roles ---- */

struct role_process {
	LIST_ENTRY(role_process) neighbours;
	struct supervisor *supervisor;
	enum status_role role;
	pid_t process;
	struct loop_source channel;
	struct account_home *account; /* launchers */
	uint32_t number;
	unsigned column; /* acceptors */
	uint64_t generation;
	uint64_t started_ms;
	bool ready;
	bool going;	 /* acceptors: told to begin */
	bool has_broker; /* launchers: have a way to the port broker that lives */
	bool finishing;
};

struct column {
	int memory;
	int memory_read_only;
	struct counters *counters;
	bool taken;
};

enum { OPERATORS_MAX = 32, ATTACHED_MAX = 1024 };

struct operator
{
	struct loop_source source; /* its descriptor is -1 when unused */
	struct supervisor *supervisor;
	bool waits_for_reload;
};

struct attached_worker {
	struct loop_source source; /* its descriptor is -1 when unused */
	struct supervisor *supervisor;
	struct worker_home *home;
};

struct supervisor {
	const char *configuration;
	char *run_dir;
	struct loop *loop;
	int self; /* our own program, to execute again */
	struct abilities abilities;
	struct identity acceptor_identity;
	struct function_register *functions;
	struct generation *current;
	struct generation *coming; /* being started; NULL: none */
	bool reload_wanted;	   /* one more, when the coming one has come */
	LIST_HEAD(, socket_home) sockets;
	LIST_HEAD(, account_home) accounts;
	LIST_HEAD(, worker_home) workers;
	LIST_HEAD(, role_process) processes;
	struct column columns[ACCEPTOR_COLUMNS_MAX];
	int sources_memory;
	struct sources *sources;
	int returns[2]; /* [0] launchers send, [1] acceptors receive */
	struct loop_source control;
	struct operator operators[OPERATORS_MAX];
	struct attached_worker attached[ATTACHED_MAX];
	struct loop_timer tick;
	struct loop_timer restart;
	int inherited; /* listening sockets from a service manager: descriptors 3 .. 3 + inherited - 1 */
	bool stopping;
	uint64_t stop_until_ms;
	int result;
	struct status_state state;
};

/* ---- generation.c ---- */

/* Prepares a generation from the configuration (or from settings loaded already; NULL: load them): sockets listen,
 * queues exist, nobody uses them yet.
 * 0, -EINVAL with everything that is wrong in *ret_text (the caller frees it), or -errno. */
int generation_prepare(struct supervisor *supervisor, const struct settings *settings,
		       struct generation **ret_generation, char **ret_text);

/* The first half of it: the plan, and the classifiers of its listeners; `generation` is else empty.  The same
 * errors, with the complaints told.  generation_let_go gives back what a generation holds. */
int generation_make_plan(struct supervisor *supervisor, const struct settings *settings, struct generation *generation,
			 struct complaints *complaints);
void generation_let_go(struct generation *generation);

/* Takes NULL; returns NULL. */
struct generation *generation_destroy(struct generation *generation);

/* Starts the acceptors of the coming generation; generation_advance goes on when they are ready. */
int generation_begin(struct supervisor *supervisor, struct generation *generation);

/* Called whenever a role got ready or ended: makes the coming generation the current one once all of it is ready. */
void generation_advance(struct supervisor *supervisor);

/* An acceptor of the coming generation died: the old one goes on. */
void generation_abandon(struct supervisor *supervisor, const char *reason);

/* Asks for a reload; `operator` (or NULL) is told how it went. */
void generation_reload(struct supervisor *supervisor, struct operator* operator);

/* ---- homes.c ---- */

int homes_find_socket(struct supervisor *supervisor, const struct plan *plan, const struct plan_socket *wanted,
		      uint64_t generation, struct socket_home **ret_home, char **ret_text);
int homes_find_account(struct supervisor *supervisor, const struct plan *plan, const struct plan_account *wanted,
		       uint64_t generation, struct account_home **ret_home);
int homes_find_worker(struct supervisor *supervisor, const struct plan *plan, const struct plan_queue *wanted,
		      uint64_t generation, struct account_home *account, struct worker_home **ret_home);

/* A generation came to nothing: what only it wanted goes. */
void homes_restore(struct supervisor *supervisor);

/* Lets go of what neither the current nor a coming generation wants. */
void homes_sweep(struct supervisor *supervisor);
void homes_finish(struct supervisor *supervisor);

/* Answers every call that waits in this account's queue with `failed`. */
void account_home_refuse_all(struct account_home *home);

/* Answers calls that nobody took in time. */
void homes_expire_calls(struct supervisor *supervisor);

/* A queue that its readers broke is replaced; acceptors are restarted to learn it. */
void homes_replace_queue(struct supervisor *supervisor, uint32_t queue_index);

/* Keeps the reading end of an output for the launcher that sent it, or forgets it (descriptor -1). */
void account_home_keep_output(struct account_home *home, const struct control_message *message, int descriptor,
			      pid_t launcher);

/* ---- processes.c ---- */

int acceptors_start(struct supervisor *supervisor, struct generation *generation, uint32_t count);
void acceptors_go(struct supervisor *supervisor, uint64_t generation);
/* Those of generations first .. last take no more calls and end when their last one is done. */
void acceptors_finish(struct supervisor *supervisor, uint64_t first, uint64_t last);
bool acceptors_ready(const struct supervisor *supervisor, uint64_t generation, uint32_t count);
bool columns_enough(const struct supervisor *supervisor, uint32_t count);

/* Starts the account's launchers that are missing; pauses the account with back-off when there are none then. */
void launchers_start(struct account_home *home);
bool launchers_exist(const struct account_home *home);
/* Gives all launchers and the port broker the current generation; starts what it needs at once. */
void servants_update(struct supervisor *supervisor);

int acceptor_start(struct supervisor *supervisor, struct generation *generation, uint32_t number);
int broker_start(struct supervisor *supervisor);

/* Gives every launcher the current generation, and a way to the port broker if it has none. */
void launchers_update(struct supervisor *supervisor);

/* Nobody can serve this account's calls for now: says so to those who wait and to those who come; tries again
 * later. */
void account_home_pause(struct account_home *home);

extern const char *const role_names[]; /* by enum status_role */

void processes_finish(struct supervisor *supervisor);

/* ---- endings.c ---- */

/* A child of ours has ended. */
void process_ended(struct supervisor *supervisor, pid_t process, int status);

/* Acceptors whose loop has not turned for WATCHDOG_MS are killed. */
void processes_watch(struct supervisor *supervisor);

/* Watches the queue of an account that has no launcher: the first call starts one. */
void account_home_wait_for_calls(struct account_home *home);

/* ---- operator.c ---- */

int operators_start(struct supervisor *supervisor);
void operators_finish(struct supervisor *supervisor);
/* The reload they waited for is over; `text` says what was wrong, or NULL. */
void operators_tell(struct supervisor *supervisor, int result, const char *text);

/* ---- attach.c ---- */

/* Opens (or closes) the socket at which workers of this function may ask for its queue. */
int attach_listen(struct worker_home *home, const struct plan_function *function);
void attach_stop(struct worker_home *home);
