/* spawn.h - processes started without fork: clone(CLONE_VM), no waiting for exec, raw system calls only.
 *
 * Called by the launcher.  A pool holds a guarded stack and an argument area for each child that has
 * not yet reached exec; the kernel itself says when one is free again (CLONE_CHILD_CLEARTID). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/filter.h>

#include "base/limits.h"

/* What does not change from one process of a function to the next; borrowed until the child has exec'd,
 * so it must live as long as the pool or until spawn_pool_idle(). */
struct spawn_program {
	const char *path;
	char *const *arguments; /* ends in NULL */
	const char *directory;
	uint64_t open_files; /* 0: not set */
	uint64_t memory;     /* 0: not set */
	uint64_t tasks;	     /* 0: not set */
	int nice;
	int file_rules;			 /* from sandbox_files_create, or -1 */
	const struct sock_fprog *filter; /* from sandbox_no_network, or NULL */
};

struct spawn_request {
	const struct spawn_program *program;
	char *const *arguments;		/* replaces the program's unless NULL ({port}); copied by nobody: see above */
	const char *const *environment; /* "NAME=value", copied into the child's area; at most ENVIRONMENT_MAX */
	size_t environment_count;
	bool listen_pid;      /* add LISTEN_PID= with the child's own pid */
	int input_output;     /* becomes 0 and 1; -1: /dev/null (spawn_pool keeps one open) */
	int error;	      /* becomes 2 */
	int third;	      /* becomes 3; -1: none */
	const char *greeting; /* copied; sent to the caller as the last act before exec; NULL: none */
	const char *apology;  /* copied; sent instead when a step before that fails; NULL: none */
	int caller;	      /* the socket for these; looked at only when there is one of them */
};

struct spawn_pool;

/* Places for `size` children between clone and exec.  0 or -errno. */
int spawn_pool_create(size_t size, struct spawn_pool **ret_pool);
struct spawn_pool *spawn_pool_destroy(struct spawn_pool *pool);

/* True when no child is between clone and exec. */
bool spawn_pool_idle(struct spawn_pool *pool);

/* Starts a process: own process group, default signals and an empty signal mask, descriptors 0 to 2 (3) and no other,
 * the program's limits and sandbox, the greeting, exec.  The caller must have all signals blocked, no handler
 * installed and none ignored (exec keeps that), stand in "/", and have no_new_privs if there is a sandbox.  A
 * limit above the caller's own is a failure.  The kernel writes the new pid into *pid_word before either side
 * goes on; the word may lie in shared memory.  Descriptors stay the caller's and may be closed at once.
 *
 * Returns 0, -EAGAIN when all places are taken (try again after the next child's exec or exit), -E2BIG, or what
 * clone says.  A child that cannot exec exits with status SPAWN_FAILED; spawn_failure() then tells. */
int spawn(struct spawn_pool *pool, const struct spawn_request *request, _Atomic int32_t *pid_word);

enum { SPAWN_FAILED = 127 };

/* Why the child with this pid never reached exec: the errno of the step that failed (positive), or 0 when
 * it did reach exec or its place has been used again. */
int spawn_failure(struct spawn_pool *pool, pid_t pid);
