/* worker_fork.c - one process a call, without the price of exec.
 *
 * berth_worker_fork of <berth.h>.  The program around it may have children and signal handlers of its own: only what
 * was started here is waited for, one number at a time, and no signal gets another disposition.  Looking at all
 * children costs a system call for each, so it is done when their number has doubled since the last time, when there
 * is no place for another, and now and then while no call comes. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/deadline.h"
#include "client/worker.h"

enum {
	LOOK_LATER = 16,      /* children that are not worth looking at */
	LOOK_AGAIN_MS = 1000, /* while no call comes */
	STRANGER_PAUSE_MS = 1,
};

struct children {
	pid_t *processes; /* those not yet known to have ended come first */
	unsigned count;
	unsigned max;
	unsigned look_at; /* the count that is worth a look */
};

struct service {
	int (*serve)(const struct berth_worker_call *call, void *data);
	void *data;
};

static void forget_ended(struct children *children)
{
	for (unsigned i = 0; i < children->count;) {
		/* Somebody else's waitpid may have been first: that is an end, too. */
		if (waitpid(children->processes[i], NULL, WNOHANG) == 0) {
			i++;
		} else {
			children->processes[i] = children->processes[--children->count];
		}
	}
	unsigned doubled = children->count * 2 + LOOK_LATER;
	children->look_at = doubled < children->max ? doubled : children->max;
}

/* Sees that some child has ended and leaves it to be waited for.  A stranger that nobody waits for
 * would be seen again at once. */
static void wait_for_an_end(struct children *children)
{
	unsigned before = children->count;
	siginfo_t ended;

	(void)waitid(P_ALL, 0, &ended, WEXITED | WNOWAIT);
	forget_ended(children);
	if (children->count == before) {
		(void)poll(NULL, 0, STRANGER_PAUSE_MS);
	}
}

/* The program's own handler, if it has one, must not take the end that we wait for between our look
 * and our wait. */
static void make_room(struct children *children)
{
	sigset_t ends;
	sigset_t before;

	if (children->count < children->look_at) {
		return;
	}
	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGCHLD);
	(void)pthread_sigmask(SIG_BLOCK, &ends, &before);
	forget_ended(children);
	while (children->count == children->max) {
		wait_for_an_end(children);
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

__attribute__((noreturn)) static void be_child(int queue, const struct worker_call *call, const struct service *service)
{
	(void)close(queue);
	if (!worker_greet(call)) {
		_exit(EXIT_SUCCESS);
	}
	_exit(service->serve(&call->call, service->data));
}

/* The caller has not been greeted yet, so it can still be told that there is no process for it.
 * With none at all the lack will not pass by itself. */
static int start(int queue, const struct worker_call *call, const struct service *service, struct children *children)
{
	pid_t process = fork();

	if (process == 0) {
		be_child(queue, call, service);
	}
	if (process < 0) {
		int r = children->count == 0 ? -errno : 0;
		worker_refuse(call, REFUSAL_BUSY);
		return r;
	}
	(void)close(call->call.descriptor);
	children->processes[children->count++] = process;
	return 0;
}

static int serve_for_ever(int queue, const struct service *service, struct children *children)
{
	struct worker_call call;
	int r = 0;

	while (r == 0 || r == -ETIMEDOUT || r == -EINTR) {
		make_room(children);
		r = worker_take(queue, deadline_after(children->count > 0 ? LOOK_AGAIN_MS : -1), &call);
		if (r == 0) {
			r = start(queue, &call, service, children);
		} else if (r == -ETIMEDOUT) {
			forget_ended(children);
		}
	}
	return r;
}

/* Whether the kernel keeps the ends of children until somebody asks: otherwise a wait for one end
 * would be a wait for all. */
static bool ends_are_kept(void)
{
	struct sigaction action;

	return sigaction(SIGCHLD, NULL, &action) == 0 && action.sa_handler != SIG_IGN &&
	       (action.sa_flags & SA_NOCLDWAIT) == 0;
}

int berth_worker_fork(int queue, unsigned processes_max, int (*serve)(const struct berth_worker_call *call, void *data),
		      void *data)
{
	const struct service service = { .serve = serve, .data = data };
	struct children children = { .max = processes_max };

	if (processes_max == 0 || !ends_are_kept()) {
		return -EINVAL;
	}
	children.processes = calloc(processes_max, sizeof(*children.processes));
	if (children.processes == NULL) {
		return -ENOMEM;
	}
	forget_ended(&children);
	int r = serve_for_ever(queue, &service, &children);
	free(children.processes);
	return r;
}
