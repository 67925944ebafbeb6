/* test_check.c - the examiner's checks of what is declared: use (E2), states (E3), sizes (E4), memory (E5). */
#include "check_case.h"

#define ERROR FINDING_ERROR
#define WARNING FINDING_WARNING

/* ---- E2 ---- */

static const struct check_case unused[] = {
	{ "E2", ERROR, 2,
	  "protocol p {\n  opcodes { Op : u8 { read = 1@(, write = 2@|@) } }\n"
	  "  types { client request R { op: Op = read; } }\n}\n",
	  "op code Op.write" },
	{ "E2", ERROR, 3,
	  "protocol p {\n  opcodes {\n    @(Spare : u8 { none = 0 }@|@)\n    Op : u8 { read = 1 }\n  }\n"
	  "  types { client request R { op: Op; } }\n}\n",
	  "op-code set Spare" },
	{ "E2", ERROR, 2,
	  "protocol p {\n  opcodes { V : text { get = \"GET\", put = \"PUT\" } }\n"
	  "  types { client request R { V@( = get@|@); } }\n}\n",
	  "V.put" },
	{ "E2", WARNING, 2,
	  "protocol p {\n  opcodes { Op : u8 { read = 1, write = 2, ... } }\n"
	  "  types { client request R { op: Op@( = read@|@); } }\n}\n",
	  "Op.write" },
	{ "E2", ERROR, 2,
	  "protocol p {\n  opcodes { Op : u8 { low = 1, middle = 5, high = 9 } }\n"
	  "  types { client request R { op: Op in low, @(high@|middle..high@); } }\n}\n",
	  "Op.middle" },
	{ "E2", ERROR, 3,
	  "protocol p {\n  formats {\n    format Never { u8; }\n    format Used { u16; }\n  }\n"
	  "  types { client request R { Used; @(@|Never;@) } }\n}\n",
	  "format Never" },
	/* What only an unused format uses is not a second fault. */
	{ "E2", ERROR, 4,
	  "protocol p {\n  formats {\n    format Inner { u8; }\n    format Outer { Inner; }\n  }\n"
	  "  types { client request R { u8; @(@|Outer;@) } }\n}\n",
	  "format Outer" },
	{ "E2", ERROR, 3,
	  "protocol p {\n  formats {\n    format Chain nested 2 { u8; maybe { Chain; } }\n  }\n"
	  "  types { client request R { u8; @(@|Chain;@) } }\n}\n",
	  "format Chain" },
	{ "E2", ERROR, 4,
	  "protocol p {\n  types {\n    client request R { u8; }\n    client cancel C { u16; }\n  }\n"
	  "  sequences { state a start { client R -> end; @(@|client C -> end;@) } }\n}\n",
	  "client message C" },
	/* One name, two messages. */
	{ "E2", ERROR, 4,
	  "protocol p {\n  types {\n    client data D { u8; }\n    server data D { u8; }\n  }\n"
	  "  sequences { state a start { client D -> @(end@|b@); } @(@|state b { server D -> end; }@) }\n}\n",
	  "server message D" },
	{ "E2", WARNING, 4,
	  "protocol p {\n  types {\n    client request R { u8; name: text[15] of \"a-z\"; }\n"
	  "    server reply S { u8; }\n  }\n"
	  "  rendezvous { name name; accept @(nothing@|S@); }\n}\n",
	  "server message S" },
	{ "E2", WARNING, 3,
	  "protocol p {\n  types { client request R { n: u8; } }\n  sequences { keep k : u8;\n"
	  "    state a start { client R set k = n -> b; } state b { client R @(@|when k = n@) -> end; }\n  }\n}\n",
	  "the kept value k is never used" },
};

static void what_is_never_used_is_found(void **state)
{
	(void)state;
	RUN_CASES(unused);
}

/* ---- E3 ---- */

#define TWO_MESSAGES "protocol p {\n  types { client request R { u8; } server reply S { u8; } }\n  sequences {\n"

static const struct check_case states[] = {
	{ "E3", ERROR, 5,
	  TWO_MESSAGES "    state a start { client R -> @(end@|b@); }\n"
		       "    state b { server S -> end; }\n    always { @(server S -> end;@|@) }\n  }\n}\n",
	  "no rule leads to state b" },
	/* Of a group the one through which the others are reached. */
	{ "E3", ERROR, 6,
	  TWO_MESSAGES "    state a start { client R -> @(end@|c@); }\n    state b { server S -> end; }\n"
		       "    state c { client R -> b; client close -> end; }\n  }\n}\n",
	  "state c, nor 1" },
	{ "E3", ERROR, 5,
	  TWO_MESSAGES "    state a start { client R -> b; }\n"
		       "    state b { server S -> @(b@|end@); }\n  }\n}\n",
	  "nothing leads out of state b" },
	{ "E3", ERROR, 5,
	  TWO_MESSAGES "    state a start { client R -> b; }\n"
		       "    state b @(@|final@) { server S -> same; }\n  }\n}\n",
	  "nothing leads out" },
	{ "E3", ERROR, 5,
	  TWO_MESSAGES "    state a start { client R -> b; client close -> end; }\n"
		       "    state b { server S -> c; }\n    state c { client R -> b; @(@|after 9s -> end;@) }\n"
		       "  }\n}\n",
	  "state b has no way" },
	{ "E3", ERROR, 5,
	  TWO_MESSAGES "    state a start { client R -> b; }\n"
		       "    state b { server S -> c; }\n    state c { client R -> b; @(@|client close -> "
		       "opaque;@) }\n  }\n}\n",
	  "no way to \"end\"" },
	/* Nobody can count on a message that is late. */
	{ "E3", ERROR, 5,
	  TWO_MESSAGES "    state a start { client R -> b; }\n"
		       "    state b { server S@( late@|@) -> end; }\n  }\n}\n",
	  "only late messages" },
	{ "E3", ERROR, 4,
	  "protocol p {\n  types { client request R { u8; } }\n  sequences {\n"
	  "    state a start { client R -> @(same@|end@); }\n  }\n}\n",
	  "nothing leads out of state a" },
	{ "E3", ERROR, 3,
	  "protocol p {\n  types { client request R { u8; } server notice N { u8; } }\n"
	  "  sequences { state a start { client R -> b; } state b { @(@|after 1s -> end;@) }"
	  " always { server N -> same; } }\n}\n",
	  NULL },
	{ "E3", ERROR, 1,
	  "protocol p {\n  types { client request R { u8; } }\n"
	  "  sequences { @(always { client R -> end; }@|state a start { client R -> end; }@) }\n}\n",
	  "no state is the start" },
};

static void dead_and_stuck_states_are_found(void **state)
{
	(void)state;
	RUN_CASES(states);
}

static void the_way_to_a_stuck_state_is_told(void **state)
{
	static const char text[] =
		TWO_MESSAGES "    state a start { client R -> b; }\n    state b { server S -> c; }\n"
			     "    state c { client R -> d; }\n    state d { server S -> d; }\n  }\n}\n";
	struct report report;
	struct tree *tree;

	(void)state;
	read_and_check(text, &report, &tree);
	assert_non_null(report.first);
	assert_string_equal(report.first->id, "E3");
	assert_int_equal(report.first->place.line, 7);
	assert_string_equal(report.first->trace, "client R, server S, client R");
	report_finish(&report);
	tree = tree_destroy(tree);
}

/* ---- E4 ---- */

static const struct check_case sizes[] = {
	{ "E4", ERROR, 3,
	  "protocol p {\n  types { client request R {\n    sized u16 in @(1..3@|1..4@) { u32; }\n  } }\n}\n",
	  "takes 4 octets, but its length says 1 to 3" },
	{ "E4", ERROR, 3,
	  "protocol p {\n  types { client request R {\n    sized u16 in @(20..30@|4..30@) "
	  "{ u8; text[8] to x\"00\"; }\n  } }\n}\n",
	  "takes 2 to 10 octets" },
	{ "E4", ERROR, 3,
	  "protocol p {\n  types { client request R {\n    sized u16 - 4 in @(0@|4@)..90 "
	  "{ payload[rest]; }\n  } }\n}\n",
	  "leaves the block -4" },
	{ "E4", ERROR, 3,
	  "protocol p {\n  types { client request R {\n    sized u8 { bytes[@(300@|200@)]; }\n  } }\n}\n",
	  "takes 300 octets" },
	{ "E4", ERROR, 3,
	  "protocol p {\n  types { client request R {\n    sized u8 in 2, @(9@|6@) { u16; "
	  "if rest > 0 { u32; } }\n  } }\n}\n",
	  NULL },
	{ "E4", ERROR, 3,
	  "protocol p {\n  types { client request R { n: u8 in 1..@(2@|3@);\n    within n { u24; }\n"
	  "  } }\n}\n",
	  "takes 3 octets, but its length says 1 to 2" },
	{ "E4", ERROR, 3,
	  "protocol p {\n  types { client request R { n: u8 in @(4@|8@)..64;\n    payload[n - 8];\n"
	  "  } }\n}\n",
	  "can be -4" },
	{ "E4", ERROR, 3,
	  "protocol p {\n  types { client request R { n: decimal in -1..9; eol;\n"
	  "    @(payload[n];@|if n >= 0 { payload[n]; }@) eol;\n  } }\n}\n",
	  "can be -1" },
	/* What an "if" around it says of the field. */
	{ "E4", ERROR, 3,
	  "protocol p {\n  types { client request R { n: u8 in 0..9;\n"
	  "    if n < @(2@|3@) { } else { payload[n - 3]; }\n"
	  "  } }\n}\n",
	  "can be -1" },
	{ "E4", ERROR, 3,
	  "protocol p {\n  types { client request R { n: u8 in 0..9;\n    if n > 7 or n < @(3@|4@) { } else { "
	  "payload[n - 4]; }\n  } }\n}\n",
	  "can be -1" },
	{ "E4", ERROR, 3,
	  "protocol p {\n  types { client request R { n: u8 in 0..9;\n    if n <= 7 and @(2@|3@) <= n and n != 9 { "
	  "payload[n - 3]; }\n  } }\n}\n",
	  "can be -1" },
	{ "E4", ERROR, 3,
	  "protocol p {\n  types { client request R { n: u8 in 0..9; m: u8 in 0..9;\n"
	  "    if n >= @(1@|m@) { payload[n - m]; }\n"
	  "  } }\n}\n",
	  "can be -8" },
	{ "E4", ERROR, 3,
	  "protocol p {\n  types { client request R { n: u8 in 0..9;\n"
	  "    @(if n >= 2@|if n - 3 >= 0@) { payload[n - 3]; }\n"
	  "  } }\n}\n",
	  "can be -1" },
	{ "E4", ERROR, 3,
	  "protocol p {\n  types { client request R { n: u8 in 0..9;\n"
	  "    switch n { case @(1@|2@): { payload[n - 2]; } "
	  "default: { u8; } }\n  } }\n}\n",
	  "can be -1" },
	{ "E4", ERROR, 3,
	  "protocol p {\n  types { client request R { k: u8 in 1, 2;\n    switch k { case 1: { } case 2: { } "
	  "@(case 3: { u8; }@|@) }\n  } }\n}\n",
	  "k cannot be 3" },
	{ "E4", ERROR, 4,
	  "protocol p {\n  opcodes { Op : u8 { a = 1, b = 2, c = 3 } }\n"
	  "  types { client request Q { q: Op = c; } client request R { k: Op in a, b;\n"
	  "    switch k { case a: { } @(case c: { }@|@) default: { u8; } }\n  } }\n}\n",
	  "k cannot be c" },
	{ "E4", ERROR, 3,
	  "protocol p {\n  types { client request R { bits { x: 2 bits in 0..1; y: 6 bits; }\n"
	  "    switch x { case 0: { } case 1: { u8; } @(case 2: { }@|@) }\n  } }\n}\n",
	  "x cannot be 2" },
	{ "E4", ERROR, 3,
	  "protocol p {\n  types { client request R { sized u16 { payload[rest];\n    @(u8;@|@)\n"
	  "  } } }\n}\n",
	  "nothing is left for this" },
	{ "E4", ERROR, 3,
	  "protocol p {\n  types { client request R { sized u16 { repeat until end { u8; }\n"
	  "    @(\"x\";@|sure;@)\n  } } }\n}\n",
	  "nothing is left" },
	{ "E4", ERROR, 3,
	  "protocol p {\n  types { client request R { u8;\n    @(payload[rest];@|payload[u16];@)\n"
	  "  } }\n}\n",
	  "has no end" },
	{ "E4", ERROR, 3,
	  "protocol p {\n  transport @(tcp@|udp@);\n  types { client request R { u8; Tail; } }\n"
	  "  formats { format Tail { maybe { u8; repeat until end { u16; } } } }\n}\n",
	  "has no end" },
	{ "E4", ERROR, 2,
	  "protocol p {\n  short \"@(a-name-of-sixteen@|a-short-name@)\";\n"
	  "  types { client request R { u8; } }\n}\n",
	  "has 17 characters" },
	{ "E4", WARNING, 2,
	  "protocol p {\n  short \"fifteen-chara@(ct@|@)\";\n  types { client request R { u8; } }\n}\n",
	  "14 characters on the form, 15 in RFC 6335" },
	{ "E4", ERROR, 4,
	  "protocol p {\n  types { client request R { u8; } }\n  sequences { keep n : u8;\n"
	  "    state a start { client R set n = @(256@|255@) -> end; }\n  }\n}\n",
	  "n holds 0 to 255" },
	/* Numbers in text: 100 needs three digits. */
	{ "E4", ERROR, 3,
	  "protocol p {\n  types { client request R {\n    sized u8 in 1..@(2@|3@) "
	  "{ decimal in 100..999; }\n  } }\n}\n",
	  "takes 3 octets" },
	{ "E4", ERROR, 3,
	  "protocol p {\n  opcodes { V : text { get = \"GET\", search = \"SEARCH\" } }\n  types { client "
	  "request R { sized u8 in @(1..2@|1..3@) { V; } } }\n}\n",
	  "takes 3 to 6 octets" },
	{ "E4", ERROR, 3,
	  "protocol p {\n  formats { format T nested 3 { u8; maybe { T; } } }\n  types { client "
	  "request R { sized u8 in @(0@|1@) { T; } } }\n}\n",
	  "takes 1 or more octets" },
};

static void sizes_that_cannot_be_are_found(void **state)
{
	(void)state;
	RUN_CASES(sizes);
}

static void assert_size(const char *block, uint64_t minimum, uint64_t maximum)
{
	char text[CASE_TEXT_MAX];
	struct report report = { .first = NULL };
	struct tree *tree = NULL;
	uint64_t low = 0;
	uint64_t high = 0;

	(void)snprintf(text, sizeof(text),
		       "protocol p { transport udp; opcodes { V : text { a = \"A\", bcd = \"BCD\" } "
		       "W : text { w = \"W\", ... } "
		       "Op : u24 { x = 1 } } formats { format F { u8; maybe { u16; } } "
		       "format T nested 4 { u16; if rest > 0 { T; } } } types { client request R { %s } } }",
		       block);
	assert_int_equal(tree_read("size.berth", text, strlen(text), &report, &tree), 0);
	if (report.counts[FINDING_ERROR] > 0) {
		report_print(&report, stderr);
	}
	assert_int_equal(report.counts[FINDING_ERROR], 0);
	assert_int_equal(message_size_range(tree->protocols->messages, &low, &high), 0);
	if (low != minimum || high != maximum) {
		print_error("%s: %ju to %ju\n", block, (uintmax_t)low, (uintmax_t)high);
	}
	assert_int_equal(low, minimum);
	assert_int_equal(high, maximum);
	report_finish(&report);
	tree = tree_destroy(tree);
}

static void messages_have_sizes(void **state)
{
	(void)state;
	assert_size("", 0, 0);
	assert_size("u8; u16; u24; u32; u64; hex4;", 22, 22);
	assert_size("\"abc\"; eol; sure;", 4, 5);
	assert_size("decimal in 5..120;", 1, 3);
	assert_size("decimal in -10..5;", 1, 3);
	assert_size("decimal in -100..-10;", 3, 4);
	assert_size("decimal in 1000..9999;", 4, 4);
	assert_size("varint in 128..16383;", 2, 5);
	assert_size("ber in 0..127;", 1, 5);
	assert_size("ber in 256..65535;", 3, 5);
	assert_size("V;", 1, 3);
	assert_size("V = bcd;", 3, 3);
	assert_size("W;", 1, UINT64_MAX);
	assert_size("Op;", 3, 3);
	assert_size("F; F;", 2, 6);
	assert_size("T;", 2, UINT64_MAX);
	assert_size("sized u8 in 0..20 { T; }", 3, 21);
	assert_size("sized u16 + 2 in 1..5 { payload[rest]; }", 5, 9);
	assert_size("sized u16 - 2 { payload[rest]; }", 2, 65535);
	assert_size("sized u8 in 3, 7..9 { u16; maybe { u64; } }", 4, 10);
	assert_size("bytes[u8 in 4..6]; payload[3];", 8, 10);
	assert_size("n: u8 in 2..5; bytes[n - 2]; payload[n + n];", 5, 14);
	assert_size("text[10] to x\"00\"; text[2..3] of \"a-z\"; text[4] to eol;", 4, 20);
	assert_size("bits { a: 4 bits; b: 12 bits; }", 2, 2);
	assert_size("n: u8 in 1..3; repeat n { u16; }", 3, 7);
	assert_size("repeat until x\"0000\" { u8; } ", 2, UINT64_MAX);
	assert_size("repeat until eol { u8; } any of \"x\";", 2, UINT64_MAX);
	assert_size("k: u8 in 0..2; switch k { case 0: { } case 1: { u32; } default: { u16; u8; } }", 1, 5);
	assert_size("k: u8; if k = 1 { u8; } else { u64; }", 2, 9);
	assert_size("k: u8 in 1..4; if (k << 2) > (k & 3) { } within k * 2 { payload[rest]; }", 3, 9);
}

/* ---- E5 ---- */

#define SCOPES_5 "sized u8 { sized u8 { sized u8 { sized u8 { sized u8 { "

static const struct check_case memory[] = {
	{ "E5", ERROR, 3,
	  "protocol p {\n  types { client request R { sized u16 {\n    repeat until end { text[9] of "
	  "\"a-z\"; @(@|\"-\";@) }\n  } } }\n}\n",
	  "may be empty" },
	{ "E5", ERROR, 3,
	  "protocol p {\n  types { client request R { n: u8;\n    repeat n { @(maybe { u8; }@|u8;@) }\n"
	  "  } }\n}\n",
	  "may be empty" },
	{ "E5", ERROR, 2,
	  "protocol p {\n  formats { format Empty { if 1 = 1 { } @(@|u8;@) } format List { repeat until eol "
	  "{ Empty; } } }\n  types { client request R { List; } }\n}\n",
	  "may be empty" },
	{ "E5", ERROR, 2,
	  "protocol p {\n  formats { format T nested 3 { u8; @(T;@|maybe { T; }@) } }\n"
	  "  types { client request R { T; } }\n}\n",
	  "never ends" },
	{ "E5", ERROR, 3,
	  "protocol p {\n  types { client request R { " SCOPES_5 "\n    sized u8 { "
	  "@(sized u8 { u8; }@|u8;@) }\n  } } } } } } }\n}\n",
	  "counted blocks" },
	{ "E5", ERROR, 2,
	  "protocol p {\n  formats { format T nested @(5@|4@) { u8; if rest > 0 { sized u8 { T; } } } }\n"
	  "  types { client request R { sized u16 { T; } } }\n  transport udp;\n}\n",
	  "counted blocks" },
};

static void memory_without_a_bound_is_found(void **state)
{
	(void)state;
	RUN_CASES(memory);
}

/* Each of 20 formats holds the next one twice. */
static void formats_that_double_are_given_up(void **state)
{
	char text[CASE_TEXT_MAX] = "protocol p { formats { format F0 { u8; } ";
	struct report report;
	struct tree *tree;

	(void)state;
	for (int i = 1; i <= 20; i++) {
		size_t used = strlen(text);
		(void)snprintf(text + used, sizeof(text) - used, "format F%d { F%d; F%d; } ", i, i - 1, i - 1);
	}
	(void)strncat(text, "} types { client request R { F20; } } }", sizeof(text) - strlen(text) - 1);
	read_and_check(text, &report, &tree);
	assert_int_equal(report.counts[FINDING_ERROR], 1);
	assert_string_equal(report.first->id, "E5");
	report_finish(&report);
	tree = tree_destroy(tree);
}

/* ---- what is right stays right ---- */

static void a_tree_with_errors_is_not_examined(void **state)
{
	static const char text[] =
		"protocol p {\n  types { client request R { nothing: Unknown; } server reply S { u8; } }\n"
		"  sequences { state a start { client R -> a; } }\n}\n";
	struct report report;
	struct tree *tree;

	(void)state;
	read_and_check(text, &report, &tree);
	assert_int_equal(report.counts[FINDING_ERROR], 1);
	assert_string_equal(report.first->id, "E1");
	report_finish(&report);
	tree = tree_destroy(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_never_used_is_found),
		cmocka_unit_test(dead_and_stuck_states_are_found),
		cmocka_unit_test(the_way_to_a_stuck_state_is_told),
		cmocka_unit_test(sizes_that_cannot_be_are_found),
		cmocka_unit_test(messages_have_sizes),
		cmocka_unit_test(memory_without_a_bound_is_found),
		cmocka_unit_test(formats_that_double_are_given_up),
		cmocka_unit_test(a_tree_with_errors_is_not_examined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
