/* test_filter.c - the packet filter, held against prefix_holds() with real segments on loopback.
 *
 * Who is not admitted gets no answer at all: no connection, no reset. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/filter.h"

enum { ANSWER_MS = 2000, NO_ANSWER_MS = 150, ROUNDS = 40, SOURCES = 8 };

/* Filled in from texts that end in NULL. */
struct list {
	struct prefix items[FILTER_PREFIXES_MAX];
	size_t count;
};

static struct list parse(const char *const *texts)
{
	struct list list = { .count = 0 };

	for (; *texts != NULL; texts++) {
		assert_int_equal(prefix_parse(*texts, &list.items[list.count++]), 0);
	}
	return list;
}

static struct address address_of(const char *text)
{
	struct prefix prefix;

	assert_int_equal(prefix_parse(text, &prefix), 0);
	return prefix.address;
}

static bool holds(const struct list *list, const struct address *address)
{
	for (size_t i = 0; i < list->count; i++) {
		if (prefix_holds(&list->items[i], address)) {
			return true;
		}
	}
	return false;
}

static void bind_to(int socket, const struct address *address)
{
	struct sockaddr_storage name;
	socklen_t size = address_to_socket(address, 0, &name);

	assert_int_equal(bind(socket, (struct sockaddr *)&name, size), 0);
}

/* Listens on this address, for these alone.  *ret_name is where. */
static int listen_filtered(const char *text, const struct list *list, struct sockaddr_storage *ret_name)
{
	struct address address = address_of(text);
	socklen_t size = sizeof(*ret_name);
	int listener = socket(address_is_ipv4(&address) ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(listener >= 0);
	bind_to(listener, &address);
	assert_int_equal(filter_admit(listener, list->items, list->count), 0);
	assert_int_equal(listen(listener, 100), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)ret_name, &size), 0);
	return listener;
}

/* 0: connected, -ECONNREFUSED: reset, -ETIMEDOUT: no answer in that time. */
static int call_from(const struct address *source, const struct sockaddr_storage *name, int wait_ms, int *ret_client)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): listen_on has asked the kernel for it */
	socklen_t name_size = name->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
	int client = socket(name->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct pollfd ready = { .fd = client, .events = POLLOUT };
	int error = ETIMEDOUT;
	socklen_t size = sizeof(error);

	assert_true(client >= 0);
	bind_to(client, source);
	(void)connect(client, (const struct sockaddr *)name, name_size);
	if (poll(&ready, 1, wait_ms) == 1) {
		assert_int_equal(getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &size), 0);
	}
	*ret_client = client;
	return -error;
}

static int result_of_call(const char *source, const struct sockaddr_storage *name, int wait_ms)
{
	struct address address = address_of(source);
	int client;
	int r = call_from(&address, name, wait_ms, &client);

	(void)close(client);
	return r;
}

static void skip_unless_possible(void)
{
	if (!filter_possible()) {
		skip();
	}
}

static void only_the_admitted_get_an_answer(void **state)
{
	static const char *const caller[] = { "127.0.0.3", NULL };
	struct list list = parse(caller);
	struct address address = address_of("127.0.0.3");
	struct sockaddr_storage name;
	char text[8] = "";
	int client;

	(void)state;
	skip_unless_possible();
	int listener = listen_filtered("127.0.0.1", &list, &name);
	assert_int_equal(result_of_call("127.0.0.2", &name, NO_ANSWER_MS), -ETIMEDOUT);
	assert_int_equal(result_of_call("127.0.0.1", &name, NO_ANSWER_MS), -ETIMEDOUT);
	assert_int_equal(call_from(&address, &name, ANSWER_MS, &client), 0);
	int served = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(served >= 0);
	assert_int_equal(send(client, "ping", 4, 0), 4);
	assert_int_equal(recv(served, text, sizeof(text), 0), 4);
	assert_int_equal(send(served, "pong", 4, 0), 4);
	struct pollfd ready = { .fd = client, .events = POLLIN };
	assert_int_equal(poll(&ready, 1, ANSWER_MS), 1);
	assert_int_equal(recv(client, text, sizeof(text), 0), 4);
	assert_memory_equal(text, "pong", 4);
	(void)close(client);
	(void)close(served);
	(void)close(listener);
}

static void nobody_takes_it_off(void **state)
{
	static const char *const caller[] = { "127.0.0.3", NULL };
	struct list list = parse(caller);
	struct address address = address_of("127.0.0.3");
	struct sockaddr_storage name;
	int unused = 0;
	int client;

	(void)state;
	skip_unless_possible();
	int sockets[2];
	sockets[0] = listen_filtered("127.0.0.1", &list, &name);
	assert_int_equal(call_from(&address, &name, ANSWER_MS, &client), 0);
	sockets[1] = accept4(sockets[0], NULL, NULL, SOCK_CLOEXEC);
	for (int i = 0; i < 2; i++) { /* an accepted socket inherits it */
		assert_int_equal(setsockopt(sockets[i], SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof(unused)), -1);
		assert_int_equal(errno, EPERM);
		assert_int_equal(filter_admit(sockets[i], list.items, list.count), -EPERM);
		(void)close(sockets[i]);
	}
	(void)close(client);
}

static void each_version_has_its_own_prefixes(void **state)
{
	static const struct {
		const char *listens;
		const char *prefixes[4];
		const char *source;
		int result;
	} cases[] = {
		{ "::1", { "::1" }, "::1", 0 },
		{ "::1", { "::/0" }, "::1", 0 },
		{ "::1", { "::/127" }, "::1", 0 },
		{ "::1", { "::/64", "10.0.0.0/8" }, "::1", 0 },
		{ "::1", { "::2" }, "::1", -ETIMEDOUT },
		{ "::1", { "8000::/1" }, "::1", -ETIMEDOUT },
		{ "::1", { "0.0.0.0/0" }, "::1", -ETIMEDOUT },
		{ "::1", { NULL }, "::1", -ETIMEDOUT },
		{ "127.0.0.1", { "0.0.0.0/0" }, "127.0.0.2", 0 },
		{ "127.0.0.1", { "::/0" }, "127.0.0.2", -ETIMEDOUT },
		{ "127.0.0.1", { "128.0.0.0/1" }, "127.0.0.2", -ETIMEDOUT },
		{ "127.0.0.1", { "::1", "10.0.0.0/8", "127.0.0.2" }, "127.0.0.2", 0 },
		{ "127.0.0.1", { NULL }, "127.0.0.2", -ETIMEDOUT },
		/* IPv4 to an IPv6 socket */
		{ "::", { "127.0.0.0/30" }, "127.0.0.2", 0 },
		{ "::", { "127.0.0.0/30" }, "127.0.0.4", -ETIMEDOUT },
	};

	(void)state;
	skip_unless_possible();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct list list = parse(cases[i].prefixes);
		struct address source = address_of(cases[i].source);
		struct address called = address_is_ipv4(&source) ? address_of("127.0.0.1") : address_of("::1");
		struct sockaddr_storage name;
		struct sockaddr_in6 ipv6;
		int listener = listen_filtered(cases[i].listens, &list, &name);

		memcpy(&ipv6, &name, sizeof(ipv6)); /* the port lies where that of IPv4 lies */
		(void)address_to_socket(&called, ntohs(ipv6.sin6_port), &name);
		int wait_ms = cases[i].result == 0 ? ANSWER_MS : NO_ANSWER_MS;
		if (result_of_call(cases[i].source, &name, wait_ms) != cases[i].result) {
			fail_msg("case %zu", i);
		}
		(void)close(listener);
	}
}

static struct address random_source(void)
{
	struct address address = address_of("127.0.0.0");

	for (int i = 13; i < 16; i++) {
		address.bytes[i] = (uint8_t)random();
	}
	address.bytes[15] = (uint8_t)(1 + address.bytes[15] % 254);
	return address;
}

/* A prefix that holds the address, or one that differs from it in its last bit. */
static struct prefix random_prefix(const struct address *near)
{
	struct prefix prefix = { .address = *near, .length = (uint8_t)(96 + 9 + random() % 24) };
	unsigned last = prefix.length - 1u;

	for (unsigned bit = prefix.length; bit < 128; bit++) {
		prefix.address.bytes[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
	}
	if (random() % 2 == 0) {
		prefix.address.bytes[last / 8] ^= (uint8_t)(0x80 >> last % 8);
	}
	return prefix;
}

/* All sources of a round call at the same time, so that silence is waited for once. */
static void call_all(const struct list *list, const struct address *sources, const struct sockaddr_storage *name)
{
	struct pollfd ready[SOURCES];

	for (int i = 0; i < SOURCES; i++) {
		(void)call_from(&sources[i], name, 0, &ready[i].fd);
		ready[i].events = POLLOUT;
	}
	(void)usleep(1000 * NO_ANSWER_MS);
	(void)poll(ready, SOURCES, 0);
	for (int i = 0; i < SOURCES; i++) {
		bool answered = (ready[i].revents & POLLOUT) != 0;
		(void)close(ready[i].fd);
		assert_int_equal(answered, holds(list, &sources[i]));
	}
}

static void random_lists_agree_with_prefix_holds(void **state)
{
	(void)state;
	skip_unless_possible();
	srandom(1);
	for (int round = 0; round < ROUNDS; round++) {
		struct list list = { .count = 0 };
		struct address sources[SOURCES];
		struct sockaddr_storage name;

		for (int i = 0; i < SOURCES; i++) {
			sources[i] = random_source();
		}
		size_t count = round == 0 ? FILTER_PREFIXES_MAX : (size_t)random() % FILTER_PREFIXES_MAX;
		while (list.count < count) {
			list.items[list.count++] = random_prefix(&sources[random() % SOURCES]);
		}
		int listener = listen_filtered("127.0.0.1", &list, &name);
		call_all(&list, sources, &name);
		(void)close(listener);
	}
}

static void longest_list_fits(void **state)
{
	static const char *const ipv6[] = { "2001:db8:1:2:3:4:5:6", NULL };
	static const char *const ipv4[] = { "192.0.2.1", NULL };
	struct prefix prefixes[FILTER_PREFIXES_MAX + 1];

	(void)state;
	skip_unless_possible();
	for (int round = 0; round < 2; round++) {
		struct list one = parse(round == 0 ? ipv6 : ipv4);
		int probe = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

		for (size_t i = 0; i <= FILTER_PREFIXES_MAX; i++) {
			prefixes[i] = one.items[0];
		}
		assert_int_equal(filter_admit(probe, prefixes, FILTER_PREFIXES_MAX + 1), -E2BIG);
		assert_int_equal(filter_admit(probe, prefixes, FILTER_PREFIXES_MAX), 0);
		(void)close(probe);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_admitted_get_an_answer),
		cmocka_unit_test(nobody_takes_it_off),
		cmocka_unit_test(each_version_has_its_own_prefixes),
		cmocka_unit_test(random_lists_agree_with_prefix_holds),
		cmocka_unit_test(longest_list_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
