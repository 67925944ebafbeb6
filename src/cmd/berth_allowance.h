/* berth_allowance.h - how much processor time and memory the reading of a file of somebody else's may take. */
#pragma once

#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>
#include <time.h>

/* A sanitizer makes everything some ten times slower, which is not the fault of who wrote the description. */
#if defined(__SANITIZE_ADDRESS__)
enum { ALLOWANCE_SECONDS = 20, ALLOWANCE_MEGABYTES = 256 };
#else
enum { ALLOWANCE_SECONDS = 2, ALLOWANCE_MEGABYTES = 256 };
#endif

struct allowance {
	timer_t timer;
	struct sigaction signal_before;
	struct rlimit memory_before;
	char complaint[512];
	size_t complaint_size;
};

/* From now on the process may use as much more.  When the time is up it says so of `name` and exits with
 * EXIT_COULD_NOT; where memory is short, allocations fail.  0 or -errno.  `allowance` must stay where it is. */
int allowance_begin(struct allowance *allowance, const char *name);

/* As before allowance_begin. */
void allowance_end(struct allowance *allowance);
