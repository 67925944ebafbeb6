/* bounded.c - a process for a piece of work (bounded.h).  Called by web/apply/preview.c, where a description is read
 * that somebody sent.
 *
 * The caller waits: what the process may take is little, and whoever asks for much of it is held back by limits. */
#include "os/bounded.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/child.h"
#include "os/clock.h"
#include "os/sandbox.h"

/* The text, the NUL behind it, and one octet that is too much. */
enum { PIPE = 3, ROOM = BOUNDED_OUTPUT_MAX + 2 };

/* ---- the other process ---- */

/* As much more as the memory that the caller has already.  Under a sanitizer that is spent by the terabyte. */
static void limit_myself(void)
{
	const struct rlimit time = { BOUNDED_CPU_S, BOUNDED_CPU_S };
	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CPU, &time);
	(void)setrlimit(RLIMIT_CORE, &none);
#if !defined(__SANITIZE_ADDRESS__)
	const struct mallinfo2 taken = mallinfo2();
	rlim_t most = (rlim_t)taken.arena + (rlim_t)taken.hblkhd + BOUNDED_MEMORY_MAX;
	const struct rlimit memory = { most, most };
	(void)setrlimit(RLIMIT_DATA, &memory);
#endif
}

/* A NUL behind the text says that it is whole. */
static void send_all(const char *text, size_t size)
{
	for (size_t sent = 0; sent <= size;) {
		ssize_t r = write(PIPE, text + sent, size + 1 - sent);
		if (r < 0) {
			_exit(1);
		}
		sent += (size_t)r;
	}
}

struct piece {
	bounded_work *work;
	const void *context;
};

static void run(int output, const void *context)
{
	const struct piece *piece = context;
	unsigned missing = 0;
	char *text = NULL;
	size_t size = 0;

	if (dup2(output, PIPE) < 0 || close_range(PIPE + 1, ~0U, 0) < 0) {
		_exit(1);
	}
	limit_myself();
	if (sandbox_enter(SANDBOX_DESCRIBER, &missing) < 0) {
		_exit(1);
	}
	FILE *stream = open_memstream(&text, &size);
	if (stream == NULL || piece->work(stream, piece->context) < 0 || fclose(stream) != 0) {
		_exit(1);
	}
	send_all(text, size);
}

/* ---- waiting for it ---- */

static bool wait_readable(int input, uint64_t until_ms)
{
	uint64_t now_ms = clock_now_ms();
	struct pollfd readable = { .fd = input, .events = POLLIN };
	int r;

	do {
		r = now_ms >= until_ms ? 0 : poll(&readable, 1, (int)(until_ms - now_ms));
		now_ms = clock_now_ms();
	} while (r < 0 && errno == EINTR);
	return r > 0;
}

/* 0 at the end of a whole text. */
static int take_all(int input, char *text)
{
	uint64_t until_ms = clock_now_ms() + (uint64_t)BOUNDED_WAIT_S * 1000;
	size_t size = 0;

	while (size < ROOM && wait_readable(input, until_ms)) {
		ssize_t r = read(input, text + size, ROOM - size);
		if (r <= 0) {
			return r == 0 && size > 0 && text[size - 1] == '\0' ? 0 : -ETIMEDOUT;
		}
		size += (size_t)r;
	}
	return -ETIMEDOUT;
}

static int take(int input, pid_t process, char **ret_text)
{
	char *text = malloc(ROOM);
	int r = text == NULL ? -ENOMEM : take_all(input, text);

	(void)kill(process, SIGKILL);
	while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {
	}
	if (r < 0) {
		free(text);
		return r;
	}
	*ret_text = text;
	return 0;
}

int bounded_run(bounded_work *work, const void *context, char **ret_text)
{
	const struct piece piece = { work, context };
	pid_t process = -1;
	int input = -1;
	int r = child_work(run, &piece, &process, &input);

	if (r == 0) {
		r = take(input, process, ret_text);
		(void)close(input);
	}
	return r;
}
