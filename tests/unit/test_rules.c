/* test_rules.c - every rule for applications: a form on which it fires, and one on which it does not. */
#include <jansson.h>

#include "registry/records/service_code.h"
#include "rules_cases.h"

static int set_up(void **state)
{
	static struct view view;

	build_view(&view);
	*state = &view;
	return 0;
}

static int tear_down(void **state)
{
	free_view(*state);
	return 0;
}

static void test_cases(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct rule_case *test = &cases[i];
		struct rule_report report;
		struct form form;

		clean_form(&form, test->kind);
		set_answers(&form, test->changes, CHANGES_MAX);
		examine_form(&form, *state, &report);
		const struct rule_finding *finding = find_rule(&report, test->id);
		if ((finding != NULL) != test->fires) {
			char *text = written_report(&report, NULL);
			fail_msg("case %zu, %s with %s = %s: %s\n%s", i, test->id, test->changes[0].key,
				 test->changes[0].value, test->fires ? "does not fire" : "fires", text);
		}
		if (finding != NULL) {
			assert_true(finding->sentence[0] != '\0');
			assert_string_equal(finding->source, rule_find(test->id)->source);
		}
		rule_report_finish(&report);
		form_finish(&form);
	}
}

static size_t cases_of(const char *id, bool fires)
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		count += cases[i].fires == fires && strcmp(cases[i].id, id) == 0;
	}
	return count;
}

/* No rule stands in the table that nothing looks at. */
static void test_every_rule_has_cases(void **state)
{
	(void)state;
	for (const struct rule *rule = rules; rule->id != NULL; rule++) {
		bool is_automatic = rule->level == RULE_AUTOMATIC;
		if ((cases_of(rule->id, true) > 0) == is_automatic || (cases_of(rule->id, false) > 0) == is_automatic) {
			fail_msg("%s", rule->id);
		}
		assert_ptr_equal(rule_find(rule->id), rule);
		assert_true(rule->text[0] != '\0' && rule->text[strlen(rule->text) - 1] == '.');
		assert_true(rule->source[0] != '\0');
	}
	assert_null(rule_find("N14"));
	assert_null(rule_find(""));
}

static void test_clean(void **state)
{
	static const enum form_kind kinds[] = { FORM_USER, FORM_SYSTEM, FORM_RELOCATION, FORM_NAME, FORM_SERVICE_CODE };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct rule_report report;
		struct form form;
		clean_form(&form, kinds[i]);
		examine_form(&form, *state, &report);
		assert_no_finding(&report);
		assert_int_equal(report.free_count, 0);
		rule_report_finish(&report);
		form_finish(&form);
	}
}

/* An empty form is told everything it lacks, and nothing goes wrong. */
static void test_empty(void **state)
{
	for (int kind = 0; kind < FORM_KINDS; kind++) {
		struct form form = { .kind = (enum form_kind)kind };
		struct rule_report report;
		examine_form(&form, *state, &report);
		assert_true(report.counts[RULE_REFUSE] > 0);
		rule_report_finish(&report);
		examine_form(&form, NULL, &report);
		assert_false(report.has_view);
		rule_report_finish(&report);
		form_finish(&form);
	}
}

/* ---- what findings say ---- */

static void test_witness(void **state)
{
	static const struct said changes[] = {
		{ "short", "LDP" }, { "port", "5254" }, { "transport", "tcp udp" }, { NULL, NULL }
	};
	struct rule_report report;
	struct form form;

	clean_form(&form, FORM_USER);
	set_answers(&form, changes, CHANGES_MAX);
	form.lines[form_field_find("short")] = 14;
	examine_form(&form, *state, &report);
	assert_string_equal(find_rule(&report, "N5")->sentence, "name \"LDP\" is taken: ldp 646/tcp, assigned");
	assert_string_equal(find_rule(&report, "N5")->field, "short");
	assert_int_equal(find_rule(&report, "N5")->line, 14);
	assert_string_equal(find_rule(&report, "P5")->sentence, "port 5254/tcp is taken: logcabin 5254/tcp, assigned");
	assert_string_equal(find_rule(&report, "P6")->sentence, "port 5254/udp is reserved: 5254/udp, reserved");
	/* What has no line comes before what has. */
	assert_string_equal(report.findings[report.count - 1].id, "N5");
	rule_report_finish(&report);
	form_finish(&form);
}

static void expect_about(const struct view *view, const char *about, const char *sentence, const char *help)
{
	struct rule_report report;
	struct form form;

	clean_form(&form, FORM_RELEASE);
	assert_int_equal(form_set(&form, "about", about), 0);
	examine_form(&form, view, &report);
	assert_string_equal(find_rule(&report, "F6")->sentence, sentence);
	assert_string_equal(find_rule(&report, "F6")->help, help);
	rule_report_finish(&report);
	form_finish(&form);
}

static void test_about(void **state)
{
	expect_about(*state, "6010/tcp", "\"6010/tcp\" is part of x11 6000-6063/tcp, assigned",
		     "Name the whole range: 6000-6063/tcp.");
	expect_about(*state, "SC:DISC", "\"SC:DISC\" is a service code; those are neither changed nor given back",
		     "Name a number or a name, like 5254/tcp or logcabin.");
}

/* In a band that only warns, IANA's rows do not refuse, and own ones do. */
static void test_bands(void **state)
{
	struct rule_report report;
	struct form form;

	clean_form(&form, FORM_USER);
	assert_int_equal(form_set(&form, "port", "20050"), 0);
	examine_form(&form, *state, &report);
	assert_int_equal(find_rule(&report, "P5")->level, RULE_WARN);
	assert_int_equal(report.counts[RULE_REFUSE], 0);
	rule_report_finish(&report);
	assert_int_equal(form_set(&form, "port", "20021"), 0);
	examine_form(&form, *state, &report);
	assert_int_equal(find_rule(&report, "P5")->level, RULE_REFUSE);
	/* The nearest of the same band: 20017 and 20020 to 20022 are taken. */
	const uint16_t near[] = { 20019, 20023, 20018, 20024, 20025, 20016, 20026, 20015 };
	assert_int_equal(report.free_count, RULES_FREE_MAX);
	assert_memory_equal(report.free_near, near, sizeof(near));
	rule_report_finish(&report);
	form_finish(&form);
}

static void test_free_stays_in_band(void **state)
{
	struct rule_report report;
	struct form form;

	clean_form(&form, FORM_USER);
	assert_int_equal(form_set(&form, "transport", "udp"), 0);
	assert_int_equal(form_set(&form, "port", "5254"), 0);
	examine_form(&form, *state, &report);
	for (size_t i = 0; i < report.free_count; i++) {
		assert_true(report.free_near[i] > 1024 && report.free_near[i] < 20000);
		assert_int_not_equal(report.free_near[i], 5254);
	}
	assert_int_equal(report.free_near[0], 5253);
	rule_report_finish(&report);
	form_finish(&form);
}

/* Nobody is shown a number that would be refused: one of the other range, or another one for a transport more. */
static void test_free_can_be_asked_for(void **state)
{
	static const struct said changes[] = { { "about", "3001/tcp" }, { "transport", "udp" }, { NULL, NULL } };
	struct rule_report report;
	struct form form;

	clean_form(&form, FORM_USER);
	assert_int_equal(form_set(&form, "port", "80"), 0);
	examine_form(&form, *state, &report);
	assert_non_null(find_rule(&report, "P1"));
	assert_int_equal(report.free_count, 0);
	rule_report_finish(&report);
	form_finish(&form);

	clean_form(&form, FORM_TRANSPORT);
	set_answers(&form, changes, CHANGES_MAX);
	examine_form(&form, *state, &report);
	assert_string_equal(find_rule(&report, "P5")->field, "transport");
	assert_non_null(strstr(find_rule(&report, "P5")->help, "a transport over which"));
	assert_int_equal(report.free_count, 0);
	rule_report_finish(&report);
	form_finish(&form);
}

static void test_pending(void **state)
{
	const struct rules_pending pending[] = {
		{ "B-2026-0021", "KeepFile", ENTRY_TCP, 3012 },
		{ "B-2026-0022", "", ENTRY_TCP, 3002 },
		{ "B-2026-0023", "", ENTRY_TCP, 3009 },
	};
	struct rules_context context = { .view = *state, .pending = pending, .pending_count = 3 };
	struct rule_report report;
	struct form form;

	clean_form(&form, FORM_USER);
	assert_int_equal(form_set(&form, "port", "3012"), 0);
	assert_int_equal(rules_examine(&form, &context, &report), 0);
	assert_string_equal(find_rule(&report, "N5")->sentence,
			    "name \"keepfile\" is taken: B-2026-0021 asked for it before");
	assert_string_equal(find_rule(&report, "P5")->sentence, "B-2026-0021 asks for 3012/tcp too");
	assert_int_equal(find_rule(&report, "P5")->level, RULE_WARN);
	for (size_t i = 0; i < report.free_count; i++) {
		assert_int_not_equal(report.free_near[i], 3009);
	}
	rule_report_finish(&report);
	context.own_reference = "B-2026-0021";
	assert_int_equal(rules_examine(&form, &context, &report), 0);
	assert_no_finding(&report);
	rule_report_finish(&report);
	form_finish(&form);
}

/* In-band extensions of a service are looked at by a person. */
static void test_extension(void **state)
{
	struct rule_report report;
	struct form form;

	clean_form(&form, FORM_USER);
	assert_int_equal(form_set(&form, "other", "A new name for logcabin, whose messages are told apart in-band."),
			 0);
	examine_form(&form, *state, &report);
	assert_int_equal(find_rule(&report, "N10")->level, RULE_HUMAN);
	assert_int_equal(report.counts[RULE_REFUSE], 0);
	rule_report_finish(&report);
	form_finish(&form);
}

/* A second port is answered with a rendezvous to paste. */
static void test_rendezvous(void **state)
{
	struct rule_report report;
	struct form form;

	clean_form(&form, FORM_USER);
	assert_int_equal(form_set(&form, "short", "ada-admin"), 0);
	examine_form(&form, *state, &report);
	const char *section = strstr(find_rule(&report, "P8")->help, "\n[");
	assert_non_null(section);
	assert_string_equal(section, "\n[listen ada]\naddress = 0.0.0.0:3002, [::]:3002\nfunctions = ada, ada-admin\n\n"
				     "[function ada]\nhandover = spawn\ncommand = /usr/local/bin/ada\n\n"
				     "[function ada-admin]\nhandover = spawn\ncommand = /usr/local/bin/ada-admin\n");
	rule_report_finish(&report);
	form_finish(&form);
}

static void test_description(void **state)
{
	const struct source source = { "app.berth", "", 0 };
	struct report description = { .counts = { 0 } };
	const struct rules_context context = { .view = *state, .description = &description };
	struct rule_report report;
	struct form form;

	clean_form(&form, FORM_USER);
	report_add(&description, &source, FINDING_ERROR, "E10", (struct place){ 33, 1 }, "client Request",
		   "add a state", "race in %s", "waiting");
	report_add(&description, &source, FINDING_WARNING, "E4", (struct place){ 40, 1 }, NULL, NULL, "a size");
	report_add(&description, &source, FINDING_NOTE, "E11", (struct place){ 41, 1 }, NULL, NULL, "a note");
	/* What the rules say with their own ids is not said twice. */
	report_add(&description, &source, FINDING_ERROR, "E13", (struct place){ 1, 1 }, NULL, NULL,
		   "question 2 is not answered: What message formats are used? (formats)");
	assert_int_equal(rules_examine(&form, &context, &report), 0);
	assert_int_equal(report.count, 2);
	assert_string_equal(report.findings[0].id, "E10");
	assert_int_equal(report.findings[0].level, RULE_REFUSE);
	assert_int_equal(report.findings[0].line, 33);
	assert_string_equal(report.findings[0].sentence, "race in waiting (client Request)");
	assert_string_equal(report.findings[0].help, "add a state");
	assert_int_equal(report.findings[1].level, RULE_WARN);
	rule_report_finish(&report);
	report_finish(&description);
	form_finish(&form);
}

/* ---- reports ---- */

static void test_report(void **state)
{
	struct rule_report report;
	struct form form;

	(void)state;
	clean_form(&form, FORM_USER);
	assert_int_equal(form_set(&form, "short", "ada-admin"), 0);
	assert_int_equal(form_set(&form, "port", "3001"), 0);
	form.lines[form_field_find("short")] = 14;
	form.lines[form_field_find("port")] = 9;
	examine_form(&form, *state, &report);
	char *text = written_report(&report, "app.berth");
	assert_string_equal(
		text,
		"app.berth:9:  refuse  P5  port 3001/tcp is taken: keepbook 3001/tcp, assigned  RFC 6335, 8.1\n"
		"        Ask for another number, or for any.\n"
		"app.berth:14: warn    P8  second port for one service? ada 3002/tcp, assigned  "
		"RFC 6335, 7.2; RFC 7605, 6\n"
		"        One port is enough: callers name the function they want. In berthd.conf(5), under port 3002:\n"
		"\n"
		"        [listen ada]\n"
		"        address = 0.0.0.0:3002, [::]:3002\n"
		"        functions = ada, ada-admin\n"
		"\n"
		"        [function ada]\n"
		"        handover = spawn\n"
		"        command = /usr/local/bin/ada\n"
		"\n"
		"        [function ada-admin]\n"
		"        handover = spawn\n"
		"        command = /usr/local/bin/ada-admin\n"
		"1 refuse, 1 warn. Free and near 3001: 2999 2998 2997 2996 2995 3007 2994 3008\n");
	free(text);
	rule_report_finish(&report);
	form_finish(&form);
}

/* Whatever stands in an answer, a terminal is not steered, and no line is much too long. */
static void test_report_is_plain(void **state)
{
	struct rule_report report;
	struct form form;

	clean_form(&form, FORM_USER);
	assert_int_equal(form_set(&form, "short",
				  "a\xe2\x80\xae\xc2\x9b"
				  "31mverylongverylongverylongverylong"),
			 0);
	assert_int_equal(form_set(&form, "specification", "x\xe2\x80\xaey"), 0);
	examine_form(&form, *state, &report);
	char *text = written_report(&report, "a\033[31m.berth");
	for (const char *at = text; *at != '\0'; at++) {
		assert_true(*at == '\n' || (*at >= ' ' && *at <= '~'));
	}
	assert_non_null(strstr(text, "a\\x1b[31m.berth"));
	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
		assert_true(strcspn(line, "\n") <= 120);
	}
	free(text);
	rule_report_finish(&report);
	form_finish(&form);
}

static void test_json(void **state)
{
	struct rule_report report;
	struct form form;
	char *text = NULL;
	size_t size = 0;

	clean_form(&form, FORM_USER);
	assert_int_equal(form_set(&form, "port", "5254"), 0);
	form.lines[form_field_find("port")] = 9;
	examine_form(&form, *state, &report);
	FILE *stream = open_memstream(&text, &size);
	assert_int_equal(rule_report_write_json(&report, "app.berth", stream), 0);
	(void)fclose(stream);
	json_t *object = json_loads(text, 0, NULL);
	assert_non_null(object);
	assert_string_equal(json_string_value(json_object_get(object, "file")), "app.berth");
	assert_true(json_is_true(json_object_get(object, "registry")));
	assert_int_equal(json_integer_value(json_object_get(object, "port")), 5254);
	assert_int_equal(json_array_size(json_object_get(object, "free_near")), RULES_FREE_MAX);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(object, "counts"), "refuse")), 1);
	const json_t *finding = json_array_get(json_object_get(object, "findings"), 0);
	assert_string_equal(json_string_value(json_object_get(finding, "id")), "P5");
	assert_string_equal(json_string_value(json_object_get(finding, "level")), "refuse");
	assert_string_equal(json_string_value(json_object_get(finding, "field")), "port");
	assert_int_equal(json_integer_value(json_object_get(finding, "line")), 9);
	assert_string_equal(json_string_value(json_object_get(finding, "source")), "RFC 6335, 8.1");
	assert_non_null(json_object_get(finding, "sentence"));
	assert_non_null(json_object_get(finding, "help"));
	json_decref(object);
	free(text);
	rule_report_finish(&report);
	form_finish(&form);
}

static void test_manual(void **state)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(rules_write_manual(stream), 0);
	(void)fclose(stream);
	for (const struct rule *rule = rules; rule->id != NULL; rule++) {
		char heading[64];
		(void)snprintf(heading, sizeof(heading), "\n*%s* (%s)\n", rule->id, rule_level_name(rule->level));
		const char *found = strstr(text, heading);
		assert_non_null(found);
		assert_null(strstr(found + 1, heading));
	}
	free(text);
}

/* ---- the vectors ---- */

/* Calls `each` with the columns of every line. */
static void each_vector(const char *name, void (*each)(const char *columns[5], const struct view *view),
			const struct view *view)
{
	const char *slash = strrchr(__FILE__, '/');
	char path[4096];
	size_t size;

	(void)snprintf(path, sizeof(path), "%.*s../data/vectors/%s", slash != NULL ? (int)(slash + 1 - __FILE__) : 0,
		       __FILE__, name);
	char *octets = file_octets(path, &size);
	assert_non_null(octets);
	char *rest = octets;
	for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
		const char *columns[5] = { "", "", "", "", "" };
		for (size_t i = 0; i < 5 && line != NULL; i++) {
			columns[i] = strsep(&line, "\t");
		}
		if (columns[1][0] != '\0' && columns[0][0] != '#') {
			each(columns, view);
		}
	}
	free(octets);
}

static bool has_name_fault(const struct rule_report *report)
{
	return find_rule(report, "N1") != NULL || find_rule(report, "N2") != NULL || find_rule(report, "N3") != NULL ||
	       find_rule(report, "N4") != NULL;
}

static void check_name_vector(const char *columns[5], const struct view *view)
{
	const char *verdict = columns[1];
	struct rule_report report;
	struct form form;

	clean_form(&form, FORM_NAME);
	assert_int_equal(form_set(&form, "short", columns[0]), 0);
	examine_form(&form, view, &report);
	bool is_bad = strcmp(verdict, "bad") == 0 || strcmp(verdict, "legacy-bad") == 0;
	bool is_double = strcmp(verdict, "dup-alias") == 0 || strcmp(verdict, "ok-but-duplicate") == 0;
	bool is_lint = strcmp(verdict, "ok+lint") == 0;
	if (strcmp(columns[0], "http") != 0) {
		assert_int_equal(find_rule(&report, "N5") != NULL, is_double || strcmp(columns[0], "sql*net") == 0);
	}
	assert_int_equal(has_name_fault(&report), is_bad);
	assert_int_equal(find_rule(&report, "N7") != NULL || find_rule(&report, "N8") != NULL, is_lint);
	rule_report_finish(&report);
	form_finish(&form);
}

static void test_name_vectors(void **state)
{
	each_vector("service-name-vectors.tsv", check_name_vector, *state);
}

static void check_code_vector(const char *columns[5], const struct view *view)
{
	const char *verdict = columns[2];
	struct rule_report report;
	struct form form;
	uint32_t code;

	(void)view;
	if (strcmp(columns[0], "hash fdpz") == 0) {
		assert_int_equal(service_code_read("SC:fdpz", &code), 0);
		assert_int_equal(service_code_port(code), atoi(columns[1]));
		return;
	}
	clean_form(&form, FORM_SERVICE_CODE);
	assert_int_equal(form_set(&form, "service-code", columns[0]), 0);
	examine_form(&form, NULL, &report);
	bool is_ok = strncmp(verdict, "ok", 2) == 0;
	bool is_unwritten = strncmp(verdict, "syntax error", 12) == 0;
	assert_int_equal(find_rule(&report, "D3") != NULL, is_unwritten);
	assert_int_equal(find_rule(&report, "D2") != NULL, !is_ok && !is_unwritten);
	assert_int_equal(find_rule(&report, "D4") != NULL, is_ok && strncmp(columns[3], "Specification", 13) == 0);
	rule_report_finish(&report);
	form_finish(&form);
}

static void test_code_vectors(void **state)
{
	each_vector("dccp-service-code-vectors.tsv", check_code_vector, *state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_every_rule_has_cases),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_witness),
		cmocka_unit_test(test_about),
		cmocka_unit_test(test_bands),
		cmocka_unit_test(test_free_stays_in_band),
		cmocka_unit_test(test_free_can_be_asked_for),
		cmocka_unit_test(test_pending),
		cmocka_unit_test(test_extension),
		cmocka_unit_test(test_rendezvous),
		cmocka_unit_test(test_description),
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_report_is_plain),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_name_vectors),
		cmocka_unit_test(test_code_vectors),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
