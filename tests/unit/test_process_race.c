/* test_process_race.c - 64 reviewers at once on one number: exactly one assignment each round, also when a third of
 * their processes is killed in the middle, and the database is restarted (process.h).
 *
 * Eight applications ask for the number, each decided, and eight reviewers want to assign each.  One of all is
 * assigned; the others go back to where they were, their applicants take the next number, and one new application joins
 * them.  On SQLite the reviewers are eight processes of one program, on PostgreSQL sixteen of two.  BERTH_LONG=1 runs a
 * thousand rounds.  BERTH_RACE_RESTART names the program that restarts the server of PostgreSQL at once: where it is
 * set, only the race with restarts is run (tests/system/test_process_races.py). */
#include "process_race.h"

enum { ROUNDS = 10, ROUNDS_LONG = 1000, RESTARTS = 2, RESTARTS_LONG = 50, FIRST_PORT = 2000, PROPOSES_EVERY = 4 };

enum { PROCESSES = 8, KILLS = 3 /* in each program, each round */ };

struct racer {
	char ref[32];
	char track[64];
	char name[16];
	bool is_in; /* as opposed to: a new one comes in its place */
};

struct race {
	const char *url;
	struct race_started programs[2];
	int count;
	const char *restart;
	struct process_case of;
	struct racer racers[RACE_APPLICATIONS];
	int entered, restarts;
	struct race_tally tally;
};

static bool is_long(void)
{
	const char *long_run = getenv("BERTH_LONG");

	return long_run != NULL && strcmp(long_run, "1") == 0;
}

static int rounds(void)
{
	return is_long() ? ROUNDS_LONG : ROUNDS;
}

static bool restarts_in(int round)
{
	int every = rounds() / (is_long() ? RESTARTS_LONG : RESTARTS);

	return round % every == every - 1;
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

static void hire(struct store *store)
{
	struct change *change = sample_begin(store, "staff");

	for (int i = 0; i < RACE_REVIEWERS; i++) {
		char login[32];
		char email[64];
		int64_t id = 0;
		(void)snprintf(login, sizeof(login), "reviewer%d", i);
		(void)snprintf(email, sizeof(email), "%s@registry.example", login);
		sample_ok(store, staff_add(change, login, login, email, &id));
		assert_int_equal(id, RACE_FIRST_REVIEWER + i);
		sample_ok(store, staff_grant(change, id, "registrar", "*"));
	}
	sample_commit(store, change);
}

struct identity {
	int64_t id;
	int material;
};

static int note_identity(const struct application *application, void *context)
{
	*(struct identity *)context = (struct identity){ application->id, application->material };
	return 0;
}

/* All questions of all in one change: what is told here is the race, not the examination. */
static void find_all(struct race *race)
{
	struct store *store = race->of.store;
	struct change *change = sample_begin(store, "finding");
	char about[32];

	for (int i = 0; i < RACE_APPLICATIONS; i++) {
		struct identity found = { 0, 0 };
		sample_ok(store, application_get(store, race->racers[i].ref, note_identity, &found));
		for (int question = 1; question <= 10; question++) {
			(void)snprintf(about, sizeof(about), "question %d", question);
			sample_ok(store, application_finding_put(change, found.id, found.material, ANN, about,
								 "understood", ""));
		}
	}
	sample_commit(store, change);
}

static void enter(struct race *race, struct racer *racer, struct form *form)
{
	struct process_case *of = &race->of;
	char key[32];

	(void)snprintf(key, sizeof(key), "entered %d", race->entered);
	if (case_submit_as(of, form, key, 0, 0) < 0) {
		fail_msg("%s", of->complaint.sentence);
	}
	case_confirm(of, "validating");
	(void)snprintf(racer->ref, sizeof(racer->ref), "%s", of->ref);
	(void)snprintf(racer->track, sizeof(racer->track), "%s", of->track);
	racer->is_in = true;
}

/* Who asked for a number that is gone asks for the next. */
static void ask_for(struct race *race, struct racer *racer, int port)
{
	struct process_case *of = &race->of;
	char text[8];

	(void)snprintf(text, sizeof(text), "%d", port);
	if (!racer->is_in) {
		(void)snprintf(racer->name, sizeof(racer->name), "racer%d", ++race->entered % 100000);
	}
	struct form form = case_form(FORM_USER, racer->name, text, "tcp");
	if (racer->is_in) {
		case_do(of, &(const struct process_act){ .token = racer->track, .act = "edit-return", .form = &form },
			"validating");
	} else {
		enter(race, racer, &form);
	}
	form_finish(&form);
}

static void make_ready(struct race *race, struct race_task *task)
{
	struct process_case *of = &race->of;

	for (int i = 0; i < RACE_APPLICATIONS; i++) {
		ask_for(race, &race->racers[i], task->port);
		(void)snprintf(task->refs[i], sizeof(task->refs[i]), "%s", race->racers[i].ref);
	}
	find_all(race);
	for (int i = 0; !task->proposes && i < RACE_APPLICATIONS; i++) {
		(void)snprintf(of->ref, sizeof(of->ref), "%s", race->racers[i].ref);
		case_do(of, BY(of, RAE, "propose-assign", .text = "Agreed."), "approved");
	}
}

/* ---- one round ---- */

static void restart(struct race *race)
{
	int status = 0;

	(void)usleep(randombytes_uniform(60 * 1000));
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)execl(race->restart, race->restart, NULL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	race->restarts++;
}

static void let_them(struct race *race, const struct race_task *task, bool restarts)
{
	case_close(&race->of);
	for (int i = 0; i < race->count; i++) {
		assert_int_equal(send(race->programs[i].socket, task, sizeof(*task), MSG_NOSIGNAL), sizeof(*task));
	}
	if (restarts) {
		restart(race);
	}
	struct race_tally tally = { .won = 0 };
	for (int i = 0; i < race->count; i++) {
		struct race_tally of_one;
		assert_int_equal(recv(race->programs[i].socket, &of_one, sizeof(of_one), 0), sizeof(of_one));
		race_add(&tally, &of_one);
	}
	assert_false(tally.failed);
	bool is_sure = tally.killed + tally.repeated == 0;
	assert_true(is_sure ? tally.won == 1 : tally.won <= 1);
	race_add(&race->tally, &tally);
	case_join(&race->of, race->url);
}

/* `begin` ends where the port comes. */
static int64_t count_of(struct race *race, const char *begin, int port)
{
	char sql[512];

	(void)snprintf(sql, sizeof(sql), "%s%d", begin, port);
	return case_ask(&race->of, sql);
}

#define STEPS                                                                                                   \
	"SELECT count(*) FROM step AS s JOIN wanted AS w ON w.application = s.application AND w.v = s.v WHERE " \
	"s.act = "

static void check_rows(struct race *race, const struct race_task *task)
{
	int64_t taken = count_of(race, STEPS "'number-taken' AND w.port = ", task->port);

	assert_int_equal(count_of(race, "SELECT count(*) FROM claim WHERE transport = 'tcp' AND port = ", task->port),
			 1);
	assert_int_equal(count_of(race,
				  "SELECT count(*) FROM assignment AS a JOIN wanted AS w ON w.application = "
				  "a.application WHERE w.v = (SELECT max(v) FROM version AS l WHERE l.application = "
				  "a.application) AND w.port = ",
				  task->port),
			 1);
	assert_int_equal(count_of(race, STEPS "'assign' AND w.port = ", task->port), 1);
	assert_int_equal(count_of(race,
				  "SELECT count(*) FROM publication AS p JOIN entry AS e ON e.id = p.entry "
				  "WHERE p.until_event IS NULL AND e.status = 'assigned' AND e.lo = ",
				  task->port),
			 1);
	assert_true(task->proposes || taken == RACE_APPLICATIONS - 1);
}

/* One is assigned and leaves, the others are where they can ask again. */
static void check_racers(struct race *race)
{
	int assigned = 0;

	for (int i = 0; i < RACE_APPLICATIONS; i++) {
		struct racer *racer = &race->racers[i];
		char state[32];
		(void)snprintf(race->of.ref, sizeof(race->of.ref), "%s", racer->ref);
		racer->is_in = strcmp(case_state(&race->of, state), "assigned") != 0;
		assigned += !racer->is_in;
		assert_true(!racer->is_in || strcmp(state, "validating") == 0);
	}
	assert_int_equal(assigned, 1);
}

static void run_round(struct race *race, int round, bool kills)
{
	struct race_task task = {
		.port = FIRST_PORT + round,
		.proposes = round % PROPOSES_EVERY == PROPOSES_EVERY - 1,
		.kills = kills ? KILLS : 0,
	};

	make_ready(race, &task);
	let_them(race, &task, race->restart != NULL && restarts_in(round));
	check_rows(race, &task);
	check_racers(race);
}

/* ---- the races ---- */

static void begin(struct race *race, const char *url)
{
	bool is_server = strstr(url, "postgres") == url;

	*race = (struct race){
		.url = url,
		.count = is_server ? 2 : 1,
		.restart = getenv("BERTH_RACE_RESTART"),
	};
	case_open(&race->of, url);
	lighten(race->of.store);
	hire(race->of.store);
	for (int i = 0; i < race->count; i++) {
		int reviewers = RACE_REVIEWERS / race->count;
		race->programs[i] = race_start_program(url, i * reviewers, PROCESSES, reviewers / PROCESSES);
	}
}

static void end(struct race *race, uint64_t begin_ms)
{
	for (int i = 0; i < race->count; i++) {
		race_end_program(&race->programs[i]);
	}
	assert_int_equal(case_ask(&race->of, "SELECT count(*) FROM claim WHERE kind = 'assigned'"), rounds());
	assert_int_equal(case_ask(&race->of, "SELECT count(DISTINCT event) FROM outbox WHERE template = 'assigned'"),
			 rounds());
	case_audit(&race->of);
	print_message("%d rounds in %d s: %d won, %d taken, %d told, %d killed, %d repeated, %d restarts\n", rounds(),
		      (int)((clock_now_ms() - begin_ms) / 1000), race->tally.won, race->tally.taken, race->tally.told,
		      race->tally.killed, race->tally.repeated, race->restarts);
	case_close(&race->of);
}

static void run_one(const char *url, bool kills)
{
	static struct race race;
	uint64_t begin_ms = clock_now_ms();

	begin(&race, url);
	for (int round = 0; round < rounds(); round++) {
		run_round(&race, round, kills);
	}
	end(&race, begin_ms);
}

static void run_race(const char *url)
{
	run_one(url, false);
}

static void run_race_with_kills(const char *url)
{
	run_one(url, true);
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

static void test_one_of_all_is_assigned_though_the_server_is_restarted(void **state)
{
	const char *server = getenv("BERTH_TEST_POSTGRES");

	(void)state;
	assert_non_null(server);
	store_case_postgres(server, run_race_with_kills);
}

int main(int count, char *arguments[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_of_all_is_assigned),
		cmocka_unit_test(test_one_of_all_is_assigned_though_some_are_killed),
	};
	const struct CMUnitTest with_restarts[] = {
		cmocka_unit_test(test_one_of_all_is_assigned_though_the_server_is_restarted),
	};

	if (count == 6 && strcmp(arguments[1], "--reviewers") == 0) {
		return race_program(arguments + 2);
	}
	return getenv("BERTH_RACE_RESTART") != NULL ? cmocka_run_group_tests(with_restarts, NULL, NULL)
						    : cmocka_run_group_tests(tests, NULL, NULL);
}
