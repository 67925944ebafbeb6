/* bundled.c - where the descriptions are that come with berth, and the text of one.
 *
 * Called when a configuration is loaded and by commands, never while calls wait.  Whether a program is installed is
 * told by the folder it lies in: one that was just built must not use what an older installation left. */
#include "config/bundled.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the rule ---- */

bool bundled_next(const char **folders, char folder[PATH_MAX])
{
	bool found = false;

	while (!found && **folders != '\0') {
		size_t size = strcspn(*folders, ":");
		found = size > 0 && size < PATH_MAX;
		if (found) {
			memcpy(folder, *folders, size);
			folder[size] = '\0';
		}
		*folders += size + ((*folders)[size] == ':');
	}
	return found;
}

static bool is_installed(const struct bundled_choice *choice, const char *folder)
{
	const char *programs = choice->programs;
	char installed[PATH_MAX];

	while (bundled_next(&programs, installed)) {
		if (strcmp(folder, installed) == 0) {
			return true;
		}
	}
	return false;
}

/* TREE/build/src, or TREE/build/KIND/src, is the folder of a program that was just built.  Cuts `folder`. */
static bool find_source_tree(const struct bundled_choice *choice, char folder[PATH_MAX], char room[PATH_MAX])
{
	enum { LEVELS_MIN = 2, LEVELS_MAX = 3 };
	char *slash = strrchr(folder, '/');

	for (int level = 1; level <= LEVELS_MAX && slash != NULL; level++, slash = strrchr(folder, '/')) {
		*slash = '\0';
		int size = snprintf(room, PATH_MAX, "%s/protocols", folder);
		if (level >= LEVELS_MIN && size < PATH_MAX && choice->is_folder(room)) {
			return true;
		}
	}
	return false;
}

const char *bundled_choose(const struct bundled_choice *choice, char room[PATH_MAX])
{
	const char *slash = choice->program == NULL ? NULL : strrchr(choice->program, '/');
	char folder[PATH_MAX];

	if (choice->environment != NULL && choice->environment[0] != '\0') {
		return choice->environment;
	}
	if (slash == NULL || slash - choice->program >= PATH_MAX) {
		return choice->installed;
	}
	memcpy(folder, choice->program, (size_t)(slash - choice->program));
	folder[slash - choice->program] = '\0';
	bool in_tree = !is_installed(choice, folder) && find_source_tree(choice, folder, room);
	return in_tree ? room : choice->installed;
}

/* ---- the program that runs ---- */

static bool is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

const char *bundled_folders(char room[PATH_MAX])
{
	char program[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", program, sizeof(program) - 1);

	program[size > 0 ? size : 0] = '\0';
	const struct bundled_choice choice = {
		.environment = secure_getenv("BERTH_DESCRIPTIONS"),
		.program = size > 0 ? program : NULL,
		.programs = PROGRAM_FOLDERS,
		.installed = DATADIR "/berth/protocols",
		.is_folder = is_folder,
	};

	return bundled_choose(&choice, room);
}

/* ---- a file ---- */

int bundled_read(int file, size_t most, char **ret_text, size_t *ret_size)
{
	char *text = malloc(most + 1);
	size_t size = 0;
	ssize_t got = 0;
	int r = text == NULL ? -ENOMEM : 0;

	while (r == 0 && size < most && (got = read(file, text + size, most - size)) != 0) {
		size += got > 0 ? (size_t)got : 0;
		r = got < 0 && errno != EINTR ? -errno : 0;
	}
	if (r < 0) {
		free(text);
		return r;
	}
	text[size] = '\0';
	*ret_text = text;
	*ret_size = size;
	return 0;
}
