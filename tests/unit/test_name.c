/* test_name.c - function names: a table of octets, and whether they are a name. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/name.h"

struct sample {
	const char *octets;
	size_t size;
	const char *name; /* what it is read as, or NULL */
};

#define SAMPLE(octets, name)                     \
	{                                        \
		octets, sizeof(octets) - 1, name \
	}

static const struct sample samples[] = {
	SAMPLE("a", "a"),
	SAMPLE("Z", "z"),
	SAMPLE("git", "git"),
	SAMPLE("GiT", "git"),
	SAMPLE("x11", "x11"),
	SAMPLE("9p", "9p"),
	SAMPLE("3d-printer", "3d-printer"),
	SAMPLE("a-1", "a-1"),
	SAMPLE("1-a", "1-a"),
	SAMPLE("1-a-1", "1-a-1"),
	SAMPLE("a-b-c-d-e-f-g-h", "a-b-c-d-e-f-g-h"),
	SAMPLE("abcdefghijklmno", "abcdefghijklmno"),
	SAMPLE("ABCDEFGHIJKLMNO", "abcdefghijklmno"),
	SAMPLE("12345678901234x", "12345678901234x"),
	SAMPLE("help", "help"), /* reserved by the line dialect, yet a name */
	SAMPLE("", NULL),
	SAMPLE("abcdefghijklmnop", NULL),
	SAMPLE("abcdefghijklmnopqrstuvwxyz", NULL),
	SAMPLE("1", NULL),
	SAMPLE("123", NULL),
	SAMPLE("1-2", NULL),
	SAMPLE("123456789012345", NULL),
	SAMPLE("-", NULL),
	SAMPLE("--", NULL),
	SAMPLE("-a", NULL),
	SAMPLE("a-", NULL),
	SAMPLE("-a-", NULL),
	SAMPLE("a--b", NULL),
	SAMPLE("a---b", NULL),
	SAMPLE("a-b--c", NULL),
	SAMPLE("a_b", NULL),
	SAMPLE("a.b", NULL),
	SAMPLE("a b", NULL),
	SAMPLE(" a", NULL),
	SAMPLE("a ", NULL),
	SAMPLE("a\t", NULL),
	SAMPLE("a\r", NULL),
	SAMPLE("a\n", NULL),
	SAMPLE("a\r\n", NULL),
	SAMPLE("\0", NULL),
	SAMPLE("a\0", NULL),
	SAMPLE("a\0b", NULL),
	SAMPLE("\0a", NULL),
	SAMPLE("a/b", NULL),
	SAMPLE("../a", NULL),
	SAMPLE("a@b", NULL),
	SAMPLE("a[b", NULL),
	SAMPLE("a`b", NULL),
	SAMPLE("a{b", NULL),
	SAMPLE("a:b", NULL),
	SAMPLE("*", NULL),
	SAMPLE("stra\xc3\x9f"
	       "e",
	       NULL),
	SAMPLE("\xc3\xa9t\xc3\xa9", NULL),
	SAMPLE("\xe2\x80\x93", NULL),
	SAMPLE("a\xe2\x80\x90"
	       "b",
	       NULL),		  /* a hyphen that is not '-' */
	SAMPLE("\xc4\xb0", NULL), /* letters that other locales fold into i and k */
	SAMPLE("\xe2\x84\xaa", NULL),
	SAMPLE("\xff", NULL),
	SAMPLE("a\x80", NULL),
	SAMPLE("a\x7f", NULL),
};

static void check(const struct sample *sample)
{
	struct name name;
	struct name untouched;
	int r;

	memset(&name, 0x5a, sizeof(name));
	untouched = name;
	r = name_parse(sample->octets, sample->size, &name);
	if (sample->name == NULL) {
		assert_int_equal(r, -EINVAL);
		assert_memory_equal(&name, &untouched, sizeof(name));
		return;
	}
	assert_int_equal(r, 0);
	assert_string_equal(name.text, sample->name);
	for (size_t i = strlen(sample->name); i < sizeof(name.text); i++) {
		assert_int_equal(name.text[i], 0);
	}
}

static void names_follow_rfc_6335(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		check(&samples[i]);
	}
}

static bool may_stand_in_a_name(unsigned octet)
{
	return (octet >= '0' && octet <= '9') || (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
	       octet == '-';
}

/* All 256 octets at the start, in the middle and at the end of a name. */
static void every_octet_in_every_place(void **state)
{
	struct name name;

	(void)state;
	for (unsigned octet = 0; octet < 256; octet++) {
		char text[3] = { 'x', (char)octet, 'y' };
		int in_the_middle = may_stand_in_a_name(octet) ? 0 : -EINVAL;
		int at_an_end = octet == '-' ? -EINVAL : in_the_middle;

		assert_int_equal(name_parse(text, 3, &name), in_the_middle);
		assert_int_equal(name_parse(text, 2, &name), at_an_end);
		assert_int_equal(name_parse(text + 1, 2, &name), at_an_end);
	}
}

/* What stands behind `size` belongs to somebody else. */
static void nothing_behind_the_size_is_read(void **state)
{
	struct name name;

	(void)state;
	assert_int_equal(name_parse("git\r\n", 3, &name), 0);
	assert_string_equal(name.text, "git");
	assert_int_equal(name_parse("--", 0, &name), -EINVAL);
}

static void names_compare_without_case(void **state)
{
	struct name a;
	struct name b;
	struct name longer;

	(void)state;
	assert_int_equal(name_parse("Git-Daemon", 10, &a), 0);
	assert_int_equal(name_parse("gIT-dAEMON", 10, &b), 0);
	assert_int_equal(name_parse("git-daemon2", 11, &longer), 0);
	assert_true(name_equal(&a, &b));
	assert_int_equal(name_hash(&a), name_hash(&b));
	assert_false(name_equal(&a, &longer));
	assert_int_not_equal(name_hash(&a), name_hash(&longer));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_follow_rfc_6335),
		cmocka_unit_test(every_octet_in_every_place),
		cmocka_unit_test(nothing_behind_the_size_is_read),
		cmocka_unit_test(names_compare_without_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
