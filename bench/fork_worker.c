/* fork_worker.c - an ordinary program with the C library that serves each call in a process of its
 * own, but pays for exec only once: berth_worker_fork.  Started by berthd (handover = worker). */
#include "reply.h"

#include <berth.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum {
	PROCESSES_MAX = 1000,
};

static int serve(const struct berth_worker_call *call, void *data)
{
	(void)data;
	return send(call->descriptor, BENCH_REPLY, BENCH_REPLY_LENGTH, MSG_NOSIGNAL) != BENCH_REPLY_LENGTH;
}

int main(void)
{
	int r = berth_worker_fork(berth_worker_queue(), PROCESSES_MAX, serve, NULL);

	if (r != -EPIPE) {
		fprintf(stderr, "fork_worker: %s\n", strerror(-r));
	}
	return r != -EPIPE;
}
