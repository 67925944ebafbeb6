/* connection.h - one call on its way through the relay, and the relay that holds them all.  Private to relay/.
 *
 *	relay.c		the process: queue, timers, signals, the end
 *	connection.c	a call from its queue to its end: counted, refused, carried, closed
 *	reach.c		from a call to a connection that stands
 *	stream.c	octets in one direction
 *	callers.c	how many connections each source has
 *	pipes.c		pipes for bulk data
 *	targets.c	addresses of the target
 *
 * Descriptors are watched edge-triggered, once and for all they can do; what is known of them is remembered.  A
 * connection at rest holds no buffer and no pipe. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "loop/loop.h"
#include "relay/callers.h"
#include "relay/pipes.h"
#include "relay/relay.h"
#include "relay/targets.h"
#include "rendezvous/relay_counters.h"
#include "wire/call.h"
#include "wire/line.h"

enum {
	CHUNK = 16 * 1024, /* what is read at once, and at most kept for a reader who is slow */
};

struct relay;

enum end { CLIENT, TARGET, ENDS };

static inline enum end other(enum end end)
{
	return end == CLIENT ? TARGET : CLIENT;
}

/* What goes first goes at once anyway.  What follows must not wait for the acknowledgement of that, and only then is
 * TCP told so: many connections never come so far. */
enum pace { PACE_FIRST, PACE_SECOND, PACE_SET };

struct side {
	struct loop_source source; /* its descriptor is -1 when there is none */
	bool in_loop;
	bool readable; /* as far as is known: there may be something to read */
	bool writable;
	bool ending;	  /* its end has been announced: reading goes on to it */
	bool dead;	  /* reset, or not there any more: nothing can be sent to it */
	bool never_waits; /* O_NONBLOCK */
	uint8_t pace;	  /* enum pace */
};

/* What one side says to the other. */
struct stream {
	uint8_t *kept; /* octets that the reader had no room for; NULL: none */
	uint32_t kept_at;
	uint32_t kept_end;
	uint32_t piped; /* octets in the pipe; 0: the stream has none */
	struct pipe_ends pipe;
	uint8_t full_chunks; /* in a row: bulk */
	bool read_out;	     /* the end has been read */
	bool finished;	     /* nothing goes this way any more: the end was passed on, or cannot be */
};

enum connection_state {
	CONNECTION_UNUSED,
	CONNECTION_CONNECTING,
	CONNECTION_OPEN,
	CONNECTION_REFUSED, /* the caller was told so, and is listened to until it ends, or for a second */
};

struct connection {
	struct relay *relay;
	struct side sides[ENDS];
	struct stream streams[ENDS];	  /* by who speaks */
	TAILQ_ENTRY(connection) in_state; /* the list of its state */
	TAILQ_ENTRY(connection) in_more;
	uint64_t since_ms; /* connecting, refused: when that began; open: when the last octet passed */
	uint32_t drained;
	uint8_t state;
	uint8_t tried; /* addresses of the target */
	uint8_t first; /* the one tried first */
	bool has_more; /* its turn was over before its work */
	bool again;    /* the target's backlog is full */
	bool holds;    /* the last acknowledgement of the handshake with the target */
	bool broken;   /* a side was reset */
	bool counted;  /* for its source */
	/* of the call */
	uint64_t source_key;
	bool greet;
	bool answers;
	bool told;
	uint16_t told_port;
	struct address told_address;
};

TAILQ_HEAD(connection_list, connection);

struct relay {
	struct relay_options options;
	struct targets targets;
	uint8_t target_first; /* the address that answered last */
	struct loop *loop;
	struct loop_source queue_source;
	bool queue_watched;
	bool draining; /* no more calls */
	struct connection *connections;
	struct connection_list unused;
	uint32_t connections_max;
	uint32_t touched; /* of the memory above */
	uint32_t count;
	struct connection_list states[CONNECTION_REFUSED + 1]; /* the oldest first */
	struct connection_list more;
	struct loop_timer deadlines;
	struct loop_timer more_timer;
	struct loop_timer again_timer;
	struct loop_timer log_timer;
	struct pipe_pool pipes;
	struct callers *callers;
	struct relay_column *column;
	uint8_t chunk[CHUNK];
};

/* ---- relay.c ---- */

/* A connection is due at this moment, and perhaps it is the first. */
void relay_watch_deadline(struct relay *relay, uint64_t due_ms);

/* A connection was closed: there is room for a call, or nothing left to wait for. */
void relay_connection_closed(struct relay *relay);

/* A target's backlog is full: those who wait for that are tried again in a moment. */
void relay_try_again_soon(struct relay *relay);

/* Its work goes on in the next turn, after that of others. */
void relay_more(struct connection *connection);

/* ---- connection.c ---- */

/* Takes a call: the descriptor is the connection's now.  There must be room. */
void connection_begin(struct relay *relay, const struct call_message *message, int descriptor);

/* Moves what can be moved, both ways, within the bounds of one turn. */
void connection_move(struct connection *connection);

/* Its time in its state is over. */
void connection_expired(struct connection *connection);

/* How long it may stay in its state; 0: for ever. */
uint32_t connection_patience_ms(const struct connection *connection);

/* Closes both sides, with a reset where one side was reset. */
void connection_close(struct connection *connection);

/* Tells the caller why, if it understands, and closes in good order. */
void connection_refuse(struct connection *connection, enum refusal refusal);

/* Both ends are there: octets may go.  False when that cannot be watched. */
bool connection_open(struct connection *connection);

/* Moves it to the list of this state, where its time begins anew. */
void connection_enter(struct connection *connection, enum connection_state state);

/* Has the loop report all that happens on this side.  False when it cannot. */
bool connection_watch(struct connection *connection, enum end end,
		      void (*ready)(struct loop_source *source, uint32_t events));
void connection_close_side(struct connection *connection, enum end end);

/* A descriptor of this kind is the side's now. */
void side_begin(struct side *side, const struct relay *relay, bool is_tcp);

/* Remembers what the loop reports of a side. */
void side_learn(struct side *side, uint32_t events);

/* ---- reach.c ---- */

/* Connects to the target, or, when that failed, to its next address; `error` says why.  When none is left the call is
 * refused. */
void connection_reach(struct connection *connection, int error);

/* Tries again to reach a target whose backlog was full. */
void connection_try_again(struct connection *connection);

/* ---- stream.c ---- */

/* Octets are about to be sent to this side. */
void side_prepare(struct side *side);

/* Moves what the speaker has said to the other side, within the bounds of one turn.  True when octets moved. */
bool stream_move(struct connection *connection, enum end speaker);

/* Lets go of what is held. */
void stream_close(struct connection *connection, enum end speaker);
