/* test_check_rules.c - the examiner's checks of cases and conditions (E7), of counters (E12) and of messages that
 * cross (E10). */
#include "check_case.h"

#define ERROR FINDING_ERROR

/* ---- E7: switch ---- */

#define OPS                                                                     \
	"  opcodes { Op : u8 { a = 1, b = 2, c = 7 } Open : u8 { x = 1, ... } " \
	"V : text { get = \"GET\", put = \"PUT\" } }\n"
#define KEEP_USED " client request U { Op; Open; V; } "

static const struct check_case switches[] = {
	{ "E7", ERROR, 3,
	  "protocol p {\n  types { client request R { k: u8 in 1..3;\n    switch k { case 1: { } case 2: { } "
	  "@(@|case 3: { u8; }@) }\n  } }\n}\n",
	  "no case for 3" },
	{ "E7", ERROR, 3,
	  "protocol p {\n  types { client request R { k: u8 in 1, 4;\n    switch k { case 1: { } "
	  "@(@|default: { u8; }@) }\n  } }\n}\n",
	  "no case for 4" },
	{ "E7", ERROR, 3,
	  "protocol p {\n  types { client request R { k: u8;\n    switch k { case 0: { } @(@|default: { "
	  "u8; }@) }\n  } }\n}\n",
	  "no case for 1" },
	{ "E7", ERROR, 4,
	  "protocol p {\n" OPS "  types {" KEEP_USED "client request R { k: Op;\n    switch k { case a, b: { } "
	  "@(@|case c: { u8; }@) }\n  } }\n}\n",
	  "no case for c" },
	{ "E7", ERROR, 4,
	  "protocol p {\n" OPS "  types {" KEEP_USED "client request R { k: V;\n    switch k { case get: { } "
	  "@(@|case put: { u8; }@) }\n  } }\n}\n",
	  "no case for put" },
	{ "E7", ERROR, 4,
	  "protocol p {\n" OPS "  types {" KEEP_USED "client request R { k: Open;\n    switch k { case x: { } "
	  "@(@|default: { u8; }@) }\n  } }\n}\n",
	  "no case for 0" },
	{ "E7", ERROR, 3,
	  "protocol p {\n  types { client request R { bits { f: 1 bit; g: 7 bits; }\n    switch f { case 0: { } "
	  "@(@|case 1: { u8; }@) }\n  } }\n}\n",
	  "switch f has no case for 1" },
	{ "E7", ERROR, 5,
	  "protocol p {\n  types { client request R { k: u8 in 1..2;\n    switch k {\n      case 1: { }\n"
	  "      case @(1@|2@): { u8; }\n      default: { u16; }\n    }\n  } }\n}\n",
	  "the case 1 stands in line 4" },
	{ "E7", ERROR, 4,
	  "protocol p {\n" OPS "  types {" KEEP_USED "client request R { k: Op;\n    switch k { case c: { } case a"
	  "@(, c@|@): { u8; } default: { u16; } }\n  } }\n}\n",
	  "the case c stands" },
	/* A number and the code of that number are one value. */
	{ "E7", ERROR, 4,
	  "protocol p {\n" OPS "  types {" KEEP_USED "client request R { k: Op;\n    switch k { case 7: { } case "
	  "a@(, c@|@): { u8; } default: { u16; } }\n  } }\n}\n",
	  NULL },
};

static void cases_are_disjoint_and_complete(void **state)
{
	(void)state;
	RUN_CASES(switches);
}

/* ---- E7: rules ---- */

#define FIELDS                                                                                                  \
	"protocol p {\n  opcodes { V : text nocase { get = \"GET\", put = \"PUT\", quit = \"QUIT\" } }\n"       \
	"  types { client request R { v: V; n: u16; m: u16 in 1, 5, 9; word: text[9] to eol; "                  \
	"repeat until x\"00\" { list: u8; } } server reply S { x: u8; y: u8; } }\n"                             \
	"  sequences { counter c max 9; keep k : u16;\n    state a start { client R set c = 3, k = n -> b; }\n" \
	"    state b {\n"
#define FIELDS_END "      server S -> end;\n    }\n  }\n}\n"

/* Lines 7 and 8 hold the first two rules. */
static const struct check_case rules[] = {
	{ "E7", ERROR, 8, FIELDS "      client R@(@| when n = 1@) -> b;\n      client R -> end;\n" FIELDS_END,
	  "the one in line 7 takes every R" },
	{ "E7", ERROR, 8,
	  FIELDS "      client close -> end;\n      @(client close@|client R@) when k = 1 -> end;\n" FIELDS_END,
	  "takes every close" },
	{ "E7", ERROR, 8,
	  FIELDS "      client R when n @(<=@|<@) 5 -> b;\n      client R when n = 5 -> end;\n" FIELDS_END,
	  "those before it take every R" },
	{ "E7", ERROR, 9,
	  FIELDS "      client R when n < 5 -> b;\n      client R when n @(>=@|>@) 5 -> b;\n"
		 "      client R -> end;\n" FIELDS_END,
	  "those before it" },
	{ "E7", ERROR, 7, FIELDS "      client R when n = 1 and n @(=@|>=@) @(2@|1@) -> end;\n" FIELDS_END,
	  "never holds" },
	{ "E7", ERROR, 7, FIELDS "      client R when n > k and @(n@|m@) < k -> end;\n" FIELDS_END,
	  "condition never holds" },
	/* The values of a field are those of its ranges. */
	{ "E7", ERROR, 7, FIELDS "      client R when m = @(4@|5@) -> end;\n" FIELDS_END, "condition never holds" },
	{ "E7", ERROR, 9,
	  FIELDS "      client R when m = 1 or m = 9 -> b;\n      client R when m = @(5@|6 - k@) -> b;\n"
		 "      client R -> end;\n" FIELDS_END,
	  NULL },
	{ "E7", ERROR, 7, FIELDS "      client R when n > @(65535@|65534@) -> end;\n" FIELDS_END, NULL },
	{ "E7", ERROR, 7, FIELDS "      client R when c > @(9@|8@) -> end;\n" FIELDS_END, NULL },
	/* Texts. */
	{ "E7", ERROR, 8,
	  FIELDS "      client R when v = get -> b;\n      client R when v = @(get@|put@) -> end;\n" FIELDS_END, NULL },
	{ "E7", ERROR, 9,
	  FIELDS "      client R when v = get or v = put -> b;\n      client R when v = quit -> b;\n"
		 "      @(client R -> end;@|@)\n" FIELDS_END,
	  NULL },
	{ "E7", ERROR, 7, FIELDS "      client R when word = \"one\" and word = \"@(two@|one@)\" -> end;\n" FIELDS_END,
	  NULL },
	{ "E7", ERROR, 8,
	  FIELDS
	  "      client R when word = \"one\" -> b;\n      client R when word = \"@(one@|One@)\" -> end;\n" FIELDS_END,
	  NULL },
	/* A repeated field has many values, but the same question has the same answer. */
	{ "E7", ERROR, 8,
	  FIELDS "      client R when list = 1 -> b;\n      client R when list = 1 and list = 2@( and list = 1"
		 "@| or n = 3@) -> end;\n" FIELDS_END,
	  NULL },
	{ "E7", ERROR, 8,
	  FIELDS "      client R when (n & 1) = 1 -> b;\n      client R when (n & @(1@|2@)) = 1 -> end;\n" FIELDS_END,
	  NULL },
	{ "E7", ERROR, 8,
	  FIELDS "      client R when length of R > 20 -> b;\n      client R when length of R > @(20@|19@) -> end;"
		 "\n" FIELDS_END,
	  NULL },
};

static void rules_that_never_hold_are_found(void **state)
{
	(void)state;
	RUN_CASES(rules);
}

/* ---- E10 ---- */

#define MESSAGES                                                                                            \
	"protocol p {\n  types { client request R { u8; } client cancel C { u16; } server reply S { u8; } " \
	"server interrupt I { n: u16; } client notice N { u24; n: u8; } }\n  sequences { keep k : u16; keep l : u16;\n"

static const struct check_case races[] = {
	{ "E10", ERROR, 5,
	  MESSAGES "    state idle start final { client R -> waiting; @(@|client C late -> idle;@) client N -> n; }\n"
		   "    state waiting { server S -> idle; client C -> cancelling; }\n"
		   "    state cancelling { server S -> idle; }\n    state n { server I -> end; }\n  }\n}\n",
	  "race in waiting: client sends C while server sends S: server (in idle) cannot receive C [trace: client R]" },
	{ "E10", ERROR, 5,
	  MESSAGES
	  "    state idle start final { client R -> waiting; client C late -> idle; client N -> n; }\n"
	  "    state waiting { server S -> idle; client C -> cancelling; }\n"
	  "    state cancelling { @(server I@|server S@) -> idle; }\n    state n { server I -> end; }\n  }\n}\n",
	  "client (in cancelling) cannot receive S" },
	{ "E10", ERROR, 5,
	  MESSAGES "    state idle start final { client R -> waiting; client C late -> idle; client N -> n; }\n"
		   "    state waiting { server S -> idle; client C -> cancelling; }\n"
		   "    state cancelling { server S -> @(n@|idle@); }\n    state n { server I -> end; }\n  }\n}\n",
	  "client ends in n, server in idle" },
	/* What "always" allows stands in every state. */
	{ "E10", ERROR, 4,
	  MESSAGES "    state a start { client R -> b; client C -> end; client N -> end; }\n"
		   "    state b { server S -> @(end@|b@); client close -> end; }\n"
		   "    always { server I -> same; @(server S late -> same;@|@) }\n  }\n}\n",
	  "race in a: client sends R while server sends S: client ends in end, server in b" },
	/* A close is a message too. */
	{ "E10", ERROR, 5,
	  MESSAGES "    state a start { client R -> b; client C -> end; client N -> n; }\n"
		   "    state b { server S -> n; client close -> end; }\n"
		   "    state n { server I -> end; @(@|client close -> end;@) }\n  }\n}\n",
	  "server (in n) cannot receive close" },
	{ "E10", ERROR, 5,
	  MESSAGES "    state a start { client R -> b; client C -> end; client N -> n; }\n"
		   "    state b { server S -> end; client close -> @(n@|end@); }\n"
		   "    state n { server I -> end; server S -> n; }\n  }\n}\n",
	  "client ends in n, server in end" },
	/* From a new port is not from the old one. */
	{ "E10", ERROR, 5,
	  MESSAGES "    state a start { client R -> b; client N -> end; }\n"
		   "    state b { server S@( moved@|@) -> c; client C -> d; }\n"
		   "    state c { client C late -> c; server I -> end; }\n    state d { server S -> c; }\n  }\n}\n",
	  "client (in d) cannot receive S" },
	/* A message that is late here may be followed by another that is not. */
	{ "E10", ERROR, 6,
	  MESSAGES "    state p start { client R -> a; server S -> b; client N -> end; client C -> end; }\n"
		   "    state a { server S -> r; }\n"
		   "    state b { client R late -> r; server I -> d; client N late -> end; client C late -> end; }\n"
		   "    state r { @(server S@|server I@) -> e; }\n"
		   "    state d final { client R late -> e; client N late -> end; client C late -> end; }\n"
		   "    state e final { }\n  }\n}\n",
	  "race in b: client sends R while server sends I: client (in r) cannot receive I" },
	/* Kept values. */
	{ "E10", ERROR, 5,
	  MESSAGES "    state a start { client R -> b; client C -> end; }\n"
		   "    state b { client N set k = n -> b; server I set @(k@|l@) = n -> b; server S when k > l -> end; "
		   "server S -> end; }\n  }\n}\n",
	  "different values of k" },
	{ "E10", ERROR, 5,
	  MESSAGES "    state a start { client R set k = 5 -> b; client N -> end; }\n"
		   "    state b { client C set k = @(7@|k + 2@) -> b; server I set k = k + 1 -> b; "
		   "server S when k > 1 or k <= 1 -> end; }\n  }\n}\n",
	  "different values of k" },
	/* The condition need not hold where the message arrives. */
	{ "E10", ERROR, 5,
	  MESSAGES "    state a start { client R -> b; client N -> end; }\n"
		   "    state b { client C -> c; server I when n < @(9@|5@) -> b; server S -> end; }\n"
		   "    state c { server I when n < 5 -> c; server S -> end; }\n"
		   "    always { client C late when l > 70 -> c; client C late -> c; }\n  }\n}\n",
	  "client (in c) cannot receive I" },
};

static void messages_that_cross_are_found(void **state)
{
	(void)state;
	RUN_CASES(races);
}

/* The line of the text, and what to do about it. */
static void the_race_of_the_form_is_told_word_for_word(void **state)
{
	static const char text[] =
		"protocol exfiles {\n"
		"  types { client request Request { u8; } client cancel Cancel { u16; } server reply Reply { u8; } "
		"server interrupt Interrupt { u16; } }\n"
		"  sequences {\n"
		"    state idle start final { client Request -> waiting; client close -> end; }\n"
		"    state waiting { server Reply -> idle; client Cancel -> cancelling; after 30s -> end; }\n"
		"    state cancelling { server Reply -> idle; }\n"
		"    always { server Interrupt -> same; }\n"
		"  }\n"
		"}\n";
	struct report report;
	struct tree *tree;

	(void)state;
	read_and_check(text, &report, &tree);
	assert_int_equal(report.counts[FINDING_ERROR], 1);
	const struct finding *finding = report.first;
	assert_string_equal(finding->id, "E10");
	assert_int_equal(finding->place.line, 5);
	assert_string_equal(finding->text,
			    "race in waiting: client sends Cancel while server sends Reply: server (in idle) "
			    "cannot receive Cancel [trace: client Request]");
	assert_string_equal(finding->trace, "client Request");
	assert_string_equal(finding->help, "add \"client Cancel late -> idle;\" to state idle");
	report_finish(&report);
	tree = tree_destroy(tree);
}

static void both_rules_that_miss_are_told(void **state)
{
	static const char text[] =
		"protocol p {\n  types { client request R { u8; } server reply S { u8; } }\n  sequences {\n"
		"    state a start { client R -> b; server S -> c; }\n"
		"    state b final { }\n    state c final { }\n  }\n}\n";
	struct report report;
	struct tree *tree;

	(void)state;
	read_and_check(text, &report, &tree);
	assert_int_equal(report.counts[FINDING_ERROR], 1);
	assert_string_equal(report.first->text,
			    "race in a: client sends R while server sends S: server (in c) cannot receive R");
	assert_null(report.first->trace);
	assert_string_equal(report.first->help,
			    "add \"client R late -> STATE;\" to state c and \"server S late -> STATE;\" "
			    "to state b, with one STATE for both");
	report_finish(&report);
	tree = tree_destroy(tree);
}

/* ---- E12 ---- */

#define COUNTED                                                                             \
	"protocol p {\n  types { client request R { n: u8; } server reply S { n: u8; } }\n" \
	"  sequences { counter c max 9; counter d max 5;\n"

static const struct check_case counters[] = {
	{ "E12", ERROR, 5,
	  COUNTED "    state a start final { client R set c = c + 1 -> a;\n"
		  "      server S @(@|when c > 0@) set c = c - 1 -> a; client close -> end; }\n  }\n}\n",
	  "c can fall below 0" },
	{ "E12", ERROR, 5,
	  COUNTED "    state a start final { client R set c = c + 1 -> a;\n"
		  "      server S when c >= @(2@|3@) set c = c - 3 -> a; client close -> end; }\n  }\n}\n",
	  "c can fall below 0" },
	{ "E12", ERROR, 5,
	  COUNTED "    state a start final { client R set c = c + 1 -> a;\n"
		  "      server S when @(d@|c@) > 0 set c = c - 1 -> a; client close -> end; }\n  }\n}\n",
	  "c can fall below 0" },
	{ "E12", ERROR, 5,
	  COUNTED "    state a start final { client R set c = c + 1 -> a;\n"
		  "      server S when c >= @(0@|n@) set c = c - n -> a; client close -> end; }\n  }\n}\n",
	  "c can fall below 0" },
	/* The order of the rules says it as well as a condition. */
	{ "E12", ERROR, 6,
	  COUNTED "    state a start { client R set c = c + 1 -> b; }\n"
		  "    state b final { server S when c = @(1@|0@) -> b;\n"
		  "      server S set c = c - 1 -> b; }\n  }\n}\n",
	  "c can fall below 0" },
	{ "E12", ERROR, 3,
	  "protocol p {\n  types { client request R { u8; } }\n  sequences { counter c max @(0@|1@);\n"
	  "    state a start { client R when c = 0 set c = c + 1 -> end; }\n  }\n}\n",
	  "its maximum is 0" },
	{ "E12", ERROR, 4,
	  COUNTED "    state a start { client R set d = @(6@|5@) -> b; }\n"
		  "    state b { server S set c = 9 -> end; }\n  }\n}\n",
	  "its maximum is 5" },
	{ "E12", ERROR, 4,
	  COUNTED "    state a start { client R set d = (n << 1) @(- 8@|& 3@) -> b; }\n"
		  "    state b { server S set c = 9 -> end; }\n  }\n}\n",
	  "d can fall below 0" },
	/* What the other side counts up must not be asked for from above. */
	{ "E12", ERROR, 5,
	  COUNTED "    state a start final { client R set c = c + 1 -> a; client close -> end;\n"
		  "      server S when c @(=@|>=@) 0 -> a; }\n  }\n}\n",
	  "can make this condition false" },
	{ "E12", ERROR, 5,
	  COUNTED "    state a start final { client R set c = c + 1 -> a; client close -> end;\n"
		  "      server S when c @(<@|>@) 3 @(@|set c = c - 1@) -> a; }\n  }\n}\n",
	  "client R can make this condition false" },
};

static void counters_stay_in_their_bounds(void **state)
{
	(void)state;
	RUN_CASES(counters);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cases_are_disjoint_and_complete),
		cmocka_unit_test(rules_that_never_hold_are_found),
		cmocka_unit_test(messages_that_cross_are_found),
		cmocka_unit_test(the_race_of_the_form_is_told_word_for_word),
		cmocka_unit_test(both_rules_that_miss_are_told),
		cmocka_unit_test(counters_stay_in_their_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
