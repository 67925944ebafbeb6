/* test_bands.c - the number line cut into bands, held against a model that knows each port's terms. */
#include "registry_sample.h"

#include <errno.h>

enum { PORTS = 65536, STEPS = 120, NAME_SIZE = 16 };

static void set(struct store *store, struct change *change, int lo, int hi, const char *name, const char *kind,
		const char *decides, int eyes)
{
	const struct band band = { lo, hi, name, kind, decides, 0, eyes, "refuse" };

	sample_ok(store, band_set(change, &band));
}

static void set_iana(struct store *store)
{
	struct change *change = sample_begin(store, "bands");

	set(store, change, 0, 1023, "system", "system", "board", 2);
	set(store, change, 1024, 49151, "user", "user", "registrar", 1);
	set(store, change, 49152, 65535, "dynamic", "dynamic", "none", 1);
	sample_commit(store, change);
}

static int put_band(const struct band *band, void *context)
{
	char *text = context;
	size_t used = strlen(text);

	(void)snprintf(text + used, 1024 - used, "%d-%d %s\n", band->lo, band->hi, band->name);
	return 0;
}

static void expect(struct store *store, const char *expected)
{
	char text[1024] = "";

	sample_ok(store, band_each(store, put_band, text));
	assert_string_equal(text, expected);
}

static void run_cutting(const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);
	struct change *change;

	set_iana(store);
	expect(store, "0-1023 system\n1024-49151 user\n49152-65535 dynamic\n");
	change = sample_begin(store, "band-set");
	set(store, change, 20000, 20999, "team", "private", "anyone", 1);
	set(store, change, 20500, 20599, "inner", "private", "registrar", 1);
	sample_commit(store, change);
	expect(store, "0-1023 system\n1024-19999 user\n20000-20499 team\n20500-20599 inner\n20600-20999 team\n"
		      "21000-49151 user\n49152-65535 dynamic\n");
	change = sample_begin(store, "band-remove");
	sample_ok(store, band_remove(change, "team"));
	sample_commit(store, change);
	expect(store, "0-1023 system\n1024-20499 user\n20500-20599 inner\n20600-49151 user\n49152-65535 dynamic\n");
	change = sample_begin(store, "band-remove");
	sample_ok(store, band_remove(change, "inner"));
	set(store, change, 60000, 65535, "shut", "closed", "none", 1);
	sample_commit(store, change);
	expect(store, "0-1023 system\n1024-49151 user\n49152-59999 dynamic\n60000-65535 shut\n");
	(void)store_close(store);
}

static void test_bands_are_cut_and_joined(void **state)
{
	(void)state;
	store_case_each(run_cutting);
}

/* ---- what is refused ---- */

static const struct {
	struct band band;
	int error;
} refused[] = {
	{ { 0, 1023, "s", "system", "anyone", 0, 2, "refuse" }, -EPERM },
	{ { 0, 1023, "s", "system", "board", 0, 1, "refuse" }, -EPERM },
	{ { 1000, 1023, "s", "private", "anyone", 0, 1, "refuse" }, -EPERM },
	{ { 1023, 1024, "s", "user", "registrar", 0, 1, "refuse" }, -EPERM },
	{ { 1000, 2000, "s", "system", "board", 0, 2, "refuse" }, -EPERM },
	{ { 49000, 49152, "s", "private", "registrar", 0, 1, "refuse" }, -EPERM },
	{ { 50000, 50010, "s", "user", "registrar", 0, 1, "refuse" }, -EPERM },
	{ { 50000, 50010, "s", "dynamic", "anyone", 0, 1, "refuse" }, -EPERM },
	{ { 2000, 2010, "s", "closed", "registrar", 0, 1, "refuse" }, -EPERM },
	{ { 2000, 1999, "s", "private", "registrar", 0, 1, "refuse" }, -EINVAL },
	{ { 2000, 65536, "s", "private", "registrar", 0, 1, "refuse" }, -EINVAL },
	{ { -1, 10, "s", "private", "registrar", 0, 1, "refuse" }, -EINVAL },
	{ { 2000, 2010, "", "private", "registrar", 0, 1, "refuse" }, -EINVAL },
	{ { 2000, 2010, "s", "publik", "registrar", 0, 1, "refuse" }, -EINVAL },
	{ { 2000, 2010, "s", "private", "me", 0, 1, "refuse" }, -EINVAL },
	{ { 2000, 2010, "s", "private", "registrar", 2, 1, "refuse" }, -EINVAL },
	{ { 2000, 2010, "s", "private", "registrar", 0, 3, "refuse" }, -EINVAL },
	{ { 2000, 2010, "s", "private", "registrar", 0, 1, "ask" }, -EINVAL },
};

static void run_refused(const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);

	set_iana(store);
	struct change *change = sample_begin(store, "band-set");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		assert_int_equal(band_set(change, &refused[i].band), refused[i].error);
		assert_string_not_equal(store_complaint(store), "");
	}
	assert_int_equal(band_remove(change, "nowhere"), -ENOENT);
	assert_int_equal(band_remove(change, "system"), -EPERM);
	sample_commit(store, change);
	expect(store, "0-1023 system\n1024-49151 user\n49152-65535 dynamic\n");
	(void)store_close(store);
}

static void test_terms_that_contradict_are_refused(void **state)
{
	(void)state;
	store_case_each(run_refused);
}

/* ---- against a model ---- */

static uint32_t next_random(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32);
}

static char model[PORTS][NAME_SIZE];

static int compare_band(const struct band *band, void *context)
{
	int *next = context;

	assert_int_equal(band->lo, *next);
	for (int port = band->lo; port <= band->hi; port++) {
		assert_string_equal(model[port], band->name);
	}
	*next = band->hi + 1;
	return 0;
}

static void step(struct store *store, struct change *change)
{
	char name[NAME_SIZE];
	int lo = 1024 + (int)(next_random() % 48000);
	int hi = lo + (int)(next_random() % (uint32_t)(49152 - lo));

	(void)snprintf(name, sizeof(name), "b%u", next_random() % 4);
	set(store, change, lo, hi, name, "private", "anyone", 1);
	for (int port = lo; port <= hi; port++) {
		memcpy(model[port], name, sizeof(name));
	}
}

static void run_model(const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);
	struct change *change;

	set_iana(store);
	for (int port = 0; port < PORTS; port++) {
		(void)snprintf(model[port], NAME_SIZE, "%s",
			       port < 1024    ? "system"
			       : port < 49152 ? "user"
					      : "dynamic");
	}
	change = sample_begin(store, "band-set");
	for (int i = 0; i < STEPS; i++) {
		int next = 0;
		step(store, change);
		sample_ok(store, band_each(store, compare_band, &next));
		assert_int_equal(next, PORTS);
	}
	sample_commit(store, change);
	(void)store_close(store);
}

static void test_any_cuts_leave_each_port_its_terms(void **state)
{
	(void)state;
	store_case_each(run_model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bands_are_cut_and_joined),
		cmocka_unit_test(test_terms_that_contradict_are_refused),
		cmocka_unit_test(test_any_cuts_leave_each_port_its_terms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
