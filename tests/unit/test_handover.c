/* test_handover.c - messages with descriptors, and everything that a hostile sender can send
 * instead.
 *
 * The receiver is asked for one thing above all: whatever comes, no descriptor stays behind. */
#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/handover.h"

enum { ROUNDS = 1000, MESSAGE_SIZE = 128, DESCRIPTORS_MAX = 253 };

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

static int make_pair(void **state)
{
	int *ends = calloc(2, sizeof(*ends));

	assert_non_null(ends);
	assert_int_equal(handover_pair(ends), 0);
	*state = ends;
	return 0;
}

static int free_pair(void **state)
{
	int *ends = *state;

	(void)close(ends[0]);
	(void)close(ends[1]);
	free(ends);
	return 0;
}

/* Sends what handover_send() never would. */
static void send_raw(int channel, const void *bytes, size_t size, const int *descriptors, size_t count)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(DESCRIPTORS_MAX * sizeof(int))];
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

static void expect_refusal(int channel, int expected)
{
	char bytes[MESSAGE_SIZE];
	int descriptor = -7;

	assert_int_equal(handover_receive(channel, bytes, sizeof(bytes), &descriptor), expected);
	assert_int_equal(descriptor, -7);
}

static void pair_is_close_on_exec(void **state)
{
	const int *ends = *state;

	assert_true((fcntl(ends[0], F_GETFD) & FD_CLOEXEC) != 0);
	assert_true((fcntl(ends[1], F_GETFD) & FD_CLOEXEC) != 0);
}

static void bytes_alone(void **state)
{
	const int *ends = *state;
	char bytes[MESSAGE_SIZE];
	int descriptor = -7;

	assert_int_equal(handover_send(ends[0], "call", 4, -1), 0);
	assert_int_equal(handover_receive(ends[1], bytes, sizeof(bytes), &descriptor), 4);
	assert_memory_equal(bytes, "call", 4);
	assert_int_equal(descriptor, -1);
}

static void with_descriptor(void **state)
{
	const int *ends = *state;
	char bytes[MESSAGE_SIZE];
	struct stat sent;
	struct stat received;
	int descriptor = -7;

	memset(bytes, 'x', sizeof(bytes));
	assert_int_equal(handover_send(ends[0], bytes, sizeof(bytes), ends[0]), 0);
	assert_int_equal(handover_receive(ends[1], bytes, sizeof(bytes), &descriptor), MESSAGE_SIZE);
	assert_true(descriptor > ends[1]);
	assert_true((fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
	assert_int_equal(fstat(ends[0], &sent), 0);
	assert_int_equal(fstat(descriptor, &received), 0);
	assert_int_equal(sent.st_ino, received.st_ino);
	(void)close(descriptor);
}

static void peek_leaves_the_message(void **state)
{
	const int *ends = *state;
	char bytes[MESSAGE_SIZE];
	int before = descriptors_open();
	int descriptor;

	assert_int_equal(handover_send(ends[0], "call", 4, ends[0]), 0);
	for (int i = 0; i < ROUNDS; i++) {
		descriptor = -7;
		assert_int_equal(handover_peek(ends[1], bytes, sizeof(bytes), &descriptor), 4);
		assert_true(descriptor >= 0);
		(void)close(descriptor);
	}
	assert_int_equal(handover_receive(ends[1], bytes, sizeof(bytes), &descriptor), 4);
	(void)close(descriptor);
	expect_refusal(ends[1], -EAGAIN);
	assert_int_equal(descriptors_open(), before);
}

static void nothing_there_and_the_end(void **state)
{
	int *ends = *state;
	char bytes[MESSAGE_SIZE];
	int descriptor = -7;

	expect_refusal(ends[1], -EAGAIN);
	assert_int_equal(handover_send(ends[0], "last", 4, -1), 0);
	assert_int_equal(shutdown(ends[0], SHUT_WR), 0);
	assert_int_equal(handover_receive(ends[1], bytes, sizeof(bytes), &descriptor), 4);
	assert_int_equal(handover_receive(ends[1], bytes, sizeof(bytes), &descriptor), 0);
	assert_int_equal(descriptor, -1);
	assert_int_equal(handover_send(ends[0], "late", 4, -1), -EPIPE);
}

static void sending_never_waits(void **state)
{
	const int *ends = *state;
	int r = 0;

	for (int i = 0; i < 1000000 && r == 0; i++) {
		r = handover_send(ends[0], "call", 4, -1);
	}
	assert_int_equal(r, -EAGAIN);
}

static void nothing_is_not_sent(void **state)
{
	const int *ends = *state;

	assert_int_equal(handover_send(ends[0], "", 0, -1), -EINVAL);
	assert_int_equal(handover_send(ends[0], "", 0, ends[0]), -EINVAL);
	expect_refusal(ends[1], -EAGAIN);
}

static void bad_arguments(void **state)
{
	const int *ends = *state;

	assert_int_equal(handover_send(-1, "call", 4, -1), -EBADF);
	assert_int_equal(handover_send(ends[0], "call", 4, 1 << 20), -EBADF);
	expect_refusal(-1, -EBADF);
}

static void several_descriptors(void **state)
{
	const int *ends = *state;
	int descriptors[DESCRIPTORS_MAX];
	int before = descriptors_open();

	for (size_t i = 0; i < DESCRIPTORS_MAX; i++) {
		descriptors[i] = ends[0];
	}
	for (int i = 0; i < ROUNDS; i++) {
		send_raw(ends[0], "call", 4, descriptors, 2);
		expect_refusal(ends[1], -EBADMSG);
	}
	send_raw(ends[0], "call", 4, descriptors, DESCRIPTORS_MAX);
	expect_refusal(ends[1], -EBADMSG);
	assert_int_equal(descriptors_open(), before);
}

static void too_long(void **state)
{
	const int *ends = *state;
	char bytes[MESSAGE_SIZE + 1] = { 0 };
	int before = descriptors_open();

	for (int i = 0; i < ROUNDS; i++) {
		send_raw(ends[0], bytes, sizeof(bytes), ends, 1);
		expect_refusal(ends[1], -EBADMSG);
		send_raw(ends[0], bytes, sizeof(bytes), NULL, 0);
		expect_refusal(ends[1], -EBADMSG);
		send_raw(ends[0], bytes, sizeof(bytes), ends, 2);
		expect_refusal(ends[1], -EBADMSG);
	}
	assert_int_equal(descriptors_open(), before);
}

static void descriptor_without_message(void **state)
{
	const int *ends = *state;
	int before = descriptors_open();

	for (int i = 0; i < ROUNDS; i++) {
		send_raw(ends[0], "", 0, ends, 1);
		expect_refusal(ends[1], -EBADMSG);
	}
	assert_int_equal(descriptors_open(), before);
}

static void empty_message_is_the_end(void **state)
{
	const int *ends = *state;
	char bytes[MESSAGE_SIZE];
	int descriptor = -7;

	send_raw(ends[0], "", 0, NULL, 0);
	assert_int_equal(handover_receive(ends[1], bytes, sizeof(bytes), &descriptor), 0);
	assert_int_equal(descriptor, -1);
}

/* Any reader of a shared end can ask for these, and they would take the place of the descriptor. */
static void credentials(void **state)
{
	const int *ends = *state;
	int before = descriptors_open();
	int on = 1;

	assert_int_equal(setsockopt(ends[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)), 0);
	for (int i = 0; i < ROUNDS; i++) {
		send_raw(ends[0], "call", 4, NULL, 0);
		expect_refusal(ends[1], -EBADMSG);
		send_raw(ends[0], "call", 4, ends, 1);
		expect_refusal(ends[1], -EBADMSG);
		send_raw(ends[0], "", 0, NULL, 0);
		expect_refusal(ends[1], -EBADMSG);
	}
	assert_int_equal(descriptors_open(), before);
}

static void peeking_refuses_as_well(void **state)
{
	const int *ends = *state;
	char bytes[MESSAGE_SIZE];
	int before = descriptors_open();
	int descriptor = -7;

	send_raw(ends[0], "call", 4, ends, 2);
	for (int i = 0; i < ROUNDS; i++) {
		assert_int_equal(handover_peek(ends[1], bytes, sizeof(bytes), &descriptor), -EBADMSG);
	}
	assert_int_equal(descriptor, -7);
	expect_refusal(ends[1], -EBADMSG);
	assert_int_equal(descriptors_open(), before);
}

static void out_of_descriptors(void **state)
{
	const int *ends = *state;
	struct rlimit limit;
	struct rlimit none;
	int next = dup(ends[0]);

	assert_true(next >= 0);
	(void)close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = (rlim_t)next;
	send_raw(ends[0], "call", 4, ends, 1);
	send_raw(ends[0], "call", 4, ends, 2);
	send_raw(ends[0], "call", 4, NULL, 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	expect_refusal(ends[1], -EMFILE);
	expect_refusal(ends[1], -EMFILE);
	char bytes[MESSAGE_SIZE];
	int descriptor = -7;
	assert_int_equal(handover_receive(ends[1], bytes, sizeof(bytes), &descriptor), 4);
	assert_int_equal(descriptor, -1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(pair_is_close_on_exec, make_pair, free_pair),
		cmocka_unit_test_setup_teardown(bytes_alone, make_pair, free_pair),
		cmocka_unit_test_setup_teardown(with_descriptor, make_pair, free_pair),
		cmocka_unit_test_setup_teardown(peek_leaves_the_message, make_pair, free_pair),
		cmocka_unit_test_setup_teardown(nothing_there_and_the_end, make_pair, free_pair),
		cmocka_unit_test_setup_teardown(sending_never_waits, make_pair, free_pair),
		cmocka_unit_test_setup_teardown(nothing_is_not_sent, make_pair, free_pair),
		cmocka_unit_test_setup_teardown(bad_arguments, make_pair, free_pair),
		cmocka_unit_test_setup_teardown(several_descriptors, make_pair, free_pair),
		cmocka_unit_test_setup_teardown(too_long, make_pair, free_pair),
		cmocka_unit_test_setup_teardown(descriptor_without_message, make_pair, free_pair),
		cmocka_unit_test_setup_teardown(empty_message_is_the_end, make_pair, free_pair),
		cmocka_unit_test_setup_teardown(credentials, make_pair, free_pair),
		cmocka_unit_test_setup_teardown(peeking_refuses_as_well, make_pair, free_pair),
		cmocka_unit_test_setup_teardown(out_of_descriptors, make_pair, free_pair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
