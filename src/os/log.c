/* log.c - where events go: descriptor 2, one write a line.
 *
 * Called by rendezvous/ and cmd/.  Never allocates, never uses stdio (a line must come out whole,
 * and other processes write to the same place), never waits for whoever reads the lines.
 *
 * Limits are kept for each kind of event in a table that is larger than the number of events berth
 * has; should that once not hold, the rest shares the last place. */
#include "os/log.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "os/clock.h"

enum { KINDS_MAX = 128, PROCESS_MAX = 32, SECOND_MS = 1000 };

struct kind {
	const char *event; /* NULL: free, and so are all behind it */
	enum log_level level;
	uint64_t began_ms; /* of the second in which lines are counted */
	unsigned lines;
	uint64_t suppressed;
};

static struct {
	enum log_format format;
	char process[PROCESS_MAX];
	struct kind kinds[KINDS_MAX];
} sink = { .format = LOG_TEXT, .kinds[KINDS_MAX - 1] = { .event = "other" } };

void log_open(enum log_format format, const char *process)
{
	struct text name;

	sink.format = format;
	text_init(&name, sink.process, sizeof(sink.process));
	text_put_bytes(&name, process, strnlen(process, sizeof(sink.process) - 1));
}

const char *log_number(char *buffer, size_t size, uint64_t number)
{
	struct text text;

	text_init(&text, buffer, size);
	text_put_unsigned(&text, number);
	return buffer;
}

static void write_line(const char *line, size_t size)
{
	struct pollfd output = { .fd = STDERR_FILENO, .events = POLLOUT };

	/* Asked first, because a full pipe would stop this process and one without a reader would
	 * end it; the descriptor cannot be made non-blocking, for others share it. */
	if (poll(&output, 1, 0) == 1 && output.revents == POLLOUT) {
		/* A line lost is a line lost: there is nowhere to say so. */
		ssize_t ignored = write(STDERR_FILENO, line, size);
		(void)ignored;
	}
}

static void say(enum log_level level, const char *event, va_list pairs)
{
	char line[LOG_LINE_MAX];
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	uint64_t now_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / NS_PER_MS;
	size_t size = log_line_build(line, sizeof(line), sink.format, level, now_ms, sink.process, event, pairs);
	write_line(line, size);
}

__attribute__((sentinel)) static void say_now(enum log_level level, const char *event, ...)
{
	va_list pairs;

	va_start(pairs, event);
	say(level, event, pairs);
	va_end(pairs);
}

/* The place of this kind of event, taken if it has none. */
static struct kind *kind_of(const char *event)
{
	struct kind *kind = sink.kinds;
	const struct kind *last = &sink.kinds[KINDS_MAX - 1];

	while (kind < last && kind->event != NULL && strcmp(kind->event, event) != 0) {
		kind++;
	}
	if (kind->event == NULL) {
		kind->event = event;
	}
	return kind;
}

static bool is_over(const struct kind *kind, uint64_t now_ms)
{
	return now_ms - kind->began_ms >= SECOND_MS;
}

static void say_suppressed(struct kind *kind)
{
	if (kind->suppressed > 0) {
		say_now(kind->level, kind->event, "suppressed", LOG_NUMBER(kind->suppressed), NULL);
		kind->suppressed = 0;
	}
}

void log_event(enum log_level level, const char *event, ...)
{
	int error = errno;
	uint64_t now_ms = clock_now_ms();
	struct kind *kind = kind_of(event);
	va_list pairs;

	if (is_over(kind, now_ms)) {
		say_suppressed(kind);
		kind->began_ms = now_ms;
		kind->lines = 0;
	}
	if (kind->lines < LOG_LINES_PER_SECOND) {
		kind->lines++;
		va_start(pairs, event);
		say(level, event, pairs);
		va_end(pairs);
	} else {
		kind->suppressed++;
		kind->level = level;
	}
	errno = error;
}

void log_flush(void)
{
	int error = errno;
	uint64_t now_ms = clock_now_ms();

	for (size_t i = 0; i < KINDS_MAX; i++) {
		if (is_over(&sink.kinds[i], now_ms)) {
			say_suppressed(&sink.kinds[i]);
		}
	}
	errno = error;
}
