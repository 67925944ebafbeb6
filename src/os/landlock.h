/* landlock.h - Landlock by system call, up to ABI 6.  Private to os/sandbox*.c.
 *
 * The kernel's own header is not used: that of Debian 12 stops at ABI 2, and what a program can
 * give up must not depend on the machine that compiled it. */
#pragma once

#include <stdint.h>

/* Rights to files (ABI 1 and, where said, later). */
enum {
	LANDLOCK_FILE_EXECUTE = 1 << 0,
	LANDLOCK_FILE_WRITE = 1 << 1,
	LANDLOCK_FILE_READ = 1 << 2,
	LANDLOCK_FOLDER_READ = 1 << 3,
	LANDLOCK_FILE_TRUNCATE = 1 << 14,  /* ABI 3 */
	LANDLOCK_DEVICE_CONTROL = 1 << 15, /* ABI 5 */
};

enum { LANDLOCK_TCP_BIND = 1 << 0, LANDLOCK_TCP_CONNECT = 1 << 1 };	/* ABI 4 */
enum { LANDLOCK_ABSTRACT_SOCKETS = 1 << 0, LANDLOCK_SIGNALS = 1 << 1 }; /* ABI 6 */

enum { LANDLOCK_ABI_NETWORK = 4, LANDLOCK_ABI_SCOPES = 6 };

/* What is forbidden unless a rule allows it: the kernel's struct landlock_ruleset_attr. */
struct landlock_handled {
	uint64_t files;
	uint64_t network;
	uint64_t scopes; /* no rule can allow these */
};

/* What this kernel speaks; 0 when it has no Landlock, or not for us. */
int landlock_abi(void);

/* Every right to files that the ABI knows. */
uint64_t landlock_files_all(int abi);

/* A rule set without rules.  What the ABI does not know is left out.  Descriptor or -errno. */
int landlock_create(int abi, struct landlock_handled handled);

/* Allows these rights beneath a path, as far as they make sense there.  0 or -errno. */
int landlock_allow(int rule_set, const char *path, uint64_t rights);

/* Allows TCP bind or connect (LANDLOCK_TCP_...) with this port; ABI_NETWORK.  0 or -errno. */
int landlock_allow_port(int rule_set, uint16_t port, uint64_t rights);

/* landlock_restrict_self: one raw system call.  Needs no_new_privs.  0 or -errno. */
int landlock_enter(int rule_set);
