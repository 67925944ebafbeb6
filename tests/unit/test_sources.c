/* test_sources.c - what a source may have unfinished and how fast it may call, in virtual time; which source gives way
 * when a set is full; and two processes that count in one table at once. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "rendezvous/sources.h"

enum {
	MODEL_STEPS = 100000,
	MODEL_KEYS = 40,
	MODEL_CALLS_MAX = 200,
	CHILDREN = 2,
	ROUNDS = 20000,
	LIMIT = 3,
};

#define SECOND UINT64_C(1000000000)

static const struct source_limits no_limits = { 0 };

struct shared {
	struct sources sources;
	_Atomic uint32_t inside;
	_Atomic uint32_t most;
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

static int make_sources(void **state)
{
	void *shared = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(shared != MAP_FAILED);
	((struct shared *)shared)->sources.secret = 0x5eed;
	*state = shared;
	return 0;
}

static int free_sources(void **state)
{
	return munmap(*state, sizeof(struct shared));
}

static uint32_t enter(struct sources *sources, unsigned column, uint64_t key, const struct source_limits *limits,
		      uint64_t now_ns)
{
	uint32_t entry = SOURCE_UNCOUNTED - 1;

	assert_int_equal(sources_enter(sources, column, key, limits, now_ns, &entry), 0);
	return entry;
}

static void refuse(struct sources *sources, unsigned column, uint64_t key, const struct source_limits *limits,
		   uint64_t now_ns)
{
	uint32_t entry = 4711;

	assert_int_equal(sources_enter(sources, column, key, limits, now_ns, &entry), -EDQUOT);
	assert_int_equal(entry, 4711);
}

static uint32_t unfinished(const struct sources *sources, uint32_t entry)
{
	uint32_t sum = 0;

	for (int column = 0; column < ACCEPTOR_COLUMNS_MAX; column++) {
		sum += atomic_load(&sources->entries[entry].unfinished[column]);
	}
	return sum;
}

static uint32_t all_unfinished(const struct sources *sources)
{
	uint32_t sum = 0;

	for (uint32_t entry = 0; entry < SOURCES_MAX; entry++) {
		sum += unfinished(sources, entry);
	}
	return sum;
}

/* Columns count together: a source gains nothing by meeting several acceptors. */
static void calls_are_limited_exactly(void **state)
{
	struct sources *sources = *state;

	for (uint32_t limit = 1; limit <= 100; limit += 33) {
		const struct source_limits limits = { .calls = limit };
		uint32_t entry = 0;
		for (uint32_t i = 0; i < limit; i++) {
			entry = enter(sources, i % ACCEPTOR_COLUMNS_MAX, 1000 + limit, &limits, i);
		}
		refuse(sources, 0, 1000 + limit, &limits, limit);
		refuse(sources, 1, 1000 + limit, &limits, limit);
		assert_int_equal(unfinished(sources, entry), limit);
		sources_leave(sources, 0, entry);
		assert_int_equal(enter(sources, 5, 1000 + limit, &limits, limit), entry);
		refuse(sources, 6, 1000 + limit, &limits, limit);
		assert_int_equal(unfinished(sources, enter(sources, 0, 5000 + limit, &limits, limit)), 1);
	}
}

static void rate_is_limited_exactly(void **state)
{
	struct sources *sources = *state;
	const struct source_limits limits = { .per_second = 10, .burst = 5 };
	const uint64_t interval_ns = SECOND / 10;
	uint64_t now_ns = 77 * SECOND;

	for (int i = 0; i < 5; i++) {
		(void)enter(sources, 0, 1, &limits, now_ns);
	}
	refuse(sources, 0, 1, &limits, now_ns);
	(void)enter(sources, 0, 2, &limits, now_ns);
	for (int i = 0; i < 20; i++) { /* then one for each interval, not a nanosecond earlier */
		now_ns += interval_ns;
		refuse(sources, 0, 1, &limits, now_ns - 1);
		(void)enter(sources, 0, 1, &limits, now_ns);
		refuse(sources, 0, 1, &limits, now_ns);
	}
	now_ns += 3 * interval_ns;
	for (int i = 0; i < 3; i++) {
		(void)enter(sources, 0, 1, &limits, now_ns);
	}
	refuse(sources, 0, 1, &limits, now_ns);
	now_ns += 3600 * SECOND; /* what is not used is not saved beyond the burst */
	for (int i = 0; i < 5; i++) {
		(void)enter(sources, 0, 1, &limits, now_ns);
	}
	refuse(sources, 0, 1, &limits, now_ns);
}

/* A bucket with a level, as it is mostly told, decides the same over any times. */
static void rate_equals_a_leaking_bucket(void **state)
{
	struct sources *sources = *state;
	const struct source_limits limits = { .per_second = 333, .burst = 7 };
	const uint64_t interval_ns = SECOND / 333;
	uint64_t now_ns = SECOND;
	uint64_t level_ns = 0;

	for (int step = 0; step < MODEL_STEPS; step++) {
		uint64_t passed_ns = next_random() % (next_random() % 50 == 0 ? 20 * interval_ns : interval_ns);
		now_ns += passed_ns;
		level_ns = level_ns > passed_ns ? level_ns - passed_ns : 0;
		if (level_ns + interval_ns <= 7 * interval_ns) {
			level_ns += interval_ns;
			sources_leave(sources, 0, enter(sources, 0, 1, &limits, now_ns));
		} else {
			refuse(sources, 0, 1, &limits, now_ns);
		}
	}
}

static void refusals_count_nothing(void **state)
{
	struct sources *sources = *state;
	const struct source_limits slow = { .per_second = 1, .burst = 1 };
	const struct source_limits both = { .calls = 1, .per_second = 1, .burst = 2 };
	uint32_t entry = enter(sources, 0, 1, &slow, SECOND);

	for (int i = 0; i < 10; i++) {
		refuse(sources, 0, 1, &slow, SECOND);
	}
	assert_int_equal(unfinished(sources, entry), 1);
	sources_leave(sources, 0, entry);
	assert_int_equal(all_unfinished(sources), 0);
	entry = enter(sources, 0, 2, &both, SECOND);
	for (int i = 0; i < 10; i++) { /* over its calls: that takes nothing from its rate */
		refuse(sources, 0, 2, &both, SECOND);
	}
	sources_leave(sources, 0, entry);
	(void)enter(sources, 0, 2, &both, SECOND);
}

static void without_limits(void **state)
{
	struct sources *sources = *state;
	uint32_t entry = 0;

	for (int i = 0; i < UINT16_MAX; i++) {
		entry = enter(sources, 0, 1, &no_limits, 1);
	}
	refuse(sources, 0, 1, &no_limits, 1); /* the counter stops at its end and does not go round */
	assert_int_equal(unfinished(sources, entry), UINT16_MAX);
}

/* Nine sources whose places are the ways of one set. */
static void find_crowd(struct sources *sources, uint64_t keys[SOURCE_WAYS + 1])
{
	uint32_t set = 0;

	for (uint64_t key = 1, found = 0; found <= SOURCE_WAYS; key++) {
		struct caller_source *first;
		uint32_t entry = enter(sources, 0, key, &no_limits, 1);
		sources_leave(sources, 0, entry);
		if (found == 0) {
			set = entry / SOURCE_WAYS;
		}
		if (entry / SOURCE_WAYS == set) {
			keys[found++] = key;
		}
		first = &sources->entries[entry - entry % SOURCE_WAYS];
		memset(first, 0, SOURCE_WAYS * sizeof(*first));
	}
}

static bool is_known(const struct sources *sources, uint64_t key)
{
	for (uint32_t entry = 0; entry < SOURCES_MAX; entry++) {
		if (atomic_load(&sources->entries[entry].key) == key) {
			return true;
		}
	}
	return false;
}

static void oldest_gives_way(void **state)
{
	static const int order[SOURCE_WAYS] = { 3, 1, 4, 0, 5, 7, 2, 6 };
	struct sources *sources = *state;
	uint64_t keys[SOURCE_WAYS + 1];

	find_crowd(sources, keys);
	for (int way = 0; way < SOURCE_WAYS; way++) {
		sources_leave(sources, 0, enter(sources, 0, keys[way], &no_limits, 1));
	}
	for (uint64_t i = 0; i < SOURCE_WAYS; i++) { /* now used in another order than they came */
		sources_leave(sources, 0, enter(sources, 0, keys[order[i]], &no_limits, 10 + i));
	}
	sources_leave(sources, 0, enter(sources, 0, keys[SOURCE_WAYS], &no_limits, 50));
	assert_false(is_known(sources, keys[3]));
	for (uint64_t i = 1; i < SOURCE_WAYS; i++) {
		assert_true(is_known(sources, keys[order[i]]));
	}
	sources_leave(sources, 0, enter(sources, 0, keys[3], &no_limits, 51));
	assert_false(is_known(sources, keys[1]));
	assert_true(is_known(sources, keys[SOURCE_WAYS]));
	assert_int_equal(atomic_load(&sources->crowded), 0);
}

static void unfinished_calls_keep_their_entry(void **state)
{
	struct sources *sources = *state;
	const struct source_limits one = { .calls = 1 };
	uint64_t keys[SOURCE_WAYS + 1];
	uint32_t entries[SOURCE_WAYS];

	find_crowd(sources, keys);
	for (int way = 0; way < SOURCE_WAYS; way++) {
		entries[way] = enter(sources, (unsigned)way, keys[way], &one, 10 + (uint64_t)way);
	}
	/* Nobody gives way: the ninth is served without being counted, however often. */
	for (uint64_t i = 1; i <= 3; i++) {
		uint32_t entry = enter(sources, 0, keys[SOURCE_WAYS], &one, 50);
		assert_int_equal(entry, SOURCE_UNCOUNTED);
		assert_int_equal(atomic_load(&sources->crowded), i);
		sources_leave(sources, 0, entry);
	}
	assert_int_equal(all_unfinished(sources), SOURCE_WAYS);
	for (int way = 0; way < SOURCE_WAYS; way++) {
		refuse(sources, 9, keys[way], &one, 60);
	}
	/* The one that is finished gives way, though it is not the oldest. */
	sources_leave(sources, 6, entries[6]);
	assert_int_equal(enter(sources, 3, keys[SOURCE_WAYS], &one, 70), entries[6]);
	assert_int_equal(enter(sources, 0, keys[6], &one, 71), SOURCE_UNCOUNTED);
}

static void who_comes_after_begins_anew(void **state)
{
	struct sources *sources = *state;
	const struct source_limits slow = { .per_second = 1, .burst = 1 };
	uint64_t keys[SOURCE_WAYS + 1];

	find_crowd(sources, keys);
	for (int way = 0; way < SOURCE_WAYS; way++) {
		sources_leave(sources, 0, enter(sources, 0, keys[way], &slow, SECOND + (uint64_t)way));
		refuse(sources, 0, keys[way], &slow, SECOND + (uint64_t)way);
	}
	sources_leave(sources, 0, enter(sources, 0, keys[SOURCE_WAYS], &slow, SECOND + 20));
	refuse(sources, 0, keys[SOURCE_WAYS], &slow, SECOND + 20);
}

static void a_column_is_forgotten(void **state)
{
	struct sources *sources = *state;
	uint32_t entries[100];

	for (uint64_t i = 0; i < 100; i++) {
		for (unsigned column = 0; column < ACCEPTOR_COLUMNS_MAX; column++) {
			entries[i] = enter(sources, column, 1 + i, &no_limits, 1);
		}
	}
	assert_int_equal(all_unfinished(sources), 100 * ACCEPTOR_COLUMNS_MAX);
	sources_forget_column(sources, 7);
	assert_int_equal(all_unfinished(sources), 100 * (ACCEPTOR_COLUMNS_MAX - 1));
	for (int i = 0; i < 100; i++) {
		assert_int_equal(atomic_load(&sources->entries[entries[i]].unfinished[7]), 0);
		assert_int_equal(atomic_load(&sources->entries[entries[i]].unfinished[6]), 1);
	}
	sources_forget_column(sources, 7);
	assert_int_equal(all_unfinished(sources), 100 * (ACCEPTOR_COLUMNS_MAX - 1));
}

struct held {
	uint64_t key;
	unsigned column;
	uint32_t entry;
};

/* Many sources, many columns, any order: the table says what a plain list of calls says. */
static void counts_equal_the_calls(void **state)
{
	struct sources *sources = *state;
	struct held calls[MODEL_CALLS_MAX];
	const struct source_limits limits = { .calls = 6 };
	uint32_t of_key[MODEL_KEYS] = { 0 };
	uint32_t count = 0;

	for (uint64_t step = 0; step < MODEL_STEPS; step++) {
		uint32_t chosen = next_random() % MODEL_KEYS;
		struct held call = { .key = 1 + chosen, .column = next_random() % ACCEPTOR_COLUMNS_MAX };
		if (count == MODEL_CALLS_MAX || (count > 0 && next_random() % 2 == 0)) {
			uint32_t any = next_random() % count;
			sources_leave(sources, calls[any].column, calls[any].entry);
			of_key[calls[any].key - 1]--;
			calls[any] = calls[--count];
		} else if (of_key[chosen] == 6) {
			refuse(sources, call.column, call.key, &limits, step);
		} else {
			call.entry = enter(sources, call.column, call.key, &limits, step);
			calls[count++] = call;
			of_key[chosen]++;
			assert_int_equal(unfinished(sources, call.entry), of_key[chosen]);
		}
	}
	assert_int_equal(all_unfinished(sources), count);
	assert_int_equal(atomic_load(&sources->crowded), 0);
}

static void leave_all(struct shared *shared, unsigned column, const uint32_t *mine, uint32_t *held)
{
	while (*held > 0) {
		(void)atomic_fetch_sub(&shared->inside, 1);
		sources_leave(&shared->sources, column, mine[--*held]);
	}
}

static void note_inside(struct shared *shared)
{
	uint32_t inside = atomic_fetch_add(&shared->inside, 1) + 1;
	uint32_t most = atomic_load(&shared->most);

	while (most < inside && !atomic_compare_exchange_weak(&shared->most, &most, inside)) {
	}
}

static void call_and_leave(struct shared *shared, unsigned column)
{
	const struct source_limits limits = { .calls = LIMIT };
	uint32_t mine[LIMIT];
	uint32_t held = 0;

	(void)atomic_fetch_add(&shared->started, 1);
	while (atomic_load(&shared->started) < CHILDREN) {
		(void)usleep(100);
	}
	for (uint64_t round = 0; round < ROUNDS; round++) {
		uint32_t entry;
		if (held < LIMIT && sources_enter(&shared->sources, column, 1, &limits, round, &entry) == 0) {
			note_inside(shared);
			mine[held++] = entry;
		} else {
			leave_all(shared, column, mine, &held);
		}
	}
	leave_all(shared, column, mine, &held);
	_exit(0);
}

/* Two that look at the same moment cannot both come in; what they leave is nothing. */
static void two_acceptors_at_once(void **state)
{
	struct shared *shared = *state;
	pid_t children[CHILDREN];

	for (unsigned column = 0; column < CHILDREN; column++) {
		children[column] = fork();
		assert_true(children[column] >= 0);
		if (children[column] == 0) {
			call_and_leave(shared, column);
		}
	}
	for (int i = 0; i < CHILDREN; i++) {
		int status;
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	assert_in_range(atomic_load(&shared->most), 1, LIMIT);
	assert_int_equal(all_unfinished(&shared->sources), 0);
}

#define WITH_SOURCES(test) cmocka_unit_test_setup_teardown(test, make_sources, free_sources)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SOURCES(calls_are_limited_exactly),
		WITH_SOURCES(rate_is_limited_exactly),
		WITH_SOURCES(rate_equals_a_leaking_bucket),
		WITH_SOURCES(refusals_count_nothing),
		WITH_SOURCES(without_limits),
		WITH_SOURCES(oldest_gives_way),
		WITH_SOURCES(unfinished_calls_keep_their_entry),
		WITH_SOURCES(who_comes_after_begins_anew),
		WITH_SOURCES(a_column_is_forgotten),
		WITH_SOURCES(counts_equal_the_calls),
		WITH_SOURCES(two_acceptors_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
