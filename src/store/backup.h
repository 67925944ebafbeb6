/* backup.h - everything copied into a fresh SQLite file, and back into an empty registry of either kind.
 *
 * The file is a whole registry of its own, in one file, and holds a hash over the rows of all its tables: a restore
 * takes nothing from a file in which one of them is another. */
#pragma once

#include "store/store.h"

/* Copies one state of the store into a new file at `path`, as "PATH.new" first; that is compared with the store row
 * for row, synced, and renamed, so what was there is replaced only when all is right (os/replace.h says what can
 * be).  What a killed backup left as PATH.new is written over.  0 or -errno with a complaint in the store: -EBUSY
 * when another backup to this path is being written or somebody has the file there open as a registry, -EINVAL when
 * it is the registry itself, -EBADMSG when the copy is not what the store has. */
int backup_write(struct store *store, const char *path);

/* `store` was just created and is empty (else -EEXIST); the backup's own rows replace what creation put in.
 * Checked before it commits: the same rows in every table.  -EBADMSG when the backup is damaged, -EMEDIUMTYPE when
 * it is none. */
int backup_restore(struct store *store, const char *path);
