/* test_function_register.c - ids of functions over reloads: kept while a name is configured, never given to another,
 * and room for FUNCTIONS_MAX names at a time. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "rendezvous/function_register.h"

enum { GENERATIONS = 300, MODEL_NAMES = 200, REUSED = 100 };

static uint32_t next_random(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32);
}

static int make_register(void **state)
{
	struct function_register *created = NULL;

	assert_int_equal(function_register_create(&created), 0);
	*state = created;
	return 0;
}

static int free_register(void **state)
{
	assert_null(function_register_destroy(*state));
	return 0;
}

static struct name named(const char *prefix, uint32_t number)
{
	struct name name;
	char text[32];
	int size = snprintf(text, sizeof(text), "%s%u", prefix, number);

	assert_int_equal(name_parse(text, (size_t)size, &name), 0);
	return name;
}

static uint64_t id_of(struct function_register *function_register, struct name name, uint64_t generation)
{
	uint64_t id = 0;

	assert_int_equal(function_register_id(function_register, &name, generation, &id), 0);
	assert_true(id >= FUNCTIONS_MAX); /* 0 means no function elsewhere */
	return id;
}

static void expect_no_room(struct function_register *function_register, struct name name, uint64_t generation)
{
	uint64_t id = 4711;

	assert_int_equal(function_register_id(function_register, &name, generation, &id), -ENOSPC);
	assert_int_equal(id, 4711);
}

static void a_name_keeps_its_id(void **state)
{
	uint64_t git = id_of(*state, named("git", 1), 1);
	uint64_t mail = id_of(*state, named("mail", 1), 1);

	assert_int_not_equal(git, mail);
	assert_int_not_equal(git % FUNCTIONS_MAX, mail % FUNCTIONS_MAX);
	for (uint64_t generation = 1; generation < 10; generation++) {
		assert_int_equal(id_of(*state, named("git", 1), generation), git);
		assert_int_equal(id_of(*state, named("git", 1), generation), git); /* a reload that was refused */
	}
}

static void a_break_makes_another_function(void **state)
{
	uint64_t first = id_of(*state, named("git", 1), 1);
	uint64_t again = id_of(*state, named("git", 1), 3);

	assert_int_not_equal(first, again);
	assert_int_equal(first % FUNCTIONS_MAX, again % FUNCTIONS_MAX); /* its counters stay where they are */
	assert_int_equal(id_of(*state, named("git", 1), 4), again);
}

/* Any functions come and go; an id is kept exactly by those that never went, and new ones are greater than
 * all before. */
static void any_reloads(void **state)
{
	uint64_t ids[MODEL_NAMES] = { 0 };
	uint64_t last[MODEL_NAMES] = { 0 };
	uint64_t greatest = 0;

	for (uint64_t generation = 1; generation <= GENERATIONS; generation++) {
		for (uint32_t i = 0; i < MODEL_NAMES; i++) {
			if (next_random() % 4 == 0) {
				continue;
			}
			uint64_t id = id_of(*state, named("f", i), generation);
			if (last[i] > 0 && last[i] + 1 == generation) {
				assert_int_equal(id, ids[i]);
			} else {
				assert_true(id > greatest);
				assert_true(ids[i] == 0 || ids[i] % FUNCTIONS_MAX == id % FUNCTIONS_MAX);
				greatest = id;
			}
			ids[i] = id;
			last[i] = generation;
		}
	}
	for (int i = 0; i < MODEL_NAMES; i++) {
		for (int k = 0; k < i; k++) {
			assert_int_not_equal(ids[i] % FUNCTIONS_MAX, ids[k] % FUNCTIONS_MAX);
		}
	}
}

static void fill(struct function_register *function_register, uint64_t *ids)
{
	static bool taken[FUNCTIONS_MAX];

	for (uint32_t i = 0; i < FUNCTIONS_MAX; i++) {
		ids[i] = id_of(function_register, named("f", i), 1);
		assert_false(taken[ids[i] % FUNCTIONS_MAX]);
		taken[ids[i] % FUNCTIONS_MAX] = true;
	}
}

/* A place is free again when its function was in neither of the last two configurations. */
static void places_come_back(void **state)
{
	static uint64_t ids[FUNCTIONS_MAX];

	fill(*state, ids);
	expect_no_room(*state, named("new", 0), 1);
	expect_no_room(*state, named("new", 0), 2);
	for (uint32_t i = REUSED; i < FUNCTIONS_MAX; i++) { /* the first ones are gone from now on */
		assert_int_equal(id_of(*state, named("f", i), 2), ids[i]);
	}
	expect_no_room(*state, named("new", 0), 2);
	for (uint32_t i = 0; i < REUSED; i++) {
		uint64_t id = id_of(*state, named("new", i), 3);
		assert_true(id > ids[FUNCTIONS_MAX - 1]);
		assert_in_range(id % FUNCTIONS_MAX, 0, REUSED - 1);
		assert_int_equal(id_of(*state, named("new", i), 3), id);
	}
	expect_no_room(*state, named("new", REUSED), 3);
	expect_no_room(*state, named("f", 0), 3); /* its place is another's now */
	for (uint32_t i = REUSED; i < FUNCTIONS_MAX; i++) {
		assert_int_equal(id_of(*state, named("f", i), 3), ids[i]);
	}
}

static void destroying_nothing(void **state)
{
	(void)state;
	assert_null(function_register_destroy(NULL));
}

#define WITH_REGISTER(test) cmocka_unit_test_setup_teardown(test, make_register, free_register)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_REGISTER(a_name_keeps_its_id),   WITH_REGISTER(a_break_makes_another_function),
		WITH_REGISTER(any_reloads),	      WITH_REGISTER(places_come_back),
		cmocka_unit_test(destroying_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
