/* launcher.h - the process that takes calls out of its account's queue and starts processes.  Private to its files:
 *
 *	launcher.c	   the process: start, queue, reload, children that ended
 *	launcher_serve.c   a call becomes a process (handover = spawn)
 *	launcher_limits.c  time-outs, and what a caller's own failures cost that caller
 *	launcher_output.c  what functions write to descriptor 2
 *	program.c	   what to execute and in which environment
 *	instance.c	   processes behind ports of their own (handover = port)
 *	workers.c	   processes that live on and take calls themselves (handover = worker and relay)
 *
 * A launcher runs as its account, so it needs no privilege; it never reads a client's octets and never parses. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "loop/loop.h"
#include "os/listening.h"
#include "os/spawn.h"
#include "rendezvous/kit.h"
#include "wire/call.h"
#include "wire/line.h"

struct program;
struct instance;
struct outputs;

/* A caller whose calls make a function's processes fail at once, several in a row. */
struct source_failures {
	uint64_t source_key;
	uint64_t until_ms;
	uint32_t place;
	uint32_t in_a_row;
};

enum {
	SOURCE_FAILURES_KEPT = 1024,
	INSTANCES_MAX = ACCOUNT_SLOTS,
	ASKING_MAX = 128, /* questions to the port broker at one time: fewer than fit into a channel either way */
};

struct launcher {
	struct kit kit;
	struct kit next; /* collected during a reload */
	struct loop *loop;
	int channel;
	bool finishing;
	pid_t process; /* our own pid */
	struct loop_source channel_source;
	struct loop_source queue_source;
	struct loop_source broker_source;
	struct loop_timer tick;
	struct loop_timer instance_poll;
	struct spawn_pool *pool;
	struct program *programs[FUNCTIONS_MAX]; /* by place; made at first use; touched only then */
	struct outputs *outputs;
	struct listening *listening;
	struct instance *instances[INSTANCES_MAX]; /* by slot: those this launcher starts or waits for */
	struct source_failures failures[SOURCE_FAILURES_KEPT];
	uint32_t asking;	 /* questions that the port broker has not answered yet */
	bool resting;		 /* no call is taken until it has answered some */
	uint64_t workers_due_ms; /* when workers are looked at again; 0: nothing to do */
};

/* A call taken from the queue, with its connection, which is ours until it is passed or sent back. */
struct taken_call {
	struct call_message message;
	int connection;
};

static inline struct function_state *state_of(struct launcher *launcher, const struct plan_function *function)
{
	return &launcher->kit.account->states[function_place(function->id)];
}

/* ---- launcher.c ---- */

/* Takes what the supervisor has sent, a reload perhaps. */
void launcher_hear_supervisor(struct launcher *launcher);

/* Calls are taken again after a rest, when the port broker has caught up. */
void launcher_resume(struct launcher *launcher);

/* ---- launcher_serve.c ---- */

/* Serves a call or sends it back; the connection is gone afterwards. */
void launcher_serve(struct launcher *launcher, struct taken_call *call);

/* Claims a slot within the function's limits.  The slot, or -EBUSY (all taken), -EDQUOT (this source has its
 * share). */
int launcher_claim(struct launcher *launcher, const struct plan_function *function, uint64_t source_key,
		   enum slot_kind kind, const char *key);

/* Sends the call back to an acceptor, which refuses it in good order. */
void call_send_back(struct launcher *launcher, struct taken_call *call, enum refusal refusal);

/* Sends it back with the port to call. */
void call_redirect(struct launcher *launcher, struct taken_call *call, uint16_t port);

/* A start failed whoever called: the function is paused for all, with back-off, unless the machine was merely
 * short of something.  Returns what callers are told. */
enum refusal launcher_start_failed(struct launcher *launcher, const struct plan_function *function, int error);

/* ---- launcher_limits.c ---- */

/* Sends a signal to a process and its group, if it still is the one in the slot. */
void launcher_signal(struct launcher *launcher, int slot, int signal);

/* Tells a process and its group to end; a second call, later, kills. */
void launcher_terminate(struct launcher *launcher, int slot);

/* Looks at every slot: time-outs, and processes that were told to end and did not. */
void launcher_enforce_limits(struct launcher *launcher);

/* A caller's process ended; `at_once` with a failure.  Five in a row pause the function for that caller only. */
void source_process_ended(struct launcher *launcher, uint32_t place, uint64_t source_key, bool failed_at_once);
bool source_is_paused(const struct launcher *launcher, uint32_t place, uint64_t source_key);

/* ---- launcher_output.c ---- */

/* `channel`: the supervisor keeps a copy of every pipe's reading end, so that no process is hurt by our death. */
int outputs_create(struct loop *loop, int channel, struct outputs **ret_outputs);
struct outputs *outputs_destroy(struct outputs *outputs);

/* The descriptor a function's processes write their errors to; borrowed.  It stays open while the function is in use
 * and is one of a limited number; when they are all in use functions share one. */
int outputs_get(struct outputs *outputs, const struct account *account, const struct plan_function *function);

/* Reads on what a launcher that is dead read before us; takes the descriptor over. */
void outputs_adopt(struct outputs *outputs, const struct account *account, const struct control_message *message,
		   int descriptor);

/* ---- program.c ---- */

enum { VARIABLES_MAX = ENVIRONMENT_MAX, VARIABLE_BYTES = 3072 };

/* An environment under construction; texts live in `bytes` or in the plan. */
struct variables {
	const char *items[VARIABLES_MAX];
	size_t count;
	char bytes[VARIABLE_BYTES];
	size_t used;
};

void variables_init(struct variables *variables);
void variables_put(struct variables *variables, const char *name, const char *value);
void variables_put_number(struct variables *variables, const char *name, uint64_t value);
/* PROTO and who is at the ends of the connection; where a proxy told who calls: that caller, and BERTH_PROXY. */
void variables_put_connection(struct variables *variables, const struct call_message *message, int connection);
/* BERTH_FUNCTION, BERTH_KEY when there is one, and what the section sets. */
void variables_put_function(struct variables *variables, const struct plan *plan, const struct plan_function *function,
			    const char *key);

/* What to execute for a function; made once for each plan.  0, -ENOENT and so on when it cannot be executed. */
int program_get(struct launcher *launcher, const struct plan_function *function,
		const struct spawn_program **ret_program);
void programs_forget(struct launcher *launcher);
bool program_same(const struct plan *a_plan, const struct plan_function *a, const struct plan *b_plan,
		  const struct plan_function *b);

/* ---- instance.c ---- */

/* Serves a call of a function that calls back. */
void instance_serve(struct launcher *launcher, struct taken_call *call, const struct plan_function *function);
void instance_on_broker(struct loop_source *source, uint32_t events);
void instance_on_poll(struct loop_timer *timer);
/* Its process ended; the slot is about to be released. */
void instance_ended(struct launcher *launcher, int slot, int spawn_error);
/* Takes over instances that were being started by a launcher that is dead. */
void instances_adopt(struct launcher *launcher);
/* Ends instances nobody called, or nobody is connected to any more. */
void instances_tick(struct launcher *launcher);
/* The port broker is another now: what it owed us is asked for again. */
void instances_broker_changed(struct launcher *launcher);
bool instances_pending(const struct launcher *launcher);
void instances_finish(struct launcher *launcher);

/* ---- workers.c ---- */

/* Starts the workers that are missing, ends those too many or of an older definition. */
void workers_tick(struct launcher *launcher);
void worker_ended(struct launcher *launcher, int slot, int spawn_error);
/* A reload: workers whose program changed are told to end and are replaced as they go. */
void workers_reloaded(struct launcher *launcher, const struct plan *before);
