/* test_check_faults.c - the examiner without memory: each allocation of its checks fails in turn, and each time it
 * says so, leaks nothing, and works the next time. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "description/examine/check.h"
#include "failing_allocations.h"

/* Something of everything that the checks look at; the race makes a trace. */
static const char text[] =
	"application user { applicant \"A\" \"a@example.org\"; title \"T\"; }\n"
	"protocol p {\n  opcodes { Op : u8 { read = 1, write = 2, unused = 3 } }\n"
	"  formats { format List nested 3 { Op in 1..2; sized u8 { repeat until end { List; } } } }\n"
	"  types { client request R { n: u8 in 1..2; switch n { case 1: { } case 2: { List; } } }\n"
	"    client cancel C { u16; }\n"
	"    server reply S { u8; } }\n"
	"  sequences { counter c max 5; state idle start final { client R set c = 1 -> waiting; }\n"
	"    state waiting { server S when c > 0 -> idle; server S -> idle; client C -> cancelling; }\n"
	"    state cancelling { server S -> idle; } }\n}\n";

/* True if everything worked, and so no allocation was left to fail. */
static bool examine_with_fault(const struct tree *tree, long fault)
{
	struct report report = { .first = NULL };

	fail_allocation(fault);
	int r = check_tree(tree, &report);
	allocations_succeed();
	assert_true(r == 0 || r == -ENOMEM);
	bool worked = r == 0;
	assert_true(!worked || report.counts[FINDING_ERROR] >= 3);
	report_finish(&report);
	return worked;
}

static void each_allocation_may_fail(void **state)
{
	struct report report = { .first = NULL };
	struct tree *tree = NULL;
	long fault = 0;

	(void)state;
	assert_int_equal(tree_read("faults.berth", text, strlen(text), &report, &tree), 0);
	assert_int_equal(report.counts[FINDING_ERROR], 0);
	while (!examine_with_fault(tree, fault)) {
		fault++;
	}
	assert_true(fault > 5);
	report_finish(&report);
	tree = tree_destroy(tree);
}

static void a_size_may_fail(void **state)
{
	struct report report = { .first = NULL };
	struct tree *tree = NULL;
	uint64_t low = 7;
	uint64_t high = 8;

	(void)state;
	assert_int_equal(tree_read("faults.berth", text, strlen(text), &report, &tree), 0);
	fail_allocation(0);
	assert_int_equal(message_size_range(tree->protocols->messages, &low, &high), -ENOMEM);
	allocations_succeed();
	assert_int_equal(low, 7);
	assert_int_equal(high, 8);
	assert_int_equal(message_size_range(tree->protocols->messages, &low, &high), 0);
	assert_int_equal(low, 1);
	report_finish(&report);
	tree = tree_destroy(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_may_fail),
		cmocka_unit_test(a_size_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
