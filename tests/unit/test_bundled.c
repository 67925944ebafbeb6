/* test_bundled.c - in which folders the descriptions are that come with berth, and reading one. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/bundled.h"

#define INSTALLED "/usr/local/share/berth/protocols"

/* The one that is there beside the installed one; NULL: none. */
static const char *tree;

static bool is_there(const char *path)
{
	return tree != NULL && strcmp(path, tree) == 0;
}

static void expect(const char *environment, const char *program, const char *folders)
{
	const struct bundled_choice choice = {
		.environment = environment,
		.program = program,
		.programs = "/usr/local/bin:/usr/local/sbin:/usr/local/libexec",
		.installed = INSTALLED,
		.is_folder = is_there,
	};
	char room[PATH_MAX];

	assert_string_equal(bundled_choose(&choice, room), folders);
}

static void the_environment_comes_first(void **state)
{
	(void)state;
	tree = "/home/ada/berth/protocols";
	expect("/a:/b", "/home/ada/berth/build/src/berth", "/a:/b");
	expect("/a:/b", "/usr/local/bin/berth", "/a:/b");
	expect("/a", NULL, "/a");
	expect("", "/usr/local/bin/berth", INSTALLED);
}

/* Whatever lies above the folder of the program. */
static void an_installed_program_uses_what_was_installed(void **state)
{
	(void)state;
	tree = "/protocols";
	expect(NULL, "/usr/local/bin/berth", INSTALLED);
	expect(NULL, "/usr/local/sbin/berthd", INSTALLED);
	expect(NULL, "/usr/local/libexec/berthd", INSTALLED);
	tree = "/usr/protocols";
	expect(NULL, "/usr/local/bin/berth", INSTALLED);
	expect(NULL, "/usr/local/sbin/berthd", INSTALLED);
}

static void a_built_program_uses_its_tree(void **state)
{
	(void)state;
	tree = "/home/ada/berth/protocols";
	expect(NULL, "/home/ada/berth/build/src/berth", tree);
	expect(NULL, "/home/ada/berth/build/release/src/berthd", tree);
	expect(NULL, "/home/ada/berth/build/tests/unit/test_bundled", tree);
	expect(NULL, "/home/ada/berth/berth", INSTALLED);
	expect(NULL, "/home/ada/berth/build/berth", INSTALLED);
	expect(NULL, "/home/ada/berth/build/a/b/src/berth", INSTALLED);
	tree = "/protocols";
	expect(NULL, "/build/src/berth", tree);
	expect(NULL, "/src/berth", INSTALLED);
	tree = NULL;
	expect(NULL, "/home/ada/berth/build/src/berth", INSTALLED);
}

static void a_program_that_is_not_known_uses_what_was_installed(void **state)
{
	char path[PATH_MAX + 100];

	(void)state;
	tree = "/home/ada/berth/protocols";
	expect(NULL, NULL, INSTALLED);
	expect(NULL, "", INSTALLED);
	expect(NULL, "berth", INSTALLED);
	expect(NULL, "/berth", INSTALLED);
	memset(path, 'x', sizeof(path) - 1);
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	expect(NULL, path, INSTALLED);
	path[PATH_MAX - 10] = '/';
	expect(NULL, path, INSTALLED);
	path[PATH_MAX] = '/';
	expect(NULL, path, INSTALLED);
}

static void folders_are_taken_one_by_one(void **state)
{
	char list[PATH_MAX + 100] = "/a::/b/c:";
	char folder[PATH_MAX];
	const char *rest = list;

	(void)state;
	assert_true(bundled_next(&rest, folder));
	assert_string_equal(folder, "/a");
	assert_true(bundled_next(&rest, folder));
	assert_string_equal(folder, "/b/c");
	assert_false(bundled_next(&rest, folder));
	memset(list, 'x', sizeof(list) - 1);
	memcpy(list + PATH_MAX, ":/d", 3);
	list[PATH_MAX + 3] = '\0';
	rest = list;
	assert_true(bundled_next(&rest, folder));
	assert_string_equal(folder, "/d");
	assert_false(bundled_next(&rest, folder));
}

/* Through a pipe it comes in pieces. */
static void read_most(const char *octets, size_t most, const char *expected)
{
	char *text = NULL;
	size_t size = 0;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], octets, strlen(octets)), strlen(octets));
	close(ends[1]);
	assert_int_equal(bundled_read(ends[0], most, &text, &size), 0);
	close(ends[0]);
	assert_int_equal(size, strlen(expected));
	assert_string_equal(text, expected);
	free(text);
}

static void so_much_is_read_and_no_more(void **state)
{
	char *text = NULL;
	size_t size = 0;

	(void)state;
	read_most("protocol a { }", 100, "protocol a { }");
	read_most("protocol a { }", 14, "protocol a { }");
	read_most("protocol a { }", 8, "protocol");
	read_most("", 8, "");
	assert_int_equal(bundled_read(-1, 8, &text, &size), -EBADF);
	assert_null(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_environment_comes_first),
		cmocka_unit_test(an_installed_program_uses_what_was_installed),
		cmocka_unit_test(a_built_program_uses_its_tree),
		cmocka_unit_test(a_program_that_is_not_known_uses_what_was_installed),
		cmocka_unit_test(folders_are_taken_one_by_one),
		cmocka_unit_test(so_much_is_read_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
