/* targets.h - where a relay connects to: the target's text looked up once, as addresses to be tried in turn. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { TARGETS_MAX = 16 };

struct target_address {
	struct sockaddr_storage address;
	socklen_t size;
};

struct targets {
	struct target_address items[TARGETS_MAX];
	size_t count;
};

/* Looks up "host:port", "[v6]:port" or "unix:/path"; may ask name servers and take its time.  0; -EINVAL: no such
 * text; -ENOENT: there is no such host; -EAGAIN: nobody could be asked; or another errno. */
int targets_look_up(const char *text, struct targets *ret_targets);

/* True when one of the addresses is of this family. */
bool targets_have(const struct targets *targets, int family);

/* The port of the target; 0 for a path. */
uint16_t targets_port(const struct targets *targets);
