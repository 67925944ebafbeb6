/* test_web_typed.c - what is typed into a form: kept as it came, set where it may stand, given back whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "web/apply/typed.h"

struct posted {
	struct web_request request;
	struct visit visit;
	struct typed typed;
};

static void add(struct posted *posted, const char *name, const char *value)
{
	assert_int_equal(web_value_add(&posted->request, &posted->request.form, name, value, strlen(value)), 0);
}

static void begin(struct posted *posted)
{
	*posted = (struct posted){ .visit = { .request = NULL } };
	posted->visit.request = &posted->request;
	add(posted, TYPED_BEGUN, "1.token");
	add(posted, TYPED_KEY, "0123456789abcdef0123456789abcdef");
}

static void take(struct posted *posted, enum form_kind kind)
{
	assert_true(typed_read(&posted->typed, kind, &posted->visit));
}

static void finish(struct posted *posted)
{
	typed_finish(&posted->typed);
	arena_finish(&posted->request.arena);
}

static const struct typed_field *field_of(const struct posted *posted, const char *key)
{
	return &posted->typed.fields[form_field_find(key)];
}

static void answers_are_set_and_kept(void **state)
{
	struct posted *posted = *state;

	begin(posted);
	add(posted, "formats", "one  \r\ntwo\r\n");
	add(posted, "transport-udp", "yes");
	add(posted, "transport-tcp", "yes");
	add(posted, "short", "example");
	take(posted, FORM_USER);
	assert_string_equal(field_of(posted, "formats")->text, "one  \ntwo\n");
	assert_string_equal(form_value(&posted->typed.form, "formats"), "one\ntwo");
	assert_string_equal(form_value(&posted->typed.form, "transport"), "tcp udp");
	assert_string_equal(form_value(&posted->typed.form, "short"), "example");
	assert_int_equal(posted->typed.errors, 0);
	finish(posted);
}

static void what_may_not_stand_is_kept_and_said(void **state)
{
	static char long_text[FORM_ANSWER_MAX + 2];
	struct posted *posted = *state;

	memset(long_text, 'x', sizeof(long_text) - 1);
	begin(posted);
	add(posted, "formats", long_text);
	add(posted, "title", "two\r\nlines");
	add(posted, "functions", "a\033[31mb");
	add(posted, "applicant-email", "nobody");
	add(posted, "types", "right");
	take(posted, FORM_USER);
	assert_int_equal(posted->typed.errors, 4);
	assert_string_equal(field_of(posted, "formats")->text, long_text);
	assert_non_null(strstr(field_of(posted, "formats")->error, "32768"));
	assert_non_null(strstr(field_of(posted, "title")->error, "one line"));
	assert_non_null(field_of(posted, "functions")->error);
	assert_non_null(strstr(field_of(posted, "applicant-email")->error, "ada@example.org"));
	assert_null(field_of(posted, "types")->error);
	assert_string_equal(form_value(&posted->typed.form, "formats"), "");
	finish(posted);
}

/* Yes and No, and what stands below them. */
static void a_choice_and_its_text_are_one_answer(void **state)
{
	static const struct {
		const char *choice, *text, *answer;
		bool is_wrong;
	} cases[] = {
		{ "", "", "", false },
		{ "no", "", "no", false },
		{ "no", " \r\n", "no", false },
		{ "yes", "", "yes", false },
		{ "yes", "For discovery.", "For discovery.", false },
		{ "", "For discovery.", "For discovery.", false },
		{ "no", "For discovery.", "For discovery.", true },
	};
	struct posted *posted = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(posted);
		add(posted, "broadcast-is", cases[i].choice);
		add(posted, "broadcast", cases[i].text);
		take(posted, FORM_USER);
		assert_string_equal(form_value(&posted->typed.form, "broadcast"), cases[i].answer);
		assert_int_equal(field_of(posted, "broadcast")->error != NULL, cases[i].is_wrong);
		finish(posted);
	}
}

static void only_answers_are_read(void **state)
{
	struct posted *posted = *state;

	begin(posted);
	add(posted, "state", "approved");
	add(posted, "kind", "system");
	add(posted, "berth", "protocol x {}");
	add(posted, "short", "first");
	add(posted, "short", "second");
	take(posted, FORM_USER);
	assert_int_equal(posted->typed.form.kind, FORM_USER);
	assert_null(posted->typed.form.berth);
	assert_string_equal(form_value(&posted->typed.form, "short"), "first");
	finish(posted);
}

static void a_key_is_ours_or_made_anew(void **state)
{
	struct posted *posted = *state;
	static const char *const others[] = { "B-2026-0001", "0123456789ABCDEF0123456789abcdef", "" };

	begin(posted);
	take(posted, FORM_USER);
	assert_string_equal(posted->typed.key, "0123456789abcdef0123456789abcdef");
	finish(posted);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		begin(posted);
		posted->request.form.items[1].value = others[i];
		take(posted, FORM_USER);
		assert_int_equal(strlen(posted->typed.key), 32);
		assert_string_not_equal(posted->typed.key, others[i]);
		finish(posted);
	}
}

static void a_file_takes_the_place_of_the_text(void **state)
{
	struct posted *posted = *state;

	begin(posted);
	add(posted, TYPED_BERTH, "protocol typed {}\r\n");
	take(posted, FORM_USER);
	assert_string_equal(posted->typed.form.berth, "protocol typed {}\n");
	assert_false(posted->typed.has_file);
	typed_finish(&posted->typed);
	assert_int_equal(web_value_add(&posted->request, &posted->request.files, TYPED_FILE, "protocol file {}", 16),
			 0);
	take(posted, FORM_USER);
	assert_string_equal(posted->typed.form.berth, "protocol file {}");
	assert_true(posted->typed.has_file);
	finish(posted);
}

/* The hidden fields of one page are what the next one reads. */
static void hidden_it_is_the_same(void **state)
{
	struct posted *posted = *state;
	struct html html = { .octets = NULL };

	begin(posted);
	add(posted, "formats", "\r\n <script>\r\n\"quoted\" & 'so'");
	add(posted, "broadcast-is", "no");
	add(posted, "transport-sctp", "yes");
	take(posted, FORM_USER);
	typed_hide(&posted->typed, &html);
	html_octets(&html, "", 1);
	assert_non_null(strstr(html.octets,
			       "name=\"formats\" value=\"\n &lt;script&gt;\n&quot;quoted&quot; &amp; &#39;so&#39;\""));
	assert_non_null(strstr(html.octets, "name=\"broadcast-is\" value=\"no\""));
	assert_non_null(strstr(html.octets, "name=\"transport\" value=\"sctp\""));
	assert_non_null(strstr(html.octets, "name=\"key\" value=\"0123456789abcdef0123456789abcdef\""));
	assert_null(strstr(html.octets, "name=\"token\""));
	html_finish(&html);
	finish(posted);
}

static void a_form_is_as_if_it_had_been_typed(void **state)
{
	struct posted *posted = *state;
	struct form form = { .kind = FORM_USER, .berth = "protocol x {}" };
	char name[64];

	begin(posted);
	assert_int_equal(form_set(&form, "broadcast", "no"), 0);
	assert_int_equal(form_set(&form, "anycast", "For discovery."), 0);
	assert_int_equal(form_set(&form, "transport", "tcp udp"), 0);
	assert_true(typed_of_form(&posted->typed, &form, &posted->visit));
	assert_string_equal(field_of(posted, "broadcast")->choice, "no");
	assert_string_equal(field_of(posted, "broadcast")->text, "");
	assert_string_equal(field_of(posted, "anycast")->choice, "yes");
	assert_string_equal(field_of(posted, "anycast")->text, "For discovery.");
	assert_string_equal(field_of(posted, "transport")->text, "tcp udp");
	assert_string_equal(posted->typed.berth, "protocol x {}");
	assert_string_equal(form_value(&posted->typed.form, "anycast"), "For discovery.");
	assert_string_equal(typed_control(&form_fields[form_field_find("anycast")], name), "anycast-is");
	assert_string_equal(typed_control(&form_fields[form_field_find("short")], name), "short");
	form_finish(&form);
	finish(posted);
}

static int make(void **state)
{
	*state = calloc(1, sizeof(struct posted)); /* it is large */
	return *state == NULL ? -1 : 0;
}

static int give_back(void **state)
{
	free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_set_and_kept),
		cmocka_unit_test(what_may_not_stand_is_kept_and_said),
		cmocka_unit_test(a_choice_and_its_text_are_one_answer),
		cmocka_unit_test(only_answers_are_read),
		cmocka_unit_test(a_key_is_ours_or_made_anew),
		cmocka_unit_test(a_file_takes_the_place_of_the_text),
		cmocka_unit_test(hidden_it_is_the_same),
		cmocka_unit_test(a_form_is_as_if_it_had_been_typed),
	};

	return cmocka_run_group_tests(tests, make, give_back);
}
