/* test_call.c - messages of a call queue: what is taken for a call, and how long it has waited. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "os/clock.h"
#include "wire/call.h"

static struct call_message sample(void)
{
	return (struct call_message){
		.magic = CALL_MAGIC,
		.dialect = CALL_DIALECT_LINE,
		.flags = CALL_GREET | CALL_KEY,
		.function_id = 7,
		.accepted_ns = 1000 * (uint64_t)NS_PER_MS,
		.source_key = 11,
		.queue_timeout_ms = 5000,
		.function = "git",
		.key = "main",
	};
}

/* The bytes lie where no struct may lie, as they may in a buffer. */
static int check(const struct call_message *message, size_t size, struct call_message *ret_message)
{
	uint8_t bytes[sizeof(*message) + 2] = { 0 };

	memcpy(bytes + 1, message, sizeof(*message));
	return call_message_check(bytes + 1, size, ret_message);
}

static void expect_refusal(const struct call_message *message, size_t size)
{
	struct call_message result;
	struct call_message untouched;

	memset(&result, 0xa5, sizeof(result));
	untouched = result;
	assert_int_equal(check(message, size, &result), -EBADMSG);
	assert_memory_equal(&result, &untouched, sizeof(result));
}

static void whole_message(void **state)
{
	struct call_message message = sample();
	struct call_message result;

	(void)state;
	assert_int_equal(check(&message, sizeof(message), &result), 0);
	assert_memory_equal(&result, &message, sizeof(message));
	message.dialect = CALL_DIALECT_NONE;
	message.flags = 0;
	memset(message.key, 0, sizeof(message.key));
	assert_int_equal(check(&message, sizeof(message), &result), 0);
}

static void longest_texts(void **state)
{
	struct call_message message = sample();
	struct call_message result;

	(void)state;
	memset(message.function, 'f', FUNCTION_NAME_MAX);
	memset(message.key, 'k', KEY_MAX);
	assert_int_equal(check(&message, sizeof(message), &result), 0);
	assert_int_equal(strlen(result.function), FUNCTION_NAME_MAX);
	assert_int_equal(strlen(result.key), KEY_MAX);
}

static void wrong_sizes(void **state)
{
	struct call_message message = sample();

	(void)state;
	for (size_t size = 0; size <= sizeof(message) + 1; size++) {
		if (size != sizeof(message)) {
			expect_refusal(&message, size);
		}
	}
}

static void wrong_values(void **state)
{
	struct call_message message = sample();

	(void)state;
	message.magic++;
	expect_refusal(&message, sizeof(message));
	message = sample();
	message.dialect = CALL_DIALECT_DETECT + 1;
	expect_refusal(&message, sizeof(message));
	message.dialect = UINT16_MAX;
	expect_refusal(&message, sizeof(message));
	message = sample();
	memset(message.function, 'f', sizeof(message.function));
	expect_refusal(&message, sizeof(message));
	message = sample();
	memset(message.key, 'k', sizeof(message.key));
	expect_refusal(&message, sizeof(message));
}

/* Workers in other languages rely on these places. */
static void layout(void **state)
{
	(void)state;
	assert_int_equal(offsetof(struct call_message, dialect), 4);
	assert_int_equal(offsetof(struct call_message, flags), 6);
	assert_int_equal(offsetof(struct call_message, function_id), 8);
	assert_int_equal(offsetof(struct call_message, accepted_ns), 16);
	assert_int_equal(offsetof(struct call_message, source_key), 24);
	assert_int_equal(offsetof(struct call_message, queue_timeout_ms), 32);
	assert_int_equal(offsetof(struct call_message, first_message_ms), 36);
	assert_int_equal(offsetof(struct call_message, function), 40);
	assert_int_equal(offsetof(struct call_message, key), 56);
	assert_int_equal(offsetof(struct call_message, told), 89);
	assert_int_equal(offsetof(struct call_message, told_port), 106);
	assert_int_equal(sizeof(struct call_message), 112);
}

static void waiting(void **state)
{
	struct call_message message = sample();
	uint64_t accepted_ns = message.accepted_ns;

	(void)state;
	assert_int_equal(call_waited_ms(&message, accepted_ns), 0);
	assert_int_equal(call_waited_ms(&message, accepted_ns + NS_PER_MS - 1), 0);
	assert_int_equal(call_waited_ms(&message, accepted_ns + NS_PER_MS), 1);
	assert_int_equal(call_waited_ms(&message, accepted_ns + 3000 * (uint64_t)NS_PER_MS), 3000);
	assert_int_equal(call_waited_ms(&message, accepted_ns - 1), 0);
	assert_int_equal(call_waited_ms(&message, 0), 0);
	message.accepted_ns = 0;
	assert_int_equal(call_waited_ms(&message, UINT64_MAX), UINT64_MAX / NS_PER_MS);
}

/* A caller that is slow to say what it wants has not waited for us. */
static void first_message_is_not_waiting(void **state)
{
	struct call_message message = sample();
	uint64_t accepted_ns = message.accepted_ns;

	(void)state;
	message.first_message_ms = 400;
	assert_int_equal(call_waited_ms(&message, accepted_ns), 0);
	assert_int_equal(call_waited_ms(&message, accepted_ns + 400 * (uint64_t)NS_PER_MS), 0);
	assert_int_equal(call_waited_ms(&message, accepted_ns + 401 * (uint64_t)NS_PER_MS), 1);
	message.first_message_ms = UINT32_MAX;
	assert_int_equal(call_waited_ms(&message, accepted_ns + 5000 * (uint64_t)NS_PER_MS), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_message),
		cmocka_unit_test(longest_texts),
		cmocka_unit_test(wrong_sizes),
		cmocka_unit_test(wrong_values),
		cmocka_unit_test(layout),
		cmocka_unit_test(waiting),
		cmocka_unit_test(first_message_is_not_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
