/* worker.h - taking calls out of a queue, shared by berth_worker_accept and berth_worker_fork. */
#pragma once

#include <berth.h>
#include <stdbool.h>
#include <stdint.h>

#include "wire/line.h"

struct worker_call {
	struct berth_worker_call call;
	bool greet;   /* the caller is owed a "+" */
	bool answers; /* the caller understands a refusal */
};

/* Takes the next call that is worth serving.  0 with a connection that is the caller's, -ETIMEDOUT,
 * -EINTR, -EPIPE (the queue has ended), -EBADMSG, or another errno. */
int worker_take(int queue, uint64_t deadline_ns, struct worker_call *ret_call);

/* Sends the "+" where it is owed.  False when the caller is gone. */
bool worker_greet(const struct worker_call *call);

/* Says why, where that is understood, and closes the connection. */
void worker_refuse(const struct worker_call *call, enum refusal refusal);
