/* socket.c - sockets as berth uses them: listening ones made from text, connections asked who they
 * are.
 *
 * Called by the supervisor and the port broker to listen, by acceptors and launchers to ask.  Never
 * asks a name server: addresses are numbers.  The text was checked when the configuration was read;
 * it is read strictly here again, because the supervisor is root. */
#include "os/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* For so long the kernel keeps back a connection on which nothing was said. */
enum { DEFER_ACCEPT_S = 5 };

struct place {
	struct sockaddr_storage address;
	socklen_t size;
};

/* ---- the text of an address ---- */

static int parse_port(const char *text, uint16_t *ret_port)
{
	unsigned port = 0;
	size_t length = strlen(text);

	if (length == 0 || length > 5 || strspn(text, "0123456789") != length) {
		return -EINVAL;
	}
	for (; *text != '\0'; text++) {
		port = port * 10 + (unsigned)(*text - '0');
	}
	if (port > UINT16_MAX) {
		return -EINVAL;
	}
	*ret_port = (uint16_t)port;
	return 0;
}

static int parse_unix(const char *path, struct place *ret_place)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(path);

	if (path[0] != '/') {
		return -EINVAL;
	}
	if (length >= sizeof(address.sun_path)) {
		return -ENAMETOOLONG;
	}
	memcpy(address.sun_path, path, length);
	*ret_place = (struct place){ .size = sizeof(address) };
	memcpy(&ret_place->address, &address, sizeof(address));
	return 0;
}

/* `size` octets of host: "1.2.3.4" or "[::1]". */
static int parse_host(const char *host, size_t size, uint16_t port, struct place *ret_place)
{
	struct sockaddr_in ipv4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	bool bracketed = size >= 2 && host[0] == '[' && host[size - 1] == ']';
	char number[INET6_ADDRSTRLEN] = { 0 };

	if (bracketed) {
		host++;
		size -= 2;
	}
	if (size >= sizeof(number)) {
		return -EINVAL;
	}
	memcpy(number, host, size);
	if (bracketed && inet_pton(AF_INET6, number, &ipv6.sin6_addr) == 1) {
		*ret_place = (struct place){ .size = sizeof(ipv6) };
		memcpy(&ret_place->address, &ipv6, sizeof(ipv6));
		return 0;
	}
	if (!bracketed && inet_pton(AF_INET, number, &ipv4.sin_addr) == 1) {
		*ret_place = (struct place){ .size = sizeof(ipv4) };
		memcpy(&ret_place->address, &ipv4, sizeof(ipv4));
		return 0;
	}
	return -EINVAL;
}

static int parse_place(const char *text, struct place *ret_place)
{
	static const char unix_prefix[] = "unix:";
	const size_t prefix_length = sizeof(unix_prefix) - 1;
	const char *colon = strrchr(text, ':');
	uint16_t port;

	if (strncmp(text, unix_prefix, prefix_length) == 0) {
		return parse_unix(text + prefix_length, ret_place);
	}
	if (colon == NULL || parse_port(colon + 1, &port) < 0) {
		return -EINVAL;
	}
	return parse_host(text, (size_t)(colon - text), port, ret_place);
}

/* ---- listening ---- */

static int set_option(int descriptor, int level, int option, int value)
{
	return setsockopt(descriptor, level, option, &value, sizeof(value)) < 0 ? -errno : 0;
}

static int bind_place(int descriptor, const struct place *place)
{
	const struct sockaddr *address = (const struct sockaddr *)&place->address;

	return bind(descriptor, address, place->size) < 0 ? -errno : 0;
}

static int bind_tcp(int descriptor, const struct place *place, bool defer_accept)
{
	int r = set_option(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);

	if (r == 0 && place->address.ss_family == AF_INET6) {
		r = set_option(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	}
	if (r == 0 && defer_accept) {
		r = set_option(descriptor, IPPROTO_TCP, TCP_DEFER_ACCEPT, DEFER_ACCEPT_S);
	}
	return r == 0 ? bind_place(descriptor, place) : r;
}

/* Takes away the socket that a dead process left at this path; anything else stays. */
static int remove_dead_socket(const struct place *place, const char *path)
{
	struct stat status;

	if (lstat(path, &status) < 0) {
		return -errno;
	}
	if (!S_ISSOCK(status.st_mode)) {
		return -EEXIST;
	}
	int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (probe < 0) {
		return -errno;
	}
	const struct sockaddr *address = (const struct sockaddr *)&place->address;
	bool is_dead = connect(probe, address, place->size) < 0 && errno == ECONNREFUSED;
	(void)close(probe);
	if (!is_dead) {
		return -EADDRINUSE;
	}
	return unlink(path) < 0 ? -errno : 0;
}

static int bind_unix(int descriptor, const struct place *place, uint32_t mode)
{
	struct sockaddr_un address;

	memcpy(&address, &place->address, sizeof(address));
	int r = bind_place(descriptor, place);
	if (r == -EADDRINUSE) {
		r = remove_dead_socket(place, address.sun_path);
		if (r == 0) {
			r = bind_place(descriptor, place);
		}
	}
	if (r < 0) {
		return r;
	}
	/* Nobody gets in before: a socket that does not listen yet refuses everybody. */
	return chmod(address.sun_path, mode) < 0 ? -errno : 0;
}

int socket_listen(const char *text, int backlog, bool defer_accept, uint32_t mode)
{
	struct place place;
	int r = parse_place(text, &place);

	if (r < 0) {
		return r;
	}
	sa_family_t family = place.address.ss_family;
	int descriptor = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (descriptor < 0) {
		return -errno;
	}
	if (family == AF_UNIX) {
		r = bind_unix(descriptor, &place, mode);
	} else {
		r = bind_tcp(descriptor, &place, defer_accept);
	}
	if (r == 0 && listen(descriptor, backlog) < 0) {
		r = -errno;
	}
	if (r < 0) {
		(void)close(descriptor);
		return r;
	}
	return descriptor;
}

int socket_bind(const struct address *address, uint16_t port)
{
	struct place place;
	int r = 0;

	place.size = address_to_socket(address, port, &place.address);
	int descriptor = socket(place.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (descriptor < 0) {
		return -errno;
	}
	/* Said in any case, because the system's default can be either. */
	if (place.address.ss_family == AF_INET6) {
		r = set_option(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	}
	/* Without SO_REUSEADDR, with which others could take the port whenever it does not listen.
	 */
	if (r == 0) {
		r = bind_place(descriptor, &place);
	}
	if (r < 0) {
		(void)close(descriptor);
		return r;
	}
	return descriptor;
}

/* ---- asking ---- */

static bool is_same_place(const struct sockaddr_storage *left, const struct sockaddr_storage *right)
{
	struct address addresses[2];
	uint16_t ports[2];

	if (left->ss_family == AF_UNIX && right->ss_family == AF_UNIX) {
		/* Both are zeroed behind their paths. */
		return memcmp(left, right, sizeof(struct sockaddr_un)) == 0;
	}
	return address_from_socket(left, &addresses[0], &ports[0]) == 0 &&
	       address_from_socket(right, &addresses[1], &ports[1]) == 0 &&
	       memcmp(&addresses[0], &addresses[1], sizeof(addresses[0])) == 0 && ports[0] == ports[1];
}

static bool has_option(int descriptor, int option, int expected)
{
	int value;
	socklen_t size = sizeof(value);

	return getsockopt(descriptor, SOL_SOCKET, option, &value, &size) == 0 && value == expected;
}

bool socket_is_listening_on(int descriptor, const char *text)
{
	struct place wanted;
	struct sockaddr_storage bound = { 0 };
	socklen_t size = sizeof(bound);

	return parse_place(text, &wanted) == 0 && has_option(descriptor, SO_ACCEPTCONN, 1) &&
	       has_option(descriptor, SO_TYPE, SOCK_STREAM) &&
	       getsockname(descriptor, (struct sockaddr *)&bound, &size) == 0 && is_same_place(&bound, &wanted.address);
}

int socket_peer(int connection, struct address *ret_address, uint16_t *ret_port)
{
	struct sockaddr_storage peer = { 0 };
	socklen_t size = sizeof(peer);

	if (getpeername(connection, (struct sockaddr *)&peer, &size) < 0) {
		return -errno;
	}
	return address_from_socket(&peer, ret_address, ret_port);
}

int socket_local(int connection, struct address *ret_address, uint16_t *ret_port)
{
	struct sockaddr_storage local = { 0 };
	socklen_t size = sizeof(local);

	if (getsockname(connection, (struct sockaddr *)&local, &size) < 0) {
		return -errno;
	}
	return address_from_socket(&local, ret_address, ret_port);
}

int socket_peer_user(int connection, uid_t *ret_user)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) {
		return -errno;
	}
	if (peer.uid == (uid_t)-1) {
		/* What the kernel says of sockets that know no user, such as TCP's. */
		return -EOPNOTSUPP;
	}
	*ret_user = peer.uid;
	return 0;
}

bool socket_is_dead(int connection)
{
	struct pollfd question = { .fd = connection };

	/* These two are always reported; an end that only stopped sending gives neither. */
	return poll(&question, 1, 0) > 0 && (question.revents & (POLLERR | POLLHUP)) != 0;
}
