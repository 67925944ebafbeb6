/* channel.h - control messages over a SOCK_SEQPACKET socket, sent and received whole. */
#pragma once

#include <stdint.h>

#include "wire/control.h"

/* Sends a message (its magic is set here) and, unless -1, a descriptor, which stays the caller's.
 * Waits up to a second for room.  0 or -errno. */
int channel_send(int channel, struct control_message message, int descriptor);

/* The same without waiting: -EAGAIN when there is no room. */
int channel_offer(int channel, struct control_message message, int descriptor);

/* Takes one message of the kinds allowed.  0; -EAGAIN: nothing there; -EPIPE: the other end is gone; -EBADMSG:
 * it must go. *ret_descriptor is -1 or the caller's. */
int channel_receive(int channel, uint64_t kinds, struct control_message *ret_message, int *ret_descriptor);
