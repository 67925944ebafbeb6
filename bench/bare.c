/* bare.c - the cheapest server there can be: accept, read, write, close, in one process.  It is
 * the measure for everything else, and the backend of the forwarders.
 *
 *	bare PORT [--defer]	--defer: TCP_DEFER_ACCEPT, so that accept finds the message
 *
 * Started by run.py.  It tries to read at once after accept and asks epoll only when nothing is
 * there yet. */
#include "reply.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	EVENTS_MAX = 64,
	BACKLOG = 4096,
	MESSAGE_MAX = 4096,
	DEFER_S = 5,
};

static int listener_open(in_port_t port, bool defer)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int one = 1;
	int defer_s = DEFER_S;

	if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0 ||
	    (defer && setsockopt(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, &defer_s, sizeof(defer_s)) < 0) ||
	    bind(listener, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(listener, BACKLOG) < 0) {
		perror("bare");
		exit(1);
	}
	return listener;
}

/* Returns false when there is nothing to read yet; else the connection is answered and closed. */
static bool serve(int connection)
{
	char message[MESSAGE_MAX];
	ssize_t length = recv(connection, message, sizeof(message), 0);

	if (length < 0 && errno == EAGAIN) {
		return false;
	}
	if (length > 0 && send(connection, BENCH_REPLY, BENCH_REPLY_LENGTH, MSG_NOSIGNAL) < 0) {
		perror("bare: send");
	}
	close(connection);
	return true;
}

static void accept_all(int listener, int epoll)
{
	for (;;) {
		int connection = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		struct epoll_event event = { .events = EPOLLIN, .data.fd = connection };

		if (connection < 0) {
			return;
		}
		if (!serve(connection) && epoll_ctl(epoll, EPOLL_CTL_ADD, connection, &event) < 0) {
			close(connection);
		}
	}
}

int main(int argc, char **argv)
{
	struct epoll_event events[EVENTS_MAX];
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int listener;

	if (argc < 2) {
		fprintf(stderr, "usage: bare PORT [--defer]\n");
		return 2;
	}
	listener = listener_open((in_port_t)atoi(argv[1]), argc > 2 && strcmp(argv[2], "--defer") == 0);
	event.data.fd = listener;
	if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) < 0) {
		perror("bare: epoll");
		return 1;
	}
	for (;;) {
		int count = epoll_wait(epoll, events, EVENTS_MAX, -1);

		for (int i = 0; i < count; i++) {
			if (events[i].data.fd == listener) {
				accept_all(listener, epoll);
			} else {
				serve(events[i].data.fd);
			}
		}
	}
}
