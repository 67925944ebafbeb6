/* limit.h - how often one source may ask: token buckets in tables of a fixed size.
 *
 * A source is an IPv4 address or the /64 of an IPv6 address.  Whoever asks too often is told 429 and when to come back;
 * nobody else notices.  Time is the monotonic clock's, given by who asks. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum limit_kind {
	LIMIT_REQUESTS,	       /* any */
	LIMIT_SLOW,	       /* of routes that cost much */
	LIMIT_POSTS,	       /* anything that may change something, and the report while one types */
	LIMIT_SUBMISSIONS,     /* what has a letter written to an address that nobody has confirmed */
	LIMIT_ALL_SUBMISSIONS, /* the same, of all sources together */
	LIMIT_SIGN_INS,	    /* a password is tried: so nobody guesses, and each costs 64 MiB and a tenth of a second */
	LIMIT_ALL_SIGN_INS, /* the same, of all sources together */
	LIMIT_KINDS
};

/* Tokens come back one after another, per_minute of them in a minute, up to `burst`. */
struct limit_rate {
	unsigned per_minute;
	unsigned burst;
};

struct limit_counters {
	uint64_t taken, refused;
};

struct limits;

const char *limit_name(enum limit_kind kind); /* "requests", "slow" ... */
struct limit_rate limit_default(enum limit_kind kind);

struct limits *limits_create(void); /* NULL: out of memory */
struct limits *limits_destroy(struct limits *limits);
void limits_set(struct limits *limits, enum limit_kind kind, struct limit_rate rate);

/* Takes a token of this source ("192.0.2.1", "2001:db8::1", "unix"); of submissions and sign-ins one of all sources'
 * too.  0, or after how many seconds there is one. */
unsigned limit_take(struct limits *limits, enum limit_kind kind, const char *source, uint64_t now_ns);
const struct limit_counters *limit_counters(const struct limits *limits, enum limit_kind kind);
