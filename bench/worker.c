/* worker.c - a worker of the benchmark: takes calls with libberth and answers each itself.  Started
 * by berthd (handover = worker).  In the line dialect the first message was already taken; with the
 * argument "read" it is still there (detect), and is read as bare.c reads it. */
#include "reply.h"

#include <berth.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	bool reads = argc > 1 && strcmp(argv[1], "read") == 0;
	char message[4096];
	struct berth_worker_call call;
	int queue = berth_worker_queue();
	int r = queue;

	while (r >= 0 || r == -EINTR) {
		r = berth_worker_accept(queue, -1, &call);
		if (r == 0) {
			if (reads) {
				(void)!recv(call.descriptor, message, sizeof(message), 0);
			}
			send(call.descriptor, BENCH_REPLY, BENCH_REPLY_LENGTH, MSG_NOSIGNAL);
			close(call.descriptor);
		}
	}
	if (r != -EPIPE) {
		fprintf(stderr, "worker: %s\n", strerror(-r));
	}
	return r != -EPIPE;
}
