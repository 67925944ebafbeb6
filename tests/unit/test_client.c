/* test_client.c - berth_call against a child that plays the rendezvous port: it hears one line, says
 * something in pieces of a given size, and then what a function would say. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <berth.h>

#include <cmocka.h>

enum {
	DESCRIPTORS_LOOKED_AT = 256,
	PATIENCE_MS = 20000, /* for what must happen; never waited for to the end when all is well */
	SHORT_MS = 50,
	TEXT_MAX = 1024,
};

/* What the child plays. */
struct part {
	const char *hears; /* the line that must come; NULL: whatever comes */
	const char *says;
	size_t piece; /* octets sent at one time; 0: all at once */
	bool goes_on; /* says it again and again */
};

struct rendezvous {
	int listening;
	pid_t process;
	char address[TEXT_MAX];
	int open_before;
};

static int descriptors_open(void)
{
	int open = 0;

	for (int descriptor = 0; descriptor < DESCRIPTORS_LOOKED_AT; descriptor++) {
		open += fcntl(descriptor, F_GETFD) >= 0 ? 1 : 0;
	}
	return open;
}

/* ---- the child's side ---- */

static void hear_line(int connection, const char *expected)
{
	char line[TEXT_MAX] = { 0 };
	size_t size = 0;

	while (size < sizeof(line) - 1 && (size == 0 || line[size - 1] != '\n')) {
		if (recv(connection, line + size, 1, 0) != 1) {
			_exit(2);
		}
		size++;
	}
	if (expected != NULL && strcmp(line, expected) != 0) {
		(void)fprintf(stderr, "heard: %s", line);
		_exit(3);
	}
}

static void say(int connection, const struct part *part)
{
	size_t size = strlen(part->says);
	size_t piece = part->piece > 0 ? part->piece : size;

	for (size_t sent = 0; sent < size; sent += piece) {
		size_t now = piece < size - sent ? piece : size - sent;
		(void)send(connection, part->says + sent, now, MSG_NOSIGNAL);
		if (part->piece > 0) {
			(void)poll(NULL, 0, 1);
		}
	}
}

/* Plays its part for one call and stays until the caller has gone. */
static void play(int listening, const struct part *part)
{
	int connection = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
	char octet;

	hear_line(connection, part->hears);
	if (part->says == NULL) {
		_exit(0);
	}
	do {
		say(connection, part);
	} while (part->goes_on && recv(connection, &octet, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN);
	(void)recv(connection, &octet, 1, 0);
	_exit(0);
}

static struct rendezvous start(int listening, const struct part *part)
{
	struct rendezvous rendezvous = { .listening = listening };

	assert_true(listening >= 0);
	rendezvous.process = fork();
	if (rendezvous.process == 0) {
		play(listening, part);
	}
	rendezvous.open_before = descriptors_open();
	return rendezvous;
}

/* ---- where the child listens ---- */

static int listen_tcp(const char *host, uint16_t *ret_port)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);
	int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(inet_pton(AF_INET, host, &address.sin_addr), 1);
	assert_int_equal(bind(listening, (const struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(listening, 8), 0);
	assert_int_equal(getsockname(listening, (struct sockaddr *)&address, &size), 0);
	*ret_port = ntohs(address.sin_port);
	return listening;
}

static struct rendezvous start_tcp(const char *host, const struct part *part)
{
	uint16_t port;
	int listening = listen_tcp(host, &port);
	struct rendezvous rendezvous = start(listening, part);

	(void)snprintf(rendezvous.address, sizeof(rendezvous.address), "%s:%u", host, port);
	return rendezvous;
}

static struct rendezvous start_unix(const struct part *part)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "/tmp/berth-test-%d", (int)getpid());
	(void)unlink(address.sun_path);
	assert_int_equal(bind(listening, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listening, 8), 0);
	struct rendezvous rendezvous = start(listening, part);
	(void)snprintf(rendezvous.address, sizeof(rendezvous.address), "unix:%s", address.sun_path);
	return rendezvous;
}

/* The child must have seen what it expected, and nothing may be left open here. */
static void end(struct rendezvous *rendezvous)
{
	int status;

	assert_int_equal(descriptors_open(), rendezvous->open_before);
	(void)close(rendezvous->listening);
	assert_int_equal(waitpid(rendezvous->process, &status, 0), rendezvous->process);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	if (strncmp(rendezvous->address, "unix:", 5) == 0) {
		(void)unlink(rendezvous->address + 5);
	}
}

/* ---- the caller's side ---- */

static int call(const struct rendezvous *rendezvous, struct berth_refusal *ret_refusal)
{
	return berth_call(rendezvous->address, "echo", NULL, PATIENCE_MS, ret_refusal);
}

/* The connection is as promised, and the next octets on it are these, if any. */
static void expect_connection(int connection, const char *octets)
{
	char heard[TEXT_MAX] = { 0 };

	if (connection < 0) {
		fail_msg("%s", strerror(-connection));
	}
	assert_int_equal(fcntl(connection, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(connection, F_GETFL) & O_NONBLOCK, 0);
	if (octets[0] != '\0') {
		assert_int_equal(recv(connection, heard, strlen(octets), MSG_WAITALL), strlen(octets));
	}
	assert_string_equal(heard, octets);
}

static void accepted_at(struct rendezvous rendezvous)
{
	struct berth_refusal refusal = { "untouched" };
	int connection = call(&rendezvous, &refusal);

	expect_connection(connection, "hello");
	assert_string_equal(refusal.reason, "");
	(void)close(connection);
	end(&rendezvous);
}

static void accepted(void **state)
{
	(void)state;
	accepted_at(start_tcp("127.0.0.1", &(struct part){ .hears = "echo\r\n", .says = "+\r\nhello" }));
	accepted_at(start_tcp("127.0.0.1", &(struct part){ .says = "+Go ahead\r\nhello" }));
	accepted_at(start_tcp("127.0.0.1", &(struct part){ .says = "+\nhello" }));
	accepted_at(start_unix(&(struct part){ .hears = "echo\r\n", .says = "+\r\nhello" }));
}

static void accepted_in_pieces(void **state)
{
	(void)state;
	for (size_t piece = 1; piece < 6; piece++) {
		accepted_at(start_tcp("127.0.0.1", &(struct part){ .says = "+Go\r\nhello", .piece = piece }));
		accepted_at(start_unix(&(struct part){ .says = "+Go\r\nhello", .piece = piece }));
	}
}

static void key_is_said(void **state)
{
	struct rendezvous rendezvous =
		start_tcp("127.0.0.1", &(struct part){ .hears = "Echo key=K.1\r\n", .says = "+\r\n" });
	int connection = berth_call(rendezvous.address, "Echo", "K.1", -1, NULL);

	(void)state;
	expect_connection(connection, "");
	(void)close(connection);
	end(&rendezvous);
}

static void expect_error(const struct part *part, int error, const char *reason)
{
	struct rendezvous rendezvous = start_tcp("127.0.0.1", part);
	struct berth_refusal refusal = { "untouched" };

	assert_int_equal(call(&rendezvous, &refusal), error);
	assert_string_equal(refusal.reason, reason);
	end(&rendezvous);
}

static void refused(void **state)
{
	char longest[TEXT_MAX];
	char reason[BERTH_REASON_MAX];

	(void)state;
	expect_error(&(struct part){ .says = "-busy try again\r\n" }, -ECONNREFUSED, "busy try again");
	expect_error(&(struct part){ .says = "-busy\n", .piece = 1 }, -ECONNREFUSED, "busy");
	expect_error(&(struct part){ .says = "-\r\n" }, -ECONNREFUSED, "");
	expect_error(&(struct part){ .says = "-\x1b[2J\r\n" }, -ECONNREFUSED, "?[2J");
	(void)snprintf(longest, sizeof(longest), "-%0509d\r\n", 7);
	(void)snprintf(reason, sizeof(reason), "%0255d", 0);
	expect_error(&(struct part){ .says = longest }, -ECONNREFUSED, reason);
	struct rendezvous rendezvous = start_tcp("127.0.0.1", &(struct part){ .says = "-no\r\n" });
	assert_int_equal(call(&rendezvous, NULL), -ECONNREFUSED);
	end(&rendezvous);
}

static void not_a_rendezvous_port(void **state)
{
	char too_long[TEXT_MAX];

	(void)state;
	expect_error(&(struct part){ .says = "SSH-2.0-OpenSSH_9.2\r\n" }, -EPROTO, "");
	expect_error(&(struct part){ .says = "HTTP/1.1 400 Bad Request\r\n" }, -EPROTO, "");
	expect_error(&(struct part){ .says = ">0\r\n" }, -EPROTO, "");
	expect_error(&(struct part){ .says = ">1 a b\r\n", .piece = 2 }, -EPROTO, "");
	expect_error(&(struct part){ .says = NULL }, -EPROTO, "");
	(void)snprintf(too_long, sizeof(too_long), "+%0600d", 0);
	expect_error(&(struct part){ .says = too_long }, -EPROTO, "");
	expect_error(&(struct part){ .says = too_long, .piece = 100 }, -EPROTO, "");
}

static void time_is_for_the_whole_call(void **state)
{
	const struct part silent = { .says = "" };
	const struct part endless = { .says = "+", .piece = 1 };
	struct rendezvous rendezvous = start_tcp("127.0.0.1", &silent);

	(void)state;
	assert_int_equal(berth_call(rendezvous.address, "echo", NULL, SHORT_MS, NULL), -ETIMEDOUT);
	end(&rendezvous);
	rendezvous = start_tcp("127.0.0.1", &endless);
	assert_int_equal(berth_call(rendezvous.address, "echo", NULL, SHORT_MS, NULL), -ETIMEDOUT);
	end(&rendezvous);
}

static void nobody_there(void **state)
{
	struct berth_refusal refusal = { "untouched" };
	char address[TEXT_MAX];
	uint16_t port;
	int listening = listen_tcp("127.0.0.1", &port);

	(void)state;
	(void)close(listening);
	(void)snprintf(address, sizeof(address), "127.0.0.1:%u", port);
	assert_int_equal(berth_call(address, "echo", NULL, PATIENCE_MS, &refusal), -ECONNREFUSED);
	assert_string_equal(refusal.reason, "");
	assert_int_equal(berth_call("unix:/nowhere/at/all", "echo", NULL, PATIENCE_MS, NULL), -ENOENT);
}

static void bad_arguments(void **state)
{
	static const char *const addresses[] = {
		"",	":1",	"host:",  "host:0", "host:65536", "host:1x",	   "host:+1", "host: 1", "host:000001",
		"[::1", "[]:1", "[::1]1", "[::1]:", "unix:",	  "unix:relative",
	};
	static const char *const names[] = { "",     "a b",  "a\r\n",  "a--b", "1", "abcdefghijklmnop",
					     "help", "HELP", "a key=b" };
	static const char *const keys[] = { "", "a b", "a\r\n", "a\n+", "=", "0123456789abcdef0123456789ABCDEFx" };
	char long_text[TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		assert_int_equal(berth_call(addresses[i], "echo", NULL, 0, NULL), -EINVAL);
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(berth_call("127.0.0.1", names[i], NULL, 0, NULL), -EINVAL);
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		assert_int_equal(berth_call("127.0.0.1", "echo", keys[i], 0, NULL), -EINVAL);
	}
	memset(long_text, 'x', sizeof(long_text));
	long_text[sizeof(long_text) - 1] = '\0';
	assert_int_equal(berth_call(long_text, "echo", NULL, 0, NULL), -EINVAL);
	assert_int_equal(berth_call("127.0.0.1", "echo", long_text, 0, NULL), -EINVAL);
	memcpy(long_text, "unix:/", 6);
	long_text[200] = '\0';
	assert_int_equal(berth_call(long_text, "echo", NULL, 0, NULL), -ENAMETOOLONG);
}

/* ---- where ">" points ---- */

/* The address, without a port, of one end of a connection. */
static struct in_addr address_of(int descriptor, int (*ask)(int, struct sockaddr *, socklen_t *))
{
	struct sockaddr_in address = { .sin_family = AF_UNSPEC };
	socklen_t size = sizeof(address);

	assert_int_equal(ask(descriptor, (struct sockaddr *)&address, &size), 0);
	assert_int_equal(address.sin_family, AF_INET);
	return address.sin_addr;
}

/* Both answers are said by children: the first points to where the second listens. */
static void followed(const char *called, const char *second, const char *behind, size_t piece)
{
	const struct part function = { .hears = "from the caller\n", .says = "hello" };
	char line[TEXT_MAX];
	uint16_t port;
	struct rendezvous there = start(listen_tcp(second, &port), &function);

	(void)snprintf(line, sizeof(line), ">%u%s\r\n", port, behind);
	const struct part redirect = { .hears = "echo\r\n", .says = line, .piece = piece };
	struct rendezvous here = called != NULL ? start_tcp(called, &redirect) : start_unix(&redirect);
	int connection = call(&here, NULL);
	assert_true(connection >= 0);
	struct in_addr peer = address_of(connection, getpeername);
	assert_string_equal(inet_ntoa(peer), second);
	assert_int_equal(send(connection, "from the caller\n", 16, 0), 16);
	expect_connection(connection, "hello");
	(void)close(connection);
	end(&here);
	end(&there);
}

static void follows(void **state)
{
	(void)state;
	followed("127.0.0.1", "127.0.0.1", "", 0);
	followed("127.0.0.1", "127.0.0.1", "", 1);
	followed("127.0.0.7", "127.0.0.7", "", 0);
	followed("127.0.0.7", "127.0.0.7", " token=abc", 0);
	followed("127.0.0.7", "127.0.0.8", " 127.0.0.8", 0);
	followed("127.0.0.7", "127.0.0.8", " 127.0.0.8 token=abc other=", 0);
	followed(NULL, "127.0.0.1", "", 0);
	followed(NULL, "127.0.0.8", " 127.0.0.8", 0);
}

/* A port may exist for one address only: the one that called. */
static void comes_from_the_same_address(void **state)
{
	char line[TEXT_MAX];
	uint16_t port;
	uint16_t second_port;
	int first = listen_tcp("127.0.0.7", &port);
	int second = listen_tcp("127.0.0.7", &second_port);
	char address[TEXT_MAX];
	int status;

	(void)state;
	(void)snprintf(line, sizeof(line), ">%u\r\n", second_port);
	(void)snprintf(address, sizeof(address), "127.0.0.7:%u", port);
	pid_t caller = fork();
	if (caller == 0) {
		_exit(berth_call(address, "echo", NULL, PATIENCE_MS, NULL) >= 0 ? 0 : 1);
	}
	int called = accept4(first, NULL, NULL, SOCK_CLOEXEC);
	assert_int_equal(send(called, line, strlen(line), 0), strlen(line));
	int followed_to = accept4(second, NULL, NULL, SOCK_CLOEXEC);
	assert_true(followed_to >= 0);
	assert_int_equal(address_of(called, getpeername).s_addr, address_of(followed_to, getpeername).s_addr);
	assert_int_equal(waitpid(caller, &status, 0), caller);
	assert_int_equal(status, 0);
	(void)close(called);
	(void)close(followed_to);
	(void)close(first);
	(void)close(second);
}

static void nobody_where_it_points(void **state)
{
	char line[TEXT_MAX];
	uint16_t port;

	(void)state;
	(void)close(listen_tcp("127.0.0.1", &port));
	(void)snprintf(line, sizeof(line), ">%u\r\n", port);
	expect_error(&(struct part){ .says = line }, -ECONNREFUSED, "");
}

static void ipv6(void **state)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback };
	socklen_t size = sizeof(address);
	int listening = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	if (listening < 0 || bind(listening, (const struct sockaddr *)&address, size) < 0) {
		(void)close(listening);
		skip();
	}
	assert_int_equal(listen(listening, 8), 0);
	assert_int_equal(getsockname(listening, (struct sockaddr *)&address, &size), 0);
	/* The second call comes to the port that the first one's answer names: the same. */
	char line[TEXT_MAX];
	(void)snprintf(line, sizeof(line), ">%u\r\n", ntohs(address.sin6_port));
	struct rendezvous rendezvous = start(listening, &(struct part){ .says = line });
	(void)snprintf(rendezvous.address, sizeof(rendezvous.address), "[::1]:%u", ntohs(address.sin6_port));
	int connection = call(&rendezvous, NULL);
	expect_connection(connection, "");
	(void)close(connection);
	end(&rendezvous);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepted),
		cmocka_unit_test(accepted_in_pieces),
		cmocka_unit_test(key_is_said),
		cmocka_unit_test(refused),
		cmocka_unit_test(not_a_rendezvous_port),
		cmocka_unit_test(time_is_for_the_whole_call),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(bad_arguments),
		cmocka_unit_test(follows),
		cmocka_unit_test(comes_from_the_same_address),
		cmocka_unit_test(nobody_where_it_points),
		cmocka_unit_test(ipv6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
