/* test_next.c - which numbers are offered. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "registry/lookup/lookup.h"
#include "view_samples.h"

static void expect_next(const struct view *view, const char *band, int transport, int from, size_t count,
			const char *expected)
{
	uint16_t ports[64];
	char text[512] = "";
	int found = next_free(view, band, transport, from, count, ports);

	assert_in_range(found, 0, count);
	for (int i = 0; i < found; i++) {
		size_t used = strlen(text);
		(void)snprintf(text + used, sizeof(text) - used, "%u ", ports[i]);
	}
	assert_string_equal(text, expected);
}

static void test_in_a_band(void **state)
{
	struct view view;

	(void)state;
	sample_view(&view);
	expect_next(&view, "team", 0, 20016, 4, "20016 20018 20019 20023 ");
	expect_next(&view, "team", ENTRY_UDP, 20016, 3, "20016 20017 20018 ");
	expect_next(&view, "team", 0, 20098, 9, "20098 20099 ");
	expect_next(&view, "user", 0, 19999, 2, "19999 20100 ");
	expect_next(&view, "20016-20019", 0, 0, 9, "20016 20018 20019 ");
	expect_next(&view, "20017", 0, 0, 9, "");
	expect_next(&view, NULL, 0, 20099, 2, "20099 20100 ");
	expect_next(&view, NULL, 0, 0, 1, "1025 ");
	expect_next(&view, "team", 0, 0, 0, "");
	assert_int_equal(next_free(&view, "no", 0, 0, 1, NULL), -ENOENT);
	free_view(&view);
}

/* Reserved numbers, ranges, and rows that stand for every transport are in the way; unassigned ones are not. */
static void test_what_is_in_the_way(void **state)
{
	struct view view;

	(void)state;
	sample_view(&view);
	expect_next(&view, "5250-5258", ENTRY_UDP, 5253, 3, "5253 5255 5256 ");
	expect_next(&view, "5250-5258", ENTRY_SCTP, 5254, 1, "5254 ");
	expect_next(&view, "5999-6064", ENTRY_TCP, 0, 9, "5999 6064 ");
	expect_next(&view, "6399-6401", ENTRY_DCCP, 0, 9, "6399 6401 ");
	expect_next(&view, "7774-7776", ENTRY_TCP, 0, 9, "7774 7776 ");
	expect_next(&view, "224-242", ENTRY_TCP, 0, 9, "224 242 ");
	expect_next(&view, "75-78", ENTRY_TCP, 0, 9, "75 76 78 ");
	free_view(&view);
}

/* RFC 6335, 6: the edges of the ranges are reserved, and the dynamic numbers are never given to anyone. */
static void test_what_is_never_offered(void **state)
{
	struct view view;

	(void)state;
	sample_view(&view);
	expect_next(&view, "1022-1025", 0, 0, 9, "1022 1025 ");
	expect_next(&view, "0-1", ENTRY_DCCP, 0, 9, "1 ");
	expect_next(&view, "49150-49153", ENTRY_DCCP, 0, 9, "49150 ");
	expect_next(&view, "dynamic", 0, 0, 9, "");
	free_view(&view);
}

/* The ranges of RFC 6335 hold where no bands say otherwise. */
static void test_without_bands(void **state)
{
	struct view view;

	(void)state;
	finish_builder(sample_builder(), &view);
	expect_next(&view, NULL, 0, 0, 1, "1025 ");
	expect_next(&view, NULL, 0, 49149, 9, "49149 49150 ");
	expect_next(&view, "1021-1026", 0, 0, 9, "1021 1022 1025 1026 ");
	expect_next(&view, "49150-65535", 0, 0, 9, "49150 ");
	expect_next(&view, "0-2", 0, 0, 9, "1 2 ");
	assert_int_equal(next_free(&view, "user", 0, 0, 1, NULL), -ENOENT);
	free_view(&view);
}

/* Unassigned, and yet whoever got it would meet others there. */
static void test_what_others_use(void **state)
{
	struct view_builder *builder = sample_builder();
	struct entry entry = entry_of_sample(&(const struct sample){ .port = "1025-1027" });
	struct view view;

	(void)state;
	entry.columns[ENTRY_DESCRIPTION] = "Unassigned";
	entry.columns[ENTRY_UNAUTHORIZED] = "Unauthorized Use Known on port 1026";
	entry_derive(&entry);
	assert_int_equal(view_builder_source(builder, "iana", "2026-02-24"), 0);
	assert_int_equal(view_builder_row(builder, &entry, NULL), 0);
	finish_builder(builder, &view);
	expect_next(&view, NULL, 0, 0, 2, "1028 1029 ");
	free_view(&view);
}

static bool stop_at_taken(const struct view_row *row, uint32_t index, void *context)
{
	bool *taken = context;

	(void)index;
	*taken = !view_row_is_free(row);
	return !*taken;
}

/* Whatever is offered of IANA's list, no row has it; whatever is not, one has. */
static void test_the_whole_of_iana(void **state)
{
	static uint16_t ports[65536];
	struct rows rows;
	struct view view;
	int found;

	(void)state;
	if (!iana_rows(&rows)) {
		skip();
	}
	view_of_rows(&rows, &view);
	found = next_free(&view, "1024-49151", ENTRY_TCP, 0, 65536, ports);
	assert_true(found > 40000);
	for (int port = 1025, i = 0; port < 49151; port++) {
		bool taken = false;
		view_at_port(&view, port, ENTRY_TCP, stop_at_taken, &taken);
		assert_int_equal(taken, ports[i] != port);
		i += !taken;
	}
	rows_finish(&rows);
	free_view(&view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_a_band),
		cmocka_unit_test(test_what_is_in_the_way),
		cmocka_unit_test(test_what_is_never_offered),
		cmocka_unit_test(test_without_bands),
		cmocka_unit_test(test_what_others_use),
		cmocka_unit_test(test_the_whole_of_iana),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
