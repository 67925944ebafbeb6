/* test_log_line.c - events as lines, in each format, whatever the values hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/log_line.h"

static char line[LOG_LINE_MAX];
static enum log_level level = LOG_LEVEL_WARNING;

/* The line of `event` with the pairs that follow, in a buffer of `size`. */
__attribute__((sentinel)) static const char *build(size_t size, enum log_format format, uint64_t time_ms,
						   const char *process, ...)
{
	va_list pairs;

	memset(line, 'x', sizeof(line));
	va_start(pairs, process);
	size_t used = log_line_build(line, size, format, level, time_ms, process, "spawn-failed", pairs);
	va_end(pairs);
	assert_true(used < size);
	assert_int_equal(strlen(line), used);
	return line;
}

static const char *value_in_text(const char *value)
{
	static const char head[] = "<4>level=warning event=spawn-failed v=";
	const char *built = build(sizeof(line), LOG_TEXT_WITH_PRIORITY, 0, "", "v", value, NULL);

	assert_memory_equal(built, head, strlen(head));
	return built + strlen(head);
}

static const char *value_in_json(const char *value)
{
	static const char head[] = "{\"time\":\"1970-01-01T00:00:00.000Z\",\"level\":\"warning\","
				   "\"event\":\"spawn-failed\",\"v\":";
	const char *built = build(sizeof(line), LOG_JSON, 0, "", "v", value, NULL);

	assert_memory_equal(built, head, strlen(head));
	return built + strlen(head);
}

static void three_formats(void **state)
{
	const uint64_t moment = 1732172345678;

	(void)state;
	assert_string_equal(build(sizeof(line), LOG_TEXT, moment, "acceptor 1", "function", "git", "error",
				  "Permission denied", NULL),
			    "time=2024-11-21T06:59:05.678Z level=warning process=\"acceptor 1\" "
			    "event=spawn-failed function=git error=\"Permission denied\"\n");
	assert_string_equal(build(sizeof(line), LOG_TEXT_WITH_PRIORITY, moment, "supervisor", "function", "git", NULL),
			    "<4>level=warning process=supervisor event=spawn-failed function=git\n");
	assert_string_equal(build(sizeof(line), LOG_JSON, moment, "acceptor 1", "function", "git", "error",
				  "Permission denied", NULL),
			    "{\"time\":\"2024-11-21T06:59:05.678Z\",\"level\":\"warning\","
			    "\"process\":\"acceptor 1\",\"event\":\"spawn-failed\",\"function\":\"git\","
			    "\"error\":\"Permission denied\"}\n");
}

static void without_process_and_pairs(void **state)
{
	(void)state;
	assert_string_equal(build(sizeof(line), LOG_TEXT_WITH_PRIORITY, 0, "", NULL),
			    "<4>level=warning event=spawn-failed\n");
	/* A value that is missing ends the pairs: what would follow it cannot be known. */
	assert_string_equal(build(sizeof(line), LOG_TEXT_WITH_PRIORITY, 0, "", "v", NULL, NULL),
			    "<4>level=warning event=spawn-failed\n");
}

static void levels(void **state)
{
	(void)state;
	level = LOG_LEVEL_ERROR;
	assert_string_equal(build(sizeof(line), LOG_TEXT_WITH_PRIORITY, 0, "", NULL),
			    "<3>level=error event=spawn-failed\n");
	level = LOG_LEVEL_INFO;
	assert_string_equal(build(sizeof(line), LOG_TEXT_WITH_PRIORITY, 0, "", NULL),
			    "<6>level=info event=spawn-failed\n");
	level = LOG_LEVEL_DEBUG;
	assert_string_equal(build(sizeof(line), LOG_TEXT_WITH_PRIORITY, 0, "", NULL),
			    "<7>level=debug event=spawn-failed\n");
	level = LOG_LEVEL_WARNING;
}

static void moments(void **state)
{
	static const struct {
		uint64_t time_ms;
		const char *expected;
	} cases[] = {
		{ 0, "time=1970-01-01T00:00:00.000Z " },
		{ 951782399999, "time=2000-02-28T23:59:59.999Z " },
		{ 951782400000, "time=2000-02-29T00:00:00.000Z " },
		{ 951868800001, "time=2000-03-01T00:00:00.001Z " },
		{ 1704067199010, "time=2023-12-31T23:59:59.010Z " },
		{ 1704067200100, "time=2024-01-01T00:00:00.100Z " },
		{ 4107542400000, "time=2100-03-01T00:00:00.000Z " },
		{ 253402300799999, "time=9999-12-31T23:59:59.999Z " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *built = build(sizeof(line), LOG_TEXT, cases[i].time_ms, "", NULL);
		assert_memory_equal(built, cases[i].expected, strlen(cases[i].expected));
	}
}

static void values_in_text(void **state)
{
	static const struct {
		const char *value;
		const char *expected;
	} cases[] = {
		{ "git", "git\n" },
		{ "192.0.2.1:80/x-y_z~", "192.0.2.1:80/x-y_z~\n" },
		{ "", "\"\"\n" },
		{ "a b", "\"a b\"\n" },
		{ "a=b", "\"a=b\"\n" },
		{ "say \"x\"", "\"say \\\"x\\\"\"\n" },
		{ "a\\b", "\"a\\\\b\"\n" },
		{ "a\nlevel=error", "\"a\\x0alevel=error\"\n" },
		{ "\001\033[2J\177", "\"\\x01\\x1b[2J\\x7f\"\n" },
		{ "caf\303\251", "\"caf\\xc3\\xa9\"\n" },
		{ "\377", "\"\\xff\"\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_string_equal(value_in_text(cases[i].value), cases[i].expected);
	}
}

static void values_in_json(void **state)
{
	static const struct {
		const char *value;
		const char *expected;
	} cases[] = {
		{ "git", "\"git\"}\n" },
		{ "", "\"\"}\n" },
		{ "\"\\/", "\"\\\"\\\\/\"}\n" },
		{ "\n\001\177", "\"\\u000a\\u0001\\u007f\"}\n" },
		{ "\303\251", "\"\\u00e9\"}\n" },
		{ "\342\202\254", "\"\\u20ac\"}\n" },
		{ "\360\237\232\242", "\"\\ud83d\\udea2\"}\n" },
		{ "\364\217\277\277", "\"\\udbff\\udfff\"}\n" },
		/* Not UTF-8: a lone octet, a cut sequence, too long a form, a surrogate, too high.
		 */
		{ "\351", "\"\\u00e9\"}\n" },
		{ "\342\202", "\"\\u00e2\\u0082\"}\n" },
		{ "\342\202x", "\"\\u00e2\\u0082x\"}\n" },
		{ "\300\200", "\"\\u00c0\\u0080\"}\n" },
		{ "\340\200\200", "\"\\u00e0\\u0080\\u0080\"}\n" },
		{ "\355\240\200", "\"\\u00ed\\u00a0\\u0080\"}\n" },
		{ "\364\220\200\200", "\"\\u00f4\\u0090\\u0080\\u0080\"}\n" },
		{ "\370\210\200\200", "\"\\u00f8\\u0088\\u0080\\u0080\"}\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_string_equal(value_in_json(cases[i].value), cases[i].expected);
	}
}

static void expect_end(const char *built, const char *end)
{
	assert_true(strlen(built) > strlen(end));
	assert_string_equal(built + strlen(built) - strlen(end), end);
}

static void long_line_is_cut(void **state)
{
	char value[LOG_LINE_MAX * 2];

	(void)state;
	memset(value, 'v', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	expect_end(build(LOG_LINE_MAX, LOG_TEXT, 0, "", "v", value, "w", "w", NULL), "vvv cut=yes\n");
	expect_end(build(LOG_LINE_MAX, LOG_JSON, 0, "", "v", value, "w", "w", NULL), "vvv\",\"cut\":\"yes\"}\n");
	value[10] = ' ';
	expect_end(build(LOG_LINE_MAX, LOG_TEXT, 0, "", "v", value, "w", "w", NULL), "vvv\" cut=yes\n");
}

/* Wherever the end falls, in a key, an escape or a quote, what is there is whole. */
static void every_place_to_cut(void **state)
{
	static const char escaped[] = "\\x01";
	char value[LOG_LINE_MIN + 1] = { 0 };

	(void)state;
	for (size_t length = 0; length < LOG_LINE_MIN; length++) {
		memset(value, 'v', length);
		const char *built = build(LOG_LINE_MIN, LOG_TEXT_WITH_PRIORITY, 0, "", "v", value, "key", "\001", NULL);
		const char *key = strstr(built, " key=");
		if (strstr(built, " cut=yes\n") == NULL) {
			assert_non_null(key);
			assert_string_equal(key, " key=\"\\x01\"\n");
		} else if (key != NULL) {
			assert_string_equal(key, " key=\"\" cut=yes\n");
		} else {
			assert_null(strstr(built, escaped));
			assert_string_equal(strchr(built, '\0') - 10, "v cut=yes\n");
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_formats),    cmocka_unit_test(without_process_and_pairs),
		cmocka_unit_test(levels),	    cmocka_unit_test(moments),
		cmocka_unit_test(values_in_text),   cmocka_unit_test(values_in_json),
		cmocka_unit_test(long_line_is_cut), cmocka_unit_test(every_place_to_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
