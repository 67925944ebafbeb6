/* acceptor_calls.c - the calls an acceptor holds: memory laid out once, lists in the order of deadlines, room made by
 * letting the oldest go.  Called by the other acceptor files; never reads or writes a connection. */
#include "rendezvous/acceptor.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/clock.h"

enum {
	CLOSING_ROOM = 1024,	  /* calls being refused, beside the unfinished ones */
	DESCRIPTORS_RESERVED = 8, /* kept free for what comes from launchers and the supervisor */
};

int calls_init(struct acceptor *acceptor)
{
	const struct plan *plan = acceptor->kit.plan;

	acceptor->call_room = CLOSING_ROOM;
	for (uint32_t i = 0; i < plan->listens.count; i++) {
		acceptor->call_room += plan_listen(plan, i)->calls_max;
		TAILQ_INIT(&acceptor->listens[i].unfinished);
		TAILQ_INIT(&acceptor->listens[i].quiet);
	}
	TAILQ_INIT(&acceptor->helping);
	TAILQ_INIT(&acceptor->closing);
	TAILQ_INIT(&acceptor->unused);
	acceptor->calls = calloc(acceptor->call_room, sizeof(struct call));
	return acceptor->calls == NULL ? -ENOMEM : 0;
}

void calls_finish(struct acceptor *acceptor)
{
	for (uint32_t i = 0; i < acceptor->call_room && acceptor->calls != NULL; i++) {
		if (acceptor->calls[i].state != CALL_FREE) {
			call_close(&acceptor->calls[i]);
		}
	}
	free(acceptor->calls);
}

static struct call *oldest_unfinished(const struct acceptor *acceptor)
{
	struct call *oldest = NULL;

	for (uint32_t i = 0; i < acceptor->kit.plan->listens.count; i++) {
		struct call *first = TAILQ_FIRST(&acceptor->listens[i].unfinished);
		struct call *quiet = TAILQ_FIRST(&acceptor->listens[i].quiet);
		first = first == NULL ? quiet : first;
		if (first != NULL && (oldest == NULL || first->accepted_ns < oldest->accepted_ns)) {
			oldest = first;
		}
	}
	return oldest;
}

/* It is told why, but not waited for: the point is its descriptor. */
void call_give_way(struct call *call)
{
	const char *line = refusal_line(REFUSAL_BUSY);
	struct counters *counters = call->acceptor->kit.counters;
	size_t size = 0;

	while (line[size] != '\0' && !call->mute) {
		size++;
	}
	(void)send(call->source.descriptor, line, size, MSG_DONTWAIT | MSG_NOSIGNAL);
	counter_add(&counters->gave_way, 1);
	counter_add(&counters->refused[REFUSAL_BUSY], 1);
	call_close(call);
}

bool calls_let_oldest_go(struct acceptor *acceptor)
{
	struct call *closing = TAILQ_FIRST(&acceptor->closing);
	struct call *call = closing != NULL ? closing : oldest_unfinished(acceptor);

	if (call == NULL) {
		return false;
	}
	if (call->state == CALL_CLOSING) {
		call_close(call);
	} else {
		call_give_way(call);
	}
	return true;
}

bool calls_make_room(struct acceptor *acceptor)
{
	uint32_t used = acceptor->descriptors + acceptor->calls_used;

	if (acceptor->calls_used < acceptor->call_room && used + DESCRIPTORS_RESERVED < acceptor->descriptor_max) {
		return true;
	}
	return calls_let_oldest_go(acceptor);
}

struct call *call_open(struct acceptor *acceptor, int connection, uint16_t listen)
{
	struct call *call = TAILQ_FIRST(&acceptor->unused);

	/* Memory never used before is taken in order, so that an acceptor with few calls stays small. */
	if (call != NULL) {
		TAILQ_REMOVE(&acceptor->unused, call, neighbours);
	} else {
		call = &acceptor->calls[acceptor->calls_used];
	}
	acceptor->calls_used++;
	*call = (struct call){
		.source = { .descriptor = connection, .data = call },
		.acceptor = acceptor,
		.accepted_ns = clock_now_ns(),
		.source_entry = SOURCE_UNCOUNTED,
		.listen = listen,
	};
	return call;
}

static struct call_list *list_of(struct call *call)
{
	switch ((enum call_state)call->state) {
	case CALL_UNFINISHED:
		return &call->acceptor->listens[call->listen].unfinished;
	case CALL_QUIET:
		return &call->acceptor->listens[call->listen].quiet;
	case CALL_HELPING:
		return &call->acceptor->helping;
	case CALL_CLOSING:
		return &call->acceptor->closing;
	case CALL_FREE:
	default:
		return NULL;
	}
}

static void count_states(struct call *call, int32_t change)
{
	struct acceptor *acceptor = call->acceptor;

	if (call->state == CALL_UNFINISHED || call->state == CALL_QUIET) {
		acceptor->listens[call->listen].count += (uint32_t)change;
		counter_add(&acceptor->kit.counters->unfinished, (uint64_t)(int64_t)change);
	} else if (call->state != CALL_FREE) {
		counter_add(&acceptor->kit.counters->closing, (uint64_t)(int64_t)change);
	}
}

static void leave_list(struct call *call)
{
	struct call_list *list = list_of(call);

	if (list != NULL) {
		TAILQ_REMOVE(list, call, neighbours);
		count_states(call, -1);
		call->state = CALL_FREE;
	}
}

/* Nearly always at the end; a call that was quiet for a while goes back among those that came when it did. */
static void insert_in_order(struct call_list *list, struct call *call)
{
	struct call *before = TAILQ_LAST(list, call_list);

	while (before != NULL && before->due_ms > call->due_ms) {
		before = TAILQ_PREV(before, call_list, neighbours);
	}
	if (before == NULL) {
		TAILQ_INSERT_HEAD(list, call, neighbours);
	} else {
		TAILQ_INSERT_AFTER(list, before, call, neighbours);
	}
}

void call_enter(struct call *call, enum call_state state, uint64_t due_ms)
{
	struct acceptor *acceptor = call->acceptor;

	leave_list(call);
	call->state = (uint8_t)state;
	call->due_ms = due_ms;
	insert_in_order(list_of(call), call);
	count_states(call, 1);
	if (acceptor->deadline.due_ms == 0 || due_ms < acceptor->deadline.due_ms) {
		loop_timer_set(acceptor->loop, &acceptor->deadline, due_ms);
	}
}

void call_leave(struct call *call)
{
	struct acceptor *acceptor = call->acceptor;

	leave_list(call);
	if (call->in_loop) {
		loop_remove(acceptor->loop, &call->source);
	}
	sources_leave(acceptor->kit.sources, acceptor->kit.column, call->source_entry);
	acceptor->calls_used--;
	TAILQ_INSERT_HEAD(&acceptor->unused, call, neighbours);
}

void call_close(struct call *call)
{
	int connection = call->source.descriptor;

	call_leave(call);
	close(connection);
}

bool call_watch(struct call *call, uint32_t events, void (*ready)(struct loop_source *source, uint32_t events))
{
	struct loop *loop = call->acceptor->loop;

	call->source.ready = ready;
	if (call->in_loop) {
		return loop_change(loop, &call->source, events) == 0;
	}
	call->in_loop = loop_add(loop, &call->source, events) == 0;
	return call->in_loop;
}
