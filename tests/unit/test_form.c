/* test_form.c - forms: their table, answers set and settled, digests, .berth files read and written. */
#include "form_case.h"

#include "description/language/application.h"
#include "iana_files.h"

/* ---- the table ---- */

static void fields_are_the_questions(void **state)
{
	unsigned next = 1;
	char words[256];

	(void)state;
	for (int i = 0; form_fields[i].key != NULL; i++) {
		const struct form_field *field = &form_fields[i];
		assert_int_equal(form_field_find(field->key), i);
		assert_true(field->seed == 0 || field->seed == next++);
		assert_true(strlen(field->label) > 3 && strlen(field->label) <= 32);
		assert_true(field->octets_max > 0 && field->octets_max <= FORM_ANSWER_MAX);
		for (int kind = 0; kind < FORM_KINDS; kind++) {
			form_question(field, (enum form_kind)kind, words, sizeof(words));
			assert_true(words[0] != '\0' && strlen(words) < sizeof(words) - 1);
			assert_null(strpbrk(words, "[{"));
		}
	}
	assert_int_equal(next, 11);
	assert_int_equal(form_field_find("nothing"), -1);
}

/* Each question has its field, and each field its question: a person's e-mail is asked for with the name. */
static void both_tables_ask_the_same(void **state)
{
	(void)state;
	for (const struct question *question = questions; question->key != NULL; question++) {
		const struct form_field *field = &form_fields[form_field_find(question->key)];
		assert_string_equal(field->key, question->key);
		assert_int_equal(field->seed, question->number);
	}
	for (const struct form_field *field = form_fields; field->key != NULL; field++) {
		bool is_asked = false;
		for (int kind = 0; kind < FORM_KINDS; kind++) {
			is_asked = is_asked || form_needs(field, (enum form_kind)kind) != FORM_NEVER;
		}
		assert_true(is_asked);
	}
}

/* What hangs on transports is optional here. */
static void kinds_need_answers(void **state)
{
	static const struct {
		const char *key;
		enum form_kind kind;
		enum form_need need;
	} needs[] = {
		{ "applicant-email", FORM_RENEWAL, FORM_REQUIRED },
		{ "new-contact-email", FORM_MODIFICATION, FORM_OPTIONAL },
		{ "new-contact-email", FORM_USER, FORM_NEVER },
		{ "confidential", FORM_USER, FORM_OPTIONAL },
		{ "confidential", FORM_SYSTEM, FORM_NEVER },
		{ "service-code", FORM_USER, FORM_OPTIONAL },
		{ "service-code", FORM_SERVICE_CODE, FORM_REQUIRED },
		{ "congestion", FORM_USER, FORM_OPTIONAL },
		{ "differs", FORM_SYSTEM, FORM_OPTIONAL },
		{ "differs", FORM_TRANSPORT, FORM_REQUIRED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		const struct form_field *field = &form_fields[form_field_find(needs[i].key)];
		assert_int_equal(form_needs(field, needs[i].kind), needs[i].need);
	}
}

/* Public is what becomes the entry, and a system port's specification; nothing else. */
static void answers_are_for_the_staff(void **state)
{
	(void)state;
	for (int i = 0; form_fields[i].key != NULL; i++) {
		const struct form_field *field = &form_fields[i];
		bool becomes_entry = field->column >= 0 || strcmp(field->key, "txt-keys") == 0;
		bool is_specification = strcmp(field->key, "specification") == 0;
		assert_int_equal(field->visibility == FORM_PUBLIC, becomes_entry);
		assert_int_equal(field->visibility_system == FORM_PUBLIC, becomes_entry || is_specification);
		assert_true(field->seed < 2 || field->seed > 7 || field->visibility == FORM_STAFF);
		assert_true(strstr(field->key, "-email") == NULL || field->visibility == FORM_STAFF);
	}
}

static void questions_name_the_port(void **state)
{
	char words[256];

	(void)state;
	form_question(&form_fields[form_field_find("reference")], FORM_SYSTEM, words, sizeof(words));
	assert_string_equal(words, "Please give us a pointer to your documentation for the system port number.");
	form_question(&form_fields[form_field_find("formats")], FORM_USER, words, sizeof(words));
	assert_string_equal(words, "What message formats are used?");
	form_question(&form_fields[form_field_find("contact-email")], FORM_USER, words, sizeof(words));
	assert_string_equal(words, "Contact's e-mail");
}

static void kinds_have_names(void **state)
{
	enum form_kind found = FORM_USER;

	(void)state;
	for (int kind = 0; kind < FORM_KINDS; kind++) {
		assert_int_equal(form_kind_of(form_kind_name((enum form_kind)kind), &found), 0);
		assert_int_equal((int)found, kind);
		assert_non_null(form_introduction((enum form_kind)kind)[0]);
	}
	assert_string_equal(form_kind_name(FORM_SERVICE_CODE), "service-code");
	assert_int_equal(form_kind_of("other", &found), -EINVAL);
}

/* ---- answers ---- */

static const struct {
	const char *key, *value, *settled;
} settled[] = {
	{ "transport", "TCP (6) and UDP", "tcp udp" },
	{ "transport", "dccp,tcp", "tcp dccp" },
	{ "transport", "17", "udp" },
	{ "transport", "quic, udp", "quic, udp" },
	{ "transport", ",", "," },
	{ "broadcast", " No. \n", " No." }, /* indented: a text */
	{ "broadcast", "No.", "no" },
	{ "broadcast", "YES", "yes" },
	{ "broadcast", "No, never", "No, never" },
	{ "discovery-only", " yes. ", "yes" },
	{ "port", "Any", "any" },
	{ "port", " 5254 ", "5254" },
	{ "specification", "RFC", "rfc" },
	{ "title", "  A title  ", "A title" },
	{ "formats", "\n  \n  a  \n\n\tb\t \n \n", "  a\n\n\tb" },
	{ "formats", " \n\t\n", "" },
	{ "formats", "", "" },
};

static void answers_are_settled(void **state)
{
	struct form form = { .kind = FORM_USER };

	(void)state;
	for (size_t i = 0; i < sizeof(settled) / sizeof(settled[0]); i++) {
		assert_int_equal(form_set(&form, settled[i].key, settled[i].value), 0);
		assert_string_equal(form_value(&form, settled[i].key), settled[i].settled);
		assert_int_equal(form_set(&form, settled[i].key, form_value(&form, settled[i].key)), 0);
		assert_string_equal(form_value(&form, settled[i].key), settled[i].settled);
	}
	assert_int_equal(form_set(&form, "title", NULL), 0);
	assert_string_equal(form_value(&form, "title"), "");
	assert_null(form.values[form_field_find("title")]);
	form_finish(&form);
}

static void wrong_answers_are_refused(void **state)
{
	struct form form = { .kind = FORM_USER };
	char *large = calloc(1, FORM_ANSWER_MAX + 2);

	(void)state;
	assert_non_null(large);
	memset(large, 'a', FORM_ANSWER_MAX);
	assert_int_equal(form_set(&form, "formats", large), 0);
	large[FORM_ANSWER_MAX] = 'a';
	assert_int_equal(form_set(&form, "formats", large), -E2BIG);
	assert_int_equal(form_set(&form, "title", large), -E2BIG);
	assert_int_equal(strlen(form_value(&form, "formats")), FORM_ANSWER_MAX);
	assert_int_equal(form_set(&form, "nothing", "a"), -EINVAL);
	assert_int_equal(form_set(&form, "formats", "a\x1B[2J"), -EILSEQ);
	assert_int_equal(form_set(&form, "formats", "a\x7F"), -EILSEQ);
	assert_int_equal(form_set(&form, "formats", "a\r\nb"), -EILSEQ);
	assert_int_equal(form_set(&form, "formats", "\xC3("), -EILSEQ);
	assert_int_equal(form_set(&form, "applicant-email", "a@example.org\nBcc: b@example.org"), -EILSEQ);
	assert_int_equal(form_set(&form, "applicant", "a\tb"), -EILSEQ);
	free(large);
	form_finish(&form);
}

/* Fifteen characters and more come through, for the rule that says so beside the others. */
static void transports_are_bits(void **state)
{
	struct form form = { .kind = FORM_USER };

	(void)state;
	assert_int_equal(form_transports(&form), 0);
	assert_int_equal(form_set(&form, "transport", "udp, sctp"), 0);
	assert_int_equal(form_transports(&form), FORM_UDP | FORM_SCTP);
	assert_int_equal(form_set(&form, "transport", "udp quic"), 0);
	assert_int_equal(form_transports(&form), 0);
	assert_int_equal(form_set(&form, "short", "abcdefghijklmnop"), 0);
	form_finish(&form);
}

static void forms_are_compared(void **state)
{
	struct form a = { .kind = FORM_USER };
	struct form b = { .kind = FORM_USER };
	char left[65];
	char right[65];

	(void)state;
	assert_int_equal(form_set(&a, "short", "x"), 0);
	assert_int_equal(form_set(&b, "short", "x"), 0);
	assert_int_equal(form_set(&a, "security", "none"), 0);
	assert_false(form_differs_materially(&a, &b));
	form_digest(&a, left);
	form_digest(&b, right);
	assert_string_not_equal(left, right);
	assert_int_equal(form_set(&b, "security", "none"), 0);
	form_digest(&b, right);
	assert_string_equal(left, right);
	assert_int_equal(form_set(&b, "functions", "f"), 0);
	assert_true(form_differs_materially(&a, &b));
	assert_int_equal(form_set(&a, "functions", "described"), 0);
	assert_int_equal(form_set(&b, "functions", "described"), 0);
	assert_false(form_differs_materially(&a, &b));
	b.berth = "protocol p { }";
	assert_true(form_differs_materially(&a, &b));
	form_finish(&a);
	form_finish(&b);
}

static void a_system_form_becomes_a_user_form(void **state)
{
	struct form form =
		accept_berth("application system { title \"T\"; port 80; why-not-user \"w\"; functions \"f\"; "
			     "why-not-dynamic \"d\"; }");
	struct form user;

	(void)state;
	assert_int_equal(form_as_user(&form, &user), 0);
	assert_int_equal(user.kind, FORM_USER);
	assert_string_equal(form_value(&user, "functions"), "f");
	assert_string_equal(form_value(&user, "why-not-dynamic"), "d");
	assert_string_equal(form_value(&user, "why-not-user"), "");
	assert_string_equal(form_value(&user, "port"), "");
	form_finish(&form);
	form_finish(&user);
}

/* ---- .berth files ---- */

static void a_berth_file_answers(void **state)
{
	struct form form = accept_berth("application relocation {\n"
					"  applicant \"Ada\" \"ada@example.org\"; transport tcp, udp;\n"
					"  formats described; relocates 111 sunrpc;\n  port any;\n"
					"}\n"
					"protocol p { title \"T\"; multicast 224.0.1.9 \"to find it\"; types { client "
					"request M { x\"01\"; } } }\n");

	(void)state;
	assert_int_equal(form.kind, FORM_RELOCATION);
	assert_string_equal(form_value(&form, "applicant"), "Ada");
	assert_string_equal(form_value(&form, "applicant-email"), "ada@example.org");
	assert_string_equal(form_value(&form, "transport"), "tcp udp");
	assert_string_equal(form_value(&form, "relocates"), "111 sunrpc");
	assert_string_equal(form_value(&form, "title"), "T");
	assert_string_equal(form_value(&form, "broadcast"), "multicast 224.0.1.9 to find it");
	assert_int_equal(form.lines[form_field_find("port")], 4);
	assert_int_equal(form.lines[form_field_find("title")], 6);
	char *text = text_of(&form, NULL);
	assert_non_null(strstr(text, "M of the client, 1 octet:"));
	assert_null(strstr(text, "described"));
	free(text);
	/* Written again, the protocol goes along. */
	text = berth_of(&form);
	struct form again = accept_berth(text);
	assert_same_form(&form, &again);
	assert_non_null(strstr(text, "\nprotocol p { title \"T\";"));
	free(text);
	form_finish(&form);
	form_finish(&again);
}

static const struct {
	const char *text, *sentence;
} refused[] = {
	{ "protocol p { }",
	  "a.berth:1: there is no application block in this file; it begins like \"application user {\"" },
	{ "", "a.berth:1: the file describes nothing" },
	{ "application user { }\n\napplication name { }", "a.berth:3: a second application block" },
	{ "application users { }", "a.berth:1: " },
	{ "application user {\n  titel \"T\";\n}",
	  "a.berth:2: the form has no question \"titel\"; did you mean \"title\"?" },
	{ "application user {\n  title \"T\n}", "a.berth:2: " },
	{ "application user {\n  applicant \"Ada\";\n}", "a.berth:2: applicant takes a name and an e-mail address" },
	{ "application user {\n  title \"a\\x1Bb\";\n}", "a.berth:2: title holds octets that are no UTF-8" },
	{ "application user {\n  title \"a\\0b\";\n}", "a.berth:2: title holds" },
	{ "application user {\n  title \"a\\nb\";\n}", "it is one line" },
	{ "application user {\n  title \"T\"; // \xFF\n}", "a.berth:2: octets that are no UTF-8" },
};

static void wrong_files_are_refused_with_their_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct form form;
		struct complaint complaint = { "" };
		int r = form_read_berth("a.berth", refused[i].text, strlen(refused[i].text), &form, &complaint);
		assert_int_equal(r, -EBADMSG);
		if (strstr(complaint.sentence, refused[i].sentence) == NULL) {
			fail_msg("%s\nsaid: %s\nnot:  %s", refused[i].text, complaint.sentence, refused[i].sentence);
		}
	}
}

/* The applications that come as examples are whole: as files, and as plain text. */
static void examples_are_read(void **state)
{
	static const char *const names[] = { "bonsaidb", "cockroach", "exfiles", "logcabin",
					     "netdata",	 "plotly",    "statsd" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[4096];
		char relative[64];
		size_t size = 0;
		(void)snprintf(relative, sizeof(relative), "../../examples/applications/%s.berth", names[i]);
		source_path(relative, path);
		char *octets = read_file(path, &size);
		assert_non_null(octets);
		octets[size] = '\0';
		struct form form = accept_berth(octets);
		assert_string_equal(form_value(&form, "short"), names[i]);
		char *text = text_of(&form, NULL);
		struct form again = accept_form_text(text);
		for (int field = 0; form_fields[field].key != NULL; field++) {
			assert_true(form_needs(&form_fields[field], form.kind) != FORM_REQUIRED ||
				    form.values[field] != NULL);
			assert_int_equal(again.values[field] != NULL, form.values[field] != NULL);
		}
		free(text);
		free(octets);
		form_finish(&form);
		form_finish(&again);
	}
}

static void every_kind_has_a_template_that_is_read(void **state)
{
	(void)state;
	for (int kind = 0; kind < FORM_KINDS; kind++) {
		char *text = NULL;
		size_t size = 0;
		FILE *stream = open_memstream(&text, &size);
		assert_int_equal(form_write_template(&(struct form){ .kind = (enum form_kind)kind }, stream), 0);
		(void)fclose(stream);
		struct form form = accept_berth(text);
		assert_int_equal((int)form.kind, kind);
		form_finish(&form);
		/* The examples are answers. */
		for (char *at = text; (at = strstr(at, "\n  // ")) != NULL; at++) {
			char *end = strchr(at + 1, '\n');
			char *semicolon = end[-1] == ';' && end[1] == '\n' ? end : NULL;
			if (semicolon != NULL) {
				memset(at + 3, ' ', 2);
			}
		}
		form = accept_berth(text);
		for (int i = 0; form_fields[i].key != NULL; i++) {
			assert_int_equal(form.values[i] != NULL, form_needs(&form_fields[i], kind) != FORM_NEVER);
		}
		char *again = berth_of(&form);
		struct form copy = accept_berth(again);
		assert_same_form(&form, &copy);
		free(again);
		free(text);
		form_finish(&form);
		form_finish(&copy);
	}
}

/* What is answered stands there, what is not is asked, and the protocol goes along. */
static void a_template_takes_answers_along(void **state)
{
	struct form form =
		accept_berth("application user { functions \"f\"; applicant \"A\" \"a@example.org\"; transport "
			     "tcp, udp; formats described; }\n"
			     "protocol p { title \"T\"; types { client request M { x\"01\"; } } }\n");
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(form_write_template(&form, stream), 0);
	assert_int_equal(fclose(stream), 0);
	assert_non_null(strstr(text, "\n  functions \"f\";\n"));
	assert_non_null(strstr(text, "\n  transport tcp, udp;\n"));
	assert_non_null(strstr(text, "\n  // opcodes described;\n"));
	assert_non_null(strstr(text, "\nprotocol p { title \"T\";"));
	assert_null(strstr(text, "why-not-user"));
	struct form again = accept_berth(text);
	assert_same_form(&form, &again);
	free(text);
	form_finish(&form);
	form_finish(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_the_questions),
		cmocka_unit_test(both_tables_ask_the_same),
		cmocka_unit_test(kinds_need_answers),
		cmocka_unit_test(answers_are_for_the_staff),
		cmocka_unit_test(questions_name_the_port),
		cmocka_unit_test(kinds_have_names),
		cmocka_unit_test(answers_are_settled),
		cmocka_unit_test(wrong_answers_are_refused),
		cmocka_unit_test(transports_are_bits),
		cmocka_unit_test(forms_are_compared),
		cmocka_unit_test(a_system_form_becomes_a_user_form),
		cmocka_unit_test(a_berth_file_answers),
		cmocka_unit_test(wrong_files_are_refused_with_their_line),
		cmocka_unit_test(examples_are_read),
		cmocka_unit_test(every_kind_has_a_template_that_is_read),
		cmocka_unit_test(a_template_takes_answers_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
