/* target.h - the address of a rendezvous port as people write it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { TARGET_PLACE_MAX = 256 };

struct target {
	char place[TARGET_PLACE_MAX]; /* a host, or a path */
	uint16_t port;		      /* of a host */
	bool is_path;
};

/* "host", "host:port", "[v6]", "[v6]:port", "v6" or "unix:/path".  0 or -EINVAL. */
int target_parse(const char *text, struct target *ret_target);
