/* test_socket.c - listening on text, and what connections say about their ends. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/socket.h"

enum { BACKLOG = 16 };

struct test {
	char folder[32];
	char path[64]; /* of a socket in the folder */
	char text[80]; /* "unix:" and the path */
};

static int begin(void **state)
{
	struct test *test = calloc(1, sizeof(*test));

	assert_non_null(test);
	(void)snprintf(test->folder, sizeof(test->folder), "/tmp/test_socket.XXXXXX");
	assert_non_null(mkdtemp(test->folder));
	(void)snprintf(test->path, sizeof(test->path), "%s/socket", test->folder);
	(void)snprintf(test->text, sizeof(test->text), "unix:%s", test->path);
	*state = test;
	return 0;
}

static int end(void **state)
{
	struct test *test = *state;

	(void)unlink(test->path);
	assert_int_equal(rmdir(test->folder), 0);
	free(test);
	return 0;
}

static int option(int descriptor, int level, int name)
{
	int value = -1;
	socklen_t size = sizeof(value);

	assert_int_equal(getsockopt(descriptor, level, name, &value, &size), 0);
	return value;
}

static uint16_t port_of(int descriptor)
{
	struct address address;
	uint16_t port = 0;

	assert_int_equal(socket_local(descriptor, &address, &port), 0);
	return port;
}

static struct address address_of(const char *text)
{
	struct prefix prefix;

	assert_int_equal(prefix_parse(text, &prefix), 0);
	return prefix.address;
}

/* A blocking connection to the listener's port at this address, both ends of it. */
static void connect_pair(int listener, const char *to, int *ret_client, int *ret_server)
{
	struct address address = address_of(to);
	struct sockaddr_storage target;
	socklen_t size = address_to_socket(&address, port_of(listener), &target);
	int client = socket(target.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(client >= 0);
	assert_int_equal(connect(client, (const struct sockaddr *)&target, size), 0);
	int server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(server >= 0);
	*ret_client = client;
	*ret_server = server;
}

/* ---- listening ---- */

static void listens_on_ipv4(void **state)
{
	int listener = socket_listen("127.0.0.1:0", BACKLOG, false, 0);
	struct address address;
	struct address expected = address_of("127.0.0.1");
	uint16_t port;

	(void)state;
	assert_true(listener >= 0);
	assert_true((fcntl(listener, F_GETFD) & FD_CLOEXEC) != 0);
	assert_true((fcntl(listener, F_GETFL) & O_NONBLOCK) != 0);
	assert_int_equal(option(listener, SOL_SOCKET, SO_ACCEPTCONN), 1);
	assert_int_equal(option(listener, SOL_SOCKET, SO_REUSEADDR), 1);
	assert_int_equal(option(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT), 0);
	assert_int_equal(socket_local(listener, &address, &port), 0);
	assert_memory_equal(&address, &expected, sizeof(address));
	assert_true(port != 0);
	(void)close(listener);
}

static void listens_on_ipv6_alone(void **state)
{
	char text[32];
	int ipv6 = socket_listen("[::]:0", BACKLOG, true, 0);

	(void)state;
	assert_true(ipv6 >= 0);
	assert_int_equal(option(ipv6, IPPROTO_IPV6, IPV6_V6ONLY), 1);
	assert_true(option(ipv6, IPPROTO_TCP, TCP_DEFER_ACCEPT) > 0);
	(void)snprintf(text, sizeof(text), "0.0.0.0:%u", (unsigned)port_of(ipv6));
	int ipv4 = socket_listen(text, BACKLOG, false, 0);
	assert_true(ipv4 >= 0);
	assert_int_equal(socket_listen(text, BACKLOG, false, 0), -EADDRINUSE);
	(void)close(ipv4);
	(void)close(ipv6);
}

static void text_that_is_no_address(void **state)
{
	static const char *const texts[] = {
		"",
		"1",
		":1",
		"127.0.0.1",
		"127.0.0.1:",
		"127.0.0.1:-1",
		"127.0.0.1:+1",
		"127.0.0.1: 1",
		"127.0.0.1:1 ",
		"127.0.0.1:65536",
		"127.0.0.1:000001",
		"127.0.0.1:http",
		"127.0.0:1",
		"127.0.0.1/32:1",
		"[127.0.0.1]:1",
		"::1:1",
		"[::1:1",
		"::1]:1",
		"[::1]",
		"[]:1",
		"[:1",
		"[::1]x:1",
		"[::1/128]:1",
		"[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:1",
		"localhost:1",
		"unix:",
		"unix:socket",
		"unix:@socket",
		"/socket",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(socket_listen(texts[i], BACKLOG, false, 0600), -EINVAL);
		assert_false(socket_is_listening_on(STDIN_FILENO, texts[i]));
	}
}

static void path_too_long(void **state)
{
	char text[200] = "unix:/";

	(void)state;
	memset(text + 6, 'x', sizeof(text) - 7);
	assert_int_equal(socket_listen(text, BACKLOG, false, 0600), -ENAMETOOLONG);
}

static void unix_socket_has_its_mode(void **state)
{
	struct test *test = *state;
	struct stat status;
	mode_t before = umask(0077);
	int listener = socket_listen(test->text, BACKLOG, false, 0666);

	(void)umask(before);
	assert_true(listener >= 0);
	assert_int_equal(stat(test->path, &status), 0);
	assert_true(S_ISSOCK(status.st_mode));
	assert_int_equal(status.st_mode & 07777, 0666);
	(void)close(listener);
}

static void dead_unix_socket_is_replaced(void **state)
{
	struct test *test = *state;

	for (int i = 0; i < 3; i++) {
		int listener = socket_listen(test->text, BACKLOG, false, 0600);
		assert_true(listener >= 0);
		assert_int_equal(socket_listen(test->text, BACKLOG, false, 0600), -EADDRINUSE);
		assert_int_equal(access(test->path, F_OK), 0);
		(void)close(listener);
	}
}

/* A socket with a full queue answers EAGAIN, and is as alive as can be. */
static void busy_unix_socket_is_not_replaced(void **state)
{
	struct test *test = *state;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int clients[4];
	int listener = socket_listen(test->text, 0, false, 0600);

	memcpy(address.sun_path, test->path, sizeof(test->path));
	for (int i = 0; i < 4; i++) {
		clients[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		(void)connect(clients[i], (const struct sockaddr *)&address, sizeof(address));
	}
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(socket_listen(test->text, BACKLOG, false, 0600), -EADDRINUSE);
	for (int i = 0; i < 4; i++) {
		(void)close(clients[i]);
	}
	(void)close(listener);
}

static void what_is_no_socket_is_left(void **state)
{
	struct test *test = *state;
	int file = open(test->path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	(void)close(file);
	assert_int_equal(socket_listen(test->text, BACKLOG, false, 0600), -EEXIST);
	assert_int_equal(access(test->path, F_OK), 0);
	assert_int_equal(unlink(test->path), 0);
	assert_int_equal(symlink("/dev/null", test->path), 0);
	assert_int_equal(socket_listen(test->text, BACKLOG, false, 0600), -EEXIST);
}

static void inherited_listener_is_recognized(void **state)
{
	struct test *test = *state;
	char text[32];
	int ipv4 = socket_listen("127.0.0.1:0", BACKLOG, false, 0);
	int local = socket_listen(test->text, BACKLOG, false, 0600);
	uint16_t port = port_of(ipv4);

	(void)snprintf(text, sizeof(text), "127.0.0.1:%u", (unsigned)port);
	assert_true(socket_is_listening_on(ipv4, text));
	assert_false(socket_is_listening_on(local, text));
	assert_false(socket_is_listening_on(-1, text));
	assert_false(socket_is_listening_on(ipv4, "127.0.0.1:1"));
	(void)snprintf(text, sizeof(text), "127.0.0.2:%u", (unsigned)port);
	assert_false(socket_is_listening_on(ipv4, text));
	assert_true(socket_is_listening_on(local, test->text));
	assert_false(socket_is_listening_on(ipv4, test->text));
	assert_false(socket_is_listening_on(local, "unix:/elsewhere"));
	(void)close(ipv4);
	(void)close(local);
	struct address any = address_of("127.0.0.1");
	int bound = socket_bind(&any, 0);
	(void)snprintf(text, sizeof(text), "127.0.0.1:%u", (unsigned)port_of(bound));
	assert_false(socket_is_listening_on(bound, text));
	(void)close(bound);
}

static void bound_socket_is_exclusive(void **state)
{
	struct address loopback = address_of("127.0.0.1");
	struct address all_ipv4 = address_of("0.0.0.0");
	struct address all = address_of("::");
	int bound = socket_bind(&loopback, 0);

	(void)state;
	assert_true(bound >= 0);
	assert_true((fcntl(bound, F_GETFD) & FD_CLOEXEC) != 0);
	assert_true((fcntl(bound, F_GETFL) & O_NONBLOCK) == 0);
	assert_int_equal(option(bound, SOL_SOCKET, SO_ACCEPTCONN), 0);
	assert_int_equal(socket_bind(&loopback, port_of(bound)), -EADDRINUSE);
	assert_int_equal(socket_bind(&all_ipv4, port_of(bound)), -EADDRINUSE);
	assert_int_equal(socket_bind(&all, port_of(bound)), -EADDRINUSE);
	(void)close(bound);
}

/* A port that was asked for by its number is kept by who listened on it and was shut down, also
 * against SO_REUSEADDR: nobody can take the port of a function that has ended. */
static void shut_down_socket_keeps_its_port(void **state)
{
	struct address loopback = address_of("127.0.0.1");
	int chosen = socket_bind(&loopback, 0);
	uint16_t port = port_of(chosen);
	char text[32];

	(void)state;
	(void)close(chosen);
	int bound = socket_bind(&loopback, port);
	assert_true(bound >= 0);
	(void)snprintf(text, sizeof(text), "127.0.0.1:%u", (unsigned)port);
	assert_int_equal(listen(bound, BACKLOG), 0);
	assert_int_equal(shutdown(bound, SHUT_RDWR), 0);
	assert_int_equal(socket_listen(text, BACKLOG, false, 0), -EADDRINUSE);
	(void)close(bound);
}

static void bound_to_all_takes_both_families(void **state)
{
	struct address all = address_of("::");
	struct address expected = address_of("127.0.0.1");
	struct address peer;
	uint16_t port;
	int client;
	int server;
	int bound = socket_bind(&all, 0);

	(void)state;
	assert_true(bound >= 0);
	assert_int_equal(listen(bound, BACKLOG), 0);
	connect_pair(bound, "127.0.0.1", &client, &server);
	assert_int_equal(socket_peer(server, &peer, &port), 0);
	assert_memory_equal(&peer, &expected, sizeof(peer));
	(void)close(client);
	(void)close(server);
	connect_pair(bound, "::1", &client, &server);
	(void)close(client);
	(void)close(server);
	(void)close(bound);
}

/* ---- asking ---- */

static void ends_of_a_connection(void **state)
{
	struct address expected = address_of("127.0.0.1");
	struct address address;
	uint16_t port = 0;
	uid_t user = 7;
	int listener = socket_listen("127.0.0.1:0", BACKLOG, false, 0);
	int client;
	int server;

	(void)state;
	connect_pair(listener, "127.0.0.1", &client, &server);
	assert_int_equal(socket_peer(server, &address, &port), 0);
	assert_memory_equal(&address, &expected, sizeof(address));
	assert_int_equal(port, port_of(client));
	assert_int_equal(socket_peer(client, &address, &port), 0);
	assert_int_equal(port, port_of(listener));
	assert_int_equal(socket_peer(listener, &address, &port), -ENOTCONN);
	assert_int_equal(socket_peer_user(server, &user), -EOPNOTSUPP);
	assert_int_equal(user, 7);
	(void)close(client);
	(void)close(server);
	(void)close(listener);
}

static void user_of_a_unix_connection(void **state)
{
	struct address address;
	uint16_t port;
	uid_t user = (uid_t)-1;
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(socket_peer_user(ends[0], &user), 0);
	assert_int_equal(user, getuid());
	assert_int_equal(socket_peer(ends[0], &address, &port), -EAFNOSUPPORT);
	assert_int_equal(socket_local(ends[0], &address, &port), -EAFNOSUPPORT);
	assert_int_equal(socket_peer_user(-1, &user), -EBADF);
	assert_int_equal(socket_peer(-1, &address, &port), -EBADF);
	assert_int_equal(socket_local(-1, &address, &port), -EBADF);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

/* Waits until what the peer did arrived here. */
static void wait_for(int connection, short events)
{
	struct pollfd wait = { .fd = connection, .events = events };

	assert_int_equal(poll(&wait, 1, 10000), 1);
}

static void half_closed_is_alive(void **state)
{
	int listener = socket_listen("127.0.0.1:0", BACKLOG, false, 0);
	int client;
	int server;

	(void)state;
	connect_pair(listener, "127.0.0.1", &client, &server);
	assert_false(socket_is_dead(server));
	assert_int_equal(shutdown(client, SHUT_WR), 0);
	wait_for(server, POLLRDHUP);
	assert_false(socket_is_dead(server));
	assert_int_equal(shutdown(server, SHUT_WR), 0);
	wait_for(server, POLLHUP);
	assert_true(socket_is_dead(server));
	(void)close(client);
	(void)close(server);
	(void)close(listener);
}

static void reset_is_dead(void **state)
{
	struct linger at_once = { .l_onoff = 1 };
	int listener = socket_listen("127.0.0.1:0", BACKLOG, false, 0);
	int client;
	int server;

	(void)state;
	connect_pair(listener, "127.0.0.1", &client, &server);
	assert_int_equal(setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)), 0);
	(void)close(client);
	wait_for(server, POLLRDHUP);
	assert_true(socket_is_dead(server));
	(void)close(server);
	(void)close(listener);
}

static void closed_unix_connection_is_dead(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(shutdown(ends[1], SHUT_WR), 0);
	assert_false(socket_is_dead(ends[0]));
	(void)close(ends[1]);
	assert_true(socket_is_dead(ends[0]));
	(void)close(ends[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(listens_on_ipv4),
		cmocka_unit_test(listens_on_ipv6_alone),
		cmocka_unit_test(text_that_is_no_address),
		cmocka_unit_test(path_too_long),
		cmocka_unit_test_setup_teardown(unix_socket_has_its_mode, begin, end),
		cmocka_unit_test_setup_teardown(dead_unix_socket_is_replaced, begin, end),
		cmocka_unit_test_setup_teardown(busy_unix_socket_is_not_replaced, begin, end),
		cmocka_unit_test_setup_teardown(what_is_no_socket_is_left, begin, end),
		cmocka_unit_test_setup_teardown(inherited_listener_is_recognized, begin, end),
		cmocka_unit_test(bound_socket_is_exclusive),
		cmocka_unit_test(shut_down_socket_keeps_its_port),
		cmocka_unit_test(bound_to_all_takes_both_families),
		cmocka_unit_test(ends_of_a_connection),
		cmocka_unit_test(user_of_a_unix_connection),
		cmocka_unit_test(half_closed_is_alive),
		cmocka_unit_test(reset_is_dead),
		cmocka_unit_test(closed_unix_connection_is_dead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
