/* registry_output.c - where exports and pictures go: standard output, a special file, or a file replaced as a whole
 * (registry.h).
 *
 * IANA's formats are written octet for octet, so what goes to a terminal is held back and looked at first. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/registry.h"
#include "os/replace.h"

/* A pipe or a terminal under a name is written to; only a file can be replaced. */
static bool is_special(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

static int open_path(const char *path, struct registry_output *output)
{
	if (!is_special(path)) {
		return replace_begin(path, 0644, &output->replacement, &output->stream);
	}
	output->stream = fopen(path, "we");
	return output->stream == NULL ? -errno : 0;
}

int registry_output_open(const struct request *request, struct registry_output *ret_output)
{
	const char *path = request->output;
	bool named = path != NULL && strcmp(path, "-") != 0;
	int r = 0;

	*ret_output = (struct registry_output){ .stream = stdout };
	if (named) {
		r = open_path(path, ret_output);
	} else if (isatty(STDOUT_FILENO)) {
		ret_output->stream = open_memstream(&ret_output->held, &ret_output->held_size);
		r = ret_output->stream == NULL ? -errno : 0;
	}
	if (r < 0) {
		complain_about("%s: %s", named ? path : "standard output", strerror(-r));
		return EXIT_COULD_NOT;
	}
	return EXIT_DONE;
}

/* C0 but line ends and tabs, DEL, C1, bidirectional controls. */
static bool steers(const unsigned char *at, size_t left)
{
	bool is_c0 = at[0] < 0x20 && at[0] != '\n' && at[0] != '\t' && at[0] != '\r';
	bool is_c1 = left > 1 && at[0] == 0xc2 && at[1] < 0xa0;
	bool is_embedding = left > 2 && at[0] == 0xe2 && at[1] == 0x80 && at[2] >= 0xaa && at[2] <= 0xae;
	bool is_isolate = left > 2 && at[0] == 0xe2 && at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9;

	return is_c0 || at[0] == 0x7f || is_c1 || is_embedding || is_isolate;
}

/* All or nothing. */
static int show_held(struct registry_output *output)
{
	const unsigned char *octets = (const unsigned char *)output->held;

	for (size_t i = 0; i < output->held_size; i++) {
		if (steers(octets + i, output->held_size - i)) {
			return -EILSEQ;
		}
	}
	bool written = fwrite(octets, 1, output->held_size, stdout) == output->held_size && fflush(stdout) == 0;
	return written ? 0 : -errno;
}

static int close_held(struct registry_output *output, int status)
{
	if (fclose(output->stream) != 0 && status == 0) {
		status = -errno;
	}
	if (status == 0) {
		status = show_held(output);
	}
	free(output->held);
	return status;
}

int registry_output_close(const struct request *request, struct registry_output *output, int status)
{
	if (output->replacement != NULL) {
		if (status < 0) {
			(void)replace_abandon(output->replacement);
		} else {
			status = replace_commit(output->replacement);
		}
	} else if (output->stream == stdout) {
		status = fflush(stdout) != 0 && status == 0 ? -errno : status;
	} else if (request->output == NULL || strcmp(request->output, "-") == 0) {
		status = close_held(output, status);
	} else {
		status = fclose(output->stream) != 0 && status == 0 ? -errno : status;
	}
	if (status == -EILSEQ) {
		complain_about("this has characters that could steer a terminal; write it to a file with -o");
		return EXIT_NO;
	}
	if (status < 0) {
		complain_about("%s: %s", request->output != NULL ? request->output : "standard output",
			       strerror(-status));
		return EXIT_COULD_NOT;
	}
	return EXIT_DONE;
}

void registry_output_discard(struct registry_output *output)
{
	if (output->replacement != NULL) {
		(void)replace_abandon(output->replacement);
	} else if (output->stream != stdout) {
		(void)fclose(output->stream);
		free(output->held);
	}
}
