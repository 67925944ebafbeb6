/* berth.h - call functions behind a rendezvous port, and be one.
 *
 * Link with `pkg-config --libs berth`.  Nothing here starts a thread or keeps global state.  Functions
 * return 0 (or a descriptor) or a negative errno value; every descriptor they return is close-on-exec
 * and belongs to the caller.  Manual page: libberth(3). */
#ifndef BERTH_H
#define BERTH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/* ---- the caller's side ---- */

enum {
	BERTH_REASON_MAX = 256, /* octets, the final NUL included */
	BERTH_KEY_MAX = 32,	/* octets of a key */
	BERTH_NAME_MAX = 15,	/* octets of a function name */
};

/* Why a call was refused: what the server sent behind "-", for instance "busy all places are taken". */
struct berth_refusal {
	char reason[BERTH_REASON_MAX];
};

/* Calls `function` at `address` and follows where the service points (">").
 *
 * address	"host", "host:port", "[v6]:port" or "unix:/path"; the port defaults to 1
 * key		picks an instance of the function, or NULL
 * timeout_ms	for the whole call up to the answer; -1 waits for ever
 * ret_refusal	may be NULL; filled when the result is -ECONNREFUSED because of a "-" line, else its reason is ""
 *
 * Returns a connected, blocking socket on which not one octet behind the reply has been read.  Else
 * -EINVAL (bad address, name or key), -ECONNREFUSED (refused), -ETIMEDOUT, -EPROTO (not a rendezvous
 * port), -ENOENT (no such host), or what connect(2) says. */
int berth_call(const char *address, const char *function, const char *key, int timeout_ms,
	       struct berth_refusal *ret_refusal);

/* ---- the worker's side ---- */

/* One call that a worker took. */
struct berth_worker_call {
	int descriptor;	      /* the connection, blocking; close it when done */
	uint64_t accepted_ns; /* CLOCK_MONOTONIC, when berth accepted the connection */
	char function[BERTH_NAME_MAX + 1];
	char key[BERTH_KEY_MAX + 1]; /* "" when the client gave none */
};

/* The queue that berthd gave this process (BERTH_WORKER_FD), as a descriptor; -ENOENT when it gave none.
 * The variable is left in the environment; the descriptor is made close-on-exec. */
int berth_worker_queue(void);

/* The queue of a function this process was not started for: connects to `path`, which is
 * <run-dir>/workers/<function>, and returns the queue.  -EACCES when the section's attach-group does
 * not let this user in, -ETIMEDOUT when berthd does not answer.  The connection made stays open as
 * long as the process lives: it tells berthd that the worker does. */
int berth_worker_attach(const char *path);

/* Waits for a call and takes it.  Sends "+" where berth owes it.  Calls that waited too long or whose
 * caller is gone are answered here and never returned.
 *
 * timeout_ms	-1 waits for ever, 0 does not wait
 * Returns 0, -ETIMEDOUT, -EPIPE (berthd is gone or wants this worker to end), -EBADMSG, or another errno.
 * -EINTR when a signal handler ran, so that a worker can end between two calls. */
int berth_worker_accept(int queue, int timeout_ms, struct berth_worker_call *ret_call);

/* One process a call, without the price of exec: takes calls for ever and forks for each.  In the child
 * `serve` runs with the call and its return value is the child's exit status; the queue is closed there.
 *
 * processes_max	children at one time; further calls wait in the queue
 * Returns only on failure or when berthd closes the queue (-EPIPE), with all children still running.
 * Signal handlers do not end it.  -EINVAL when SIGCHLD is ignored: then ends cannot be waited for. */
int berth_worker_fork(int queue, unsigned processes_max, int (*serve)(const struct berth_worker_call *call, void *data),
		      void *data);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
