/* test_collide.c - two messages side by side: from where on they differ, and what both could be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "described_program.h"
#include "description/automaton/collide.h"

#define TWO(left, right) "protocol p { types { client request A { " left " } client request B { " right " } } }"

/* Both ways round, by automata that hold the whole window. */
static struct collision_result collide_two(const char *text)
{
	struct described described = describe_well(text);
	struct automaton *automata[2] = {
		automaton_of(described.program, 0, AUTOMATON_WINDOW),
		automaton_of(described.program, 1, AUTOMATON_WINDOW),
	};
	struct collidable left = { described.program, 0, automata[0] };
	struct collidable right = { described.program, 1, automata[1] };
	struct collision_result result;
	struct collision_result turned;

	assert_int_equal(collide(&left, &right, &result), 0);
	assert_int_equal(collide(&right, &left, &turned), 0);
	assert_int_equal(result.kind, turned.kind);
	assert_int_equal(result.octets, turned.octets);
	assert_int_equal(result.confirmed, turned.confirmed);
	assert_int_equal(result.witness_size, turned.witness_size);
	assert_false(result.open);
	if (result.kind == COLLISION_INSIDE) {
		assert_int_not_equal(result.inside_is_left, turned.inside_is_left);
	}
	automaton_destroy(automata[0]);
	automaton_destroy(automata[1]);
	described_finish(&described);
	return result;
}

static void assert_apart(const char *text, uint32_t octets)
{
	struct collision_result result = collide_two(text);

	if (result.kind != COLLISION_NONE || result.octets != octets) {
		fail_msg("kind %d after %u, expected %u: %s", (int)result.kind, result.octets, octets, text);
	}
}

static void assert_both(const char *text, const char *witness, uint32_t size, bool confirmed)
{
	struct collision_result result = collide_two(text);

	assert_int_equal(result.kind, COLLISION_BOTH);
	assert_int_equal(result.confirmed, confirmed);
	assert_int_equal(result.witness_size, size);
	if (witness != NULL) {
		assert_memory_equal(result.witness, witness, size);
	}
}

static void they_part(void **state)
{
	(void)state;
	assert_apart(TWO("\"a\"; payload[9];", "\"b\"; payload[9];"), 1);
	assert_apart(TWO("\"abc\"; payload[9];", "\"abd\"; payload[9];"), 3);
	assert_apart(TWO("u16 in 1..5; \"x\";", "u16 in 6..9; \"x\";"), 2);
	assert_apart(TWO("text[9] of \"a-z\"; \"!\";", "text[9] of \"a-z\"; \"?\";"), 10);
	assert_apart(TWO("text[3..9] of \"a-z\"; \"!\";", "text[2] of \"a-z\"; \"!\";"), 3);
	assert_apart(TWO("sized u8 in 3 { payload[rest]; }", "sized u8 in 4 { payload[rest]; }"), 1);
	assert_apart(TWO("\"get\" nocase;", "\"GOT\";"), 2);
	assert_apart(TWO("repeat 3 { \"ab\"; } \"c\";", "repeat 3 { \"ab\"; } \"d\";"), 7);
	assert_apart(TWO("bits { a: 3 bits = 1; b: 5 bits; }", "bits { a: 3 bits in 2..7; b: 5 bits; }"), 1);
}

/* Text without an end can come first: they differ, but nobody can say from where on. */
static void they_part_somewhere(void **state)
{
	(void)state;
	assert_apart(TWO("text[8192] to \" \"; \"x\";", "text[8192] to \" \"; \"y\";"), 0);
}

static void both_take_it(void **state)
{
	(void)state;
	assert_both(TWO("\"ab\";", "text[2] of \"a-z\";"), "ab", 2, true);
	assert_both(TWO("text[9] to eol;", "text[9] of \"a-z\"; \"\\n\";"), "\n", 1, true);
	assert_both(TWO("u8 in 1..5; u8 = 9;", "u8 in 5..7; u8;"), "\x05\x09", 2, true);
	assert_both(TWO("sized u16 { payload[rest]; }", "u16; payload[0];"), "\0\0", 2, true);
	assert_both(TWO("\"GET\" nocase; eol;", "\"get\\n\";"), "get\n", 4, true);
}

/* The shortest witness is none, a longer one is. */
static void the_first_witness_is_wrong(void **state)
{
	struct collision_result result =
		collide_two(TWO("n: u16; m: u16; payload[n & 1]; if n = m { \"b\"; } else { \"a\"; }",
				"x\"0101 0100\"; text[9] of \"a-z\";"));

	(void)state;
	assert_int_equal(result.kind, COLLISION_BOTH);
	assert_true(result.confirmed);
}

/* Equal lengths that stand far apart are not seen by the automata. */
static void nobody_takes_it(void **state)
{
	(void)state;
	assert_both(TWO("n: u16 in 100..200; m: u16 in 100..200; if n = m { \"a\"; } else { \"b\"; "
			"}",
			"x\"0064 0064 62\";"),
		    NULL, 5, false);
}

static void one_ends_inside(void **state)
{
	struct collision_result result = collide_two(TWO("\"ab\";", "\"abc\";"));

	(void)state;
	assert_int_equal(result.kind, COLLISION_INSIDE);
	assert_true(result.inside_is_left);
	assert_true(result.confirmed);
	assert_int_equal(result.witness_size, 2);
	assert_memory_equal(result.witness, "ab", 2);
	assert_int_equal(result.octets, 3);
	result = collide_two(TWO("sized u8 { payload[rest]; } \"!\";", "x\"00\";"));
	assert_int_equal(result.kind, COLLISION_INSIDE);
	assert_false(result.inside_is_left);
}

static void the_window_is_over(void **state)
{
	struct collision_result result = collide_two(TWO("\"x\"; payload[60]; \"a\";", "\"x\"; payload[60]; \"b\";"));

	(void)state;
	assert_int_equal(result.kind, COLLISION_WINDOW);
	assert_memory_equal(result.witness, "x", 1);
	result = collide_two(TWO("\"x\"; payload[40]; \"a\";", "\"x\"; payload[40]; \"b\";"));
	assert_int_equal(result.kind, COLLISION_NONE);
	assert_int_equal(result.octets, 42);
}

/* Automata that end where they know enough cannot tell all. */
static void looked_at_too_briefly(void **state)
{
	struct described described = describe_well(TWO("x\"01 02 04 08 10\"; \"a\";", "x\"01 02 04 08 10\"; \"b\";"));
	struct automaton *automata[2] = {
		automaton_of(described.program, 0, AUTOMATON_PROOF),
		automaton_of(described.program, 1, AUTOMATON_PROOF),
	};
	struct collidable left = { described.program, 0, automata[0] };
	struct collidable right = { described.program, 1, automata[1] };
	struct collision_result result;

	(void)state;
	assert_int_equal(collide(&left, &right, &result), 0);
	assert_true(result.open);
	automaton_destroy(automata[0]);
	automaton_destroy(automata[1]);
	described_finish(&described);
}

/* A message that can never be has an automaton too. */
static void nothing_can_begin(void **state)
{
	struct collision_result result = collide_two(TWO("if 0 = 1 { \"a\"; } else { within 1 { \"ab\"; } "
							 "}",
							 "\"a\";"));

	(void)state;
	assert_int_equal(result.kind, COLLISION_NONE);
	assert_int_equal(result.octets, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_part),	      cmocka_unit_test(they_part_somewhere),
		cmocka_unit_test(both_take_it),	      cmocka_unit_test(the_first_witness_is_wrong),
		cmocka_unit_test(nobody_takes_it),    cmocka_unit_test(one_ends_inside),
		cmocka_unit_test(the_window_is_over), cmocka_unit_test(looked_at_too_briefly),
		cmocka_unit_test(nothing_can_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
