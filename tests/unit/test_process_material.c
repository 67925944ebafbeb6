/* test_process_material.c - what holds of what was said when an application is edited: nothing when it differs in what
 * is examined, everything when it does not; and which place a person who spoke once has for good (process.h). */
#include "process_case.h"

/* The form of ex-NAME with one answer more or other. */
static struct form edited(enum form_kind kind, const char *name, const char *key, const char *value)
{
	struct form form = case_form(kind, name, "any", "tcp");

	if (kind == FORM_SYSTEM) {
		case_set(&form, "specification", "rfc");
		case_set(&form, "reference", "RFC 6335");
	}
	case_set(&form, key, value);
	return form;
}

static void edit(struct process_case *of, struct form form)
{
	case_do(of, LINKED(of, "edit-return", .form = &form), "validating");
	form_finish(&form);
}

/* ---- an expert's word and findings ---- */

static void run_recommendation(const char *url)
{
	struct process_case of;

	case_open(&of, url);
	case_begin(&of, edited(FORM_USER, "ex-one", "contact", "Ada Example"));
	case_do(&of, BY(&of, ANN, "to-expert", .about = "eve"), "expert-review");
	case_find(&of, EVE);
	case_do(&of, BY(&of, EVE, "recommend", .text = "Yes."), "validating");
	/* Another contact: what was examined is the same. */
	edit(&of, edited(FORM_USER, "ex-one", "contact", "Bea Example"));
	assert_int_equal(case_ask(&of, "SELECT material FROM version WHERE v = 2"), 1);
	/* Other formats: everything is looked at anew. */
	edit(&of, edited(FORM_USER, "ex-one", "formats", "JSON."));
	assert_int_equal(case_ask(&of, "SELECT material FROM version WHERE v = 3"), 3);
	case_refused(&of, BY(&of, ANN, "propose-assign"), "question 1");
	case_find(&of, RAE);
	case_refused(&of, BY(&of, ANN, "propose-assign"), "an expert must recommend");
	/* As the first was, but not at once after it. */
	edit(&of, edited(FORM_USER, "ex-one", "contact", "Ada Example"));
	assert_int_equal(case_ask(&of, "SELECT material FROM version WHERE v = 4"), 4);
	case_refused(&of, BY(&of, ANN, "propose-assign"), "question 1");
	case_approve(&of);
	assert_int_equal(case_ask(&of, "SELECT material FROM decision"), 4);

	case_begin(&of, edited(FORM_USER, "ex-two", "contact", "Ada Example"));
	case_do(&of, BY(&of, ANN, "to-expert", .about = "eve"), "expert-review");
	case_find(&of, EVE);
	case_do(&of, BY(&of, EVE, "recommend", .text = "Yes."), "validating");
	edit(&of, edited(FORM_USER, "ex-two", "contact", "Bea Example"));
	case_refused(&of, BY(&of, EVE, "recommend", .text = "Yes."), "nobody can recommend");
	case_do(&of, BY(&of, ANN, "propose-assign"), "approved");
	case_do(&of, BY(&of, ANN, "assign"), "assigned");
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM entry WHERE contact = '[Bea_Example]'"), 1);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM step WHERE act = 'propose-assign' AND v = 2 AND "
				       "material = 1 AND decided = 1"),
			 1);
	case_audit(&of);
	case_close(&of);
}

static void test_a_recommendation(void **state)
{
	(void)state;
	store_case_each(run_recommendation);
}

/* ---- the first of two votes ---- */

static void run_votes(const char *url)
{
	struct process_case of;

	case_open(&of, url);
	for (int i = 0; i < 2; i++) {
		bool material = i == 0;
		const char *name = material ? "ex-three" : "ex-four";
		case_begin(&of, edited(FORM_SYSTEM, name, "contact", "Ada Example"));
		case_do(&of, BY(&of, ANN, "to-board", .text = "Takes two."), "board");
		case_find(&of, BO);
		case_do(&of, BY(&of, BO, "vote", .verdict = "assign", .text = "Yes."), "board");
		edit(&of, edited(FORM_SYSTEM, name, material ? "formats" : "contact", "Others."));
		case_do(&of, BY(&of, ANN, "to-board", .text = "Takes two."), "board");
		if (material) {
			case_find(&of, IVY);
			case_refused(&of, BY(&of, IVY, "propose-assign", .text = "Yes."), "nobody has voted");
			case_do(&of, BY(&of, BO, "vote", .verdict = "assign", .text = "Still."), "board");
		} else {
			case_refused(&of, BY(&of, BO, "vote", .verdict = "assign", .text = "Again."), "have voted");
		}
		case_do(&of, BY(&of, IVY, "propose-assign", .text = "Yes."), "approved");
	}
	case_audit(&of);
	case_close(&of);
}

static void test_votes(void **state)
{
	(void)state;
	store_case_each(run_votes);
}

/* ---- an answer ---- */

/* It goes back to who asked; with other formats to whoever sends it out, and who asked hears of it too. */
static void run_answers(const char *url)
{
	struct process_case of;

	case_open(&of, url);
	case_begin(&of, edited(FORM_USER, "ex-five", "contact", "Ada Example"));
	case_do(&of, BY(&of, ANN, "to-expert", .about = "eve"), "expert-review");
	case_do(&of, BY(&of, EVE, "ask", .text = "Who?"), "with-applicant");
	struct form form = edited(FORM_USER, "ex-five", "contact", "Bea Example");
	case_do(&of, LINKED(&of, "answer", .text = "Bea.", .form = &form), "expert-review");
	form_finish(&form);
	case_do(&of, BY(&of, EVE, "ask", .text = "Which?"), "with-applicant");
	form = edited(FORM_USER, "ex-five", "formats", "Others.");
	case_do(&of, LINKED(&of, "answer", .text = "Others.", .form = &form), "validating");
	form_finish(&form);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM outbox WHERE template = 'answered' AND "
				       "rcpt = 'eve@registry.example'"),
			 2);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM outbox WHERE template = 'answered' AND "
				       "rcpt = 'ports@registry.example'"),
			 1);
	case_close(&of);
}

static void test_answers(void **state)
{
	(void)state;
	store_case_each(run_answers);
}

/* ---- places ---- */

/* rae is an expert and bo a registrar as well. */
static void add_roles(struct store *store)
{
	struct change *change = sample_begin(store, "staff");

	sample_ok(store, staff_grant(change, RAE, "expert", "*"));
	sample_ok(store, staff_grant(change, EVE, "board", "*"));
	sample_commit(store, change);
}

static void run_places(const char *url)
{
	struct process_case of;

	case_open(&of, url);
	add_roles(of.store);
	/* Who recommended decides nothing, in no version, and hears no appeal. */
	case_begin(&of, edited(FORM_USER, "ex-six", "contact", "Ada Example"));
	case_do(&of, BY(&of, ANN, "to-expert", .about = "rae"), "expert-review");
	case_find(&of, RAE);
	case_do(&of, BY(&of, RAE, "recommend", .text = "Yes."), "validating");
	edit(&of, edited(FORM_USER, "ex-six", "formats", "Others."));
	case_do(&of, BY(&of, ANN, "to-expert", .about = "eve"), "expert-review");
	case_find(&of, EVE);
	case_do(&of, BY(&of, EVE, "recommend", .text = "Yes."), "validating");
	case_refused(&of, BY(&of, RAE, "propose-assign"), "you recommended on it");
	case_refused(&of, BY(&of, RAE, "refuse", .text = "No.", .rules = "J6"), "you recommended on it");
	case_do(&of, BY(&of, ANN, "refuse", .text = "No.", .rules = "J6"), "refused");
	case_do(&of, LINKED(&of, "appeal", .text = "Look again."), "appeal");
	case_refused(&of, BY(&of, EVE, "hear"), "no earlier round");
	case_do(&of, BY(&of, BO, "hear"), "board");
	case_refused(&of, BY(&of, EVE, "vote", .verdict = "annul", .text = "Yes."), "no earlier round");
	case_do(&of, BY(&of, BO, "vote", .verdict = "annul", .text = "Yes."), "board");
	case_do(&of, BY(&of, IVY, "annul", .text = "Yes."), "validating");
	/* Examined anew, it is decided by those who decide, not by those who heard the appeal. */
	case_do(&of, BY(&of, ANN, "to-board", .text = "A matter of principle."), "board");
	case_refused(&of, BY(&of, IVY, "vote", .verdict = "assign", .text = "Yes."), "you heard an appeal");
	case_do(&of, BY(&of, KIM, "vote", .verdict = "assign", .text = "Yes."), "board");
	case_do(&of, BY(&of, LEA, "propose-assign", .text = "Yes."), "approved");
	case_audit(&of);
	case_close(&of);
}

static void test_places(void **state)
{
	(void)state;
	store_case_each(run_places);
}

/* ---- two experts ---- */

/* The newest recommendation counts, whoever gave it. */
static void run_newest(const char *url)
{
	struct process_case of;

	case_open(&of, url);
	add_roles(of.store);
	for (int i = 0; i < 2; i++) {
		int64_t first = i == 0 ? EVE : RAE;
		case_begin(&of, edited(FORM_USER, i == 0 ? "ex-seven" : "ex-eight", "contact", "Ada Example"));
		case_do(&of, BY(&of, ANN, "to-expert", .about = i == 0 ? "eve" : "rae"), "expert-review");
		case_find(&of, first);
		case_do(&of, BY(&of, first, "recommend", .verdict = "assign", .text = "Yes."), "validating");
		case_do(&of, BY(&of, ANN, "to-expert", .about = i == 0 ? "rae" : "eve"), "expert-review");
		case_do(&of, BY(&of, RAE + EVE - first, "recommend", .verdict = "refuse", .text = "No."), "validating");
		case_refused(&of, BY(&of, ANN, "propose-assign"), "recommends to refuse");
	}
	case_close(&of);
}

static void test_the_newest_recommendation(void **state)
{
	(void)state;
	store_case_each(run_newest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_recommendation),
		cmocka_unit_test(test_votes),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_the_newest_recommendation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
