/* test_check_form.c - the examiner's checks of the application form (E13) and its warnings (E14); the table of
 * questions itself. */
#include "check_case.h"

#include "base/text.h"
#include "description/language/application.h"

#define ERROR FINDING_ERROR
#define WARNING FINDING_WARNING

/* Lines 1 to 9; what follows stands in line 10. */
#define FORM(kind)                                                                                                   \
	"application " kind " {\n  applicant \"Ada Example\" \"ada@example.org\";\n  specification document;\n"      \
	"  reference \"https://example.org/p.txt\";\n  title \"Example\";\n  short \"example\";\n  transport tcp;\n" \
	"  broadcast no;\n  formats \"f\"; types \"t\"; opcodes none; sequences \"s\"; functions \"f\";\n"
#define USER FORM("user") "  why-not-dynamic \"known numbers only\";\n"
#define PROTOCOL "protocol p {\n  types { client request R { u8; } }\n}\n"

static const struct check_case forms[] = {
	{ "E13", ERROR, 1,
	  "application user {\n  @(@|applicant \"Ada\" \"a@example.org\";@) specification rfc; title \"T\"; "
	  "short \"t\"; reference \"R\"; broadcast no; transport tcp;\n  formats \"f\"; types \"t\"; opcodes "
	  "none; sequences \"s\"; functions \"f\"; why-not-dynamic \"w\";\n}\n",
	  "applicant is not answered" },
	{ "E13", ERROR, 1,
	  "application user {\n  applicant \"Ada\" \"a@example.org\"; specification rfc; title \"T\"; "
	  "short \"t\"; reference \"R\"; @(@|broadcast no;@) transport tcp;\n  formats \"f\"; types \"t\"; "
	  "opcodes none; sequences \"s\"; functions \"f\"; why-not-dynamic \"w\";\n}\n",
	  "question 7 is not answered: Is either broadcast or multicast used?" },
	{ "E13", ERROR, 1,
	  "application user {\n  applicant \"Ada\" \"a@example.org\"; specification rfc; title \"T\"; "
	  "short \"t\"; reference \"R\"; broadcast no; transport tcp;\n  formats \"f\"; types \"t\"; "
	  "opcodes none; @(@|sequences \"s\";@) functions \"f\"; why-not-dynamic \"w\";\n}\n",
	  "question 5 is not answered" },
	/* A header of the protocol answers too. */
	{ "E13", ERROR, 1,
	  "application user {\n  applicant \"Ada\" \"a@example.org\"; specification rfc; title \"T\"; "
	  "short \"t\"; broadcast no; transport tcp;\n  formats described; types described; opcodes none;\n"
	  "  sequences \"s\"; functions \"f\"; why-not-dynamic \"w\";\n}\n"
	  "protocol p { @(@|reference \"RFC 1\";@) types { client request R { u8; } } }\n",
	  "question 8 is not answered: Please give us a pointer to your documentation for the user port number" },
	{ "E13", ERROR, 1, FORM("user") "  @(@|why-not-dynamic \"w\";@)\n}\n", "why-not-dynamic is not answered" },
	{ "E13", ERROR, 1, FORM("system") "  why-not-dynamic \"w\"; @(@|why-not-user \"w\";@)\n}\n", "why-not-user" },
	{ "E13", ERROR, 1, FORM("relocation") "  why-not-dynamic \"w\"; @(@|relocates 69 tftp;@)\n}\n", "relocates" },
	{ "E13", ERROR, 1, FORM("name") "  @(@|txt-keys \"none\";@)\n}\n", "txt-keys" },
	{ "E13", ERROR, 10, FORM("name") "  @(port any;@|@) txt-keys \"none\";\n}\n", "port has no place" },
	{ "E13", ERROR, 11, USER "  @(why-not-user \"w\";@|notes \"w\";@)\n}\n", "why-not-user has no place" },
	{ "E13", ERROR, 11, USER "  @(relocates 69 tftp;@|notes \"n\";@)\n}\n", "relocates has no place" },
	{ "E13", ERROR, 2,
	  "application user {\n  applicant @(\"Ada\"@|\"Ada\" \"a@example.org\"@); specification rfc; title \"T\"; "
	  "short \"t\"; reference \"R\"; broadcast no; transport tcp;\n  formats \"f\"; types \"t\"; opcodes "
	  "none; sequences \"s\"; functions \"f\"; why-not-dynamic \"w\";\n}\n",
	  "applicant takes a name and" },
	{ "E13", ERROR, 11, USER "  contact \"Ada\" @(\"nowhere\"@|\"a@example.org\"@);\n}\n", "contact takes" },
	{ "E13", ERROR, 11, USER "  port @(80@|8080@);\n}\n", "user ports are 1024 to 49151" },
	{ "E13", ERROR, 11, USER "  port @(50000@|any@);\n}\n", "user ports are 1024 to 49151" },
	{ "E13", ERROR, 1,
	  "application modification {\n  applicant \"Ada\" \"a@example.org\"; about \"80/tcp\"; change \"c\"; "
	  "impact \"i\"; @(@|reason \"r\";@)\n}\n",
	  "reason is not answered" },
	{ "E13", ERROR, 2,
	  "application modification {\n  @(port any;@|@) applicant \"Ada\" \"a@example.org\"; about \"80/tcp\"; "
	  "change \"c\"; impact \"i\"; reason \"r\";\n}\n",
	  "port has no place" },
	{ "E13", ERROR, 11, USER "  @(about \"80/tcp\";@|notes \"n\";@)\n}\n", "about has no place" },
	{ "E13", ERROR, 11, USER "  port @(some@|any@);\n}\n", "port takes a number, or any" },
	{ "E13", ERROR, 10, FORM("system") "  port @(1024@|1023@); why-not-dynamic \"w\"; why-not-user \"w\";\n}\n",
	  "system ports are 0 to 1023" },
	{ "E13", ERROR, 10, FORM("relocation") "  relocates @(6969@|69@) tftp; why-not-dynamic \"w\";\n}\n",
	  "need privilege" },
	{ "E13", ERROR, 3,
	  "application system {\n  applicant \"Ada\" \"a@example.org\";\n  specification @(proprietary@|rfc@);\n"
	  "  title \"T\"; short \"t\"; reference \"R\"; broadcast no; transport tcp;\n  formats \"f\"; types "
	  "\"t\"; opcodes none; sequences \"s\"; functions \"f\"; why-not-dynamic \"w\"; why-not-user \"w\";\n}\n",
	  "open to everybody" },
	{ "E13", ERROR, 11, USER "  notes @(@|\"n\"@) @(nothing@|@);\n}\n", "notes takes a text" },
	{ "E13", ERROR, 11, USER "  security \"@( @|TLS 1.3@)\";\n}\n", "security takes a text" },
	{ "E13", ERROR, 11, USER "  @(service-code \"SC:fdpz\";@|notes \"n\";@)\n}\n", "belongs to transport dccp" },
};

static void answers_are_asked_for(void **state)
{
	(void)state;
	RUN_CASES(forms);
}

#define OVER(transports)                                                        \
	"application user {\n  applicant \"Ada Example\" \"ada@example.org\"; " \
	"specification document; reference \"R\"; title \"Example\"; "          \
	"short \"example\"; transport " transports "; broadcast no;\n"          \
	"  formats \"f\"; types \"t\"; opcodes none; sequences \"s\"; "         \
	"functions \"f\"; why-not-dynamic \"w\";\n"

static const struct check_case conditions[] = {
	{ "E13", ERROR, 1, OVER("udp") "  @(@|congestion \"one at a time\";@) discovery-only no;\n}\n", "congestion" },
	{ "E13", ERROR, 1, OVER("udp") "  congestion \"one at a time\"; @(@|discovery-only no;@)\n}\n",
	  "discovery-only" },
	{ "E13", ERROR, 4, OVER("udp") "  congestion \"one at a time\"; discovery-only @(perhaps@|yes@);\n}\n",
	  "yes or no" },
	{ "E13", ERROR, 1, OVER("tcp, sctp") "  @(@|differs \"not at all\";@)\n}\n", "differs" },
	{ "E13", ERROR, 1, OVER("dccp") "  @(@|service-code \"SC:fdpz\";@)\n}\n", "service-code" },
	{ "E13", ERROR, 4, OVER("dccp") "  service-code \"SC@(;@|:@)fdpz\";\n}\n", "service-code takes" },
	{ "E13", ERROR, 4, OVER("dccp") "  service-code \"SC:@(toolong@|long@)\";\n}\n", "service-code takes" },
	{ "E13", ERROR, 4, OVER("dccp") "  service-code \"SC=@(4294967295@|4294967294@)\";\n}\n",
	  "service-code takes" },
	{ "E13", ERROR, 4, OVER("dccp") "  service-code \"SC=@(0@|17@)\";\n}\n", "service-code takes" },
	{ "E13", ERROR, 4, OVER("dccp") "  service-code \"SC:a, @(b@|SC=X11@)\";\n}\n", "service-code takes" },
	{ "E13", ERROR, 4, OVER("dccp") "  service-code \"@(,@|SC:b@)\";\n}\n", "service-code takes" },
	{ "E13", ERROR, 4, OVER("dccp") "  service-code \"SC=x@(@|6664707A@)\";\n}\n", "service-code takes" },
	{ "E13", ERROR, 2,
	  "application user {\n  transport tcp@(, tcp@|@); applicant \"Ada\" \"a@example.org\"; specification rfc; "
	  "title \"T\"; short \"t\"; reference \"R\"; broadcast no;\n  formats \"f\"; types \"t\"; opcodes none; "
	  "sequences \"s\"; functions \"f\"; why-not-dynamic \"w\";\n}\n",
	  "transport takes" },
	{ "E13", ERROR, 2,
	  "application user {\n  broadcast @(yes@|\"to find servers\"@); applicant \"Ada\" \"a@example.org\"; "
	  "specification rfc; title \"T\"; short \"t\"; reference \"R\"; transport tcp;\n  formats \"f\"; types "
	  "\"t\"; opcodes none; sequences \"s\"; functions \"f\"; why-not-dynamic \"w\";\n}\n",
	  "broadcast takes no, or a text" },
	{ "E13", WARNING, 11, USER "  description \"forty-one characters are one too many @(...@|..@)\";\n}\n",
	  "has 41 characters" },
};

static void conditions_of_the_form_hold(void **state)
{
	(void)state;
	RUN_CASES(conditions);
}

#define BESIDE(own, header)                                                                                            \
	"application user {\n  applicant \"Ada\" \"a@example.org\"; specification rfc; why-not-dynamic \"w\";\n  " own \
	"\n"                                                                                                           \
	"  formats \"f\"; types \"t\"; opcodes none; sequences \"s\"; functions \"f\";\n}\nprotocol p {\n  " header    \
	"\n"                                                                                                           \
	"  types { client request R { u8; } }\n}\n"

static const struct check_case sides[] = {
	{ "E13", ERROR, 3,
	  BESIDE("title \"Example @(One@|Two@)\"; short \"t\"; reference \"R\"; broadcast no;",
		 "title \"Example Two\"; transport tcp;"),
	  "title differs" },
	{ "E13", ERROR, 3,
	  BESIDE("title \"T\"; short \"@(t@|tt@)\"; reference \"R\"; broadcast no;", "short \"tt\"; transport tcp;"),
	  "short differs" },
	{ "E13", ERROR, 3,
	  BESIDE("title \"T\"; short \"t\"; reference \"R\"; broadcast no; differs \"no\"; transport sctp, "
		 "@(dccp; service-code \"SC:a\"@|tcp@);",
		 "transport tcp, sctp;"),
	  "transport differs" },
	{ "E13", ERROR, 3,
	  BESIDE("title \"T\"; short \"t\"; reference \"R\"; broadcast @(no@|\"to find servers\"@);",
		 "multicast 224.0.1.9 \"to find servers\"; transport tcp;"),
	  "broadcast differs" },
	{ "E13", FINDING_NOTE, 7,
	  BESIDE("title \"T\"; short \"t\"; reference \"@(A@|B@)\"; broadcast no;", "reference \"B\"; transport tcp;"),
	  "something else" },
	{ "E13", ERROR, 7,
	  BESIDE("title \"T\"; short \"t\"; reference \"R\";",
		 "broadcast @(yes@|\"to find servers\"@); transport tcp;"),
	  "half answered" },
	{ "E13", ERROR, 2,
	  "protocol p {\n  multicast 224.0.1.9@(@| \"to find servers\"@);\n  types { client request R { u8; } "
	  "}\n}\n",
	  "how is multicast used" },
	{ "E13", ERROR, 3,
	  "application user {\n  applicant \"Ada\" \"a@example.org\"; specification rfc; why-not-dynamic \"w\";\n"
	  "  formats described; types described; opcodes @(described@|none@); sequences \"s\"; functions \"f\";\n"
	  "  title \"T\"; short \"t\"; reference \"R\"; broadcast no; transport tcp;\n}\n" PROTOCOL,
	  "no protocol block here has opcodes" },
	{ "E13", ERROR, 3,
	  "application user {\n  applicant \"Ada\" \"a@example.org\"; specification rfc; why-not-dynamic \"w\";\n"
	  "  formats described; types described; opcodes none; sequences @(described@|\"s\"@); functions \"f\";\n"
	  "  title \"T\"; short \"t\"; reference \"R\"; broadcast no; transport tcp;\n}\n" PROTOCOL,
	  "has sequences" },
};

static void application_and_protocol_agree(void **state)
{
	struct report report;
	struct tree *tree;

	(void)state;
	for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
		if (sides[i].level == FINDING_ERROR) {
			run_wrong(&sides[i]);
		}
		run_right(&sides[i]);
	}
	char text[CASE_TEXT_MAX];
	choose_half(sides[4].text, false, text);
	read_and_check(text, &report, &tree);
	assert_int_equal(report.counts[FINDING_ERROR], 1);
	assert_int_equal(report.counts[FINDING_NOTE], 1);
	report_finish(&report);
	tree = tree_destroy(tree);
}

static void a_protocol_alone_has_open_questions(void **state)
{
	static const char text[] = "protocol p {\n  title \"T\";\n  types { client request R { u8; } }\n}\n";
	struct report report;
	struct tree *tree;

	(void)state;
	read_and_check(text, &report, &tree);
	assert_int_equal(report.counts[FINDING_ERROR], 0);
	assert_int_equal(report.counts[FINDING_NOTE], 1);
	assert_string_equal(report.first->text,
			    "protocol p leaves questions of the form open: 4 (opcodes), 5 (sequences), 6 (functions), "
			    "7 (broadcast), 8 (reference), 10 (short)");
	report_finish(&report);
	tree = tree_destroy(tree);
}

/* ---- the table ---- */

static void the_ten_questions_stand_in_their_order(void **state)
{
	unsigned next = 1;
	char buffer[512];
	struct text text;

	(void)state;
	for (const struct question *question = questions; question->key != NULL; question++) {
		assert_true(question->number == 0 || question->number == next++);
		assert_ptr_equal(question_find(question->key), question);
		for (int kind = 0; kind < APPLICATION_KINDS; kind++) {
			text_init(&text, buffer, sizeof(buffer));
			question_put(question, (enum application_kind)kind, &text);
			assert_false(text.cut);
			assert_true(text.used > 10 || strcmp(question->key, "service-code") == 0 ||
				    strcmp(question->key, "contact") == 0);
			assert_null(strchr(buffer, '{'));
			assert_non_null(application_kind_word((enum application_kind)kind));
		}
	}
	assert_int_equal(next, 11);
	assert_null(question_find("nothing"));
	text_init(&text, buffer, sizeof(buffer));
	question_put(question_find("title"), APPLICATION_SYSTEM, &text);
	assert_string_equal(buffer,
			    "What is the proposed name of the system port number? (For example: Example System Port)");
}

/* Every example of the table is an answer of the form its question asks for. */
static void examples_are_answers(void **state)
{
	(void)state;
	for (const struct question *question = questions; question->key != NULL; question++) {
		char source[CASE_TEXT_MAX];
		struct report report;
		struct tree *tree;
		(void)snprintf(source, sizeof(source), "application user { %s %s; }\n" PROTOCOL, question->key,
			       question->example);
		read_and_check(source, &report, &tree);
		for (const struct finding *finding = report.first; finding != NULL; finding = finding->next) {
			if (strstr(finding->text, " takes ") != NULL || strcmp(finding->id, "E13") != 0) {
				print_error("%s\n%s\n", source, finding->text);
				fail();
			}
		}
		report_finish(&report);
		tree = tree_destroy(tree);
	}
}

/* ---- E14 ---- */

static const struct check_case warnings[] = {
	{ "E14", WARNING, 4,
	  "protocol p {\n  types { client request R { u8; } server reply S { u8; } }\n  sequences {\n"
	  "    state a start { @(server S@|client R@) -> b; }\n    state b { @(client R@|server S@) -> end; }\n"
	  "  }\n}\n",
	  "the server may speak first (S in state a)" },
	/* With all counters at 0 its condition cannot hold yet. */
	{ "E14", WARNING, 4,
	  "protocol p {\n  types { client request R { u8; } server reply S { u8; } }\n  sequences {\n"
	  "    counter c max 5; state a start { client R set c = c + 1 -> a; server S when c >= @(0@|1@) -> a; "
	  "client close -> end; }\n  }\n}\n",
	  "may speak first" },
	{ "E14", WARNING, 2,
	  "protocol p {\n  types { client request R { @(password@|proof@): text[64] to x\"00\"; } }\n}\n",
	  "password goes over the wire in clear text" },
	{ "E14", WARNING, 2,
	  "protocol p {\n  formats { format Login { user: text[9] to eol; @(user_pwd@|hash@): bytes[16]; } }\n"
	  "  types { client request R { Login; } }\n}\n",
	  "user_pwd" },
	{ "E14", WARNING, 2,
	  "protocol p {\n  types { client request R { sized u16 { user_@(PassPhrase@|proof@): payload[rest]; } "
	  "} }\n}\n",
	  "PassPhrase" },
	{ "E14", WARNING, 2,
	  "protocol p {\n  short \"two@(__@|-@)hyphens\";\n  types { client request R { u8; } }\n}\n",
	  "no service name of RFC 6335" },
	{ "E14", WARNING, 2, "protocol p {\n  short \"12@(34@|ab@)\";\n  types { client request R { u8; } }\n}\n",
	  "RFC 6335" },
	{ "E14", WARNING, 2,
	  "protocol p {\n  functions { function @(help@|helper@); }\n  types { client request R { u8; } }\n}\n",
	  "help is reserved" },
	{ "E14", WARNING, 2,
	  "protocol p {\n  functions { function a@(_@|@)b; }\n  types { client request R { u8; } }\n}\n",
	  "a_b is no service name" },
	{ "E14", WARNING, 2,
	  "protocol p {\n  opcodes { Kind : u8 { a = 1, b = 2@(@|, ...@) } }\n  formats { format Item { kind: "
	  "Kind; sized u8 { payload[rest]; } } }\n  types { client request R { sized u16 { repeat until end { "
	  "Item; } } } }\n}\n",
	  "Kind is a closed set" },
	{ "E14", WARNING, 2,
	  "protocol p {\n  opcodes { Kind : u8 { a = 1, b = 2 } }\n  types { client request R { sized u16 { "
	  "@(repeat until end@|if rest > 0@) { Kind; bytes[u8]; } } } }\n}\n",
	  "Kind is a closed set" },
};

static void what_is_seldom_meant_is_warned_of(void **state)
{
	(void)state;
	RUN_CASES(warnings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_asked_for),
		cmocka_unit_test(conditions_of_the_form_hold),
		cmocka_unit_test(application_and_protocol_agree),
		cmocka_unit_test(a_protocol_alone_has_open_questions),
		cmocka_unit_test(the_ten_questions_stand_in_their_order),
		cmocka_unit_test(examples_are_answers),
		cmocka_unit_test(what_is_seldom_meant_is_warned_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
