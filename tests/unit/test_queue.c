/* test_queue.c - call queues: exactly as many calls as promised, none lost, none twice, in their order, and nothing
 * kept of what a hostile sender puts in. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/clock.h"
#include "rendezvous/queue.h"

#define SECOND UINT64_C(1000000000)

enum { CALLS_MAX = 64, MANY_CALLS = 20000, ROUNDS = 200, IN_FLIGHT_MAX = 20, NOBODY = 65534 };

static int descriptors_open(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(folder);
	while (readdir(folder) != NULL) {
		count++;
	}
	(void)closedir(folder);
	return count;
}

static int make_queue(void **state)
{
	struct queue_ends *ends = calloc(1, sizeof(*ends));
	uint32_t calls_max;

	assert_non_null(ends);
	assert_int_equal(queue_create(CALLS_MAX, ends, &calls_max), 0);
	*state = ends;
	return 0;
}

static int free_queue(void **state)
{
	queue_close(*state);
	free(*state);
	return 0;
}

static struct call_message numbered(uint64_t number)
{
	return (struct call_message){
		.magic = CALL_MAGIC,
		.dialect = CALL_DIALECT_LINE,
		.function_id = number,
		.accepted_ns = SECOND,
		.queue_timeout_ms = 5000,
		.function = "git",
	};
}

static int put(int sending, uint64_t number)
{
	const struct call_message call = numbered(number);

	return queue_put(sending, &call, sending);
}

static void take(int receiving, uint64_t number)
{
	struct call_message call;
	const struct call_message expected = numbered(number);
	int connection = -7;

	assert_int_equal(queue_take(receiving, &call, &connection), 0);
	assert_memory_equal(&call, &expected, sizeof(call));
	assert_true(connection >= 0);
	assert_true((fcntl(connection, F_GETFD) & FD_CLOEXEC) != 0);
	(void)close(connection);
}

/* Whatever is refused: the outputs stay as they were. */
static void take_nothing(int receiving, int expected)
{
	struct call_message call;
	struct call_message untouched;
	int connection = -7;

	memset(&call, 0xa5, sizeof(call));
	untouched = call;
	assert_int_equal(queue_take(receiving, &call, &connection), expected);
	assert_memory_equal(&call, &untouched, sizeof(call));
	assert_int_equal(connection, -7);
}

/* Without CAP_NET_ADMIN the kernel may hold less than asked for; what it says is what it does. */
static void exactly_calls_max(void **state)
{
	static const uint32_t sizes[] = { 8, 64, 512, 1024 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct queue_ends ends;
		uint32_t calls_max = 0;
		assert_int_equal(queue_create(sizes[i], &ends, &calls_max), 0);
		assert_true(calls_max == sizes[i] || (geteuid() != 0 && calls_max > 200 && calls_max < sizes[i]));
		for (int round = 0; round < 2; round++) {
			for (uint32_t number = 0; number < calls_max; number++) {
				assert_int_equal(queue_waiting(ends.sending), number);
				assert_int_equal(put(ends.sending, number), 0);
			}
			assert_int_equal(queue_waiting(ends.sending), calls_max);
			assert_int_equal(put(ends.sending, 0), -EAGAIN);
			assert_int_equal(queue_waiting(ends.sending), calls_max);
			for (uint32_t number = 0; number < calls_max; number++) {
				take(ends.receiving, number);
				assert_int_equal(queue_waiting(ends.sending), calls_max - number - 1);
			}
			take_nothing(ends.receiving, -EAGAIN);
		}
		queue_close(&ends);
	}
}

static void one_out_one_in(void **state)
{
	const struct queue_ends *ends = *state;
	uint64_t next = 0;

	while (put(ends->sending, next) == 0) {
		next++;
	}
	assert_int_equal(next, CALLS_MAX);
	for (uint64_t first = 0; first < UINT64_C(3) * CALLS_MAX; first++) {
		take(ends->receiving, first);
		assert_int_equal(put(ends->sending, next++), 0);
		assert_int_equal(put(ends->sending, next), -EAGAIN);
		assert_int_equal(queue_waiting(ends->sending), CALLS_MAX);
	}
}

static void connection_comes_along(void **state)
{
	const struct queue_ends *ends = *state;
	const struct call_message call = numbered(1);
	struct call_message taken;
	struct stat sent;
	struct stat received;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int connection = -1;

	assert_int_equal(queue_put(ends->sending, &call, null), 0);
	assert_int_equal(queue_take(ends->receiving, &taken, &connection), 0);
	assert_int_equal(fstat(null, &sent), 0); /* ours stayed ours */
	assert_int_equal(fstat(connection, &received), 0);
	assert_int_equal(sent.st_rdev, received.st_rdev);
	(void)close(connection);
	(void)close(null);
}

static void ends_of_a_queue(void **state)
{
	struct queue_ends *ends = *state;

	assert_true((fcntl(ends->sending, F_GETFD) & FD_CLOEXEC) != 0);
	assert_true((fcntl(ends->receiving, F_GETFD) & FD_CLOEXEC) != 0);
	queue_close(ends);
	assert_int_equal(ends->sending, -1);
	assert_int_equal(ends->receiving, -1);
	queue_close(ends);
}

static void nobody_sends_any_more(void **state)
{
	struct queue_ends *ends = *state;

	assert_int_equal(put(ends->sending, 1), 0);
	assert_int_equal(put(ends->sending, 2), 0);
	(void)close(ends->sending);
	ends->sending = dup(ends->receiving); /* so that the queue can be closed as a whole */
	take(ends->receiving, 1);
	take(ends->receiving, 2);
	take_nothing(ends->receiving, -EPIPE);
}

static void nobody_takes_any_more(void **state)
{
	struct queue_ends *ends = *state;

	assert_int_equal(put(ends->sending, 1), 0);
	(void)close(ends->receiving);
	ends->receiving = dup(ends->sending);
	assert_int_equal(put(ends->sending, 2), -EPIPE);
	assert_int_equal(put(ends->sending, 3), -EPIPE);
}

/* A worker may do this to the end that it shares with others. */
static void reading_shut_down(void **state)
{
	const struct queue_ends *ends = *state;

	assert_int_equal(shutdown(ends->receiving, SHUT_RD), 0);
	assert_int_equal(put(ends->sending, 1), -EPIPE);
}

static void expect_kept(const struct queue_ends *ends, uint64_t now_ns)
{
	struct call_message call;
	int connection = -7;

	assert_int_equal(queue_take_expired(ends, now_ns, &call, &connection), -EAGAIN);
	assert_int_equal(connection, -7);
}

static void expect_expired(const struct queue_ends *ends, uint64_t now_ns, uint64_t number)
{
	struct call_message call;
	int connection = -7;

	assert_int_equal(queue_take_expired(ends, now_ns, &call, &connection), 0);
	assert_int_equal(call.function_id, number);
	assert_true(connection >= 0);
	(void)close(connection);
}

static void old_calls_are_taken_out(void **state)
{
	const struct queue_ends *ends = *state;
	const uint64_t last_moment_ns = SECOND + 5001 * (uint64_t)NS_PER_MS;
	struct call_message young = numbered(2);
	int before = descriptors_open();

	expect_kept(ends, UINT64_MAX); /* nothing there */
	young.accepted_ns += SECOND;
	assert_int_equal(put(ends->sending, 1), 0);
	assert_int_equal(queue_put(ends->sending, &young, ends->sending), 0);
	assert_int_equal(put(ends->sending, 3), 0);
	for (int i = 0; i < ROUNDS; i++) {
		expect_kept(ends, last_moment_ns - 1);
	}
	assert_int_equal(queue_waiting(ends->sending), 3);
	expect_expired(ends, last_moment_ns, 1);
	expect_kept(ends, last_moment_ns); /* the third is old too, but stands behind a young one */
	expect_expired(ends, last_moment_ns + SECOND, 2);
	expect_expired(ends, last_moment_ns + SECOND, 3);
	expect_kept(ends, UINT64_MAX);
	assert_int_equal(queue_waiting(ends->sending), 0);
	assert_int_equal(descriptors_open(), before);
}

static void send_raw(int channel, const void *bytes, size_t size, int descriptor, size_t count)
{
	const int descriptors[] = { descriptor, descriptor };
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(descriptors))];
	} control = { 0 };
	struct iovec data = { .iov_base = (void *)(uintptr_t)bytes, .iov_len = size };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };

	if (count > 0) {
		control.header.cmsg_len = CMSG_LEN(count * sizeof(int));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		memcpy(CMSG_DATA(&control.header), descriptors, count * sizeof(int));
		message.msg_control = &control;
		message.msg_controllen = CMSG_LEN(count * sizeof(int));
	}
	assert_int_equal(sendmsg(channel, &message, MSG_NOSIGNAL), size);
}

static void hostile_messages(void **state)
{
	const struct queue_ends *ends = *state;
	const struct call_message good = numbered(1);
	struct call_message bad = good;
	uint8_t long_one[sizeof(good) + 1] = { 0 };
	int before = descriptors_open();

	bad.magic++;
	memcpy(long_one, &good, sizeof(good));
	for (int i = 0; i < ROUNDS; i++) {
		for (size_t count = 0; count < 3; count++) {
			send_raw(ends->sending, &good, sizeof(good) - 1, ends->sending, count);
			send_raw(ends->sending, &bad, sizeof(bad), ends->sending, count);
			send_raw(ends->sending, long_one, sizeof(long_one), ends->sending, count);
			take_nothing(ends->receiving, -EBADMSG);
			take_nothing(ends->receiving, -EBADMSG);
			expect_kept(ends, UINT64_MAX);
			take_nothing(ends->receiving, -EBADMSG);
		}
		send_raw(ends->sending, &good, sizeof(good), -1, 0);
		send_raw(ends->sending, &good, sizeof(good), ends->sending, 2);
		take_nothing(ends->receiving, -EBADMSG);
		expect_kept(ends, UINT64_MAX);
		take_nothing(ends->receiving, -EBADMSG);
	}
	assert_int_equal(put(ends->sending, 1), 0);
	take(ends->receiving, 1);
	assert_int_equal(descriptors_open(), before);
}

/* An old call without a connection is nobody's to answer: it goes, and does not stop those behind it. */
static void old_call_without_connection(void **state)
{
	const struct queue_ends *ends = *state;
	const struct call_message call = numbered(1);
	struct call_message taken;
	int connection = -7;

	send_raw(ends->sending, &call, sizeof(call), -1, 0);
	assert_int_equal(put(ends->sending, 2), 0);
	assert_int_equal(queue_take_expired(ends, UINT64_MAX, &taken, &connection), -EBADMSG);
	assert_int_equal(connection, -7);
	expect_expired(ends, UINT64_MAX, 2);
}

static int fill_in_small_process(void)
{
	const struct rlimit small = { .rlim_cur = IN_FLIGHT_MAX, .rlim_max = IN_FLIGHT_MAX };
	struct queue_ends ends;
	uint32_t calls_max;
	uint32_t count = 0;
	int r = 0;

	if ((geteuid() == 0 && setuid(NOBODY) < 0) || queue_create(CALLS_MAX, &ends, &calls_max) < 0 ||
	    setrlimit(RLIMIT_NOFILE, &small) < 0) {
		return 1;
	}
	while (r == 0 && count < calls_max) {
		r = put(ends.sending, count++);
	}
	return r == -EAGAIN ? 0 : 2;
}

/* The kernel lets a user without privilege have only so many descriptors under way: that is busy, not broken. */
static void too_many_descriptors_in_flight(void **state)
{
	int status;
	pid_t child = fork();

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		_exit(fill_in_small_process());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void note_taken(_Atomic uint8_t *taken, const struct call_message *call, int connection)
{
	(void)close(connection);
	(void)atomic_fetch_add(&taken[call->function_id], 1);
}

static void take_until_the_end(int receiving, _Atomic uint8_t *taken)
{
	struct call_message call;
	int connection;
	int r;

	while ((r = queue_take(receiving, &call, &connection)) != -EPIPE) {
		if (r == 0) {
			note_taken(taken, &call, connection);
		}
	}
	_exit(0);
}

/* One puts calls in and takes old ones out, as the supervisor does, another takes what comes: each is taken
 * once. */
static void two_take_at_once(void **state)
{
	struct queue_ends *ends = *state;
	_Atomic uint8_t *taken = mmap(NULL, MANY_CALLS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct call_message call;
	uint64_t number = 0;
	int connection;
	int status;

	assert_true(taken != MAP_FAILED);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)close(ends->sending);
		take_until_the_end(ends->receiving, taken);
	}
	while (number < MANY_CALLS) {
		struct call_message next = numbered(number);
		next.queue_timeout_ms = number % 2 == 0 ? 0 : UINT32_MAX; /* old at once, or never */
		number += queue_put(ends->sending, &next, ends->sending) == 0;
		if (queue_take_expired(ends, 3 * SECOND, &call, &connection) == 0) {
			assert_int_equal(call.queue_timeout_ms, 0); /* a young one taken by mistake goes back */
			note_taken(taken, &call, connection);
		}
	}
	(void)close(ends->sending);
	ends->sending = dup(ends->receiving);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	for (int i = 0; i < MANY_CALLS; i++) {
		assert_int_equal(taken[i], 1);
	}
	assert_int_equal(munmap((void *)(uintptr_t)taken, MANY_CALLS), 0);
}

/* The kernel counts what is under way against this limit. */
static int raise_descriptor_limit(void **state)
{
	struct rlimit limit;

	(void)state;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0) {
		return -1;
	}
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit);
}

#define WITH_QUEUE(test) cmocka_unit_test_setup_teardown(test, make_queue, free_queue)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exactly_calls_max),
		WITH_QUEUE(one_out_one_in),
		WITH_QUEUE(connection_comes_along),
		WITH_QUEUE(ends_of_a_queue),
		WITH_QUEUE(nobody_sends_any_more),
		WITH_QUEUE(nobody_takes_any_more),
		WITH_QUEUE(reading_shut_down),
		WITH_QUEUE(old_calls_are_taken_out),
		WITH_QUEUE(hostile_messages),
		WITH_QUEUE(old_call_without_connection),
		WITH_QUEUE(too_many_descriptors_in_flight),
		WITH_QUEUE(two_take_at_once),
	};

	return cmocka_run_group_tests(tests, raise_descriptor_limit, NULL);
}
