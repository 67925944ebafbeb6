/* test_process_guards.c - who may begin, who decides on nothing of their own, and steps that the store refuses whoever
 * asks, because they are no row of the table (process.h). */
#include "process_case.h"

/* ---- a registry with one application more each time ---- */

static unsigned names;

static struct form fresh(enum form_kind kind, const char *port)
{
	char name[24];

	(void)snprintf(name, sizeof(name), "ex-%u", names++ % 100000);
	return case_form(kind, name, port, "tcp");
}

static void at_validating_own(struct process_case *of)
{
	static unsigned keys;
	char key[32];
	struct form form = fresh(FORM_USER, "any");

	(void)snprintf(key, sizeof(key), "own-%u", keys++);
	assert_int_equal(case_submit_as(of, &form, key, ANN, 0), 0);
	form_finish(&form);
	case_confirm(of, "validating");
}

/* ---- the beginning ---- */

static void run_beginning(const char *url)
{
	struct process_case of;

	case_open(&of, url);
	struct form form = fresh(FORM_USER, "any");
	const struct process_act save = { .act = "save", .form = &form, .staff = ANN };
	assert_int_equal(case_try(&of, &save), -EPERM);
	assert_int_equal(case_submit_as(&of, &form, "k1", 0, BO), -EPERM);
	assert_int_equal(case_submit_as(&of, &form, "k1", 0, EVE), -EPERM);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM application"), 0);
	assert_int_equal(case_submit_as(&of, &form, "k1", 0, ANN), 0);
	form_finish(&form);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM step WHERE from_state = 'new' AND act = 'file' "
				       "AND to_state = 'validating'"),
			 1);
	/* Only the link of the letter confirms. */
	form = fresh(FORM_USER, "any");
	case_submit(&of, &form);
	assert_int_equal(case_try(&of, BY(&of, ANN, "confirm")), -EPERM);
	assert_int_equal(case_try(&of, LINKED(&of, "confirm")), -EPERM);
	case_confirm(&of, "validating");
	form = fresh(FORM_NAME, NULL);
	case_submit(&of, &form);
	case_confirm(&of, "assigned");
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM step WHERE act = 'auto'"), 1);
	/* Nobody of the staff has what is not confirmed, or has ended. */
	form = fresh(FORM_USER, "any");
	case_submit(&of, &form);
	case_refused(&of, BY(&of, ANN, "take"),
		     "it is waiting for its address to be confirmed; nothing is examined now");
	case_refused(&of, BY(&of, ANN, "ask", .text = "Why?"),
		     "it is waiting for its address to be confirmed, in which state nobody can ask");
	case_refused(&of, BY(&of, ANN, "name-expert", .about = "eve"), "nothing is examined now");
	/* What the registry does by itself is nobody's else. */
	case_begin(&of, fresh(FORM_USER, "any"));
	assert_int_equal(case_try(&of, BY(&of, ANN, "auto")), -EPERM);
	assert_int_equal(case_try(&of, BY(&of, BERTH, "auto")), -EPERM);
	assert_int_equal(case_try(&of, BY(&of, BERTH, "withdraw")), -EPERM);
	assert_int_equal(case_try(&of, BY(&of, ANN, "dance")), -EINVAL);
	case_close(&of);
}

static void test_the_beginning(void **state)
{
	(void)state;
	store_case_each(run_beginning);
}

/* ---- nobody decides on their own ---- */

static void run_own(const char *url)
{
	static const char *const acts[] = { "take", "ask", "finding", "to-expert", "propose-assign", "refuse" };
	struct process_case of;

	case_open(&of, url);
	at_validating_own(&of);
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		case_refused(
			&of,
			BY(&of, ANN, acts[i], .about = "eve", .text = "Mine.", .rules = "J6", .verdict = "understood"),
			"of their own");
	}
	case_do(&of, BY(&of, RAE, "to-expert", .about = "eve"), "expert-review");
	case_find(&of, EVE);
	case_do(&of, BY(&of, EVE, "recommend", .text = "Yes."), "validating");
	case_refused(&of, BY(&of, ANN, "propose-assign"), "of their own");
	case_do(&of, BY(&of, RAE, "propose-assign"), "approved");
	case_refused(&of, BY(&of, ANN, "assign"), "of their own");
	case_do(&of, BY(&of, RAE, "assign"), "assigned");
	/* By the address of the letters, too. */
	struct form form = fresh(FORM_USER, "any");
	case_set(&form, "applicant-email", "Rae@Registry.example");
	case_begin(&of, form);
	case_refused(&of, BY(&of, RAE, "to-expert", .about = "eve"), "of their own");
	form = fresh(FORM_USER, "any");
	case_set(&form, "applicant-email", "Eve@Registry.example");
	case_begin(&of, form);
	case_refused(&of, BY(&of, ANN, "to-expert", .about = "eve"), "of their own");
	case_refused(&of, BY(&of, ANN, "name-expert", .about = "eve"), "of their own");
	case_close(&of);
}

static void test_nobody_decides_on_their_own(void **state)
{
	(void)state;
	store_case_each(run_own);
}

/* ---- by other means ---- */

static int attempt(struct database *database, const char *sql)
{
	int r = database_begin(database, true);

	assert_int_equal(r, 0);
	r = database_run(database, sql);
	if (r == 0) {
		r = database_commit(database);
	}
	database_rollback(database);
	return r;
}

static bool is_row(const char *from, const char *act, const char *to)
{
	for (const struct process_move *move = process_moves; move->from != NULL; move++) {
		if (strcmp(move->from, from) == 0 && strcmp(move->act, act) == 0 && strcmp(move->to, to) == 0) {
			return true;
		}
	}
	return false;
}

static size_t collect(const char *words[static 64], bool acts)
{
	size_t count = 0;

	for (const struct process_move *move = process_moves; move->from != NULL; move++) {
		const char *const both[] = { acts ? move->act : move->from, acts ? move->act : move->to };
		for (size_t k = 0; k < 2; k++) {
			bool known = false;
			for (size_t i = 0; i < count; i++) {
				known = known || strcmp(words[i], both[k]) == 0;
			}
			if (!known) {
				words[count++] = both[k];
			}
		}
	}
	return count;
}

/* Whatever is no row of the table, and whatever does not begin where the application is. */
static void run_raw_steps(const char *url)
{
	struct process_case of;
	const char *states[64];
	const char *acts[64];
	size_t state_count = collect(states, false);
	size_t act_count = collect(acts, true);
	char sql[512];

	case_open(&of, url);
	case_begin(&of, fresh(FORM_USER, "any"));
	struct database *database = store_database(of.store);
	for (size_t i = 0; i < state_count; i++) {
		for (size_t k = 0; k < act_count; k++) {
			for (size_t j = 0; j < state_count; j++) {
				if (is_row(states[i], acts[k], states[j]) && strcmp(states[i], "validating") == 0) {
					continue;
				}
				(void)snprintf(sql, sizeof(sql),
					       "INSERT INTO step (application, n, prev, from_state, act, to_state, v, "
					       "material, event) VALUES (1, 3, 2, '%s', '%s', '%s', 1, 1, 1)",
					       states[i], acts[k], states[j]);
				if (attempt(database, sql) != -EPERM) {
					fail_msg("%s %s %s was written", states[i], acts[k], states[j]);
				}
			}
		}
	}
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM step"), 2);
	case_close(&of);
}

static void test_the_store_refuses_what_is_no_row(void **state)
{
	(void)state;
	store_case_each(run_raw_steps);
}

/* A table that says something else than this program is not worked with. */
static void run_prepared(const char *url)
{
	struct process_case of;

	case_open(&of, url);
	assert_int_equal(process_prepare(&of.process), 0);
	int64_t events = case_ask(&of, "SELECT max(n) FROM event");
	assert_int_equal(process_prepare(&of.process), 0);
	assert_int_equal(case_ask(&of, "SELECT max(n) FROM event"), events);
	assert_int_equal(
		attempt(store_database(of.store), "UPDATE transition SET actor = 'anyone' WHERE act = 'assign'"), 0);
	assert_int_equal(process_prepare(&of.process), -EPROTONOSUPPORT);
	case_close(&of);
}

static void test_the_table_is_compared(void **state)
{
	(void)state;
	store_case_each(run_prepared);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_beginning),
		cmocka_unit_test(test_nobody_decides_on_their_own),
		cmocka_unit_test(test_the_store_refuses_what_is_no_row),
		cmocka_unit_test(test_the_table_is_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
