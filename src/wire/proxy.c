/* proxy.c - reads and writes headers of the PROXY protocol (haproxy's proxy-protocol.txt).
 *
 * Strict where the specification is: a line ends in CRLF, fields are parted by one space, numbers have no needless
 * zero, values that are reserved are malformed.  Nothing is allocated, and no length that the peer says is believed
 * beyond PROXY_HEADER_MAX. */
#include "wire/proxy.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"

enum {
	/* version 2: where things stand, and what they may be */
	AT_COMMAND = 12,
	AT_FAMILY = 13,
	AT_LENGTH = 14,
	FIXED_SIZE = 16,
	COMMAND_LOCAL = 0x20,
	COMMAND_PROXY = 0x21,
	FAMILY_MAX = 3,
	TRANSPORT_MAX = 2,
	TCP_IPV4 = 0x11,
	TCP_IPV6 = 0x21,
	UNIX_STREAM = 0x31,
	IPV4_SIZE = 4,
	IPV6_SIZE = 16,
	IPV4_START = 12, /* of the four octets within the canonical form */
};

static const uint8_t signature[AT_COMMAND] = { 0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a };
static const char line_start[] = "PROXY ";

static_assert(PROXY_V2_MAX == FIXED_SIZE + 2 * PROXY_PATH_SIZE, "unix addresses are the longest");

/* ---- reading ---- */

static void set_address(struct address *address, const uint8_t *bytes, size_t size)
{
	static const struct address mapped = { { [10] = 0xff, [11] = 0xff } };

	*address = mapped;
	memcpy(address->bytes + sizeof(address->bytes) - size, bytes, size);
}

/* Takes what stands before the next `separator` off the text.  NULL when there is none. */
static char *take_field(char **text, char separator)
{
	char *field = *text;
	char *end = strchr(field, separator);

	if (end == NULL) {
		return NULL;
	}
	*end = '\0';
	*text = end + 1;
	return field;
}

static bool read_address(char **text, int family, struct address *ret_address)
{
	uint8_t bytes[IPV6_SIZE];
	const char *field = take_field(text, ' ');

	if (field == NULL || inet_pton(family, field, bytes) != 1) {
		return false;
	}
	set_address(ret_address, bytes, family == AF_INET ? IPV4_SIZE : IPV6_SIZE);
	return true;
}

static bool read_port(char **text, char separator, uint16_t *ret_port)
{
	const char *field = take_field(text, separator);
	unsigned port = 0;

	if (field == NULL || *field == '\0' || (field[0] == '0' && field[1] != '\0')) {
		return false;
	}
	for (; *field != '\0'; field++) {
		if (*field < '0' || *field > '9') {
			return false;
		}
		port = port * 10 + (unsigned)(*field - '0');
		if (port > UINT16_MAX) {
			return false;
		}
	}
	*ret_port = (uint16_t)port;
	return true;
}

/* What stands behind "PROXY ", its CR left as the end of the last field. */
static bool read_line(char *text, struct proxy_header *header)
{
	int family = AF_INET;

	if (strncmp(text, "UNKNOWN", 7) == 0 && (text[7] == ' ' || text[7] == '\r')) {
		return true;
	}
	if (strncmp(text, "TCP6 ", 5) == 0) {
		family = AF_INET6;
	} else if (strncmp(text, "TCP4 ", 5) != 0) {
		return false;
	}
	text += 5;
	header->kind = PROXY_TCP;
	return read_address(&text, family, &header->source) && read_address(&text, family, &header->destination) &&
	       read_port(&text, ' ', &header->source_port) && read_port(&text, '\r', &header->destination_port) &&
	       *text == '\0';
}

static enum proxy_verdict parse_v1(const uint8_t *bytes, size_t size, struct proxy_header *header, size_t *ret_size)
{
	const size_t start = sizeof(line_start) - 1;
	size_t seen = size < PROXY_V1_MAX ? size : PROXY_V1_MAX;
	const uint8_t *end = memchr(bytes, '\n', seen);
	char line[PROXY_V1_MAX + 1];

	if (memcmp(bytes, line_start, seen < start ? seen : start) != 0) {
		return PROXY_MALFORMED;
	}
	if (end == NULL) {
		return seen < PROXY_V1_MAX ? PROXY_MORE : PROXY_MALFORMED;
	}
	size_t length = (size_t)(end - bytes);
	memcpy(line, bytes, length);
	line[length] = '\0';
	if (length <= start || line[length - 1] != '\r' || strlen(line) != length || !read_line(line + start, header)) {
		return PROXY_MALFORMED;
	}
	*ret_size = length + 1;
	return PROXY_WHOLE;
}

static uint16_t number_at(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static bool read_ends(const uint8_t *block, size_t size, size_t address_size, struct proxy_header *header)
{
	if (size < 2 * address_size + 4) {
		return false;
	}
	header->kind = PROXY_TCP;
	set_address(&header->source, block, address_size);
	set_address(&header->destination, block + address_size, address_size);
	header->source_port = number_at(block + 2 * address_size);
	header->destination_port = number_at(block + 2 * address_size + 2);
	return true;
}

static bool read_paths(const uint8_t *block, size_t size, struct proxy_header *header)
{
	if (size < (size_t)2 * PROXY_PATH_SIZE) {
		return false;
	}
	header->kind = PROXY_UNIX;
	memcpy(header->source_path, block, PROXY_PATH_SIZE);
	memcpy(header->destination_path, block + PROXY_PATH_SIZE, PROXY_PATH_SIZE);
	return true;
}

static bool read_block(uint8_t family, const uint8_t *block, size_t size, struct proxy_header *header)
{
	switch (family) {
	case TCP_IPV4:
		return read_ends(block, size, IPV4_SIZE, header);
	case TCP_IPV6:
		return read_ends(block, size, IPV6_SIZE, header);
	case UNIX_STREAM:
		return read_paths(block, size, header);
	default: /* unspecified, or datagrams: a stream's own ends count */
		return family >> 4 <= FAMILY_MAX && (family & 0xf) <= TRANSPORT_MAX;
	}
}

static enum proxy_verdict parse_v2(const uint8_t *bytes, size_t size, struct proxy_header *header, size_t *ret_size)
{
	if (memcmp(bytes, signature, size < sizeof(signature) ? size : sizeof(signature)) != 0 ||
	    (size > AT_COMMAND && bytes[AT_COMMAND] != COMMAND_LOCAL && bytes[AT_COMMAND] != COMMAND_PROXY)) {
		return PROXY_MALFORMED;
	}
	if (size < FIXED_SIZE) {
		return PROXY_MORE;
	}
	size_t length = number_at(bytes + AT_LENGTH);
	if (length > PROXY_HEADER_MAX - FIXED_SIZE) {
		return PROXY_MALFORMED;
	}
	if (size < FIXED_SIZE + length) {
		return PROXY_MORE;
	}
	if (bytes[AT_COMMAND] == COMMAND_PROXY && !read_block(bytes[AT_FAMILY], bytes + FIXED_SIZE, length, header)) {
		return PROXY_MALFORMED;
	}
	*ret_size = FIXED_SIZE + length;
	return PROXY_WHOLE;
}

enum proxy_verdict proxy_parse(const uint8_t *bytes, size_t size, struct proxy_header *ret_header, size_t *ret_size)
{
	struct proxy_header header = { .kind = PROXY_LOCAL };
	enum proxy_verdict verdict = PROXY_MORE;

	if (size > 0) {
		verdict = (bytes[0] == signature[0] ? parse_v2 : parse_v1)(bytes, size, &header, ret_size);
	}
	if (verdict == PROXY_WHOLE) {
		*ret_header = header;
	}
	return verdict;
}

/* ---- writing ---- */

static bool is_ipv4(const struct proxy_header *header)
{
	return address_is_ipv4(&header->source) && address_is_ipv4(&header->destination);
}

static void put_end(struct text *text, const struct address *address, bool ipv4)
{
	char words[INET6_ADDRSTRLEN];

	inet_ntop(ipv4 ? AF_INET : AF_INET6, address->bytes + (ipv4 ? IPV4_START : 0), words, sizeof(words));
	text_put_char(text, ' ');
	text_put(text, words);
}

static void put_port(struct text *text, uint16_t port)
{
	text_put_char(text, ' ');
	text_put_unsigned(text, port);
}

size_t proxy_write_v1(const struct proxy_header *header, uint8_t ret_bytes[PROXY_V1_MAX])
{
	char line[PROXY_V1_MAX + 1];
	struct text text;
	bool ipv4 = is_ipv4(header);

	text_init(&text, line, sizeof(line));
	text_put(&text, line_start);
	if (header->kind == PROXY_TCP) {
		text_put(&text, ipv4 ? "TCP4" : "TCP6");
		put_end(&text, &header->source, ipv4);
		put_end(&text, &header->destination, ipv4);
		put_port(&text, header->source_port);
		put_port(&text, header->destination_port);
	} else {
		text_put(&text, "UNKNOWN");
	}
	text_put(&text, "\r\n");
	memcpy(ret_bytes, line, text.used);
	return text.used;
}

static size_t put(uint8_t *bytes, size_t at, const void *what, size_t size)
{
	memcpy(bytes + at, what, size);
	return at + size;
}

static size_t put_number(uint8_t *bytes, size_t at, uint16_t number)
{
	const uint8_t octets[] = { (uint8_t)(number >> 8), (uint8_t)number };

	return put(bytes, at, octets, sizeof(octets));
}

static size_t put_ends(const struct proxy_header *header, uint8_t *bytes)
{
	size_t start = is_ipv4(header) ? IPV4_START : 0;
	size_t at = FIXED_SIZE;

	bytes[AT_FAMILY] = start > 0 ? TCP_IPV4 : TCP_IPV6;
	at = put(bytes, at, header->source.bytes + start, IPV6_SIZE - start);
	at = put(bytes, at, header->destination.bytes + start, IPV6_SIZE - start);
	at = put_number(bytes, at, header->source_port);
	return put_number(bytes, at, header->destination_port);
}

size_t proxy_write_v2(const struct proxy_header *header, uint8_t ret_bytes[PROXY_V2_MAX])
{
	size_t at = FIXED_SIZE;

	memcpy(ret_bytes, signature, sizeof(signature));
	ret_bytes[AT_COMMAND] = header->kind == PROXY_LOCAL ? COMMAND_LOCAL : COMMAND_PROXY;
	ret_bytes[AT_FAMILY] = 0;
	if (header->kind == PROXY_TCP) {
		at = put_ends(header, ret_bytes);
	} else if (header->kind == PROXY_UNIX) {
		ret_bytes[AT_FAMILY] = UNIX_STREAM;
		at = put(ret_bytes, at, header->source_path, PROXY_PATH_SIZE);
		at = put(ret_bytes, at, header->destination_path, PROXY_PATH_SIZE);
	}
	(void)put_number(ret_bytes, AT_LENGTH, (uint16_t)(at - FIXED_SIZE));
	return at;
}
