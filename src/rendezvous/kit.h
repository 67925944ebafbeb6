/* kit.h - what a role is given by the supervisor before it starts, and again at a reload.
 *
 * Control messages carry one thing each; CONTROL_START says that all have come.  The kit owns what it
 * was given and lets go of it in kit_finish. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "rendezvous/account.h"
#include "rendezvous/counters.h"
#include "rendezvous/plan.h"
#include "rendezvous/sources.h"
#include "wire/control.h"

struct classifier;

struct kit {
	const struct plan *plan;
	int *sockets;			       /* as many as plan->sockets; -1: not given */
	int *queues;			       /* as many as plan->queues */
	const struct classifier **classifiers; /* as many as plan->listens; NULL: it does not detect */
	int *relays;			       /* as many: what relays count */
	const struct account **accounts;       /* as many as plan->accounts; NULL: not given; mapped read-only... */
	struct account *account;	       /* ...but for a launcher its own, writable */
	uint32_t account_index;
	uint32_t number; /* which acceptor, or which launcher of its account */
	struct sources *sources;
	struct counters *counters;
	unsigned column;
	int returns;
	int broker;
};

/* An empty kit. */
void kit_init(struct kit *kit);
void kit_finish(struct kit *kit);

/* Puts one message's descriptor into the kit and takes it over.  0, -EBADMSG (not a thing for a kit, out of
 * order or out of range), or -errno; the role then ends. */
int kit_take(struct kit *kit, const struct control_message *message, int descriptor);

/* The kinds that kit_take understands, and CONTROL_START. */
#define KIT_KINDS                                                                                      \
	(CONTROL_BIT(CONTROL_PLAN) | CONTROL_BIT(CONTROL_SOCKET) | CONTROL_BIT(CONTROL_QUEUE) |        \
	 CONTROL_BIT(CONTROL_ACCOUNT) | CONTROL_BIT(CONTROL_SOURCES) | CONTROL_BIT(CONTROL_COUNTERS) | \
	 CONTROL_BIT(CONTROL_RETURNS) | CONTROL_BIT(CONTROL_BROKER) | CONTROL_BIT(CONTROL_RELAY) |     \
	 CONTROL_BIT(CONTROL_CLASSIFIER) | CONTROL_BIT(CONTROL_START))

/* Waits until CONTROL_START.  0 or -errno. */
int kit_receive(struct kit *kit, int channel);
