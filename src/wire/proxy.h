/* proxy.h - the PROXY protocol, versions 1 and 2: the header in which a proxy tells who its client is.
 *
 * Pure functions over bytes; called by the acceptor (headers of trusted proxies), the relay (headers for its target)
 * and the fuzzer.  Whether a header is to be expected is never guessed here: the caller knows. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/address.h"

enum {
	PROXY_PATH_SIZE = 108,	 /* octets of a unix address, filled up with NULs */
	PROXY_V1_MAX = 107,	 /* octets of a line, CRLF included */
	PROXY_V2_MAX = 232,	 /* octets of a header that is written: no extensions */
	PROXY_HEADER_MAX = 2048, /* octets of a header that is read, extensions (TLVs) included */
};

enum proxy_kind {
	PROXY_LOCAL, /* UNKNOWN, LOCAL, or what is no stream: the connection's own ends count */
	PROXY_TCP,
	PROXY_UNIX,
};

/* Source: the client; destination: what it called. */
struct proxy_header {
	enum proxy_kind kind;
	struct address source; /* of PROXY_TCP, as are the ports */
	struct address destination;
	uint16_t source_port;
	uint16_t destination_port;
	uint8_t source_path[PROXY_PATH_SIZE]; /* of PROXY_UNIX; version 1 has no form for it */
	uint8_t destination_path[PROXY_PATH_SIZE];
};

enum proxy_verdict {
	PROXY_MORE,	 /* not whole yet, and the octets so far can still become a header */
	PROXY_MALFORMED, /* can never become one */
	PROXY_WHOLE,
};

/* Reads a header of either version from the start of the octets.  PROXY_WHOLE: *ret_size octets of them are the
 * header.  Extensions of version 2 are stepped over. */
enum proxy_verdict proxy_parse(const uint8_t *bytes, size_t size, struct proxy_header *ret_header, size_t *ret_size);

/* Write a header and return its size.  Two ends of different families are both written as IPv6. */
size_t proxy_write_v1(const struct proxy_header *header, uint8_t ret_bytes[PROXY_V1_MAX]);
size_t proxy_write_v2(const struct proxy_header *header, uint8_t ret_bytes[PROXY_V2_MAX]);
