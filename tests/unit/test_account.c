/* test_account.c - the slot table of an account: one process at a time and eight of them at once.
 *
 * What is claimed by several processes lives in shared memory, as it does in berth; a child says by its exit status
 * whether it saw anything wrong. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "rendezvous/account.h"

enum {
	CHILDREN = 8,
	ROUNDS = 2000,
	MODEL_STEPS = 20000,
	MODEL_SLOTS = 64,
	PLACES = 5,
	SOURCES = 4,
	LIMIT = 3,
	KILLS = 100,
};

#define REQUIRE(condition)          \
	do {                        \
		if (!(condition)) { \
			_exit(1);   \
		}                   \
	} while (0)

/* What the children and the test see together. */
struct shared {
	struct account account;
	_Atomic uint32_t holders[ACCOUNT_SLOTS]; /* how many believe that the slot is theirs */
	_Atomic uint32_t claimed;
	_Atomic uint32_t admitted;
	_Atomic uint32_t started;
};

static uint32_t next_random(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32);
}

static int make_shared(void **state)
{
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(shared != MAP_FAILED);
	account_init(&shared->account);
	*state = shared;
	return 0;
}

static int free_shared(void **state)
{
	return munmap(*state, sizeof(struct shared));
}

/* All begin together, or the first would be done before the last is there. */
static void wait_for_all(struct shared *shared)
{
	(void)atomic_fetch_add(&shared->started, 1);
	while (atomic_load(&shared->started) < CHILDREN) {
		(void)usleep(100);
	}
}

static void start_children(struct shared *shared, void (*work)(struct shared *shared, uint32_t number),
			   pid_t children[CHILDREN])
{
	for (uint32_t number = 0; number < CHILDREN; number++) {
		children[number] = fork();
		assert_true(children[number] >= 0);
		if (children[number] == 0) {
			wait_for_all(shared);
			work(shared, number);
			_exit(0);
		}
	}
}

static void expect_success(const pid_t children[CHILDREN])
{
	for (int i = 0; i < CHILDREN; i++) {
		int status;
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
}

static void run_children(struct shared *shared, void (*work)(struct shared *shared, uint32_t number))
{
	pid_t children[CHILDREN];

	start_children(shared, work, children);
	expect_success(children);
}

static void every_slot_once_then_full(void **state)
{
	struct account *account = &((struct shared *)*state)->account;

	for (int slot = 0; slot < ACCOUNT_SLOTS; slot++) {
		assert_int_equal(account_claim(account, 7, 11, 100), slot);
	}
	assert_int_equal(account_claim(account, 7, 11, 100), -EAGAIN);
	assert_int_equal(account_count(account, 7, 11).of_function, ACCOUNT_SLOTS);
	account_release(account, 1234);
	assert_int_equal(account_count(account, 7, 11).of_source, ACCOUNT_SLOTS - 1);
	assert_int_equal(account_claim(account, 8, 12, 101), 1234);
	assert_int_equal(account_claim(account, 8, 12, 101), -EAGAIN);
	assert_int_equal(atomic_load(&account->owners[1234]), 101);
	assert_int_equal(atomic_load(&account->sources[1234]), 12);
}

static void high_water_mark(void **state)
{
	struct account *account = &((struct shared *)*state)->account;

	assert_int_equal(account_high(account), 0);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(account_claim(account, 0, 1, 1), i);
		assert_int_equal(account_high(account), i + 1);
	}
	for (int i = 0; i < 10; i++) {
		account_release(account, i);
	}
	assert_int_equal(account_high(account), 10);
	assert_int_equal(account_claim(account, 0, 1, 1), 0);
	assert_int_equal(account_high(account), 10);
}

static void release_leaves_nothing(void **state)
{
	struct account *account = &((struct shared *)*state)->account;
	int slot = account_claim(account, 3, 5, 42);
	struct slot_detail *detail = &account->details[slot];

	atomic_store(&account->pids[slot], 4711);
	atomic_store(&detail->kind, SLOT_INSTANCE);
	atomic_store(&detail->phase, SLOT_READY);
	atomic_store(&detail->port, 61000);
	atomic_store(&detail->connected, 1);
	atomic_store(&detail->terminated_ms, 1);
	memcpy(detail->key, "main", 5);
	account_release(account, slot);
	assert_int_equal(atomic_load(&account->places[slot]), PLACE_FREE);
	assert_int_equal(atomic_load(&account->pids[slot]), 0);
	assert_int_equal(atomic_load(&account->owners[slot]), 0);
	assert_int_equal(atomic_load(&account->sources[slot]), 0);
	assert_int_equal(atomic_load(&detail->kind), SLOT_PROCESS);
	assert_int_equal(atomic_load(&detail->phase), SLOT_STARTING);
	assert_int_equal(atomic_load(&detail->port), 0);
	assert_int_equal(atomic_load(&detail->connected), 0);
	assert_int_equal(atomic_load(&detail->terminated_ms), 0);
	/* The next one there is no instance of that key, although its key still stands in memory. */
	assert_int_equal(account_claim(account, 3, 5, 42), slot);
	assert_int_equal(account_find_instance(account, 3, "main"), -ENOENT);
}

static void finding_a_process(void **state)
{
	struct account *account = &((struct shared *)*state)->account;

	assert_int_equal(account_find_pid(account, 1000), -ENOENT);
	for (int i = 0; i < 20; i++) {
		int slot = account_claim(account, 0, 1, 1);
		atomic_store(&account->pids[slot], 1000 + i);
	}
	for (int i = 0; i < 20; i++) {
		assert_int_equal(account_find_pid(account, 1000 + i), i);
	}
	assert_int_equal(account_find_pid(account, 1020), -ENOENT);
	account_release(account, 5);
	assert_int_equal(account_find_pid(account, 1005), -ENOENT);
	assert_int_equal(account_find_pid(account, 1019), 19);
}

static int claim_instance(struct account *account, uint32_t place, const char *key)
{
	int slot = account_claim(account, place, 1, 1);

	memset(account->details[slot].key, 0, sizeof(account->details[slot].key));
	memcpy(account->details[slot].key, key, strlen(key));
	atomic_store(&account->details[slot].kind, SLOT_INSTANCE);
	return slot;
}

static void finding_an_instance(void **state)
{
	struct account *account = &((struct shared *)*state)->account;
	char longest[KEY_MAX + 1] = "";

	memset(longest, 'k', KEY_MAX);
	assert_int_equal(account_find_instance(account, 3, ""), -ENOENT);
	assert_int_equal(account_claim(account, 3, 1, 1), 0); /* a process without a key is no instance */
	assert_int_equal(account_find_instance(account, 3, ""), -ENOENT);
	int empty = claim_instance(account, 3, "");
	int long_one = claim_instance(account, 3, longest);
	int main_one = claim_instance(account, 3, "main");
	int other_function = claim_instance(account, 4, "main");
	int second = claim_instance(account, 3, "main");
	assert_int_equal(account_find_instance(account, 3, ""), empty);
	assert_int_equal(account_find_instance(account, 3, longest), long_one);
	longest[KEY_MAX - 1] = '\0';
	assert_int_equal(account_find_instance(account, 3, longest), -ENOENT);
	assert_int_equal(account_find_instance(account, 3, "main"), main_one);
	assert_int_equal(account_find_instance(account, 3, "mai"), -ENOENT);
	assert_int_equal(account_find_instance(account, 4, "main"), other_function);
	atomic_store(&account->details[main_one].terminated_ms, 1); /* it was told to end */
	assert_int_equal(account_find_instance(account, 3, "main"), second);
	account_release(account, second);
	assert_int_equal(account_find_instance(account, 3, "main"), -ENOENT);
}

struct model_slot {
	bool taken;
	uint32_t place;
	uint64_t source;
};

static void expect_counts(const struct account *account, const struct model_slot *model)
{
	uint32_t place = next_random() % PLACES;
	uint64_t source = next_random() % SOURCES + 1;
	struct slot_counts counts = account_count(account, place, source);
	uint32_t of_function = 0;
	uint32_t of_source = 0;

	for (int slot = 0; slot < MODEL_SLOTS; slot++) {
		of_function += model[slot].taken && model[slot].place == place;
		of_source += model[slot].taken && model[slot].place == place && model[slot].source == source;
	}
	assert_int_equal(counts.of_function, of_function);
	assert_int_equal(counts.of_source, of_source);
}

/* A claim or the release of any slot at any moment; what is counted is what a plain list holds. */
static void counts_equal_what_lives(void **state)
{
	struct account *account = &((struct shared *)*state)->account;
	struct model_slot model[MODEL_SLOTS] = { 0 };

	for (int step = 0; step < MODEL_STEPS; step++) {
		int any = (int)(next_random() % MODEL_SLOTS);
		if (model[any].taken) {
			account_release(account, any);
			model[any].taken = false;
		} else {
			struct model_slot added = { true, next_random() % PLACES, next_random() % SOURCES + 1 };
			int slot = account_claim(account, added.place, added.source, 1);
			assert_in_range(slot, 0, MODEL_SLOTS - 1);
			assert_false(model[slot].taken);
			model[slot] = added;
		}
		expect_counts(account, model);
	}
}

static void claim_all(struct shared *shared, uint32_t number)
{
	for (;;) {
		int slot = account_claim(&shared->account, number, number + 1, (pid_t)number + 1);
		if (slot == -EAGAIN) {
			return;
		}
		REQUIRE(slot >= 0 && slot < ACCOUNT_SLOTS && slot < account_high(&shared->account));
		REQUIRE(atomic_fetch_add(&shared->holders[slot], 1) == 0);
		(void)atomic_fetch_add(&shared->claimed, 1);
	}
}

static void eight_fill_the_table(void **state)
{
	struct shared *shared = *state;
	uint32_t sum = 0;

	run_children(shared, claim_all);
	assert_int_equal(atomic_load(&shared->claimed), ACCOUNT_SLOTS);
	for (int slot = 0; slot < ACCOUNT_SLOTS; slot++) {
		uint32_t place = atomic_load(&shared->account.places[slot]);
		assert_in_range(place, 0, CHILDREN - 1);
		assert_int_equal(atomic_load(&shared->account.sources[slot]), place + 1);
		assert_int_equal(atomic_load(&shared->account.owners[slot]), place + 1);
	}
	for (uint32_t number = 0; number < CHILDREN; number++) {
		struct slot_counts counts = account_count(&shared->account, number, number + 1);
		assert_int_equal(counts.of_function, counts.of_source);
		sum += counts.of_function;
	}
	assert_int_equal(sum, ACCOUNT_SLOTS);
}

/* Everybody wants the same few slots all the time. */
static void claim_and_release(struct shared *shared, uint32_t number)
{
	struct account *account = &shared->account;

	for (int round = 0; round < ROUNDS; round++) {
		int slot = account_claim(account, 9, number + 1, (pid_t)number + 1);
		REQUIRE(slot >= 0 && slot < CHILDREN);
		REQUIRE(atomic_fetch_add(&shared->holders[slot], 1) == 0);
		atomic_store(&account->pids[slot], (int32_t)(1000 + number));
		REQUIRE(account_find_pid(account, (pid_t)(1000 + number)) == slot);
		REQUIRE(account_count(account, 9, number + 1).of_source == 1);
		REQUIRE(atomic_load(&account->owners[slot]) == (int32_t)number + 1);
		(void)atomic_fetch_sub(&shared->holders[slot], 1);
		account_release(account, slot);
	}
	(void)atomic_fetch_add(&shared->claimed, 1);
}

static void eight_claim_and_release(void **state)
{
	struct shared *shared = *state;
	pid_t children[CHILDREN];
	uint32_t most = 0;

	start_children(shared, claim_and_release, children);
	while (atomic_load(&shared->claimed) < CHILDREN && waitpid(-1, NULL, WNOHANG | WNOWAIT) <= 0) {
		struct slot_counts counts = account_count(&shared->account, 9, 1);
		most = counts.of_function > most ? counts.of_function : most;
		assert_in_range(account_high(&shared->account), 0, CHILDREN);
	}
	expect_success(children);
	assert_in_range(most, 0, CHILDREN);
	assert_int_equal(account_count(&shared->account, 9, 1).of_function, 0);
	assert_in_range(account_high(&shared->account), 1, CHILDREN);
}

/* Claimed first and counted then: whoever counts last sees all others. */
static void pass_the_limit(struct shared *shared, uint32_t number)
{
	struct account *account = &shared->account;
	const uint64_t source = number % 2 + 1;

	for (int round = 0; round < ROUNDS; round++) {
		int slot = account_claim(account, 2, source, (pid_t)number + 1);
		REQUIRE(slot >= 0);
		if (account_count(account, 2, source).of_function <= LIMIT) {
			REQUIRE(atomic_fetch_add(&shared->admitted, 1) < LIMIT);
			(void)atomic_fetch_add(&shared->claimed, 1);
			(void)atomic_fetch_sub(&shared->admitted, 1);
		}
		account_release(account, slot);
	}
}

static void eight_never_pass_a_limit(void **state)
{
	struct shared *shared = *state;

	run_children(shared, pass_the_limit);
	assert_true(atomic_load(&shared->claimed) > 0);
	assert_int_equal(account_count(&shared->account, 2, 1).of_function, 0);
}

/* A launcher may be killed between any two instructions; what it had claimed comes back all the same. */
static void killed_at_any_moment(void **state)
{
	struct account *account = &((struct shared *)*state)->account;

	for (int i = 0; i < KILLS; i++) {
		int status;
		pid_t child = fork();
		assert_true(child >= 0);
		while (child == 0) { /* NOLINT(bugprone-infinite-loop): until it is killed */
			account_release(account, account_claim(account, 6, 1, getpid()));
		}
		(void)usleep(500 + next_random() % 1000);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		account_release_claims(account, child);
		assert_int_equal(account_count(account, 6, 1).of_function, 0);
		assert_int_equal(account_claim(account, 6, 1, 1), 0);
		account_release(account, 0);
	}
}

static void pauses_double_to_a_minute(void **state)
{
	static const uint64_t seconds[] = { 1, 2, 4, 8, 16, 32, 60, 60, 60 };
	struct function_state *function = &((struct shared *)*state)->account.states[FUNCTIONS_MAX - 1];
	uint64_t now_ms = 5000;

	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
		assert_int_equal(function_state_failed(function, now_ms), seconds[i] * 1000);
		assert_int_equal(atomic_load(&function->paused_until_ms), now_ms + seconds[i] * 1000);
		assert_int_equal(atomic_load(&function->failures), i + 1);
		now_ms += seconds[i] * 1000 + 1;
	}
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(function_state_failed(function, now_ms), 60000);
	}
	function_state_succeeded(function);
	assert_int_equal(atomic_load(&function->failures), 0);
	assert_int_equal(function_state_failed(function, now_ms), 1000);
	assert_int_equal(atomic_load(&function->paused_until_ms), now_ms + 1000);
}

#define WITH_SHARED(test) cmocka_unit_test_setup_teardown(test, make_shared, free_shared)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SHARED(every_slot_once_then_full), WITH_SHARED(high_water_mark),
		WITH_SHARED(release_leaves_nothing),	WITH_SHARED(finding_a_process),
		WITH_SHARED(finding_an_instance),	WITH_SHARED(counts_equal_what_lives),
		WITH_SHARED(eight_fill_the_table),	WITH_SHARED(eight_claim_and_release),
		WITH_SHARED(eight_never_pass_a_limit),	WITH_SHARED(pauses_double_to_a_minute),
		WITH_SHARED(killed_at_any_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
