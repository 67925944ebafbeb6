/* acceptor.c - the acceptor as a process: start, sandbox, timers, finish.
 *
 * Run by cmd/berthd.c as a role.  It has no privilege, no file and no way to make a socket: it can accept,
 * peek, say one line, and put a call into a queue. */
#include "rendezvous/acceptor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/log.h"
#include "os/sandbox.h"
#include "rendezvous/channel.h"
#include "rendezvous/roles.h"

enum { TICK_MS = 500, RETURNS_A_TURN = 16 };

static void read_descriptor_limit(struct acceptor *acceptor)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		acceptor->descriptor_max = limit.rlim_cur > UINT32_MAX ? UINT32_MAX : (uint32_t)limit.rlim_cur;
	}
}

static uint32_t count_descriptors(void)
{
	uint32_t count = 0;
	int highest = dup(STDERR_FILENO);

	if (highest < 0) {
		return 16;
	}
	close(highest);
	for (int descriptor = 0; descriptor <= highest; descriptor++) {
		count += fcntl(descriptor, F_GETFD) >= 0;
	}
	return count;
}

/* ---- deadlines ---- */

static void expire(struct call *call)
{
	if (call->state == CALL_UNFINISHED || call->state == CALL_QUIET) {
		first_message_expired(call);
	} else {
		call_close(call);
	}
}

/* Ends what is due at the head of a list and returns when its next call is due; 0: it is empty. */
static uint64_t sweep(struct call_list *list, uint64_t now_ms)
{
	struct call *call;

	while ((call = TAILQ_FIRST(list)) != NULL && call->due_ms <= now_ms) {
		expire(call);
	}
	return call != NULL ? call->due_ms : 0;
}

static uint64_t earlier(uint64_t a_ms, uint64_t b_ms)
{
	if (a_ms == 0 || b_ms == 0) {
		return a_ms + b_ms;
	}
	return a_ms < b_ms ? a_ms : b_ms;
}

static void on_deadline(struct loop_timer *timer)
{
	struct acceptor *acceptor = timer->data;
	uint64_t now_ms = clock_now_ms();
	uint64_t next_ms = 0;

	for (uint32_t i = 0; i < acceptor->kit.plan->listens.count; i++) {
		next_ms = earlier(next_ms, sweep(&acceptor->listens[i].quiet, now_ms));
		next_ms = earlier(next_ms, sweep(&acceptor->listens[i].unfinished, now_ms));
	}
	next_ms = earlier(next_ms, sweep(&acceptor->helping, now_ms));
	next_ms = earlier(next_ms, sweep(&acceptor->closing, now_ms));
	if (next_ms != 0) {
		loop_timer_set(acceptor->loop, &acceptor->deadline, next_ms);
	}
}

static void on_pause_over(struct loop_timer *timer)
{
	read_descriptor_limit(timer->data);
	listeners_resume(timer->data);
}

static void end_when_done(struct acceptor *acceptor)
{
	if (acceptor->finishing && acceptor->calls_used == 0) {
		loop_stop(acceptor->loop);
	}
}

static void on_tick(struct loop_timer *timer)
{
	struct acceptor *acceptor = timer->data;
	uint64_t now_ms = loop_now_ms(acceptor->loop);

	atomic_store(&acceptor->kit.counters->turn_ms, now_ms);
	read_descriptor_limit(acceptor);
	log_flush();
	end_when_done(acceptor);
	loop_timer_set(acceptor->loop, &acceptor->tick, now_ms + (acceptor->finishing ? TICK_MS / 10 : TICK_MS));
}

/* ---- what comes from the others ---- */

static void finish(struct acceptor *acceptor)
{
	acceptor->finishing = true;
	atomic_store(&acceptor->kit.counters->finishing, 1);
	listeners_stop(acceptor);
	loop_remove(acceptor->loop, &acceptor->returns_source);
	loop_timer_set(acceptor->loop, &acceptor->tick, loop_now_ms(acceptor->loop));
}

static void on_channel(struct loop_source *source, uint32_t events)
{
	struct acceptor *acceptor = source->data;
	struct control_message message;
	int descriptor;

	(void)events;
	int r = channel_receive(source->descriptor, CONTROL_BIT(CONTROL_START) | CONTROL_BIT(CONTROL_FINISH), &message,
				&descriptor);
	if (r == 0 && message.kind == CONTROL_START) {
		r = listeners_start(acceptor); /* everybody who serves knows the new plan by now */
	} else if (r == 0 && !acceptor->finishing) {
		finish(acceptor);
	}
	if (r < 0 && r != -EAGAIN) {
		loop_stop(acceptor->loop); /* without a supervisor there is nobody to serve */
	}
}

static void on_returns(struct loop_source *source, uint32_t events)
{
	struct acceptor *acceptor = source->data;
	struct control_message message;
	int connection;

	(void)events;
	for (int turn = 0; turn < RETURNS_A_TURN; turn++) {
		if (acceptor->calls_used == acceptor->call_room && !calls_make_room(acceptor)) {
			return;
		}
		if (channel_receive(source->descriptor, CONTROL_BIT(CONTROL_REFUSE) | CONTROL_BIT(CONTROL_DRAIN_ONLY),
				    &message, &connection) < 0) {
			return;
		}
		if (connection >= 0) {
			returned_call(acceptor, &message, connection);
		}
	}
}

/* ---- start ---- */

static int watch_others(struct acceptor *acceptor, int channel)
{
	acceptor->channel = channel;
	acceptor->channel_source = (struct loop_source){ .descriptor = channel, .ready = on_channel, .data = acceptor };
	acceptor->returns_source =
		(struct loop_source){ .descriptor = acceptor->kit.returns, .ready = on_returns, .data = acceptor };
	int r = loop_add(acceptor->loop, &acceptor->channel_source, EPOLLIN);

	return r < 0 ? r : loop_add(acceptor->loop, &acceptor->returns_source, EPOLLIN);
}

static int prepare(struct acceptor *acceptor, int channel)
{
	acceptor->tick = (struct loop_timer){ .expired = on_tick, .data = acceptor };
	acceptor->deadline = (struct loop_timer){ .expired = on_deadline, .data = acceptor };
	acceptor->pause = (struct loop_timer){ .expired = on_pause_over, .data = acceptor };
	read_descriptor_limit(acceptor);
	int r = calls_init(acceptor);
	if (r == 0) {
		r = loop_create(&acceptor->loop);
	}
	if (r == 0) {
		r = watch_others(acceptor, channel);
	}
	acceptor->descriptors = count_descriptors();
	return r;
}

static int enter_sandbox(void)
{
	unsigned missing = 0;
	int r = sandbox_enter(SANDBOX_ACCEPTOR, &missing);

	if (r < 0) {
		log_event(LOG_LEVEL_ERROR, "no-sandbox", "error", strerror(-r), NULL);
	} else if ((missing & SANDBOX_NO_LANDLOCK) != 0) {
		log_event(LOG_LEVEL_WARNING, "sandbox-without-landlock", "files", "denied by seccomp alone", NULL);
	}
	return r;
}

static int serve_until_finished(struct acceptor *acceptor)
{
	atomic_store(&acceptor->kit.counters->finishing, 0);
	atomic_store(&acceptor->kit.counters->unfinished, 0);
	atomic_store(&acceptor->kit.counters->closing, 0);
	atomic_store(&acceptor->kit.counters->process, (uint32_t)getpid());
	loop_timer_set(acceptor->loop, &acceptor->tick, clock_now_ms());
	int r = channel_send(acceptor->channel, (struct control_message){ .kind = CONTROL_READY }, -1);

	return r < 0 ? r : loop_run(acceptor->loop);
}

int acceptor_run(int channel)
{
	struct acceptor *acceptor = calloc(1, sizeof(*acceptor));
	int r = -ENOMEM;

	if (acceptor == NULL) {
		return r;
	}
	kit_init(&acceptor->kit);
	r = kit_receive(&acceptor->kit, channel);
	if (r == 0) {
		r = prepare(acceptor, channel);
	}
	if (r == 0) {
		r = enter_sandbox();
	}
	if (r == 0) {
		r = serve_until_finished(acceptor);
	}
	if (acceptor->calls != NULL) {
		calls_finish(acceptor);
	}
	acceptor->loop = loop_destroy(acceptor->loop);
	kit_finish(&acceptor->kit);
	free(acceptor);
	return r;
}
