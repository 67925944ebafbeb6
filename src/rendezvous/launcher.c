/* launcher.c - the launcher as a process: start, the call queue, reload, children that ended.
 *
 * Run by cmd/berthd.c as a role, after the supervisor made it its account's user.  It cannot become anybody
 * else.  Calls come out of the queue a few at a time, so that several launchers share them and children are
 * reaped in between. */
#include "rendezvous/launcher.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/log.h"
#include "rendezvous/channel.h"
#include "rendezvous/queue.h"
#include "rendezvous/roles.h"

enum {
	CALLS_A_TURN = 16,
	SPAWNING_MAX = 256, /* children between clone and exec */
	TICK_MS = 1000,
	AT_ONCE_MS = 100, /* a process that failed sooner failed at once */
};

/* ---- children ---- */

/* Why it never executed its command, or 0.  A caller who was gone before the greeting is no fault of the command. */
static int spawn_error_of(struct launcher *launcher, const siginfo_t *died)
{
	bool may_be = died->si_code == CLD_EXITED && died->si_status == SPAWN_FAILED;
	int error = may_be ? spawn_failure(launcher->pool, died->si_pid) : 0;

	return error == EPIPE || error == ECONNRESET || error == ENOTCONN ? 0 : error;
}

static void process_ended(struct launcher *launcher, int slot, const siginfo_t *died, int spawn_error)
{
	struct account *account = launcher->kit.account;
	struct slot_detail *detail = &account->details[slot];
	const struct plan_function *function = plan_find_id(launcher->kit.plan, detail->function_id);
	bool failed = died->si_code != CLD_EXITED || died->si_status != 0;
	bool told = atomic_load(&detail->terminated_ms) != 0;
	bool at_once = clock_now_ms() - detail->started_ms < AT_ONCE_MS;

	if (function == NULL) {
		return;
	}
	if (spawn_error != 0) {
		launcher_start_failed(launcher, function, spawn_error);
		return;
	}
	function_state_succeeded(state_of(launcher, function));
	source_process_ended(launcher, function_place(function->id), atomic_load(&account->sources[slot]),
			     failed && at_once && !told);
}

/* The slot is cleared while the pid still belongs to the dead process; only then may the kernel use the pid again. */
static void child_ended(struct launcher *launcher, const siginfo_t *died)
{
	struct account *account = launcher->kit.account;
	int slot = account_find_pid(account, died->si_pid);
	int spawn_error = spawn_error_of(launcher, died);

	if (slot < 0) {
		return;
	}
	switch ((enum slot_kind)atomic_load(&account->details[slot].kind)) {
	case SLOT_INSTANCE:
		instance_ended(launcher, slot, spawn_error);
		break;
	case SLOT_WORKER:
		worker_ended(launcher, slot, spawn_error);
		break;
	case SLOT_PROCESS:
	default:
		process_ended(launcher, slot, died, spawn_error);
		break;
	}
	account_release(account, slot);
}

static void reap(struct launcher *launcher)
{
	for (;;) {
		siginfo_t died = { 0 };
		if (waitid(P_ALL, 0, &died, WEXITED | WNOHANG | WNOWAIT) < 0 || died.si_pid == 0) {
			break;
		}
		child_ended(launcher, &died);
		(void)waitid(P_PID, (id_t)died.si_pid, &died, WEXITED | WNOHANG);
	}
	if (launcher->workers_due_ms == 0) {
		workers_tick(launcher);
	}
}

static void on_signal(int signal, void *data)
{
	if (signal == SIGCHLD) {
		reap(data);
	}
}

/* ---- calls ---- */

/* The queue holds calls as well as we would, and there they outlive us. */
static bool rest_if_asking_too_much(struct launcher *launcher)
{
	if (launcher->asking >= ASKING_MAX && !launcher->resting) {
		loop_remove(launcher->loop, &launcher->queue_source);
		launcher->resting = true;
	}
	return launcher->resting;
}

void launcher_resume(struct launcher *launcher)
{
	if (launcher->resting && launcher->asking <= ASKING_MAX / 2 && !launcher->finishing) {
		launcher->resting = loop_add(launcher->loop, &launcher->queue_source, EPOLLIN) < 0;
	}
}

static void on_queue(struct loop_source *source, uint32_t events)
{
	struct launcher *launcher = source->data;

	(void)events;
	for (int turn = 0; turn < CALLS_A_TURN && !rest_if_asking_too_much(launcher); turn++) {
		struct taken_call call = { .connection = -1 };
		int r = queue_take(source->descriptor, &call.message, &call.connection);
		if (r == 0) {
			launcher_serve(launcher, &call);
		} else if (r == -EPIPE) {
			loop_remove(launcher->loop, source);
			launcher->finishing = true; /* no acceptor and no supervisor can send any more */
			return;
		} else if (r != -EBADMSG) {
			return;
		}
	}
}

/* ---- time ---- */

static void on_tick(struct loop_timer *timer)
{
	struct launcher *launcher = timer->data;

	if (launcher->kit.number == 0) {
		launcher_enforce_limits(launcher);
		instances_tick(launcher);
		workers_tick(launcher);
		launcher->workers_due_ms = 0;
	}
	log_flush();
	if (launcher->finishing && spawn_pool_idle(launcher->pool) && !instances_pending(launcher)) {
		loop_stop(launcher->loop);
	}
	loop_timer_set(launcher->loop, timer, loop_now_ms(launcher->loop) + TICK_MS);
}

/* ---- the kit, now and at a reload ---- */

static int watch_kit(struct launcher *launcher)
{
	const struct kit *kit = &launcher->kit;
	uint32_t queue = plan_account(kit->plan, kit->account_index)->queue;

	/* Not exclusive: an exclusive wake-up would die with the launcher that got it. */
	launcher->queue_source =
		(struct loop_source){ .descriptor = kit->queues[queue], .ready = on_queue, .data = launcher };
	int r = loop_add(launcher->loop, &launcher->queue_source, EPOLLIN);
	if (r == 0 && kit->broker >= 0) {
		launcher->broker_source = (struct loop_source){ .descriptor = kit->broker,
								.ready = instance_on_broker,
								.data = launcher };
		r = loop_add(launcher->loop, &launcher->broker_source, EPOLLIN);
	}
	return r;
}

/* Everything new has come: change over between two calls.  A child that has not reached exec still reads texts
 * of the old plan, so that waits for it; it is a matter of microseconds. */
static int change_over(struct launcher *launcher)
{
	struct kit before = launcher->kit;
	bool broker_changed = launcher->next.broker >= 0;

	loop_remove(launcher->loop, &launcher->queue_source);
	if (before.broker >= 0) {
		loop_remove(launcher->loop, &launcher->broker_source);
	}
	while (!spawn_pool_idle(launcher->pool)) {
		usleep(100);
	}
	programs_forget(launcher);
	launcher->kit = launcher->next;
	kit_init(&launcher->next);
	if (!broker_changed) {
		launcher->kit.broker = before.broker;
		before.broker = -1;
	}
	launcher->resting = false;
	int r = watch_kit(launcher);
	workers_reloaded(launcher, before.plan);
	kit_finish(&before);
	if (r == 0 && broker_changed) {
		instances_broker_changed(launcher);
	}
	workers_tick(launcher);
	return r;
}

static void stop(struct launcher *launcher)
{
	if (!launcher->finishing) {
		launcher->finishing = true;
		loop_remove(launcher->loop, &launcher->queue_source);
		loop_timer_set(launcher->loop, &launcher->tick, loop_now_ms(launcher->loop));
	}
}

static void on_channel(struct loop_source *source, uint32_t events)
{
	struct launcher *launcher = source->data;
	struct control_message message;
	int descriptor;
	int r;

	(void)events;
	while ((r = channel_receive(source->descriptor,
				    KIT_KINDS | CONTROL_BIT(CONTROL_FINISH) | CONTROL_BIT(CONTROL_OUTPUT), &message,
				    &descriptor)) == 0) {
		if (message.kind == CONTROL_FINISH) {
			stop(launcher);
		} else if (message.kind == CONTROL_OUTPUT) {
			outputs_adopt(launcher->outputs, launcher->kit.account, &message, descriptor);
		} else if (message.kind == CONTROL_START) {
			launcher->next.number = message.index;
			r = change_over(launcher);
		} else {
			r = kit_take(&launcher->next, &message, descriptor);
		}
		if (r < 0) {
			break;
		}
	}
	if (r != -EAGAIN) {
		loop_stop(launcher->loop);
	}
}

void launcher_hear_supervisor(struct launcher *launcher)
{
	on_channel(&launcher->channel_source, 0);
}

static int prepare(struct launcher *launcher, int channel)
{
	sigset_t signals;

	launcher->channel = channel;
	launcher->process = getpid();
	launcher->tick = (struct loop_timer){ .expired = on_tick, .data = launcher };
	launcher->instance_poll = (struct loop_timer){ .expired = instance_on_poll, .data = launcher };
	launcher->channel_source = (struct loop_source){ .descriptor = channel, .ready = on_channel, .data = launcher };
	int r = loop_create(&launcher->loop);
	if (r == 0) {
		r = spawn_pool_create(SPAWNING_MAX, &launcher->pool);
	}
	if (r == 0) {
		r = outputs_create(launcher->loop, channel, &launcher->outputs);
	}
	if (r == 0) {
		r = listening_create(&launcher->listening);
	}
	if (r == 0) {
		r = loop_add(launcher->loop, &launcher->channel_source, EPOLLIN);
	}
	if (r == 0) {
		sigfillset(&signals);
		r = loop_signals(launcher->loop, &signals, on_signal, launcher);
	}
	return r < 0 ? r : watch_kit(launcher);
}

static int serve_until_finished(struct launcher *launcher)
{
	loop_timer_set(launcher->loop, &launcher->tick, clock_now_ms() + TICK_MS);
	if (launcher->kit.number == 0) {
		instances_adopt(launcher);
	}
	workers_tick(launcher);
	int r = channel_send(launcher->channel, (struct control_message){ .kind = CONTROL_READY }, -1);
	return r < 0 ? r : loop_run(launcher->loop);
}

int launcher_run(int channel)
{
	struct launcher *launcher = calloc(1, sizeof(*launcher));

	if (launcher == NULL) {
		return -ENOMEM;
	}
	kit_init(&launcher->kit);
	kit_init(&launcher->next);
	(void)prctl(PR_SET_DUMPABLE, 0); /* functions run as the same user and must not look into us */
	int r = kit_receive(&launcher->kit, channel);
	if (r == 0 && (launcher->kit.account == NULL || launcher->kit.returns < 0)) {
		r = -EBADMSG;
	}
	if (r == 0) {
		r = prepare(launcher, channel);
	}
	if (r == 0) {
		r = serve_until_finished(launcher);
		instances_finish(launcher);
		programs_forget(launcher);
	}
	launcher->outputs = launcher->loop != NULL ? outputs_destroy(launcher->outputs) : NULL;
	launcher->listening = listening_destroy(launcher->listening);
	launcher->loop = loop_destroy(launcher->loop);
	launcher->pool = spawn_pool_destroy(launcher->pool);
	kit_finish(&launcher->next);
	kit_finish(&launcher->kit);
	free(launcher);
	return r;
}
