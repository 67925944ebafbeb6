/* replace.h - a file replaced as a whole or not at all, whatever happens in between.
 *
 * The new file has no name until it is complete (O_TMPFILE, or a temporary name where the file system knows none);
 * then: fsync, rename, fsync of the folder.
 *
 * A symbolic link stays a link: the file it leads to is replaced, in that file's folder, so that what an operator
 * put elsewhere on purpose stays there.  A link that leads to nothing is refused with -ENOENT, as cp refuses it.
 * Only regular files are replaced: a folder, a device, a pipe (/dev/stdout) is -EINVAL; writing there is the
 * caller's matter. */
#pragma once

#include <stdio.h>
#include <sys/types.h>

struct replacement;

/* A stream to write the new content to; it belongs to the replacement.  0 or -errno.  The file's permissions will be
 * exactly `mode`, whatever the umask. */
int replace_begin(const char *path, mode_t mode, struct replacement **ret_replacement, FILE **ret_stream);
/* Flushes, syncs and puts it in place.  0 or -errno, then the old file still stands; but when the folder alone
 * could not be synced the new one is there already, and a power cut may bring the old one back.  A write that
 * failed earlier fails here, with its own -errno.  The replacement is gone. */
int replace_commit(struct replacement *replacement);
struct replacement *replace_abandon(struct replacement *replacement);

/* For a file that a library must write under a name.  Where `path` really leads (from malloc, the caller's), refused as
 * above; the new file's name must be in the same folder. */
int replace_place(const char *path, char **ret_place);
/* Syncs the complete file `fresh` and renames it to `place`.  Fails as replace_commit does; `fresh` stays then. */
int replace_by(const char *fresh, const char *place);
