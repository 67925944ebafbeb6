/* relay.h - the relay: a worker that connects each call to a target and carries octets both ways.
 *
 * Called by cmd/berth_relay.c.  One process, one thread, as many connections as it may have descriptors for; nothing
 * of what passes is understood or kept. */
#pragma once

#include <stdint.h>

/* What the target is told of the caller, before the first octet. */
enum relay_header { RELAY_HEADER_NONE, RELAY_HEADER_V1, RELAY_HEADER_V2 };

struct relay_options {
	const char *target; /* "host:port", "[v6]:port", "unix:/path" */
	enum relay_header header;
	uint32_t connect_timeout_ms;	 /* for each address of the target */
	uint32_t idle_timeout_ms;	 /* without an octet either way; 0: none */
	uint32_t connections_max;	 /* 0: as many as descriptors allow */
	uint32_t connections_per_source; /* 0: as many as there are */
};

/* Looks the target up, gives up all it does not need, and takes calls from the queue until the queue ends or a signal
 * comes: SIGUSR1 lets the connections that are open come to their end, SIGTERM and SIGINT do not.  0, -EINVAL (no such
 * text), -ENOENT (no such host), or another errno. */
int relay_run(const struct relay_options *options, int queue);
