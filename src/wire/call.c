/* call.c - the check every message of a call queue goes through, and how old a call is.
 *
 * Called by whoever takes calls out of a queue: launchers, and workers through libberth.  Pure: the
 * clock and the descriptor are the caller's business. */
#include "wire/call.h"

#include <errno.h>
#include <string.h>

#include "os/clock.h"

uint64_t call_waited_ms(const struct call_message *message, uint64_t now_ns)
{
	uint64_t age_ms = 0;

	if (now_ns > message->accepted_ns) {
		age_ms = (now_ns - message->accepted_ns) / NS_PER_MS;
	}
	return age_ms > message->first_message_ms ? age_ms - message->first_message_ms : 0;
}

int call_message_check(const void *bytes, size_t size, struct call_message *ret_message)
{
	struct call_message message;

	if (size != sizeof(message)) {
		return -EBADMSG;
	}
	memcpy(&message, bytes, sizeof(message));
	if (message.magic != CALL_MAGIC || message.dialect > CALL_DIALECT_DETECT ||
	    memchr(message.function, '\0', sizeof(message.function)) == NULL ||
	    memchr(message.key, '\0', sizeof(message.key)) == NULL) {
		return -EBADMSG;
	}
	*ret_message = message;
	return 0;
}
