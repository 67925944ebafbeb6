/* server_connection.c - a connection outside libmicrohttpd: until its head is whole and was judged, and while what
 * nobody read is thrown away.
 *
 * The head stays in the kernel and is looked at there (MSG_PEEK, edge-triggered): so a connection that only waits costs
 * one of these structs, and what libmicrohttpd reads is exactly what was judged. */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "os/log.h"
#include "os/socket.h"
#include "web/http/head.h"
#include "web/http/server_private.h"

enum { DRAIN_OCTETS_MAX = 4 * 1024 * 1024 }; /* a form with too large a file, whose sender shall read why */

/* ---- queues ---- */

static void leave_phase(struct connection *connection)
{
	if (connection->in_phase != NULL) {
		TAILQ_REMOVE(&connection->in_phase->connections, connection, phase);
		connection->in_phase = NULL;
	}
}

static void enter_phase(struct connection *connection, struct waiting *waiting)
{
	leave_phase(connection);
	connection->in_phase = waiting;
	connection->phase_ends_ms = loop_now_ms(connection->server->loop) + waiting->after_ms;
	TAILQ_INSERT_TAIL(&waiting->connections, connection, phase);
}

/* ---- the end of a connection ---- */

static void forget(struct connection *connection)
{
	struct server *server = connection->server;

	leave_phase(connection);
	TAILQ_REMOVE(&server->whole.connections, connection, all);
	LIST_REMOVE(connection, same_source);
	server->counters.connections--;
	free(connection);
	server_listen_again(server);
}

static void close_own(struct connection *connection)
{
	loop_remove(connection->server->loop, &connection->source);
	(void)close(connection->source.descriptor);
	forget(connection);
}

static void drain(struct loop_source *source, uint32_t events)
{
	struct connection *connection = source->data;
	char octets[16 * 1024];
	ssize_t size;

	(void)events;
	while ((size = recv(source->descriptor, octets, sizeof(octets), 0)) > 0) {
		connection->seen += (size_t)size;
		if (connection->seen > DRAIN_OCTETS_MAX) {
			break;
		}
	}
	if (size >= 0 || (errno != EAGAIN && errno != EINTR)) {
		close_own(connection);
	}
}

/* The answer is on its way, and the descriptor is ours. */
static void begin_to_drain(struct connection *connection, int descriptor)
{
	(void)shutdown(descriptor, SHUT_WR);
	connection->source = (struct loop_source){ .descriptor = descriptor, .ready = drain, .data = connection };
	connection->seen = 0;
	if (loop_add(connection->server->loop, &connection->source, EPOLLIN) < 0) {
		(void)close(descriptor);
		forget(connection);
		return;
	}
	enter_phase(connection, &connection->server->draining);
}

void connection_left(struct connection *connection)
{
	if (connection->unread >= 0) {
		begin_to_drain(connection, connection->unread);
	} else {
		forget(connection);
	}
}

/* ---- the head ---- */

static void log_malformed(const struct connection *connection, unsigned status)
{
	struct address address;
	char source[ADDRESS_TEXT_MAX] = "unix";

	if (address_from_socket(&connection->name, &address, NULL) == 0) {
		address_text(&address, source);
	}
	log_event(LOG_LEVEL_WARNING, "request-malformed", "source", source, "status", LOG_NUMBER(status), NULL);
}

static void refuse(struct connection *connection, unsigned status)
{
	struct server *server = connection->server;
	int descriptor = connection->source.descriptor;

	server->counters.requests++;
	server->counters.refused_by_status[status / 100]++;
	log_malformed(connection, status);
	answer_plainly(descriptor, status);
	loop_remove(server->loop, &connection->source);
	begin_to_drain(connection, descriptor);
}

/* Into the hands of libmicrohttpd, which closes the descriptor also when it does not take it. */
static void serve(struct connection *connection)
{
	struct server *server = connection->server;
	int descriptor = connection->source.descriptor;

	loop_remove(server->loop, &connection->source);
	connection->source.descriptor = -1;
	connection->served = descriptor;
	leave_phase(connection);
	server->adding = connection;
	if (MHD_add_connection(server->daemon, descriptor, (const struct sockaddr *)&connection->name,
			       connection->name_size) != MHD_YES &&
	    server->adding != NULL) {
		server->counters.failed++;
		forget(connection);
	}
	server->adding = NULL;
	server_drive(server);
}

static void look(struct loop_source *source, uint32_t events)
{
	struct connection *connection = source->data;
	char octets[HEAD_MAX];
	size_t head_size;
	ssize_t size = recv(source->descriptor, octets, sizeof(octets), MSG_PEEK);

	if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
		return;
	}
	unsigned verdict = size <= 0 ? 0 : head_judge(octets, (size_t)size, &head_size);
	if (size <= 0 || (verdict == HEAD_MORE && (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)) {
		close_own(connection); /* nothing more comes */
	} else if (verdict == HEAD_MORE) {
		if ((size_t)size > connection->seen) {
			connection->seen = (size_t)size;
			enter_phase(connection, &connection->server->silent);
		}
	} else if (verdict != HEAD_WHOLE) {
		refuse(connection, verdict);
	} else {
		serve(connection);
	}
}

/* ---- the beginning ---- */

static uint64_t key_of(const struct sockaddr_storage *name)
{
	struct address address;

	return address_from_socket(name, &address, NULL) == 0 ? address_source_key(&address) : user_source_key(0);
}

static bool has_too_many(struct server *server, uint64_t key)
{
	unsigned left = server->limits.connections_per_source_max;
	const struct connection *other;

	if (left == 0) {
		return false;
	}
	LIST_FOREACH(other, &server->sources[key % SOURCES_OF_CONNECTIONS], same_source) {
		if (other->key == key && --left == 0) {
			return true;
		}
	}
	return false;
}

void connection_begin(struct server *server, int descriptor, const struct sockaddr_storage *name, socklen_t name_size)
{
	uint64_t key = key_of(name);
	struct connection *connection = has_too_many(server, key) ? NULL : calloc(1, sizeof(*connection));

	if (connection == NULL) {
		server->counters.connections_refused++;
		(void)close(descriptor);
		return;
	}
	*connection = (struct connection){
		.server = server,
		.source = { .descriptor = descriptor, .ready = look, .data = connection },
		.name = *name,
		.name_size = name_size,
		.key = key,
		.ends_ms = loop_now_ms(server->loop) + server->whole.after_ms,
		.unread = -1,
	};
	if (loop_add(server->loop, &connection->source, EPOLLIN | EPOLLRDHUP | EPOLLET) < 0) {
		(void)close(descriptor);
		free(connection);
		return;
	}
	TAILQ_INSERT_TAIL(&server->whole.connections, connection, all);
	LIST_INSERT_HEAD(&server->sources[key % SOURCES_OF_CONNECTIONS], connection, same_source);
	server->counters.connections++;
	enter_phase(connection, &server->silent);
}

/* ---- time ---- */

/* Too slow: told so when a head was begun; libmicrohttpd sees the end of what it has, and closes. */
static void time_out(struct connection *connection)
{
	struct server *server = connection->server;
	struct waiting *phase = connection->in_phase;

	server->counters.timed_out += phase == &server->draining ? 0 : 1;
	if (phase == NULL) {
		TAILQ_REMOVE(&server->whole.connections, connection, all);
		TAILQ_INSERT_TAIL(&server->whole.connections, connection, all);
		connection->ends_ms = loop_now_ms(server->loop) + server->whole.after_ms;
		if (!connection->is_answered) {
			answer_plainly(connection->served, 408);
		}
		(void)shutdown(connection->served, SHUT_RDWR);
	} else if (phase == &server->silent && connection->seen > 0) {
		int descriptor = connection->source.descriptor;
		answer_plainly(descriptor, 408);
		loop_remove(server->loop, &connection->source);
		begin_to_drain(connection, descriptor);
	} else {
		close_own(connection);
	}
}

void connections_expire(struct server *server, uint64_t now_ms)
{
	struct waiting *const phases[] = { &server->silent, &server->draining };
	struct connection *connection;

	for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
		while ((connection = TAILQ_FIRST(&phases[i]->connections)) != NULL &&
		       connection->phase_ends_ms <= now_ms) {
			time_out(connection);
		}
	}
	while ((connection = TAILQ_FIRST(&server->whole.connections)) != NULL && connection->ends_ms <= now_ms) {
		time_out(connection);
	}
}

void connections_end(struct server *server, bool all)
{
	struct connection *connection;
	struct connection *next;

	for (connection = TAILQ_FIRST(&server->silent.connections); connection != NULL; connection = next) {
		next = TAILQ_NEXT(connection, phase);
		if (all || connection->seen == 0) {
			close_own(connection);
		}
	}
	while (all && (connection = TAILQ_FIRST(&server->draining.connections)) != NULL) {
		close_own(connection);
	}
}
