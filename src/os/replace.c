/* replace.c - a file replaced as a whole or not at all (replace.h).
 *
 * Called by whoever writes a file that others read: exports, the published registry, backups.  Writes the new
 * content to a file without a name, so that a process killed before the end leaves nothing behind; where the file
 * system has no such files it gets a temporary name at once.  Never opens the old file for writing. */
#include "os/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* ".berth-", 16 digits, ".new" and NUL. */
enum { TEMPORARY_MAX = 32, STREAM_BUFFER_SIZE = 64 * 1024 };

struct replacement {
	char *place;
	int folder;
	int file;
	mode_t mode;
	int error; /* of the first write that failed; stdio forgets it */
	FILE *stream;
	char temporary[TEMPORARY_MAX]; /* "" while the file has no name */
};

/* ---- the place ---- */

/* The kernel follows the link, not we: so its guard against links planted in shared folders is asked. */
static int examine(const char *path)
{
	struct stat found;
	int file = open(path, O_PATH | O_CLOEXEC);

	if (file < 0) {
		return -errno;
	}
	int r = fstat(file, &found) < 0 ? -errno : S_ISREG(found.st_mode) ? 0 : -EINVAL;
	(void)close(file);
	return r;
}

int replace_place(const char *path, char **ret_place)
{
	struct stat link;
	int r = examine(path);

	if (r < 0 && r != -ENOENT) {
		return r;
	}
	bool is_new = r == -ENOENT;
	if (is_new && (lstat(path, &link) == 0 || *path == '\0' || path[strlen(path) - 1] == '/')) {
		return -ENOENT;
	}
	char *place = is_new ? strdup(path) : realpath(path, NULL);
	if (place == NULL) {
		return -errno;
	}
	*ret_place = place;
	return 0;
}

static int open_folder(const char *place)
{
	char *copy = strdup(place);

	if (copy == NULL) {
		return -ENOMEM;
	}
	int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = folder < 0 ? -errno : folder;
	free(copy);
	return r;
}

static const char *last_part(const char *place)
{
	const char *slash = strrchr(place, '/');

	return slash != NULL ? slash + 1 : place;
}

/* ---- the file ---- */

static int name_temporary(char ret_name[static TEMPORARY_MAX])
{
	uint64_t number = 0;

	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number)) {
		return -EIO;
	}
	(void)snprintf(ret_name, TEMPORARY_MAX, ".berth-%016" PRIx64 ".new", number);
	return 0;
}

static int open_named(struct replacement *replacement)
{
	char name[TEMPORARY_MAX];
	int r = name_temporary(name);

	if (r < 0) {
		return r;
	}
	replacement->file = openat(replacement->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (replacement->file < 0) {
		return -errno;
	}
	memcpy(replacement->temporary, name, sizeof(name));
	return 0;
}

static int open_file(struct replacement *replacement)
{
	replacement->file = openat(replacement->folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (replacement->file >= 0) {
		return 0;
	}
	/* Kernels that know no O_TMPFILE see a folder opened for writing. */
	return errno == EOPNOTSUPP || errno == EISDIR ? open_named(replacement) : -errno;
}

static ssize_t write_octets(void *cookie, const char *octets, size_t size)
{
	struct replacement *replacement = cookie;
	size_t done = 0;

	while (done < size && replacement->error == 0) {
		ssize_t written = write(replacement->file, octets + done, size - done);
		if (written >= 0) {
			done += (size_t)written;
		} else if (errno != EINTR) {
			replacement->error = -errno;
		}
	}
	/* Less than asked is an error to stdio. */
	return (ssize_t)done;
}

static int open_stream(struct replacement *replacement)
{
	const cookie_io_functions_t sink = { .write = write_octets };

	replacement->stream = fopencookie(replacement, "w", sink);
	if (replacement->stream == NULL) {
		return -ENOMEM;
	}
	(void)setvbuf(replacement->stream, NULL, _IOFBF, STREAM_BUFFER_SIZE);
	return 0;
}

int replace_begin(const char *path, mode_t mode, struct replacement **ret_replacement, FILE **ret_stream)
{
	struct replacement *replacement = calloc(1, sizeof(*replacement));

	if (replacement == NULL) {
		return -ENOMEM;
	}
	replacement->file = -1;
	replacement->folder = -1;
	replacement->mode = mode;
	int r = replace_place(path, &replacement->place);
	if (r == 0) {
		r = replacement->folder = open_folder(replacement->place);
	}
	if (r >= 0) {
		r = open_file(replacement);
	}
	if (r == 0) {
		r = open_stream(replacement);
	}
	if (r < 0) {
		(void)replace_abandon(replacement);
		return r;
	}
	*ret_replacement = replacement;
	*ret_stream = replacement->stream;
	return 0;
}

/* ---- into place ---- */

static int flush(struct replacement *replacement)
{
	bool failed = fclose(replacement->stream) != 0;

	replacement->stream = NULL;
	return replacement->error != 0 ? replacement->error : failed ? -EIO : 0;
}

static int sync_file(const struct replacement *replacement)
{
	return fchmod(replacement->file, replacement->mode) < 0 || fsync(replacement->file) < 0 ? -errno : 0;
}

/* By its name in /proc, because linking by descriptor alone takes a privilege. */
static int give_name(struct replacement *replacement)
{
	char file[sizeof("/proc/self/fd/") + 10];
	char name[TEMPORARY_MAX];
	int r = name_temporary(name);

	if (r < 0) {
		return r;
	}
	(void)snprintf(file, sizeof(file), "/proc/self/fd/%d", replacement->file);
	if (linkat(AT_FDCWD, file, replacement->folder, name, AT_SYMLINK_FOLLOW) < 0) {
		return -errno;
	}
	memcpy(replacement->temporary, name, sizeof(name));
	return 0;
}

static int put_in_place(struct replacement *replacement)
{
	const char *name = last_part(replacement->place);

	if (renameat(replacement->folder, replacement->temporary, replacement->folder, name) < 0) {
		return -errno;
	}
	*replacement->temporary = '\0';
	return fsync(replacement->folder) < 0 ? -errno : 0;
}

int replace_commit(struct replacement *replacement)
{
	int r = flush(replacement);

	if (r == 0) {
		r = sync_file(replacement);
	}
	if (r == 0 && *replacement->temporary == '\0') {
		r = give_name(replacement);
	}
	if (r == 0) {
		r = put_in_place(replacement);
	}
	(void)replace_abandon(replacement);
	return r;
}

struct replacement *replace_abandon(struct replacement *replacement)
{
	if (replacement == NULL) {
		return NULL;
	}
	if (replacement->stream != NULL) {
		(void)fclose(replacement->stream);
	}
	if (*replacement->temporary != '\0') {
		(void)unlinkat(replacement->folder, replacement->temporary, 0);
	}
	if (replacement->file >= 0) {
		(void)close(replacement->file);
	}
	if (replacement->folder >= 0) {
		(void)close(replacement->folder);
	}
	free(replacement->place);
	free(replacement);
	return NULL;
}

/* ---- a file that was written under a name ---- */

static int sync_at(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);

	if (file < 0) {
		return -errno;
	}
	int r = fsync(file) < 0 ? -errno : 0;
	(void)close(file);
	return r;
}

int replace_by(const char *fresh, const char *place)
{
	int r = sync_at(fresh);
	int folder = r == 0 ? open_folder(place) : r;

	if (folder < 0) {
		return folder;
	}
	r = rename(fresh, place) < 0 || fsync(folder) < 0 ? -errno : 0;
	(void)close(folder);
	return r;
}
