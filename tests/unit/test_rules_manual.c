/* test_rules_manual.c - berth-rules(7) is what the table of rules says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "registry/rules/rules.h"

enum { ROOM = 1 << 18 };

/* man/ beside tests/, from where this file is. */
static void manual_path(char ret_path[static 4096])
{
	(void)snprintf(ret_path, 4096, "%s", __FILE__);
	char *tests = strstr(ret_path, "tests/unit/");
	assert_non_null(tests);
	(void)snprintf(tests, 4096 - (size_t)(tests - ret_path), "man/berth-rules.7.scd");
}

static void the_manual_is_that_of_the_table(void **state)
{
	char path[4096];
	char *made = NULL;
	size_t made_size = 0;
	char *stored = calloc(1, ROOM);

	(void)state;
	manual_path(path);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(stored);
	size_t stored_size = fread(stored, 1, ROOM, file);
	assert_int_equal(fclose(file), 0);
	FILE *stream = open_memstream(&made, &made_size);
	assert_non_null(stream);
	assert_int_equal(rules_write_manual(stream), 0);
	assert_int_equal(fclose(stream), 0);
	assert_int_equal(made_size, stored_size);
	assert_memory_equal(made, stored, made_size);
	free(made);
	free(stored);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_manual_is_that_of_the_table) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
