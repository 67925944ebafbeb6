/* test_emit_chart.c - state charts: what is drawn, and that names and strings of an author cannot break their
 * language. */
#include "description_files.h"

#include "description/emit/emit.h"

#define BEGIN                                                           \
	"protocol t { types { client request Ask { op: u8; } "          \
	"client cancel Stop { x\"01\"; } server reply Tell { n: u8; } " \
	"server notice News { x\"02\"; } } sequences { "

static void assert_mermaid(const char *text, const char *chart)
{
	struct outcome outcome = accept_text(text);
	char *printed = document_of(emit_chart_mermaid, outcome.tree->protocols);

	assert_string_equal(printed, chart);
	free(printed);
	finish(&outcome);
}

static void assert_in_dot(const char *text, const char *part)
{
	struct outcome outcome = accept_text(text);
	char *printed = document_of(emit_chart_dot, outcome.tree->protocols);

	if (strstr(printed, part) == NULL) {
		fail_msg("drawn:\n%s\nmissing:\n%s", printed, part);
	}
	free(printed);
	finish(&outcome);
}

static void rules_are_arrows(void **state)
{
	static const char text[] = BEGIN
		"counter open max 3; keep last : u16; "
		"state a start final { client Ask when op > 1 and open < 3 set open = open + 1, last = op -> b; "
		"client close -> end; } "
		"state b { server Tell moved -> a; client Stop late -> same; after 90s -> end; after 1500ms -> end; } "
		"always { server News -> opaque; } } }";

	(void)state;
	assert_mermaid(text, "stateDiagram-v2\n"
			     "    state \"a (may end here)\" as a\n"
			     "    state \"not inspected further\" as opaque\n"
			     "    [*] --> a\n"
			     "    a --> b: C Ask [op > 1 and open < 3] / open = open + 1, last = op\n"
			     "    a --> [*]: C close\n"
			     "    a --> opaque: S News (always)\n"
			     "    b --> a: S Tell (from a new port)\n"
			     "    b --> b: C Stop (late)\n"
			     "    b --> [*]: after 90s\n"
			     "    b --> [*]: after 1500ms\n"
			     "    b --> opaque: S News (always)\n"
			     "    note right of a\n"
			     "        open is at most 3\n"
			     "    end note\n");
	assert_in_dot(text, "\t\"b\" -> \"a\" [label=\"S Tell (from a new port)\\l\", color=\"#a04010\"];\n");
	assert_in_dot(text, "\t\"b\" -> \"(end)\" [label=\"after 90s\\lafter 1500ms\\l\", style=dotted];\n");
	assert_in_dot(text, "\t\"b\" -> \"b\" [label=\"C Stop (late)\\l\"];\n");
	assert_in_dot(text, "\t\"a\" [peripheries=2];\n");
}

static void each_id_has_its_own_chart(void **state)
{
	static const char text[] =
		"protocol t { types { client request Ask { id: u16; } server reply Tell { id: u16; } } "
		"sequences { parallel by id max 9; state a start final { client Ask -> b; client close -> end; } "
		"state b { server Tell -> a; } } }";

	(void)state;
	assert_in_dot(text, "label=\"once for each id, at most 9\"];\n");
}

/* A rule of the state takes what this one of "always" would. */
static void a_rule_that_cannot_be_reached_is_not_drawn(void **state)
{
	(void)state;
	assert_mermaid(BEGIN
		       "state a start { client Ask -> a; server News -> end; } always { server News -> same; } } }",
		       "stateDiagram-v2\n"
		       "    [*] --> a\n"
		       "    a --> a: C Ask\n"
		       "    a --> [*]: S News\n");
}

static void names_that_mermaid_has_taken_get_another(void **state)
{
	(void)state;
	assert_mermaid(BEGIN
		       "state note start { client Ask -> Direction; } state Direction { client Stop -> note; } } }",
		       "stateDiagram-v2\n"
		       "    state \"note\" as note_state\n"
		       "    state \"Direction\" as Direction_state\n"
		       "    [*] --> note_state\n"
		       "    note_state --> Direction_state: C Ask\n"
		       "    Direction_state --> note_state: C Stop\n");
}

static void strings_cannot_leave_their_label(void **state)
{
	static const char text[] =
		"protocol t { types { client request Ask { name: text[99] to x\"00\"; } } sequences { "
		"state a start final { client Ask when name = \"a;b:c#d\\\"<script>\\n\" -> end; } } }";

	(void)state;
	assert_mermaid(text, "stateDiagram-v2\n"
			     "    state \"a (may end here)\" as a\n"
			     "    [*] --> a\n"
			     "    a --> [*]: C Ask [name = \"a#59;b#58;c#35;d\\\"#60;script>\\n\"]\n");
	assert_in_dot(text, "[label=\"C Ask\\l   [name = \\\"a;b:c#d\\\\\\\"<script>\\\\n\\\"]\\l\"");
}

static void without_sequences_any_message_comes_first(void **state)
{
	(void)state;
	assert_mermaid("protocol t { types { client request A { x\"01\"; } client request B { x\"02\"; } "
		       "server reply C { x\"03\"; } } }",
		       "stateDiagram-v2\n"
		       "    state \"not inspected further\" as opaque\n"
		       "    [*] --> first\n"
		       "    first --> opaque: C A\n"
		       "    first --> opaque: C B\n");
	assert_mermaid("protocol t { types { client request A { fn: text[1..15] of \"a-z\"; eol; } "
		       "server reply C { x\"03\"; } } "
		       "rendezvous { name fn; accept C; refuse nothing; } }",
		       "stateDiagram-v2\n"
		       "    state \"not inspected further\" as opaque\n"
		       "    [*] --> first\n"
		       "    first --> reply: C A\n"
		       "    reply --> opaque: S C\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_are_arrows),
		cmocka_unit_test(each_id_has_its_own_chart),
		cmocka_unit_test(a_rule_that_cannot_be_reached_is_not_drawn),
		cmocka_unit_test(names_that_mermaid_has_taken_get_another),
		cmocka_unit_test(strings_cannot_leave_their_label),
		cmocka_unit_test(without_sequences_any_message_comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
