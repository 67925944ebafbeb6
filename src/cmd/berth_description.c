/* berth_description.c - finds and reads the description files that a verb works on.
 *
 * The descriptions that come with berth are in the folders of --descriptions, else where config/bundled.h finds
 * them. */
#include "cmd/berth_description.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/berth_allowance.h"
#include "config/bundled.h"

static const char ending[] = ".berth";

static int complain_about_file(const char *name, int error)
{
	complain_about("%s: %s", name, strerror(-error));
	return EXIT_COULD_NOT;
}

/* ---- one file ---- */

/* Up to one octet more than a description may have; tree_read refuses those.  *ret_text is freed by the caller. */
static int read_text(const char *path, char **ret_text, size_t *ret_size)
{
	int file = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC);
	int r = file < 0 ? -errno : bundled_read(file, SOURCE_SIZE_MAX + 1, ret_text, ret_size);

	if (file >= 0) {
		close(file);
	}
	return r;
}

static int read_within_allowance(struct description *description, const char *text, size_t size)
{
	struct allowance allowance;
	int r = allowance_begin(&allowance, description->name);

	if (r == 0) {
		r = tree_read(description->name, text, size, &description->report, &description->tree);
		allowance_end(&allowance);
	}
	if (r == -ENOMEM) {
		complain_about("%s: reading it takes more than %d MB of memory", description->name,
			       ALLOWANCE_MEGABYTES);
		return EXIT_COULD_NOT;
	}
	/* What is too large was reported like other errors. */
	return r == 0 || r == -E2BIG ? EXIT_DONE : complain_about_file(description->name, r);
}

static int load_file(struct descriptions *descriptions, const char *path)
{
	char *text;
	size_t size;
	int r = read_text(path, &text, &size);

	if (r < 0) {
		return complain_about_file(path, r);
	}
	struct description *list = reallocarray(descriptions->list, descriptions->count + 1, sizeof(*list));
	char *name = strdup(strcmp(path, "-") == 0 ? "standard input" : path);
	if (list != NULL) {
		descriptions->list = list;
	}
	if (list == NULL || name == NULL) {
		free(name);
		free(text);
		return complain_about_file(path, -ENOMEM);
	}
	struct description *description = &list[descriptions->count++];
	*description = (struct description){ .name = name };
	int status = read_within_allowance(description, text, size);
	free(text);
	return status;
}

/* ---- folders ---- */

static int is_description(const struct dirent *entry)
{
	size_t size = strlen(entry->d_name);

	return entry->d_name[0] != '.' && size > sizeof(ending) - 1 &&
	       strcmp(entry->d_name + size - (sizeof(ending) - 1), ending) == 0;
}

static int load_entry(struct descriptions *descriptions, const char *folder, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", folder, name) < 0) {
		return complain_about_file(folder, -ENOMEM);
	}
	int status = load_file(descriptions, path);
	free(path);
	return status;
}

static int load_folder(struct descriptions *descriptions, const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_description, alphasort);
	int status = EXIT_DONE;

	if (count < 0) {
		return complain_about_file(folder, -errno);
	}
	for (int i = 0; i < count; i++) {
		if (status == EXIT_DONE) {
			status = load_entry(descriptions, folder, entries[i]->d_name);
		}
		free(entries[i]);
	}
	free(entries);
	if (count == 0) {
		complain_about("%s: no *%s file is there", folder, ending);
		return EXIT_COULD_NOT;
	}
	return status;
}

static bool is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* ---- what comes with berth ---- */

/* Folders with a colon between them. */
static int load_folders(struct descriptions *descriptions, const char *folders)
{
	char folder[PATH_MAX];
	int status = EXIT_DONE;

	while (status == EXIT_DONE && bundled_next(&folders, folder)) {
		status = load_folder(descriptions, folder);
	}
	return status;
}

static int load_bundled(struct descriptions *descriptions, const char *folders)
{
	char room[PATH_MAX];

	if (folders != NULL && folders[0] != '\0') {
		return load_folders(descriptions, folders);
	}
	folders = bundled_folders(room);
	if (strchr(folders, ':') == NULL && !is_folder(folders)) {
		complain_about("%s: no descriptions are there; name a file, or say where they are with --descriptions",
			       folders);
		return EXIT_COULD_NOT;
	}
	return load_folders(descriptions, folders);
}

/* ---- all of them ---- */

int descriptions_load(const struct request *request, struct descriptions *ret_descriptions)
{
	struct descriptions descriptions = { .list = NULL };
	int status = request->word_count == 0 ? load_bundled(&descriptions, request->descriptions) : EXIT_DONE;

	for (size_t i = 0; i < request->word_count && status == EXIT_DONE; i++) {
		const char *word = request->words[i];
		status = is_folder(word) ? load_folder(&descriptions, word) : load_file(&descriptions, word);
	}
	if (status != EXIT_DONE) {
		descriptions_finish(&descriptions);
		return status;
	}
	*ret_descriptions = descriptions;
	return EXIT_DONE;
}

int descriptions_demand_good(const struct descriptions *descriptions)
{
	int status = EXIT_DONE;

	for (size_t i = 0; i < descriptions->count; i++) {
		const struct report *report = &descriptions->list[i].report;
		if (report->counts[FINDING_ERROR] > 0) {
			report_print(report, stderr);
			status = EXIT_NO;
		}
	}
	return status;
}

void descriptions_finish(struct descriptions *descriptions)
{
	for (size_t i = 0; i < descriptions->count; i++) {
		report_finish(&descriptions->list[i].report);
		tree_destroy(descriptions->list[i].tree);
		free(descriptions->list[i].name);
	}
	free(descriptions->list);
	*descriptions = (struct descriptions){ .list = NULL };
}
