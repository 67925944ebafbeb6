/* test_address.c - the one form of an address, prefixes, and the keys that limits count by. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/address.h"

static struct address address_of(const char *text)
{
	struct prefix prefix;

	assert_int_equal(prefix_parse(text, &prefix), 0);
	assert_int_equal(prefix.length, 128);
	return prefix.address;
}

static struct sockaddr_storage ipv6_socket(const char *text, uint16_t port, uint32_t scope)
{
	struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_scope_id = scope };
	struct sockaddr_storage storage = { 0 };

	assert_int_equal(inet_pton(AF_INET6, text, &ipv6.sin6_addr), 1);
	memcpy(&storage, &ipv6, sizeof(ipv6));
	return storage;
}

static struct sockaddr_storage ipv4_socket(const char *text, uint16_t port)
{
	struct sockaddr_in ipv4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_storage storage = { 0 };

	assert_int_equal(inet_pton(AF_INET, text, &ipv4.sin_addr), 1);
	memcpy(&storage, &ipv4, sizeof(ipv4));
	return storage;
}

/* The same caller through an IPv4 socket and through an IPv6 socket that takes both families. */
static void both_families_give_one_form(void **state)
{
	struct sockaddr_storage ipv4 = ipv4_socket("192.0.2.7", 4711);
	struct sockaddr_storage mapped = ipv6_socket("::ffff:192.0.2.7", 4711, 0);
	struct address a;
	struct address b;
	uint16_t port = 0;

	(void)state;
	assert_int_equal(address_from_socket(&ipv4, &a, &port), 0);
	assert_int_equal(port, 4711);
	port = 0;
	assert_int_equal(address_from_socket(&mapped, &b, &port), 0);
	assert_int_equal(port, 4711);
	assert_memory_equal(&a, &b, sizeof(a));
	assert_true(address_is_ipv4(&a));
	assert_true(address_source_key(&a) == address_source_key(&b));
}

/* Which interface a link-local caller came through is no part of who it is. */
static void scopes_are_left_out(void **state)
{
	struct sockaddr_storage one = ipv6_socket("fe80::1", 1, 1);
	struct sockaddr_storage two = ipv6_socket("fe80::1", 1, 2);
	struct address a;
	struct address b;

	(void)state;
	assert_int_equal(address_from_socket(&one, &a, NULL), 0);
	assert_int_equal(address_from_socket(&two, &b, NULL), 0);
	assert_memory_equal(&a, &b, sizeof(a));
	assert_false(address_is_ipv4(&a));
}

static void other_families_are_refused(void **state)
{
	struct sockaddr_storage storage = { .ss_family = AF_UNIX };
	struct address address = { { 1 } };
	uint16_t port = 7;

	(void)state;
	assert_int_equal(address_from_socket(&storage, &address, &port), -EAFNOSUPPORT);
	assert_int_equal(address.bytes[0], 1);
	assert_int_equal(port, 7);
}

static void check_round_trip(const char *text, socklen_t size)
{
	struct address before = address_of(text);
	struct address after;
	struct sockaddr_storage storage;
	char written[ADDRESS_TEXT_MAX];
	uint16_t port = 0;

	assert_int_equal(address_to_socket(&before, 61000, &storage), size);
	assert_int_equal(address_from_socket(&storage, &after, &port), 0);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(port, 61000);
	address_text(&after, written);
	assert_string_equal(written, text);
}

static void sockets_and_texts_round_trip(void **state)
{
	(void)state;
	check_round_trip("0.0.0.0", sizeof(struct sockaddr_in));
	check_round_trip("127.0.0.1", sizeof(struct sockaddr_in));
	check_round_trip("255.255.255.255", sizeof(struct sockaddr_in));
	check_round_trip("::", sizeof(struct sockaddr_in6));
	check_round_trip("::1", sizeof(struct sockaddr_in6));
	check_round_trip("2001:db8::1", sizeof(struct sockaddr_in6));
	check_round_trip("fe80::ffff:c000:207", sizeof(struct sockaddr_in6));
	check_round_trip("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", sizeof(struct sockaddr_in6));
	/* Not mapped: one bit beside ::ffff:0:0/96. */
	check_round_trip("::fffe:c000:207", sizeof(struct sockaddr_in6));
	check_round_trip("::1:ffff:c000:207", sizeof(struct sockaddr_in6));
}

static const struct {
	const char *text;
	int length; /* or -1 when it is no prefix */
} prefixes[] = {
	{ "0.0.0.0/0", 96 },
	{ "128.0.0.0/1", 97 },
	{ "10.0.0.0/8", 104 },
	{ "192.0.2.0/24", 120 },
	{ "192.0.2.254/31", 127 },
	{ "192.0.2.255/32", 128 },
	{ "192.0.2.255", 128 },
	{ "::/0", 0 },
	{ "8000::/1", 1 },
	{ "2001:db8::/32", 32 },
	{ "2001:db8::/64", 64 },
	{ "2001:db8::2/127", 127 },
	{ "2001:db8::3/128", 128 },
	{ "2001:db8::3", 128 },
	{ "::ffff:192.0.2.0/120", 120 },
	{ "::ffff:0:0/96", 96 },
	{ "2001:DB8::/32", 32 },
	{ "", -1 },
	{ "/", -1 },
	{ "/0", -1 },
	{ "localhost", -1 },
	{ "192.0.2", -1 },
	{ "192.0.2.0.0", -1 },
	{ "192.0.2.256", -1 },
	{ "0192.0.2.1", -1 },
	{ "192.0.2.1/24", -1 }, /* host bits */
	{ "192.0.2.128/24", -1 },
	{ "192.0.2.1/31", -1 },
	{ "1.0.0.0/0", -1 },
	{ "2001:db8::1/64", -1 },
	{ "2001:db8::1/127", -1 },
	{ "::1/0", -1 },
	{ "::ffff:0:0/95", -1 },
	{ "192.0.2.0/33", -1 },
	{ "::/129", -1 },
	{ "::/4294967296", -1 },
	{ "::/99999999999999999999", -1 },
	{ "192.0.2.0/", -1 },
	{ "192.0.2.0/-1", -1 },
	{ "192.0.2.0/+24", -1 },
	{ "192.0.2.0/024", -1 },
	{ "192.0.2.0/ 24", -1 },
	{ "192.0.2.0/24 ", -1 },
	{ " 192.0.2.0/24", -1 },
	{ "192.0.2.0/24/24", -1 },
	{ "192.0.2.0/255.255.255.0", -1 },
	{ "192.0.2.1:80", -1 },
	{ "[::1]", -1 },
	{ "fe80::1%eth0", -1 },
	{ "fe80::1%1", -1 },
	{ ":::", -1 },
	{ "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", -1 },
};

static void prefixes_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		struct prefix prefix = { .length = 0x5a };
		int r = prefix_parse(prefixes[i].text, &prefix);

		assert_int_equal(r, prefixes[i].length < 0 ? -EINVAL : 0);
		assert_int_equal(prefix.length, prefixes[i].length < 0 ? 0x5a : prefixes[i].length);
	}
}

static const struct {
	const char *prefix;
	const char *address;
	bool holds;
} holdings[] = {
	{ "192.0.2.0/24", "192.0.2.0", true },
	{ "192.0.2.0/24", "192.0.2.255", true },
	{ "192.0.2.0/24", "192.0.1.255", false },
	{ "192.0.2.0/24", "192.0.3.0", false },
	{ "192.0.2.0/24", "::ffff:192.0.2.9", true },
	{ "::ffff:192.0.2.0/120", "192.0.2.9", true },
	{ "192.0.2.4/31", "192.0.2.5", true },
	{ "192.0.2.4/31", "192.0.2.6", false },
	{ "192.0.2.4/31", "192.0.2.3", false },
	{ "192.0.2.4", "192.0.2.4", true },
	{ "192.0.2.4", "192.0.2.5", false },
	{ "0.0.0.0/0", "255.255.255.255", true },
	{ "0.0.0.0/0", "0.0.0.0", true },
	{ "0.0.0.0/0", "::", false },
	{ "0.0.0.0/0", "2001:db8::1", false },
	{ "0.0.0.0/1", "127.255.255.255", true },
	{ "0.0.0.0/1", "128.0.0.0", false },
	{ "::/0", "2001:db8::1", true },
	{ "::/0", "::", true },
	{ "::/0", "192.0.2.1", false }, /* the families are told apart */
	{ "::/64", "192.0.2.1", false },
	{ "::/64", "::1", true },
	{ "2001:db8::/32", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", true },
	{ "2001:db8::/32", "2001:db9::", false },
	{ "2001:db8::/33", "2001:db8:7fff::", true },
	{ "2001:db8::/33", "2001:db8:8000::", false },
	{ "2001:db8::8/125", "2001:db8::f", true },
	{ "2001:db8::8/125", "2001:db8::10", false },
	{ "2001:db8::8/125", "2001:db8::7", false },
	{ "::1", "::1", true },
	{ "::1", "::2", false },
};

static void prefixes_hold_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(holdings) / sizeof(holdings[0]); i++) {
		struct address address = address_of(holdings[i].address);
		struct prefix prefix;

		assert_int_equal(prefix_parse(holdings[i].prefix, &prefix), 0);
		assert_int_equal(prefix_holds(&prefix, &address), holdings[i].holds);
	}
}

/* Every length of both families, at the last address inside and the first one outside. */
static void prefixes_hold_at_every_length(void **state)
{
	const char *const bases[] = { "85.170.85.170", "5555:aaaa:5555:aaaa:5555:aaaa:5555:aaaa" };

	(void)state;
	for (size_t base = 0; base < 2; base++) {
		struct address inside = address_of(bases[base]);

		for (unsigned length = base == 0 ? 97 : 1; length <= 128; length++) {
			struct prefix prefix = { inside, (uint8_t)length };
			struct address outside = inside;

			outside.bytes[(length - 1) / 8] ^= (uint8_t)(0x80 >> (length - 1) % 8);
			assert_true(prefix_holds(&prefix, &inside));
			assert_false(prefix_holds(&prefix, &outside));
			if (length < 128) {
				outside = inside;
				outside.bytes[length / 8] ^= (uint8_t)(0x80 >> length % 8);
				assert_true(prefix_holds(&prefix, &outside));
			}
		}
	}
}

static uint64_t key_of(const char *text)
{
	struct address address = address_of(text);

	return address_source_key(&address);
}

static void sources_count_by_address_and_by_64(void **state)
{
	(void)state;
	assert_true(key_of("192.0.2.1") != key_of("192.0.2.2"));
	assert_true(key_of("192.0.2.1") == key_of("::ffff:192.0.2.1"));
	assert_true(key_of("2001:db8::1") == key_of("2001:db8::ffff:ffff:ffff:ffff"));
	assert_true(key_of("2001:db8:0:1::") != key_of("2001:db8:0:2::"));
	assert_true(key_of("::1") != key_of("0.0.0.0"));
	assert_true(user_source_key(0) != user_source_key(1));
}

static int compare_keys(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a;
	uint64_t right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

/* The same small numbers as IPv4 addresses, as /64s, as lower halves of /64s and as users: no two
 * keys meet. */
static void keys_never_meet(void **state)
{
	enum { NUMBERS = 4096, KINDS = 4 };
	uint64_t *keys = calloc((size_t)NUMBERS * KINDS, sizeof(*keys));
	size_t count = 0;

	(void)state;
	assert_non_null(keys);
	for (uint32_t number = 0; number < NUMBERS; number++) {
		struct address ipv4 = { { [10] = 0xff, 0xff, 0, 0, (uint8_t)(number >> 8), (uint8_t)number } };
		struct address high = { { (uint8_t)(number >> 8 | 0x20), (uint8_t)number } };
		struct address low = { { 0x20, 0x01, 0, 0, 0, 0, (uint8_t)(number >> 8), (uint8_t)number } };

		keys[count++] = address_source_key(&ipv4);
		keys[count++] = address_source_key(&high);
		keys[count++] = address_source_key(&low);
		keys[count++] = user_source_key(number);
	}
	qsort(keys, count, sizeof(*keys), compare_keys);
	assert_true(keys[0] != 0);
	size_t twice = 0;
	for (size_t i = 1; i < count; i++) {
		twice += keys[i] == keys[i - 1];
	}
	/* 2001::/64 and 2001:: are one network, reached by two of the patterns. */
	assert_int_equal(twice, 1);
	free(keys);
}

/* Tables index by some bits of a key, so neighbours must spread over the low ones. */
static void keys_of_neighbours_spread(void **state)
{
	unsigned char used[256] = { 0 };
	unsigned places = 0;

	(void)state;
	for (unsigned host = 0; host < 256; host++) {
		struct address address = { { [10] = 0xff, 0xff, 192, 0, 2, (uint8_t)host } };
		used[address_source_key(&address) & 0xff] = 1;
	}
	for (unsigned i = 0; i < 256; i++) {
		places += used[i];
	}
	assert_in_range(places, 128, 256);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_families_give_one_form),
		cmocka_unit_test(scopes_are_left_out),
		cmocka_unit_test(other_families_are_refused),
		cmocka_unit_test(sockets_and_texts_round_trip),
		cmocka_unit_test(prefixes_are_read),
		cmocka_unit_test(prefixes_hold_addresses),
		cmocka_unit_test(prefixes_hold_at_every_length),
		cmocka_unit_test(sources_count_by_address_and_by_64),
		cmocka_unit_test(keys_never_meet),
		cmocka_unit_test(keys_of_neighbours_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
