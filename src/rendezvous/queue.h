/* queue.h - call queues: where a call waits until a process takes it.
 *
 * A queue is a SOCK_SEQPACKET pair.  Every acceptor has the sending end, every launcher of the account (or
 * worker of the function) the same receiving end; the supervisor keeps both, so that no death loses a call. */
#pragma once

#include <stdint.h>

#include "wire/call.h"

struct queue_ends {
	int sending;
	int receiving;
};

/* A queue that holds `calls_max` calls, exactly; fewer when the kernel's limit (net.core.wmem_max) is lower and
 * berthd may not exceed it: *ret_calls_max says.  0 or -errno. */
int queue_create(uint32_t calls_max, struct queue_ends *ret_ends, uint32_t *ret_calls_max);
void queue_close(struct queue_ends *ends);

/* How many calls wait, asked at the sending end. */
uint32_t queue_waiting(int sending);

/* 0; -EAGAIN: full (or too many descriptors in flight): busy; -EPIPE: nobody can ever take it, the queue must
 * be replaced. */
int queue_put(int sending, const struct call_message *call, int connection);

/* 0 with a connection that is the caller's; -EAGAIN: nothing there; -EPIPE: the queue has ended; -EBADMSG. */
int queue_take(int receiving, struct call_message *ret_call, int *ret_connection);

/* Takes the first call if it has waited longer than its time-out; -EAGAIN when it has not. */
int queue_take_expired(const struct queue_ends *ends, uint64_t now_ns, struct call_message *ret_call,
		       int *ret_connection);
