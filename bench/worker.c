/* worker.c - a worker of the benchmark: takes calls with libberth and answers each itself.  Started
 * by berthd (handover = worker).  Never reads from the connection: the first message was already
 * taken. */
#include "reply.h"

#include <berth.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
	struct berth_worker_call call;
	int queue = berth_worker_queue();
	int r = queue;

	while (r >= 0 || r == -EINTR) {
		r = berth_worker_accept(queue, -1, &call);
		if (r == 0) {
			send(call.descriptor, BENCH_REPLY, BENCH_REPLY_LENGTH, MSG_NOSIGNAL);
			close(call.descriptor);
		}
	}
	if (r != -EPIPE) {
		fprintf(stderr, "worker: %s\n", strerror(-r));
	}
	return r != -EPIPE;
}
