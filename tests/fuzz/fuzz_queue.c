/* fuzz_queue.c - a hostile peer at the other end of a call queue and of a channel: whatever it writes, with up to three
 * descriptors, no descriptor stays behind and reading comes to an end.
 *
 * The input is a script.  Each step is an octet that says what to do, one that says how long the message is, and the
 * message; where the script wants it, the message begins as a good one does, so that the checks behind the first are
 * reached. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/handover.h"
#include "rendezvous/channel.h"
#include "rendezvous/queue.h"

enum {
	STEPS_MAX = 64,
	QUEUE_CALLS = 8,
	DESCRIPTORS_MAX = 3,
	STEP_DESCRIPTORS = 3, /* bits of the first octet: how many descriptors go with it */
	STEP_TO_CHANNEL = 1 << 2,
	STEP_WELL_BEGUN = 1 << 3,
	STEP_WHOLE = 1 << 4, /* of the right size, whatever the second octet says */
	STEP_READS = 1 << 5,
	STEP_LOOKS = 1 << 6, /* for a call that waited too long */
};

#define REQUIRE(condition)          \
	do {                        \
		if (!(condition)) { \
			abort();    \
		}                   \
	} while (0)

struct ends {
	struct queue_ends queue;
	int channel[2];
};

/* The lowest free number grows when something is left open below it. */
static int lowest_free(void)
{
	int descriptor = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

	REQUIRE(descriptor >= 0);
	(void)close(descriptor);
	return descriptor;
}

static void send_raw(int to, const uint8_t *bytes, size_t size, size_t count)
{
	const int descriptors[DESCRIPTORS_MAX] = { to, to, to };
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
	(void)sendmsg(to, &message, MSG_DONTWAIT | MSG_NOSIGNAL); /* which may be full */
}

/* Puts the octets of the script behind a good beginning, or alone.  Returns how many are to be sent. */
static size_t make_message(uint8_t what, const uint8_t *octets, size_t size, uint8_t *bytes)
{
	const struct call_message call = { .magic = CALL_MAGIC, .dialect = CALL_DIALECT_LINE, .function = "git" };
	const struct control_message control = { .magic = CONTROL_MAGIC, .kind = CONTROL_LEASE };
	bool to_channel = (what & STEP_TO_CHANNEL) != 0;
	size_t whole = to_channel ? sizeof(control) : sizeof(call);
	size_t begun = 0;

	memset(bytes, 0, 512);
	if ((what & STEP_WELL_BEGUN) != 0) {
		memcpy(bytes, to_channel ? (const void *)&control : (const void *)&call, whole);
		begun = to_channel ? offsetof(struct control_message, index) : offsetof(struct call_message, flags);
	}
	memcpy(bytes + begun, octets, size);
	return (what & STEP_WHOLE) != 0 ? whole : begun + size;
}

static int read_queue(const struct ends *ends, bool looks)
{
	struct call_message call;
	int connection = -7;
	int r = looks ? queue_take_expired(&ends->queue, UINT64_MAX, &call, &connection)
		      : queue_take(ends->queue.receiving, &call, &connection);

	REQUIRE(r == 0 || r == -EAGAIN || r == -EBADMSG || r == -EPIPE);
	REQUIRE((connection >= 0) == (r == 0));
	if (r == 0) {
		REQUIRE(call.magic == CALL_MAGIC && strlen(call.function) <= FUNCTION_NAME_MAX);
		(void)close(connection);
	}
	return r;
}

static int read_channel(const struct ends *ends)
{
	struct control_message message;
	int descriptor = -7;
	int r = channel_receive(ends->channel[1], CONTROL_BIT(CONTROL_LEASE), &message, &descriptor);

	REQUIRE(r == 0 || r == -EAGAIN || r == -EBADMSG || r == -EPIPE);
	REQUIRE((descriptor != -7) == (r == 0));
	if (r == 0) {
		REQUIRE(message.kind == CONTROL_LEASE);
		if (descriptor >= 0) {
			(void)close(descriptor);
		}
	}
	return r;
}

static void play(const struct ends *ends, const uint8_t *data, size_t size, int *ret_sent)
{
	uint8_t bytes[512];
	int sent = 0;

	for (; size >= 2 && sent < STEPS_MAX; sent++) {
		uint8_t what = data[0];
		size_t length = data[1] <= size - 2 ? data[1] : size - 2;
		size_t used = make_message(what, data + 2, length, bytes);
		send_raw((what & STEP_TO_CHANNEL) != 0 ? ends->channel[0] : ends->queue.sending, bytes, used,
			 what & STEP_DESCRIPTORS);
		data += 2 + length;
		size -= 2 + length;
		if ((what & STEP_READS) != 0) {
			(void)read_channel(ends);
			(void)read_queue(ends, (what & STEP_LOOKS) != 0);
		}
	}
	*ret_sent = sent;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ends ends;
	uint32_t calls_max;
	int sent;
	int reads = 0;

	REQUIRE(queue_create(QUEUE_CALLS, &ends.queue, &calls_max) == 0 && handover_pair(ends.channel) == 0);
	int before = lowest_free();
	play(&ends, data, size, &sent);
	while (read_queue(&ends, false) != -EAGAIN) {
		REQUIRE(reads++ < sent);
	}
	for (reads = 0; read_channel(&ends) != -EAGAIN; reads++) {
		REQUIRE(reads < sent);
	}
	REQUIRE(lowest_free() == before);
	(void)close(ends.channel[0]);
	(void)close(ends.channel[1]);
	queue_close(&ends.queue);
	return 0;
}
