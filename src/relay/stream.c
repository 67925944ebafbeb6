/* stream.c - octets in one direction: read, sent at once, and kept only when the reader has no room.
 *
 * Called by connection.c.  While something is kept nothing more is read, so a slow reader slows the fast writer
 * and costs at most a chunk or a pipe.  Bulk, that is several full chunks in a row, is moved by splice(2)
 * through a pipe. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "relay/connection.h"
#include "rendezvous/counters.h"

enum {
	TURN_OCTETS = 1 << 20, /* then others have their turn */
	BULK_CHUNKS = 4,
};

/* One direction while it is worked on. */
struct way {
	struct connection *connection;
	enum end speaker;
	struct stream *stream;
	struct side *from;
	struct side *to;
	_Atomic uint64_t *octets;
	size_t moved; /* in this turn */
};

/* ---- failures ---- */

/* The reader is gone: what was meant for it goes nowhere.  What it said before is still read. */
static void reader_failed(struct way *way)
{
	way->to->dead = true;
	way->to->readable = true;
	way->connection->broken = true;
	way->stream->finished = true;
	stream_close(way->connection, way->speaker);
}

/* The speaker is gone: what it said before is passed on, and nothing more is sent to it. */
static void speaker_failed(struct way *way)
{
	struct connection *connection = way->connection;

	way->from->dead = true;
	connection->broken = true;
	way->stream->read_out = true;
	connection->streams[other(way->speaker)].finished = true;
	stream_close(connection, other(way->speaker));
}

/* Looks at what a call on the reading side returned.  True when octets went. */
static bool has_sent(struct way *way, ssize_t size)
{
	if (size >= 0) {
		way->moved += (size_t)size;
		counter_add(way->octets, (uint64_t)size);
		return true;
	}
	if (errno == EAGAIN) {
		way->to->writable = false;
	} else if (errno != EINTR) {
		reader_failed(way);
	}
	return false;
}

/* The same for the speaking side; the end has no octets. */
static bool has_read(struct way *way, ssize_t size)
{
	if (size > 0) {
		return true;
	}
	if (size == 0) {
		way->stream->read_out = true;
	} else if (errno == EAGAIN) {
		way->from->readable = false;
		if (way->from->dead) { /* sending failed, and reading does not say why */
			way->stream->read_out = true;
		}
	} else if (errno != EINTR) {
		speaker_failed(way);
	}
	return false;
}

/* ---- by copying ---- */

static void keep(struct way *way, const uint8_t *octets, size_t size)
{
	struct stream *stream = way->stream;

	stream->kept = malloc(size);
	if (stream->kept == NULL) {
		way->connection->broken = true;
		speaker_failed(way);
		reader_failed(way);
		return;
	}
	memcpy(stream->kept, octets, size);
	stream->kept_at = 0;
	stream->kept_end = (uint32_t)size;
}

static void forget(struct stream *stream)
{
	free(stream->kept);
	stream->kept = NULL;
}

void side_prepare(struct side *side)
{
	const int on = 1;

	if (side->pace == PACE_SECOND) {
		(void)setsockopt(side->source.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	}
	if (side->pace != PACE_SET) {
		side->pace++;
	}
}

static void send_kept(struct way *way)
{
	struct stream *stream = way->stream;

	side_prepare(way->to);
	ssize_t size = send(way->to->source.descriptor, stream->kept + stream->kept_at,
			    stream->kept_end - stream->kept_at, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (!has_sent(way, size)) {
		return;
	}
	stream->kept_at += (uint32_t)size;
	if (stream->kept_at == stream->kept_end) {
		forget(stream);
	} else {
		way->to->writable = false;
	}
}

/* One chunk.  An end that was announced is read along with the last octets, so that both go in one packet. */
static void copy(struct way *way)
{
	struct stream *stream = way->stream;
	uint8_t *chunk = way->connection->relay->chunk;
	ssize_t size = recv(way->from->source.descriptor, chunk, CHUNK, MSG_DONTWAIT);
	ssize_t sent;

	if (!has_read(way, size)) {
		return;
	}
	if (size == CHUNK) {
		stream->full_chunks = (uint8_t)(stream->full_chunks + (stream->full_chunks < BULK_CHUNKS));
	} else {
		stream->full_chunks = 0;
		if (way->from->ending) {
			ssize_t end =
				recv(way->from->source.descriptor, chunk + size, (size_t)(CHUNK - size), MSG_DONTWAIT);
			size += has_read(way, end) ? end : 0;
		} else {
			way->from->readable = false;
		}
	}
	side_prepare(way->to);
	int more = stream->read_out && !way->connection->broken ? MSG_MORE : 0;
	do {
		sent = send(way->to->source.descriptor, chunk, (size_t)size, MSG_DONTWAIT | MSG_NOSIGNAL | more);
	} while (sent < 0 && errno == EINTR);
	(void)has_sent(way, sent);
	if (stream->finished) {
		return;
	}
	sent = sent < 0 ? 0 : sent;
	if (sent < size) {
		way->to->writable = false;
		keep(way, chunk + sent, (size_t)(size - sent));
	}
}

/* ---- by splicing ---- */

/* splice(2) asks the open file whether it may wait, not its caller. */
static void never_wait(struct side *side)
{
	if (!side->never_waits) {
		(void)fcntl(side->source.descriptor, F_SETFL, O_NONBLOCK);
		side->never_waits = true;
	}
}

static void empty_pipe(struct way *way)
{
	struct stream *stream = way->stream;

	side_prepare(way->to);
	ssize_t size = splice(stream->pipe.reading, NULL, way->to->source.descriptor, NULL, stream->piped,
			      SPLICE_F_NONBLOCK | SPLICE_F_MOVE);

	if (!has_sent(way, size)) {
		return;
	}
	stream->piped -= (uint32_t)size;
	if (stream->piped == 0) {
		pipe_give_back(&way->connection->relay->pipes, stream->pipe);
	}
}

static void fill_pipe(struct way *way)
{
	struct stream *stream = way->stream;
	struct pipe_pool *pool = &way->connection->relay->pipes;

	never_wait(way->from);
	never_wait(way->to);
	ssize_t size = splice(way->from->source.descriptor, NULL, stream->pipe.writing, NULL, PIPE_OCTETS,
			      SPLICE_F_NONBLOCK | SPLICE_F_MOVE);

	if (has_read(way, size)) {
		stream->piped = (uint32_t)size;
		if (size < CHUNK) {
			stream->full_chunks = 0; /* a trickle is better copied */
		}
	} else {
		pipe_give_back(pool, stream->pipe);
	}
}

/* ---- the whole ---- */

static bool holds(const struct stream *stream)
{
	return stream->kept != NULL || stream->piped > 0;
}

static bool can_go_on(const struct way *way)
{
	const struct stream *stream = way->stream;

	if (stream->finished || !way->to->writable) {
		return false;
	}
	return holds(stream) || (!stream->read_out && way->from->readable);
}

static void step(struct way *way)
{
	struct stream *stream = way->stream;

	if (stream->kept != NULL) {
		send_kept(way);
	} else if (stream->piped > 0) {
		empty_pipe(way);
	} else if (stream->full_chunks == BULK_CHUNKS &&
		   pipe_take(&way->connection->relay->pipes, &stream->pipe) == 0) {
		fill_pipe(way);
	} else {
		copy(way);
	}
}

bool stream_move(struct connection *connection, enum end speaker)
{
	struct relay_column *column = connection->relay->column;
	struct way way = {
		.connection = connection,
		.speaker = speaker,
		.stream = &connection->streams[speaker],
		.from = &connection->sides[speaker],
		.to = &connection->sides[other(speaker)],
		.octets = &column->octets[speaker == CLIENT ? RELAY_TO_TARGET : RELAY_TO_CLIENT],
	};

	while (can_go_on(&way) && way.moved < TURN_OCTETS) {
		step(&way);
	}
	if (can_go_on(&way)) {
		relay_more(connection);
	}
	return way.moved > 0;
}

void stream_close(struct connection *connection, enum end speaker)
{
	struct stream *stream = &connection->streams[speaker];

	forget(stream);
	if (stream->piped > 0) {
		pipe_throw_away(&connection->relay->pipes, stream->pipe);
		stream->piped = 0;
	}
}
