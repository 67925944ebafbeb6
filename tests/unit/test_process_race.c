/* test_process_race.c - reviewers at once on one number: exactly one assignment each round, also when a third of them
 * is killed in the middle (process.h).
 *
 * Each round, every process has an application of its own that was decided for the same number, and assigns it when
 * all are let go. BERTH_LONG=1 runs a thousand rounds of each kind. */
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <sys/wait.h>

#include "process_case.h"

enum { PROCESSES = 8, ROUNDS = 30, ROUNDS_LONG = 1000, FIRST_PORT = 2000, KILLED = PROCESSES / 3, LATEST_US = 8000 };

enum { EXIT_WON = 10, EXIT_LOST = 11, EXIT_WRONG = 12 };

static int rounds(void)
{
	const char *long_run = getenv("BERTH_LONG");

	return long_run != NULL && strcmp(long_run, "1") == 0 ? ROUNDS_LONG : ROUNDS;
}

/* ---- made ready ---- */

/* A registrar decides alone, so that many are soon decided. */
static void lighten(struct store *store)
{
	const struct band band = { 1024, 49151, "user", "user", "registrar", 0, 1, "refuse" };
	struct change *change = sample_begin(store, "bands");

	sample_ok(store, band_set(change, &band));
	sample_commit(store, change);
}

static int note_id(const struct application *application, void *context)
{
	*(int64_t *)context = application->id;
	return 0;
}

/* All questions in one change: what is told here is the race, not the examination. */
static void find_all(struct process_case *of)
{
	struct change *change = sample_begin(of->store, "finding");
	int64_t id = 0;
	char about[32];

	sample_ok(of->store, application_get(of->store, of->ref, note_id, &id));
	for (int i = 1; i <= 10; i++) {
		(void)snprintf(about, sizeof(about), "question %d", i);
		sample_ok(of->store, application_finding_put(change, id, 1, ANN, about, "understood", ""));
	}
	sample_commit(of->store, change);
}

struct racer {
	char ref[32];
	char track[64];
};

static void prepare_one(struct process_case *of, int round, int i, struct racer *ret_racer)
{
	char name[16];
	char port[8];
	char key[32];

	(void)snprintf(name, sizeof(name), "r%dp%d", round % 100000, i % 100);
	(void)snprintf(port, sizeof(port), "%d", (FIRST_PORT + round) % 32768);
	(void)snprintf(key, sizeof(key), "round %d %d", round, i);
	struct form form = case_form(FORM_USER, name, port, "tcp");
	if (case_submit_as(of, &form, key, 0, 0) < 0) {
		fail_msg("%s", of->complaint.sentence);
	}
	form_finish(&form);
	case_confirm(of, "validating");
	find_all(of);
	case_do(of, BY(of, RAE, "propose-assign", .text = "Agreed."), "approved");
	(void)snprintf(ret_racer->ref, sizeof(ret_racer->ref), "%s", of->ref);
	(void)snprintf(ret_racer->track, sizeof(ret_racer->track), "%s", of->track);
}

/* ---- one reviewer ---- */

static int assign_once(const char *url, const char *ref, int start)
{
	struct process_case of;
	char octet;

	case_join(&of, url);
	if (read(start, &octet, 1) < 0) {
		return EXIT_WRONG;
	}
	const struct process_act act = { .reference = ref, .act = "assign", .staff = ANN };
	int r;
	do {
		r = process_do(&of.process, &act, &of.done, &of.complaint);
	} while (r == -EBUSY);
	if (r < 0) {
		(void)fprintf(stderr, "%s: %s\n", ref, of.complaint.sentence);
		return EXIT_WRONG;
	}
	return strcmp(of.done.state, "assigned") == 0 ? EXIT_WON : EXIT_LOST;
}

static pid_t start_one(const char *url, const char *ref, const int start[static 2])
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		(void)close(start[1]);
		_exit(assign_once(url, ref, start[0]));
	}
	return child;
}

/* ---- one round ---- */

static void kill_some(const pid_t children[static PROCESSES])
{
	for (int i = 0; i < KILLED; i++) {
		(void)usleep(randombytes_uniform(LATEST_US / KILLED));
		(void)kill(children[randombytes_uniform(PROCESSES)], SIGKILL);
	}
}

/* How many say that they won; none of those that lived may have failed. */
static int gather(const pid_t children[static PROCESSES])
{
	int won = 0;

	for (int i = 0; i < PROCESSES; i++) {
		int status = 0;
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		if (WIFSIGNALED(status)) {
			assert_int_equal(WTERMSIG(status), SIGKILL);
			continue;
		}
		assert_int_not_equal(WEXITSTATUS(status), EXIT_WRONG);
		won += WEXITSTATUS(status) == EXIT_WON;
	}
	return won;
}

/* `sql` ends where the port comes. */
static int64_t count_of(struct process_case *of, const char *begin, int port)
{
	char sql[256];

	(void)snprintf(sql, sizeof(sql), "%s%d", begin, port);
	return case_ask(of, sql);
}

/* Who did not get it gives up, so that a thousand rounds later not everybody waits for something. */
static void withdraw_losers(struct process_case *of, const struct racer racers[static PROCESSES])
{
	int withdrawn = 0;

	for (int i = 0; i < PROCESSES; i++) {
		const struct process_act act = { .token = racers[i].track, .act = "withdraw" };
		withdrawn += case_try(of, &act) == 0;
	}
	assert_int_equal(withdrawn, PROCESSES - 1);
}

static void run_round(const char *url, int round, bool kills)
{
	struct process_case of;
	struct racer racers[PROCESSES];
	pid_t children[PROCESSES];
	int start[2];
	int port = FIRST_PORT + round;

	case_join(&of, url);
	for (int i = 0; i < PROCESSES; i++) {
		prepare_one(&of, round, i, &racers[i]);
	}
	case_close(&of);
	assert_int_equal(pipe2(start, O_CLOEXEC), 0);
	for (int i = 0; i < PROCESSES; i++) {
		children[i] = start_one(url, racers[i].ref, start);
	}
	(void)close(start[0]);
	(void)close(start[1]); /* go */
	if (kills) {
		kill_some(children);
	}
	int won = gather(children);
	assert_true(kills ? won <= 1 : won == 1);

	case_join(&of, url);
	assert_int_equal(count_of(&of, "SELECT count(*) FROM claim WHERE transport = 'tcp' AND port = ", port), 1);
	assert_int_equal(count_of(&of,
				  "SELECT count(DISTINCT s.application) FROM application_state AS s JOIN wanted AS w "
				  "ON w.application = s.application WHERE s.state = 'assigned' AND w.port = ",
				  port),
			 1);
	assert_int_equal(count_of(&of,
				  "SELECT count(*) FROM publication AS p JOIN entry AS e ON e.id = p.entry "
				  "WHERE p.until_event IS NULL AND e.status = 'assigned' AND e.lo = ",
				  port),
			 1);
	withdraw_losers(&of, racers);
	case_close(&of);
}

/* ---- the races ---- */

static void race(const char *url, bool kills)
{
	struct process_case of;

	case_open(&of, url);
	lighten(of.store);
	case_close(&of);
	for (int round = 0; round < rounds(); round++) {
		run_round(url, round, kills);
	}
	case_join(&of, url);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM claim WHERE kind = 'assigned'"), rounds());
	case_audit(&of);
	case_close(&of);
}

static void run_race(const char *url)
{
	race(url, false);
}

static void run_race_with_kills(const char *url)
{
	race(url, true);
}

static void test_one_of_all_is_assigned(void **state)
{
	(void)state;
	store_case_each(run_race);
}

static void test_one_of_all_is_assigned_though_some_are_killed(void **state)
{
	(void)state;
	store_case_each(run_race_with_kills);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_of_all_is_assigned),
		cmocka_unit_test(test_one_of_all_is_assigned_though_some_are_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
