/* test_process_moves.c - every row of the table of moves, taken by each right actor and refused to each wrong one
 * (process.h). */
#include "process_case.h"

enum { MIA = LEA + 1, PIA }; /* an administrator and an auditor, who decide nothing */

/* ---- a registry with one application more each time ---- */

static unsigned names;

static struct form fresh(enum form_kind kind, const char *port)
{
	char name[24];

	(void)snprintf(name, sizeof(name), "ex-%u", names++ % 100000);
	struct form form = case_form(kind, name, port, kind == FORM_TRANSPORT ? "udp" : "tcp");
	if (kind == FORM_SYSTEM) {
		case_set(&form, "specification", "rfc");
		case_set(&form, "reference", "RFC 6335");
	}
	return form;
}

static struct form fresh_about(enum form_kind kind, const char *about)
{
	struct form form = fresh(kind, NULL);

	form_set(&form, "about", about);
	case_set(&form, "reason", "It is so.");
	if (kind == FORM_REVOCATION) {
		case_set(&form, "evidence", "Nothing listens.");
	}
	return form;
}

static void add_idle_staff(struct store *store)
{
	static const char *const people[][2] = { { "mia", "administrator" }, { "pia", "auditor" } };
	struct change *change = sample_begin(store, "staff");

	for (int i = 0; i < 2; i++) {
		int64_t id = 0;
		sample_ok(store, staff_add(change, people[i][0], people[i][0], "", &id));
		assert_int_equal(id, MIA + i);
		sample_ok(store, staff_grant(change, id, people[i][1], "*"));
	}
	sample_commit(store, change);
}

/* ---- ways into each state ---- */

typedef void arrival(struct process_case *of);

static void at_draft(struct process_case *of)
{
	struct form form = fresh(FORM_USER, "any");

	case_do(of, &(const struct process_act){ .act = "save", .form = &form }, "draft");
	(void)snprintf(of->ref, sizeof(of->ref), "%s", of->done.reference);
	form_finish(&form);
}

static void at_unconfirmed(struct process_case *of)
{
	struct form form = fresh(FORM_USER, "any");

	case_submit(of, &form);
}

static void at_validating(struct process_case *of)
{
	case_begin(of, fresh(FORM_USER, "any"));
}

static void at_validating_recommended(struct process_case *of)
{
	at_validating(of);
	case_do(of, BY(of, ANN, "to-expert", .about = "eve"), "expert-review");
	case_find(of, EVE);
	case_do(of, BY(of, EVE, "recommend", .text = "Yes."), "validating");
}

static void at_assigned_number(struct process_case *of)
{
	at_validating_recommended(of);
	case_do(of, BY(of, ANN, "propose-assign"), "approved");
	case_do(of, BY(of, ANN, "assign"), "assigned");
}

/* "ex-7 1025/tcp" is about 1025/tcp. */
static const char *assigned_number(struct process_case *of)
{
	at_assigned_number(of);
	return strchr(of->done.assigned, ' ') + 1;
}

static void at_validating_release(struct process_case *of)
{
	char about[64];

	(void)snprintf(about, sizeof(about), "%s", assigned_number(of));
	case_begin(of, fresh_about(FORM_RELEASE, about));
}

static void at_validating_revocation(struct process_case *of)
{
	char about[64];

	(void)snprintf(about, sizeof(about), "%s", assigned_number(of));
	case_begin(of, fresh_about(FORM_REVOCATION, about));
}

static void at_expert(struct process_case *of)
{
	at_validating(of);
	case_do(of, BY(of, ANN, "to-expert", .about = "eve"), "expert-review");
	case_find(of, EVE);
}

static void at_expert_late(struct process_case *of)
{
	at_expert(of);
	case_later(of, 21);
}

static void at_expert_heard(struct process_case *of)
{
	at_validating_recommended(of);
	case_do(of, BY(of, ANN, "to-expert", .about = "eve"), "expert-review");
}

static void at_board(struct process_case *of)
{
	case_begin(of, fresh(FORM_SYSTEM, "any"));
	case_do(of, BY(of, ANN, "to-board", .text = "Takes two."), "board");
	case_find(of, IVY);
}

static void at_board_assigning(struct process_case *of)
{
	at_board(of);
	case_do(of, BY(of, IVY, "vote", .verdict = "assign", .text = "Yes."), "board");
}

static void at_board_refusing(struct process_case *of)
{
	at_board(of);
	case_do(of, BY(of, IVY, "vote", .verdict = "refuse", .text = "No.", .rules = "J2"), "board");
}

static void asked(struct process_case *of, int64_t staff)
{
	case_do(of, BY(of, staff, "ask", .text = "Why?", .about = "formats"), "with-applicant");
}

static void at_applicant(struct process_case *of)
{
	at_validating(of);
	asked(of, ANN);
}

static void at_applicant_of_expert(struct process_case *of)
{
	at_expert(of);
	asked(of, EVE);
}

static void at_applicant_of_board(struct process_case *of)
{
	at_board(of);
	asked(of, BO);
}

static void at_lapsed(struct process_case *of)
{
	at_applicant(of);
	case_later(of, 31);
	assert_true(process_tick(&of->process) > 0);
}

static void holder_link(struct process_case *of)
{
	struct statement *statement = NULL;

	assert_int_equal(statement_prepare(store_database(of->store),
					   "SELECT message FROM outbox WHERE template = ? ORDER BY id DESC",
					   &statement),
			 0);
	statement_bind_text(statement, 1, letter_kind_name(LETTER_CONSENT));
	assert_int_equal(statement_step(statement), 1);
	const char *at = strstr(statement_text(statement, 0), "/consent/");
	assert_non_null(at);
	(void)snprintf(of->started.confirm, sizeof(of->started.confirm), "%.26s", at + strlen("/consent/"));
	(void)statement_free(statement);
}

static void at_validating_others(struct process_case *of)
{
	char about[64];

	(void)snprintf(about, sizeof(about), "%s", assigned_number(of));
	struct form form = fresh_about(FORM_RELEASE, about);
	case_set(&form, "applicant-email", "eager@example.org");
	case_begin(of, form);
}

static void at_holder(struct process_case *of)
{
	at_validating_others(of);
	case_do(of, BY(of, ANN, "need-consent"), "with-holder");
	holder_link(of);
}

static void at_call(struct process_case *of)
{
	at_validating_revocation(of);
	case_do(of, BY(of, BO, "call", .text = "Nothing listens."), "call");
}

static void at_call_over(struct process_case *of)
{
	at_call(of);
	case_later(of, 28);
}

static void at_approved(struct process_case *of)
{
	at_validating_recommended(of);
	case_do(of, BY(of, ANN, "propose-assign"), "approved");
}

static void at_approved_release(struct process_case *of)
{
	at_validating_release(of);
	case_find(of, ANN);
	case_do(of, BY(of, ANN, "propose-assign"), "approved");
}

static void at_approved_revocation(struct process_case *of)
{
	at_call_over(of);
	assert_true(process_tick(&of->process) > 0);
	case_find(of, IVY);
	case_do(of, BY(of, IVY, "vote", .verdict = "assign", .text = "Yes."), "board");
	case_do(of, BY(of, BO, "propose-assign", .text = "Yes."), "approved");
}

/* Two were decided on one number, and the other one has it. */
static void at_approved_late(struct process_case *of)
{
	char ref[32];
	struct form form = fresh(FORM_USER, "30000");

	case_begin(of, form);
	(void)snprintf(ref, sizeof(ref), "%s", of->ref);
	case_approve(of);
	form = fresh(FORM_USER, "30000");
	case_begin(of, form);
	case_approve(of);
	case_do(of, BY(of, ANN, "assign"), "assigned");
	(void)snprintf(of->ref, sizeof(of->ref), "%s", ref);
}

static void at_refused(struct process_case *of)
{
	at_validating_recommended(of);
	case_do(of, BY(of, ANN, "refuse", .text = "No.", .rules = "J6"), "refused");
}

static void at_withdrawn(struct process_case *of)
{
	at_validating(of);
	case_do(of, LINKED(of, "withdraw"), "withdrawn");
}

static void at_appeal(struct process_case *of)
{
	at_refused(of);
	case_do(of, LINKED(of, "appeal", .text = "Look again."), "appeal");
}

static void heard(struct process_case *of, const char *verdict)
{
	case_do(of, LINKED(of, "appeal", .text = "Look again."), "appeal");
	case_do(of, BY(of, IVY, "hear"), "board");
	case_do(of, BY(of, IVY, "vote", .verdict = verdict, .text = "So be it."), "board");
}

static void at_heard_refused_upheld(struct process_case *of)
{
	at_refused(of);
	heard(of, "refuse");
}

static void at_heard_refused_annulled(struct process_case *of)
{
	at_refused(of);
	heard(of, "annul");
}

static void at_heard_assigned_upheld(struct process_case *of)
{
	at_assigned_number(of);
	heard(of, "assign");
}

static void at_heard_assigned_annulled(struct process_case *of)
{
	at_assigned_number(of);
	heard(of, "annul");
}

/* ---- who tries ---- */

enum who {
	WHO_NOBODY,
	WHO_ANN,
	WHO_EVE,
	WHO_TOM,
	WHO_BO,
	WHO_MIA,
	WHO_PIA,
	WHO_APPLICANT,
	WHO_HOLDER,
	WHO_TIMER,
	WHOS
};

static const int64_t staff_of[WHOS] = {
	[WHO_ANN] = ANN, [WHO_EVE] = EVE, [WHO_TOM] = TOM, [WHO_BO] = BO, [WHO_MIA] = MIA, [WHO_PIA] = PIA,
};

#define IS(who) (1U << (who))

struct row {
	const char *from, *act, *to;
	arrival *arrive;
	unsigned right; /* who may */
	/* How it is done, where not as usual. */
	const char *about, *verdict;
	int days; /* that pass before the clock acts */
	bool with_form;
};

#define FOR_A .right = IS(WHO_APPLICANT)
#define FOR_R .right = IS(WHO_ANN)
#define FOR_X .right = IS(WHO_EVE)
#define FOR_B .right = IS(WHO_BO)
#define FOR_T .right = IS(WHO_TIMER)
#define FOR_H .right = IS(WHO_HOLDER)
#define FOR_ANY .right = (IS(WHO_ANN) | IS(WHO_BO) | IS(WHO_APPLICANT))

static const struct row rows[] = {
	{ "draft", "submit", "unconfirmed", at_draft, FOR_A },
	{ "draft", "file", "validating", at_draft, FOR_R },
	{ "draft", "expire", "lapsed", at_draft, FOR_T, .days = 30 },
	{ "unconfirmed", "expire", "lapsed", at_unconfirmed, FOR_T, .days = 7 },
	{ "validating", "ask", "with-applicant", at_validating, FOR_R },
	{ "expert-review", "ask", "with-applicant", at_expert, FOR_X },
	{ "board", "ask", "with-applicant", at_board, FOR_B },
	{ "with-applicant", "answer", "validating", at_applicant, FOR_A },
	{ "with-applicant", "answer", "expert-review", at_applicant_of_expert, FOR_A },
	{ "with-applicant", "answer", "board", at_applicant_of_board, FOR_A },
	{ "with-applicant", "remind", "with-applicant", at_applicant, FOR_T, .days = 14 },
	{ "with-applicant", "expire", "lapsed", at_applicant, FOR_T, .days = 30 },
	{ "lapsed", "reopen", "validating", at_lapsed, FOR_A },
	{ "validating", "need-consent", "with-holder", at_validating_others, FOR_R },
	{ "with-holder", "consented", "validating", at_holder, FOR_H, .verdict = "yes" },
	{ "with-holder", "declined", "refused", at_holder, FOR_H, .verdict = "no" },
	{ "with-holder", "expire", "validating", at_holder, FOR_T, .days = 28 },
	{ "validating", "to-expert", "expert-review", at_validating, FOR_R, .about = "eve" },
	{ "validating", "to-board", "board", at_validating, FOR_R },
	{ "validating", "call", "call", at_validating_revocation, FOR_B },
	{ "call", "comment", "call", at_call, FOR_ANY },
	{ "call", "close", "board", at_call_over, FOR_B },
	{ "call", "close", "board", at_call, FOR_T, .days = 28 },
	{ "expert-review", "recuse", "expert-review", at_expert, FOR_X },
	{ "expert-review", "remind", "expert-review", at_expert, FOR_T, .days = 14 },
	{ "expert-review", "reassign", "expert-review", at_expert_late, FOR_R, .about = "eve" },
	{ "expert-review", "recommend", "validating", at_expert, FOR_X, .verdict = "assign" },
	{ "validating", "edit-return", "validating", at_validating, FOR_A, .with_form = true },
	{ "board", "edit-return", "validating", at_board, FOR_A, .with_form = true },
	{ "validating", "propose-assign", "approved", at_validating_recommended, FOR_R },
	{ "board", "vote", "board", at_board, FOR_B, .verdict = "assign" },
	{ "board", "propose-assign", "approved", at_board_assigning, FOR_B },
	{ "validating", "refuse", "refused", at_validating_recommended, FOR_R },
	{ "expert-review", "refuse", "refused", at_expert_heard, FOR_R },
	{ "board", "refuse", "refused", at_board_refusing, FOR_B },
	{ "approved", "assign", "assigned", at_approved, FOR_R },
	{ "approved", "assign", "done", at_approved_release, FOR_R },
	{ "approved", "assign", "done", at_approved_revocation, FOR_B },
	{ "approved", "number-taken", "validating", at_approved_late, FOR_R },
	{ "approved", "hold-back", "validating", at_approved, FOR_R },
	{ "validating", "withdraw", "withdrawn", at_validating, FOR_A },
	{ "with-applicant", "withdraw", "withdrawn", at_applicant, FOR_A },
	{ "with-holder", "withdraw", "withdrawn", at_holder, FOR_A },
	{ "expert-review", "withdraw", "withdrawn", at_expert, FOR_A },
	{ "board", "withdraw", "withdrawn", at_board, FOR_A },
	{ "approved", "withdraw", "withdrawn", at_approved, FOR_A },
	{ "withdrawn", "copy", "withdrawn", at_withdrawn, FOR_A },
	{ "lapsed", "copy", "lapsed", at_lapsed, FOR_A },
	{ "refused", "copy", "refused", at_refused, FOR_A },
	{ "refused", "appeal", "appeal", at_refused, FOR_A },
	{ "assigned", "appeal", "appeal", at_assigned_number, FOR_ANY },
	{ "appeal", "hear", "board", at_appeal, FOR_B },
	{ "board", "uphold", "refused", at_heard_refused_upheld, FOR_B },
	{ "board", "uphold", "assigned", at_heard_assigned_upheld, FOR_B },
	{ "board", "annul", "validating", at_heard_refused_annulled, FOR_B },
	{ "board", "annul", "de-assigned", at_heard_assigned_annulled, FOR_B },
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

/* ---- trying ---- */

/* What the outside calls the act: a consent is answered, a number is found taken when it shall be assigned. */
static const char *word_of(const struct row *row)
{
	if (strcmp(row->act, "consented") == 0 || strcmp(row->act, "declined") == 0) {
		return "consent";
	}
	return strcmp(row->act, "number-taken") == 0 ? "assign" : row->act;
}

static int try_as(struct process_case *of, const struct row *row, enum who who, const struct form *form)
{
	struct process_act act = {
		.reference = of->ref,
		.act = word_of(row),
		.staff = staff_of[who],
		.text = "Because.",
		.rules = "J2",
		.about = row->about,
		.verdict = row->verdict,
		.form = form,
	};

	if (who == WHO_TIMER) {
		case_later(of, row->days);
		return process_tick(&of->process) > 0 ? 0 : -EPERM;
	}
	act.token = who == WHO_APPLICANT ? of->track : who == WHO_HOLDER ? of->started.confirm : NULL;
	return case_try(of, &act);
}

static void expect_state(struct process_case *of, const struct row *row, const char *expected)
{
	char state[32];

	if (strcmp(case_state(of, state), expected) != 0) {
		fail_msg("%s %s: it is %s", row->from, row->act, state);
	}
}

static void expect_last_act(struct process_case *of, const struct row *row)
{
	json_t *dossier = NULL;

	assert_int_equal(process_dossier(&of->process, of->ref, false, &dossier), 0);
	const json_t *steps = json_object_get(dossier, "steps");
	const json_t *last = json_array_get(steps, json_array_size(steps) - 1);
	assert_string_equal(json_string_value(json_object_get(last, "act")), row->act);
	assert_string_equal(json_string_value(json_object_get(last, "from_state")), row->from);
	json_decref(dossier);
}

/* The holder's link is there where one was sent; elsewhere it is the confirmation's, which was used. */
static void try_wrong(struct process_case *of, const struct row *row, const struct form *form)
{
	for (enum who who = WHO_NOBODY; who < WHO_TIMER; who++) {
		if ((row->right & IS(who)) != 0) {
			continue;
		}
		int r = try_as(of, row, who, form);
		if (r >= 0) {
			fail_msg("%s %s was done by %d", row->from, row->act, (int)who);
		}
		assert_true(r == -EPERM || r == -EINVAL || r == -ENOENT);
		expect_state(of, row, row->from);
	}
}

static void take(struct process_case *of, const struct row *row, enum who who)
{
	struct form form = { .kind = FORM_USER };

	row->arrive(of);
	expect_state(of, row, row->from);
	if (row->with_form) {
		form = fresh(strcmp(row->from, "board") == 0 ? FORM_SYSTEM : FORM_USER, "any");
	}
	try_wrong(of, row, row->with_form ? &form : NULL);
	int r = try_as(of, row, who, row->with_form ? &form : NULL);
	if (r < 0) {
		fail_msg("%s %s: %s", row->from, row->act, of->complaint.sentence);
	}
	expect_state(of, row, row->to);
	expect_last_act(of, row);
	form_finish(&form);
}

static void run_rows(const char *url)
{
	struct process_case of;

	case_open(&of, url);
	add_idle_staff(of.store);
	for (size_t i = 0; i < ROWS; i++) {
		for (enum who who = WHO_NOBODY; who < WHOS; who++) {
			if ((rows[i].right & IS(who)) != 0) {
				take(&of, &rows[i], who);
			}
		}
	}
	case_audit(&of);
	case_close(&of);
}

static void test_every_row(void **state)
{
	(void)state;
	store_case_each(run_rows);
}

/* Those whose beginning is no application yet, and the machine's, are in test_process.c; here it is counted. */
static void test_no_row_is_left_out(void **state)
{
	static const char *const elsewhere[] = { "new save", "new submit", "new file", "unconfirmed confirm",
						 "validating auto" };

	(void)state;
	for (const struct process_move *move = process_moves; move->from != NULL; move++) {
		char text[64];
		bool found = false;
		(void)snprintf(text, sizeof(text), "%s %s", move->from, move->act);
		for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++) {
			found = found || strcmp(elsewhere[i], text) == 0;
		}
		for (size_t i = 0; i < ROWS; i++) {
			found = found || (strcmp(rows[i].from, move->from) == 0 &&
					  strcmp(rows[i].act, move->act) == 0 && strcmp(rows[i].to, move->to) == 0);
		}
		if (!found) {
			fail_msg("%s to %s is not tried", text, move->to);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_row_is_left_out),
		cmocka_unit_test(test_every_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
