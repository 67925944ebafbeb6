/* test_emit_form.c - the filled-in application form: which questions are asked, and where their answers come from. */
#include "description_files.h"

#include "description/language/application.h"
#include "description/emit/emit.h"

/* To be freed. */
static char *form_of(const struct outcome *outcome)
{
	char *printed = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&printed, &size);

	assert_non_null(stream);
	assert_int_equal(emit_form(outcome->tree->applications, outcome->tree->protocols, stream), 0);
	(void)fclose(stream);
	return printed;
}

static void assert_form(const char *text, bool there, const char *part)
{
	struct outcome outcome = accept_text(text);
	char *printed = form_of(&outcome);

	if ((strstr(printed, part) != NULL) != there) {
		fail_msg("printed:\n%s\n%s:\n%s", printed, there ? "missing" : "should not be there", part);
	}
	free(printed);
	finish(&outcome);
}

static void the_ten_questions_come_in_order(void **state)
{
	struct outcome outcome = accept_text("application user { }");
	char *printed = form_of(&outcome);
	const char *at = printed;

	(void)state;
	for (unsigned number = 1; number <= 10; number++) {
		char begin[8];
		(void)snprintf(begin, sizeof(begin), "\n%2u. ", number);
		at = strstr(at, begin);
		assert_non_null(at);
		at++;
	}
	assert_non_null(strstr(printed, "Your Name: (not answered)\nYour E-mail: (not answered)\n"));
	free(printed);
	finish(&outcome);
}

static void the_title_says_what_is_applied_for(void **state)
{
	(void)state;
	assert_form("application user { }", true, "Application for User (Registered) Port Number\n---");
	assert_form("application system { }", true, "Application for System (Well-Known) Port Number\n---");
	assert_form("application relocation { }", true, "beside one that needs privilege\n---");
	assert_form("application name { }", true, "Application for Service Name\n---");
	assert_form("application system { }", true, "documentation for the system port number.");
	assert_form("application user { }", true, "documentation for the user port number.");
}

static void only_what_applies_is_asked(void **state)
{
	(void)state;
	assert_form("application user { transport tcp; }", false, "Service Code");
	assert_form("application user { transport dccp; }", true, "Service Code\n\n   (not answered)\n");
	assert_form("application user { transport tcp; }", false, "congestion");
	assert_form("application user { transport tcp, udp; }", true, "Over UDP: how is traffic limited");
	assert_form("application user { transport tcp, udp; }", true, "differ over each?\n\n   (not answered)\n");
	assert_form("application user { }", false, "range 1024-49151");
	assert_form("application system { }", true, "range 1024-49151");
	assert_form("application user { }", false, "How does the protocol support versions?");
	assert_form("application user { versioning \"None.\"; }", true,
		    "How does the protocol support versions?\n\n   None.\n");
}

static void a_header_of_the_protocol_answers_too(void **state)
{
	static const char text[] =
		"application user { transport udp; } protocol t { title \"A title\"; short \"t\"; "
		"reference \"RFC 1\"; transport udp; broadcast no; types { client request M { x\"01\"; } } }";

	(void)state;
	assert_form(text, true, "   udp (17)\n");
	assert_form(text, true, "   A title\n");
	assert_form(text, true, "how and what for?\n\n   No.\n");
	assert_form("protocol t { types { client request M { x\"01\"; } } }", true, "   tcp (6)\n");
}

static void one_answer_can_be_had_alone(void **state)
{
	struct outcome outcome = accept_text("protocol t { types { client request M { x\"01\"; } } }");
	char *printed = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&printed, &size);

	(void)state;
	assert_int_equal(emit_answer(outcome.tree->protocols, "opcodes", stream), -ENOENT);
	assert_int_equal(emit_answer(outcome.tree->protocols, "types", stream), 0);
	(void)fclose(stream);
	assert_string_equal(printed, "   M  request  from the client  1 octet\n\n");
	free(printed);
	finish(&outcome);
}

static void what_is_described_is_written_out(void **state)
{
	static const char block[] =
		"protocol t { opcodes { Op : u8 { ask = 1 } } types { client request M { op: Op = ask; } } "
		"sequences { state a start final { client M -> end; } } functions { function f \"do it\" on M; } }";
	char text[1024];

	(void)state;
	(void)snprintf(text, sizeof(text), "application user { formats described; opcodes \"In words.\"; } %s", block);
	assert_form(text, true, "   M of the client, 1 octet:\n\n      op  8 bits, always ask (1)\n");
	assert_form(text, true, "   M  request  from the client  1 octet\n");
	assert_form(text, true, "   In words.\n");
	assert_form(text, false, "   Op, 8 bits:\n");
	assert_form(text, true, "   a, where it begins and may end:\n   - the client sends M; that is the end\n");
	assert_form(text, true, "   f  do it; chosen by M\n");
	assert_form("application user { opcodes none; }", true, "   none\n");
}

static void multicast_is_a_yes(void **state)
{
	(void)state;
	assert_form("protocol t { multicast 224.0.1.9 \"to find it\"; types { client request M { x\"01\"; } } }", true,
		    "what for?\n\n   Yes.\n   224.0.1.9 to find it\n");
	/* The groups answer question 7, not the one for anycast. */
	assert_form(
		"application user { anycast no; broadcast no; } protocol t { types { client request M { x\"01\"; } } }",
		true, "Is anycast used? If yes, how and what for?\n\n   No.\n");
	assert_form("application user { broadcast \"To find it.\"; }", true, "what for?\n\n   Yes.\n   To find it.\n");
}

/* It goes to a terminal, and by mail. */
static void nothing_of_an_author_steers_a_terminal(void **state)
{
	(void)state;
	assert_form("application user { notes \"a\\x1B[2Jb\\x07\\x7F\"; }", true, "   a?[2Jb??\n");
	assert_form("application user { notes \"\\xC2\\x9B1m \\xE2\\x82\\xAC \\xC3\\x28 \\xFF \\xC0\\x80\"; }", true,
		    "   ??1m \xE2\x82\xAC ?( ? ??\n");
	assert_form("application user { applicant \"A\\nB\" \"c\\x1Bd\"; }", true, "Your E-mail: c?d\n");
}

static void long_answers_are_wrapped_and_kept_whole(void **state)
{
	char text[8192] = "application user { notes \"";
	size_t used = strlen(text);

	(void)state;
	for (int i = 0; i < 1000; i++) {
		used += (size_t)snprintf(text + used, sizeof(text) - used, "w%d ", i);
	}
	(void)snprintf(text + used, sizeof(text) - used, "last\"; }");
	struct outcome outcome = accept_text(text);
	char *printed = form_of(&outcome);
	assert_non_null(strstr(printed, " last\n"));
	for (const char *line = printed; *line != '\0'; line += strcspn(line, "\n") + 1) {
		assert_true(strcspn(line, "\n") <= 78);
	}
	free(printed);
	finish(&outcome);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_ten_questions_come_in_order),
		cmocka_unit_test(the_title_says_what_is_applied_for),
		cmocka_unit_test(only_what_applies_is_asked),
		cmocka_unit_test(a_header_of_the_protocol_answers_too),
		cmocka_unit_test(one_answer_can_be_had_alone),
		cmocka_unit_test(what_is_described_is_written_out),
		cmocka_unit_test(multicast_is_a_yes),
		cmocka_unit_test(nothing_of_an_author_steers_a_terminal),
		cmocka_unit_test(long_answers_are_wrapped_and_kept_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
