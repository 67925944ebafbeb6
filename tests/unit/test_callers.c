/* test_callers.c - what a relay knows of its sources: counts are exact whatever the order, and limits hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "relay/callers.h"

enum { CONNECTIONS_MAX = 200, SOURCES = 64, STEPS = 200000 };

static void a_source_has_so_many_and_no_more(void **state)
{
	struct callers *callers;

	(void)state;
	assert_int_equal(callers_create(10, &callers), 0);
	assert_true(callers_enter(callers, 7, 2));
	assert_true(callers_enter(callers, 7, 2));
	assert_false(callers_enter(callers, 7, 2));
	assert_true(callers_enter(callers, 8, 2));
	callers_leave(callers, 7);
	assert_true(callers_enter(callers, 7, 2));
	assert_false(callers_enter(callers, 7, 2));
	callers = callers_destroy(callers);
	assert_null(callers);
}

/* Every connection may come from a source of its own, again and again; and all of them may meet in one bucket. */
static void there_is_room_for_all(void **state)
{
	struct callers *callers;

	(void)state;
	assert_int_equal(callers_create(CONNECTIONS_MAX, &callers), 0);
	for (uint64_t step = 1; step <= 1 << 12; step <<= 4) {
		for (int turn = 0; turn < 3; turn++) {
			for (uint64_t i = 0; i < CONNECTIONS_MAX; i++) {
				assert_true(callers_enter(callers, i * step, 1));
				assert_false(callers_enter(callers, i * step, 1));
			}
			for (uint64_t i = 0; i < CONNECTIONS_MAX; i++) {
				callers_leave(callers, (turn == 1 ? CONNECTIONS_MAX - 1 - i : i) * step);
			}
		}
	}
	callers_destroy(callers);
}

static void counts_are_exact(void **state)
{
	struct callers *callers;
	uint32_t counts[SOURCES] = { 0 };
	uint32_t all = 0;

	(void)state;
	srandom(1);
	assert_int_equal(callers_create(CONNECTIONS_MAX, &callers), 0);
	for (int step = 0; step < STEPS; step++) {
		uint64_t source = (uint64_t)random() % SOURCES;
		uint64_t key = source << (source % 3 * 8); /* some share a bucket */
		if (random() % 2 == 0 && counts[source] > 0) {
			callers_leave(callers, key);
			counts[source]--;
			all--;
		} else if (all < CONNECTIONS_MAX && (source != 0 || counts[0] == 0)) {
			assert_true(callers_enter(callers, key, counts[source] + 1));
			assert_false(callers_enter(callers, key, counts[source] + 1));
			counts[source]++;
			all++;
		}
	}
	callers_destroy(callers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_source_has_so_many_and_no_more),
		cmocka_unit_test(there_is_room_for_all),
		cmocka_unit_test(counts_are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
