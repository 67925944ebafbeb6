/* deadline.c - waiting with one absolute time.  Called by everything of the library that waits, so
 * that a peer which sends an octet now and then cannot stretch a call. */
#include "client/deadline.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stddef.h>

#include "os/clock.h"

static const uint64_t never = UINT64_MAX;

uint64_t deadline_after(int timeout_ms)
{
	return timeout_ms < 0 ? never : clock_now_ns() + (uint64_t)timeout_ms * NS_PER_MS;
}

static uint64_t left_ns(uint64_t deadline_ns)
{
	uint64_t now_ns = clock_now_ns();

	return now_ns < deadline_ns ? deadline_ns - now_ns : 0;
}

uint64_t deadline_share(uint64_t deadline_ns, unsigned attempts)
{
	if (deadline_ns == never || attempts <= 1) {
		return deadline_ns;
	}
	return deadline_ns - left_ns(deadline_ns) / attempts * (attempts - 1);
}

/* Rounded up, so that poll does not wake just before the time. */
static int left_ms(uint64_t deadline_ns)
{
	if (deadline_ns == never) {
		return -1;
	}
	uint64_t milliseconds = (left_ns(deadline_ns) + NS_PER_MS - 1) / NS_PER_MS;
	return milliseconds < INT_MAX ? (int)milliseconds : INT_MAX;
}

int deadline_wait(uint64_t deadline_ns, int descriptor, short events)
{
	struct pollfd question = { .fd = descriptor, .events = events };
	int r = poll(&question, 1, left_ms(deadline_ns));

	if (r < 0) {
		return -errno;
	}
	return r == 0 ? -ETIMEDOUT : 0;
}

int deadline_wait_on(uint64_t deadline_ns, int descriptor, short events)
{
	int r;

	do {
		r = deadline_wait(deadline_ns, descriptor, events);
	} while (r == -EINTR);
	return r;
}

int deadline_pause(uint64_t deadline_ns, int pause_ms)
{
	if (left_ns(deadline_ns) == 0) {
		return -ETIMEDOUT;
	}
	(void)poll(NULL, 0, pause_ms);
	return 0;
}
