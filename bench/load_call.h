/* load_call.h - one call of the load generator, from socket to the last octet of the answer. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CALL_REPLY_MAX = 128,
};

/* What every call of a run does.  Nothing here is owned. */
struct call_plan {
	struct sockaddr_in server;
	const uint8_t *message;
	size_t message_length;
	const char *expect;	 /* the reply must begin with this */
	size_t reply_length;	 /* done after so many octets; 0: done at the end of the connection */
	size_t reply_length_min; /* fewer octets than these are a wrong reply */
	bool follow;		 /* the reply is ">PORT": call there too, from the same source */
};

enum call_result {
	CALL_OPEN,    /* not over yet */
	CALL_DONE,    /* answered as expected */
	CALL_REFUSED, /* no connection */
	CALL_RESET,   /* the connection broke */
	CALL_WRONG,   /* answered, but not as expected */
};

struct call {
	int descriptor; /* -1: none */
	bool connected;
	bool following; /* this is the connection to the port of the reply */
	struct in_addr source;
	uint64_t started_ns; /* CLOCK_MONOTONIC; the scheduled time in an open loop */
	size_t length;
	char reply[CALL_REPLY_MAX];
};

/* The next of 65,536 source addresses 127.NET.x.y, so that no limit on one source is met. */
struct in_addr call_source_next(unsigned net);

/* A connected or connecting socket from `source`, non-blocking unless `wait`; -1 with errno. */
int call_connect(const struct sockaddr_in *server, struct in_addr source, bool wait);

/* Starts a call.  Its events arrive in `epoll` with the call as data.ptr, which must stay where it
 * is. */
enum call_result call_start(struct call *call, const struct call_plan *plan, int epoll, uint64_t started_ns);

/* Goes on after an event. */
enum call_result call_continue(struct call *call, const struct call_plan *plan, int epoll, uint32_t events);

/* Closes with a reset, so that no TIME_WAIT is left behind.  Legal at any time. */
void call_close(struct call *call);
