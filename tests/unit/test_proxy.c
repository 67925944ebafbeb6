/* test_proxy.c - headers of the PROXY protocol: what is read, what is refused, what is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "wire/proxy.h"

static struct address address(const char *text)
{
	struct prefix prefix;

	assert_int_equal(prefix_parse(text, &prefix), 0);
	return prefix.address;
}

static struct proxy_header tcp(const char *source, uint16_t source_port, const char *destination,
			       uint16_t destination_port)
{
	return (struct proxy_header){
		.kind = PROXY_TCP,
		.source = address(source),
		.destination = address(destination),
		.source_port = source_port,
		.destination_port = destination_port,
	};
}

static void expect_same(const struct proxy_header *got, const struct proxy_header *wanted)
{
	assert_int_equal(got->kind, wanted->kind);
	assert_memory_equal(&got->source, &wanted->source, sizeof(got->source));
	assert_memory_equal(&got->destination, &wanted->destination, sizeof(got->destination));
	assert_int_equal(got->source_port, wanted->source_port);
	assert_int_equal(got->destination_port, wanted->destination_port);
	assert_memory_equal(got->source_path, wanted->source_path, sizeof(got->source_path));
	assert_memory_equal(got->destination_path, wanted->destination_path, sizeof(got->destination_path));
}

/* Not before its last octet, and with what stands behind it left alone. */
static void expect_whole(const void *octets, size_t size, const struct proxy_header *wanted)
{
	uint8_t longer[PROXY_HEADER_MAX + 4];
	struct proxy_header header;
	size_t header_size = 0;

	memcpy(longer, octets, size);
	memset(longer + size, 'n', 4);
	for (size_t cut = 0; cut < size; cut++) {
		assert_int_equal(proxy_parse(longer, cut, &header, &header_size), PROXY_MORE);
	}
	for (size_t more = 0; more <= 4; more++) {
		assert_int_equal(proxy_parse(longer, size + more, &header, &header_size), PROXY_WHOLE);
		assert_int_equal(header_size, size);
		expect_same(&header, wanted);
	}
}

static void expect_malformed(const void *octets, size_t size)
{
	struct proxy_header header;
	struct proxy_header untouched;
	size_t header_size = 7;

	memset(&header, 0xa5, sizeof(header));
	untouched = header;
	assert_int_equal(proxy_parse(octets, size, &header, &header_size), PROXY_MALFORMED);
	assert_memory_equal(&header, &untouched, sizeof(header));
	assert_int_equal(header_size, 7);
}

static void expect_line(const char *line, const struct proxy_header *wanted)
{
	expect_whole(line, strlen(line), wanted);
}

/* ---- version 1 ---- */

static void lines(void **state)
{
	const struct proxy_header local = { .kind = PROXY_LOCAL };
	const struct proxy_header ipv4 = tcp("192.168.0.1", 56324, "192.168.0.11", 443);
	const struct proxy_header ipv6 = tcp("2001:db8::1", 0, "::1", 65535);
	const struct proxy_header mapped = tcp("192.0.2.1", 1, "192.0.2.2", 2);

	(void)state;
	expect_line("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n", &ipv4);
	expect_line("PROXY TCP6 2001:db8::1 ::1 0 65535\r\n", &ipv6);
	expect_line("PROXY TCP6 2001:0DB8:0000:0000:0000:0000:0000:0001 0:0:0:0:0:0:0:1 0 65535\r\n", &ipv6);
	expect_line("PROXY TCP6 ::ffff:192.0.2.1 ::ffff:c000:202 1 2\r\n", &mapped);
	expect_line("PROXY UNKNOWN\r\n", &local);
	expect_line("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
		    "65535 65535\r\n",
		    &local);
	expect_line("PROXY UNKNOWN what not\r\n", &local);
}

static void malformed_lines(void **state)
{
	static const char *const wrong[] = {
		"p",
		"PROXY\r\n",
		"PROXY \r\n",
		"PROXY\tTCP4 1.2.3.4 1.2.3.4 1 1\r\n",
		"proxy TCP4 1.2.3.4 1.2.3.4 1 1\r\n",
		"PROXY tcp4 1.2.3.4 1.2.3.4 1 1\r\n",
		"PROXY TCP 1.2.3.4 1.2.3.4 1 1\r\n",
		"PROXY UDP4 1.2.3.4 1.2.3.4 1 1\r\n",
		"PROXY TCP4 1.2.3.4 1.2.3.4 1 1\n",
		"PROXY TCP4 1.2.3.4 1.2.3.4 1 1\n\r\n",
		"PROXY TCP4 1.2.3.4 1.2.3.4 1 1 \r\n",
		"PROXY TCP4 1.2.3.4 1.2.3.4 1 1 1\r\n",
		"PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n",
		"PROXY TCP4 1.2.3.4 1.2.3.4 1 \r\n",
		"PROXY TCP4 1.2.3.4 1.2.3.4  1 1\r\n",
		"PROXY TCP4 1.2.3.4 1.2.3.4 +1 1\r\n",
		"PROXY TCP4 1.2.3.4 1.2.3.4 01 1\r\n",
		"PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n",
		"PROXY TCP4 1.2.3.4 1.2.3.4 1 4294967297\r\n",
		"PROXY TCP4 1.2.3.4 1.2.3.4 1 1\r\r\n",
		"PROXY TCP4 1.2.3 1.2.3.4 1 1\r\n",
		"PROXY TCP4 01.2.3.4 1.2.3.4 1 1\r\n",
		"PROXY TCP4 1.2.3.256 1.2.3.4 1 1\r\n",
		"PROXY TCP4 ::1 ::1 1 1\r\n",
		"PROXY TCP6 1.2.3.4 1.2.3.4 1 1\r\n",
		"PROXY TCP6 ::1%lo ::1 1 1\r\n",
		"PROXY UNKNOWNS\r\n",
		"PROXY UNKNOWN\n",
		"GET / HTTP/1.1\r\n",
	};
	static const char unknown[] = { 'P', 'R', 'O', 'X', 'Y', ' ', 'U', 'N', 'K', 'N', 'O', 'W', 'N', ' ' };
	static const char end[] = { '\r', '\n' };
	char line[PROXY_V1_MAX + 2];
	struct proxy_header header;
	size_t size;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		expect_malformed(wrong[i], strlen(wrong[i]));
	}
	expect_malformed("PROXY UNKNOWN \0\r\n", 17);
	expect_malformed("PROXY TCP4 1.2.3.4\0 1.2.3.4 1 1\r\n", 33);

	/* A line is 107 octets at most. */
	memset(line, 'x', sizeof(line));
	memcpy(line, unknown, sizeof(unknown));
	assert_int_equal(proxy_parse((uint8_t *)line, PROXY_V1_MAX - 1, &header, &size), PROXY_MORE);
	expect_malformed(line, PROXY_V1_MAX);
	memcpy(line + PROXY_V1_MAX - 1, end, sizeof(end));
	expect_malformed(line, PROXY_V1_MAX + 1);
	memcpy(line + PROXY_V1_MAX - 2, end, sizeof(end));
	assert_int_equal(proxy_parse((uint8_t *)line, PROXY_V1_MAX, &header, &size), PROXY_WHOLE);
}

static void expect_written_line(const struct proxy_header *header, const char *wanted)
{
	uint8_t bytes[PROXY_V1_MAX];
	size_t size = proxy_write_v1(header, bytes);

	assert_int_equal(size, strlen(wanted));
	assert_memory_equal(bytes, wanted, size);
}

static void written_lines(void **state)
{
	const struct proxy_header ipv4 = tcp("255.255.255.255", 65535, "255.255.255.254", 65535);
	const struct proxy_header ipv6 = tcp("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535, "2001:db8::1", 0);
	const struct proxy_header both = tcp("2001:db8::1", 1, "192.0.2.1", 2);
	const struct proxy_header local = { .kind = PROXY_LOCAL };
	const struct proxy_header path = { .kind = PROXY_UNIX, .destination_path = "/run/x" };

	(void)state;
	expect_written_line(&ipv4, "PROXY TCP4 255.255.255.255 255.255.255.254 65535 65535\r\n");
	expect_written_line(&ipv6, "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2001:db8::1 65535 0\r\n");
	expect_written_line(&both, "PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 1 2\r\n");
	expect_written_line(&local, "PROXY UNKNOWN\r\n");
	expect_written_line(&path, "PROXY UNKNOWN\r\n");
}

/* ---- version 2 ---- */

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"

static const uint8_t signature[] = { '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n' };

/* A header of this kind around a block; returns its size. */
static size_t make_v2(uint8_t *bytes, uint8_t command, uint8_t family, const void *block, size_t size)
{
	memcpy(bytes, signature, sizeof(signature));
	bytes[12] = command;
	bytes[13] = family;
	bytes[14] = (uint8_t)(size >> 8);
	bytes[15] = (uint8_t)size;
	if (size > 0) {
		memcpy(bytes + 16, block, size);
	}
	return 16 + size;
}

static void binary(void **state)
{
	static const uint8_t ipv4_block[] = { 192, 0, 2, 1, 192, 0, 2, 2, 0x12, 0x34, 0x00, 0x50 };
	static const uint8_t extended[] = { 192, 0, 2, 1, 192, 0, 2, 2, 0x12, 0x34, 0x00, 0x50, 4, 0, 1, 0 };
	static const uint8_t ports[] = { 1, 2, 3, 4 };
	const struct proxy_header ipv4 = tcp("192.0.2.1", 0x1234, "192.0.2.2", 80);
	const struct proxy_header ipv6 = tcp("2001:db8::1", 0x0102, "2001:db8::2", 0x0304);
	const struct proxy_header local = { .kind = PROXY_LOCAL };
	struct proxy_header path = { .kind = PROXY_UNIX };
	uint8_t block[2 * PROXY_PATH_SIZE] = { 0 };
	uint8_t bytes[512];

	(void)state;
	expect_whole(bytes, make_v2(bytes, 0x21, 0x11, ipv4_block, sizeof(ipv4_block)), &ipv4);
	expect_whole(bytes, make_v2(bytes, 0x21, 0x11, extended, sizeof(extended)), &ipv4);
	memcpy(block, ipv6.source.bytes, 16);
	memcpy(block + 16, ipv6.destination.bytes, 16);
	memcpy(block + 32, ports, sizeof(ports));
	expect_whole(bytes, make_v2(bytes, 0x21, 0x21, block, 36), &ipv6);
	memset(block, 's', PROXY_PATH_SIZE);
	memset(block + PROXY_PATH_SIZE, 'd', PROXY_PATH_SIZE);
	memset(path.source_path, 's', sizeof(path.source_path));
	memset(path.destination_path, 'd', sizeof(path.destination_path));
	expect_whole(bytes, make_v2(bytes, 0x21, 0x31, block, sizeof(block)), &path);

	/* The connection's own ends count for LOCAL, whatever else it says, and for all that is no stream. */
	expect_whole(bytes, make_v2(bytes, 0x20, 0x00, NULL, 0), &local);
	expect_whole(bytes, make_v2(bytes, 0x20, 0x11, ipv4_block, sizeof(ipv4_block)), &local);
	expect_whole(bytes, make_v2(bytes, 0x20, 0xff, "x", 1), &local);
	expect_whole(bytes, make_v2(bytes, 0x21, 0x00, "xyz", 3), &local);
	expect_whole(bytes, make_v2(bytes, 0x21, 0x12, ipv4_block, sizeof(ipv4_block)), &local);
}

static void malformed_binary(void **state)
{
	static const uint8_t block[256];
	uint8_t bytes[512];

	(void)state;
	expect_malformed(bytes, make_v2(bytes, 0x11, 0x11, block, 12));
	expect_malformed(bytes, make_v2(bytes, 0x22, 0x11, block, 12));
	expect_malformed(bytes, make_v2(bytes, 0x31, 0x11, block, 12));
	expect_malformed(bytes, make_v2(bytes, 0x21, 0x41, block, 216));
	expect_malformed(bytes, make_v2(bytes, 0x21, 0x13, block, 216));
	expect_malformed(bytes, make_v2(bytes, 0x21, 0x11, block, 11));
	expect_malformed(bytes, make_v2(bytes, 0x21, 0x21, block, 35));
	expect_malformed(bytes, make_v2(bytes, 0x21, 0x31, block, 215));

	/* At the first octet that cannot be. */
	for (size_t i = 0; i < 12; i++) {
		(void)make_v2(bytes, 0x21, 0x11, block, 12);
		bytes[i] ^= 0x80;
		expect_malformed(bytes, i + 1);
	}
	(void)make_v2(bytes, 0x33, 0x11, block, 12);
	expect_malformed(bytes, 13);
}

static void length_is_bounded(void **state)
{
	static uint8_t bytes[PROXY_HEADER_MAX + 1];
	static const uint8_t block[PROXY_HEADER_MAX];
	struct proxy_header header;
	size_t size;

	(void)state;
	(void)make_v2(bytes, 0x20, 0, block, PROXY_HEADER_MAX - 16);
	assert_int_equal(proxy_parse(bytes, PROXY_HEADER_MAX - 1, &header, &size), PROXY_MORE);
	assert_int_equal(proxy_parse(bytes, PROXY_HEADER_MAX, &header, &size), PROXY_WHOLE);
	assert_int_equal(size, PROXY_HEADER_MAX);
	bytes[14] = (PROXY_HEADER_MAX - 15) >> 8;
	bytes[15] = (PROXY_HEADER_MAX - 15) & 0xff;
	expect_malformed(bytes, 16);
	bytes[14] = 0xff;
	expect_malformed(bytes, 16);
}

static void written_binary(void **state)
{
	const struct proxy_header headers[] = {
		tcp("192.0.2.1", 1, "192.0.2.2", 65535),
		tcp("2001:db8::1", 1, "192.0.2.2", 2),
		{ .kind = PROXY_UNIX, .source_path = "/a", .destination_path = "/run/berth/call" },
		{ .kind = PROXY_LOCAL },
	};
	static const size_t sizes[] = { 28, 52, 232, 16 };
	uint8_t bytes[PROXY_V2_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		assert_int_equal(proxy_write_v2(&headers[i], bytes), sizes[i]);
		expect_whole(bytes, sizes[i], &headers[i]);
	}
	assert_memory_equal(bytes, SIGNATURE "\x20\0\0", 16);
	(void)proxy_write_v2(&headers[0], bytes);
	assert_memory_equal(bytes, SIGNATURE "\x21\x11\0\x0c\xc0\0\2\1\xc0\0\2\2\0\1\xff\xff", 28);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(malformed_lines),
		cmocka_unit_test(written_lines),
		cmocka_unit_test(binary),
		cmocka_unit_test(malformed_binary),
		cmocka_unit_test(length_is_bounded),
		cmocka_unit_test(written_binary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
