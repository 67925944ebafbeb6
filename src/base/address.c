/* address.c - the one form of an address, prefixes over it, and the keys that limits count by.
 *
 * Pure functions over bytes.  IPv4 lives in ::ffff:0:0/96; everything else is IPv6, and a prefix of
 * one family never holds an address of the other, so that ::/0 in a list means what people mean by
 * it. */
#include "base/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

enum { IPV4_START = 12, IPV4_PREFIX_BITS = 96, ADDRESS_BITS = 128 };

static const uint8_t ipv4_prefix[IPV4_START] = { [10] = 0xff, [11] = 0xff };

static void set_ipv4(struct address *address, const void *four_bytes)
{
	memcpy(address->bytes, ipv4_prefix, sizeof(ipv4_prefix));
	memcpy(address->bytes + IPV4_START, four_bytes, 4);
}

int address_from_socket(const struct sockaddr_storage *socket_address, struct address *ret_address, uint16_t *ret_port)
{
	struct sockaddr_in ipv4;
	struct sockaddr_in6 ipv6;
	in_port_t port;

	if (socket_address->ss_family == AF_INET) {
		memcpy(&ipv4, socket_address, sizeof(ipv4));
		set_ipv4(ret_address, &ipv4.sin_addr);
		port = ipv4.sin_port;
	} else if (socket_address->ss_family == AF_INET6) {
		memcpy(&ipv6, socket_address, sizeof(ipv6));
		memcpy(ret_address->bytes, &ipv6.sin6_addr, sizeof(ret_address->bytes));
		port = ipv6.sin6_port;
	} else {
		return -EAFNOSUPPORT;
	}
	if (ret_port != NULL) {
		*ret_port = ntohs(port);
	}
	return 0;
}

bool address_is_ipv4(const struct address *address)
{
	return memcmp(address->bytes, ipv4_prefix, sizeof(ipv4_prefix)) == 0;
}

socklen_t address_to_socket(const struct address *address, uint16_t port, struct sockaddr_storage *ret_socket_address)
{
	struct sockaddr_in ipv4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };

	memset(ret_socket_address, 0, sizeof(*ret_socket_address));
	if (address_is_ipv4(address)) {
		memcpy(&ipv4.sin_addr, address->bytes + IPV4_START, sizeof(ipv4.sin_addr));
		memcpy(ret_socket_address, &ipv4, sizeof(ipv4));
		return sizeof(ipv4);
	}
	memcpy(&ipv6.sin6_addr, address->bytes, sizeof(ipv6.sin6_addr));
	memcpy(ret_socket_address, &ipv6, sizeof(ipv6));
	return sizeof(ipv6);
}

void address_text(const struct address *address, char ret_text[ADDRESS_TEXT_MAX])
{
	if (address_is_ipv4(address)) {
		inet_ntop(AF_INET, address->bytes + IPV4_START, ret_text, ADDRESS_TEXT_MAX);
	} else {
		inet_ntop(AF_INET6, address->bytes, ret_text, ADDRESS_TEXT_MAX);
	}
}

/* Reads the number behind the slash: digits only, no needless zero, at most `bits`. */
static int parse_length(const char *text, unsigned bits, unsigned *ret_length)
{
	unsigned length = 0;

	if (*text == '\0' || (text[0] == '0' && text[1] != '\0')) {
		return -EINVAL;
	}
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9') {
			return -EINVAL;
		}
		length = length * 10 + (unsigned)(*text - '0');
		if (length > bits) {
			return -EINVAL;
		}
	}
	*ret_length = length;
	return 0;
}

static bool host_bits_are_zero(const struct prefix *prefix)
{
	for (unsigned bit = prefix->length; bit < ADDRESS_BITS; bit++) {
		if ((prefix->address.bytes[bit / 8] & (0x80 >> bit % 8)) != 0) {
			return false;
		}
	}
	return true;
}

int prefix_parse(const char *text, struct prefix *ret_prefix)
{
	struct prefix prefix;
	char host[INET6_ADDRSTRLEN];
	uint8_t four_bytes[4];
	unsigned start = 0; /* of the bits that the text counts */
	unsigned length;
	size_t host_size = strcspn(text, "/");

	if (host_size >= sizeof(host)) {
		return -EINVAL;
	}
	memcpy(host, text, host_size);
	host[host_size] = '\0';
	if (inet_pton(AF_INET, host, four_bytes) == 1) {
		set_ipv4(&prefix.address, four_bytes);
		start = IPV4_PREFIX_BITS;
	} else if (inet_pton(AF_INET6, host, prefix.address.bytes) != 1) {
		return -EINVAL;
	}
	length = ADDRESS_BITS - start;
	if (text[host_size] == '/' && parse_length(text + host_size + 1, length, &length) < 0) {
		return -EINVAL;
	}
	prefix.length = (uint8_t)(start + length);
	if (!host_bits_are_zero(&prefix)) {
		return -EINVAL;
	}
	*ret_prefix = prefix;
	return 0;
}

static bool prefix_is_ipv4(const struct prefix *prefix)
{
	return prefix->length >= IPV4_PREFIX_BITS && address_is_ipv4(&prefix->address);
}

bool prefix_holds(const struct prefix *prefix, const struct address *address)
{
	size_t whole = prefix->length / 8;
	unsigned rest = prefix->length % 8;

	if (prefix_is_ipv4(prefix) != address_is_ipv4(address) ||
	    memcmp(prefix->address.bytes, address->bytes, whole) != 0) {
		return false;
	}
	return rest == 0 || (prefix->address.bytes[whole] ^ address->bytes[whole]) >> (8 - rest) == 0;
}

/* Spreads the bits (the finalizer of splitmix64).  It never maps two inputs to one output, so keys
 * are as different as what they are made of.  Tables may take any bits of a key as an index. */
static uint64_t mix(uint64_t bits)
{
	bits += 0x9e3779b97f4a7c15;
	bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
	bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
	bits ^= bits >> 31;
	return bits != 0 ? bits : 1; /* 0 means "no key" in tables */
}

/* IPv4 addresses and users take the place of /64s in 0:ffff::/32 and 0:fffe::/32, which no network
 * routes (RFC 4291 reserves ::/8), so the three kinds never meet. */
static const uint64_t ipv4_tag = UINT64_C(0x0000ffff) << 32;
static const uint64_t user_tag = UINT64_C(0x0000fffe) << 32;

uint64_t address_source_key(const struct address *address)
{
	size_t start = address_is_ipv4(address) ? IPV4_START : 0;
	size_t size = address_is_ipv4(address) ? 4 : 8;
	uint64_t bits = 0;

	for (size_t i = start; i < start + size; i++) {
		bits = bits << 8 | address->bytes[i];
	}
	return mix(address_is_ipv4(address) ? ipv4_tag | bits : bits);
}

uint64_t user_source_key(uint32_t user_id)
{
	return mix(user_tag | user_id);
}
