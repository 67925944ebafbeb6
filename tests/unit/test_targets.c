/* test_targets.c - where a relay connects to: which texts are targets, and what is made of them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/un.h>

#include <cmocka.h>

#include "base/address.h"
#include "relay/targets.h"

static void expect_address(const char *text, int family, const char *host, uint16_t port)
{
	struct targets targets;
	struct address address;
	char written[ADDRESS_TEXT_MAX];
	uint16_t got;

	assert_int_equal(targets_look_up(text, &targets), 0);
	assert_int_equal(targets.count, 1);
	assert_int_equal(targets.items[0].address.ss_family, family);
	assert_int_equal(address_from_socket(&targets.items[0].address, &address, &got), 0);
	address_text(&address, written);
	assert_string_equal(written, host);
	assert_int_equal(got, port);
	assert_int_equal(targets_port(&targets), port);
	assert_int_equal(targets_have(&targets, AF_INET), family == AF_INET);
	assert_int_equal(targets_have(&targets, AF_INET6), family == AF_INET6);
	assert_false(targets_have(&targets, AF_UNIX));
}

static void addresses(void **state)
{
	(void)state;
	expect_address("127.0.0.1:25", AF_INET, "127.0.0.1", 25);
	expect_address("[::1]:65535", AF_INET6, "::1", 65535);
	expect_address("[2001:db8::7]:1", AF_INET6, "2001:db8::7", 1);
}

static void paths(void **state)
{
	struct targets targets;
	struct sockaddr_un address;

	(void)state;
	assert_int_equal(targets_look_up("unix:/run/a:b", &targets), 0);
	memcpy(&address, &targets.items[0].address, sizeof(address));
	assert_int_equal(address.sun_family, AF_UNIX);
	assert_string_equal(address.sun_path, "/run/a:b");
	assert_true(targets_have(&targets, AF_UNIX));
	assert_int_equal(targets_port(&targets), 0);
}

static void no_targets(void **state)
{
	static const char *const wrong[] = { "",      "host",	       "host:",	     ":25",	      "::1:25",
					     "[]:25", "[::1]",	       "[::1:25",    "::1]:25",	      "host:x",
					     "unix:", "unix:relative", "unix:@name", "127.0.0.1:smtp" };
	char path[200];
	struct targets targets = { .count = 77 };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_true(targets_look_up(wrong[i], &targets) < 0);
		assert_int_equal(targets.count, 77);
	}
	memset(path, 'x', sizeof(path));
	memcpy(path, "unix:/", 6);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(targets_look_up(path, &targets), -EINVAL);
	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	assert_true(targets_look_up(path, &targets) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(paths),
		cmocka_unit_test(no_targets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
