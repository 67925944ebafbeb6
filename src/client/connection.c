/* connection.c - opens connections within a deadline.  Called by call.c, and by attach.c for a
 * path. Never reads or writes a connection. */
#include "client/connection.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "client/deadline.h"

enum {
	PORT_TEXT_MAX = sizeof("65535"),
	FULL_PAUSE_MS = 5, /* between attempts at a path whose backlog is full */
};

/* The kernel need not find a free port before it knows the destination. */
static int bind_to(int descriptor, const struct sockaddr *local, socklen_t size)
{
	int on = 1;

	(void)setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	return bind(descriptor, local, size) < 0 ? -errno : 0;
}

/* What became of a connection that was in progress. */
static int finish(int descriptor, uint64_t deadline_ns)
{
	int error;
	socklen_t size = sizeof(error);
	int r = deadline_wait_on(deadline_ns, descriptor, POLLOUT);

	if (r < 0) {
		return r;
	}
	if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) < 0) {
		return -errno;
	}
	return -error;
}

/* `local` may be NULL. */
static int open_address(const struct sockaddr *address, socklen_t size, const struct sockaddr *local,
			uint64_t deadline_ns)
{
	int descriptor = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r;

	if (descriptor < 0) {
		return -errno;
	}
	r = local != NULL ? bind_to(descriptor, local, size) : 0;
	if (r == 0 && connect(descriptor, address, size) < 0) {
		r = errno == EINPROGRESS ? finish(descriptor, deadline_ns) : -errno;
	}
	if (r < 0) {
		(void)close(descriptor);
		return r;
	}
	return descriptor;
}

/* ---- hosts ---- */

static int errno_of_look_up(int error)
{
	switch (error) {
	case EAI_SYSTEM:
		return -errno;
	case EAI_MEMORY:
		return -ENOMEM;
	case EAI_AGAIN:
		return -EAGAIN;
	default:
		return -ENOENT;
	}
}

/* A number is taken as it stands: asked for as a name, it would be judged by the families that this
 * machine has addresses of, loopback not counted. */
static int look_up(const char *host, uint16_t port, struct addrinfo **ret_list)
{
	struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
	};
	char port_text[PORT_TEXT_MAX];
	struct text text;

	text_init(&text, port_text, sizeof(port_text));
	text_put_unsigned(&text, port);
	int error = getaddrinfo(host, port_text, &hints, ret_list);
	if (error == EAI_NONAME) {
		hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
		error = getaddrinfo(host, port_text, &hints, ret_list);
	}
	return error == 0 ? 0 : errno_of_look_up(error);
}

static unsigned count(const struct addrinfo *list)
{
	unsigned addresses = 0;

	for (; list != NULL; list = list->ai_next) {
		addresses++;
	}
	return addresses;
}

int connection_open_host(const char *host, uint16_t port, uint64_t deadline_ns)
{
	struct addrinfo *list;
	int r = look_up(host, port, &list);

	if (r < 0) {
		return r;
	}
	r = -ENOENT;
	for (const struct addrinfo *each = list; each != NULL && r < 0; each = each->ai_next) {
		/* An address that does not answer leaves time for those behind it. */
		r = open_address(each->ai_addr, each->ai_addrlen, NULL, deadline_share(deadline_ns, count(each)));
	}
	freeaddrinfo(list);
	return r;
}

/* ---- paths ---- */

int connection_open_path(const char *path, int type, uint64_t deadline_ns)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(path);
	int descriptor;
	int r;

	if (length >= sizeof(address.sun_path)) {
		return -ENAMETOOLONG;
	}
	memcpy(address.sun_path, path, length);
	descriptor = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (descriptor < 0) {
		return -errno;
	}
	do {
		r = 0;
		if (connect(descriptor, (const struct sockaddr *)&address, sizeof(address)) < 0) {
			r = -errno;
		}
		/* There is no event for room in the backlog. */
	} while (r == -EAGAIN && deadline_pause(deadline_ns, FULL_PAUSE_MS) == 0);
	if (r < 0) {
		(void)close(descriptor);
		return r == -EAGAIN ? -ETIMEDOUT : r;
	}
	return descriptor;
}

/* ---- where ">" points ---- */

union any_address {
	struct sockaddr any;
	struct sockaddr_in ipv4;
	struct sockaddr_in6 ipv6;
	struct sockaddr_storage storage;
};

static void set_port(union any_address *address, uint16_t port)
{
	if (address->any.sa_family == AF_INET6) {
		address->ipv6.sin6_port = htons(port);
	} else {
		address->ipv4.sin_port = htons(port);
	}
}

int connection_open_beside(int connection, uint16_t port, uint64_t deadline_ns)
{
	union any_address peer = { .any = { .sa_family = AF_UNSPEC } };
	union any_address local = peer;
	socklen_t peer_size = sizeof(peer);
	socklen_t local_size = sizeof(local);

	if (getpeername(connection, &peer.any, &peer_size) < 0 ||
	    getsockname(connection, &local.any, &local_size) < 0) {
		return -errno;
	}
	if (peer.any.sa_family == AF_UNIX) {
		const struct sockaddr_in loopback = {
			.sin_family = AF_INET,
			.sin_port = htons(port),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		};
		return open_address((const struct sockaddr *)&loopback, sizeof(loopback), NULL, deadline_ns);
	}
	set_port(&peer, port);
	set_port(&local, 0);
	return open_address(&peer.any, peer_size, &local.any, deadline_ns);
}
