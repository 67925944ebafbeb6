/* handover.h - messages over SOCK_SEQPACKET with at most one descriptor each.
 *
 * The one place that sends and receives descriptors.  Whatever else arrives (two descriptors, cut data,
 * credentials) is closed and reported as -EBADMSG, so that nothing can be smuggled in or leak. */
#pragma once

#include <stddef.h>

/* Two connected SOCK_SEQPACKET sockets, close-on-exec, blocking.  0 or -errno. */
int handover_pair(int ret_ends[2]);

/* Sends `size` octets and, unless it is -1, the descriptor; never waits, never raises SIGPIPE.
 * The descriptor stays the caller's.  0, -EAGAIN (full), -ETOOMANYREFS, -EPIPE, or another errno. */
int handover_send(int channel, const void *bytes, size_t size, int descriptor);

/* Receives one message, without waiting.  Returns its size (at most `size`), 0 at the end of the channel,
 * -EAGAIN, -EBADMSG (longer than `size` or not one descriptor), or another errno.
 * *ret_descriptor is -1 or a descriptor that is now the caller's, close-on-exec. */
int handover_receive(int channel, void *bytes, size_t size, int *ret_descriptor);

/* The same, leaving the message where it is; the descriptor is a duplicate. */
int handover_peek(int channel, void *bytes, size_t size, int *ret_descriptor);
