/* channel.c - control messages between processes of berth.  Called by all of them; knows nothing of what they
 * mean. */
#include "rendezvous/channel.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "os/handover.h"

enum { SEND_PATIENCE_MS = 1000 };

int channel_offer(int channel, struct control_message message, int descriptor)
{
	message.magic = CONTROL_MAGIC;
	message.padding = 0;
	return handover_send(channel, &message, sizeof(message), descriptor);
}

int channel_send(int channel, struct control_message message, int descriptor)
{
	struct pollfd room = { .fd = channel, .events = POLLOUT };
	int r = channel_offer(channel, message, descriptor);

	while (r == -EAGAIN && poll(&room, 1, SEND_PATIENCE_MS) > 0) {
		r = channel_offer(channel, message, descriptor);
	}
	return r;
}

int channel_receive(int channel, uint64_t kinds, struct control_message *ret_message, int *ret_descriptor)
{
	uint8_t bytes[sizeof(struct control_message)];
	int descriptor = -1;
	int r = handover_receive(channel, bytes, sizeof(bytes), &descriptor);

	if (r <= 0) {
		return r == 0 || r == -ECONNRESET ? -EPIPE : r;
	}
	r = control_message_check(bytes, (size_t)r, kinds, ret_message);
	if (r < 0) {
		if (descriptor >= 0) {
			close(descriptor);
		}
		return r;
	}
	*ret_descriptor = descriptor;
	return 0;
}
