/* control.h - what processes of berth tell each other: one fixed struct for every message, with at most one
 * descriptor.
 *
 * Between supervisor and roles, launchers and the port broker, launchers and acceptors (returned calls), and
 * the operator's command and the supervisor.  Whoever receives states which kinds may come; anything else ends
 * the sender. */
#pragma once

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/name.h"

enum { CONTROL_MAGIC = 0x62437431 };

enum control_kind {
	/* supervisor to a role: what it works with; `index` as in the plan */
	CONTROL_PLAN,
	CONTROL_SOCKET,
	CONTROL_QUEUE,	      /* acceptors: the sending end; launchers: a worker queue's receiving end */
	CONTROL_RELAY,	      /* launchers: shared memory for what relays count; `index` of their queue */
	CONTROL_ACCOUNT,      /* shared memory of an account */
	CONTROL_SOURCES,      /* shared memory of all acceptors */
	CONTROL_COUNTERS,     /* this acceptor's; `index` is its column */
	CONTROL_RETURNS,      /* refusals and answers on their way from launchers to acceptors */
	CONTROL_BROKER,	      /* launchers: the way to the port broker; the broker: a launcher's end */
	CONTROL_CLASSIFIER,   /* memory: the describer fills it, acceptors read it; `index` of the [listen] */
	CONTROL_DESCRIPTIONS, /* the describer: the texts it shall read */
	CONTROL_COMPLAINTS,   /* the describer: memory for what is wrong with them */
	CONTROL_START,	      /* everything has come: begin (again, with the new plan) */
	CONTROL_FINISH,	      /* take no more, end when what you hold is done */
	/* a role to the supervisor */
	CONTROL_READY,
	CONTROL_QUEUE_BROKEN, /* `index` of the queue that nobody can read any more */
	CONTROL_OUTPUT, /* launchers: keep (or, without a descriptor, forget) the reading end of what function `name`
			   writes to its descriptor 2; `number` tells it from others.  Back again: read on */
	/* launchers to acceptors: the call that comes with it */
	CONTROL_REFUSE,	    /* `result`: enum refusal */
	CONTROL_DRAIN_ONLY, /* it has its answer: read the rest away and close */
	/* launcher and port broker */
	CONTROL_LEASE,	 /* `number`: function id, `index`: slot; with the connection */
	CONTROL_LEASED,	 /* `index`: slot, `number`: port, `result`: 0 or -errno; with the socket (bind = berth) */
	CONTROL_RELEASE, /* `index`: slot, `number`: port */
	/* the operator and the supervisor */
	CONTROL_STATUS,
	CONTROL_RELOAD,
	CONTROL_DRAIN, /* `name`, or "" for all functions */
	CONTROL_RESUME,
	CONTROL_STOP,
	CONTROL_PART, /* one descriptor of the status: `index` says of what, `number` which */
	CONTROL_DONE, /* the describer likewise; `result`: 0 or -errno; with a text when there is more to say */
	CONTROL_KINDS,
};

/* What a CONTROL_PART is. */
enum control_part { PART_PLAN, PART_ACCOUNT, PART_COUNTERS, PART_STATE, PART_RELAY };

struct control_message {
	uint32_t magic;
	uint16_t kind;
	uint16_t padding;
	uint32_t index;
	int32_t result;
	uint64_t number;
	uint64_t source_key;
	struct name name;
};

static_assert(sizeof(struct control_message) == 48, "no hidden padding");

/* A set of kinds. */
#define CONTROL_BIT(kind) (UINT64_C(1) << (kind))
static_assert(CONTROL_KINDS <= 64, "a set of kinds is 64 bits");

/* 0, or -EBADMSG when the bytes are not a message of one of these kinds: wrong size, magic, kind, or a name
 * that is neither empty nor in its one form. */
int control_message_check(const void *bytes, size_t size, uint64_t kinds, struct control_message *ret_message);
