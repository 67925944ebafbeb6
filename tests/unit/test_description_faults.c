/* test_description_faults.c - every allocation of reading a description fails once: what is told then is
 * -ENOMEM, and nothing is kept. */
#include "description_outcome.h"
#include "failing_allocations.h"

enum { RUNS_MAX = 2000 };

/* Uses every part of the language; has `errors` errors. */
static void read_with_faults(const char *text, size_t errors)
{
	for (long run = 0; run < RUNS_MAX; run++) {
		fail_allocation(run);
		struct outcome outcome = read_text(text);
		bool was_hit = allocation_failed();
		allocations_succeed();
		if (!was_hit) {
			assert_int_equal(outcome.result, 0);
			assert_int_equal(outcome.report.counts[FINDING_ERROR], errors);
			finish(&outcome);
			return;
		}
		/* A finding that could not be kept is no reason to stop. */
		assert_true(outcome.result == -ENOMEM || outcome.report.no_memory);
		assert_true(outcome.result == 0 || outcome.tree == NULL);
		free(print_report(&outcome.report));
		finish(&outcome);
	}
	fail();
}

static void without_mistakes(void **state)
{
	(void)state;
	read_with_faults(
		"application user { applicant \"Ada\" \"ada@example.org\"; why-not-dynamic \"\"\"\n  a\n  b\"\"\"; "
		"port any; }"
		"protocol a { title \"a\"; multicast 224.0.1.1 \"b\"; opcodes { Op : u8 { read = 1, ... } "
		"Verb : text nocase { get = \"GET\" } } formats { format F nested 2 { n: u8; switch n { case 1: { "
		"F; } } } "
		"format Carrier { body[rest]; } } types { client request A over Carrier { op: Op = read; verb: "
		"Verb; F; "
		"sized u16 - 2 in 1..9 { text[9] to eol; text[9] of \"a-z\"; } bits { b: 8 bits; } if (b & 1) = 1 { "
		"x\"00\"; } "
		"else { any of \"a\"; } } server reply B { status: u8; } } sequences { counter c max 9; keep k : u16; "
		"state s start { client A when verb = get and c < 9 set c = c + 1 -> s; } always { server B -> "
		"same; } } "
		"functions { function f \"b\" on A when verb = \"GET\"; } "
		"rendezvous { name verb; accept B { status = A.n; } refuse denied nothing; } }",
		0);
}

static void with_mistakes(void **state)
{
	(void)state;
	read_with_faults("protocol a { titel \"a\"; types { client request A { a: Foo; mabye { } b: u8 } } "
			 "sequences { state s start { client B -> t; } } functions { function f when c = \"\"; } }",
			 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_mistakes),
		cmocka_unit_test(with_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
