/* acceptor_close.c - ending a call in good order: the answer, then our end of the connection, then what the
 * caller still sends is read and thrown away for a while, so that no reset eats the answer on its way.
 *
 * Called by the other acceptor files and for calls that launchers send back. */
#include "rendezvous/acceptor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rendezvous/access.h"

enum { HELP_TIME_MS = 10000, HELP_CHUNK = 4096 };

/* True when the caller is done too and nothing is left to wait for. */
static bool drain(struct call *call)
{
	uint8_t thrown_away[8192];

	for (;;) {
		ssize_t size = recv(call->source.descriptor, thrown_away, sizeof(thrown_away), MSG_DONTWAIT);
		if (size < 0 && errno == EAGAIN) {
			return false;
		}
		if (size <= 0) {
			return true;
		}
		call->drained += (uint32_t)size;
		if (call->drained > DRAIN_BYTES_MAX) {
			return true;
		}
	}
}

static void on_drain(struct loop_source *source, uint32_t events)
{
	(void)events;
	if (drain(source->data)) {
		call_close(source->data);
	}
}

static void close_in_good_order(struct call *call)
{
	struct acceptor *acceptor = call->acceptor;

	sources_leave(acceptor->kit.sources, acceptor->kit.column, call->source_entry);
	call->source_entry = SOURCE_UNCOUNTED;
	if (shutdown(call->source.descriptor, SHUT_WR) < 0 || drain(call)) {
		call_close(call);
		return;
	}
	call_enter(call, CALL_CLOSING, loop_now_ms(acceptor->loop) + DRAIN_TIME_MS);
	if (!call_watch(call, EPOLLIN | EPOLLRDHUP, on_drain)) {
		call_close(call);
	}
}

static void say(struct call *call, const char *line)
{
	(void)send(call->source.descriptor, line, strlen(line), MSG_DONTWAIT | MSG_NOSIGNAL);
}

void call_refuse(struct call *call, enum refusal refusal)
{
	counter_add(&call->acceptor->kit.counters->refused[refusal], 1);
	if (!call->mute) {
		say(call, refusal_line(refusal));
	}
	close_in_good_order(call);
}

void returned_call(struct acceptor *acceptor, const struct control_message *message, int connection)
{
	struct call *call = call_open(acceptor, connection, 0);

	if (message->kind == CONTROL_REFUSE && message->result > REFUSAL_NONE && message->result < REFUSALS) {
		call_refuse(call, (enum refusal)message->result);
	} else {
		close_in_good_order(call);
	}
}

/* ---- HELP ---- */

static const struct plan_function *help_function(const struct call *call, uint32_t index)
{
	const struct plan *plan = call->acceptor->kit.plan;
	const uint32_t *indexes = plan_items(plan, plan_listen(plan, call->listen)->functions);

	return plan_function(plan, indexes[index]);
}

static bool may_see(const struct call *call, const struct plan_function *function)
{
	const struct plan *plan = call->acceptor->kit.plan;

	return call->is_unix || function->access.count == 0 ||
	       access_allows(plan_items(plan, function->access), function->access.count, &call->address);
}

/* One line of the list; empty for a function this caller may not call. */
static size_t help_line(const struct call *call, uint32_t index, char line[FUNCTION_NAME_MAX + 3])
{
	const struct plan_function *function = help_function(call, index);

	if (!may_see(call, function)) {
		return 0;
	}
	return (size_t)snprintf(line, FUNCTION_NAME_MAX + 3, "%s\r\n", function->name.text);
}

/* Moves on by `sent` octets of the list. */
static void help_advance(struct call *call, size_t sent)
{
	char line[FUNCTION_NAME_MAX + 3];

	sent += call->help_sent;
	for (;;) {
		size_t size = help_line(call, call->help_next, line);
		if (sent < size) {
			break;
		}
		sent -= size;
		call->help_next++;
		if (sent == 0) {
			break;
		}
	}
	call->help_sent = (uint16_t)sent;
}

/* The next piece of the list; 0 at its end. */
static size_t help_piece(const struct call *call, char piece[HELP_CHUNK])
{
	const struct plan *plan = call->acceptor->kit.plan;
	uint32_t count = plan_listen(plan, call->listen)->functions.count;
	size_t skip = call->help_sent;
	size_t used = 0;

	for (uint32_t i = call->help_next; i < count && used + FUNCTION_NAME_MAX + 3 <= HELP_CHUNK; i++) {
		char line[FUNCTION_NAME_MAX + 3];
		size_t size = help_line(call, i, line);
		memcpy(piece + used, line + skip, size - skip);
		used += size - skip;
		skip = 0;
	}
	return used;
}

static void help_on(struct call *call)
{
	char piece[HELP_CHUNK];
	size_t size = help_piece(call, piece);

	while (size > 0) {
		ssize_t sent = send(call->source.descriptor, piece, size, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent < 0 && errno == EAGAIN) {
			return;
		}
		if (sent < 0) {
			call_close(call);
			return;
		}
		help_advance(call, (size_t)sent);
		size = help_piece(call, piece);
	}
	close_in_good_order(call);
}

static void on_help(struct loop_source *source, uint32_t events)
{
	(void)events;
	help_on(source->data);
}

void call_help(struct call *call)
{
	struct acceptor *acceptor = call->acceptor;

	counter_add(&acceptor->kit.counters->helped, 1);
	call_enter(call, CALL_HELPING, loop_now_ms(acceptor->loop) + HELP_TIME_MS);
	if (!call_watch(call, EPOLLOUT, on_help)) {
		call_close(call);
		return;
	}
	help_on(call);
}
