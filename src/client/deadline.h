/* deadline.h - one absolute time by which a whole operation ends, however many steps it takes. */
#pragma once

#include <stdint.h>

/* -1 is never. */
uint64_t deadline_after(int timeout_ms);

/* The time by which the first of `attempts` must give way to the next. */
uint64_t deadline_share(uint64_t deadline_ns, unsigned attempts);

/* Waits until the descriptor has one of these events of poll(2) or is broken.  0, -ETIMEDOUT, or
 * another errno: -EINTR when a signal handler ran. */
int deadline_wait(uint64_t deadline_ns, int descriptor, short events);

/* The same, going on after signal handlers. */
int deadline_wait_on(uint64_t deadline_ns, int descriptor, short events);

/* Waits for so long, but not past the deadline: then -ETIMEDOUT. */
int deadline_pause(uint64_t deadline_ns, int pause_ms);
