/* load_call.c - one call of the load generator.  Called by load.c only.  A call goes
 *
 *	connect -> send message -> read until the end -> done
 *	or, to follow a port: read a line -> connect to that port -> read until the end -> done
 *
 * It never waits: whatever is not ready comes back as an event. */
#include "load_call.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct in_addr call_source_next(unsigned net)
{
	static uint32_t count;

	count++;
	return (struct in_addr){ .s_addr = htonl(127U << 24 | (net & 255U) << 16 | (count & 65535U)) };
}

int call_connect(const struct sockaddr_in *server, struct in_addr source, bool wait)
{
	int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (wait ? 0 : SOCK_NONBLOCK), 0);
	struct sockaddr_in local = { .sin_family = AF_INET, .sin_addr = source };
	struct linger reset = { .l_onoff = 1, .l_linger = 0 };
	int one = 1;

	if (descriptor < 0) {
		return -1;
	}
	if (setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) < 0 ||
	    setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one)) < 0 ||
	    bind(descriptor, (struct sockaddr *)&local, sizeof(local)) < 0 ||
	    (connect(descriptor, (const struct sockaddr *)server, sizeof(*server)) < 0 && errno != EINPROGRESS)) {
		int error = errno;

		close(descriptor);
		errno = error;
		return -1;
	}
	return descriptor;
}

static enum call_result broken(int error)
{
	return error == ECONNREFUSED ? CALL_REFUSED : CALL_RESET;
}

/* Sends the message on a connection that may not be there yet; a message is short enough for one
 * send. */
static enum call_result send_message(struct call *call, const struct call_plan *plan)
{
	ssize_t sent;

	if (plan->message_length == 0 || call->following) {
		call->connected = true;
		return CALL_OPEN;
	}
	sent = send(call->descriptor, plan->message, plan->message_length, MSG_NOSIGNAL);
	if (sent == (ssize_t)plan->message_length) {
		call->connected = true;
		return CALL_OPEN;
	}
	if (sent < 0 && errno == EAGAIN) {
		return CALL_OPEN;
	}
	return broken(errno);
}

static enum call_result begin(struct call *call, const struct call_plan *plan, const struct sockaddr_in *server,
			      int epoll)
{
	struct epoll_event event = { .data.ptr = call };
	enum call_result result;

	call->length = 0;
	call->connected = false;
	call->descriptor = call_connect(server, call->source, false);
	if (call->descriptor < 0) {
		return CALL_REFUSED;
	}
	result = send_message(call, plan);
	if (result != CALL_OPEN) {
		return result;
	}
	event.events = EPOLLIN | EPOLLRDHUP | (call->connected ? 0U : (uint32_t)EPOLLOUT);
	return epoll_ctl(epoll, EPOLL_CTL_ADD, call->descriptor, &event) < 0 ? CALL_RESET : CALL_OPEN;
}

enum call_result call_start(struct call *call, const struct call_plan *plan, int epoll, uint64_t started_ns)
{
	call->started_ns = started_ns;
	call->following = false;
	call->source = call_source_next(1);
	return begin(call, plan, &plan->server, epoll);
}

/* The reply is ">", spaces, a port. */
static enum call_result follow(struct call *call, const struct call_plan *plan, int epoll)
{
	struct sockaddr_in server = plan->server;
	unsigned long port;

	call->reply[call->length] = '\0';
	port = call->reply[0] == '>' ? strtoul(call->reply + 1, NULL, 10) : 0;
	if (port == 0 || port > UINT16_MAX) {
		return CALL_WRONG;
	}
	call_close(call);
	call->following = true;
	server.sin_port = htons((in_port_t)port);
	return begin(call, plan, &server, epoll);
}

static enum call_result judge(const struct call *call, const struct call_plan *plan)
{
	size_t length = strlen(plan->expect);
	bool right = call->length >= length && call->length >= plan->reply_length_min &&
		     memcmp(call->reply, plan->expect, length) == 0;

	return right && call->following == plan->follow ? CALL_DONE : CALL_WRONG;
}

/* Reads what is there.  Only the first octets of a reply are kept; the rest is counted. */
static enum call_result read_reply(struct call *call, const struct call_plan *plan, int epoll, bool at_end)
{
	char rest[4096];

	for (;;) {
		bool keep = call->length < CALL_REPLY_MAX - 1;
		ssize_t length = recv(call->descriptor, keep ? call->reply + call->length : rest,
				      keep ? CALL_REPLY_MAX - 1 - call->length : sizeof(rest), 0);

		if (length < 0) {
			return errno == EAGAIN ? CALL_OPEN : broken(errno);
		}
		call->length += (size_t)length;
		if (plan->follow && !call->following && keep && memchr(call->reply, '\n', call->length) != NULL) {
			return follow(call, plan, epoll);
		}
		if (length == 0 || (plan->reply_length > 0 && call->length >= plan->reply_length)) {
			return judge(call, plan);
		}
		if (!at_end) {
			return CALL_OPEN;
		}
	}
}

enum call_result call_continue(struct call *call, const struct call_plan *plan, int epoll, uint32_t events)
{
	if (!call->connected) {
		struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP, .data.ptr = call };
		enum call_result result = send_message(call, plan);

		if (result != CALL_OPEN || epoll_ctl(epoll, EPOLL_CTL_MOD, call->descriptor, &event) < 0) {
			return result != CALL_OPEN ? result : CALL_RESET;
		}
	}
	if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) == 0) {
		return CALL_OPEN;
	}
	return read_reply(call, plan, epoll, (events & EPOLLRDHUP) != 0);
}

void call_close(struct call *call)
{
	if (call->descriptor >= 0) {
		close(call->descriptor);
		call->descriptor = -1;
	}
}
