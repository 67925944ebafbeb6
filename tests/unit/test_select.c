/* test_select.c - which rows a selection takes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "registry/lookup/select.h"
#include "view_samples.h"

static void expect_taken(const struct selection *selection, const char *expected)
{
	char names[1024] = "";
	struct view_row row;
	struct view view;

	sample_view(&view);
	for (uint32_t i = 0; view_row(&view, i, &row); i++) {
		if (selection_takes(selection, &view, &row)) {
			size_t used = strlen(names);
			(void)snprintf(names + used, sizeof(names) - used, "%s ",
				       row.fold[0] != '\0' ? row.fold : row.columns[ENTRY_PORT]);
		}
	}
	assert_string_equal(names, expected);
	free_view(&view);
}

static void test_own_rows(void **state)
{
	(void)state;
	expect_taken(&(struct selection){ .own = true }, "billing ftp pages shards ");
}

static void test_everything(void **state)
{
	const struct selection none = { .own = false };
	struct view_row row;
	struct view view;

	(void)state;
	sample_view(&view);
	for (uint32_t i = 0; view_row(&view, i, &row); i++) {
		assert_true(selection_takes(&none, &view, &row));
		assert_true(selection_takes(NULL, &view, &row));
	}
	free_view(&view);
}

/* A range belongs to each band it touches; a name without a number to none. */
static void test_bands(void **state)
{
	struct view view;

	(void)state;
	expect_taken(&(struct selection){ .band = "team" }, "billing shards ");
	expect_taken(&(struct selection){ .band = "dynamic" }, "");
	expect_taken(&(struct selection){ .band = "no" }, "");
	expect_taken(&(struct selection){ .band = "user", .transports = 1U << ENTRY_TCP },
		     "logcabin x11 escale (newton dock) inetfs http-alt ftp ");
	expect_taken(&(struct selection){ .band = "user", .transports = 1U << ENTRY_TRANSPORT_NONE },
		     "5255-5263 boe-cms 7748-7776 49151 ");
	sample_view(&view);
	assert_true(selection_band_exists(&view, "team"));
	assert_false(selection_band_exists(&view, "tea"));
	free_view(&view);
}

static void test_statuses(void **state)
{
	unsigned statuses = 0;

	(void)state;
	assert_int_equal(selection_statuses("unassigned", &statuses), 0);
	assert_int_equal(statuses, 1U << ENTRY_UNASSIGNED);
	expect_taken(&(struct selection){ .statuses = statuses }, "5255-5263 7748-7776 ");
	assert_int_equal(selection_statuses("reserved,unassigned", &statuses), 0);
	expect_taken(&(struct selection){ .statuses = statuses }, "0 225-241 5254 5255-5263 7748-7776 49151 ");
	assert_int_equal(selection_statuses("", &statuses), -EINVAL);
	assert_int_equal(selection_statuses("reserved,", &statuses), -EINVAL);
	assert_int_equal(selection_statuses("reserved,taken", &statuses), -EINVAL);
	assert_int_equal(selection_statuses("a-status-of-more-than-sixteen-octets", &statuses), -EINVAL);
	assert_int_equal(statuses, 1U << ENTRY_RESERVED | 1U << ENTRY_UNASSIGNED);
}

static void test_transports(void **state)
{
	(void)state;
	expect_taken(&(struct selection){ .transports = 1U << ENTRY_DCCP }, "discard ");
	expect_taken(&(struct selection){ .transports = 1U << ENTRY_DCCP | 1U << ENTRY_UDP }, "ssh http discard 5254 ");
	expect_taken(&(struct selection){ .transports = 1U << ENTRY_TRANSPORT_NONE },
		     "225-241 5255-5263 boe-cms 7748-7776 49151 presence ");
}

static void test_names_and_numbers(void **state)
{
	static const char *const names[] = { "HTTP", "5254/udp", "6001-6002", "_wot._tcp", "70000" };

	(void)state;
	expect_taken(&(struct selection){ .names = names, .name_count = 5 }, "http http 5254 x11 wot ");
	expect_taken(&(struct selection){ .names = names, .name_count = 0 }, "");
	expect_taken(&(struct selection){ .names = names, .name_count = 1, .transports = 1U << ENTRY_UDP }, "http ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_rows),   cmocka_unit_test(test_everything),
		cmocka_unit_test(test_bands),	   cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_transports), cmocka_unit_test(test_names_and_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
