/* reach.c - from a call to a connection that stands: the target's addresses tried in turn, the target told who
 * calls, the caller greeted.
 *
 * Called by connection.c and relay.c.  The caller is told "+" only when the connection to the target stands, so
 * "+" means what it says; what the target is told of the caller comes before the first octet. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "os/log.h"
#include "os/socket.h"
#include "relay/connection.h"
#include "rendezvous/counters.h"
#include "wire/proxy.h"

/* ---- what is said before the caller's first octet ---- */

static void copy_path(int connection, uint8_t path[PROXY_PATH_SIZE])
{
	struct sockaddr_un address = { .sun_family = AF_UNSPEC };
	socklen_t size = sizeof(address);

	if (getsockname(connection, (struct sockaddr *)&address, &size) == 0 && address.sun_family == AF_UNIX &&
	    size > offsetof(struct sockaddr_un, sun_path)) {
		memcpy(path, address.sun_path, strnlen(address.sun_path, sizeof(address.sun_path)));
	}
}

static void describe(const struct connection *connection, struct proxy_header *header)
{
	int client = connection->sides[CLIENT].source.descriptor;
	int r = socket_peer(client, &header->source, &header->source_port);

	if (r == -EAFNOSUPPORT) {
		header->kind = PROXY_UNIX;
		copy_path(client, header->destination_path);
		return;
	}
	if (r < 0 || socket_local(client, &header->destination, &header->destination_port) < 0) {
		return; /* it is gone; PROXY_LOCAL */
	}
	header->kind = PROXY_TCP;
	if (connection->told) {
		header->source = connection->told_address;
		header->source_port = connection->told_port;
	}
}

static bool say(struct side *side, const void *octets, size_t size)
{
	side_prepare(side);
	return send(side->source.descriptor, octets, size, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size;
}

static bool tell_target(struct connection *connection)
{
	enum relay_header version = connection->relay->options.header;
	struct proxy_header header = { .kind = PROXY_LOCAL };
	uint8_t octets[PROXY_V2_MAX];

	if (version == RELAY_HEADER_NONE) {
		return true;
	}
	describe(connection, &header);
	size_t size = version == RELAY_HEADER_V1 ? proxy_write_v1(&header, octets) : proxy_write_v2(&header, octets);
	return say(&connection->sides[TARGET], octets, size);
}

static size_t index_of_target(const struct connection *connection)
{
	return (connection->first + connection->tried - 1U) % connection->relay->targets.count;
}

static void established(struct connection *connection)
{
	static const char greeting[] = { '+', '\r', '\n' };

	connection->relay->target_first = (uint8_t)index_of_target(connection);
	/* Both have been silent so far, so their buffers have room. */
	if (!tell_target(connection)) {
		connection_refuse(connection, REFUSAL_FAILED);
		return;
	}
	if ((connection->greet && !say(&connection->sides[CLIENT], greeting, sizeof(greeting))) ||
	    !connection_open(connection)) {
		connection_close(connection);
	}
}

/* ---- reaching the target ---- */

/* Where the target will be told something at once, that carries the last acknowledgement of the handshake, and a
 * packet is spared. */
static void hold_acknowledgement(struct connection *connection)
{
	struct side *client = &connection->sides[CLIENT];
	int unread = 0;
	const int no = 0;

	client->readable = ioctl(client->source.descriptor, FIONREAD, &unread) == 0 && unread > 0;
	connection->holds = client->readable || connection->relay->options.header != RELAY_HEADER_NONE;
	if (connection->holds) {
		(void)setsockopt(connection->sides[TARGET].source.descriptor, IPPROTO_TCP, TCP_QUICKACK, &no,
				 sizeof(no));
	}
}

/* Only that one: else a target that says its first words in two pieces would wait for ours between them. */
static void acknowledge_at_once(struct connection *connection)
{
	const int yes = 1;

	if (connection->holds) {
		(void)setsockopt(connection->sides[TARGET].source.descriptor, IPPROTO_TCP, TCP_QUICKACK, &yes,
				 sizeof(yes));
	}
}

static void on_connected(struct loop_source *source, uint32_t events);

/* 0 when it is connected already, -EINPROGRESS, -EAGAIN (its backlog is full), or what is wrong. */
static int connect_to(struct connection *connection, const struct target_address *target)
{
	struct side *side = &connection->sides[TARGET];
	sa_family_t family = target->address.ss_family;

	side->source.descriptor = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (side->source.descriptor < 0) {
		return -errno;
	}
	side->never_waits = true;
	side_begin(side, connection->relay, family != AF_UNIX);
	if (family != AF_UNIX) {
		hold_acknowledgement(connection);
	}
	int r = connect(side->source.descriptor, (const struct sockaddr *)&target->address, target->size) < 0 ? -errno
													      : 0;
	if (r == 0 || r == -EINPROGRESS) {
		return connection_watch(connection, TARGET, on_connected) ? r : -ENOMEM;
	}
	return r;
}

static void report_failure(const struct connection *connection, int error)
{
	counter_add(error == ETIMEDOUT ? &connection->relay->column->connect_timeouts
				       : &connection->relay->column->connect_failed,
		    1);
	log_event(LOG_LEVEL_WARNING, "target-failed", "target", connection->relay->options.target, "error",
		  strerror(error), NULL);
}

/* Each address has its own time. */
static void wait_for_target(struct connection *connection, bool again)
{
	connection->again = again;
	if (again) {
		relay_try_again_soon(connection->relay);
	}
	if (connection->tried > 1) {
		connection_enter(connection, CONNECTION_CONNECTING);
	}
}

/* One address after the other. */
void connection_reach(struct connection *connection, int error)
{
	const struct targets *targets = &connection->relay->targets;

	connection->again = false;
	connection_close_side(connection, TARGET);
	while (connection->tried < targets->count) {
		connection->tried++;
		int r = connect_to(connection, &targets->items[index_of_target(connection)]);
		if (r == 0) {
			established(connection);
			return;
		}
		if (r == -EINPROGRESS || r == -EAGAIN) {
			wait_for_target(connection, r == -EAGAIN);
			return;
		}
		error = -r;
		connection_close_side(connection, TARGET);
	}
	report_failure(connection, error);
	connection_refuse(connection, REFUSAL_FAILED);
}

static void on_connected(struct loop_source *source, uint32_t events)
{
	struct connection *connection = source->data;
	int error = 0;
	socklen_t size = sizeof(error);

	if ((events & (EPOLLERR | EPOLLHUP)) != 0 &&
	    (getsockopt(source->descriptor, SOL_SOCKET, SO_ERROR, &error, &size) < 0 || error != 0)) {
		connection_reach(connection, error != 0 ? error : errno);
		return;
	}
	side_learn(&connection->sides[TARGET], events);
	established(connection);
	if (connection->state == CONNECTION_OPEN) {
		connection_move(connection); /* what is known to be there */
	}
	if (connection->state == CONNECTION_OPEN) {
		acknowledge_at_once(connection);
	}
}

/* Under the deadline that runs already. */
void connection_try_again(struct connection *connection)
{
	connection_close_side(connection, TARGET);
	int r = connect_to(connection, &connection->relay->targets.items[index_of_target(connection)]);
	if (r == 0) {
		established(connection);
	} else if (r != -EAGAIN) {
		connection_reach(connection, -r);
	}
}
