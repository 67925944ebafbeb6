/* acceptor_first.c - from the first octet to the call queue: peek, parse, find, consume exactly the line, hand over.
 *
 * Called at once after accept and then by the loop at each event (edge-triggered, so that partial data cannot spin).
 * Nothing is consumed before the function is known, and never an octet behind the line. */
#include "rendezvous/acceptor.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/clock.h"
#include "rendezvous/access.h"
#include "rendezvous/channel.h"
#include "rendezvous/queue.h"

static const struct plan_listen *listen_of(const struct call *call)
{
	return plan_listen(call->acceptor->kit.plan, call->listen);
}

/* Why this function cannot be had by this caller now, or REFUSAL_NONE. */
static enum refusal judge_function(const struct call *call, const struct plan_function *function)
{
	const struct kit *kit = &call->acceptor->kit;
	const struct account *account = kit->accounts[function->account];
	const struct function_state *state = &account->states[function_place(function->id)];
	uint64_t now_ms = loop_now_ms(call->acceptor->loop);

	if (!call->is_unix && function->access.count > 0 &&
	    !access_allows(plan_items(kit->plan, function->access), function->access.count, &call->address)) {
		return REFUSAL_DENIED;
	}
	if (atomic_load_explicit(&state->draining, memory_order_relaxed) != 0) {
		return REFUSAL_DRAINING;
	}
	if (atomic_load_explicit(&state->paused_until_ms, memory_order_relaxed) > now_ms ||
	    atomic_load_explicit(&account->paused_until_ms, memory_order_relaxed) > now_ms) {
		return REFUSAL_FAILED;
	}
	if (function->handover == SETTING_WORKER && function->workers == 0 &&
	    atomic_load_explicit(&state->workers_attached, memory_order_relaxed) == 0) {
		return REFUSAL_FAILED;
	}
	if (call->told && function->handover == SETTING_PORT && function->admit == SETTING_ADMIT_CALLER) {
		return REFUSAL_DENIED; /* a port for what a proxy told would be a right that a proxy gave */
	}
	return REFUSAL_NONE;
}

static struct call_message message_for(const struct call *call, const struct plan_function *function,
				       enum call_dialect dialect, const char *key)
{
	struct call_message message = {
		.magic = CALL_MAGIC,
		.dialect = (uint16_t)dialect,
		.function_id = function->id,
		.accepted_ns = call->accepted_ns,
		.source_key = call->source_key,
		.queue_timeout_ms = function->queue_timeout_ms,
		.first_message_ms = (uint32_t)((clock_now_ns() - call->accepted_ns) / NS_PER_MS),
	};

	if (dialect == CALL_DIALECT_LINE && function->greet == SETTING_GREET_BERTH &&
	    function->handover != SETTING_PORT) {
		message.flags |= CALL_GREET;
	}
	if (call->is_unix) {
		message.flags |= CALL_UNIX;
	}
	if (call->told) {
		message.flags |= CALL_TOLD;
		message.told = call->address;
		message.told_port = call->port;
	}
	if (key[0] != '\0') {
		message.flags |= CALL_KEY;
		memcpy(message.key, key, strnlen(key, KEY_MAX));
	}
	memcpy(message.function, function->name.text, sizeof(message.function));
	return message;
}

static void count_handover(struct call *call, const struct plan_function *function)
{
	struct counters *counters = call->acceptor->kit.counters;
	uint64_t wait_us = (clock_now_ns() - call->accepted_ns) / 1000;
	int bucket = 0;

	while (bucket < WAIT_BUCKETS - 1 && wait_us >= (uint64_t)64 << bucket) {
		bucket++;
	}
	counter_add(&counters->wait[bucket], 1);
	counter_add(&counters->wait_sum_us, wait_us);
	counter_add(&counters->handed_over, 1);
	counter_add(&counters->functions[function_place(function->id)].calls, 1);
}

static void refuse_function(struct call *call, const struct plan_function *function, enum refusal refusal)
{
	counter_add(&call->acceptor->kit.counters->functions[function_place(function->id)].refused, 1);
	call_refuse(call, refusal);
}

/* Out of epoll before it is passed: an open file that lives on in a launcher would go on waking us. */
static void hand_over(struct call *call, const struct plan_function *function, const struct call_message *message)
{
	struct acceptor *acceptor = call->acceptor;

	if (call->in_loop) {
		loop_remove(acceptor->loop, &call->source);
		call->in_loop = false;
	}
	int r = queue_put(acceptor->kit.queues[function->queue], message, call->source.descriptor);
	if (r == -EPIPE) {
		struct control_message broken = { .kind = CONTROL_QUEUE_BROKEN, .index = function->queue };
		(void)channel_offer(acceptor->channel, broken, -1);
	}
	if (r < 0) {
		refuse_function(call, function, r == -EAGAIN ? REFUSAL_BUSY : REFUSAL_FAILED);
		return;
	}
	count_handover(call, function);
	call_close(call);
}

/* The octets were peeked just now, so they are there; anything else is a connection that broke meanwhile. */
static bool consume(int connection, size_t size)
{
	uint8_t line[FIRST_MESSAGE_MAX];

	return recv(connection, line, size, MSG_DONTWAIT) == (ssize_t)size;
}

void call_serve(struct call *call, const struct plan_function *function, enum call_dialect dialect, size_t consumed,
		const char *key)
{
	enum refusal refusal = judge_function(call, function);

	call->mute = dialect != CALL_DIALECT_LINE;
	if (refusal != REFUSAL_NONE) {
		refuse_function(call, function, refusal);
		return;
	}
	if (consumed > 0 && !consume(call->source.descriptor, consumed)) {
		counter_add(&call->acceptor->kit.counters->gone, 1);
		call_close(call);
		return;
	}
	struct call_message message = message_for(call, function, dialect, key);
	hand_over(call, function, &message);
}

static void serve_request(struct call *call, const struct line_request *request)
{
	const struct plan_function *function = plan_find(call->acceptor->kit.plan, listen_of(call), &request->name);

	if (function == NULL) {
		call_refuse(call, REFUSAL_UNKNOWN);
	} else {
		call_serve(call, function, CALL_DIALECT_LINE, request->size, request->key);
	}
}

void first_message_read_line(struct call *call, const uint8_t *octets, size_t size, bool last)
{
	struct line_request request;

	switch (line_parse(octets, size < FIRST_MESSAGE_MAX ? size : FIRST_MESSAGE_MAX, &request)) {
	case LINE_MORE:
		if (last) { /* it will never be whole */
			call_refuse(call, REFUSAL_MALFORMED);
		} else {
			first_message_wait(call);
		}
		break;
	case LINE_HELP:
		call_help(call);
		break;
	case LINE_CALL:
		serve_request(call, &request);
		break;
	case LINE_MALFORMED:
	default:
		call_refuse(call, REFUSAL_MALFORMED);
		break;
	}
}

static void on_octets(struct loop_source *source, uint32_t events)
{
	first_message_look(source->data, events);
}

/* The oldest of too many unfinished calls gives way. */
void first_message_wait(struct call *call)
{
	const uint32_t wanted = EPOLLIN | EPOLLRDHUP | EPOLLET;
	struct listen_state *state = &call->acceptor->listens[call->listen];

	if (call->state == CALL_UNFINISHED) {
		return;
	}
	if (call->state == CALL_FREE && state->count >= listen_of(call)->calls_max) {
		struct call *oldest = TAILQ_FIRST(&state->unfinished);
		call_give_way(oldest != NULL ? oldest : TAILQ_FIRST(&state->quiet));
	}
	call_enter(call, CALL_UNFINISHED, call->accepted_ns / NS_PER_MS + listen_of(call)->first_message_ms);
	if (!call_watch(call, wanted, on_octets)) {
		call_refuse(call, REFUSAL_BUSY);
	}
}

static bool speaks(const struct call *call, enum setting_dialect dialect)
{
	return (listen_of(call)->dialects & 1U << dialect) != 0;
}

/* As much as a first message may be in the dialects of this listener; what recv returns. */
static ssize_t peek(struct call *call)
{
	struct acceptor *acceptor = call->acceptor;
	size_t size = speaks(call, SETTING_DETECT) ? sizeof(acceptor->peeked) : FIRST_MESSAGE_MAX;

	return recv(call->source.descriptor, acceptor->peeked, size, MSG_PEEK | MSG_DONTWAIT);
}

void first_message_look(struct call *call, uint32_t events)
{
	bool last = (events & EPOLLRDHUP) != 0;

	call->mute = !speaks(call, SETTING_LINE);
	if (call->header_owed && !proxy_look(call, events)) {
		return;
	}
	ssize_t size = peek(call);
	if (size < 0 && (errno == EAGAIN || errno == EINTR) && (events & (EPOLLHUP | EPOLLERR)) == 0) {
		first_message_wait(call);
		return;
	}
	if (size <= 0 || (events & EPOLLHUP) != 0) {
		counter_add(&call->acceptor->kit.counters->gone, 1);
		call_close(call);
		return;
	}
	if (speaks(call, SETTING_DETECT)) {
		detect_look(call, call->acceptor->peeked, (size_t)size, last);
	} else {
		first_message_read_line(call, call->acceptor->peeked, (size_t)size, last);
	}
}

/* A caller that has said nothing at all gets the listener's silent function, if there is one. */
static void serve_silent(struct call *call)
{
	uint32_t silent = listen_of(call)->silent;

	if (silent == PLAN_NONE || call->header_owed) {
		call_refuse(call, REFUSAL_TIMEOUT);
	} else {
		call_serve(call, plan_function(call->acceptor->kit.plan, silent), CALL_DIALECT_NONE, 0, "");
	}
}

void first_message_expired(struct call *call)
{
	enum refusal otherwise = call->state == CALL_QUIET ? REFUSAL_NONE : REFUSAL_TIMEOUT;
	ssize_t size = peek(call);

	if (size < 0) {
		serve_silent(call);
	} else if (size > 0 && speaks(call, SETTING_DETECT) && !call->header_owed) {
		detect_settle(call, call->acceptor->peeked, (size_t)size, otherwise);
	} else {
		call_refuse(call, REFUSAL_TIMEOUT);
	}
}
