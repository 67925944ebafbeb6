/* test_leases.c - lent ports, held against a model that counts everything anew: any order of lending and giving back,
 * the quarantine, and a range of which nothing is left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rendezvous/leases.h"

enum {
	STEPS = 100000,
	FIRST = 61000,
	LAST = 61299,
	RANGE = LAST - FIRST + 1,
	SOURCES = 30,
	MANY_SOURCES = 6000, /* more than there are chains */
	QUARANTINE_MAX_MS = 500,
};

/* What the table should say. */
struct model_port {
	enum lease_state state;
	uint32_t source;
	uint64_t until_ms;
	uint32_t quarantine_ms;
	int descriptor;
};

static uint64_t next_random_long(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static uint32_t next_random(void)
{
	return (uint32_t)(next_random_long() >> 32);
}

static int make_leases(void **state)
{
	*state = calloc(1, sizeof(struct leases));
	return *state != NULL ? 0 : -1;
}

static int free_leases(void **state)
{
	free(*state);
	return 0;
}

static void begin(struct leases *leases, uint16_t port, uint64_t source_key, uint32_t quarantine_ms, int descriptor)
{
	const struct lease lease = { .quarantine_ms = quarantine_ms, .descriptor = descriptor, .account = "nobody" };

	lease_begin(leases, port, source_key, &lease);
}

/* Sets *ret_descriptor only when the port is free then. */
static void expect_not_expired(struct leases *leases, uint16_t port, uint64_t now_ms)
{
	int descriptor = 4711;

	assert_int_equal(lease_expire(leases, port, now_ms, &descriptor), 0);
	assert_int_equal(descriptor, 4711);
}

static void expect_expired(struct leases *leases, uint16_t port, uint64_t now_ms, int expected)
{
	int descriptor = 4711;

	assert_int_equal(lease_expire(leases, port, now_ms, &descriptor), 1);
	assert_int_equal(descriptor, expected);
	assert_int_equal(leases->items[port].descriptor, -1); /* it is the caller's now */
	expect_not_expired(leases, port, UINT64_MAX);
}

static void life_of_a_port(void **state)
{
	struct leases *leases = *state;

	assert_int_equal(lease_next_free(leases, 2000, 2000, 0), 2000);
	expect_not_expired(leases, 2000, UINT64_MAX);
	begin(leases, 2000, 7, 60, 33);
	assert_int_equal(lease_next_free(leases, 2000, 2000, 0), 0);
	assert_int_equal(leases_of_source(leases, 7), 1);
	expect_not_expired(leases, 2000, UINT64_MAX);
	assert_int_equal(lease_end(leases, 2000, 1000), 33);
	assert_int_equal(leases_of_source(leases, 7), 0); /* what rests is not held against the source */
	assert_int_equal(lease_next_free(leases, 2000, 2000, 0), 0);
	expect_not_expired(leases, 2000, 1059);
	expect_expired(leases, 2000, 1060, 33);
	assert_int_equal(lease_next_free(leases, 2000, 2000, 0), 2000);
}

static void no_quarantine(void **state)
{
	struct leases *leases = *state;

	begin(leases, 65535, 7, 0, -1);
	assert_int_equal(lease_end(leases, 65535, 1000), -1);
	expect_expired(leases, 65535, 1000, -1);
	begin(leases, 65535, 7, UINT32_MAX, 5);
	assert_int_equal(lease_end(leases, 65535, 1000), 5);
	expect_not_expired(leases, 65535, 1000 + (uint64_t)UINT32_MAX - 1);
	expect_expired(leases, 65535, 1000 + (uint64_t)UINT32_MAX, 5);
}

static void looking_goes_around_the_end(void **state)
{
	struct leases *leases = *state;

	for (uint32_t random = 0; random < 30; random++) {
		assert_int_equal(lease_next_free(leases, 65526, 65535, random), 65526 + random % 10);
	}
	begin(leases, 65535, 1, 0, -1);
	begin(leases, 65526, 1, 0, -1);
	assert_int_equal(lease_next_free(leases, 65526, 65535, 9), 65527);
	assert_int_equal(lease_next_free(leases, 65526, 65535, UINT32_MAX), 65526 + UINT32_MAX % 10);
	assert_int_equal(lease_next_free(leases, 65535, 65535, 3), 0);
	assert_int_equal(lease_next_free(leases, 1024, 65535, 65535 - 1024), 1024);
}

static uint32_t model_count(const struct model_port *model, uint32_t source)
{
	uint32_t count = 0;

	for (int i = 0; i < RANGE; i++) {
		count += model[i].state == LEASE_LENT && model[i].source == source;
	}
	return count;
}

static uint16_t model_next_free(const struct model_port *model, uint32_t random)
{
	for (uint32_t i = 0; i < RANGE; i++) {
		uint32_t at = (random % RANGE + i) % RANGE;
		if (model[at].state == LEASE_FREE) {
			return (uint16_t)(FIRST + at);
		}
	}
	return 0;
}

static void lend_any(struct leases *leases, struct model_port *model, const uint64_t *keys, int descriptor)
{
	uint32_t random = next_random();
	uint16_t port = lease_next_free(leases, FIRST, LAST, random);

	assert_int_equal(port, model_next_free(model, random));
	if (port > 0) {
		struct model_port *lent = &model[port - FIRST];
		*lent = (struct model_port){ LEASE_LENT, next_random() % SOURCES, 0, next_random() % QUARANTINE_MAX_MS,
					     descriptor };
		begin(leases, port, keys[lent->source], lent->quarantine_ms, descriptor);
	}
}

static void give_back_any(struct leases *leases, struct model_port *model, uint64_t now_ms)
{
	uint32_t any = next_random() % RANGE;

	if (model[any].state == LEASE_LENT) {
		assert_int_equal(lease_end(leases, (uint16_t)(FIRST + any), now_ms), model[any].descriptor);
		model[any].state = LEASE_QUARANTINED;
		model[any].until_ms = now_ms + model[any].quarantine_ms;
	}
}

static void expire_any(struct leases *leases, struct model_port *model, uint64_t now_ms)
{
	uint32_t any = next_random() % RANGE;

	if (model[any].state == LEASE_QUARANTINED && now_ms >= model[any].until_ms) {
		expect_expired(leases, (uint16_t)(FIRST + any), now_ms, model[any].descriptor);
		model[any].state = LEASE_FREE;
	} else {
		expect_not_expired(leases, (uint16_t)(FIRST + any), now_ms);
	}
}

/* Lends more than comes back at times, and less at others, so that the range is full and empty in turn. */
static void any_order(void **state)
{
	struct leases *leases = *state;
	struct model_port model[RANGE] = { 0 };
	uint64_t keys[SOURCES];
	int full = 0;

	for (int i = 0; i < SOURCES; i++) {
		keys[i] = next_random_long();
	}
	for (uint64_t step = 0; step < STEPS; step++) {
		uint32_t share = step / 5000 % 2 == 0 ? 8 : 2;
		if (next_random() % 10 < share) {
			lend_any(leases, model, keys, (int)step);
		} else {
			give_back_any(leases, model, step);
		}
		expire_any(leases, model, step);
		expire_any(leases, model, step);
		uint32_t source = next_random() % SOURCES;
		assert_int_equal(leases_of_source(leases, keys[source]), model_count(model, source));
		full += lease_next_free(leases, FIRST, LAST, 0) == 0;
	}
	assert_true(full > 0);
}

static void expect_all_counts(const struct leases *leases, const uint64_t *keys, const uint32_t *counts)
{
	for (int i = 0; i < MANY_SOURCES; i++) {
		assert_int_equal(leases_of_source(leases, keys[i]), counts[i]);
	}
}

/* Every port there is, lent to more sources than there are chains, and given back from both ends. */
static void everything_lent(void **state)
{
	static uint64_t keys[MANY_SOURCES];
	static uint32_t counts[MANY_SOURCES];
	struct leases *leases = *state;

	for (int i = 0; i < MANY_SOURCES; i++) {
		keys[i] = next_random_long();
	}
	for (uint32_t port = 1; port <= UINT16_MAX; port++) {
		assert_int_equal(lease_next_free(leases, 1, UINT16_MAX, port - 1), port);
		begin(leases, (uint16_t)port, keys[port % MANY_SOURCES], 10, -1);
		counts[port % MANY_SOURCES]++;
	}
	assert_int_equal(lease_next_free(leases, 1, UINT16_MAX, 77), 0);
	expect_all_counts(leases, keys, counts);
	for (uint32_t i = 1; i <= UINT16_MAX; i++) {
		uint32_t port = i % 2 == 0 ? i / 2 : UINT16_MAX - i / 2;
		(void)lease_end(leases, (uint16_t)port, 0);
		counts[port % MANY_SOURCES]--;
		if (i % 8000 == 0) {
			expect_all_counts(leases, keys, counts);
		}
	}
	expect_all_counts(leases, keys, counts);
	assert_int_equal(lease_next_free(leases, 1, UINT16_MAX, 77), 0);
}

#define WITH_LEASES(test) cmocka_unit_test_setup_teardown(test, make_leases, free_leases)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_LEASES(life_of_a_port), WITH_LEASES(no_quarantine),   WITH_LEASES(looking_goes_around_the_end),
		WITH_LEASES(any_order),	     WITH_LEASES(everything_lent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
