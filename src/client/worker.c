/* worker.c - the worker's side: finds the queue and takes calls from it.
 *
 * berth_worker_queue and berth_worker_accept of <berth.h>.  Several processes read one queue, so
 * whoever was woken may find nothing and waits on.  A queue under load is read without asking
 * poll(2) first, which makes a call cost one recvmsg and, where a "+" is owed, one send. */
#include "client/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/deadline.h"
#include "os/clock.h"
#include "os/socket.h"
#include "rendezvous/queue.h"

enum {
	DEATH_ASKED_AFTER_MS = 100, /* callers seldom go away sooner, and asking costs as much as taking */
	DRAIN_CHUNK = 4096,
};

static_assert(sizeof(((struct berth_worker_call *)NULL)->function) == sizeof(((struct call_message *)NULL)->function),
	      "names have one size");
static_assert(sizeof(((struct berth_worker_call *)NULL)->key) == sizeof(((struct call_message *)NULL)->key),
	      "keys have one size");

/* ---- one call ---- */

bool worker_greet(const struct worker_call *call)
{
	static const char greeting[] = { '+', '\r', '\n' };

	return !call->greet ||
	       send(call->call.descriptor, greeting, sizeof(greeting), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

/* Octets left unread would turn the close into a reset, and that can overtake the refusal. */
static void drain(int connection)
{
	char thrown_away[DRAIN_CHUNK];
	ssize_t size = 1;

	for (size_t sum = 0; size > 0 && sum < DRAIN_BYTES_MAX; sum += (size_t)size) {
		size = recv(connection, thrown_away, sizeof(thrown_away), MSG_DONTWAIT);
		if (size < 0) {
			return;
		}
	}
}

void worker_refuse(const struct worker_call *call, enum refusal refusal)
{
	const char *line = refusal_line(refusal);
	int connection = call->call.descriptor;

	if (call->answers) {
		(void)send(connection, line, strlen(line), MSG_DONTWAIT | MSG_NOSIGNAL);
	}
	(void)shutdown(connection, SHUT_WR);
	drain(connection);
	(void)close(connection);
}

static struct worker_call call_from(const struct call_message *message, int connection)
{
	struct worker_call call = {
		.call = { .descriptor = connection, .accepted_ns = message->accepted_ns },
		.greet = (message->flags & CALL_GREET) != 0,
		.answers = message->dialect == CALL_DIALECT_LINE,
	};

	memcpy(call.call.function, message->function, sizeof(call.call.function));
	memcpy(call.call.key, message->key, sizeof(call.call.key));
	return call;
}

/* What is not worth serving any more is ended here. */
static bool is_worth_serving(const struct worker_call *call, const struct call_message *message)
{
	uint64_t waited_ms = call_waited_ms(message, clock_now_ns());

	if (waited_ms > message->queue_timeout_ms) {
		worker_refuse(call, REFUSAL_TIMEOUT);
		return false;
	}
	if (waited_ms > DEATH_ASKED_AFTER_MS && socket_is_dead(call->call.descriptor)) {
		(void)close(call->call.descriptor);
		return false;
	}
	return true;
}

int worker_take(int queue, uint64_t deadline_ns, struct worker_call *ret_call)
{
	struct call_message message;
	int connection;
	int r;

	do {
		r = queue_take(queue, &message, &connection);
		if (r == 0) {
			struct worker_call call = call_from(&message, connection);
			if (is_worth_serving(&call, &message)) {
				*ret_call = call;
				return 0;
			}
		} else if (r == -EAGAIN) {
			r = deadline_wait(deadline_ns, queue, POLLIN);
		}
	} while (r == 0);
	return r;
}

/* ---- the functions of <berth.h> ---- */

int berth_worker_accept(int queue, int timeout_ms, struct berth_worker_call *ret_call)
{
	uint64_t deadline_ns = deadline_after(timeout_ms);
	struct worker_call call;
	int r;

	while ((r = worker_take(queue, deadline_ns, &call)) == 0) {
		if (worker_greet(&call)) {
			*ret_call = call.call;
			return 0;
		}
		(void)close(call.call.descriptor);
	}
	return r;
}

/* A descriptor of the kind that queues are, so that a variable that was inherited too far does not
 * make us read what belongs to others. */
static bool is_queue(int descriptor)
{
	int type;
	socklen_t size = sizeof(type);

	return getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

int berth_worker_queue(void)
{
	const char *text = getenv("BERTH_WORKER_FD");
	char *end;

	if (text == NULL || text[0] < '0' || text[0] > '9') {
		return -ENOENT;
	}
	unsigned long number = strtoul(text, &end, 10);
	if (*end != '\0' || number > INT32_MAX || !is_queue((int)number)) {
		return -ENOENT;
	}
	return fcntl((int)number, F_SETFD, FD_CLOEXEC) < 0 ? -errno : (int)number;
}
