/* worker.c - a worker: a process that lives on and takes calls itself.  This one gives back what it gets.
 *
 *	cc -o worker worker.c $(pkg-config --cflags --libs berth)
 *
 *	[function echo]
 *	handover = worker
 *	command = /usr/local/lib/worker
 *
 * Or, for a process that berthd does not start: worker /run/berth/workers/echo */
#include <berth.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The connection is a blocking socket; the first octet on it is the first that the client sent behind
 * its first message. */
static void serve(int connection)
{
	char octets[4096];
	ssize_t size;

	while ((size = recv(connection, octets, sizeof(octets), 0)) > 0) {
		if (send(connection, octets, (size_t)size, MSG_NOSIGNAL) != size) {
			return;
		}
	}
}

int main(int argc, char **argv)
{
	struct berth_worker_call call;
	int queue = argc > 1 ? berth_worker_attach(argv[1]) : berth_worker_queue();
	int r = queue;

	while (r >= 0) {
		r = berth_worker_accept(queue, -1, &call);
		if (r == 0) {
			serve(call.descriptor);
			close(call.descriptor);
		}
	}
	if (r != -EPIPE) { /* that is how berthd says: enough */
		fprintf(stderr, "worker: %s\n", strerror(-r));
	}
	return r != -EPIPE;
}
