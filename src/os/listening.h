/* listening.h - what the kernel knows about sockets that wait for callers, asked through sock_diag(7).
 *
 * Called by launchers for functions behind ports of their own, and by `berth check --listening`.  Needs no
 * privilege. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/address.h"

struct listening;

/* A netlink socket to ask with.  0 or -errno. */
int listening_create(struct listening **ret_listening);
struct listening *listening_destroy(struct listening *listening);

/* Which user's socket would get a connection to address:port (an exact look-up; sockets on :: and 0.0.0.0
 * count).  0 with *ret_user, -ENOENT when nothing listens there, or -errno. */
int listening_owner(struct listening *listening, const struct address *address, uint16_t port, uid_t *ret_user);

/* Sets ret_connected[port - first] for every local TCP port of first..last that has a connection which is neither
 * listening nor closed (TIME_WAIT does not count): one dump for all.  The caller clears the array.  0 or -errno. */
int listening_connected(struct listening *listening, uint16_t first, uint16_t last, bool *ret_connected);

struct listening_socket {
	struct address address; /* :: and 0.0.0.0: all */
	uint16_t port;
	int protocol; /* IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP, IPPROTO_DCCP */
	uid_t user;
	uint32_t inode;
};

/* Each socket of this protocol that listens; of UDP: that is bound and not connected.  `each` returns 0 to go on.  A
 * protocol that this kernel has not loaded has none.  0, what `each` returned, or -errno. */
int listening_each(struct listening *listening, int protocol,
		   int (*each)(const struct listening_socket *socket, void *context), void *context);
