/* test_worker.c - the worker's side of libberth, with queues and connections made here and, where berthd
 * is needed, a child that plays it. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/un.h>

#include <berth.h>

#include <cmocka.h>

#include "worker_queue.h"

static struct call_message sample_of_age(unsigned age_ms, unsigned queue_timeout_ms)
{
	struct call_message message = sample();

	message.accepted_ns -= (uint64_t)age_ms * NS_PER_MS;
	message.queue_timeout_ms = queue_timeout_ms;
	return message;
}

static void expect_end(int caller)
{
	char octet;

	assert_int_equal(hear(caller, &octet, 1), 0);
	(void)close(caller);
}

static void expect_accepted(const struct queue *queue, struct berth_worker_call *ret_call)
{
	assert_int_equal(berth_worker_accept(queue->receiving, PATIENCE_MS, ret_call), 0);
	assert_int_equal(fcntl(ret_call->descriptor, F_GETFD), FD_CLOEXEC);
}

/* ---- berth_worker_accept ---- */

static void takes_and_greets(void **state)
{
	const struct queue *queue = *state;
	struct call_message message = sample();
	struct berth_worker_call call;

	memcpy(message.key, "K-1", 4);
	message.flags |= CALL_KEY;
	int caller = put(queue, message);
	expect_accepted(queue, &call);
	assert_string_equal(call.function, "echo");
	assert_string_equal(call.key, "K-1");
	assert_int_equal(call.accepted_ns, message.accepted_ns);
	assert_int_equal(send(call.descriptor, "hello", 5, MSG_NOSIGNAL), 5);
	(void)close(call.descriptor);
	expect_heard(caller, "+\r\nhello");
	expect_end(caller);
}

static void greets_only_where_it_is_owed(void **state)
{
	const struct queue *queue = *state;
	struct call_message message = sample();
	struct berth_worker_call call;

	message.flags = 0;
	int caller = put(queue, message);
	expect_accepted(queue, &call);
	assert_string_equal(call.key, "");
	(void)close(call.descriptor);
	expect_end(caller);
}

static void nothing_there(void **state)
{
	const struct queue *queue = *state;
	struct berth_worker_call call;

	assert_int_equal(berth_worker_accept(queue->receiving, 0, &call), -ETIMEDOUT);
	uint64_t start_ns = clock_now_ns();
	assert_int_equal(berth_worker_accept(queue->receiving, SHORT_MS, &call), -ETIMEDOUT);
	assert_true(clock_now_ns() - start_ns >= (uint64_t)SHORT_MS * NS_PER_MS);
}

static void too_old(void **state)
{
	const struct queue *queue = *state;
	struct berth_worker_call call;
	int old = put(queue, sample_of_age(300, 200));
	int fresh = put(queue, sample_of_age(300, 60000));

	assert_int_equal(send(old, "octets that nobody will read", 28, 0), 28);
	expect_accepted(queue, &call);
	(void)close(call.descriptor);
	expect_heard(fresh, "+\r\n");
	expect_end(fresh);
	expect_heard(old, "-timeout this took too long\r\n");
	expect_end(old);
}

/* The end of the queue is seen only behind what is in it. */
static void too_old_at_the_end(void **state)
{
	struct queue *queue = *state;
	struct berth_worker_call call;
	int old = put(queue, sample_of_age(300, 200));

	(void)close(queue->sending);
	queue->sending = -1;
	assert_int_equal(berth_worker_accept(queue->receiving, -1, &call), -EPIPE);
	expect_heard(old, "-timeout ");
	(void)close(old);
}

static void too_old_and_silent(void **state)
{
	const struct queue *queue = *state;
	struct call_message message = sample_of_age(300, 200);
	struct berth_worker_call call;

	message.dialect = CALL_DIALECT_NONE;
	message.flags = 0;
	int old = put(queue, message);
	assert_int_equal(berth_worker_accept(queue->receiving, 0, &call), -ETIMEDOUT);
	expect_end(old);
}

/* What a slow caller took for its first message is not waiting. */
static void old_by_its_own_fault(void **state)
{
	const struct queue *queue = *state;
	struct call_message message = sample_of_age(5000, 2000);
	struct berth_worker_call call;

	message.first_message_ms = 4900;
	int caller = put(queue, message);
	expect_accepted(queue, &call);
	(void)close(call.descriptor);
	(void)close(caller);
}

static void gone_callers(void **state)
{
	const struct queue *queue = *state;
	struct call_message silent = sample_of_age(300, 60000);
	struct berth_worker_call call;

	silent.flags = 0;
	(void)close(put(queue, silent));
	(void)close(put(queue, sample_of_age(300, 60000)));
	(void)close(put(queue, sample())); /* seen when it is greeted */
	assert_int_equal(berth_worker_accept(queue->receiving, 0, &call), -ETIMEDOUT);
}

static void half_closed_callers_are_served(void **state)
{
	const struct queue *queue = *state;
	struct berth_worker_call call;
	int caller = put(queue, sample_of_age(300, 60000));

	assert_int_equal(shutdown(caller, SHUT_WR), 0);
	expect_accepted(queue, &call);
	(void)close(call.descriptor);
	expect_heard(caller, "+\r\n");
	expect_end(caller);
}

static void not_a_call(void **state)
{
	const struct queue *queue = *state;
	struct call_message message = sample();
	struct berth_worker_call call;
	int open = descriptors_open();

	assert_int_equal(handover_send(queue->sending, "x", 1, queue->sending), 0);
	assert_int_equal(berth_worker_accept(queue->receiving, -1, &call), -EBADMSG);
	assert_int_equal(handover_send(queue->sending, &message, sizeof(message), -1), 0);
	assert_int_equal(berth_worker_accept(queue->receiving, -1, &call), -EBADMSG);
	message.magic++;
	assert_int_equal(handover_send(queue->sending, &message, sizeof(message), queue->sending), 0);
	assert_int_equal(berth_worker_accept(queue->receiving, -1, &call), -EBADMSG);
	assert_int_equal(descriptors_open(), open);
	assert_int_equal(berth_worker_accept(-1, -1, &call), -EBADF);
}

static void on_alarm(int signal)
{
	(void)signal;
}

static void signals_are_told(void **state)
{
	const struct queue *queue = *state;
	const struct sigaction action = { .sa_handler = on_alarm };
	/* Again and again, should the first come before the wait. */
	const struct itimerval timer = { .it_value = { .tv_usec = 10000 }, .it_interval = { .tv_usec = 10000 } };
	const struct itimerval none = { .it_value = { .tv_sec = 0 } };
	struct sigaction before;
	struct berth_worker_call call;

	assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
	assert_int_equal(berth_worker_accept(queue->receiving, PATIENCE_MS, &call), -EINTR);
	assert_int_equal(setitimer(ITIMER_REAL, &none, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
}

/* ---- berth_worker_queue ---- */

static void expect_no_queue(const char *value)
{
	assert_int_equal(setenv("BERTH_WORKER_FD", value, 1), 0);
	assert_int_equal(berth_worker_queue(), -ENOENT);
}

static void queue_of_the_environment(void **state)
{
	const struct queue *queue = *state;
	char number[16];
	int inherited = dup(queue->receiving);

	(void)unsetenv("BERTH_WORKER_FD");
	assert_int_equal(berth_worker_queue(), -ENOENT);
	expect_no_queue("");
	expect_no_queue("x");
	expect_no_queue("-1");
	expect_no_queue("3x");
	expect_no_queue(" 3");
	expect_no_queue("99999999999999999999999");
	expect_no_queue("4294967299");
	expect_no_queue("1000");
	int other = open("/dev/null", O_RDONLY | O_CLOEXEC);
	(void)snprintf(number, sizeof(number), "%d", other);
	expect_no_queue(number);
	(void)close(other);
	(void)snprintf(number, sizeof(number), "%d", inherited);
	assert_int_equal(setenv("BERTH_WORKER_FD", number, 1), 0);
	assert_int_equal(berth_worker_queue(), inherited);
	assert_int_equal(fcntl(inherited, F_GETFD), FD_CLOEXEC);
	assert_string_equal(getenv("BERTH_WORKER_FD"), number);
	(void)close(inherited);
	(void)unsetenv("BERTH_WORKER_FD");
}

/* ---- berth_worker_attach ---- */

static char attach_path[64];

static int listen_at_path(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listening = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	(void)snprintf(attach_path, sizeof(attach_path), "/tmp/berth-test-%d", (int)getpid());
	memcpy(address.sun_path, attach_path, sizeof(attach_path));
	(void)unlink(attach_path);
	assert_int_equal(bind(listening, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listening, 1), 0);
	return listening;
}

/* A child that answers one worker with these octets (none: it only closes). */
static pid_t play_berthd(int listening, const char *octets, size_t size, int descriptor)
{
	pid_t process = fork();

	if (process == 0) {
		char unread;
		int connection = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
		if (size > 0) {
			(void)handover_send(connection, octets, size, descriptor);
			/* Until the worker is gone, as berthd does. */
			(void)recv(connection, &unread, 1, 0);
		}
		_exit(0);
	}
	return process;
}

static void expect_attach_error(const char *octets, size_t size, int descriptor, int error)
{
	int listening = listen_at_path();
	pid_t process = play_berthd(listening, octets, size, descriptor);
	int open = descriptors_open();

	assert_int_equal(berth_worker_attach(attach_path), error);
	assert_int_equal(descriptors_open(), open);
	expect_exit(process, 0);
	(void)close(listening);
	(void)unlink(attach_path);
}

static void attaches(void **state)
{
	struct queue *queue = *state;
	int listening = listen_at_path();
	pid_t process = play_berthd(listening, "BWQ1", 4, queue->receiving);
	struct berth_worker_call call;
	int open = descriptors_open();
	int attached = berth_worker_attach(attach_path);

	assert_true(attached >= 0);
	assert_int_equal(fcntl(attached, F_GETFD), FD_CLOEXEC);
	assert_int_equal(descriptors_open(), open + 2);
	(void)close(put(queue, sample_of_age(0, 60000)));
	int caller = put(queue, sample());
	assert_int_equal(berth_worker_accept(attached, PATIENCE_MS, &call), 0);
	(void)close(call.descriptor);
	(void)close(caller);
	/* The connection came just before the queue; it ends here with the worker that it stands for. */
	assert_int_equal(waitpid(process, NULL, WNOHANG), 0);
	assert_int_equal(fcntl(attached - 1, F_GETFD), FD_CLOEXEC);
	(void)close(attached - 1);
	(void)close(attached);
	expect_exit(process, 0);
	(void)close(listening);
	(void)unlink(attach_path);
}

static void attach_refused(void **state)
{
	const struct queue *queue = *state;
	char long_path[200];

	expect_attach_error("", 0, -1, -EACCES);
	expect_attach_error("BWQ1", 4, -1, -EBADMSG);
	expect_attach_error("BWQ2", 4, queue->receiving, -EBADMSG);
	expect_attach_error("BWQ", 3, queue->receiving, -EBADMSG);
	expect_attach_error("BWQ11", 5, queue->receiving, -EBADMSG);
	assert_int_equal(berth_worker_attach(attach_path), -ENOENT);
	memset(long_path, 'x', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = '\0';
	assert_int_equal(berth_worker_attach(long_path), -ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_QUEUE(takes_and_greets),
		WITH_QUEUE(greets_only_where_it_is_owed),
		WITH_QUEUE(nothing_there),
		WITH_QUEUE(too_old),
		WITH_QUEUE(too_old_at_the_end),
		WITH_QUEUE(too_old_and_silent),
		WITH_QUEUE(old_by_its_own_fault),
		WITH_QUEUE(gone_callers),
		WITH_QUEUE(half_closed_callers_are_served),
		WITH_QUEUE(not_a_call),
		WITH_QUEUE(signals_are_told),
		WITH_QUEUE(queue_of_the_environment),
		WITH_QUEUE(attaches),
		WITH_QUEUE(attach_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
