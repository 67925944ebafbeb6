/* call.c - the caller's side: says which function, hears the answer, goes where it points.
 *
 * berth_call of <berth.h>.  Reads the reply and not one octet behind it, because those are the
 * function's: everything is peeked first, and what is certain to be reply is consumed at once, so
 * that a reply in pieces does not keep waking us. */
#include <berth.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "client/connection.h"
#include "client/deadline.h"
#include "client/target.h"
#include "wire/line.h"

static_assert(sizeof(((struct berth_refusal *)NULL)->reason) == sizeof(((struct line_reply *)NULL)->text),
	      "every reason fits");

/* The line must be what a rendezvous port will read: this call, and nothing behind it. */
static int build_line(const char *function, const char *key, struct text *line)
{
	struct line_request request;
	struct name name;

	if (name_parse(function, strlen(function), &name) < 0) {
		return -EINVAL;
	}
	text_put(line, function);
	if (key != NULL) {
		text_put(line, " key=");
		text_put(line, key);
	}
	text_put(line, "\r\n");
	if (line->cut || line_parse((const uint8_t *)line->start, line->used, &request) != LINE_CALL ||
	    request.size != line->used) {
		return -EINVAL;
	}
	return 0;
}

/* Fresh connections have room for a line. */
static int say(int connection, const struct text *line)
{
	ssize_t sent = send(connection, line->start, line->used, MSG_NOSIGNAL);

	if (sent < 0) {
		return -errno;
	}
	return (size_t)sent == line->used ? 0 : -EIO;
}

/* Waits for octets behind `used` and leaves them in the kernel; returns how many are there now. */
static int peek(int connection, uint8_t *octets, size_t used, uint64_t deadline_ns)
{
	int r = deadline_wait_on(deadline_ns, connection, POLLIN);

	if (r < 0) {
		return r;
	}
	ssize_t size = recv(connection, octets + used, FIRST_MESSAGE_MAX - used, MSG_PEEK);
	if (size < 0) {
		return errno == EAGAIN ? 0 : -errno;
	}
	return size == 0 ? -EPROTO : (int)size;
}

static int hear(int connection, uint64_t deadline_ns, struct line_reply *ret_reply)
{
	uint8_t octets[FIRST_MESSAGE_MAX];
	size_t used = 0;
	enum reply_kind kind = REPLY_MORE;

	while (kind == REPLY_MORE) {
		int r = peek(connection, octets, used, deadline_ns);
		if (r < 0) {
			return r;
		}
		size_t size = (size_t)r;
		kind = line_reply_parse(octets, used + size, ret_reply);
		if (kind == REPLY_MALFORMED) {
			return -EPROTO;
		}
		size = kind == REPLY_MORE ? size : ret_reply->size - used;
		if (size > 0 && recv(connection, octets + used, size, 0) != (ssize_t)size) {
			return -EIO;
		}
		used += size;
	}
	return 0;
}

static int refuse(const struct line_reply *reply, struct berth_refusal *ret_refusal)
{
	if (ret_refusal != NULL) {
		memcpy(ret_refusal->reason, reply->text, sizeof(reply->text));
	}
	return -ECONNREFUSED;
}

/* The connection that serves the call, which for ">" is another one. */
static int follow(int connection, const struct line_reply *reply, uint64_t deadline_ns,
		  struct berth_refusal *ret_refusal)
{
	if (reply->kind == REPLY_ACCEPTED) {
		return connection;
	}
	if (reply->kind == REPLY_REFUSED) {
		return refuse(reply, ret_refusal);
	}
	if (reply->host[0] != '\0') {
		return connection_open_host(reply->host, reply->port, deadline_ns);
	}
	return connection_open_beside(connection, reply->port, deadline_ns);
}

static int open_target(const struct target *target, uint64_t deadline_ns)
{
	if (target->is_path) {
		return connection_open_path(target->place, SOCK_STREAM, deadline_ns);
	}
	return connection_open_host(target->place, target->port, deadline_ns);
}

static int make_blocking(int descriptor)
{
	int flags = fcntl(descriptor, F_GETFL);

	return flags < 0 || fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) < 0 ? -errno : 0;
}

/* The whole call on a connection that stays the caller's. */
static int call_on(int connection, const struct text *line, uint64_t deadline_ns, struct berth_refusal *ret_refusal)
{
	struct line_reply reply;
	int r = say(connection, line);

	if (r == 0) {
		r = hear(connection, deadline_ns, &reply);
	}
	if (r == 0) {
		r = follow(connection, &reply, deadline_ns, ret_refusal);
	}
	return r;
}

int berth_call(const char *address, const char *function, const char *key, int timeout_ms,
	       struct berth_refusal *ret_refusal)
{
	uint64_t deadline_ns = deadline_after(timeout_ms);
	char octets[FIRST_MESSAGE_MAX];
	struct target target;
	struct text line;
	int connection;

	if (ret_refusal != NULL) {
		ret_refusal->reason[0] = '\0';
	}
	text_init(&line, octets, sizeof(octets));
	if (target_parse(address, &target) < 0 || build_line(function, key, &line) < 0) {
		return -EINVAL;
	}
	connection = open_target(&target, deadline_ns);
	if (connection < 0) {
		return connection;
	}
	int result = call_on(connection, &line, deadline_ns, ret_refusal);
	if (result != connection) {
		(void)close(connection);
	}
	int r = result < 0 ? result : make_blocking(result);
	if (r < 0 && result >= 0) {
		(void)close(result);
	}
	return r < 0 ? r : result;
}
