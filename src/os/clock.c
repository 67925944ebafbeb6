/* clock.c - the monotonic clock.  Called from everywhere.  Never the time of day: that one jumps,
 * and whatever expires by it would expire too early or never. */
#include "os/clock.h"

#include <time.h>

uint64_t clock_now_ns(void)
{
	struct timespec now;

	/* Cannot fail: the clock exists on every Linux and the address is ours. */
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 * NS_PER_MS + (uint64_t)now.tv_nsec;
}

uint64_t clock_now_ms(void)
{
	return clock_now_ns() / NS_PER_MS;
}
