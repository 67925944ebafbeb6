/* handover.c - messages over SOCK_SEQPACKET with at most one descriptor each.
 *
 * Called by everybody who sends or takes calls, and by the processes of berth to talk to each
 * other; once or twice for each call, so nothing is allocated.  Never waits, and never keeps a
 * descriptor of a message that it refuses: the control buffer has room for one descriptor, the
 * kernel closes what does not fit, and what did fit is closed here. */
#include "os/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The union aligns the octets as the kernel's header needs it. */
union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

/* Not CMSG_SPACE: its padding would have room for a second descriptor. */
enum { CONTROL_SIZE = CMSG_LEN(sizeof(int)) };

int handover_pair(int ret_ends[2])
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
		return -errno;
	}
	ret_ends[0] = ends[0];
	ret_ends[1] = ends[1];
	return 0;
}

int handover_send(int channel, const void *bytes, size_t size, int descriptor)
{
	struct iovec data = { .iov_base = (void *)(uintptr_t)bytes, .iov_len = size };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };
	union control control;

	if (size == 0) {
		/* The receiver could not tell it from the end of the channel. */
		return -EINVAL;
	}
	if (descriptor >= 0) {
		control.header = (struct cmsghdr){
			.cmsg_len = CONTROL_SIZE,
			.cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS,
		};
		memcpy(CMSG_DATA(&control.header), &descriptor, sizeof(descriptor));
		message.msg_control = &control;
		message.msg_controllen = CONTROL_SIZE;
	}
	return sendmsg(channel, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* The one descriptor that came, or -1. */
static int descriptor_of(const struct msghdr *message)
{
	const struct cmsghdr *header = CMSG_FIRSTHDR(message);
	int descriptor;

	if (header == NULL || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
	    header->cmsg_len != CONTROL_SIZE) {
		return -1;
	}
	memcpy(&descriptor, CMSG_DATA(header), sizeof(descriptor));
	return descriptor;
}

/* Why a message is refused of which the kernel kept something back.  A process that has no free
 * number sees the same sign as one that is sent two descriptors, but then not even one comes. */
static int reason_of_cut(int channel, const struct msghdr *message)
{
	if (message->msg_controllen > 0) {
		return -EBADMSG;
	}
	int probe = fcntl(channel, F_DUPFD_CLOEXEC, 0);
	if (probe < 0) {
		return -errno;
	}
	(void)close(probe);
	return -EBADMSG;
}

static int receive(int channel, void *bytes, size_t size, int flags, int *ret_descriptor)
{
	union control control;
	struct iovec data = { .iov_base = bytes, .iov_len = size };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CONTROL_SIZE,
	};
	ssize_t received = recvmsg(channel, &message, flags | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (received < 0) {
		return -errno;
	}
	int descriptor = descriptor_of(&message);
	int r = (int)received;
	if ((message.msg_flags & MSG_CTRUNC) != 0) {
		r = reason_of_cut(channel, &message);
	} else if ((message.msg_flags & MSG_TRUNC) != 0 ||
		   (message.msg_controllen > 0 && (descriptor < 0 || received == 0))) {
		/* Too long, not a descriptor, or a descriptor without a message. */
		r = -EBADMSG;
	}
	if (r < 0) {
		if (descriptor >= 0) {
			(void)close(descriptor);
		}
		return r;
	}
	*ret_descriptor = descriptor;
	return r;
}

int handover_receive(int channel, void *bytes, size_t size, int *ret_descriptor)
{
	return receive(channel, bytes, size, 0, ret_descriptor);
}

int handover_peek(int channel, void *bytes, size_t size, int *ret_descriptor)
{
	return receive(channel, bytes, size, MSG_PEEK, ret_descriptor);
}
