/* test_worker_fork.c - one process a call, in programs that have children and signal handlers of their own. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <berth.h>

#include <cmocka.h>

#include "worker_queue.h"

enum { NOBODY = 65534 };

/* Says its process number, then waits for the caller to go. */
static int serve(const struct berth_worker_call *call, void *data)
{
	char octets[16];
	int size = snprintf(octets, sizeof(octets), "%s %d\n", (const char *)data, (int)getpid());

	(void)send(call->descriptor, octets, (size_t)size, MSG_NOSIGNAL);
	while (recv(call->descriptor, octets, sizeof(octets), 0) > 0) {
	}
	return 0;
}

/* A worker in a process of its own; ends with 0 when its queue does. */
static pid_t start_worker(const struct queue *queue, unsigned processes_max, bool with_stranger)
{
	static char word[] = "hello";
	pid_t process = fork();

	if (process == 0) {
		(void)close(queue->sending);
		pid_t stranger = with_stranger ? fork() : -1;
		if (stranger == 0) {
			_exit(7);
		}
		int r = berth_worker_fork(queue->receiving, processes_max, serve, word);
		int status = 7 << 8;
		if (with_stranger && waitpid(stranger, &status, 0) != stranger) {
			_exit(1);
		}
		_exit(r == -EPIPE && WEXITSTATUS(status) == 7 ? 0 : 2);
	}
	return process;
}

static void end_worker(struct queue *queue, pid_t process)
{
	(void)close(queue->sending);
	queue->sending = -1;
	expect_exit(process, 0);
}

static pid_t expect_served(int caller)
{
	char octets[16] = { 0 };

	expect_heard(caller, "+\r\nhello ");
	for (size_t i = 0; i < sizeof(octets) - 1 && (i == 0 || octets[i - 1] != '\n'); i++) {
		assert_int_equal(hear(caller, octets + i, 1), 1);
	}
	return (pid_t)strtol(octets, NULL, 10);
}

static void serves_many(struct queue *queue, unsigned processes_max, bool with_stranger)
{
	pid_t worker = start_worker(queue, processes_max, with_stranger);
	pid_t last = 0;

	for (int i = 0; i < 60; i++) {
		int caller = put(queue, sample());
		pid_t process = expect_served(caller);
		assert_true(process != worker && process != last);
		last = process;
		(void)close(caller);
	}
	end_worker(queue, worker);
}

static void forks_for_each(void **state)
{
	serves_many(*state, 1000, false);
}

static void forks_one_at_a_time(void **state)
{
	serves_many(*state, 1, false);
}

static void leaves_strangers_alone(void **state)
{
	serves_many(*state, 2, true);
}

static void never_more_than_allowed(void **state)
{
	struct queue *queue = *state;
	pid_t worker = start_worker(queue, 2, false);
	int callers[4];

	for (int i = 0; i < 4; i++) {
		callers[i] = put(queue, sample());
	}
	(void)expect_served(callers[0]);
	(void)expect_served(callers[1]);
	assert_false(is_readable(callers[2], SHORT_MS));
	(void)close(callers[1]);
	(void)expect_served(callers[2]);
	assert_false(is_readable(callers[3], SHORT_MS));
	(void)close(callers[0]);
	(void)expect_served(callers[3]);
	(void)close(callers[2]);
	(void)close(callers[3]);
	end_worker(queue, worker);
}

/* A program that has a handler for the ends of its children, and waits for them all itself. */
static void wait_for_all(int signal)
{
	int error = errno;

	(void)signal;
	while (waitpid(-1, NULL, WNOHANG) > 0) {
	}
	errno = error;
}

static void lives_with_a_handler(void **state)
{
	struct queue *queue = *state;
	const struct sigaction action = { .sa_handler = wait_for_all };
	struct sigaction before;

	assert_int_equal(sigaction(SIGCHLD, &action, &before), 0);
	pid_t worker = start_worker(queue, 1, false);
	assert_int_equal(sigaction(SIGCHLD, &before, NULL), 0);
	for (int i = 0; i < 20; i++) {
		int caller = put(queue, sample());
		(void)expect_served(caller);
		(void)close(caller);
	}
	end_worker(queue, worker);
}

static void bad_arguments_of_fork(void **state)
{
	const struct queue *queue = *state;
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction before;

	assert_int_equal(berth_worker_fork(queue->receiving, 0, serve, NULL), -EINVAL);
	assert_int_equal(sigaction(SIGCHLD, &ignore, &before), 0);
	assert_int_equal(berth_worker_fork(queue->receiving, 1, serve, NULL), -EINVAL);
	assert_int_equal(sigaction(SIGCHLD, &before, NULL), 0);
	assert_int_equal(berth_worker_fork(-1, 1, serve, NULL), -EBADF);
}

/* With no room for a single process, the caller is told and the worker ends. */
static void no_process_to_be_had(void **state)
{
	const struct queue *queue = *state;
	int caller = put(queue, sample());
	pid_t process = fork();

	if (process == 0) {
		const struct rlimit none = { .rlim_cur = 0, .rlim_max = 0 };
		if ((geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) < 0) || setrlimit(RLIMIT_NPROC, &none) < 0) {
			_exit(1);
		}
		_exit(berth_worker_fork(queue->receiving, 10, serve, NULL) == -EAGAIN ? 0 : 2);
	}
	expect_heard(caller, "-busy ");
	(void)close(caller);
	expect_exit(process, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_QUEUE(forks_for_each),	    WITH_QUEUE(forks_one_at_a_time),
		WITH_QUEUE(leaves_strangers_alone), WITH_QUEUE(never_more_than_allowed),
		WITH_QUEUE(lives_with_a_handler),   WITH_QUEUE(bad_arguments_of_fork),
		WITH_QUEUE(no_process_to_be_had),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
