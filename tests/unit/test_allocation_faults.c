/* test_allocation_faults.c - every allocation fails once: what is told then is -ENOMEM, nothing is kept, and the next
 * try does what the first should have done.
 *
 * Each test runs again and again and fails one allocation later each time, until a run was not hit. */
#include <dirent.h>
#include <unistd.h>

#include "failing_allocations.h"
#include "rendezvous/plan_build.h"
#include "rendezvous/queue.h"
#include "settings_outcome.h"

enum { RUNS_MAX = 1000, FUNCTIONS = 200, NAMES = 50 };

static int descriptors_open(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(folder);
	while (readdir(folder) != NULL) {
		count++;
	}
	(void)closedir(folder);
	return count;
}

/* Does `step` with each allocation failing in turn, then once without.  Returns how many failed. */
static int fail_each(void (*step)(bool is_hit, void *data), void *data)
{
	int before = descriptors_open();

	for (int run = 0; run < RUNS_MAX; run++) {
		fail_allocation(run);
		step(true, data);
		bool was_hit = allocation_failed();
		allocations_succeed();
		assert_int_equal(descriptors_open(), before);
		if (!was_hit) {
			step(false, data);
			return run;
		}
	}
	fail_msg("still failing after %d runs", RUNS_MAX);
	return RUNS_MAX;
}

/* What a step came to, told with faults on: -ENOMEM exactly when one was hit. */
static void expect_outcome(bool is_hit, int r)
{
	bool was_hit = is_hit && allocation_failed();

	assert_int_equal(r < 0 ? r : 0, was_hit ? -ENOMEM : 0);
}

static char *long_text(void)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	(void)fputs("[berthd]\nuser = nobody\n" LISTEN
		    "allow = 192.0.2.0/24, ::1\nfunctions = f1, f2, f3\nsilent = f3\n"
		    "[listen b]\naddress = [::1]:1, unix:/run/x\n",
		    stream);
	for (int i = 0; i < FUNCTIONS; i++) {
		(void)fprintf(stream,
			      "[function f%d]\nhandover = spawn\ncommand = /bin/f \"a b\" %d\nenvironment = A=1 B=2\n"
			      "deny = 10.0.0.0/8, 2001:db8::/32\nread-only = /usr, /etc\n",
			      i, i);
	}
	(void)fputs("[function w]\nhandover = worker\ncommand = /w\nattach-group = nogroup\n"
		    "[function p]\nhandover = port\ncommand = /p\nadmit = 192.0.2.0/24\n",
		    stream);
	(void)fclose(stream);
	return text;
}

static void parse_once(bool is_hit, void *data)
{
	static char words[4096]; /* a stream that allocates nothing while faults are on */
	struct complaints complaints = { .stream = fmemopen(words, sizeof(words), "w") };
	struct settings *settings = NULL;
	const char *text = data;

	assert_non_null(complaints.stream);
	int r = settings_parse("t.conf", text, strlen(text), &complaints, &settings);
	expect_outcome(is_hit, r);
	assert_int_equal(complaints.count, 0);
	assert_int_equal(settings != NULL, r == 0);
	settings_destroy(settings);
	(void)fclose(complaints.stream);
}

static void parsing(void **state)
{
	char *text = long_text();

	(void)state;
	assert_in_range(fail_each(parse_once, text), 3, RUNS_MAX);
	free(text);
}

/* Faults are for what is tested, not for what a test needs. */
static struct function_register *make_register(void)
{
	struct function_register *created = NULL;
	long left = allocations_left;

	allocations_succeed();
	assert_int_equal(function_register_create(&created), 0);
	fail_allocation(left);
	return created;
}

static void build_once(bool is_hit, void *data)
{
	static char words[4096];
	const struct abilities everything = { .change_user = true, .filter_ports = true };
	struct complaints complaints = { .stream = fmemopen(words, sizeof(words), "w") };
	struct function_register *function_register = make_register();

	assert_non_null(complaints.stream);
	int r = plan_build(data, everything, function_register, 1, &complaints);
	expect_outcome(is_hit, r);
	assert_int_equal(complaints.count, 0);
	if (r >= 0) {
		(void)close(r);
	}
	function_register_destroy(function_register);
	(void)fclose(complaints.stream);
}

static void building(void **state)
{
	char *text = long_text();
	struct outcome outcome = accept_text(text);

	(void)state;
	assert_in_range(fail_each(build_once, outcome.settings), 2 * FUNCTIONS, RUNS_MAX);
	finish(&outcome);
	free(text);
}

static void create_register_once(bool is_hit, void *data)
{
	struct function_register *created = NULL;
	int r = function_register_create(&created);

	(void)data;
	expect_outcome(is_hit, r);
	assert_int_equal(created != NULL, r == 0);
	function_register_destroy(created);
}

static void creating_a_register(void **state)
{
	(void)state;
	assert_int_equal(fail_each(create_register_once, NULL), 2);
}

/* Names that could not be told cost nothing: each is told its id when it is asked for again. */
static void name_once(bool is_hit, void *data)
{
	struct function_register *function_register = data;
	uint64_t ids[NAMES] = { 0 };
	int r = 0;

	for (int i = 0; i < NAMES && r == 0; i++) {
		struct name name = { .text = "" };
		(void)snprintf(name.text, sizeof(name.text), "f%d", i);
		r = function_register_id(function_register, &name, 1, &ids[i]);
		assert_int_equal(ids[i] != 0, r == 0);
		for (int k = 0; k < i && r == 0; k++) {
			assert_int_not_equal(ids[i] % FUNCTIONS_MAX, ids[k] % FUNCTIONS_MAX);
		}
	}
	expect_outcome(is_hit, r);
}

static void naming(void **state)
{
	struct function_register *function_register = make_register();

	(void)state;
	assert_in_range(fail_each(name_once, function_register), 1, RUNS_MAX);
	function_register_destroy(function_register);
}

static int name_in(struct function_register *function_register, const char *prefix, int number, uint64_t generation)
{
	struct name name = { .text = "" };
	uint64_t id;

	(void)snprintf(name.text, sizeof(name.text), "%s%d", prefix, number);
	return function_register_id(function_register, &name, generation, &id);
}

/* A place is given away only when all that can fail has not: at the first name and when every place was used. */
static void naming_when_full(void **state)
{
	struct function_register *function_register = make_register();

	(void)state;
	for (int run = 0; run < 2; run++) {
		fail_allocation(run);
		assert_int_equal(name_in(function_register, "lost", run, 1), -ENOMEM);
	}
	allocations_succeed();
	for (int i = 0; i < FUNCTIONS_MAX; i++) {
		assert_int_equal(name_in(function_register, "f", i, 1), 0);
	}
	for (int run = 0; run < 2; run++) {
		fail_allocation(run);
		assert_int_equal(name_in(function_register, "g", run, 3), -ENOMEM);
	}
	allocations_succeed();
	for (int i = 0; i < NAMES; i++) {
		assert_int_equal(name_in(function_register, "g", i, 3), 0);
	}
	assert_int_equal(name_in(function_register, "f", FUNCTIONS_MAX - 1, 3), 0);
	function_register_destroy(function_register);
}

static void create_queue_once(bool is_hit, void *data)
{
	struct queue_ends ends = { -1, -1 };
	uint32_t calls_max = 0;
	int r = queue_create(8, &ends, &calls_max);

	(void)data;
	expect_outcome(is_hit, r);
	queue_close(&ends);
}

/* Nothing to fail: a queue is the kernel's memory alone. */
static void creating_a_queue(void **state)
{
	(void)state;
	assert_int_equal(fail_each(create_queue_once, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parsing), cmocka_unit_test(building),	       cmocka_unit_test(creating_a_register),
		cmocka_unit_test(naming),  cmocka_unit_test(creating_a_queue), cmocka_unit_test(naming_when_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
