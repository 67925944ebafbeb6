/* test_control.c - messages between processes of berth: what the one check lets through, and their way
 * over a channel. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/handover.h"
#include "rendezvous/channel.h"

enum { ROUNDS = 200 };

#define ALL_KINDS UINT64_MAX

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

static struct control_message sample(void)
{
	return (struct control_message){
		.magic = CONTROL_MAGIC,
		.kind = CONTROL_DRAIN,
		.index = 7,
		.result = -5,
		.number = UINT64_MAX,
		.source_key = 11,
		.name = { "git-2" },
	};
}

/* The bytes lie where no struct may lie. */
static int check(const struct control_message *message, size_t size, uint64_t kinds,
		 struct control_message *ret_message)
{
	uint8_t bytes[sizeof(*message) + 2] = { 0 };

	memcpy(bytes + 1, message, sizeof(*message));
	return control_message_check(bytes + 1, size, kinds, ret_message);
}

static void accept_message(const struct control_message *message, uint64_t kinds)
{
	struct control_message result;

	assert_int_equal(check(message, sizeof(*message), kinds, &result), 0);
	assert_memory_equal(&result, message, sizeof(result));
}

static void refuse_message(const struct control_message *message, size_t size, uint64_t kinds)
{
	struct control_message result;
	struct control_message untouched;

	memset(&result, 0xa5, sizeof(result));
	untouched = result;
	assert_int_equal(check(message, size, kinds, &result), -EBADMSG);
	assert_memory_equal(&result, &untouched, sizeof(result));
}

static void every_kind_by_its_bit(void **state)
{
	struct control_message message = sample();

	(void)state;
	for (unsigned kind = 0; kind < CONTROL_KINDS; kind++) {
		message.kind = (uint16_t)kind;
		accept_message(&message, CONTROL_BIT(kind));
		accept_message(&message, ALL_KINDS);
		refuse_message(&message, sizeof(message), ~CONTROL_BIT(kind));
		refuse_message(&message, sizeof(message), 0);
	}
}

static void no_other_kind(void **state)
{
	struct control_message message = sample();

	(void)state;
	for (unsigned kind = CONTROL_KINDS; kind <= UINT16_MAX; kind++) {
		message.kind = (uint16_t)kind;
		refuse_message(&message, sizeof(message), ALL_KINDS);
	}
}

static void wrong_sizes(void **state)
{
	struct control_message message = sample();

	(void)state;
	for (size_t size = 0; size <= sizeof(message) + 1; size++) {
		if (size != sizeof(message)) {
			refuse_message(&message, size, ALL_KINDS);
		}
	}
}

static void wrong_values(void **state)
{
	struct control_message message = sample();

	(void)state;
	message.magic++;
	refuse_message(&message, sizeof(message), ALL_KINDS);
	message = sample();
	message.padding = 1;
	refuse_message(&message, sizeof(message), ALL_KINDS);
}

/* A name that compares as 16 octets must have one form only. */
static void names(void **state)
{
	static const struct name good[] = { { "" }, { "a" }, { "git" }, { "a23456789012345" }, { "0a" }, { "a-b" } };
	static const struct name bad[] = {
		{ "Git" },
		{ "-a" },
		{ "a-" },
		{ "a--b" },
		{ "12" },
		{ "a b" },
		{ "a_b" },
		{ "a\nb" },
		{ "\xe4" },
		{ "a\0b" },
		{ "\0a" },
		{ "a\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		  "b" },
		{ { 'a', '2', '3', '4', '5', '6', '7', '8', '9', '0', '1', '2', '3', '4', '5', '6' } },
	};
	struct control_message message = sample();

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		message.name = good[i];
		accept_message(&message, ALL_KINDS);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		message.name = bad[i];
		refuse_message(&message, sizeof(message), ALL_KINDS);
	}
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

static void refuse_received(int channel, uint64_t kinds, int expected)
{
	struct control_message message;
	int descriptor = -7;

	assert_int_equal(channel_receive(channel, kinds, &message, &descriptor), expected);
	assert_int_equal(descriptor, -7);
}

static void there_and_back(void **state)
{
	const int *ends = *state;
	const struct control_message sent = sample();
	struct control_message careless = sent;
	struct control_message received;
	int descriptor = -7;

	careless.magic = 0; /* the channel sets these */
	careless.padding = 5;
	refuse_received(ends[1], ALL_KINDS, -EAGAIN);
	assert_int_equal(channel_send(ends[0], careless, -1), 0);
	assert_int_equal(channel_receive(ends[1], ALL_KINDS, &received, &descriptor), 0);
	assert_memory_equal(&received, &sent, sizeof(sent));
	assert_int_equal(descriptor, -1);
	assert_int_equal(channel_offer(ends[1], careless, ends[1]), 0);
	assert_int_equal(channel_receive(ends[0], CONTROL_BIT(CONTROL_DRAIN), &received, &descriptor), 0);
	assert_memory_equal(&received, &sent, sizeof(sent));
	assert_true(descriptor >= 0);
	assert_true((fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
	assert_int_equal(close(descriptor), 0);
}

static void what_is_refused_leaves_nothing(void **state)
{
	const int *ends = *state;
	struct control_message bad_name = sample();
	int before = descriptors_open();

	bad_name.name.text[0] = 'G';
	for (int i = 0; i < ROUNDS; i++) {
		assert_int_equal(channel_send(ends[0], sample(), ends[0]), 0);
		refuse_received(ends[1], ~CONTROL_BIT(CONTROL_DRAIN), -EBADMSG);
		assert_int_equal(channel_send(ends[0], bad_name, ends[0]), 0);
		refuse_received(ends[1], ALL_KINDS, -EBADMSG);
		assert_int_equal(handover_send(ends[0], "short", 5, ends[0]), 0);
		refuse_received(ends[1], ALL_KINDS, -EBADMSG);
	}
	assert_int_equal(descriptors_open(), before);
}

static void the_other_end_is_gone(void **state)
{
	int *ends = *state;

	assert_int_equal(channel_send(ends[0], sample(), -1), 0);
	(void)close(ends[1]); /* with a message that it never read */
	ends[1] = dup(ends[0]);
	refuse_received(ends[0], ALL_KINDS, -EPIPE);
	refuse_received(ends[0], ALL_KINDS, -EPIPE);
	assert_int_equal(channel_send(ends[0], sample(), -1), -EPIPE);
	assert_int_equal(channel_offer(ends[0], sample(), -1), -EPIPE);
}

static uint32_t fill(int channel)
{
	struct control_message message = sample();
	int r = 0;

	for (message.index = 0; r == 0; message.index++) {
		r = channel_offer(channel, message, -1);
	}
	assert_int_equal(r, -EAGAIN);
	return message.index - 1;
}

static void read_slowly(int channel, uint32_t count)
{
	struct control_message message;
	int descriptor;

	(void)usleep(20000);
	for (uint32_t i = 0; i < count; i++) {
		if (channel_receive(channel, ALL_KINDS, &message, &descriptor) < 0 || message.index != i) {
			_exit(1);
		}
	}
	_exit(0);
}

/* A slow reader is waited for; offering does not wait. */
static void waiting_for_room(void **state)
{
	const int *ends = *state;
	struct control_message message = sample();
	uint32_t count = fill(ends[0]);
	struct control_message last;
	int descriptor;
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		read_slowly(ends[1], count);
	}
	message.index = count;
	assert_int_equal(channel_send(ends[0], message, -1), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(channel_receive(ends[1], ALL_KINDS, &last, &descriptor), 0);
	assert_int_equal(last.index, count);
}

#define WITH_PAIR(test) cmocka_unit_test_setup_teardown(test, make_pair, free_pair)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_by_its_bit),
		cmocka_unit_test(no_other_kind),
		cmocka_unit_test(wrong_sizes),
		cmocka_unit_test(wrong_values),
		cmocka_unit_test(names),
		WITH_PAIR(there_and_back),
		WITH_PAIR(what_is_refused_leaves_nothing),
		WITH_PAIR(the_other_end_is_gone),
		WITH_PAIR(waiting_for_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
