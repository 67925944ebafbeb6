/* berth_octets.c - reads octets as they are, or in hex. */
#include "cmd/berth_octets.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "description/classifier/classifier.h"

enum { ROOM = CLASSIFIER_OCTETS_MAX };

typedef int look_function(const uint8_t *octets, size_t size, void *data);

static int complain_about_file(const char *name, int error)
{
	complain_about("%s: %s", name, strerror(error));
	return EXIT_COULD_NOT;
}

static int look_at_input(look_function *look, void *data)
{
	uint8_t octets[ROOM];
	size_t size = fread(octets, 1, sizeof(octets), stdin);

	return ferror(stdin) ? complain_about_file("standard input", errno) : look(octets, size, data);
}

/* ---- hex ---- */

static int digit_of(char character)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *digit = character == '\0' ? NULL : strchr(digits, character);

	return digit == NULL ? -1 : (int)((digit - digits) % 16);
}

/* How many octets there are; what does not fit is read and left away.  -EINVAL: this is no hex. */
static int parse_line(const char *line, uint8_t octets[ROOM])
{
	int size = 0;

	while (line[strspn(line, " \t\r\n")] != '\0' && line[strspn(line, " \t\r\n")] != '#') {
		line += strspn(line, " \t\r\n");
		int high = digit_of(line[0]);
		int low = high < 0 ? -1 : digit_of(line[1]);
		if (low < 0) {
			return -EINVAL;
		}
		if (size < ROOM) {
			octets[size++] = (uint8_t)(high * 16 + low);
		}
		line += 2;
	}
	return size;
}

static int look_at_lines(FILE *stream, const char *name, look_function *look, void *data)
{
	uint8_t octets[ROOM];
	char *line = NULL;
	size_t room = 0;
	int status = EXIT_DONE;

	for (unsigned number = 1; status == EXIT_DONE && getline(&line, &room, stream) >= 0; number++) {
		int size = parse_line(line, octets);
		if (size < 0) {
			complain_about("%s:%u: octets are written as two hex digits each", name, number);
			status = EXIT_COULD_NOT;
		} else if (size > 0) {
			status = look(octets, (size_t)size, data);
		}
	}
	if (status == EXIT_DONE && ferror(stream)) {
		status = complain_about_file(name, errno);
	}
	free(line);
	return status;
}

int octets_each(const struct request *request, look_function *look, void *data)
{
	if (request->hex_lines == NULL) {
		return look_at_input(look, data);
	}
	if (strcmp(request->hex_lines, "-") == 0) {
		return look_at_lines(stdin, "standard input", look, data);
	}
	FILE *stream = fopen(request->hex_lines, "re");
	if (stream == NULL) {
		return complain_about_file(request->hex_lines, errno);
	}
	int status = look_at_lines(stream, request->hex_lines, look, data);
	(void)fclose(stream);
	return status;
}
