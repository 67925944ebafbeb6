/* loop.h - one event loop for every process of berth: descriptors, timers, signals.  Never nested.
 *
 * A source belongs to whoever adds it (its memory is embedded in the caller's object) and must be removed before
 * that memory goes.  A source removed inside a callback gets no further callback, also not in the same turn.
 * Timers set inside a callback run in a later turn. */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct loop;

struct loop_source {
	int descriptor;
	void (*ready)(struct loop_source *source, uint32_t events);
	void *data; /* the owner's */
};

struct loop_timer {
	uint64_t due_ms; /* 0: not set */
	void (*expired)(struct loop_timer *timer);
	void *data;			   /* the owner's */
	LIST_ENTRY(loop_timer) neighbours; /* the loop's */
};

int loop_create(struct loop **ret_loop);
struct loop *loop_destroy(struct loop *loop);

/* `events` as of epoll_ctl(2).  0 or -errno. */
int loop_add(struct loop *loop, struct loop_source *source, uint32_t events);
int loop_change(struct loop *loop, struct loop_source *source, uint32_t events);
/* Must come before the descriptor is closed or passed on: an open file outlives its number in epoll. */
void loop_remove(struct loop *loop, struct loop_source *source);

/* (Re)sets the timer to a moment of clock_now_ms(). */
void loop_timer_set(struct loop *loop, struct loop_timer *timer, uint64_t due_ms);
void loop_timer_stop(struct loop_timer *timer);

/* Blocks these signals and reports each as a call of `arrived`.  0 or -errno. */
int loop_signals(struct loop *loop, const sigset_t *signals, void (*arrived)(int signal, void *data), void *data);

/* Milliseconds of clock_now_ms() when this turn began: cheap, and one moment for all callbacks of a turn. */
uint64_t loop_now_ms(const struct loop *loop);

/* Runs until loop_stop().  0 or -errno. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop);
