/* fuzz_call.c - any message of a call queue: what is taken for a call is safe to use as one.
 *
 * The first 8 octets are the time at which it is taken, the rest is the message. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "os/clock.h"
#include "wire/call.h"

#define REQUIRE(condition)          \
	do {                        \
		if (!(condition)) { \
			abort();    \
		}                   \
	} while (0)

static void check_call(const struct call_message *message, uint64_t now_ns)
{
	uint64_t waited_ms = call_waited_ms(message, now_ns);

	REQUIRE(message->magic == CALL_MAGIC && message->dialect <= CALL_DIALECT_DETECT);
	REQUIRE(strlen(message->function) <= FUNCTION_NAME_MAX && strlen(message->key) <= KEY_MAX);
	REQUIRE(waited_ms <= now_ns / NS_PER_MS);
	REQUIRE(now_ns > message->accepted_ns || waited_ms == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct call_message message;
	uint64_t now_ns;

	if (size < sizeof(now_ns)) {
		return 0;
	}
	memcpy(&now_ns, data, sizeof(now_ns));
	data += sizeof(now_ns);
	size -= sizeof(now_ns);
	int r = call_message_check(data, size, &message);
	REQUIRE(r == 0 || r == -EBADMSG);
	if (r == 0) {
		REQUIRE(size == sizeof(message) && memcmp(&message, data, size) == 0);
		check_call(&message, now_ns);
	}
	return 0;
}
