/* test_listening.c - whose socket would get a connection, and which ports have one, on loopback. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/listening.h"

enum { NOBODY = 65534, CONNECTIONS = 300 };

static int set_up(void **state)
{
	struct listening *listening;

	if (listening_create(&listening) < 0) {
		return -1;
	}
	*state = listening;
	return 0;
}

static int tear_down(void **state)
{
	*state = listening_destroy(*state);
	return 0;
}

static struct address address_of(const char *text)
{
	struct prefix prefix;

	assert_int_equal(prefix_parse(text, &prefix), 0);
	return prefix.address;
}

static void bind_to(int socket, const char *text, uint16_t port)
{
	struct sockaddr_storage name;
	struct address address = address_of(text);
	socklen_t size = address_to_socket(&address, port, &name);

	assert_int_equal(bind(socket, (struct sockaddr *)&name, size), 0);
}

static uint16_t port_of(int socket)
{
	struct sockaddr_storage name;
	socklen_t size = sizeof(name);
	struct address address;
	uint16_t port;

	assert_int_equal(getsockname(socket, (struct sockaddr *)&name, &size), 0);
	assert_int_equal(address_from_socket(&name, &address, &port), 0);
	return port;
}

/* A listening socket; an IPv6 one takes IPv4 as well if `dual`.  Port 0: any. */
static int listen_on(const char *text, bool dual, uint16_t port)
{
	struct address address = address_of(text);
	int only = !dual;
	int listener = socket(address_is_ipv4(&address) ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(listener >= 0);
	if (!address_is_ipv4(&address)) {
		assert_int_equal(setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only)), 0);
	}
	bind_to(listener, text, port);
	assert_int_equal(listen(listener, 1000), 0);
	return listener;
}

static int connect_from(const char *source, const char *text, uint16_t port)
{
	struct sockaddr_storage name;
	struct address address = address_of(text);
	socklen_t size = address_to_socket(&address, port, &name);
	int client = socket(name.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(client >= 0);
	bind_to(client, source, 0);
	assert_int_equal(connect(client, (struct sockaddr *)&name, size), 0);
	return client;
}

static int owner(struct listening *listening, const char *text, uint16_t port)
{
	struct address address = address_of(text);
	uid_t user = (uid_t)-1;
	int r = listening_owner(listening, &address, port, &user);

	if (r == 0) {
		assert_int_equal(user, geteuid());
	} else {
		assert_true(user == (uid_t)-1);
	}
	return r;
}

static bool is_connected(struct listening *listening, uint16_t port)
{
	bool connected = false;

	assert_int_equal(listening_connected(listening, port, port, &connected), 0);
	return connected;
}

static void listeners_are_found_by_the_address_called(void **state)
{
	static const struct {
		const char *listens;
		const char *called;
		int result;
		bool dual;
	} cases[] = {
		{ "127.0.0.1", "127.0.0.1", 0, false },
		{ "127.0.0.1", "127.0.0.2", -ENOENT, false },
		{ "127.0.0.1", "::1", -ENOENT, false },
		{ "0.0.0.0", "127.0.0.1", 0, false },
		{ "0.0.0.0", "127.9.8.7", 0, false },
		{ "0.0.0.0", "::1", -ENOENT, false },
		{ "::1", "::1", 0, false },
		{ "::1", "127.0.0.1", -ENOENT, false },
		{ "::", "::1", 0, false },
		{ "::", "127.0.0.1", -ENOENT, false },
		{ "::", "::1", 0, true },
		{ "::", "127.0.0.1", 0, true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int listener = listen_on(cases[i].listens, cases[i].dual, 0);

		if (owner(*state, cases[i].called, port_of(listener)) != cases[i].result) {
			fail_msg("listening on %s, called %s", cases[i].listens, cases[i].called);
		}
		(void)close(listener);
	}
}

static void bound_is_not_listening(void **state)
{
	int bound = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	bind_to(bound, "127.0.0.1", 0);
	assert_int_equal(owner(*state, "127.0.0.1", port_of(bound)), -ENOENT);
	(void)close(bound);
}

static void what_has_ended_is_not_found(void **state)
{
	int listener = listen_on("127.0.0.1", false, 0);
	uint16_t port = port_of(listener);
	int client = connect_from("127.0.0.1", "127.0.0.1", port);
	int served = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	(void)close(listener);
	assert_true(served >= 0);
	assert_int_equal(owner(*state, "127.0.0.1", port), -ENOENT);
	(void)close(served);
	(void)close(client);
}

static void other_users_are_told_apart(void **state)
{
	struct address address = address_of("127.0.0.1");
	uid_t user;

	if (geteuid() != 0 || seteuid(NOBODY) < 0) {
		skip();
	}
	int listener = listen_on("127.0.0.1", false, 0);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(listening_owner(*state, &address, port_of(listener), &user), 0);
	assert_int_equal(user, NOBODY);
	(void)close(listener);
}

static void connections_are_seen_until_they_end(void **state)
{
	static const char *const names[] = { "127.0.0.1", "::1" };

	for (size_t i = 0; i < 2; i++) {
		int listener = listen_on(names[i], false, 0);
		uint16_t port = port_of(listener);

		assert_false(is_connected(*state, port));
		int client = connect_from(names[i], names[i], port);
		assert_true(is_connected(*state, port)); /* not yet accepted */
		int served = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		(void)close(listener);
		assert_true(is_connected(*state, port));
		assert_int_equal(shutdown(client, SHUT_WR), 0);
		assert_true(is_connected(*state, port)); /* half closed, still served */
		(void)close(client);
		assert_true(is_connected(*state, port));
		(void)close(served);
		assert_false(is_connected(*state, port)); /* the client's end closed first and waits */
	}
}

static void time_wait_does_not_count(void **state)
{
	int listener = listen_on("127.0.0.1", false, 0);
	uint16_t port = port_of(listener);
	int client = connect_from("127.0.0.1", "127.0.0.1", port);
	int served = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	(void)close(served);
	(void)close(client);
	assert_false(is_connected(*state, port));
	(void)close(listener);
}

static void ipv4_on_a_dual_socket_is_seen(void **state)
{
	int listener = listen_on("::", true, 0);
	int client = connect_from("127.0.0.1", "127.0.0.1", port_of(listener));

	assert_true(is_connected(*state, port_of(listener)));
	(void)close(client);
	(void)close(listener);
}

/* More than one answer holds, on two ports whose neighbours stay free. */
static void many_connections_are_one_dump(void **state)
{
	static int clients[2][CONNECTIONS];
	int listeners[2] = { listen_on("127.0.0.1", false, 0), listen_on("::1", false, 0) };
	uint16_t ports[2] = { port_of(listeners[0]), port_of(listeners[1]) };
	static bool connected[65536];

	for (int i = 0; i < CONNECTIONS; i++) {
		clients[0][i] = connect_from("127.0.0.1", "127.0.0.1", ports[0]);
		clients[1][i] = connect_from("::1", "::1", ports[1]);
	}
	memset(connected, 0, sizeof(connected));
	assert_int_equal(listening_connected(*state, 0, 65535, connected), 0);
	assert_true(connected[ports[0]] && connected[ports[1]]);
	assert_true(connected[port_of(clients[0][0])]);
	memset(connected, 0, sizeof(connected));
	assert_int_equal(listening_connected(*state, ports[0], ports[0], connected), 0);
	assert_true(connected[0]);
	assert_false(connected[1]);
	assert_int_equal(owner(*state, "127.0.0.1", ports[0]), 0);
	for (int i = 0; i < CONNECTIONS; i++) {
		(void)close(clients[0][i]);
		(void)close(clients[1][i]);
	}
	(void)close(listeners[0]);
	(void)close(listeners[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(listeners_are_found_by_the_address_called),
		cmocka_unit_test(bound_is_not_listening),
		cmocka_unit_test(what_has_ended_is_not_found),
		cmocka_unit_test(other_users_are_told_apart),
		cmocka_unit_test(connections_are_seen_until_they_end),
		cmocka_unit_test(time_wait_does_not_count),
		cmocka_unit_test(ipv4_on_a_dual_socket_is_seen),
		cmocka_unit_test(many_connections_are_one_dump),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
