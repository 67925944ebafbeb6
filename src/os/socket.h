/* socket.h - sockets as berth uses them: listening ones made from text, connections asked who they are. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/address.h"

/* Listens on "1.2.3.4:1", "[::]:1" or "unix:/path": SO_REUSEADDR, IPV6_V6ONLY for IPv6, close-on-exec,
 * non-blocking.  A unix socket left by a dead process is replaced, one that answers is -EADDRINUSE.
 * Returns the descriptor or -errno (-EINVAL: not such a text). */
int socket_listen(const char *text, int backlog, bool defer_accept, uint32_t mode);

/* True when an inherited descriptor is a listening stream socket on this address. */
bool socket_is_listening_on(int descriptor, const char *text);

/* Who is at the ends of a connection, in the canonical form.  -EAFNOSUPPORT for unix sockets. */
int socket_peer(int connection, struct address *ret_address, uint16_t *ret_port);
int socket_local(int connection, struct address *ret_address, uint16_t *ret_port);

/* The user at the other end of a unix socket.  0 or -errno. */
int socket_peer_user(int connection, uid_t *ret_user);

/* True when the connection is dead in both directions (reset or closed), not merely half-closed. */
bool socket_is_dead(int connection);

/* A listening TCP socket on exactly this address and port (0.0.0.0 and :: mean every address; :: then takes
 * IPv4 as well).  Not yet listening: call listen(2) after a filter is on it.  Descriptor or -errno. */
int socket_bind(const struct address *address, uint16_t port);
