/* privilege.h - the one place that turns into another user, and proves it.
 *
 * Called between fork and exec of a child of the supervisor, and nowhere else.  Every function process
 * descends from a launcher that went through here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { GROUPS_MAX = 64 };

struct identity {
	uid_t user;
	gid_t group;
	gid_t groups[GROUPS_MAX]; /* supplementary, the primary one included */
	size_t group_count;
};

/* Looks up a user and, unless NULL, a group that replaces the user's own; both may be numbers.
 * 0, -ENOENT (no such user), -ESRCH (no such group), or another errno. */
int identity_look_up(const char *user, const char *group, struct identity *ret_identity);

/* What the process is now. */
int identity_current(struct identity *ret_identity);

/* Sets groups, group and user in that order, empties every capability set but `keep_capability`
 * (-1: none; else that one stays permitted, effective, inheritable and ambient so that it survives exec),
 * empties the bounding set but for it, sets no_new_privs, reads everything back and tries to climb back.
 * 0, or the -errno of the first step that failed or -EPERM when the proof does; the caller must then exit
 * without running anything.  Without root it only drops capabilities, and refuses (-EPERM) an identity
 * other than the current one. */
int privilege_become(const struct identity *identity, int keep_capability);

/* True when this process may change users. */
bool privilege_is_root(void);

/* True when this process has the capability in its effective set. */
bool privilege_has(int capability);
