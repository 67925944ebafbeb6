/* sandbox.h - what a process of berth gives up for good: files, new sockets, system calls.
 *
 * Called once by each role when it has all it needs, and by launchers to prepare what a function's
 * process gives up between clone and exec. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/filter.h>

enum sandbox_role { SANDBOX_ACCEPTOR, SANDBOX_PORT_BROKER, SANDBOX_RELAY, SANDBOX_DESCRIBER };

/* What could not be applied, for the log: bits of sandbox_parts. */
enum sandbox_parts { SANDBOX_NO_LANDLOCK = 1, SANDBOX_NO_LANDLOCK_NETWORK = 2 };

/* Landlock with no file, no TCP bind or connect (the port broker may bind), where the kernel has it; then
 * a seccomp allow-list whose violation kills the process (BERTH_SECCOMP=trap raises SIGSYS instead, for
 * debugging).  0 with *ret_missing, or -errno when seccomp cannot be applied. */
int sandbox_enter(enum sandbox_role role, unsigned *ret_missing);

/* Where a relay may connect to. */
struct sandbox_reach {
	bool ipv4;
	bool ipv6;
	bool paths;    /* unix sockets */
	uint16_t port; /* of ipv4 and ipv6 */
};

/* The same for SANDBOX_RELAY, which may also make sockets of these families, connect them (with TCP, to this port),
 * and move octets through pipes. */
int sandbox_enter_relay(const struct sandbox_reach *reach, unsigned *ret_missing);

/* A Landlock rule set that leaves only `read_only` and `read_write` paths, as a descriptor for
 * sandbox_files_enter; -EOPNOTSUPP without Landlock, -ENOENT when a path does not exist. */
int sandbox_files_create(char *const *read_only, size_t read_only_count, char *const *read_write,
			 size_t read_write_count);

/* landlock_restrict_self: one raw system call, for the time between clone and exec.  0 or -errno. */
int sandbox_files_enter(int rule_set);

/* The seccomp program of `no-network = yes`: only unix sockets can be made.  Static, never freed. */
const struct sock_fprog *sandbox_no_network(void);

/* Installs it: one raw system call, for the time between clone and exec.  0 or -errno. */
int sandbox_program_enter(const struct sock_fprog *program);
