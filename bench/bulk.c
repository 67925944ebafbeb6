/* bulk.c - long answers: a server that writes much to whoever says something, and callers that read it all.
 *
 *	bulk serve PORT				BULK_OCTETS to each caller, as fast as it reads
 *	bulk call -p PORT [-m TEXT | -M FILE] [-c CLIENTS] [-t SECONDS]
 *
 * Callers call again when an answer is whole, until the time is over; then one line of JSON is printed.  Started by
 * measure.py and peers.py, and good by hand. */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	BULK_OCTETS = 1 << 26,
	PIECE = 1 << 18,
	CONNECTIONS_MAX = 256,
	EVENTS_MAX = 64,
	NS_A_SECOND = 1000000000,
};

struct connection {
	int descriptor;
	size_t octets; /* written or read */
	bool answering;
};

static uint8_t piece[PIECE];

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_A_SECOND + (uint64_t)now.tv_nsec;
}

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(1);
}

static struct sockaddr_in loopback(const char *port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static void watch(int epoll, struct connection *connection, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = connection };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, connection->descriptor, &event) < 0) {
		fail("bulk: epoll");
	}
}

static struct connection *unused(struct connection *connections)
{
	for (int i = 0; i < CONNECTIONS_MAX; i++) {
		if (connections[i].descriptor < 0) {
			return &connections[i];
		}
	}
	return NULL;
}

static void end(struct connection *connection)
{
	close(connection->descriptor);
	connection->descriptor = -1;
}

/* ---- the server ---- */

/* False when it is over. */
static bool answer(struct connection *connection)
{
	while (connection->octets < BULK_OCTETS) {
		size_t left = BULK_OCTETS - connection->octets;
		ssize_t size = send(connection->descriptor, piece, left < PIECE ? left : PIECE, MSG_NOSIGNAL);

		if (size < 0) {
			return errno == EAGAIN;
		}
		connection->octets += (size_t)size;
	}
	return false;
}

/* Nothing is written before the caller has said something. */
static bool serve_one(struct connection *connection)
{
	char message[4096];

	if (!connection->answering) {
		ssize_t size = recv(connection->descriptor, message, sizeof(message), 0);
		if (size <= 0) {
			return size < 0 && errno == EAGAIN;
		}
		connection->answering = true;
	}
	return answer(connection);
}

static int serve(const char *port)
{
	static struct connection connections[CONNECTIONS_MAX];
	struct sockaddr_in address = loopback(port);
	struct connection listener = { .descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) };
	struct epoll_event events[EVENTS_MAX];
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int one = 1;

	if (epoll < 0 || setsockopt(listener.descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0 ||
	    bind(listener.descriptor, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(listener.descriptor, CONNECTIONS_MAX) < 0) {
		fail("bulk");
	}
	for (int i = 0; i < CONNECTIONS_MAX; i++) {
		connections[i].descriptor = -1;
	}
	watch(epoll, &listener, EPOLLIN);
	for (;;) {
		int count = epoll_wait(epoll, events, EVENTS_MAX, -1);

		for (int i = 0; i < count; i++) {
			struct connection *connection = events[i].data.ptr;

			if (connection != &listener) {
				if (!serve_one(connection)) {
					end(connection);
				}
				continue;
			}
			struct connection *free_one = unused(connections);
			int accepted = free_one == NULL
					       ? -1
					       : accept4(listener.descriptor, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
			if (accepted >= 0) {
				*free_one = (struct connection){ .descriptor = accepted };
				watch(epoll, free_one, EPOLLIN | EPOLLOUT | EPOLLET);
			}
		}
	}
}

/* ---- the callers ---- */

struct run {
	struct sockaddr_in server;
	const char *message;
	size_t message_length;
	int epoll;
	uint64_t octets;
	uint64_t answers;
	uint64_t errors;
};

static void begin(struct run *run, struct connection *connection)
{
	*connection = (struct connection){ .descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	if (connect(connection->descriptor, (struct sockaddr *)&run->server, sizeof(run->server)) < 0 ||
	    send(connection->descriptor, run->message, run->message_length, MSG_NOSIGNAL) < 0) {
		run->errors++;
	}
	watch(run->epoll, connection, EPOLLIN);
}

static void read_on(struct run *run, struct connection *connection)
{
	ssize_t size = recv(connection->descriptor, piece, sizeof(piece), MSG_DONTWAIT);

	if (size > 0) {
		connection->octets += (size_t)size;
		run->octets += (uint64_t)size;
	} else if (size == 0 || errno != EAGAIN) {
		run->answers += connection->octets == BULK_OCTETS;
		run->errors += connection->octets != BULK_OCTETS;
		end(connection);
		begin(run, connection);
	}
}

static void read_message(struct run *run, const char *path)
{
	static char octets[4096];
	FILE *file = fopen(path, "rbe");

	if (file == NULL) {
		fail(path);
	}
	run->message = octets;
	run->message_length = fread(octets, 1, sizeof(octets), file);
	fclose(file);
}

static int call(int argc, char **argv)
{
	static struct connection connections[CONNECTIONS_MAX];
	struct run run = { .message = "x", .message_length = 1, .epoll = epoll_create1(EPOLL_CLOEXEC) };
	struct epoll_event events[EVENTS_MAX];
	int clients = 1;
	double seconds = 1;
	int option;

	while ((option = getopt(argc, argv, "p:m:M:c:t:")) != -1) {
		switch (option) {
		case 'p':
			run.server = loopback(optarg);
			break;
		case 'm':
			run.message = optarg;
			run.message_length = strlen(optarg);
			break;
		case 'M':
			read_message(&run, optarg);
			break;
		case 'c':
			clients = atoi(optarg) < CONNECTIONS_MAX ? atoi(optarg) : CONNECTIONS_MAX;
			break;
		case 't':
			seconds = strtod(optarg, NULL);
			break;
		default:
			return 2;
		}
	}
	uint64_t begun = now_ns();
	uint64_t now = begun;
	for (int i = 0; i < clients; i++) {
		begin(&run, &connections[i]);
	}
	while (now < begun + (uint64_t)(seconds * NS_A_SECOND)) {
		int count = epoll_wait(run.epoll, events, EVENTS_MAX, 100);
		for (int i = 0; i < count; i++) {
			read_on(&run, events[i].data.ptr);
		}
		now = now_ns();
	}
	double took = (double)(now - begun) / NS_A_SECOND;
	printf("{\"transactions\":%" PRIu64 ",\"errors\":%" PRIu64 ",\"per_second\":%.2f,\"octets\":%" PRIu64
	       ",\"gb_per_second\":%.4f}\n",
	       run.answers, run.errors, (double)run.answers / took, run.octets, (double)run.octets / took / 1e9);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "serve") == 0) {
		return serve(argv[2]);
	}
	if (argc >= 2 && strcmp(argv[1], "call") == 0) {
		return call(argc - 1, argv + 1);
	}
	fprintf(stderr,
		"usage: bulk serve PORT\n       bulk call -p PORT [-m TEXT | -M FILE] [-c CLIENTS] [-t SECONDS]\n");
	return 2;
}
