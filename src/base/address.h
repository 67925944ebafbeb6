/* address.h - one canonical form for addresses, and prefixes over it.  No system calls.
 *
 * Every address is 16 bytes: IPv6 as it is, IPv4 as ::ffff:a.b.c.d.  So the same caller has the same
 * form whichever socket it came through, and access rules cannot be dodged by the other family. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { ADDRESS_TEXT_MAX = 64 };

struct address {
	uint8_t bytes[16];
};

/* A prefix of the canonical form; an IPv4 prefix /n has length 96 + n. */
struct prefix {
	struct address address;
	uint8_t length;
};

/* Returns 0, or -EAFNOSUPPORT for what is neither IPv4 nor IPv6.  ret_port in host order; may be NULL. */
int address_from_socket(const struct sockaddr_storage *socket_address, struct address *ret_address, uint16_t *ret_port);

bool address_is_ipv4(const struct address *address);

/* Fills a sockaddr_in or sockaddr_in6 and returns its length. */
socklen_t address_to_socket(const struct address *address, uint16_t port, struct sockaddr_storage *ret_socket_address);

/* Numeric text ("192.0.2.1", "2001:db8::1"), without a port. */
void address_text(const struct address *address, char ret_text[ADDRESS_TEXT_MAX]);

/* "192.0.2.0/24", "2001:db8::/32" or a bare address.  Host bits must be zero.  0 or -EINVAL. */
int prefix_parse(const char *text, struct prefix *ret_prefix);

bool prefix_holds(const struct prefix *prefix, const struct address *address);

/* What limits count by: the whole IPv4 address, the /64 of an IPv6 address.  Never 0. */
uint64_t address_source_key(const struct address *address);

/* Callers on unix sockets count by user; the keys never meet those of addresses. */
uint64_t user_source_key(uint32_t user_id);
