/* test_bounded.c - what texts of strangers can do to the process that reads them, and that it is all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sanitized.h"
#include "os/bounded.h"

/* Builds with a sanitizer have no sandbox, and memory without end. */
enum { PIECE = 1 << 20 };

static int say_context(FILE *stream, const void *context)
{
	return fputs(context, stream) < 0 ? -EIO : 0;
}

static int give_up(FILE *stream, const void *context)
{
	(void)stream;
	(void)context;
	return -ENOMEM;
}

static int die(FILE *stream, const void *context)
{
	(void)fputs("half", stream);
	(void)context;
	_exit(0);
}

static int spin(FILE *stream, const void *context)
{
	volatile const bool *goes_on = context;

	(void)stream;
	while (*goes_on) {
	}
	return 0;
}

/* As much as there is, and all of it touched. */
static int hoard(FILE *stream, const void *context)
{
	size_t most = *(const size_t *)context;

	for (size_t taken = 0; taken < most; taken += PIECE) {
		char *piece = malloc(PIECE);
		if (piece == NULL) {
			return -ENOMEM;
		}
		memset(piece, 1, PIECE);
	}
	return fputs("had it", stream) < 0 ? -EIO : 0;
}

static int flood(FILE *stream, const void *context)
{
	size_t size = *(const size_t *)context;

	for (size_t i = 0; i < size; i++) {
		(void)fputc('x', stream);
	}
	return 0;
}

static int open_file(FILE *stream, const void *context)
{
	return open(context, O_RDONLY | O_CLOEXEC) >= 0 && fputs("opened", stream) >= 0 ? 0 : -EACCES;
}

static int open_socket(FILE *stream, const void *context)
{
	(void)context;
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0 && fputs("opened", stream) >= 0 ? 0 : -EACCES;
}

static int write_elsewhere(FILE *stream, const void *context)
{
	return write(*(const int *)context, "x", 1) == 1 && fputs("written", stream) >= 0 ? 0 : -EBADF;
}

static void assert_ended(bounded_work *work, const void *context)
{
	char *text = NULL;

	assert_int_equal(bounded_run(work, context, &text), -ETIMEDOUT);
	assert_null(text);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nothing is left of it */
}

static void what_is_written_comes_back(void **state)
{
	char *text = NULL;

	(void)state;
	assert_int_equal(bounded_run(say_context, "a text", &text), 0);
	assert_string_equal(text, "a text");
	free(text);
	assert_int_equal(bounded_run(say_context, "", &text), 0);
	assert_string_equal(text, "");
	free(text);
}

static void what_fails_or_dies_wrote_nothing(void **state)
{
	(void)state;
	assert_ended(give_up, NULL);
	assert_ended(die, NULL);
}

static void time_has_an_end(void **state)
{
	const bool goes_on = true;

	(void)state;
	assert_ended(spin, &goes_on);
}

static void memory_has_an_end(void **state)
{
	const size_t little = 32 << 20;
	const size_t much = 2 * (size_t)BOUNDED_MEMORY_MAX;
	char *text = NULL;

	(void)state;
	assert_int_equal(bounded_run(hoard, &little, &text), 0);
	free(text);
	text = NULL;
	if (!SANITIZED) {
		assert_ended(hoard, &much);
	}
}

static void output_has_an_end(void **state)
{
	const size_t most = BOUNDED_OUTPUT_MAX;
	const size_t more = most + 1;
	char *text = NULL;

	(void)state;
	assert_int_equal(bounded_run(flood, &most, &text), 0);
	assert_int_equal(strlen(text), most);
	free(text);
	assert_ended(flood, &more);
}

static void there_are_no_files_and_no_sockets(void **state)
{
	int ends[2];

	(void)state;
	if (SANITIZED) {
		skip();
	}
	assert_ended(open_file, "/etc/passwd");
	assert_ended(open_socket, NULL);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_ended(write_elsewhere, &ends[1]);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_comes_back),
		cmocka_unit_test(what_fails_or_dies_wrote_nothing),
		cmocka_unit_test(time_has_an_end),
		cmocka_unit_test(memory_has_an_end),
		cmocka_unit_test(output_has_an_end),
		cmocka_unit_test(there_are_no_files_and_no_sockets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
