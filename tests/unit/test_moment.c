/* test_moment.c - moments against the C library's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include <errno.h>

#include "base/moment.h"

static void moments_are_the_librarys(void **state)
{
	char moment[MOMENT_SIZE];
	char expected[MOMENT_SIZE];
	const int64_t last = INT64_C(253402300799);
	int64_t seconds;
	int64_t back;
	struct tm utc;

	(void)state;
	/* Each some 11 days, at another time of day. */
	for (seconds = -INT64_C(30610224000); seconds <= last; seconds += 976543) {
		const time_t at = (time_t)seconds;
		assert_non_null(gmtime_r(&at, &utc));
		assert_int_equal(strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%SZ", &utc), MOMENT_SIZE - 1);
		assert_int_equal(moment_write(seconds, moment), 0);
		assert_string_equal(moment, expected);
		assert_int_equal(moment_read(moment, &back), 0);
		assert_int_equal(back, seconds);
	}
}

static void the_ends_are_kept(void **state)
{
	char moment[MOMENT_SIZE] = "unchanged";

	(void)state;
	assert_int_equal(moment_write(-INT64_C(30610224001), moment), -EINVAL);
	assert_int_equal(moment_write(INT64_C(253402300800), moment), -EINVAL);
	assert_int_equal(moment_write(INT64_MIN, moment), -EINVAL);
	assert_int_equal(moment_write(INT64_MAX, moment), -EINVAL);
	assert_string_equal(moment, "unchanged");
	assert_int_equal(moment_write(-INT64_C(30610224000), moment), 0);
	assert_string_equal(moment, "1000-01-01T00:00:00Z");
	assert_int_equal(moment_write(INT64_C(253402300799), moment), 0);
	assert_string_equal(moment, "9999-12-31T23:59:59Z");
}

static void what_is_none_is_refused(void **state)
{
	static const char *const none[] = {
		"",
		"2026-11-21",
		"2026-11-21T09:00:00",
		"2026-11-21T09:00:00Z ",
		" 2026-11-21T09:00:00Z",
		"2026-11-21 09:00:00Z",
		"2026-13-21T09:00:00Z",
		"2026-00-21T09:00:00Z",
		"2026-02-29T09:00:00Z",
		"1900-02-29T09:00:00Z",
		"2026-04-31T09:00:00Z",
		"2026-11-00T09:00:00Z",
		"2026-11-21T24:00:00Z",
		"2026-11-21T09:60:00Z",
		"2026-11-21T09:00:60Z",
		"2026-1\xff-21T09:00:00Z",
		"2026-11-21T09:00:0:Z",
		"0026-11-21T09:00:00Z",
		"////-//-//T//://://Z",
	};
	int64_t seconds = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		if (moment_read(none[i], &seconds) != -EINVAL) {
			fail_msg("%s", none[i]);
		}
		assert_int_equal(moment_seconds(none[i]), 0);
	}
	assert_int_equal(seconds, 7);
	assert_int_equal(moment_seconds("2024-02-29T00:00:01Z"), 1709164801);
}

static void a_moment_follows_another(void **state)
{
	char moment[MOMENT_SIZE] = "unchanged";

	(void)state;
	assert_int_equal(moment_after("2026-13-21T09:00:00Z", 0, moment), -EINVAL);
	assert_int_equal(moment_after("9999-12-31T23:59:59Z", 1, moment), -EINVAL);
	assert_int_equal(moment_after("2026-11-21T09:00:00Z", INT64_MAX, moment), -EINVAL);
	assert_string_equal(moment, "unchanged");
	assert_int_equal(moment_after("2026-12-31T23:59:30Z", 31, moment), 0);
	assert_string_equal(moment, "2027-01-01T00:00:01Z");
	assert_int_equal(moment_after("1970-01-01T00:00:00Z", 1795251600, moment), 0);
	assert_string_equal(moment, "2026-11-21T09:00:00Z");
}

static void one_lies_so_far_from_another(void **state)
{
	(void)state;
	assert_int_equal(moment_between("2026-11-21T09:00:00Z", "2026-11-22T09:00:01Z"), 86401);
	assert_int_equal(moment_between("2026-11-22T09:00:01Z", "2026-11-21T09:00:00Z"), -86401);
	assert_int_equal(moment_between("", "2026-11-21T09:00:00Z"), 0);
	assert_int_equal(moment_between("2026-11-21T09:00:00Z", ""), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moments_are_the_librarys), cmocka_unit_test(the_ends_are_kept),
		cmocka_unit_test(what_is_none_is_refused),  cmocka_unit_test(one_lies_so_far_from_another),
		cmocka_unit_test(a_moment_follows_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
