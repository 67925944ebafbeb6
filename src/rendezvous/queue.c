/* queue.c - call queues.  Created by the supervisor, filled by acceptors, emptied by launchers.
 *
 * The kernel charges a message to the sending socket until it is taken, all messages of ours the same.  So the buffer
 * size is an exact limit on calls, and asking for the charge counts them: no counter of our own that could drift. */
#include "rendezvous/queue.h"

#include <errno.h>
#include <linux/sockios.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/handover.h"

static uint32_t charged(int sending)
{
	int octets = 0;

	return ioctl(sending, SIOCOUTQ, &octets) < 0 || octets < 0 ? 0 : (uint32_t)octets;
}

/* What one call costs, measured once on a pair of our own. */
static uint32_t charge_of_one(void)
{
	static uint32_t charge; /* a constant of this kernel */
	struct call_message call = { .magic = CALL_MAGIC };
	int ends[2];

	if (charge == 0 && handover_pair(ends) == 0) {
		(void)handover_send(ends[0], &call, sizeof(call), ends[1]);
		charge = charged(ends[0]);
		close(ends[0]);
		close(ends[1]);
	}
	return charge > 0 ? charge : 768;
}

static int limit(int sending, uint32_t calls_max)
{
	int half = (int)(calls_max * charge_of_one() / 2); /* the kernel doubles what it is told */

	if (setsockopt(sending, SOL_SOCKET, SO_SNDBUFFORCE, &half, sizeof(half)) < 0 &&
	    setsockopt(sending, SOL_SOCKET, SO_SNDBUF, &half, sizeof(half)) < 0) {
		return -errno;
	}
	return 0;
}

int queue_create(uint32_t calls_max, struct queue_ends *ret_ends, uint32_t *ret_calls_max)
{
	int ends[2];
	int octets = 0;
	int r = handover_pair(ends);

	if (r < 0) {
		return r;
	}
	r = limit(ends[0], calls_max);
	if (r == 0 && getsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &octets, &(socklen_t){ sizeof(octets) }) < 0) {
		r = -errno;
	}
	if (r < 0) {
		close(ends[0]);
		close(ends[1]);
		return r;
	}
	*ret_ends = (struct queue_ends){ ends[0], ends[1] };
	*ret_calls_max = (uint32_t)octets / charge_of_one();
	return 0;
}

void queue_close(struct queue_ends *ends)
{
	if (ends->sending >= 0) {
		close(ends->sending);
		close(ends->receiving);
	}
	*ends = (struct queue_ends){ -1, -1 };
}

uint32_t queue_waiting(int sending)
{
	return charged(sending) / charge_of_one();
}

int queue_put(int sending, const struct call_message *call, int connection)
{
	int r = handover_send(sending, call, sizeof(*call), connection);

	if (r == -ETOOMANYREFS || r == -ENOBUFS || r == -ENOMEM) {
		return -EAGAIN;
	}
	return r < 0 && r != -EAGAIN ? -EPIPE : r;
}

int queue_take(int receiving, struct call_message *ret_call, int *ret_connection)
{
	struct call_message call = { 0 };
	uint8_t bytes[sizeof(call)];
	int connection = -1;
	int r = handover_receive(receiving, bytes, sizeof(bytes), &connection);

	if (r == 0) {
		return -EPIPE;
	}
	if (r > 0) {
		r = call_message_check(bytes, (size_t)r, &call);
		r = r == 0 && connection < 0 ? -EBADMSG : r;
		if (r < 0 && connection >= 0) {
			close(connection);
		}
	}
	if (r == 0) {
		*ret_call = call;
		*ret_connection = connection;
	}
	return r;
}

static bool is_expired(const struct call_message *call, uint64_t now_ns)
{
	return call_waited_ms(call, now_ns) > call->queue_timeout_ms;
}

static bool first_is_expired(int receiving, uint64_t now_ns)
{
	struct call_message call;
	uint8_t bytes[sizeof(call)];
	int connection = -1;
	int r = handover_peek(receiving, bytes, sizeof(bytes), &connection);

	if (connection >= 0) {
		close(connection);
	}
	return r > 0 && call_message_check(bytes, (size_t)r, &call) == 0 && is_expired(&call, now_ns);
}

int queue_take_expired(const struct queue_ends *ends, uint64_t now_ns, struct call_message *ret_call,
		       int *ret_connection)
{
	struct call_message call;
	int connection;

	if (!first_is_expired(ends->receiving, now_ns)) {
		return -EAGAIN;
	}
	int r = queue_take(ends->receiving, &call, &connection);
	if (r == 0 && !is_expired(&call, now_ns)) {
		/* Somebody took the old one between our two looks; this one goes back. */
		r = queue_put(ends->sending, &call, connection) == 0 ? -EAGAIN : 0;
		if (r == -EAGAIN) {
			close(connection);
		}
	}
	if (r == 0) {
		*ret_call = call;
		*ret_connection = connection;
	}
	return r;
}
