/* test_replace.c - a file replaced as a whole or not at all: permissions, links, a full disk, a kill in between.
 *
 * openat() and fsync() are defined here over those of the C library, so that a file system without O_TMPFILE and a disk
 * that fails can be played. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/replace.h"

enum { PATH_SIZE = 256, LARGE_SIZE = 1024 * 1024, LIMIT = 100 * 1024, KILLS = 40, NOBODY = 65534 };

static bool has_no_tmpfile;
static int fsyncs_until_failure; /* 0: none fails */

int openat(int folder, const char *path, int flags, ...)
{
	va_list arguments;

	va_start(arguments, flags);
	mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	if (has_no_tmpfile && (flags & O_TMPFILE) == O_TMPFILE) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return (int)syscall(SYS_openat, folder, path, flags, mode);
}

int fsync(int file)
{
	if (fsyncs_until_failure > 0 && --fsyncs_until_failure == 0) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_fsync, file);
}

/* ---- a folder of its own for each test ---- */

struct place {
	char folder[PATH_SIZE / 2];
	char path[PATH_SIZE];
};

static int make_place(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	assert_non_null(place);
	(void)snprintf(place->folder, sizeof(place->folder), "/tmp/test_replace.XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	(void)snprintf(place->path, sizeof(place->path), "%s/file", place->folder);
	*state = place;
	return 0;
}

static size_t files_in(const char *folder, bool remove)
{
	DIR *stream = opendir(folder);
	size_t count = 0;
	struct dirent *file;

	assert_non_null(stream);
	while ((file = readdir(stream)) != NULL) {
		if (strcmp(file->d_name, ".") == 0 || strcmp(file->d_name, "..") == 0) {
			continue;
		}
		count++;
		if (remove) {
			(void)unlinkat(dirfd(stream), file->d_name, file->d_type == DT_DIR ? AT_REMOVEDIR : 0);
		}
	}
	(void)closedir(stream);
	return count;
}

static int free_place(void **state)
{
	struct place *place = *state;

	has_no_tmpfile = false;
	fsyncs_until_failure = 0;
	(void)files_in(place->folder, true);
	(void)rmdir(place->folder);
	free(place);
	return 0;
}

static int make_place_without_tmpfile(void **state)
{
	has_no_tmpfile = true;
	return make_place(state);
}

static int replace(const char *path, mode_t mode, const char *text)
{
	struct replacement *replacement = NULL;
	FILE *stream = NULL;
	int r = replace_begin(path, mode, &replacement, &stream);

	if (r < 0) {
		return r;
	}
	(void)fputs(text, stream);
	return replace_commit(replacement);
}

static void assert_content(const char *path, const char *expected)
{
	char content[64] = "";
	FILE *stream = fopen(path, "re");

	assert_non_null(stream);
	assert_true(fread(content, 1, sizeof(content) - 1, stream) <= sizeof(content) - 1);
	(void)fclose(stream);
	assert_string_equal(content, expected);
}

/* ---- what it does ---- */

static void gives_exactly_the_mode(void **state)
{
	struct place *place = *state;
	struct stat found;
	mode_t umask_before = umask(0077);

	assert_int_equal(replace(place->path, 0644, "new"), 0);
	assert_int_equal(stat(place->path, &found), 0);
	assert_int_equal(found.st_mode & 07777, 0644);
	(void)umask(0);
	assert_int_equal(replace(place->path, 0600, "newer"), 0);
	assert_int_equal(stat(place->path, &found), 0);
	assert_int_equal(found.st_mode & 07777, 0600);
	(void)umask(umask_before);
	assert_content(place->path, "newer");
	assert_int_equal(files_in(place->folder, false), 1);
}

static void keeps_the_old_until_the_end(void **state)
{
	struct place *place = *state;
	struct replacement *replacement = NULL;
	FILE *stream = NULL;

	assert_int_equal(replace(place->path, 0644, "old"), 0);
	assert_int_equal(replace_begin(place->path, 0644, &replacement, &stream), 0);
	(void)fputs("new", stream);
	(void)fflush(stream);
	assert_content(place->path, "old");
	assert_int_equal(replace_commit(replacement), 0);
	assert_content(place->path, "new");
}

static void abandoned_leaves_nothing(void **state)
{
	struct place *place = *state;
	struct replacement *replacement = NULL;
	FILE *stream = NULL;

	assert_int_equal(replace_begin(place->path, 0644, &replacement, &stream), 0);
	(void)fputs("new", stream);
	assert_null(replace_abandon(replacement));
	assert_int_equal(files_in(place->folder, false), 0);
	assert_null(replace_abandon(NULL));
}

static void works_beside_the_caller(void **state)
{
	struct place *place = *state;
	char before[PATH_SIZE];

	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(place->folder), 0);
	assert_int_equal(replace("file", 0644, "new"), 0);
	assert_content("file", "new");
	assert_int_equal(chdir(before), 0);
}

static void keeps_links(void **state)
{
	struct place *place = *state;
	char link[PATH_SIZE];
	char folder[PATH_SIZE];
	char real[PATH_SIZE + 8];
	struct stat found;

	(void)snprintf(link, sizeof(link), "%s/link", place->folder);
	(void)snprintf(folder, sizeof(folder), "%s/elsewhere", place->folder);
	(void)snprintf(real, sizeof(real), "%s/real", folder);
	assert_int_equal(mkdir(folder, 0755), 0);
	assert_int_equal(symlink("elsewhere/real", link), 0);

	assert_int_equal(replace(link, 0644, "new"), -ENOENT);
	assert_int_equal(replace(real, 0644, "old"), 0);
	assert_int_equal(replace(link, 0644, "new"), 0);
	assert_int_equal(lstat(link, &found), 0);
	assert_true(S_ISLNK(found.st_mode));
	assert_content(real, "new");
	assert_int_equal(files_in(folder, true), 1);
}

static void refuses_what_is_no_file(void **state)
{
	struct place *place = *state;
	char missing[PATH_SIZE + 8];

	assert_int_equal(replace("/dev/null", 0644, "new"), -EINVAL);
	assert_int_equal(replace(place->folder, 0644, "new"), -EINVAL);
	assert_int_equal(mkfifo(place->path, 0600), 0);
	assert_int_equal(replace(place->path, 0644, "new"), -EINVAL);
	assert_int_equal(replace("", 0644, "new"), -ENOENT);
	(void)snprintf(missing, sizeof(missing), "%s/no/file", place->folder);
	assert_int_equal(replace(missing, 0644, "new"), -ENOENT);
	(void)snprintf(missing, sizeof(missing), "%s/new/", place->folder);
	assert_int_equal(replace(missing, 0644, "new"), -ENOENT);
	assert_int_equal(files_in(place->folder, false), 1);
}

/* ---- when the world fails ---- */

static void write_large(FILE *stream)
{
	for (size_t i = 0; i < LARGE_SIZE; i++) {
		(void)fputc('x', stream);
	}
}

static void a_full_disk_keeps_the_old(void **state)
{
	struct place *place = *state;
	const struct rlimit limit = { .rlim_cur = LIMIT, .rlim_max = RLIM_INFINITY };
	struct rlimit before;
	struct replacement *replacement = NULL;
	FILE *stream = NULL;

	assert_int_equal(replace(place->path, 0644, "old"), 0);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(replace_begin(place->path, 0644, &replacement, &stream), 0);
	write_large(stream);
	assert_int_equal(replace_commit(replacement), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_content(place->path, "old");
	assert_int_equal(files_in(place->folder, false), 1);
}

static void a_failed_sync_is_a_failure(void **state)
{
	struct place *place = *state;

	assert_int_equal(replace(place->path, 0644, "old"), 0);
	fsyncs_until_failure = 1;
	assert_int_equal(replace(place->path, 0644, "new"), -EIO);
	assert_content(place->path, "old");
	assert_int_equal(files_in(place->folder, false), 1);
	fsyncs_until_failure = 2; /* the folder's */
	assert_int_equal(replace(place->path, 0644, "new"), -EIO);
	assert_int_equal(files_in(place->folder, false), 1);
}

static void a_folder_not_ours_is_refused(void **state)
{
	struct place *place = *state;
	int status = 0;

	assert_int_equal(chmod(place->folder, 0555), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (geteuid() == 0 &&
		    (setresgid(NOBODY, NOBODY, NOBODY) < 0 || setresuid(NOBODY, NOBODY, NOBODY) < 0)) {
			_exit(1);
		}
		_exit(replace(place->path, 0644, "new") == -EACCES ? 0 : 2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(chmod(place->folder, 0755), 0);
	assert_int_equal(files_in(place->folder, false), 0);
}

/* Writes "a...a" and "b...b" by turns until it is killed. */
static void replace_for_ever(const char *path)
{
	for (int i = 0;; i++) {
		struct replacement *replacement = NULL;
		FILE *stream = NULL;
		if (replace_begin(path, 0644, &replacement, &stream) < 0) {
			_exit(1);
		}
		for (int k = 0; k < LIMIT; k++) {
			(void)fputc(i % 2 == 0 ? 'a' : 'b', stream);
		}
		if (replace_commit(replacement) < 0) {
			_exit(1);
		}
	}
}

static void assert_whole(const char *path)
{
	static char content[LIMIT + 1];
	FILE *stream = fopen(path, "re");

	assert_non_null(stream);
	assert_int_equal(fread(content, 1, sizeof(content), stream), LIMIT);
	(void)fclose(stream);
	for (size_t i = 1; i < LIMIT; i++) {
		assert_int_equal(content[i], content[0]);
	}
}

static void killed_it_is_the_old_or_the_new(void **state)
{
	struct place *place = *state;
	int status = 0;

	for (int i = 0; i < KILLS; i++) {
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			replace_for_ever(place->path);
		}
		while (i == 0 && access(place->path, F_OK) < 0) {
			(void)nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
		}
		(void)nanosleep(&(struct timespec){ .tv_nsec = 1000000 + 137000 * i }, NULL);
		(void)kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		assert_whole(place->path);
	}
}

/* ---- for libraries that write under a name ---- */

static void puts_a_named_file_in_place(void **state)
{
	struct place *place = *state;
	char fresh[PATH_SIZE];
	char *real = NULL;

	(void)snprintf(fresh, sizeof(fresh), "%s/fresh", place->folder);
	assert_int_equal(replace_place(place->path, &real), 0);
	assert_int_equal(replace(place->path, 0644, "old"), 0);
	assert_int_equal(replace_by(fresh, real), -ENOENT);
	assert_int_equal(replace(fresh, 0644, "new"), 0);
	fsyncs_until_failure = 1;
	assert_int_equal(replace_by(fresh, real), -EIO);
	assert_content(place->path, "old");
	assert_int_equal(replace_by(fresh, real), 0);
	assert_content(place->path, "new");
	assert_int_equal(files_in(place->folder, false), 1);
	free(real);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, make_place, free_place)
#define WITHOUT_TMPFILE(test)                                                                  \
	{                                                                                      \
#test " without O_TMPFILE", test, make_place_without_tmpfile, free_place, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(gives_exactly_the_mode),
		WITH(keeps_the_old_until_the_end),
		WITH(abandoned_leaves_nothing),
		WITH(works_beside_the_caller),
		WITH(keeps_links),
		WITH(refuses_what_is_no_file),
		WITH(a_full_disk_keeps_the_old),
		WITH(a_failed_sync_is_a_failure),
		WITH(a_folder_not_ours_is_refused),
		WITH(killed_it_is_the_old_or_the_new),
		WITH(puts_a_named_file_in_place),
		WITHOUT_TMPFILE(gives_exactly_the_mode),
		WITHOUT_TMPFILE(keeps_the_old_until_the_end),
		WITHOUT_TMPFILE(abandoned_leaves_nothing),
		WITHOUT_TMPFILE(keeps_links),
		WITHOUT_TMPFILE(a_full_disk_keeps_the_old),
		WITHOUT_TMPFILE(a_failed_sync_is_a_failure),
		WITHOUT_TMPFILE(a_folder_not_ours_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
