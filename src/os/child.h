/* child.h - starts a role of berth: fork, become its user, exec our own program again; or a piece of work.
 *
 * Roles are the supervisor's only.  The child inherits nothing but descriptors 0 and 1 (/dev/null), 2 (the log)
 * and 3 (its end of a SOCK_SEQPACKET channel), default signals, and an environment of a few named variables. */
#pragma once

#include <sys/types.h>

#include "os/privilege.h"

enum { CHILD_CHANNEL = 3 };

/* Opens the program that runs now, to be executed again later whatever becomes of its path.  Descriptor or -errno. */
int child_open_self(void);

/* Returns once the child executes its program or has failed: 0 with its pid and our end of the channel, or
 * -errno of the first step that failed in the child (then nothing was executed and the child is already
 * reaped). */
int child_start(int self, char *const arguments[], const struct identity *identity, int keep_capability,
		pid_t *ret_process, int *ret_channel);

/* Default dispositions for all signals and none blocked: what a role starts with whatever its parent had. */
void child_reset_signals(void);

/* A process of our own program for a piece of work, beside what goes on here: default signals, ended with us.  It has
 * everything as it was, and `output` to tell by; it ends when `work` returns.  0 with its pid, the caller's to reap,
 * and the other end of `output`, which never blocks; or -errno. */
typedef void child_piece(int output, const void *context);
int child_work(child_piece *work, const void *context, pid_t *ret_process, int *ret_output);
