/* test_log.c - what reaches descriptor 2, and what does not when there is too much of it. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "os/clock.h"
#include "os/log.h"

enum { FLOOD = 1000 };

/* Descriptor 2 leads into a pipe while an event is logged: cmocka says its own things there. */
static int output[2];
static int terminal;
static char lines[65536];

static void begin(void)
{
	assert_int_equal(pipe2(output, O_CLOEXEC), 0);
	terminal = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	assert_true(terminal >= 0);
	assert_int_equal(dup2(output[1], STDERR_FILENO), STDERR_FILENO);
	(void)close(output[1]);
}

/* Returns all that was written since begin(). */
static const char *end(void)
{
	ssize_t size = 0;

	assert_int_equal(dup2(terminal, STDERR_FILENO), STDERR_FILENO);
	(void)close(terminal);
	memset(lines, 0, sizeof(lines));
	for (size_t used = 0; used < sizeof(lines) - 1; used += (size_t)size) {
		size = read(output[0], lines + used, sizeof(lines) - 1 - used);
		assert_true(size >= 0);
		if (size == 0) {
			break;
		}
	}
	(void)close(output[0]);
	return lines;
}

static int count(const char *text, const char *part)
{
	int found = 0;

	for (; (text = strstr(text, part)) != NULL; text++) {
		found++;
	}
	return found;
}

/* The sum of what these events say was held back. */
static int suppressed(const char *text, const char *event)
{
	static const char word[] = " suppressed=";
	int sum = 0;

	while ((text = strstr(text, event)) != NULL) {
		text += strlen(event);
		if (strncmp(text, word, strlen(word)) == 0) {
			sum += (int)strtol(text + strlen(word), NULL, 10);
		}
	}
	return sum;
}

static void wait_a_second(void)
{
	const struct timespec second = { .tv_sec = 1, .tv_nsec = 10000000 };

	assert_int_equal(nanosleep(&second, NULL), 0);
}

/* Runs first, before log_open(). */
static void text_until_opened(void **state)
{
	(void)state;
	begin();
	log_event(LOG_LEVEL_INFO, "early", "number", LOG_NUMBER(UINT64_MAX), NULL);
	const char *written = end();
	assert_memory_equal(written, "time=2", 6);
	assert_int_equal(count(written, "Z level=info event=early number=18446744073709551615\n"), 1);
}

static void opened(void **state)
{
	(void)state;
	begin();
	log_open(LOG_TEXT_WITH_PRIORITY, "acceptor 1");
	errno = EBUSY;
	log_event(LOG_LEVEL_WARNING, "opened", "error", strerror(EACCES), NULL);
	assert_int_equal(errno, EBUSY);
	assert_string_equal(end(), "<4>level=warning process=\"acceptor 1\" event=opened "
				   "error=\"Permission denied\"\n");
}

static void long_process_is_cut(void **state)
{
	(void)state;
	begin();
	log_open(LOG_TEXT_WITH_PRIORITY, "0123456789012345678901234567890123456789");
	log_event(LOG_LEVEL_INFO, "long", NULL);
	log_open(LOG_TEXT_WITH_PRIORITY, "test");
	assert_string_equal(end(), "<6>level=info process=0123456789012345678901234567890 "
				   "event=long\n");
}

/* Everything is either said or counted, however slow the machine is and however many seconds pass.
 */
static void too_many_lines_are_counted(void **state)
{
	uint64_t began_ms = clock_now_ms();

	(void)state;
	begin();
	for (int i = 0; i < FLOOD; i++) {
		log_event(LOG_LEVEL_WARNING, "flood", NULL);
	}
	log_event(LOG_LEVEL_INFO, "other-kind", NULL);
	wait_a_second();
	log_flush();
	log_flush();
	uint64_t seconds = (clock_now_ms() - began_ms) / 1000 + 1;
	const char *written = end();
	int said = count(written, "event=flood\n");
	assert_int_equal(count(written, "event=other-kind\n"), 1);
	assert_true(said >= LOG_LINES_PER_SECOND);
	assert_true((uint64_t)said <= seconds * LOG_LINES_PER_SECOND);
	assert_int_equal(suppressed(written, "<4>level=warning process=test event=flood"), FLOOD - said);
}

static void next_line_says_the_count_too(void **state)
{
	(void)state;
	begin();
	for (int i = 0; i < FLOOD; i++) {
		log_event(LOG_LEVEL_INFO, "again", NULL);
	}
	wait_a_second();
	log_event(LOG_LEVEL_INFO, "again", "v", "1", NULL);
	const char *written = end();
	int said = count(written, "event=again\n");
	assert_int_equal(suppressed(written, "<6>level=info process=test event=again"), FLOOD - said);
	const char *last = strstr(written, "<6>level=info process=test event=again v=1\n");
	assert_non_null(last);
	assert_null(strstr(last, "suppressed"));
}

static void full_pipe_stops_nobody(void **state)
{
	char block[4096] = { 0 };

	(void)state;
	begin();
	assert_int_equal(fcntl(output[0], F_SETPIPE_SZ, 4096), 4096);
	assert_int_equal(write(STDERR_FILENO, block, sizeof(block)), sizeof(block));
	log_event(LOG_LEVEL_INFO, "full", NULL);
	assert_int_equal(read(output[0], block, sizeof(block)), sizeof(block));
	assert_string_equal(end(), "");
}

static void pipe_without_reader_ends_nobody(void **state)
{
	(void)state;
	begin();
	(void)close(output[0]);
	output[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_true(output[0] >= 0);
	log_event(LOG_LEVEL_INFO, "no-reader", NULL);
	(void)close(STDERR_FILENO);
	log_event(LOG_LEVEL_INFO, "closed", NULL);
	assert_string_equal(end(), "");
}

/* Runs last: it uses up the places of all kinds. */
static void kinds_beyond_the_table_share_a_place(void **state)
{
	static char names[300][24];

	(void)state;
	for (int i = 0; i < 300; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "kind-%d", i);
	}
	begin();
	for (int i = 0; i < 300; i++) {
		log_event(LOG_LEVEL_INFO, names[i], NULL);
	}
	wait_a_second();
	log_flush();
	const char *written = end();
	assert_int_equal(count(written, "event=kind-0\n"), 1);
	int said = count(written, "event=kind-");
	assert_int_equal(suppressed(written, "event=other"), 300 - said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_until_opened),
		cmocka_unit_test(opened),
		cmocka_unit_test(long_process_is_cut),
		cmocka_unit_test(too_many_lines_are_counted),
		cmocka_unit_test(next_line_says_the_count_too),
		cmocka_unit_test(full_pipe_stops_nobody),
		cmocka_unit_test(pipe_without_reader_ends_nobody),
		cmocka_unit_test(kinds_beyond_the_table_share_a_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
