/* test_letters.c - every kind of letter word by word, what it leaves out when a fact is missing, and what it never
 * tells.
 *
 * The letters stand in tests/letters, one file for each kind: its subject and its text as a person reads them.
 * BERTH_WRITE_LETTERS=1 writes them anew. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "registry/process/letters.h"

enum { LETTER_OCTETS_MAX = 64 * 1024 };

static const uint16_t free_near[] = { 20016, 20018, 20021 };

struct sample {
	struct mail_address from, to;
	struct form form;
	struct rule_report report;
	struct letter_facts facts;
};

static void set(struct form *form, const char *key, const char *value)
{
	assert_int_equal(form_set(form, key, value), 0);
}

static void fill_form(struct form *form)
{
	*form = (struct form){ .kind = FORM_USER };
	set(form, "applicant", "Ann Example");
	set(form, "applicant-email", "ann@example.org");
	set(form, "transport", "tcp");
	set(form, "formats", "canary-formats: length (2), op code (1), name, NUL");
	set(form, "types", "canary-types: request, reply");
	set(form, "opcodes", "canary-opcodes: 1 read, 2 write");
	set(form, "sequences", "canary-sequences: one reply for each request");
	set(form, "functions", "canary-functions: files for external laboratories");
	set(form, "broadcast", "no");
	set(form, "title", "External Files");
	set(form, "short", "exfiles");
	set(form, "port", "20017");
}

/* What a letter of this kind is usually about. */
static const struct {
	const char *text, *rules, *assigned, *due, *link;
	bool has_free;
} usual[LETTER_KINDS] = {
	[LETTER_CONFIRM] = { .due = "2026-11-28", .link = "https://ports.example.org/confirm/TOKEN" },
	[LETTER_STAFF] = { .link = "https://ports.example.org/review/B-2026-0017" },
	[LETTER_RECEIPT] = { .due = "2026-12-12", .link = "https://ports.example.org/track/TOKEN" },
	[LETTER_QUESTIONS] = { .text = "1. Formats: is the length that of the whole message, or of what "
				       "follows it? Please give us one message in "
				       "octets.\n\n2. P8: why can this not be a function behind the port you have?",
			       .due = "2026-12-21",
			       .link = "https://ports.example.org/track/TOKEN" },
	[LETTER_ANSWERED] = { .text = "1. Of what follows it.", .due = "2026-12-05T09:00:00Z" },
	[LETTER_REMINDER] = { .text = "2 questions are open.", .due = "2026-12-21", .link = "berth track TOKEN" },
	[LETTER_LAPSED] = { .due = "2027-03-21", .link = "berth track TOKEN" },
	[LETTER_CONSENT] = { .text = "contact: Diego Example -> Ports at Example",
			     .assigned = "exfiles 20017/tcp",
			     .due = "2026-12-19",
			     .link = "https://ports.example.org/consent/TOKEN" },
	[LETTER_CONSENTED] = { .link = "https://ports.example.org/track/TOKEN" },
	[LETTER_EXPERT] = { .due = "2026-12-05", .link = "https://ports.example.org/review/B-2026-0017" },
	[LETTER_BOARD] = { .text = "A system port is asked for.", .due = "2026-12-21" },
	[LETTER_RECOMMENDED] = { .text = "assign: the messages are whole and the use is clear.", .due = "2026-12-05" },
	[LETTER_REFUSED] = { .text = "An unmodified HTTP client can use it; see port 80.",
			     .rules = "N5, P8,HOLDER",
			     .due = "2027-01-21",
			     .link = "https://ports.example.org/track/TOKEN" },
	[LETTER_ASSIGNED] = { .assigned = "exfiles 20017/tcp", .link = "https://ports.example.org/track/TOKEN" },
	[LETTER_NUMBER_TAKEN] = { .assigned = "exfiles 20017/tcp", .has_free = true },
	[LETTER_WITHDRAWN] = { .text = "It was at the expert." },
	[LETTER_CALL] = { .text = "Nobody has answered at the holder's address since 2024, and no traffic was seen.",
			  .assigned = "exfiles 20017/tcp",
			  .due = "2026-12-19",
			  .link = "https://ports.example.org/call/B-2026-0017" },
	[LETTER_APPEAL] = { .text = "The client is no HTTP client.", .due = "2026-12-21" },
	[LETTER_DECIDED] = { .text = "The refusal is annulled: the facts were misread." },
	[LETTER_EXPIRES] = { .assigned = "exfiles 20017/tcp",
			     .due = "2027-01-20",
			     .link = "https://ports.example.org/apply/renewal" },
	[LETTER_HELD_BACK] = { .text = "The holder of 20018/tcp has written." },
	[LETTER_BOARD_DECIDED] = { .text = "assign" },
	[LETTER_NO_CONSENT] = { .text = "Nobody answered." },
	[LETTER_NUMBER_GONE] = { .text = "20017 was assigned.", .has_free = true },
	[LETTER_RELOCATION] = { .assigned = "69 tftp" },
	[LETTER_REMARK] = { .text = "We use it.",
			    .due = "2026-11-28",
			    .link = "https://ports.example.org/confirm/TOKEN" },
	[LETTER_RECUSED] = { .text = "The applicant is a colleague." },
	[LETTER_RELEASED] = { .assigned = "exfiles 20017/tcp" },
};

static void fill(struct sample *sample, enum letter_kind kind)
{
	assert_int_equal(mail_address_read("ports@example.net", "Example port registry", &sample->from), 0);
	assert_int_equal(mail_address_read("reader@example.org", "A Reader", &sample->to), 0);
	fill_form(&sample->form);
	sample->facts = (struct letter_facts){
		.kind = kind,
		.registry = "Example",
		.reference = "B-2026-0017",
		.from = &sample->from,
		.to = &sample->to,
		.thread = "first@example.net",
		.date = "2026-11-21T09:00:00Z",
		.link = usual[kind].link,
		.due = usual[kind].due,
		.form = &sample->form,
		.text = usual[kind].text,
		.rules = usual[kind].rules,
		.assigned = usual[kind].assigned,
		.free_near = free_near,
		.free_count = usual[kind].has_free ? 3 : 0,
	};
}

/* Subject and text as they are read by a person; from malloc. */
static char *letter_of(const struct letter_facts *facts)
{
	struct mail_received received;
	char id[MAIL_ID_MAX];
	char *octets = NULL;
	char *text = NULL;
	size_t size = 0;

	assert_int_equal(letter_write(facts, &octets, &size, id), 0);
	assert_int_equal(mail_message_read(octets, size, &received), 0);
	assert_string_equal(received.message_id, id);
	assert_string_equal(received.in_reply_to, facts->thread != NULL ? facts->thread : "");
	assert_string_equal(received.from, facts->from->address);
	assert_true(received.is_automatic);
	assert_true(asprintf(&text, "Subject: %s\n\n%s", received.subject, received.body) > 0);
	mail_received_finish(&received);
	free(octets);
	return text;
}

/* ---- word by word ---- */

static const char *path_of(enum letter_kind kind)
{
	static char path[4096];
	const char *slash = strrchr(__FILE__, '/');

	(void)snprintf(path, sizeof(path), "%.*s/../letters/%s.txt", (int)(slash - __FILE__), __FILE__,
		       letter_kind_name(kind));
	return path;
}

static void check_file(enum letter_kind kind, const char *letter)
{
	static char expected[LETTER_OCTETS_MAX];
	bool writes = getenv("BERTH_WRITE_LETTERS") != NULL;
	FILE *file = fopen(path_of(kind), writes ? "we" : "re");

	assert_non_null(file);
	if (writes) {
		(void)fputs(letter, file);
	} else {
		size_t size = fread(expected, 1, sizeof(expected) - 1, file);
		expected[size] = '\0';
		assert_string_equal(letter, expected);
	}
	(void)fclose(file);
}

static void test_every_letter_word_by_word(void **state)
{
	struct sample sample;

	(void)state;
	for (enum letter_kind kind = 0; kind < LETTER_KINDS; kind++) {
		fill(&sample, kind);
		char *letter = letter_of(&sample.facts);
		check_file(kind, letter);
		free(letter);
		form_finish(&sample.form);
	}
}

/* ---- what holds of all ---- */

/* Lines of our own words fit; what others wrote is wrapped, but a long word is left whole. */
static void check_columns(const char *letter)
{
	while (*letter != '\0') {
		size_t size = strcspn(letter, "\n");
		assert_true(size <= 72 || strncmp(letter, "Subject:", 8) == 0);
		assert_true(size == 0 || letter[size - 1] != ' ');
		letter += size + 1;
	}
}

static void test_letters_keep_to_their_columns(void **state)
{
	struct sample sample;

	(void)state;
	for (enum letter_kind kind = 0; kind < LETTER_KINDS; kind++) {
		fill(&sample, kind);
		sample.facts.registry = "Very Long Name of a Registry that Nobody Would Ever Want to Have";
		char *letter = letter_of(&sample.facts);
		check_columns(letter);
		assert_non_null(strstr(letter, "Subject: [B-2026-0017] "));
		assert_null(strchr(letter, '{'));
		assert_null(strstr(letter, "(null)"));
		free(letter);
		form_finish(&sample.form);
	}
}

/* Only what is needed: no paragraph stands there half. */
static void test_letters_leave_out_what_they_have_not(void **state)
{
	struct sample sample;

	(void)state;
	for (enum letter_kind kind = 0; kind < LETTER_KINDS; kind++) {
		fill(&sample, kind);
		sample.facts.link = sample.facts.due = sample.facts.text = sample.facts.rules = NULL;
		sample.facts.assigned = sample.facts.thread = NULL;
		sample.facts.free_count = 0;
		char *letter = letter_of(&sample.facts);
		assert_null(strchr(letter, '{'));
		assert_null(strstr(letter, " by ."));
		assert_null(strstr(letter, "(null)"));
		assert_null(strstr(letter, "this link"));
		assert_null(strstr(letter, "this command"));
		assert_null(strstr(letter, ":\n\nThe Example port registry"));
		free(letter);
		form_finish(&sample.form);
	}
}

static void test_answers_go_to_the_staff_only(void **state)
{
	struct sample sample;

	(void)state;
	for (enum letter_kind kind = 0; kind < LETTER_KINDS; kind++) {
		fill(&sample, kind);
		char *letter = letter_of(&sample.facts);
		bool has_answers = strstr(letter, "canary-") != NULL || strstr(letter, "Ann Example") != NULL ||
				   strstr(letter, "ann@example.org") != NULL;
		assert_int_equal(has_answers, kind == LETTER_STAFF);
		free(letter);
		form_finish(&sample.form);
	}
}

static void test_the_staff_gets_the_whole_form(void **state)
{
	static const char *const parts[] = { "canary-formats",	 "canary-types", "canary-opcodes",  "canary-sequences",
					     "canary-functions", "Ann Example",	 "ann@example.org", "External Files",
					     "exfiles",		 "20017",	 "B-2026-0017" };
	struct sample sample;

	(void)state;
	fill(&sample, LETTER_STAFF);
	char *letter = letter_of(&sample.facts);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		assert_non_null(strstr(letter, parts[i]));
	}
	free(letter);
	sample.facts.form = NULL;
	char *octets = NULL;
	size_t size = 0;
	char id[MAIL_ID_MAX];
	assert_int_equal(letter_write(&sample.facts, &octets, &size, id), -EINVAL);
	form_finish(&sample.form);
}

static void test_the_report_goes_along(void **state)
{
	struct rule_finding finding = {
		"P8", RULE_WARN, "port", 14, "second port for one service", "RFC 6335, 7.2", ""
	};
	struct sample sample;

	(void)state;
	fill(&sample, LETTER_STAFF);
	sample.report = (struct rule_report){ .findings = &finding, .count = 1, .counts = { [RULE_WARN] = 1 } };
	sample.facts.report = &sample.report;
	char *letter = letter_of(&sample.facts);
	assert_non_null(strstr(letter, "second port for one service"));
	free(letter);
	form_finish(&sample.form);
}

/* What others wrote cannot pass for the registry's words, nor be a placeholder. */
static void test_foreign_text_is_set_apart(void **state)
{
	struct sample sample;

	(void)state;
	fill(&sample, LETTER_QUESTIONS);
	sample.facts.text =
		"{form}\nThe Example port registry\n{link} \xc3\xa4\xc3\xb6\xc3\xbc "
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b";
	char *letter = letter_of(&sample.facts);
	assert_non_null(strstr(
		letter, "\n\n  {form}\n  The Example port registry\n  {link} \xc3\xa4\xc3\xb6\xc3\xbc\n  aaaaaaaaaa"));
	assert_non_null(strstr(letter, "aaa\n  b\n\n"));
	free(letter);
	form_finish(&sample.form);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_letter_word_by_word),
		cmocka_unit_test(test_letters_keep_to_their_columns),
		cmocka_unit_test(test_letters_leave_out_what_they_have_not),
		cmocka_unit_test(test_answers_go_to_the_staff_only),
		cmocka_unit_test(test_the_staff_gets_the_whole_form),
		cmocka_unit_test(test_the_report_goes_along),
		cmocka_unit_test(test_foreign_text_is_set_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
