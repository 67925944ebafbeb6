/* test_loop.c - the order of callbacks within a turn, and what callbacks may do to each other. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop/loop.h"
#include "os/clock.h"

enum { BELLS = 300 };

struct bell {
	struct loop_source source;
	struct test *test;
	int calls;
};

struct test {
	struct loop *loop;
	struct bell bells[BELLS]; /* eventfds */
	struct loop_timer timers[4];
	char order[64]; /* a letter for each callback */
	int signals[8];
	int signals_count;
	int turns_left;
};

static void note(struct test *test, char letter)
{
	size_t length = strlen(test->order);

	assert_true(length + 1 < sizeof(test->order));
	test->order[length] = letter;
}

static int begin(void **state)
{
	struct test *test = calloc(1, sizeof(*test));

	assert_non_null(test);
	assert_int_equal(loop_create(&test->loop), 0);
	for (int i = 0; i < BELLS; i++) {
		test->bells[i].source.descriptor = -1;
		test->bells[i].test = test;
	}
	for (int i = 0; i < 4; i++) {
		test->timers[i].data = test;
	}
	*state = test;
	return 0;
}

static int end(void **state)
{
	struct test *test = *state;

	for (int i = 0; i < BELLS; i++) {
		if (test->bells[i].source.descriptor >= 0) {
			(void)close(test->bells[i].source.descriptor);
		}
	}
	assert_null(loop_destroy(test->loop));
	free(test);
	return 0;
}

/* Adds a bell that has rung `count` times. */
static void add_bell(struct test *test, int which, unsigned count,
		     void (*ready)(struct loop_source *source, uint32_t events))
{
	struct bell *bell = &test->bells[which];

	bell->source = (struct loop_source){
		.descriptor = eventfd(count, EFD_CLOEXEC | EFD_NONBLOCK),
		.ready = ready,
		.data = bell,
	};
	assert_true(bell->source.descriptor >= 0);
	assert_int_equal(loop_add(test->loop, &bell->source, EPOLLIN), 0);
}

static void set_timer(struct test *test, int which, uint64_t due_ms, void (*expired)(struct loop_timer *timer))
{
	test->timers[which].expired = expired;
	loop_timer_set(test->loop, &test->timers[which], due_ms);
}

static void stop(struct loop_timer *timer)
{
	struct test *test = timer->data;

	note(test, 'x');
	loop_stop(test->loop);
}

static void note_bell(struct loop_source *source, uint32_t events)
{
	struct bell *bell = source->data;

	assert_int_equal(events, EPOLLIN);
	note(bell->test, (char)('a' + (bell - bell->test->bells)));
	bell->calls++;
	loop_remove(bell->test->loop, source);
}

static void note_timer(struct loop_timer *timer)
{
	struct test *test = timer->data;

	assert_int_equal(timer->due_ms, 0);
	note(test, (char)('1' + (timer - test->timers)));
}

static void descriptors_come_before_timers(void **state)
{
	struct test *test = *state;

	set_timer(test, 0, 1, note_timer);
	set_timer(test, 1, 2, stop);
	add_bell(test, 0, 1, note_bell);
	assert_int_equal(loop_run(test->loop), 0);
	assert_string_equal(test->order, "a1x");
}

static void timers_run_in_order_of_their_moments(void **state)
{
	struct test *test = *state;
	uint64_t now_ms = loop_now_ms(test->loop);

	set_timer(test, 3, now_ms + 3, stop);
	set_timer(test, 1, now_ms + 2, note_timer);
	set_timer(test, 0, now_ms + 1, note_timer);
	set_timer(test, 2, now_ms + 2, note_timer);
	assert_int_equal(loop_run(test->loop), 0);
	assert_string_equal(test->order, "123x");
	assert_true(loop_now_ms(test->loop) >= now_ms + 3);
	assert_true(clock_now_ms() >= now_ms + 3);
}

static void timer_is_moved_and_stopped(void **state)
{
	struct test *test = *state;
	uint64_t now_ms = loop_now_ms(test->loop);

	set_timer(test, 0, 0, note_timer);
	assert_true(test->timers[0].due_ms != 0);
	set_timer(test, 1, now_ms, note_timer);
	set_timer(test, 0, now_ms + 2, note_timer);
	set_timer(test, 2, now_ms + 1, note_timer);
	set_timer(test, 3, now_ms + 3, stop);
	loop_timer_stop(&test->timers[1]);
	loop_timer_stop(&test->timers[1]);
	assert_int_equal(loop_run(test->loop), 0);
	assert_string_equal(test->order, "31x");
}

/* ---- what callbacks do to each other ---- */

static void remove_all_bells(struct loop_source *source, uint32_t events)
{
	struct bell *bell = source->data;

	(void)events;
	bell->calls++;
	for (int i = 0; i < BELLS; i++) {
		struct loop_source *other = &bell->test->bells[i].source;
		loop_remove(bell->test->loop, other);
		(void)close(other->descriptor);
		/* As if the memory were gone. */
		*other = (struct loop_source){ .descriptor = -1 };
	}
}

static void removed_source_is_not_called(void **state)
{
	struct test *test = *state;
	int calls = 0;

	for (int i = 0; i < BELLS; i++) {
		add_bell(test, i, 1, remove_all_bells);
	}
	set_timer(test, 0, 1, stop);
	assert_int_equal(loop_run(test->loop), 0);
	for (int i = 0; i < BELLS; i++) {
		calls += test->bells[i].calls;
	}
	assert_int_equal(calls, 1);
}

static void replace_other_bell(struct loop_source *source, uint32_t events)
{
	struct bell *bell = source->data;
	struct test *test = bell->test;
	int other = bell == &test->bells[0] ? 1 : 0;

	(void)events;
	note(test, 'r');
	loop_remove(test->loop, source);
	loop_remove(test->loop, &test->bells[other].source);
	(void)close(test->bells[other].source.descriptor);
	add_bell(test, other, 0, note_bell);
}

/* The same memory and the same number again: the event fetched for the old one is not the new
 * one's. */
static void source_added_anew_gets_no_old_event(void **state)
{
	struct test *test = *state;

	add_bell(test, 0, 1, replace_other_bell);
	add_bell(test, 1, 1, replace_other_bell);
	set_timer(test, 0, loop_now_ms(test->loop) + 5, stop);
	assert_int_equal(loop_run(test->loop), 0);
	assert_string_equal(test->order, "rx");
}

static void stop_first_timer(struct loop_source *source, uint32_t events)
{
	struct bell *bell = source->data;

	(void)events;
	note(bell->test, 's');
	loop_timer_stop(&bell->test->timers[0]);
	loop_remove(bell->test->loop, source);
}

static void stop_second_timer(struct loop_timer *timer)
{
	struct test *test = timer->data;

	note(test, 'S');
	loop_timer_stop(&test->timers[1]);
}

static void timer_stopped_in_the_turn_is_not_called(void **state)
{
	struct test *test = *state;

	set_timer(test, 0, 1, note_timer);
	set_timer(test, 2, 1, stop_second_timer);
	set_timer(test, 1, 1, note_timer);
	set_timer(test, 3, 2, stop);
	add_bell(test, 0, 1, stop_first_timer);
	assert_int_equal(loop_run(test->loop), 0);
	assert_string_equal(test->order, "sSx");
}

static void set_timer_again(struct loop_timer *timer)
{
	struct test *test = timer->data;

	note(test, 't');
	if (--test->turns_left == 0) {
		loop_stop(test->loop);
		return;
	}
	loop_timer_set(test->loop, timer, 1);
}

static void count_turns(struct loop_source *source, uint32_t events)
{
	struct bell *bell = source->data;

	(void)events;
	note(bell->test, '-');
}

static void timer_set_in_a_timer_runs_in_the_next_turn(void **state)
{
	struct test *test = *state;

	test->turns_left = 3;
	add_bell(test, 0, 1, count_turns);
	set_timer(test, 0, 1, set_timer_again);
	assert_int_equal(loop_run(test->loop), 0);
	assert_string_equal(test->order, "-t-t-t");
}

static void set_stop_timer(struct loop_source *source, uint32_t events)
{
	struct bell *bell = source->data;

	(void)events;
	note(bell->test, '-');
	if (bell->test->timers[0].due_ms == 0 && bell->calls++ == 0) {
		set_timer(bell->test, 0, 1, stop);
	}
}

static void timer_set_by_a_source_runs_in_the_next_turn(void **state)
{
	struct test *test = *state;

	add_bell(test, 0, 1, set_stop_timer);
	assert_int_equal(loop_run(test->loop), 0);
	assert_string_equal(test->order, "--x");
}

static void put_off_due_timer(struct loop_source *source, uint32_t events)
{
	struct bell *bell = source->data;

	(void)events;
	note(bell->test, '-');
	if (bell->calls++ == 0) {
		loop_timer_set(bell->test->loop, &bell->test->timers[0], 1);
	}
}

static void due_timer_set_again_waits_for_the_next_turn(void **state)
{
	struct test *test = *state;

	set_timer(test, 0, 1, stop);
	add_bell(test, 0, 1, put_off_due_timer);
	assert_int_equal(loop_run(test->loop), 0);
	assert_string_equal(test->order, "--x");
}

static void the_turn_has_one_moment(struct loop_source *source, uint32_t events)
{
	struct bell *bell = source->data;
	uint64_t now_ms = loop_now_ms(bell->test->loop);

	(void)events;
	while (clock_now_ms() < now_ms + 3) {
		/* Time passes, but not for the turn. */
	}
	assert_int_equal(loop_now_ms(bell->test->loop), now_ms);
	loop_stop(bell->test->loop);
}

static void now_stays_in_a_turn(void **state)
{
	struct test *test = *state;

	add_bell(test, 0, 1, the_turn_has_one_moment);
	assert_int_equal(loop_run(test->loop), 0);
}

/* ---- starting and stopping ---- */

static void stop_before_run(void **state)
{
	struct test *test = *state;

	loop_stop(test->loop);
	assert_int_equal(loop_run(test->loop), 0);
	set_timer(test, 0, 1, stop);
	assert_int_equal(loop_run(test->loop), 0);
	assert_string_equal(test->order, "x");
}

static void change_and_failures(void **state)
{
	struct test *test = *state;
	struct loop_source none = { .descriptor = -1 };
	struct loop_source *source = &test->bells[0].source;

	assert_int_equal(loop_add(test->loop, &none, EPOLLIN), -EBADF);
	loop_remove(test->loop, &none);
	add_bell(test, 0, 1, note_bell);
	assert_int_equal(loop_add(test->loop, source, EPOLLIN), -EEXIST);
	assert_int_equal(loop_change(test->loop, source, 0), 0);
	set_timer(test, 0, 1, stop);
	assert_int_equal(loop_run(test->loop), 0);
	assert_string_equal(test->order, "x");
	assert_int_equal(loop_change(test->loop, source, EPOLLIN), 0);
	set_timer(test, 0, 1, stop);
	assert_int_equal(loop_run(test->loop), 0);
	assert_string_equal(test->order, "xax");
	assert_int_equal(loop_change(test->loop, source, EPOLLIN), -ENOENT);
	loop_remove(test->loop, source);
}

static void exclusive_source(void **state)
{
	struct test *test = *state;
	struct loop_source *source = &test->bells[0].source;

	add_bell(test, 0, 1, note_bell);
	loop_remove(test->loop, source);
	assert_int_equal(loop_add(test->loop, source, EPOLLIN | EPOLLEXCLUSIVE), 0);
	set_timer(test, 0, 1, stop);
	assert_int_equal(loop_run(test->loop), 0);
	assert_string_equal(test->order, "ax");
}

static void loop_may_go_before_its_timers(void **state)
{
	struct test *test = *state;

	set_timer(test, 0, 1, stop);
	set_timer(test, 1, UINT64_MAX, stop);
	test->loop = loop_destroy(test->loop);
	loop_timer_stop(&test->timers[0]);
	loop_timer_stop(&test->timers[1]);
	assert_int_equal(test->timers[1].due_ms, 0);
	assert_null(loop_destroy(NULL));
}

/* ---- signals ---- */

static void note_signal(int signal, void *data)
{
	struct test *test = data;

	test->signals[test->signals_count++] = signal;
	if (signal == SIGTERM) {
		loop_stop(test->loop);
	}
}

static void signals_are_reported(void **state)
{
	struct test *test = *state;
	sigset_t signals;
	sigset_t before;

	assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &before), 0);
	sigemptyset(&signals);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGTERM);
	assert_int_equal(loop_signals(test->loop, &signals, note_signal, test), 0);
	assert_int_equal(raise(SIGHUP), 0);
	assert_int_equal(raise(SIGHUP), 0);
	assert_int_equal(raise(SIGTERM), 0);
	assert_int_equal(loop_run(test->loop), 0);
	assert_int_equal(test->signals_count, 2);
	assert_int_equal(test->signals[0], SIGHUP);
	assert_int_equal(test->signals[1], SIGTERM);
	assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
}

static void do_nothing(int signal)
{
	(void)signal;
}

/* A handler that interrupts the wait again and again ends nothing. */
static void interruption_is_nothing(void **state)
{
	struct test *test = *state;
	struct sigaction action = { .sa_handler = do_nothing };
	struct sigaction before;
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct itimerspec every_ms = { { 0, NS_PER_MS }, { 0, NS_PER_MS } };
	timer_t alarm;

	assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
	assert_int_equal(timer_create(CLOCK_MONOTONIC, &event, &alarm), 0);
	assert_int_equal(timer_settime(alarm, 0, &every_ms, NULL), 0);
	set_timer(test, 0, loop_now_ms(test->loop) + 20, stop);
	assert_int_equal(loop_run(test->loop), 0);
	assert_string_equal(test->order, "x");
	assert_int_equal(timer_delete(alarm), 0);
	assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(descriptors_come_before_timers),
		TEST(timers_run_in_order_of_their_moments),
		TEST(timer_is_moved_and_stopped),
		TEST(removed_source_is_not_called),
		TEST(source_added_anew_gets_no_old_event),
		TEST(timer_stopped_in_the_turn_is_not_called),
		TEST(timer_set_in_a_timer_runs_in_the_next_turn),
		TEST(timer_set_by_a_source_runs_in_the_next_turn),
		TEST(due_timer_set_again_waits_for_the_next_turn),
		TEST(now_stays_in_a_turn),
		TEST(stop_before_run),
		TEST(change_and_failures),
		TEST(exclusive_source),
		TEST(loop_may_go_before_its_timers),
		TEST(signals_are_reported),
		TEST(interruption_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
