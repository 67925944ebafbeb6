/* registry_output.c - where exports and pictures go: standard output, a special file, or a file replaced as a whole
 * (registry.h).
 *
 * IANA's formats are written octet for octet, so what goes to a terminal is held back and looked at first. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"
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

static bool steers(uint32_t character)
{
	bool is_plain = character == '\n' || character == '\t' || character == '\r';

	return (character < 0x20 && !is_plain) || utf8_steers(character);
}

/* All or nothing. */
static int show_held(struct registry_output *output)
{
	const char *octets = output->held;
	uint32_t character;

	for (size_t at = 0, length; at < output->held_size; at += length) {
		length = utf8_read(octets + at, output->held_size - at, &character);
		if (length == 0 || steers(character)) {
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
