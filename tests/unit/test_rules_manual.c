/* test_rules_manual.c - berth-rules(7) is what the table of rules says.
 *
 * BERTH_WRITE_RULES=1 writes it anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
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

/* To be freed. */
static char *made_manual(void)
{
	char *made = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&made, &size);

	assert_non_null(stream);
	assert_int_equal(rules_write_manual(stream), 0);
	assert_int_equal(fclose(stream), 0);
	return made;
}

static void the_manual_is_that_of_the_table(void **state)
{
	static char stored[ROOM];
	char path[4096];
	bool writes = getenv("BERTH_WRITE_RULES") != NULL;
	char *made = made_manual();

	(void)state;
	manual_path(path);
	FILE *file = fopen(path, writes ? "we" : "re");
	assert_non_null(file);
	if (writes) {
		(void)fputs(made, file);
	} else {
		size_t size = fread(stored, 1, sizeof(stored) - 1, file);
		stored[size] = '\0';
		assert_string_equal(made, stored);
	}
	assert_int_equal(fclose(file), 0);
	free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_manual_is_that_of_the_table) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
