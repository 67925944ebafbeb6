/* test_description_report.c - descriptions with several mistakes, how findings are printed, and the limits. */
#include "description_outcome.h"

/* ---- several mistakes in one file ---- */

static void assert_lines(const char *text, const uint32_t *lines, size_t count)
{
	struct outcome outcome = read_text(text);
	size_t found = 0;

	report_print(&outcome.report, stderr);
	assert_int_equal(outcome.report.counts[FINDING_ERROR], count);
	for (const struct finding *finding = outcome.report.first; finding != NULL; finding = finding->next) {
		assert_int_equal(finding->place.line, lines[found++]);
	}
	assert_int_equal(found, count);
	finish(&outcome);
}

static void mistakes_of_the_text_do_not_cascade(void **state)
{
	static const uint32_t lines[] = { 2, 4, 7, 9, 12, 13, 17 };

	(void)state;
	assert_lines("protocol a {\n"
		     "  title \"a\"\n"
		     "  short \"b\";\n"
		     "  opcodes { Op : u88 { read = 1, write = 2 } }\n"
		     "  types {\n"
		     "    client request A {\n"
		     "      op: Op == read;\n"
		     "      argument: u16;\n"
		     "      swich argument { case 1: { u8; } }\n"
		     "    }\n"
		     "    client request B { op: Op = write; payload[rest]; }\n"
		     "    client requst C { n: u8; payload[n]; }\n"
		     "    server reply D { n: u8 }\n"
		     "  }\n"
		     "  sequences {\n"
		     "    state s start { client A -> s; client B -> t; client C -> s; }\n"
		     "    state t { server D => s; server D when n = 2 -> s; }\n"
		     "  }\n"
		     "}\n",
		     lines, sizeof(lines) / sizeof(lines[0]));
}

static void each_unknown_name_is_missed_once(void **state)
{
	static const uint32_t lines[] = { 4, 4, 5, 7 };

	(void)state;
	assert_lines(
		"protocol a {\n"
		"  opcodes { Op : u8 { read = 1 } }\n"
		"  types {\n"
		"    client request A { a: Opp = read; b: Opp = read; c: Opp; if n = 1 { u8; } if n = 2 { u8; } }\n"
		"    client request B { a: Op = raed; b: Op = raed; switch a { case raed: { } } }\n"
		"  }\n"
		"  functions { function f on C; function g on C when x = \"a\"; }\n"
		"}\n",
		lines, sizeof(lines) / sizeof(lines[0]));
}

static void only_the_first_ten_are_shown(void **state)
{
	char text[4096] = "protocol a { types { client request A {\n";
	struct outcome outcome;
	size_t shown = 0;

	(void)state;
	for (int i = 0; i < 25; i++) {
		size_t used = strlen(text);
		(void)snprintf(text + used, sizeof(text) - used, "f%d: missing%d;\n", i, i);
	}
	strncat(text, "} } }", sizeof(text) - strlen(text) - 1);
	outcome = read_text(text);
	assert_int_equal(outcome.report.counts[FINDING_ERROR], 25);
	for (const struct finding *finding = outcome.report.first; finding != NULL; finding = finding->next) {
		assert_int_equal(finding->place.line, 2 + shown);
		shown++;
	}
	assert_int_equal(shown, FINDINGS_MAX);
	char *printed = print_report(&outcome.report);
	assert_non_null(strstr(printed, "\n15 more errors are not shown\n"));
	free(printed);
	finish(&outcome);
}

/* ---- as people read it ---- */

static void assert_printed(const char *text, const char *expected)
{
	struct outcome outcome = read_text(text);
	char *printed = print_report(&outcome.report);

	assert_string_equal(printed, expected);
	free(printed);
	finish(&outcome);
}

static void a_finding_shows_its_line(void **state)
{
	(void)state;
	assert_printed(
		"protocol a {\n\ttitel \"a\";\n}\n",
		"t.berth:2:2: error syntax: a header like \"title\" or a section like \"types\" is expected here, not "
		"'titel'\n"
		"    2 | \ttitel \"a\";\n"
		"      | \t^\n"
		"      help: did you mean \"title\"?\n");
	/* Only the file as a whole. */
	assert_printed("// nothing\n", "t.berth: error syntax: the file describes nothing\n"
				       "      help: write protocol NAME { ... }\n");
	/* Two octets of a character take one column; a terminal is not steered. */
	assert_printed("protocol a { title \"\xC3\xBC\x1b[2J\" }", "t.berth:1:28: error syntax: a ';' is missing\n"
								   "    1 | protocol a { title \"\xC3\xBC?[2J\" }\n"
								   "      |                           ^\n"
								   "      help: write ';' here\n");
}

static void a_long_line_is_cut(void **state)
{
	char text[600] = "";
	struct outcome outcome;

	(void)state;
	memset(text, ' ', 300);
	strncat(text, "} protocol", sizeof(text) - strlen(text) - 1);
	memset(text + strlen(text), ' ', 200);
	outcome = read_text(text);
	char *printed = print_report(&outcome.report);
	const char *line = strstr(printed, "    1 | ");
	assert_non_null(line);
	assert_int_equal(strcspn(line + 8, "\n"), 120);
	assert_int_equal(strcspn(line + 8, "}"), 80);
	assert_int_equal(strcspn(strstr(line, "\n      | ") + 9, "^"), 80);
	free(printed);
	finish(&outcome);
}

static void findings_of_all_levels_are_kept(void **state)
{
	struct report report = { 0 };

	(void)state;
	report_add(&report, NULL, FINDING_WARNING, "E14", (struct place){ 0 }, "client Request", NULL, "warning %d", 1);
	for (int i = 0; i < 12; i++) {
		report_add(&report, NULL, FINDING_NOTE, "E11", (struct place){ 0 }, NULL, "help", "note %d", i);
	}
	char *printed = print_report(&report);
	assert_non_null(strstr(printed, "warning E14: warning 1\n      trace: client Request\nnote E11: note 0\n"));
	assert_non_null(strstr(printed, "note E11: note 9\n      help: help\n2 more notes are not shown\n"));
	assert_null(strstr(printed, "note 10"));
	free(printed);
	report_finish(&report);
	assert_null(report.first);
}

/* ---- limits ---- */

static char *repeated(const char *before, const char *piece, size_t times, const char *after)
{
	size_t size = strlen(before) + strlen(piece) * times + strlen(after) + 1;
	char *text = malloc(size);
	char *at = text;

	assert_non_null(text);
	at = stpcpy(at, before);
	for (size_t i = 0; i < times; i++) {
		at = stpcpy(at, piece);
	}
	(void)stpcpy(at, after);
	return text;
}

/* Reads and frees `text`; its first error is the limit's. */
static void assert_limit(char *text, const char *error)
{
	struct outcome outcome = read_text(text);

	free(text);
	assert_int_equal(outcome.result, -E2BIG);
	assert_null(outcome.tree);
	assert_non_null(outcome.report.first);
	assert_string_equal(outcome.report.first->text, error);
	assert_string_equal(outcome.report.first->source->name, "t.berth");
	char *printed = print_report(&outcome.report);
	assert_non_null(strstr(printed, error));
	free(printed);
	finish(&outcome);
}

static void assert_within(char *text)
{
	struct outcome outcome = accept_text(text);

	free(text);
	finish(&outcome);
}

/* Formats f0 to f(count - 1), each within the next. */
static char *chained(unsigned count)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	(void)fputs("protocol a { formats { format f0 { u8; } ", stream);
	for (unsigned i = 1; i < count; i++) {
		(void)fprintf(stream, "format f%u { f%u; } ", i, i - 1);
	}
	(void)fputs("} }", stream);
	(void)fclose(stream);
	return text;
}

#define BLOCKS "protocol a { types { client request A { "

static void limits_are_named(void **state)
{
	(void)state;
	assert_within(repeated("protocol a { } //", " ", SOURCE_SIZE_MAX - 17, ""));
	assert_limit(repeated("protocol a { } //", " ", SOURCE_SIZE_MAX - 16, ""), "a file has at most 1048576 octets");
	assert_limit(repeated("protocol a { port ", "1,", TOKENS_MAX / 2, "1; }"),
		     "a file has at most 200000 words, numbers, strings and marks");
	assert_within(repeated(BLOCKS "maybe { ", "maybe { ", NESTING_MAX - 4,
			       "u8; } } } } } } } } } } } } } } } } } } } } } "
			       "} } } } } } } } } } }"));
	assert_limit(repeated(BLOCKS "maybe { ", "maybe { ", NESTING_MAX - 3, ""),
		     "blocks stand too deep in blocks (at most 32)");
	assert_limit(repeated(BLOCKS "if ", "(", NESTING_MAX, ""),
		     "parentheses stand too deep in parentheses (at most 32)");
	assert_within(repeated(BLOCKS "if 1 = 1", " or 1 = 1", 31, " { u8; } } } }"));
	assert_limit(repeated(BLOCKS "if 1 = 1", " or 1 = 1", 32, " { u8; } } } }"),
		     "too many operators in one expression (at most 64)");
	assert_within(chained(NESTING_MAX));
	assert_limit(chained(NESTING_MAX + 1), "formats stand too deep in formats (at most 32)");
}

static void protocols_are_counted(void **state)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	for (int i = 0; i < PROTOCOLS_MAX; i++) {
		(void)fprintf(stream, "protocol p%d { } ", i);
	}
	(void)fflush(stream);
	assert_within(strdup(text));
	(void)fputs("protocol more { }", stream);
	(void)fclose(stream);
	assert_limit(text, "too many protocols stand in one file (at most 1024)");
}

/* All messages include all formats: each search is short, but there are many. */
static void searches_are_bounded(void **state)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	(void)fputs("protocol a { formats {", stream);
	for (int i = 0; i < 5000; i++) {
		(void)fprintf(stream, "format f%d { u8; } ", i);
	}
	(void)fputs("format all { ", stream);
	for (int i = 0; i < 5000; i++) {
		(void)fprintf(stream, "f%d; ", i);
	}
	(void)fputs("} } types {", stream);
	for (int i = 0; i < 5000; i++) {
		(void)fprintf(stream, "client data m%d { all; } ", i);
	}
	(void)fputs("} }", stream);
	(void)fclose(stream);
	assert_limit(text, "finding the fields of messages takes too many steps (at most 1000000)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes_of_the_text_do_not_cascade),
		cmocka_unit_test(each_unknown_name_is_missed_once),
		cmocka_unit_test(only_the_first_ten_are_shown),
		cmocka_unit_test(a_finding_shows_its_line),
		cmocka_unit_test(a_long_line_is_cut),
		cmocka_unit_test(findings_of_all_levels_are_kept),
		cmocka_unit_test(limits_are_named),
		cmocka_unit_test(protocols_are_counted),
		cmocka_unit_test(searches_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
