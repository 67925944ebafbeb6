/* connection.h - connections that the library opens: to a host, to a path, and to where ">" points.
 *
 * All return a connected descriptor, non-blocking and close-on-exec, or a negative errno:
 * -ETIMEDOUT, or what connect(2) says. */
#pragma once

#include <stdint.h>

/* Tries the addresses of the host in turn.  -ENOENT: there is no such host; -EAGAIN: that cannot be
 * told now.  Asking for the addresses is not bounded by the deadline. */
int connection_open_host(const char *host, uint16_t port, uint64_t deadline_ns);

/* `type` is SOCK_STREAM or SOCK_SEQPACKET.  -ENAMETOOLONG: the path does not fit an address. */
int connection_open_path(const char *path, int type, uint64_t deadline_ns);

/* To another port of the address that `connection` goes to, from the address it comes from, because
 * that port may exist for this address only; from a unix socket, to this port on loopback. */
int connection_open_beside(int connection, uint16_t port, uint64_t deadline_ns);
