/* test_examine.c - the checks that need automata: messages read in two ways (E6), messages of a state (E8), first
 * messages beside each other (E9, E11) and their evidence (E15); and what the examiner tells about them. */
#include "description/examine/examine.h"

#define CASE_CHECK examine

#include "base/text.h"
#include "check_case.h"
#include "description/automaton/automaton.h"
#include "description_files.h"

#define ERROR FINDING_ERROR
#define WARNING FINDING_WARNING

/* ---- E6 ---- */

#define MESSAGE(block) "protocol p {\n  types { client request R { \"MAGIC\"; sure;\n    " block "\n  } }\n}\n"
#define WORDS "protocol p {\n  opcodes { W : text { get = \"GET\"@(, gets = \"GETS\"@|@) } }\n"

static const struct check_case ambiguities[] = {
	/* The same octet may belong to what is left out and to what follows. */
	{ "E6", ERROR, 3, MESSAGE("sized u8 in 1..@(3@|2@) { u8; maybe { u8; } @(maybe { u8; }@|@) }"),
	  "can be read in two ways" },
	{ "E6", ERROR, 3, MESSAGE("maybe { \"a\"; } maybe { @(\"a\"@|\"b\"@); } \"x\";"), "can be read in two ways" },
	{ "E6", ERROR, 3,
	  MESSAGE("sized u8 in 2..99 { maybe { @(u8@|x\"01\"@); } @(payload[rest]@|x\"02\"; payload[rest]@); }"),
	  "can be read in two ways" },
	{ "E6", ERROR, 3, MESSAGE("maybe { text[@(@|1..@)5] of \"a-z\"; } \"!\";"), "can be read in two ways" },
	{ "E6", ERROR, 3, MESSAGE("repeat until \"x\" { text[1..1] of \"a-@(z@|w@)\"; }"),
	  "can end where it also goes on" },
	{ "E6", ERROR, 3, MESSAGE("repeat until eol { @(text[40] to eol@|\"h\"; text[40] to eol@); }"),
	  "can end where it also goes on" },
	{ "E6", ERROR, 3, MESSAGE("maybe { text[9] to @(\",\"@|\";\"@); } @(text[9] to \",\"@|x\"00\"@);"),
	  "can end where it also goes on" },
	{ "E6", ERROR, 3, MESSAGE("@(maybe { \"ab\"; } \"a\"; maybe { \"ba\"; } \"b\"@|maybe { \"ab\"; } \"c\"@);"),
	  "can be read in two ways" },
	/* Values would have to be given back. */
	{ "E6", ERROR, 3,
	  MESSAGE("maybe { user: text[1..16] of \"a-z\"; \",\"; } host: text[1..30] of \"@(a-z@|0-9@)\"; \"!\";"),
	  "cannot be read without a guess: octets of a value" },
	/* Longer than the window. */
	{ "E6", ERROR, 3, MESSAGE("maybe { text[60..90] of \"a-z\"; \",\"; } text[60..90] of \"@(a-z@|0-9@)\"; \";\";"),
	  "a guess that lasts" },
	{ "E6", ERROR, 3, WORDS "  types { client request R { \"MAGIC\"; sure; W; maybe { \"S\"; } \"!\"; } }\n}\n",
	  "can be read in two ways" },
};

static void what_is_read_in_two_ways_is_found(void **state)
{
	(void)state;
	RUN_CASES(ambiguities);
}

/* Undecided for a while, and then decided: nothing is wrong with that. */
static void a_doubt_that_ends_is_none(void **state)
{
	static const char *const blocks[] = {
		MESSAGE("maybe { \"<?xml \"; text[200] of \" -=?-~\"; \">\"; } \"<stream\";"),
		MESSAGE("maybe { \"ab\"; } \"ac\";"),
		MESSAGE("repeat until eol { text[1..9] to \":\"; text[40] to eol; }"),
		MESSAGE("sized u8 in 1..9 { payload[rest]; }"),
		MESSAGE("maybe { sized u16 in 1..9 { payload[rest]; } }"),
		MESSAGE("text[9] of \"a-z\";"),
		WORDS "  types { client request R { \"MAGIC\"; sure; W; } }\n}\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		const struct check_case clean = { "E6", WARNING, 0, blocks[i], NULL };
		run_right(&clean);
	}
}

/* ---- E8 ---- */

/* clang-format off */
#define STATES(transport, messages, rules) \
	"protocol p {\n  transport " transport ";\n  types {\n" messages "    client request C { \"MAGIC\"; }\n  }\n" \
	"  sequences {\n    state a start final { client C -> b; client close -> end; }\n" \
	"    state b { " rules " }\n  }\n}\n"
/* clang-format on */

static const struct check_case states[] = {
	{ "E8", ERROR, 9,
	  STATES("tcp", "    server reply A { x\"01\"; u8; } server reply B { x\"@(01@|02@)\"; u8; }\n",
		 "server A -> a; server B -> a;"),
	  "in state b nobody can tell the server's A and B apart" },
	{ "E8", ERROR, 9,
	  STATES("tcp",
		 "    server reply A { sized u16 in 2..9 { payload[rest]; } } "
		 "server reply B { sized u16 in @(9@|10@)..20 { payload[rest]; } }\n",
		 "server A -> a; server B -> a;"),
	  "nobody can tell" },
	{ "E8", ERROR, 9,
	  STATES("tcp", "    server reply A { \"OK\"; } server reply B { \"@(@|K@)OKAY\"; }\n",
		 "server A -> a; server B -> a;"),
	  "the server's A can end where B goes on" },
	{ "E8", ERROR, 9,
	  STATES("tcp",
		 "    server reply A { \"S\"; } "
		 "server reply B { \"@(S@|T@)\"; sized u8 in 4..90 { payload[rest]; } }\n",
		 "server B -> a; server A -> a;"),
	  "the server's A can end where B goes on" },
	/* In a datagram the end can be seen. */
	{ "E8", ERROR, 9,
	  STATES("udp@(, tcp@|@)", "    server reply A { \"OK\"; } server reply B { \"OKAY\"; }\n",
		 "server A -> a; server B -> a;"),
	  "can end where B goes on" },
	/* What differs behind the window is not known to differ. */
	{ "E8", WARNING, 9,
	  STATES("tcp",
		 "    server reply A { sized u16 in 60..90 { payload[@(50@|9@)]; \"A\"; payload[rest]; } } "
		 "server reply B { sized u16 in 60..90 { payload[@(50@|9@)]; \"B\"; payload[rest]; } }\n",
		 "server A -> a; server B -> a;"),
	  "can begin with the same 48 octets" },
	/* A rule of always counts in every state. */
	{ "E8", ERROR, 9,
	  STATES("tcp", "    server reply A { \"A\"; u8; } server interrupt B { \"@(A@|B@)\"; u8; }\n",
		 "server A -> a; } always { server B -> same;"),
	  "in state b nobody can tell the server's A and B apart" },
	{ "E8", ERROR, 9,
	  STATES("tcp", "    client cancel B { \"@(MA@|MB@)\"; } client cancel D { \"MAG\"; }\n",
		 "client D -> a; client B -> a;"),
	  "the client's B can end where D goes on" },
};

static void messages_of_a_state_are_told_apart(void **state)
{
	(void)state;
	RUN_CASES(states);
}

/* ---- E9 and E15 ---- */

#define TWO(left, right)                                                       \
	"protocol p {\n  types {\n    client request R { " left " }\n  }\n}\n" \
	"protocol q {\n  types {\n    client request S { " right " }\n  }\n}\n"
#define FUNCTIONS(left, right)                                                                                  \
	"protocol p {\n  types {\n    client request R { " left " }\n    client request S { " right " }\n  }\n" \
	"  functions { function f on R; function g on S; }\n}\n"
#define FIRST(block) "protocol p {\n  types {\n    client request R { " block " }\n  }\n}\n"

static const struct check_case firsts[] = {
	{ "E9", ERROR, 8, TWO("\"HELLO WORLD\";", "\"HELLO W@(O@|A@)RLD\";"),
	  "first message S of q collides: these octets are also R of p, line 3" },
	{ "E9", ERROR, 8,
	  TWO("weak; sized u16 in 5..9 { u8 in 1..3; payload[rest]; }",
	      "weak; sized u16 in 5..9 { u8 in @(3@|4@)..7; payload[rest]; }"),
	  "collides" },
	{ "E9", WARNING, 8, TWO("\"HELLO WORLD\";", "\"HELL@(O@|A@) WORLD AGAIN\";"),
	  "first message R of p, line 3, can end where S of q, line 8, goes on" },
	{ "E9", ERROR, 4, FUNCTIONS("weak; u8 in 1..3; u8;", "weak; u8 in @(3@|4@)..9; u8;"),
	  "first message S collides: these octets are also R, line 3" },
	{ "E9", WARNING, 4, FUNCTIONS("\"HELLO WORLD\";", "\"HELL@(O@|A@) WORLD AGAIN\";"),
	  "first message R, line 3, can end" },
	{ "E15", ERROR, 3, FIRST("sized u16 in 5..259 { u8 in 1..4; u16; text[255] to x\"00\"; }@(@| weak;@)"),
	  "first message R may carry only 8.0 bits of evidence, and it takes 24" },
	{ "E15", ERROR, 3, FIRST("\"ABCD\";@(@| sure;@)"), "only 20.0 bits" },
	{ "E15", ERROR, 3, FIRST("x\"FE\"; sized u8 in 2..90 { u16 in 0xFE01..0xFEFF; payload[rest]; }@(@| sure;@)"),
	  "it stopped checking at octet 4" },
	{ "E15", ERROR, 3, FIRST("x\"81\"; sized u8 in @(0@|2@)..9 { @(@|x\"92A3\"; @)payload[rest]; }"),
	  "it stopped checking at octet" },
	/* Zeros and repeated octets are worth little. */
	{ "E15", ERROR, 3, FIRST("x\"@(00000000 00000000@|00010203 04050607@)\";"), "only 16.0 bits" },
	{ "E15", ERROR, 3, FIRST("x\"@(FFFFFFFF@|FFFEFFFE@)\";"), "only 14.0 bits" },
};

static void first_messages_are_known_and_told_apart(void **state)
{
	(void)state;
	RUN_CASES(firsts);
}

/* ---- what is told ---- */

struct told {
	struct outcome outcome;
	struct report report;
	struct examination examination;
};

static void examine_golden(const char *name, struct told *ret_told)
{
	*ret_told = (struct told){ .outcome = accept_golden(name) };
	assert_int_equal(examine_and_tell(ret_told->outcome.tree, &ret_told->report, &ret_told->examination), 0);
	if (ret_told->report.counts[FINDING_ERROR] > 0 || ret_told->report.counts[FINDING_WARNING] > 0) {
		report_print(&ret_told->report, stderr);
		fail_msg("%s is not clean", name);
	}
}

static void told_finish(struct told *told)
{
	examination_finish(&told->examination);
	report_finish(&told->report);
	finish(&told->outcome);
}

static void the_five_examples_are_clean(void **state)
{
	static const struct {
		const char *name;
		uint32_t look_ahead;
	} examples[] = { { "exfiles", 2 }, { "tftp", 2 }, { "redis", 1 }, { "postgresql", 9 }, { "tls", 0 } };
	struct told told;

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		examine_golden(examples[i].name, &told);
		assert_int_equal(told.examination.protocols->look_ahead, examples[i].look_ahead);
		told_finish(&told);
	}
}

static void the_form_s_own_request_carries_eight_bits(void **state)
{
	struct told told;

	(void)state;
	examine_golden("exfiles", &told);
	const struct examined_protocol *protocol = told.examination.protocols;
	const struct examined_message *request = protocol->messages;
	assert_string_equal(request->message->name, "Request");
	assert_null(request->next);
	assert_true(request->examined);
	assert_int_equal(request->evidence, 8 * EVIDENCE_BIT);
	assert_int_equal(request->decides_at, 0);
	assert_int_equal(request->sure_at, 0);
	assert_int_equal(request->stops_at, 0);
	assert_int_equal(request->tested, 2);
	assert_true(request->states_built >= request->states - 1 && request->states > 1);
	assert_true(request->states_proof > 1);
	assert_int_equal(protocol->states, request->states);
	assert_true(protocol->functions->alone);
	told_finish(&told);
}

static void functions_are_certain_after_so_many_octets(void **state)
{
	struct told told;

	(void)state;
	examine_golden("tftp", &told);
	const struct examined_function *get = told.examination.protocols->functions;
	assert_false(get->alone);
	assert_int_equal(get->apart_at, 2);
	assert_int_equal(get->next->apart_at, 2);
	told_finish(&told);
	examine_golden("postgresql", &told);
	const struct examined_function *sql = told.examination.protocols->functions;
	assert_true(sql->alone);
	assert_int_equal(sql->next->apart_at, 5);
	assert_int_equal(told.examination.protocols->messages->decides_at, 6);
	told_finish(&told);
}

static void sure_is_found_on_the_cheapest_path(void **state)
{
	struct told told;

	(void)state;
	examine_golden("postgresql", &told);
	const struct examined_message *message = told.examination.protocols->messages;
	while (strcmp(message->message->name, "Startup") != 0) {
		message = message->next;
	}
	assert_int_equal(message->sure_at, 8);
	told_finish(&told);
}

/* ---- bounded work ---- */

static void examine_text(const char *text, struct report *report)
{
	struct tree *tree = NULL;

	*report = (struct report){ .first = NULL };
	assert_int_equal(tree_read("large.berth", text, strlen(text), report, &tree), 0);
	assert_int_equal(examine(tree, report), 0);
	assert_false(report->no_memory);
	tree = tree_destroy(tree);
}

static bool has_finding(const struct report *report, const char *id)
{
	for (const struct finding *finding = report->first; finding != NULL; finding = finding->next) {
		if (strcmp(finding->id, id) == 0) {
			return true;
		}
	}
	return false;
}

/* Files that ask for much come to an end, and are told what was not looked at. */
static void much_work_is_not_done(void **state)
{
	static const char *const texts[] = {
		"protocol p { types { client request R { sure; a: u8; b: u8; c: u8; d: u8; e: u8; payload[a]; \"x\"; "
		"payload[b]; \"y\"; payload[c]; \"z\"; payload[d]; payload[e]; } } }",
		"protocol p { formats { format V nested 4 { t: u8 in 1..5; switch t { case 1: { c: u8; repeat c { V; } "
		"} case 2: { c: u16; repeat c { V; V; } } default: { sized u8 { payload[rest]; } } } } } "
		"types { client request R { sure; V; } } }",
	};
	struct report report;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		examine_text(texts[i], &report);
		assert_int_equal(report.counts[FINDING_ERROR], 0);
		assert_true(has_finding(&report, "E6"));
		report_finish(&report);
	}
}

/* Readings that multiply at each octet. */
static void many_readings_at_once_are_not_followed(void **state)
{
	enum { ROOM = 65536 };
	static const char *const pieces[] = { "maybe { text[5] of \"a\"; } ", "text[5] of \"a\"; maybe { \"b\"; } ",
					      "maybe { \"a\"; } " };
	struct report report;

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		char *room = calloc(1, ROOM);
		struct text text;
		assert_non_null(room);
		text_init(&text, room, ROOM);
		text_put(&text, "protocol p { types { client request R { sure; ");
		for (unsigned k = 0; k < 500; k++) {
			text_put(&text, pieces[i]);
		}
		text_put(&text, "\"c\"; } } }");
		examine_text(room, &report);
		assert_true(report.counts[FINDING_ERROR] + report.counts[FINDING_WARNING] > 0);
		report_finish(&report);
		free(room);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read_in_two_ways_is_found),
		cmocka_unit_test(a_doubt_that_ends_is_none),
		cmocka_unit_test(messages_of_a_state_are_told_apart),
		cmocka_unit_test(first_messages_are_known_and_told_apart),
		cmocka_unit_test(the_five_examples_are_clean),
		cmocka_unit_test(the_form_s_own_request_carries_eight_bits),
		cmocka_unit_test(functions_are_certain_after_so_many_octets),
		cmocka_unit_test(sure_is_found_on_the_cheapest_path),
		cmocka_unit_test(much_work_is_not_done),
		cmocka_unit_test(many_readings_at_once_are_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
