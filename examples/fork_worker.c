/* fork_worker.c - a worker with a process for each call, started once: what takes long to prepare is
 * prepared once, and a fault in one call ends only that call.
 *
 *	cc -o fork_worker fork_worker.c $(pkg-config --cflags --libs berth)
 *
 *	[function greet]
 *	handover = worker
 *	command = /usr/local/lib/fork_worker */
#include <berth.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PROCESSES_MAX = 64 };

/* Runs in a process of its own, which ends with what is returned here. */
static int serve(const struct berth_worker_call *call, void *data)
{
	const char *motto = data;

	return dprintf(call->descriptor, "%s\nThis is process %d, for %s.\n", motto, (int)getpid(),
		       call->key[0] != '\0' ? call->key : "nobody in particular") < 0;
}

int main(void)
{
	char motto[] = "Good morning.";
	int r = berth_worker_fork(berth_worker_queue(), PROCESSES_MAX, serve, motto);

	if (r != -EPIPE) {
		fprintf(stderr, "fork_worker: %s\n", strerror(-r));
	}
	return r != -EPIPE;
}
