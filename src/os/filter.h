/* filter.h - a socket filter that makes a listening TCP port exist for some addresses only.
 *
 * Called by the port broker.  The filter runs in the kernel on every segment, the first one included, so to
 * anybody else the port gives no answer at all.  Accepted sockets inherit it; once locked nobody takes it off. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/address.h"

enum { FILTER_PREFIXES_MAX = 32 };

/* Attaches and locks a filter that admits segments from these prefixes.  0, -E2BIG, or -errno
 * (-EPERM: this kernel asks for CAP_NET_ADMIN). */
int filter_admit(int descriptor, const struct prefix *prefixes, size_t count);

/* Asks the kernel with a throw-away socket whether filter_admit would work for this process. */
bool filter_possible(void);
