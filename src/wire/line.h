/* line.h - the line dialect: what a client says and what it is told (RFC 1078 and one addition).
 *
 * Pure functions over bytes; called by the acceptor, the client library and the fuzzer.
 *
 *	client:	name CRLF | name SP key=value ... CRLF | HELP CRLF		(LF alone is accepted)
 *	server:	"+" text CRLF | "-" reason [SP text] CRLF | ">" port [SP host] [SP key=value]... CRLF */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/name.h"

enum line_verdict {
	LINE_MORE,	/* no end of line yet, and the octets so far can still become a line */
	LINE_MALFORMED, /* can never become a line of the dialect */
	LINE_HELP,
	LINE_CALL,
};

struct line_request {
	struct name name;
	char key[KEY_MAX + 1]; /* "" when the client gave none */
	size_t size;	       /* octets of the line, its end included: not one more may be consumed */
};

/* ret_request is filled for LINE_HELP (size only) and LINE_CALL. */
enum line_verdict line_parse(const uint8_t *bytes, size_t size, struct line_request *ret_request);

enum refusal {
	REFUSAL_NONE,
	REFUSAL_UNKNOWN,
	REFUSAL_DENIED,
	REFUSAL_BUSY,
	REFUSAL_LIMIT,
	REFUSAL_TIMEOUT,
	REFUSAL_MALFORMED,
	REFUSAL_FAILED,
	REFUSAL_DRAINING,
	REFUSALS,
};

/* The word of the table ("busy"); "" for REFUSAL_NONE. */
const char *refusal_word(enum refusal refusal);

/* The whole line a client is sent, CRLF included; constant text. */
const char *refusal_line(enum refusal refusal);

enum { REPLY_MAX = 256 };

enum reply_kind {
	REPLY_MORE,
	REPLY_MALFORMED,
	REPLY_ACCEPTED,
	REPLY_REFUSED,
	REPLY_REDIRECTED,
};

struct line_reply {
	enum reply_kind kind;
	char text[REPLY_MAX]; /* what stands behind + or -, without CRLF */
	char host[REPLY_MAX]; /* of >; "" means the address that was called */
	uint16_t port;	      /* of > */
	size_t size;	      /* octets of the line */
};

/* A server's reply as a client reads it.  ret_reply is filled unless REPLY_MORE or REPLY_MALFORMED. */
enum reply_kind line_reply_parse(const uint8_t *bytes, size_t size, struct line_reply *ret_reply);
