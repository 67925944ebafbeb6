/* sandbox_registryd.h - what berth-registryd gives up: files but those of its registry, new programs, and most system
 * calls.
 *
 * It keeps more than the roles of sandbox.h, because a store is written while it runs: SQLite opens, locks, maps and
 * removes files, and a lost PostgreSQL server is connected to again. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct sandbox_registryd {
	const char *const *read_write; /* folders; NULL behind the last */
	const char *const *read_only;  /* files and folders; those that do not exist are passed over */
	bool connects;		       /* to a server of its store */
};

/* Landlock, where the kernel has it, then seccomp: a call that is not on the list fails with EPERM.  It does not kill,
 * because libraries that talk to a server's name choose their calls themselves, and one that fails there ends one
 * request.  0 with sandbox_parts (sandbox.h) in *ret_missing, or -errno. */
int sandbox_enter_registryd(const struct sandbox_registryd *needs, unsigned *ret_missing);
