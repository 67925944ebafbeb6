/* acceptor_listen.c - from the listening socket to a call that may speak: accept, who is it, may it, is it too much.
 *
 * Called by the loop.  Room is made before accept, so running out of descriptors is a decision: the oldest call that
 * has said nothing yet gives way, and when even that does not help the listeners rest for PAUSE_MS. */
#include "rendezvous/acceptor.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/log.h"
#include "os/socket.h"
#include "rendezvous/access.h"

enum {
	ACCEPTS_A_TURN = 64, /* then other calls have their turn */
	PAUSE_MS = 100,
	SHORTAGE_SAID_EVERY_MS = 1000,
	VICTIMS_MAX = 8, /* calls let go for one new one, before resting */
};

static void identify(struct call *call, const struct sockaddr_storage *peer)
{
	uid_t user;

	if (call->is_unix) {
		call->source_key = user_source_key(socket_peer_user(call->source.descriptor, &user) == 0 ? user : 0);
	} else if (address_from_socket(peer, &call->address, NULL) == 0) {
		call->source_key = address_source_key(&call->address);
	}
}

enum refusal caller_judge(struct call *call)
{
	const struct kit *kit = &call->acceptor->kit;
	const struct plan_listen *listen = plan_listen(kit->plan, call->listen);
	const struct source_limits limits = {
		.calls = listen->calls_per_source,
		.per_second = listen->rate_per_second,
		.burst = listen->rate_burst,
	};

	if (!call->is_unix && listen->access.count > 0 &&
	    !access_allows(plan_items(kit->plan, listen->access), listen->access.count, &call->address)) {
		return REFUSAL_DENIED;
	}
	if (limits.calls == 0 && limits.per_second == 0) {
		return REFUSAL_NONE;
	}
	if (sources_enter(kit->sources, kit->column, call->source_key, &limits, call->accepted_ns,
			  &call->source_entry) < 0) {
		return REFUSAL_LIMIT;
	}
	return REFUSAL_NONE;
}

/* A call that may speak, or NULL when it was refused. */
static struct call *admit(struct listener *listener, int connection, const struct sockaddr_storage *peer)
{
	struct acceptor *acceptor = listener->acceptor;
	struct call *call = call_open(acceptor, connection, listener->listen);

	counter_add(&acceptor->kit.counters->accepted, 1);
	call->is_unix = listener->is_unix;
	identify(call, peer);
	call->header_owed = proxy_owes_header(call);
	enum refusal refusal = call->header_owed ? REFUSAL_NONE : caller_judge(call);
	if (refusal != REFUSAL_NONE) {
		call_refuse(call, refusal);
		return NULL;
	}
	return call;
}

/* Once a second: this can go on for long, and whoever reads the log is short of something too. */
static void say_shortage(struct acceptor *acceptor)
{
	uint64_t now_ms = loop_now_ms(acceptor->loop);

	if (now_ms - acceptor->shortage_said_ms >= SHORTAGE_SAID_EVERY_MS) {
		acceptor->shortage_said_ms = now_ms;
		log_event(LOG_LEVEL_WARNING, "out-of-descriptors", "limit", LOG_NUMBER(acceptor->descriptor_max),
			  "calls", LOG_NUMBER(acceptor->calls_used), "action", "rest", NULL);
	}
}

/* No descriptor could be had: a number below the limit must come free.  True when it is worth trying again. */
static bool survive_shortage(struct acceptor *acceptor, unsigned *victims)
{
	counter_add(&acceptor->kit.counters->starved, 1);
	if (++*victims <= VICTIMS_MAX && calls_let_oldest_go(acceptor)) {
		return true;
	}
	say_shortage(acceptor);
	listeners_rest(acceptor);
	return false;
}

/* Takes what waits at the listener, at most ACCEPTS_A_TURN.  How many calls may speak. */
static int accept_some(struct listener *listener, struct call *calls[ACCEPTS_A_TURN])
{
	struct acceptor *acceptor = listener->acceptor;
	unsigned victims = 0;
	int count = 0;

	for (int turn = 0; turn < ACCEPTS_A_TURN; turn++) {
		struct sockaddr_storage peer;
		socklen_t size = sizeof(peer);
		if (!calls_make_room(acceptor)) {
			listeners_rest(acceptor);
			break;
		}
		int connection = accept4(listener->source.descriptor, (struct sockaddr *)&peer, &size, SOCK_CLOEXEC);
		if (connection >= 0) {
			calls[count] = admit(listener, connection, &peer);
			count += calls[count] != NULL;
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
			if (!survive_shortage(acceptor, &victims)) {
				break;
			}
		} else if (errno != ECONNABORTED && errno != EINTR) {
			break; /* nobody there any more, or nothing we can mend */
		}
	}
	return count;
}

/* First all are accepted and then all looked at: by then most first messages are there, and need not be waited for. */
static void on_connections(struct loop_source *source, uint32_t events)
{
	struct call *calls[ACCEPTS_A_TURN];
	int count = accept_some(source->data, calls);

	(void)events;
	for (int i = 0; i < count; i++) {
		first_message_look(calls[i], 0);
	}
}

static int watch(struct listener *listener)
{
	/* Exclusive: one acceptor wakes for a call.  Should it die, its successor looks at once. */
	int r = loop_add(listener->acceptor->loop, &listener->source, EPOLLIN | EPOLLEXCLUSIVE);

	listener->in_loop = r == 0;
	return r;
}

int listeners_start(struct acceptor *acceptor)
{
	const struct plan *plan = acceptor->kit.plan;

	for (uint32_t i = 0; i < plan->sockets.count; i++) {
		struct listener *listener = &acceptor->listeners[i];
		const struct plan_socket *socket = plan_socket(plan, i);
		listener->source = (struct loop_source){
			.descriptor = acceptor->kit.sockets[i],
			.ready = on_connections,
			.data = listener,
		};
		listener->acceptor = acceptor;
		listener->listen = (uint16_t)socket->listen;
		listener->is_unix = socket->is_unix != 0;
		int r = watch(listener);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

static void unwatch_all(struct acceptor *acceptor)
{
	for (uint32_t i = 0; i < acceptor->kit.plan->sockets.count; i++) {
		struct listener *listener = &acceptor->listeners[i];
		if (listener->in_loop) {
			loop_remove(acceptor->loop, &listener->source);
			listener->in_loop = false;
		}
	}
}

void listeners_stop(struct acceptor *acceptor)
{
	unwatch_all(acceptor);
	loop_timer_stop(&acceptor->pause);
}

void listeners_rest(struct acceptor *acceptor)
{
	unwatch_all(acceptor);
	loop_timer_set(acceptor->loop, &acceptor->pause, loop_now_ms(acceptor->loop) + PAUSE_MS);
}

void listeners_resume(struct acceptor *acceptor)
{
	for (uint32_t i = 0; i < acceptor->kit.plan->sockets.count; i++) {
		if (!acceptor->listeners[i].in_loop && !acceptor->finishing) {
			(void)watch(&acceptor->listeners[i]);
		}
	}
}
