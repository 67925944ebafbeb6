/* test_applications.c - applications as rows: what is written, what is read back, and what the store refuses whoever
 * asks (store/applications*.h). */
#include "process_case.h"

#include "store/applications_rights.h"

/* ---- rows ---- */

static const struct application_transition moves[] = {
	{ "new", "begin", "open", "applicant", "applicant" },
	{ "open", "go", "closed", "registrar", "own" },
};

static const struct application_field fields[] = {
	{ "short", "What SHORT name?", 10, "public" },
	{ "formats", "What message formats are used?", 2, "staff" },
};

static void prepare(struct store *store)
{
	struct change *change = sample_begin(store, "moves");

	sample_ok(store, application_transitions_put(change, moves, 2));
	sample_ok(store, application_transitions_put(change, moves, 2));
	sample_ok(store, application_fields_put(change, fields, 2));
	sample_commit(store, change);
	assert_int_equal(application_transitions_compare(store, moves, 2), 1);
	assert_int_equal(application_transitions_compare(store, moves, 1), -EPROTONOSUPPORT);
	assert_int_equal(application_fields_missing(store, fields, 2), 0);
}

static int64_t add(struct store *store, const char *key)
{
	static const struct application_answer answers[] = { { "short", "exfiles" }, { "formats", "A secret." } };
	static const struct application_wanted wanted[] = { { "tcp", 20017, 0 }, { "dccp", -1, 17 } };
	const struct application_version version = {
		.author = "applicant",
		.form = "1",
		.digest = "0",
		.berth = "protocol exfiles { }",
		.answers = answers,
		.answer_count = 2,
		.wanted = wanted,
		.wanted_count = 2,
	};
	struct change *change = sample_begin(store, "submit");
	int64_t id = 0;
	int v = 0;

	sample_ok(store, application_add(change, "user", key, 0, "", &id));
	sample_ok(store, application_version_add(change, id, &version, &v));
	assert_int_equal(v, 1);
	sample_ok(store, application_step(change, id, "begin", "open", 1, "2030-01-01T00:00:00Z"));
	sample_commit(store, change);
	return id;
}

static int note_application(const struct application *application, void *context)
{
	*(struct application *)context = (struct application){
		.id = application->id,
		.step = application->step,
		.version = application->version,
		.eyes = application->eyes,
		.expert = application->expert,
	};
	return 0;
}

static int put_answer(const struct application_answer *answer, void *context)
{
	char *text = context;
	size_t used = strlen(text);

	(void)snprintf(text + used, 512 - used, "%s=%s;", answer->field, answer->value);
	return 0;
}

static void run_rows(const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);
	struct application found = { .id = 0 };
	char text[512] = "";
	char ref[32] = "";
	int64_t id = 0;

	prepare(store);
	assert_int_equal(add(store, "k1"), 1);
	assert_int_equal(add(store, "k2"), 2);
	assert_int_equal(application_of_key(store, "k2", ref, sizeof(ref)), 1);
	assert_int_equal(application_of_key(store, "k3", ref, sizeof(ref)), 0);
	sample_ok(store, application_get(store, ref, note_application, &found));
	assert_int_equal(found.id, 2);
	assert_int_equal(found.eyes, 1);
	assert_int_equal(application_get(store, "B-1999-0001", note_application, &found), -ENOENT);
	sample_ok(store, application_answers(store, 1, 1, put_answer, text));
	assert_non_null(strstr(text, "short=exfiles;"));
	assert_non_null(strstr(text, "berth=protocol exfiles { };"));

	/* The same key is the same application; looking does not end the change. */
	struct change *change = sample_begin(store, "submit");
	assert_int_equal(application_add(change, "user", "k1", 0, "", &id), -EEXIST);
	assert_int_equal(id, 1);
	sample_ok(store, application_admit(change, 1, 1, 1));
	sample_commit(store, change);
	sample_ok(store, application_get(store, ref, note_application, &found));

	/* A step that is no row of the table. */
	change = sample_begin(store, "step");
	assert_int_equal(application_step(change, 1, "go", "open", 1, NULL), -EPERM);
	(void)change_abandon(change);
	change = sample_begin(store, "step");
	sample_ok(store, application_step(change, 1, "go", "closed", 1, NULL));
	sample_commit(store, change);

	/* Answers stand in events as digests alone, and can be taken away. */
	assert_int_equal(store_case_ask(store_database(store), "SELECT count(*) FROM event WHERE body LIKE '%secret%'"),
			 0);
	change = sample_begin(store, "forget");
	sample_ok(store, application_forget(change, 1));
	sample_commit(store, change);
	assert_int_equal(store_case_ask(store_database(store),
					"SELECT count(*) FROM answer WHERE application = 1 AND value <> ''"),
			 0);
	struct process_case of = { .store = store };
	case_audit(&of);
	(void)store_close(store);
}

static void test_rows(void **state)
{
	(void)state;
	store_case_each(run_rows);
}

/* ---- SQL that skips the code ---- */

static int attempt(struct store *store, const char *sql)
{
	struct database *database = store_database(store);

	assert_int_equal(database_begin(database, true), 0);
	int r = database_run(database, sql);
	if (r == 0) {
		r = database_commit(database);
	}
	database_rollback(database);
	return r;
}

#define VOTE                                                                                                   \
	"INSERT INTO vote (application, material, round, bench, staff, role, verdict, reasons, rules, event) " \
	"VALUES "
#define SEAT "INSERT INTO seat (application, staff, bench, event) VALUES "
#define DECISION                                                                                                    \
	"INSERT INTO decision (application, round, material, verdict, kind, eyes, expert, own_staff, role, bench, " \
	"recommended, recommended_round, first, second, party, event) VALUES "
#define STEP                                                                                         \
	"INSERT INTO step (application, n, prev, from_state, act, to_state, v, material, admitted, " \
	"decided, bench, event) VALUES "
#define ASSIGNMENT "INSERT INTO assignment (id, basis, application, round, verdict, renewals, event) VALUES "
#define CLAIM "INSERT INTO claim (transport, port, kind, assignment, event) VALUES "

/* 1: a system port before the board, with one vote of bo; 2: of ann herself, recommended by eve; 3: assigned. */
static const struct {
	const char *sql;
	int error;
} attempts[] = {
	/* a second claim of what is held */
	{ CLAIM "('tcp', 20017, 'assigned', 1, 1)", -EEXIST },
	/* a decision without votes, or with one of two */
	{ DECISION "(1, 1, 1, 'assign', 'system', 2, 0, 0, 'board', 1, NULL, NULL, 7, 6, NULL, 3)", -EPERM },
	{ DECISION "(1, 1, 1, 'assign', 'system', 2, 0, 0, 'board', 1, NULL, NULL, 6, NULL, NULL, 3)", -EPERM },
	{ DECISION "(1, 1, 1, 'assign', 'system', 1, 0, 0, 'board', 1, NULL, NULL, 6, NULL, NULL, 3)", -EPERM },
	/* one person twice */
	{ DECISION "(1, 1, 1, 'assign', 'system', 2, 0, 0, 'board', 1, NULL, NULL, 6, 6, NULL, 3)", -EPERM },
	{ VOTE "(1, 1, 1, 1, 6, 'board', 'assign', 'again', '', 3)", -EEXIST },
	/* by who is the applicant, with a vote of theirs */
	{ VOTE "(2, 1, 1, 1, 2, 'registrar', 'assign', 'no seat', '', 3)", -EPERM },
	{ SEAT "(2, 2, 1, 3), (2, 3, 1, 3)", 0 },
	{ VOTE "(2, 1, 1, 1, 2, 'registrar', 'assign', 'mine', '', 3)", 0 },
	{ DECISION "(2, 1, 1, 'assign', 'user', 1, 1, 2, 'registrar', 1, 4, 0, 2, NULL, NULL, 3)", -EPERM },
	{ DECISION "(2, 1, 1, 'assign', 'user', 1, 1, 0, 'registrar', 1, 4, 0, 2, NULL, NULL, 3)", -EPERM },
	/* without the expert, or by the expert */
	{ VOTE "(2, 1, 1, 1, 3, 'registrar', 'assign', 'yes', '', 3)", 0 },
	{ DECISION "(2, 1, 1, 'assign', 'user', 1, 1, 2, 'registrar', 1, NULL, NULL, 3, NULL, NULL, 3)", -EPERM },
	{ DECISION "(2, 1, 1, 'assign', 'user', 1, 1, 2, 'registrar', 1, 3, 0, 3, NULL, NULL, 3)", -EPERM },
	/* an assignment without a decision, or of a refusal */
	{ ASSIGNMENT "(9, 'decision', 1, 1, 'assign', 0, 1)", -EPERM },
	{ ASSIGNMENT "(9, 'decision', 2, 1, 'assign', 0, 1)", -EPERM },
	/* what was confirmed is not made lighter, neither before its decision nor behind it */
	{ "UPDATE application SET eyes = 1 WHERE id = 1", -EPERM },
	{ "UPDATE application SET kind = 'user', eyes = 1 WHERE id = 1", -EPERM },
	{ "UPDATE application SET expert = 0 WHERE id = 2", -EPERM },
	{ "UPDATE application SET own_staff = 0 WHERE id = 2", -EPERM },
	{ "UPDATE admission SET expert = 0 WHERE application = 2", -EPERM },
	{ "DELETE FROM admission WHERE application = 2", -EPERM },
	{ "UPDATE step SET admitted = NULL WHERE application = 2", -EPERM },
	{ "DELETE FROM step WHERE application = 2 AND act = 'confirm'", -EPERM },
	{ "UPDATE application SET expert = 0 WHERE id = 3", -EPERM },
	/* a way that goes on where the last step did not end */
	{ STEP "(1, 9, 8, 'approved', 'assign', 'assigned', 1, 1, NULL, NULL, NULL, 1)", -EPERM },
	/* or decides without a decision */
	{ STEP "(2, 5, 4, 'validating', 'propose-assign', 'approved', 1, 1, NULL, NULL, NULL, 3)", -EPERM },
	{ STEP "(2, 5, 4, 'validating', 'refuse', 'refused', 1, 1, NULL, 1, 1, 3)", -EPERM },
	{ "DELETE FROM vote WHERE application = 3", -EPERM },
	{ "DELETE FROM decision WHERE application = 3", -EPERM },
	{ "DELETE FROM version WHERE application = 3", -EPERM },
	/* and so it is right */
	{ DECISION "(2, 1, 1, 'assign', 'user', 1, 1, 2, 'registrar', 1, 4, 0, 3, NULL, NULL, 3)", 0 },
};

static void run_raw(const char *url)
{
	struct process_case of;

	case_open(&of, url);
	case_begin(&of, case_form(FORM_SYSTEM, "exsys", "771", "tcp"));
	case_do(&of, BY(&of, ANN, "to-board", .text = "Takes two."), "board");
	case_find(&of, BO);
	case_do(&of, BY(&of, BO, "vote", .verdict = "assign", .text = "Yes."), "board");
	struct form form = case_form(FORM_USER, "mine", "20018", "tcp");
	assert_int_equal(case_submit_as(&of, &form, "own", ANN, 0), 0);
	form_finish(&form);
	case_confirm(&of, "validating");
	case_do(&of, BY(&of, RAE, "to-expert", .about = "eve"), "expert-review");
	case_find(&of, EVE);
	case_do(&of, BY(&of, EVE, "recommend", .text = "Yes."), "validating");
	case_begin(&of, case_form(FORM_USER, "exfiles", "20017", "tcp"));
	case_approve(&of);
	case_do(&of, BY(&of, ANN, "assign"), "assigned");
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		int r = attempt(of.store, attempts[i].sql);
		if (r != attempts[i].error) {
			fail_msg("%s: %d", attempts[i].sql, r);
		}
	}
	case_close(&of);
}

static void test_sql_that_skips_the_code(void **state)
{
	(void)state;
	store_case_each(run_raw);
}

/* ---- terms changed behind everybody's back ---- */

static void count_fault(const char *sentence, void *context)
{
	*(int *)context += strstr(sentence, "application") != NULL || strstr(sentence, "admission") != NULL;
}

/* How many faults the audit names in what says the terms. */
static int named(struct process_case *of)
{
	struct audit_result result = { 0 };
	int count = 0;

	sample_ok(of->store, audit_verify(of->store, case_derive, NULL, 0, count_fault, &count, &result));
	return count;
}

/* Before an application is admitted no key holds its terms, and keys can be got round; the audit names it all. */
static void run_terms(const char *url)
{
	struct process_case of;

	case_open(&of, url);
	struct form form = case_form(FORM_USER, "unconfirmed", "20018", "tcp");
	assert_int_equal(case_submit_as(&of, &form, "own", ANN, 0), 0);
	form_finish(&form);
	assert_int_equal(named(&of), 0);
	assert_int_equal(attempt(of.store, "UPDATE application SET own_staff = 0"), 0);
	assert_true(named(&of) > 0);
	assert_int_equal(attempt(of.store, "UPDATE application SET own_staff = 2"), 0);
	assert_int_equal(named(&of), 0);
	case_confirm(&of, "validating");
	/* The step, the terms and the application, in the one order that keys allow. */
	assert_int_equal(attempt(of.store, "DELETE FROM step WHERE act = 'confirm'; DELETE FROM admission; "
					   "UPDATE application SET expert = 0; "
					   "INSERT INTO admission (application, kind, eyes, expert, own_staff, event) "
					   "SELECT id, kind, eyes, expert, own_staff, 1 FROM application"),
			 0);
	assert_true(named(&of) >= 2);
	case_close(&of);
}

static void test_terms_changed(void **state)
{
	(void)state;
	store_case_each(run_terms);
}

/* ---- nothing of what was given up ---- */

static void run_abandoned(const char *url)
{
	struct process_case of;

	case_open(&of, url);
	case_begin(&of, case_form(FORM_USER, "exfiles", "20017", "tcp"));
	int64_t events = case_ask(&of, "SELECT max(n) FROM event");
	int64_t letters = case_ask(&of, "SELECT count(*) FROM outbox");
	/* A guard's no, after rows were written in it: the finding before the step that cannot be. */
	case_refused(&of, BY(&of, ANN, "to-expert", .about = "bo"), "no expert");
	case_refused(&of, BY(&of, ANN, "propose-assign"), "understood");
	/* Letters cannot be written: the step is not there either. */
	of.process.staff_address = "";
	assert_int_equal(case_try(&of, LINKED(&of, "withdraw")), -EINVAL);
	of.process.staff_address = "ports@registry.example";
	assert_int_equal(case_ask(&of, "SELECT max(n) FROM event"), events);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM outbox"), letters);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM name WHERE kind = 'held'"), 1);
	case_do(&of, LINKED(&of, "withdraw"), "withdrawn");
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM name WHERE kind = 'held'"), 0);
	case_audit(&of);
	case_close(&of);
}

static void test_nothing_of_what_was_given_up(void **state)
{
	(void)state;
	store_case_each(run_abandoned);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_sql_that_skips_the_code),
		cmocka_unit_test(test_terms_changed),
		cmocka_unit_test(test_nothing_of_what_was_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
