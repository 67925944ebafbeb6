/* replay.c - runs a fuzz target on stored inputs, so that a find stays found without libFuzzer.
 *
 * Linked with one fuzz_*.c; started by the tests with corpus folders as arguments.  Never makes up
 * an input.  A folder without inputs is a failure, because it would test nothing. */
#include <dirent.h>
#include <errno.h>
#include <error.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each input gets memory of exactly its size, so that the sanitizer sees one octet too many. */
static void replay_file(const char *path)
{
	struct stat status;
	FILE *file = fopen(path, "re");

	if (file == NULL || fstat(fileno(file), &status) < 0) {
		error(EXIT_FAILURE, errno, "%s", path);
	}
	size_t size = (size_t)status.st_size;
	uint8_t *data = malloc(size);
	if ((data == NULL && size > 0) || fread(data, 1, size, file) != size) {
		error(EXIT_FAILURE, errno, "%s", path);
	}
	(void)fclose(file);
	(void)LLVMFuzzerTestOneInput(data, size);
	free(data);
}

static int is_input(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int replay_folder(const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_input, alphasort);

	if (count <= 0) {
		error(EXIT_FAILURE, count < 0 ? errno : 0, "%s: no inputs", folder);
	}
	for (int i = 0; i < count; i++) {
		char *path;
		if (asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0) {
			error(EXIT_FAILURE, errno, "%s", folder);
		}
		/* Said before the input is run: a crash then names it. */
		(void)fprintf(stderr, "%s\n", path);
		replay_file(path);
		free(path);
		free(entries[i]);
	}
	free(entries);
	return count;
}

int main(int argc, char **argv)
{
	int count = 0;

	for (int i = 1; i < argc; i++) {
		count += replay_folder(argv[i]);
	}
	printf("%d inputs\n", count);
	return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
