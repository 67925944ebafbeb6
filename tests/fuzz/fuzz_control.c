/* fuzz_control.c - any message between processes of berth: what is let through is what its definition allows, and comes
 * through a channel as it was.
 *
 * The first 8 octets are the kinds that the receiver expects, the rest is the message.  The rules stand here once more,
 * by code that shares nothing with control.c and name.c. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "os/handover.h"
#include "rendezvous/channel.h"

#define REQUIRE(condition)          \
	do {                        \
		if (!(condition)) { \
			abort();    \
		}                   \
	} while (0)

/* RFC 6335 section 5.1, in lower case, and NUL from its end to the end of the field; or nothing at all. */
static bool is_name(const uint8_t *octets)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
	char text[FUNCTION_NAME_MAX + 2] = "";

	memcpy(text, octets, FUNCTION_NAME_MAX + 1);
	size_t size = strlen(text);
	for (size_t i = size; i <= FUNCTION_NAME_MAX; i++) {
		if (octets[i] != 0) {
			return false;
		}
	}
	if (size == 0) {
		return true;
	}
	return size <= FUNCTION_NAME_MAX && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == size &&
	       strpbrk(text, letters) != NULL && strstr(text, "--") == NULL && text[0] != '-' && text[size - 1] != '-';
}

static bool is_allowed(const uint8_t *octets, size_t size, uint64_t kinds)
{
	uint32_t magic;
	uint16_t kind;
	uint16_t padding;

	if (size != 48) {
		return false;
	}
	memcpy(&magic, octets, sizeof(magic));
	memcpy(&kind, octets + 4, sizeof(kind));
	memcpy(&padding, octets + 6, sizeof(padding));
	return magic == CONTROL_MAGIC && kind <= CONTROL_DONE && (kinds >> kind & 1) == 1 && padding == 0 &&
	       is_name(octets + 32);
}

static void send_around(const struct control_message *message, uint64_t kinds)
{
	static int ends[2];
	struct control_message received;
	int descriptor = -7;

	if (ends[1] == 0) {
		REQUIRE(handover_pair(ends) == 0);
	}
	REQUIRE(channel_offer(ends[0], *message, -1) == 0);
	REQUIRE(channel_receive(ends[1], kinds, &received, &descriptor) == 0);
	REQUIRE(memcmp(&received, message, sizeof(received)) == 0 && descriptor == -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct control_message message;
	struct control_message untouched;
	uint64_t expected;

	if (size < sizeof(expected)) {
		return 0;
	}
	memcpy(&expected, data, sizeof(expected));
	data += sizeof(expected);
	size -= sizeof(expected);
	const uint64_t sets[] = { UINT64_MAX, expected };
	for (size_t i = 0; i < 2; i++) {
		memset(&message, 0xa5, sizeof(message));
		untouched = message;
		int r = control_message_check(data, size, sets[i], &message);
		REQUIRE(r == (is_allowed(data, size, sets[i]) ? 0 : -EBADMSG));
		REQUIRE(memcmp(&message, r == 0 ? data : (const void *)&untouched, sizeof(message)) == 0);
		if (r == 0) {
			send_around(&message, sets[i]);
		}
	}
	return 0;
}
