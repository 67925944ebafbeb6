/* connection.c - a call from its queue to its end: counted, refused or carried both ways, each side's end passed
 * on as what it was.
 *
 * Called by relay.c, reach.c and the loop. */
#include "relay/connection.h"

#include <errno.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/socket.h"
#include "rendezvous/counters.h"

enum {
	DEATH_ASKED_AFTER_MS = 100,
	KEEPALIVE_MS = 7200 * 1000, /* when the kernel first asks whether somebody is there */
};

/* ---- lists and descriptors ---- */

/* Within one list all have the same patience, so the oldest is due first. */
void connection_enter(struct connection *connection, enum connection_state state)
{
	struct relay *relay = connection->relay;

	if (connection->state != CONNECTION_UNUSED) {
		TAILQ_REMOVE(&relay->states[connection->state], connection, in_state);
	}
	connection->state = (uint8_t)state;
	connection->since_ms = loop_now_ms(relay->loop);
	TAILQ_INSERT_TAIL(&relay->states[state], connection, in_state);
	if (connection_patience_ms(connection) > 0) {
		relay_watch_deadline(relay, connection->since_ms + connection_patience_ms(connection));
	}
}

bool connection_watch(struct connection *connection, enum end end, void (*ready)(struct loop_source *, uint32_t))
{
	struct side *side = &connection->sides[end];

	side->source.ready = ready;
	side->in_loop =
		loop_add(connection->relay->loop, &side->source, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET) == 0;
	return side->in_loop;
}

/* Out of the loop first: the acceptor may still hold the connection that it gave us, and epoll would go on
 * about it. */
void connection_close_side(struct connection *connection, enum end end)
{
	struct side *side = &connection->sides[end];

	if (side->in_loop) {
		loop_remove(connection->relay->loop, &side->source);
		side->in_loop = false;
	}
	if (side->source.descriptor >= 0) {
		close(side->source.descriptor);
		side->source.descriptor = -1;
	}
}

/* A reset would throw away what is still on its way, so it is only for those who have everything. */
static void prepare_reset(const struct side *side)
{
	const struct linger at_once = { .l_onoff = 1 };
	int unsent = 0;

	if (side->source.descriptor >= 0 && !side->dead && ioctl(side->source.descriptor, SIOCOUTQ, &unsent) == 0 &&
	    unsent == 0) {
		(void)setsockopt(side->source.descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	}
}

void connection_close(struct connection *connection)
{
	struct relay *relay = connection->relay;

	for (enum end end = CLIENT; end < ENDS; end++) {
		stream_close(connection, end);
		if (connection->broken) {
			prepare_reset(&connection->sides[end]);
		}
		connection_close_side(connection, end);
	}
	if (connection->counted) {
		callers_leave(relay->callers, connection->source_key);
	}
	if (connection->has_more) {
		TAILQ_REMOVE(&relay->more, connection, in_more);
	}
	TAILQ_REMOVE(&relay->states[connection->state], connection, in_state);
	connection->state = CONNECTION_UNUSED;
	TAILQ_INSERT_HEAD(&relay->unused, connection, in_state);
	relay->count--;
	counter_add(&relay->column->open, (uint64_t)-1);
	relay_connection_closed(relay);
}

/* Whose patience with silence ends before the kernel's, needs no help in finding out that the other end is gone. */
void side_begin(struct side *side, const struct relay *relay, bool is_tcp)
{
	uint32_t idle_timeout_ms = relay->options.idle_timeout_ms;
	const int on = 1;

	if (!is_tcp) {
		side->pace = PACE_SET;
	} else if (idle_timeout_ms == 0 || idle_timeout_ms > KEEPALIVE_MS) {
		(void)setsockopt(side->source.descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	}
}

/* ---- refused ---- */

static void on_refused(struct loop_source *source, uint32_t events)
{
	struct connection *connection = source->data;
	uint8_t *thrown_away = connection->relay->chunk;
	ssize_t size = 1;

	(void)events;
	while (size > 0 && connection->drained <= DRAIN_BYTES_MAX) {
		size = recv(source->descriptor, thrown_away, CHUNK, MSG_DONTWAIT);
		connection->drained += size > 0 ? (uint32_t)size : 0;
	}
	if (size >= 0 || errno != EAGAIN) {
		connection_close(connection);
	}
}

/* The caller is told why, if it understands; what it still sends is read away, so that no reset eats the answer. */
void connection_refuse(struct connection *connection, enum refusal refusal)
{
	int client = connection->sides[CLIENT].source.descriptor;
	const char *line = refusal_line(refusal);

	if (!connection->answers) {
		connection_close(connection);
		return;
	}
	connection_close_side(connection, TARGET);
	(void)send(client, line, strlen(line), MSG_DONTWAIT | MSG_NOSIGNAL);
	if (shutdown(client, SHUT_WR) < 0 || !connection_watch(connection, CLIENT, on_refused)) {
		connection_close(connection);
		return;
	}
	connection_enter(connection, CONNECTION_REFUSED);
}

/* ---- open ---- */

/* The end of what this one said is passed on as it was.  Where nothing is left to be said either way, closing
 * says it. */
static void pass_on_end(struct connection *connection, enum end speaker)
{
	struct stream *stream = &connection->streams[speaker];
	bool is_last = connection->streams[other(speaker)].finished;

	if (!stream->read_out || stream->finished || stream->kept != NULL || stream->piped > 0) {
		return;
	}
	stream->finished = true;
	if (!is_last && !connection->broken) {
		(void)shutdown(connection->sides[other(speaker)].source.descriptor, SHUT_WR);
	}
}

void connection_move(struct connection *connection)
{
	struct relay *relay = connection->relay;
	bool moved = false;

	for (enum end speaker = CLIENT; speaker < ENDS; speaker++) {
		moved |= stream_move(connection, speaker);
		pass_on_end(connection, speaker);
	}
	if (connection->streams[CLIENT].finished && connection->streams[TARGET].finished) {
		connection_close(connection);
	} else if (moved && relay->options.idle_timeout_ms > 0) {
		connection->since_ms = loop_now_ms(relay->loop);
		TAILQ_REMOVE(&relay->states[CONNECTION_OPEN], connection, in_state);
		TAILQ_INSERT_TAIL(&relay->states[CONNECTION_OPEN], connection, in_state);
	}
}

void side_learn(struct side *side, uint32_t events)
{
	if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
		side->readable = true;
	}
	if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
		side->ending = true;
	}
	if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) {
		side->writable = true;
	}
}

static void on_client(struct loop_source *source, uint32_t events)
{
	struct connection *connection = source->data;

	side_learn(&connection->sides[CLIENT], events);
	connection_move(connection);
}

static void on_target(struct loop_source *source, uint32_t events)
{
	struct connection *connection = source->data;

	side_learn(&connection->sides[TARGET], events);
	connection_move(connection);
}

bool connection_open(struct connection *connection)
{
	connection->sides[TARGET].source.ready = on_target;
	connection->sides[CLIENT].writable = true;
	connection->sides[TARGET].writable = true;
	if (!connection_watch(connection, CLIENT, on_client)) {
		return false;
	}
	connection_enter(connection, CONNECTION_OPEN);
	return true;
}

/* ---- a call ---- */

static struct connection *take_unused(struct relay *relay)
{
	struct connection *connection = TAILQ_FIRST(&relay->unused);

	/* Memory never used before is taken in order, so that a relay with few connections stays small. */
	if (connection != NULL) {
		TAILQ_REMOVE(&relay->unused, connection, in_state);
		return connection;
	}
	return &relay->connections[relay->touched++];
}

static struct connection *open_connection(struct relay *relay, const struct call_message *message, int descriptor)
{
	struct connection *connection = take_unused(relay);

	*connection = (struct connection){
		.relay = relay,
		.sides = {
			[CLIENT] = { .source = { .descriptor = descriptor, .data = connection } },
			[TARGET] = { .source = { .descriptor = -1, .data = connection } },
		},
		.first = relay->target_first,
		.greet = (message->flags & CALL_GREET) != 0,
		.answers = message->dialect == CALL_DIALECT_LINE,
		.source_key = message->source_key,
		.told = (message->flags & CALL_TOLD) != 0,
		.told_port = message->told_port,
		.told_address = message->told,
	};
	relay->count++;
	counter_add(&relay->column->open, 1);
	counter_add(&relay->column->total, 1);
	return connection;
}

static uint32_t most_of_a_source(const struct relay *relay)
{
	return relay->options.connections_per_source > 0 ? relay->options.connections_per_source : UINT32_MAX;
}

void connection_begin(struct relay *relay, const struct call_message *message, int descriptor)
{
	struct connection *connection = open_connection(relay, message, descriptor);
	uint64_t waited_ms = call_waited_ms(message, clock_now_ns());

	connection_enter(connection, CONNECTION_CONNECTING);
	connection->counted = callers_enter(relay->callers, message->source_key, most_of_a_source(relay));
	if (!connection->counted) {
		connection_refuse(connection, REFUSAL_LIMIT);
	} else if (waited_ms > message->queue_timeout_ms) {
		connection_refuse(connection, REFUSAL_TIMEOUT);
	} else if (waited_ms > DEATH_ASKED_AFTER_MS && socket_is_dead(descriptor)) {
		connection_close(connection);
	} else {
		side_begin(&connection->sides[CLIENT], relay, (message->flags & CALL_UNIX) == 0);
		connection_reach(connection, 0);
	}
}

uint32_t connection_patience_ms(const struct connection *connection)
{
	switch ((enum connection_state)connection->state) {
	case CONNECTION_CONNECTING:
		return connection->relay->options.connect_timeout_ms;
	case CONNECTION_OPEN:
		return connection->relay->options.idle_timeout_ms;
	case CONNECTION_REFUSED:
		return DRAIN_TIME_MS;
	case CONNECTION_UNUSED:
	default:
		return 0;
	}
}

void connection_expired(struct connection *connection)
{
	switch ((enum connection_state)connection->state) {
	case CONNECTION_CONNECTING:
		connection_reach(connection, ETIMEDOUT);
		break;
	case CONNECTION_OPEN:
		counter_add(&connection->relay->column->idle_timeouts, 1);
		connection_close(connection);
		break;
	case CONNECTION_REFUSED:
	case CONNECTION_UNUSED:
	default:
		connection_close(connection);
		break;
	}
}
