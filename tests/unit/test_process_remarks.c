/* test_process_remarks.c - comments on a call and appeals against an assignment by anybody, which count once an address
 * is confirmed; and what becomes of the links in letters (process.h). */
#include "process_case.h"

#include "store/outbox.h"

/* The newest link in a letter of this kind. */
static void link_of(struct process_case *of, enum letter_kind kind, char ret_token[static 64])
{
	struct statement *statement = NULL;

	assert_int_equal(statement_prepare(store_database(of->store),
					   "SELECT substr(message, secret, secret_size) FROM outbox WHERE template = ? "
					   "ORDER BY id DESC",
					   &statement),
			 0);
	statement_bind_text(statement, 1, letter_kind_name(kind));
	assert_int_equal(statement_step(statement), 1);
	(void)snprintf(ret_token, 64, "%s", statement_text(statement, 0));
	assert_int_equal(strlen(ret_token), 26);
	(void)statement_free(statement);
}

static int64_t remarks(struct process_case *of)
{
	return case_ask(of, "SELECT count(*) FROM outbox WHERE template = 'remark'");
}

/* Said by somebody with this address. */
#define WRITTEN(of, mail, ...)                                              \
	&(const struct process_act)                                         \
	{                                                                   \
		.reference = (of)->ref, .email = (mail), .act = __VA_ARGS__ \
	}

static int confirm(struct process_case *of, const char *token)
{
	return case_try(of, &(const struct process_act){ .token = token, .act = "confirm" });
}

static void assign(struct process_case *of)
{
	case_begin(of, case_form(FORM_USER, "exfiles", "20017", "tcp"));
	case_approve(of);
	case_do(of, BY(of, ANN, "assign"), "assigned");
}

static void call(struct process_case *of)
{
	struct form form = case_form(FORM_REVOCATION, NULL, NULL, "tcp");

	assign(of);
	case_set(&form, "about", "20017/tcp");
	case_set(&form, "reason", "It is so.");
	case_set(&form, "evidence", "Nothing listens.");
	case_set(&form, "applicant-email", "eager@example.org");
	case_begin(of, form);
	case_do(of, BY(of, BO, "call", .text = "Nothing has answered for five years."), "call");
}

/* ---- comments ---- */

static void run_comments(const char *url)
{
	struct process_case of;
	char token[64];
	char other[64];

	case_open(&of, url);
	call(&of);
	case_do(&of, WRITTEN(&of, "zoe@example.org", "comment", .text = "We use it."), "");
	assert_string_equal(of.done.reference, of.ref);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM inbox"), 0);
	link_of(&of, LETTER_REMARK, token);
	/* It serves to confirm, and for nothing else. */
	case_refused(&of, &(const struct process_act){ .token = token, .act = "withdraw" }, "is there to confirm");
	case_refused(&of, &(const struct process_act){ .token = token, .act = "comment" }, "is there to confirm");
	assert_int_equal(confirm(&of, token), 0);
	assert_string_equal(of.done.state, "call");
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM inbox WHERE sender = 'zoe@example.org' AND "
				       "message = 'We use it.'"),
			 1);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM remark"), 0);
	assert_int_equal(confirm(&of, token), -EPERM);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM inbox"), 1);

	/* An address that is known is answered like one that is not, and one that is written to often is spared. */
	for (int i = 0; i < 5; i++) {
		case_do(&of, WRITTEN(&of, "ada@example.org", "comment", .text = "No."), "");
	}
	assert_int_equal(remarks(&of), 4);
	link_of(&of, LETTER_REMARK, other);
	assert_int_equal(case_try(&of, WRITTEN(&of, "nobody", "comment", .text = "No.")), -EPERM);
	assert_int_equal(case_try(&of, WRITTEN(&of, "a@b.example", "comment", .text = " ")), -EPERM);
	assert_int_equal(case_try(&of, WRITTEN(&of, "a@b.example", "vote", .text = "No.")), -EINVAL);
	assert_int_equal(case_try(&of, WRITTEN(&of, "a@b.example", "comment", .text = "No.", .staff = ANN)), -EINVAL);

	/* After seven days it is forgotten. */
	case_later(&of, 8);
	assert_int_equal(confirm(&of, other), -EPERM);
	assert_int_equal(process_tick(&of.process), 0);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM remark"), 0);
	assert_int_equal(confirm(&of, other), -EPERM);

	/* What comes in when the call has ended comes too late, and says no more than that. */
	case_do(&of, WRITTEN(&of, "zoe@example.org", "comment", .text = "And more."), "");
	case_later(&of, 6);
	case_do(&of, WRITTEN(&of, "zoe@example.org", "comment", .text = "And much more."), "");
	case_later(&of, 14);
	case_do(&of, WRITTEN(&of, "zoe@example.org", "comment", .text = "The last word."), "");
	link_of(&of, LETTER_REMARK, token);
	assert_int_equal(process_tick(&of.process), 1);
	case_refused(&of, &(const struct process_act){ .token = token, .act = "confirm" }, "nobody is asked");
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM inbox"), 1);
	char sentence[COMPLAINT_MAX];
	assert_int_equal(case_try(&of, WRITTEN(&of, "a@b.example", "comment", .text = "No.")), -ENOENT);
	(void)snprintf(sentence, sizeof(sentence), "%s", strchr(of.complaint.sentence, ':'));
	(void)snprintf(of.ref, sizeof(of.ref), "B-2030-9999");
	assert_int_equal(case_try(&of, WRITTEN(&of, "a@b.example", "comment", .text = "No.")), -ENOENT);
	assert_string_equal(strchr(of.complaint.sentence, ':'), sentence);
	case_audit(&of);
	case_close(&of);
}

static void test_comments(void **state)
{
	(void)state;
	store_case_each(run_comments);
}

/* ---- appeals ---- */

static void run_appeals(const char *url)
{
	struct process_case of;
	char token[64];
	char second[64];

	case_open(&of, url);
	case_begin(&of, case_form(FORM_USER, "waiting", "any", "tcp"));
	assert_int_equal(case_try(&of, WRITTEN(&of, "zoe@example.org", "appeal", .text = "It is ours.")), -ENOENT);
	assign(&of);
	case_do(&of, WRITTEN(&of, "zoe@example.org", "appeal", .text = "It is ours."), "");
	link_of(&of, LETTER_REMARK, token);
	case_do(&of, WRITTEN(&of, "max@example.org", "appeal", .text = "No, ours."), "");
	link_of(&of, LETTER_REMARK, second);
	assert_int_equal(confirm(&of, token), 0);
	assert_string_equal(of.done.state, "appeal");
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM inbox WHERE sender = 'zoe@example.org'"), 1);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM outbox WHERE template = 'appeal' AND "
				       "rcpt = 'bo@registry.example' AND message LIKE '%It is ours.%'"),
			 1);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM outbox WHERE template = 'appeal' AND "
				       "rcpt IN ('ada@example.org', 'society@example.org') AND message NOT LIKE "
				       "'%ours%'"),
			 2);
	assert_int_equal(confirm(&of, second), -EPERM);
	/* Whoever appealed hears what came of it. */
	case_do(&of, BY(&of, BO, "hear"), "board");
	/* Meanwhile it stays what was decided, whatever its applicant wants. */
	struct form form = case_form(FORM_USER, "exfiles", "20018", "tcp");
	case_refused(&of, LINKED(&of, "edit-return", .form = &form), "heard on what was decided");
	form_finish(&form);
	case_refused(&of, LINKED(&of, "withdraw"), "heard on what was decided");
	case_refused(&of, BY(&of, BO, "ask", .text = "Why?"), "heard on what was decided");
	case_do(&of, BY(&of, BO, "vote", .verdict = "assign", .text = "Theirs."), "board");
	case_do(&of, BY(&of, IVY, "uphold", .text = "Theirs."), "assigned");
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM outbox WHERE template = 'decided' AND rcpt IN "
				       "('zoe@example.org', 'ada@example.org', 'society@example.org', "
				       "'ports@registry.example', 'kim@registry.example')"),
			 5);
	/* Sixty days from when it was assigned, not from when it was upheld. */
	case_later(&of, 59);
	case_do(&of, WRITTEN(&of, "zoe@example.org", "appeal", .text = "Again."), "");
	case_later(&of, 2);
	assert_int_equal(case_try(&of, WRITTEN(&of, "zoe@example.org", "appeal", .text = "Again.")), -ENOENT);
	case_refused(&of, LINKED(&of, "appeal", .text = "It was mine."), "was possible until 2030-04-30");
	case_audit(&of);
	case_close(&of);
}

static void test_appeals(void **state)
{
	(void)state;
	store_case_each(run_appeals);
}

/* ---- links in letters ---- */

/* As long as it is not sent, each try has the same octets; then the link is taken out. */
static void run_links(const char *url)
{
	struct process_case of;
	struct outbox_letter letter;
	char *first = NULL;

	case_open(&of, url);
	struct form form = case_form(FORM_USER, "exfiles", "20017", "tcp");
	case_submit(&of, &form);
	assert_int_equal(outbox_take(of.store, of.now, 60, &letter), 1);
	assert_non_null(strstr(letter.message, of.started.confirm));
	first = strdup(letter.message);
	assert_non_null(first);
	assert_int_equal(outbox_failed(of.store, letter.id, "451", of.now), 0);
	outbox_letter_finish(&letter);
	assert_int_equal(outbox_take(of.store, of.now, 60, &letter), 1);
	assert_string_equal(letter.message, first);
	assert_int_equal(outbox_sent(of.store, letter.id, of.now), 0);
	assert_int_equal(outbox_sent(of.store, letter.id, of.now), 0);
	outbox_letter_finish(&letter);
	free(first);
	char sql[256];
	(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM outbox WHERE message LIKE '%%%s%%'", of.started.confirm);
	assert_int_equal(case_ask(&of, sql), 0);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM outbox WHERE secret IS NULL AND "
				       "message LIKE '%confirm/[link removed]%' AND message LIKE '%not applied%'"),
			 1);
	case_close(&of);
}

static void test_links_in_letters(void **state)
{
	(void)state;
	store_case_each(run_links);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_comments),
		cmocka_unit_test(test_appeals),
		cmocka_unit_test(test_links_in_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
