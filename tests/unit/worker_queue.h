/* worker_queue.h - a queue for the tests of workers: calls are put into it here, and heard from at the
 * caller's end.  Included by test_worker.c and test_worker_fork.c, behind cmocka.h and what it needs. */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/handover.h"
#include "wire/call.h"

enum {
	DESCRIPTORS_LOOKED_AT = 256,
	PATIENCE_MS = 20000, /* for what must happen; never waited for to the end when all is well */
	SHORT_MS = 30,
};

struct queue {
	int receiving;
	int sending;
	int open_before;
};

static int descriptors_open(void)
{
	int open = 0;

	for (int descriptor = 0; descriptor < DESCRIPTORS_LOOKED_AT; descriptor++) {
		open += fcntl(descriptor, F_GETFD) >= 0 ? 1 : 0;
	}
	return open;
}

static int make_queue(void **state)
{
	static struct queue queue;
	int ends[2];

	queue.open_before = descriptors_open();
	if (handover_pair(ends) < 0) {
		return -1;
	}
	queue.receiving = ends[0];
	queue.sending = ends[1];
	*state = &queue;
	return 0;
}

static int free_queue(void **state)
{
	const struct queue *queue = *state;

	(void)close(queue->receiving);
	if (queue->sending >= 0) {
		(void)close(queue->sending);
	}
	return descriptors_open() == queue->open_before ? 0 : -1;
}

/* A call that came just now. */
static struct call_message sample(void)
{
	return (struct call_message){
		.magic = CALL_MAGIC,
		.dialect = CALL_DIALECT_LINE,
		.flags = CALL_GREET,
		.accepted_ns = clock_now_ns(),
		.queue_timeout_ms = 60000,
		.function = "echo",
	};
}

/* Puts a call into the queue; returns the caller's end of its connection. */
static int put(const struct queue *queue, struct call_message message)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(handover_send(queue->sending, &message, sizeof(message), ends[1]), 0);
	(void)close(ends[1]);
	return ends[0];
}

static bool is_readable(int descriptor, int timeout_ms)
{
	struct pollfd question = { .fd = descriptor, .events = POLLIN };

	return poll(&question, 1, timeout_ms) == 1;
}

/* What the caller hears up to so many octets; less at the end of the connection. */
static size_t hear(int caller, char *octets, size_t size)
{
	size_t heard = 0;
	ssize_t r = 1;

	while (heard < size && r > 0) {
		assert_true(is_readable(caller, PATIENCE_MS));
		r = recv(caller, octets + heard, size - heard, 0);
		assert_true(r >= 0);
		heard += (size_t)r;
	}
	return heard;
}

static void expect_heard(int caller, const char *text)
{
	char octets[128] = { 0 };

	assert_true(strlen(text) < sizeof(octets));
	assert_int_equal(hear(caller, octets, strlen(text)), strlen(text));
	assert_string_equal(octets, text);
}

static void expect_exit(pid_t process, int status)
{
	int result;

	assert_int_equal(waitpid(process, &result, 0), process);
	assert_true(WIFEXITED(result));
	assert_int_equal(WEXITSTATUS(result), status);
}

#define WITH_QUEUE(test) cmocka_unit_test_setup_teardown(test, make_queue, free_queue)
