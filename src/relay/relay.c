/* relay.c - the relay as a process: start, sandbox, the queue, deadlines, the end.
 *
 * Run by cmd/berth_relay.c.  What needs files or names is done first; then the process can only take calls, connect to
 * its target, and carry octets.  Calls that find no room stay in the queue, where others may take them. */
#include "relay/relay.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/log.h"
#include "os/memory.h"
#include "os/sandbox.h"
#include "relay/connection.h"
#include "rendezvous/queue.h"

enum {
	CALLS_A_TURN = 32,
	CONNECTIONS_USUAL = 65536,		   /* unless more are asked for */
	DESCRIPTORS_RESERVED = 16 + 2 * PIPES_MAX, /* beside two for each connection */
	TRY_AGAIN_MS = 10,
	LOG_LOOK_MS = 1000,
};

/* ---- calls ---- */

static void watch_queue(struct relay *relay, bool wanted)
{
	if (wanted == relay->queue_watched) {
		return;
	}
	if (wanted) {
		/* Not exclusive: a wake-up would die with the process that got it. */
		relay->queue_watched = loop_add(relay->loop, &relay->queue_source, EPOLLIN) == 0;
	} else {
		loop_remove(relay->loop, &relay->queue_source);
		relay->queue_watched = false;
	}
}

static void stop_when_done(struct relay *relay)
{
	if (relay->draining && relay->count == 0) {
		loop_stop(relay->loop);
	}
}

static void drain(struct relay *relay)
{
	relay->draining = true;
	watch_queue(relay, false);
	stop_when_done(relay);
}

static void on_queue(struct loop_source *source, uint32_t events)
{
	struct relay *relay = source->data;

	(void)events;
	for (int turn = 0; turn < CALLS_A_TURN; turn++) {
		struct call_message message;
		int descriptor;
		if (relay->count == relay->connections_max) {
			watch_queue(relay, false);
			return;
		}
		int r = queue_take(source->descriptor, &message, &descriptor);
		if (r == 0) {
			connection_begin(relay, &message, descriptor);
		} else if (r == -EPIPE) {
			drain(relay);
			return;
		} else if (r != -EBADMSG) {
			return;
		}
	}
}

void relay_connection_closed(struct relay *relay)
{
	if (!relay->draining) {
		watch_queue(relay, true);
	}
	stop_when_done(relay);
}

/* ---- time ---- */

void relay_watch_deadline(struct relay *relay, uint64_t due_ms)
{
	if (relay->deadlines.due_ms == 0 || due_ms < relay->deadlines.due_ms) {
		loop_timer_set(relay->loop, &relay->deadlines, due_ms);
	}
}

/* The oldest of a state is due first; what expires leaves or starts afresh at the end. */
static void sweep(struct relay *relay, struct connection_list *list, uint64_t now_ms)
{
	struct connection *connection;

	while ((connection = TAILQ_FIRST(list)) != NULL) {
		uint32_t patience_ms = connection_patience_ms(connection);
		if (patience_ms == 0) {
			return;
		}
		if (connection->since_ms + patience_ms > now_ms) {
			relay_watch_deadline(relay, connection->since_ms + patience_ms);
			return;
		}
		connection_expired(connection);
	}
}

static void on_deadlines(struct loop_timer *timer)
{
	struct relay *relay = timer->data;
	uint64_t now_ms = loop_now_ms(relay->loop);

	for (int state = CONNECTION_CONNECTING; state <= CONNECTION_REFUSED; state++) {
		sweep(relay, &relay->states[state], now_ms);
	}
}

void relay_more(struct connection *connection)
{
	struct relay *relay = connection->relay;

	if (!connection->has_more) {
		connection->has_more = true;
		TAILQ_INSERT_TAIL(&relay->more, connection, in_more);
		loop_timer_set(relay->loop, &relay->more_timer, loop_now_ms(relay->loop));
	}
}

/* Those that are not done after this turn either come behind the last. */
static void on_more(struct loop_timer *timer)
{
	struct relay *relay = timer->data;
	const struct connection *last = TAILQ_LAST(&relay->more, connection_list);
	const struct connection *moved = NULL;

	while (moved != last) {
		struct connection *connection = TAILQ_FIRST(&relay->more);
		TAILQ_REMOVE(&relay->more, connection, in_more);
		connection->has_more = false;
		moved = connection;
		connection_move(connection);
	}
}

void relay_try_again_soon(struct relay *relay)
{
	if (relay->again_timer.due_ms == 0) {
		loop_timer_set(relay->loop, &relay->again_timer, loop_now_ms(relay->loop) + TRY_AGAIN_MS);
	}
}

static void on_again(struct loop_timer *timer)
{
	struct relay *relay = timer->data;
	struct connection *connection = TAILQ_FIRST(&relay->states[CONNECTION_CONNECTING]);

	while (connection != NULL) {
		struct connection *next = TAILQ_NEXT(connection, in_state);
		if (connection->again) {
			connection_try_again(connection);
			relay_try_again_soon(relay);
		}
		connection = next;
	}
}

static void on_log(struct loop_timer *timer)
{
	struct relay *relay = timer->data;

	log_flush();
	loop_timer_set(relay->loop, timer, loop_now_ms(relay->loop) + LOG_LOOK_MS);
}

static void on_signal(int signal, void *data)
{
	struct relay *relay = data;

	if (signal == SIGUSR1) {
		drain(relay);
	} else if (signal == SIGTERM || signal == SIGINT) {
		loop_stop(relay->loop);
	}
}

/* ---- start ---- */

/* Two descriptors a connection, as many as the hard limit has. */
static int find_room(struct relay *relay)
{
	uint32_t wanted = relay->options.connections_max;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0) {
		return -errno;
	}
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	rlim_t room = limit.rlim_cur > DESCRIPTORS_RESERVED + 2 ? (limit.rlim_cur - DESCRIPTORS_RESERVED) / 2 : 1;
	if (wanted > room) {
		log_event(LOG_LEVEL_WARNING, "few-descriptors", "limit", LOG_NUMBER(limit.rlim_cur), "connections",
			  LOG_NUMBER(room), NULL);
	}
	if (wanted == 0) {
		wanted = CONNECTIONS_USUAL;
	}
	relay->connections_max = room < wanted ? (uint32_t)room : wanted;
	relay->connections = calloc(relay->connections_max, sizeof(struct connection));
	return relay->connections == NULL ? -ENOMEM : callers_create(relay->connections_max, &relay->callers);
}

static unsigned long read_variable(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);
	char *end;

	if (text == NULL || *text < '0' || *text > '9') {
		return otherwise;
	}
	unsigned long number = strtoul(text, &end, 10);
	return *end == '\0' ? number : otherwise;
}

/* The column that the launcher gave; else one that nobody reads. */
static int find_column(struct relay *relay)
{
	unsigned long descriptor = read_variable("BERTH_RELAY_COUNTERS_FD", INT32_MAX);
	unsigned long column = read_variable("BERTH_RELAY_COLUMN", 0);
	size_t size = 0;
	void *start = NULL;

	if (descriptor < INT32_MAX && column < ACCOUNT_SLOTS && memory_map((int)descriptor, &size, &start) == 0 &&
	    size == sizeof(struct relay_counters)) {
		relay->column = &((struct relay_counters *)start)->columns[column];
		atomic_store(&relay->column->open, 0);
		return 0;
	}
	memory_unmap(start, size);
	relay->column = calloc(1, sizeof(struct relay_column));
	return relay->column == NULL ? -ENOMEM : 0;
}

static int prepare_loop(struct relay *relay, int queue)
{
	sigset_t signals;

	relay->queue_source = (struct loop_source){ .descriptor = queue, .ready = on_queue, .data = relay };
	relay->deadlines = (struct loop_timer){ .expired = on_deadlines, .data = relay };
	relay->more_timer = (struct loop_timer){ .expired = on_more, .data = relay };
	relay->again_timer = (struct loop_timer){ .expired = on_again, .data = relay };
	relay->log_timer = (struct loop_timer){ .expired = on_log, .data = relay };
	TAILQ_INIT(&relay->unused);
	TAILQ_INIT(&relay->more);
	for (int state = 0; state <= CONNECTION_REFUSED; state++) {
		TAILQ_INIT(&relay->states[state]);
	}
	int r = loop_create(&relay->loop);
	if (r < 0) {
		return r;
	}
	loop_timer_set(relay->loop, &relay->log_timer, clock_now_ms() + LOG_LOOK_MS);
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGPIPE);
	return loop_signals(relay->loop, &signals, on_signal, relay);
}

static int enter_sandbox(const struct relay *relay)
{
	const struct sandbox_reach reach = {
		.ipv4 = targets_have(&relay->targets, AF_INET),
		.ipv6 = targets_have(&relay->targets, AF_INET6),
		.paths = targets_have(&relay->targets, AF_UNIX),
		.port = targets_port(&relay->targets),
	};
	unsigned missing = 0;
	int r = sandbox_enter_relay(&reach, &missing);

	if (r < 0) {
		log_event(LOG_LEVEL_ERROR, "no-sandbox", "error", strerror(-r), NULL);
	}
	return r;
}

static int prepare(struct relay *relay, int queue)
{
	int r = find_column(relay);

	if (r == 0) {
		r = find_room(relay);
	}
	if (r == 0) {
		r = prepare_loop(relay, queue);
	}
	if (r == 0) {
		r = targets_look_up(relay->options.target, &relay->targets);
		if (r < 0) {
			log_event(LOG_LEVEL_ERROR, "no-target", "target", relay->options.target, "error", strerror(-r),
				  NULL);
		}
	}
	return r < 0 ? r : enter_sandbox(relay);
}

static void finish(struct relay *relay)
{
	for (int state = CONNECTION_CONNECTING; state <= CONNECTION_REFUSED && relay->loop != NULL; state++) {
		while (!TAILQ_EMPTY(&relay->states[state])) {
			connection_close(TAILQ_FIRST(&relay->states[state]));
		}
	}
	pipe_pool_finish(&relay->pipes);
	relay->loop = loop_destroy(relay->loop);
	relay->callers = callers_destroy(relay->callers);
	free(relay->connections);
	free(relay);
}

int relay_run(const struct relay_options *options, int queue)
{
	struct relay *relay = calloc(1, sizeof(*relay));

	if (relay == NULL) {
		return -ENOMEM;
	}
	(void)prctl(PR_SET_DUMPABLE, 0); /* its account may have other processes, which must not look into it */
	relay->options = *options;
	int r = prepare(relay, queue);
	if (r == 0) {
		watch_queue(relay, true);
		r = loop_run(relay->loop);
	}
	finish(relay);
	return r;
}
