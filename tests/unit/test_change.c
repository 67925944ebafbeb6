/* test_change.c - one transaction, one event: what it says, in which order, and that a change that fails or is killed
 * leaves nothing. */
#include "registry_sample.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "store/database_engine.h"

enum { WRITERS = 4, CHANGES_EACH = 20, KILLS = 10, KILLS_LONG = 300, FULL_STEPS = 40 };

static void note_fault(const char *sentence, void *context)
{
	(void)context;
	print_error("%s\n", sentence);
}

static int derive_again(struct entry *entry)
{
	entry_derive(entry);
	return 0;
}

static int64_t expect_whole(struct store *store)
{
	struct audit_result result;

	sample_ok(store, audit_verify(store, derive_again, NULL, 0, note_fault, NULL, &result));
	assert_int_equal(result.faults, 0);
	return result.events;
}

static int write_setting(struct change *change, const char *key, const char *value)
{
	json_t *row = json_pack("{s:s, s:s}", "key", key, "value", value);
	int r = change_insert(change, "setting", row);

	json_decref(row);
	return r;
}

/* ---- what an event says ---- */

struct copy {
	char at[32], why[32], subject[64], body[4096];
};

static int copy_event(const struct audit_event *event, void *context)
{
	struct copy *copy = context;

	(void)snprintf(copy->at, sizeof(copy->at), "%s", event->at);
	(void)snprintf(copy->why, sizeof(copy->why), "%s", event->why);
	(void)snprintf(copy->subject, sizeof(copy->subject), "%s", event->subject);
	(void)snprintf(copy->body, sizeof(copy->body), "%s", event->body);
	return 0;
}

static void write_all_kinds(struct change *change)
{
	json_t *row = json_pack("{s:s, s:s}", "value", "2 \xe2\x82\xac \"q\"\n", "key", "b");
	json_t *key = json_pack("{s:s}", "key", "a");
	json_t *seal = json_pack("{s:i}", "snapshot", 3);
	json_t *note = json_string("n");

	assert_int_equal(write_setting(change, "b", "1"), 0);
	assert_int_equal(write_setting(change, "a", "1"), 0);
	assert_int_equal(change_update(change, "setting", row), 0);
	assert_int_equal(change_delete(change, "setting", key), 0);
	assert_int_equal(change_seal(change, "snapshot_run", seal, "00"), 0);
	assert_int_equal(change_note(change, "apple", note), 0);
	assert_int_equal(change_note(change, "rows", note), -EINVAL);
	json_decref(row);
	json_decref(key);
	json_decref(seal);
	json_decref(note);
}

static void run_says(const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);
	const struct change_by by = { .staff = 1, .act = "try", .why = "so", .at = "2031-01-01T00:00:00Z" };
	struct change *change = NULL;
	struct copy copy;
	int64_t n = 0;

	sample_ok(store, change_begin(store, &by, &change));
	assert_int_equal(change_event(change), 2);
	assert_ptr_equal(change_store(change), store);
	write_all_kinds(change);
	change_subject(change, "thing 1");
	sample_ok(store, change_commit(change, &n));
	assert_int_equal(n, 2);
	sample_ok(store, audit_events(store, 2, 2, NULL, copy_event, &copy));
	assert_string_equal(copy.at, "2031-01-01T00:00:00Z");
	assert_string_equal(copy.why, "so");
	assert_string_equal(copy.subject, "thing 1");
	assert_string_equal(copy.body, "{\"apple\":\"n\",\"rows\":[[\"+\",\"setting\",{\"key\":\"b\",\"value\":\"1\"}],"
				       "[\"+\",\"setting\",{\"key\":\"a\",\"value\":\"1\"}],"
				       "[\"~\",\"setting\",{\"key\":\"b\",\"value\":\"2 \xe2\x82\xac \\\"q\\\"\\n\"}],"
				       "[\"-\",\"setting\",{\"key\":\"a\"}],"
				       "[\"=\",\"snapshot_run\",{\"sha256\":\"00\",\"snapshot\":3}]]}");
	/* A clock that was set back does not turn the order of the events. */
	change = sample_begin(store, "later");
	assert_string_equal(change_at(change), "2031-01-01T00:00:00Z");
	(void)change_abandon(change);
	assert_int_equal(store_case_ask(store_database(store), "SELECT n FROM chain"), 2);
	(void)store_close(store);
}

static void test_an_event_says_what_was_written_in_order(void **state)
{
	(void)state;
	store_case_each(run_says);
}

static void run_personal(const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);
	struct change *change = sample_begin(store, "staff");
	json_t *row = json_pack("{s:i, s:s}", "id", 2, "email", "secret@example.net");
	struct copy copy;
	int64_t id = 0;

	sample_ok(store, staff_add(change, "ann", "Ann Secret", "secret@example.org", &id));
	sample_ok(store, change_update(change, "staff", row));
	json_decref(row);
	sample_commit(store, change);
	sample_ok(store, audit_events(store, 2, 2, NULL, copy_event, &copy));
	assert_null(strstr(copy.body, "ecret"));
	assert_non_null(strstr(copy.body, "\"email\":\"digest:"));
	assert_non_null(strstr(copy.body, "\"login\":\"ann\""));
	assert_non_null(strstr(copy.body, "\"salt\":\"digest:"));
	assert_int_equal(store_case_ask(store_database(store), "SELECT length(salt) FROM staff WHERE id = 2"), 32);
	assert_int_equal(store_case_ask(store_database(store), "SELECT count(DISTINCT salt) FROM staff"), 3);
	assert_int_equal(expect_whole(store), 2);
	(void)store_close(store);
}

static void test_personal_values_stand_in_it_as_digests(void **state)
{
	(void)state;
	store_case_each(run_personal);
}

/* ---- what is refused ---- */

static void expect_refused(struct change *change, const char *table, json_t *row)
{
	assert_non_null(row);
	assert_int_equal(change_insert(change, table, row), -EINVAL);
	assert_string_not_equal(store_complaint(change_store(change)), "");
	json_decref(row);
}

static void run_refused(const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);
	struct change *change = sample_begin(store, "try");
	json_t *row = json_pack("{s:s, s:s}", "key", "none", "value", "x");
	json_t *key = json_pack("{s:s}", "key", "none");

	expect_refused(change, "nothing", json_object());
	expect_refused(change, "event", json_pack("{s:i}", "n", 7));
	expect_refused(change, "entry", json_pack("{s:i}", "id", 7));
	expect_refused(change, "meta", json_pack("{s:s, s:s}", "key", "a", "value", "b"));
	expect_refused(change, "setting", json_pack("{s:s, s:s, s:s}", "key", "a", "value", "b", "more", "c"));
	expect_refused(change, "setting", json_pack("{s:s}", "value", "b"));
	expect_refused(change, "setting", json_pack("{s:n, s:s}", "key", "value", "b"));
	expect_refused(change, "setting", json_pack("{s:s, s:i}", "key", "a", "value", 1));
	expect_refused(change, "setting", json_pack("{s:s, s:s#}", "key", "a", "value", "b\0c", 3));
	expect_refused(change, "band", json_pack("{s:s}", "lo", "1"));
	assert_int_equal(change_update(change, "setting", row), -ENOENT);
	assert_int_equal(change_delete(change, "setting", key), -ENOENT);
	json_decref(row);
	json_decref(key);
	sample_commit(store, change);
	assert_int_equal(expect_whole(store), 2);
	(void)store_close(store);
}

static void test_rows_that_do_not_fit_their_table_are_refused(void **state)
{
	(void)state;
	store_case_each(run_refused);
}

static void run_failed(const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);
	struct change *change = sample_begin(store, "try");

	sample_ok(store, write_setting(change, "a", "1"));
	assert_int_equal(write_setting(change, "a", "2"), -EEXIST);
	assert_true(change_commit(change, NULL) < 0);
	assert_int_equal(expect_whole(store), 1);
	assert_int_equal(store_case_ask(store_database(store), "SELECT count(*) FROM setting"), 0);
	(void)store_close(store);
}

static void test_a_change_in_which_something_failed_leaves_nothing(void **state)
{
	(void)state;
	store_case_each(run_failed);
}

static void run_busy(const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);
	struct store *other = sample_open(url, STORE_WRITE);
	const struct change_by by = { .staff = 1, .act = "try" };
	struct change *second = NULL;
	struct change *change = sample_begin(store, "try");

	assert_int_equal(database_set_patience(store_database(other), 50), 0);
	assert_int_equal(change_begin(other, &by, &second), -EBUSY);
	assert_null(second);
	assert_non_null(strstr(store_complaint(other), "another program writes"));
	sample_commit(store, change);
	sample_ok(other, change_begin(other, &by, &second));
	assert_int_equal(change_event(second), 3);
	sample_commit(other, second);
	(void)store_close(other);
	(void)store_close(store);
}

static void test_a_second_writer_waits_and_is_told(void **state)
{
	(void)state;
	store_case_each(run_busy);
}

/* ---- no space ---- */

static int write_big(struct store *store, int step)
{
	static char value[20000];
	const struct change_by by = { .staff = 1, .act = "big", .subject = "setting" };
	struct change *change = NULL;
	char key[16];
	int r = change_begin(store, &by, &change);

	memset(value, 'x', sizeof(value) - 1);
	(void)snprintf(key, sizeof(key), "key-%d", step);
	if (r < 0) {
		return r;
	}
	r = write_setting(change, key, value);
	if (r < 0) {
		(void)change_abandon(change);
		return r;
	}
	return change_commit(change, NULL);
}

static void limit_pages(struct store *store, int64_t pages)
{
	char sql[64];

	(void)snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %lld", (long long)pages);
	assert_int_equal(database_run(store_database(store), sql), 0);
}

static void run_full(const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);
	int64_t pages = store_case_ask(store_database(store), "PRAGMA page_count");
	int refused = 0;

	for (int step = 0; step < FULL_STEPS; step++) {
		int64_t events = store_case_ask(store_database(store), "SELECT n FROM chain");
		limit_pages(store, pages + step);
		int r = write_big(store, step);
		assert_true(r == 0 || r == -ENOSPC);
		refused += r < 0;
		assert_true(r == 0 || strstr(store_complaint(store), "no space") != NULL);
		assert_int_equal(expect_whole(store), events + (r == 0));
	}
	assert_in_range(refused, 1, FULL_STEPS - 1);
	limit_pages(store, 100000);
	sample_ok(store, write_big(store, FULL_STEPS));
	(void)expect_whole(store);
	(void)store_close(store);
}

static void test_a_full_disk_leaves_nothing_half_done(void **state)
{
	(void)state;
	store_case_sqlite(run_full);
}

/* ---- many writers, and dead ones ---- */

static void write_many(const char *url, int writer, int count, int told)
{
	struct store *store = sample_open(url, STORE_WRITE);
	char key[32];

	for (int i = 0; i < count; i++) {
		struct change *change = sample_begin(store, "race");
		int64_t n = 0;
		(void)snprintf(key, sizeof(key), "%d-%d-%d", (int)getpid(), writer, i);
		sample_ok(store, write_setting(change, key, "x"));
		sample_ok(store, change_commit(change, &n));
		if (told >= 0 && write(told, &n, sizeof(n)) != sizeof(n)) {
			break;
		}
	}
	(void)store_close(store);
}

static void run_race(const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);
	pid_t writers[WRITERS];

	(void)store_close(store);
	for (int i = 0; i < WRITERS; i++) {
		writers[i] = fork();
		if (writers[i] == 0) {
			write_many(url, i, CHANGES_EACH, -1);
			_exit(0);
		}
	}
	for (int i = 0; i < WRITERS; i++) {
		int status = -1;
		assert_int_equal(waitpid(writers[i], &status, 0), writers[i]);
		assert_int_equal(status, 0);
	}
	store = sample_open(url, STORE_READ);
	assert_int_equal(expect_whole(store), 1 + WRITERS * CHANGES_EACH);
	(void)store_close(store);
}

static void test_writers_at_one_time_make_one_chain(void **state)
{
	(void)state;
	store_case_each(run_race);
}

/* What was told before the kill is there, and at most one change more. */
static void kill_one(const char *url, useconds_t wait_us)
{
	int told[2];
	int64_t n = 0;
	int64_t last = 0;

	assert_int_equal(pipe2(told, O_CLOEXEC), 0);
	pid_t writer = fork();
	if (writer == 0) {
		(void)close(told[0]);
		write_many(url, 0, 100000, told[1]);
		_exit(0);
	}
	(void)close(told[1]);
	(void)usleep(wait_us);
	assert_int_equal(kill(writer, SIGKILL), 0);
	assert_int_equal(waitpid(writer, NULL, 0), writer);
	while (read(told[0], &n, sizeof(n)) == sizeof(n)) {
		last = n;
	}
	(void)close(told[0]);
	struct store *store = sample_open(url, STORE_WRITE);
	int64_t events = expect_whole(store);
	assert_true(last == 0 || (events >= last && events <= last + 1));
	(void)store_close(store);
}

static void run_kills(const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);
	int kills = getenv("BERTH_LONG") != NULL ? KILLS_LONG : KILLS;

	(void)store_close(store);
	for (int i = 0; i < kills; i++) {
		kill_one(url, 3000 + (useconds_t)(i * 7919 % 30000));
	}
}

static void test_a_killed_writer_leaves_whole_events(void **state)
{
	(void)state;
	store_case_each(run_kills);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_event_says_what_was_written_in_order),
		cmocka_unit_test(test_personal_values_stand_in_it_as_digests),
		cmocka_unit_test(test_rows_that_do_not_fit_their_table_are_refused),
		cmocka_unit_test(test_a_change_in_which_something_failed_leaves_nothing),
		cmocka_unit_test(test_a_second_writer_waits_and_is_told),
		cmocka_unit_test(test_a_full_disk_leaves_nothing_half_done),
		cmocka_unit_test(test_writers_at_one_time_make_one_chain),
		cmocka_unit_test(test_a_killed_writer_leaves_whole_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
