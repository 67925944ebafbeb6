/* bundled.h - the descriptions that come with berth: which folders they are in, and reading one.
 *
 * Called by the supervisor and by the verbs of berth that work on descriptions, so that both find the same. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* What decides where they are. */
struct bundled_choice {
	const char *environment; /* $BERTH_DESCRIPTIONS: folders with a colon between them; NULL: not set */
	const char *program;	 /* the path of the program that runs; NULL: not known */
	const char *programs;	 /* the folders of installed programs, with a colon between them */
	const char *installed;	 /* the folder of installed descriptions */
	bool (*is_folder)(const char *path);
};

/* The folders, with a colon between them: those of the environment; for an installed program the installed one;
 * else that of the source tree the program was built in; else the installed one.  Asks nobody but is_folder().
 * What is returned is in `room`, or of the choice. */
const char *bundled_choose(const struct bundled_choice *choice, char room[PATH_MAX]);

/* The same for the program that runs.  The environment counts for nothing where privilege was gained by executing. */
const char *bundled_folders(char room[PATH_MAX]);

/* The next of some folders with a colon between them, and moves on; false when there is none.  Empty ones, and those
 * that no path can be as long as, are passed over. */
bool bundled_next(const char **folders, char folder[PATH_MAX]);

/* What can be read from `file`, at most `most` octets of it, and a NUL behind them; to be freed by the caller.
 * 0, or -errno. */
int bundled_read(int file, size_t most, char **ret_text, size_t *ret_size);
