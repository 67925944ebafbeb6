/* reply.h - the one reply that every measured service gives.  22 octets that begin with "+", so
 * that the same octets are a valid line reply when the function greets for itself, and a bare loop
 * sends as much. */
#pragma once

#define BENCH_REPLY "+ this was the reply\r\n"

enum {
	BENCH_REPLY_LENGTH = sizeof(BENCH_REPLY) - 1,
};

_Static_assert(BENCH_REPLY_LENGTH == 22, "all figures are for a reply of 22 octets");
