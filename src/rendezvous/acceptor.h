/* acceptor.h - the process that accepts, reads the first message and decides.  Private to acceptor*.c.
 *
 * A call's way through the files:
 *
 *	acceptor_listen.c  accept, count the source, may it call at all
 *	acceptor_proxy.c   where a proxy calls: the header in which it tells for whom
 *	acceptor_first.c   peek until the first message is whole; find the function by name; put the call into its queue
 *	acceptor_detect.c  or find it by what the octets are
 *	acceptor_close.c   or refuse it (or answer HELP), drain, close
 *	acceptor_calls.c   the calls themselves: memory, lists, deadlines
 *	acceptor.c	   the process: start, timers, finish */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "description/classifier/classifier.h"
#include "loop/loop.h"
#include "rendezvous/kit.h"
#include "wire/line.h"

enum call_state { CALL_FREE, CALL_UNFINISHED, CALL_QUIET, CALL_HELPING, CALL_CLOSING };

struct acceptor;

struct call {
	struct loop_source source; /* its descriptor is the connection */
	struct acceptor *acceptor;
	TAILQ_ENTRY(call) neighbours;
	uint64_t accepted_ns;
	uint64_t due_ms;
	uint64_t source_key;
	struct address address; /* not for unix callers */
	uint32_t source_entry;
	uint32_t drained;   /* octets thrown away after a refusal */
	uint32_t help_next; /* HELP: the next function of the list, */
	uint16_t help_sent; /* and how much of its line is out already */
	uint16_t listen;
	uint8_t state;
	struct classifier_flow flow; /* what the classifier knows of its first message */
	uint32_t octets_seen;	     /* of it, when it was last looked at */
	bool mute;		     /* the caller would not understand a refusal */
	bool is_unix;
	bool in_loop;
	bool header_owed; /* a proxy's connection whose PROXY header is not read yet */
	bool told;	  /* `address` and `port` are what a proxy told, not the connection's */
	uint16_t port;
};

TAILQ_HEAD(call_list, call);

/* One listening socket. */
struct listener {
	struct loop_source source;
	struct acceptor *acceptor;
	uint16_t listen;
	bool is_unix;
	bool in_loop;
};

/* What one [listen] section has unfinished, oldest first. */
struct listen_state {
	struct call_list unfinished;
	struct call_list quiet; /* whole, but could be the beginning of another message */
	uint32_t count;		/* of both */
};

struct acceptor {
	struct kit kit;
	struct loop *loop;
	int channel;
	struct loop_source channel_source;
	struct loop_source returns_source;
	struct loop_timer tick;	    /* heart beat, limits read again */
	struct loop_timer deadline; /* of the call that is due first */
	struct loop_timer pause;    /* listeners rest: no descriptor could be had */
	struct listener listeners[LISTENS_MAX];
	struct listen_state listens[LISTENS_MAX];
	struct call_list helping;
	struct call_list closing;
	struct call *calls; /* as many as call_room; memory is touched only when used */
	struct call_list unused;
	uint32_t call_room;
	uint32_t calls_used;	   /* that have a descriptor */
	uint32_t descriptors;	   /* open beside the calls' */
	uint32_t descriptor_max;   /* the soft limit, as last read */
	uint64_t shortage_said_ms; /* when it was last logged */
	bool finishing;
	uint8_t peeked[CLASSIFIER_OCTETS_MAX]; /* a first message while it is looked at */
};

/* ---- acceptor_calls.c ---- */

/* Memory for calls.  0 or -ENOMEM. */
int calls_init(struct acceptor *acceptor);
void calls_finish(struct acceptor *acceptor);

/* True when a connection more can be had; makes room by letting the oldest go if it must. */
bool calls_make_room(struct acceptor *acceptor);

/* An unfinished call makes room: it is told so and closed. */
void call_give_way(struct call *call);

/* The oldest call that can be spared goes: one that is closing, else the oldest unfinished.  False when there
 * is none. */
bool calls_let_oldest_go(struct acceptor *acceptor);

/* A call for a new connection, unfinished and in no list yet.  Never NULL after calls_make_room. */
struct call *call_open(struct acceptor *acceptor, int connection, uint16_t listen);

/* Moves the call to a list with this state; its deadline is `due_ms`.  Within one list deadlines must not go down. */
void call_enter(struct call *call, enum call_state state, uint64_t due_ms);

/* Takes the call out of list, loop and source count, leaving the connection alone. */
void call_leave(struct call *call);

/* The same, and closes the connection. */
void call_close(struct call *call);

/* Watches the connection for these events, in whichever state of watching it is.  False when that failed. */
bool call_watch(struct call *call, uint32_t events, void (*ready)(struct loop_source *source, uint32_t events));

/* ---- acceptor_listen.c ---- */

int listeners_start(struct acceptor *acceptor);
void listeners_stop(struct acceptor *acceptor);
void listeners_rest(struct acceptor *acceptor);
void listeners_resume(struct acceptor *acceptor);

/* Why this caller may not even speak, or REFUSAL_NONE; then it is counted for its source. */
enum refusal caller_judge(struct call *call);

/* ---- acceptor_first.c ---- */

/* Looks at what has come so far; called at once after accept and at each event. */
void first_message_look(struct call *call, uint32_t events);

/* Not whole yet: the call waits for more octets under its deadline. */
void first_message_wait(struct call *call);

/* The deadline of the first message has passed, or it was quiet for long enough. */
void first_message_expired(struct call *call);

/* Serves the call by this function, unless it may not be had now: then it is refused.  `consumed` octets of the first
 * message are read away before; `key` as in struct call_message. */
void call_serve(struct call *call, const struct plan_function *function, enum call_dialect dialect, size_t consumed,
		const char *key);

/* Reads what was peeked in the line dialect, and acts on it. */
void first_message_read_line(struct call *call, const uint8_t *octets, size_t size, bool last);

/* ---- acceptor_detect.c ---- */

/* Looks at what was peeked; `last`: nothing more will come. */
void detect_look(struct call *call, const uint8_t *octets, size_t size, bool last);

/* Nothing has come for a while: decides with what there is.  What cannot be decided waits on, or is refused with
 * `otherwise` when nothing more will come. */
void detect_settle(struct call *call, const uint8_t *octets, size_t size, enum refusal otherwise);

/* ---- acceptor_proxy.c ---- */

/* True when the caller is a proxy that must tell who calls. */
bool proxy_owes_header(const struct call *call);

/* Looks for the header that is owed.  True when it was there and is consumed: the first message may be looked at.
 * Else the call waits, or is gone. */
bool proxy_look(struct call *call, uint32_t events);

/* ---- acceptor_close.c ---- */

/* Sends the refusal line, shuts down, drains, closes.  The call must not be used after. */
void call_refuse(struct call *call, enum refusal refusal);

/* Sends the names of all functions this caller may call, and closes. */
void call_help(struct call *call);

/* A call that a launcher sent back: to be refused, or, having its answer, to be closed in good order. */
void returned_call(struct acceptor *acceptor, const struct control_message *message, int connection);
