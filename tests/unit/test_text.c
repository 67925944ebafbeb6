/* test_text.c - text built into a buffer: never past its end, and always a string. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void pieces_are_joined(void **state)
{
	char buffer[64];
	struct text text;

	(void)state;
	text_init(&text, buffer, sizeof(buffer));
	assert_string_equal(text.start, "");
	text_put(&text, "functions");
	text_put_char(&text, '=');
	text_put_unsigned(&text, 65536);
	text_put_bytes(&text, " more than that", 5);
	text_put(&text, "");
	assert_string_equal(text.start, "functions=65536 more");
	assert_int_equal(text.used, strlen(buffer));
	assert_false(text.cut);
}

static void numbers(void **state)
{
	char buffer[64];
	struct text text;

	(void)state;
	text_init(&text, buffer, sizeof(buffer));
	text_put_unsigned(&text, 0);
	text_put_char(&text, ' ');
	text_put_unsigned(&text, 10);
	text_put_char(&text, ' ');
	text_put_unsigned(&text, UINT64_MAX);
	assert_string_equal(text.start, "0 10 18446744073709551615");
}

static void last_octet_is_for_nul(void **state)
{
	char buffer[] = "01234567";
	struct text text;

	(void)state;
	text_init(&text, buffer, 5);
	text_put(&text, "four");
	assert_false(text.cut);
	assert_string_equal(text.start, "four");
	text_put(&text, "");
	assert_false(text.cut);
	text_put_char(&text, '5');
	assert_true(text.cut);
	assert_memory_equal(buffer, "four\000567", sizeof(buffer));
}

static void piece_that_does_not_fit_is_left_out(void **state)
{
	char buffer[8];
	struct text text;

	(void)state;
	text_init(&text, buffer, sizeof(buffer));
	text_put(&text, "abc");
	text_put(&text, "too long");
	text_put_bytes(&text, "x", SIZE_MAX);
	assert_true(text.cut);
	assert_string_equal(text.start, "abc");
	text_put(&text, "de");
	assert_string_equal(text.start, "abcde");
	assert_true(text.cut);
}

static void no_buffer(void **state)
{
	char buffer[] = "x";
	struct text text;

	(void)state;
	text_init(&text, buffer, 0);
	text_put(&text, "");
	text_put_char(&text, 'y');
	assert_true(text.cut);
	assert_int_equal(text.used, 0);
	assert_string_equal(buffer, "x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_joined),
		cmocka_unit_test(numbers),
		cmocka_unit_test(last_octet_is_for_nul),
		cmocka_unit_test(piece_that_does_not_fit_is_left_out),
		cmocka_unit_test(no_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
