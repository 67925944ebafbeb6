/* loop.c - one event loop for every process of berth: descriptors, timers, signals.
 *
 * Each program calls loop_run() once.  A turn waits in epoll, takes the time, picks the timers that
 * are due, calls the sources that are ready and then the timers picked.  Because timers are picked
 * before the first callback, what a callback sets can only run in a later turn, and no turn is
 * without end.
 *
 * Never owns a source or a timer, and never keeps a pointer to a source that was removed: an event
 * that was already fetched for it is struck out. */
#include "loop/loop.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "os/clock.h"

enum { EVENTS_MAX = 256 };

LIST_HEAD(loop_timers, loop_timer);

struct loop {
	int epoll;
	bool stopped;
	uint64_t now_ms;

	struct epoll_event events[EVENTS_MAX]; /* fetched in this turn */
	int events_count;
	int events_next; /* the first one not yet called; those before it may be gone */

	struct loop_timers timers; /* the soonest first */
	struct loop_timers due;	   /* picked in this turn, not yet called */

	struct loop_source signals; /* its descriptor is -1 until loop_signals() */
	void (*signal_arrived)(int signal, void *data);
	void *signal_data;
};

int loop_create(struct loop **ret_loop)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	if (loop == NULL) {
		return -ENOMEM;
	}
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll < 0) {
		int r = -errno;
		free(loop);
		return r;
	}
	loop->signals.descriptor = -1;
	loop->now_ms = clock_now_ms();
	LIST_INIT(&loop->timers);
	LIST_INIT(&loop->due);
	*ret_loop = loop;
	return 0;
}

struct loop *loop_destroy(struct loop *loop)
{
	if (loop == NULL) {
		return NULL;
	}
	/* Their owners may stop them later, and must not reach into the freed list. */
	while (!LIST_EMPTY(&loop->timers)) {
		loop_timer_stop(LIST_FIRST(&loop->timers));
	}
	if (loop->signals.descriptor >= 0) {
		(void)close(loop->signals.descriptor);
	}
	(void)close(loop->epoll);
	free(loop);
	return NULL;
}

/* ---- descriptors ---- */

static int control(struct loop *loop, int operation, struct loop_source *source, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = source };

	return epoll_ctl(loop->epoll, operation, source->descriptor, &event) < 0 ? -errno : 0;
}

int loop_add(struct loop *loop, struct loop_source *source, uint32_t events)
{
	return control(loop, EPOLL_CTL_ADD, source, events);
}

int loop_change(struct loop *loop, struct loop_source *source, uint32_t events)
{
	return control(loop, EPOLL_CTL_MOD, source, events);
}

void loop_remove(struct loop *loop, struct loop_source *source)
{
	int r = control(loop, EPOLL_CTL_DEL, source, 0);

	/* Of a descriptor closed too early epoll may go on to report a source that is gone. */
	assert(r != -EBADF || source->descriptor < 0);
	for (int i = loop->events_next; i < loop->events_count; i++) {
		if (loop->events[i].data.ptr == source) {
			loop->events[i].data.ptr = NULL;
		}
	}
}

static void call_sources(struct loop *loop)
{
	while (loop->events_next < loop->events_count) {
		const struct epoll_event *event = &loop->events[loop->events_next++];
		struct loop_source *source = event->data.ptr;
		if (source != NULL) {
			source->ready(source, event->events);
		}
	}
}

/* ---- timers ---- */

void loop_timer_set(struct loop *loop, struct loop_timer *timer, uint64_t due_ms)
{
	struct loop_timer *previous = NULL;
	struct loop_timer *next;

	loop_timer_stop(timer);
	timer->due_ms = due_ms > 0 ? due_ms : 1; /* 0 would mean that it is not set */
	LIST_FOREACH(next, &loop->timers, neighbours) {
		if (next->due_ms > timer->due_ms) {
			break;
		}
		previous = next;
	}
	if (previous == NULL) {
		LIST_INSERT_HEAD(&loop->timers, timer, neighbours);
	} else {
		LIST_INSERT_AFTER(previous, timer, neighbours);
	}
}

void loop_timer_stop(struct loop_timer *timer)
{
	if (timer->due_ms != 0) {
		LIST_REMOVE(timer, neighbours);
		timer->due_ms = 0;
	}
}

/* Moves the timers that are due to a list of their own, in which they can still be stopped or set.
 */
static void pick_timers(struct loop *loop)
{
	struct loop_timer *last = NULL;
	struct loop_timer *timer;

	while ((timer = LIST_FIRST(&loop->timers)) != NULL && timer->due_ms <= loop->now_ms) {
		LIST_REMOVE(timer, neighbours);
		if (last == NULL) {
			LIST_INSERT_HEAD(&loop->due, timer, neighbours);
		} else {
			LIST_INSERT_AFTER(last, timer, neighbours);
		}
		last = timer;
	}
}

static void call_timers(struct loop *loop)
{
	struct loop_timer *timer;

	while ((timer = LIST_FIRST(&loop->due)) != NULL) {
		loop_timer_stop(timer);
		timer->expired(timer);
	}
}

/* ---- signals ---- */

/* One signal a turn: when more are waiting, the descriptor stays ready. */
static void signals_ready(struct loop_source *source, uint32_t events)
{
	struct loop *loop = source->data;
	struct signalfd_siginfo information;

	(void)events;
	if (read(source->descriptor, &information, sizeof(information)) == sizeof(information)) {
		loop->signal_arrived((int)information.ssi_signo, loop->signal_data);
	}
}

int loop_signals(struct loop *loop, const sigset_t *signals, void (*arrived)(int signal, void *data), void *data)
{
	assert(loop->signals.descriptor < 0);
	int descriptor = signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (descriptor < 0) {
		return -errno;
	}
	loop->signals = (struct loop_source){ .descriptor = descriptor, .ready = signals_ready, .data = loop };
	loop->signal_arrived = arrived;
	loop->signal_data = data;
	int r = loop_add(loop, &loop->signals, EPOLLIN);
	if (r == 0 && sigprocmask(SIG_BLOCK, signals, NULL) < 0) {
		r = -errno;
	}
	if (r < 0) {
		(void)close(descriptor);
		loop->signals.descriptor = -1;
	}
	return r;
}

/* ---- turns ---- */

uint64_t loop_now_ms(const struct loop *loop)
{
	return loop->now_ms;
}

/* How long epoll may wait for the soonest timer; the callbacks took time since the turn began. */
static int wait_ms(const struct loop *loop)
{
	const struct loop_timer *soonest = LIST_FIRST(&loop->timers);

	if (soonest == NULL) {
		return -1;
	}
	uint64_t now_ms = clock_now_ms();
	if (soonest->due_ms <= now_ms) {
		return 0;
	}
	uint64_t left_ms = soonest->due_ms - now_ms;
	return left_ms < INT_MAX ? (int)left_ms : INT_MAX;
}

static int turn(struct loop *loop)
{
	int count = epoll_wait(loop->epoll, loop->events, EVENTS_MAX, wait_ms(loop));

	if (count < 0 && errno != EINTR) {
		return -errno;
	}
	loop->now_ms = clock_now_ms();
	loop->events_count = count < 0 ? 0 : count;
	loop->events_next = 0;
	pick_timers(loop);
	call_sources(loop);
	call_timers(loop);
	return 0;
}

int loop_run(struct loop *loop)
{
	int r = 0;

	while (!loop->stopped && r == 0) {
		r = turn(loop);
	}
	loop->stopped = false;
	return r;
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}
