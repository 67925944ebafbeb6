/* call.c - calls a function: standard input goes to it, what it says goes to standard output.
 *
 *	cc -o call call.c $(pkg-config --cflags --libs berth)
 *	echo hello | ./call localhost:1 echo */
#include <berth.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CALL_TIMEOUT_MS = 10000 };

/* Copies what is there; false at the end or when nobody takes it. */
static int copy(int from, int to)
{
	char octets[4096];
	ssize_t size = read(from, octets, sizeof(octets));
	ssize_t written = 0;

	for (ssize_t sum = 0; sum < size; sum += written) {
		written = write(to, octets + sum, (size_t)(size - sum));
		if (written < 0) {
			return 0;
		}
	}
	return size > 0;
}

/* Until the function is done.  When the input ends, only our direction of the connection does. */
static void converse(int connection)
{
	struct pollfd ends[] = {
		{ .fd = connection, .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN },
	};

	while (poll(ends, 2, -1) > 0) {
		if (ends[0].revents != 0 && !copy(connection, STDOUT_FILENO)) {
			return;
		}
		if (ends[1].revents != 0 && !copy(STDIN_FILENO, connection)) {
			shutdown(connection, SHUT_WR);
			ends[1].fd = -1;
		}
	}
}

int main(int argc, char **argv)
{
	struct berth_refusal refusal;

	if (argc < 3) {
		fprintf(stderr, "usage: call ADDRESS FUNCTION [KEY]\n");
		return 2;
	}
	int connection = berth_call(argv[1], argv[2], argv[3], CALL_TIMEOUT_MS, &refusal);
	if (connection < 0) {
		fprintf(stderr, "call: %s\n", refusal.reason[0] != '\0' ? refusal.reason : strerror(-connection));
		return 1;
	}
	signal(SIGPIPE, SIG_IGN); /* a function that wants no more input may still have something to say */
	converse(connection);
	close(connection);
	return 0;
}
