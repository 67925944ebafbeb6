/* test_view.c - a view is built, read, found damaged, published and mapped. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "view_samples.h"

struct found {
	uint32_t rows[16];
	size_t count;
	size_t most;
};

static bool note(const struct view_row *row, uint32_t index, void *context)
{
	struct found *found = context;

	assert_non_null(row->fold);
	assert_true(found->count < sizeof(found->rows) / sizeof(found->rows[0]));
	found->rows[found->count++] = index;
	return found->most == 0 || found->count < found->most;
}

static void expect_at(const struct view *view, int port, int transport, const char *expected)
{
	struct found found = { .count = 0 };
	char names[256] = "";
	struct view_row row;

	view_at_port(view, port, transport, note, &found);
	for (size_t i = 0; i < found.count; i++) {
		assert_true(view_row(view, found.rows[i], &row));
		const char *name = row.fold[0] != '\0' ? row.fold : entry_status_name(row.status);
		strncat(names, name, sizeof(names) - strlen(names) - 1);
		strncat(names, " ", sizeof(names) - strlen(names) - 1);
	}
	assert_string_equal(names, expected);
}

static void test_tells_what_was_put_in(void **state)
{
	struct view_source source;
	struct view_row row;
	struct view view;

	(void)state;
	sample_view(&view);
	assert_string_equal(view_day(&view), "2026-02-25");
	assert_string_equal(view_registry(&view), "example");
	assert_string_equal(view_notice(&view), "No endorsement.");
	assert_int_equal(view_event(&view), 17);
	assert_string_equal(view_event_hash(&view), "c0ffee");
	assert_int_equal(view_count(&view), 29);
	assert_int_equal(view_source_count(&view), 2);
	assert_true(view_source(&view, 1, &source));
	assert_string_equal(source.name, "own");
	assert_int_equal(source.rows, 4);
	assert_false(view_source(&view, 2, &source));
	assert_true(view_row(&view, 13, &row));
	assert_string_equal(row.columns[ENTRY_NAME], "logcabin");
	assert_string_equal(row.columns[ENTRY_PORT], "5254");
	assert_string_equal(row.columns[ENTRY_ASSIGNEE], "[Diego_Ongaro]");
	assert_string_equal(row.since, "2015-04-14");
	assert_int_equal(row.lo, 5254);
	assert_int_equal(row.transport, ENTRY_TCP);
	assert_int_equal(row.status, ENTRY_ASSIGNED);
	assert_false(row.own);
	assert_null(row.raw);
	assert_true(view_row(&view, 18, &row));
	assert_string_equal(row.columns[ENTRY_NAME], "Escale (Newton Dock)");
	assert_string_equal(row.fold, "escale (newton dock)");
	assert_true((row.oddities & ODD_NAME) != 0);
	assert_true(view_row(&view, 23, &row));
	assert_int_equal(row.lo, ENTRY_NO_PORT);
	assert_true(view_row(&view, 25, &row));
	assert_true(row.own);
	assert_int_equal(row.source, 1);
	assert_string_equal(row.since, "2026-03-01");
	assert_false(view_row(&view, 29, &row));
	assert_false(view_row(&view, UINT32_MAX, &row));
	free_view(&view);
}

static void test_bands_are_sorted(void **state)
{
	struct view_band band;
	struct view view;
	int next = 0;

	(void)state;
	sample_view(&view);
	assert_int_equal(view_band_count(&view), 5);
	for (unsigned i = 0; i < 5; i++) {
		assert_true(view_band(&view, i, &band));
		assert_int_equal(band.lo, next);
		next = band.hi + 1;
	}
	assert_true(view_band(&view, 2, &band));
	assert_string_equal(band.name, "team");
	assert_string_equal(band.kind, "private");
	assert_string_equal(band.decides, "anyone");
	assert_string_equal(band.over, "warn");
	assert_int_equal(band.eyes, 1);
	assert_false(view_band(&view, 5, &band));
	free_view(&view);
}

static void test_finds_by_port(void **state)
{
	struct found one = { .most = 1 };
	struct view view;

	(void)state;
	sample_view(&view);
	expect_at(&view, 80, 0, "pages www http http ");
	expect_at(&view, 80, ENTRY_UDP, "http ");
	expect_at(&view, 7775, 0, "inetfs unassigned ");
	expect_at(&view, 6000, 0, "x11 ");
	expect_at(&view, 6063, ENTRY_TCP, "x11 ");
	expect_at(&view, 6064, 0, "");
	expect_at(&view, 6400, ENTRY_SCTP, "boe-cms ");
	expect_at(&view, 230, ENTRY_DCCP, "reserved ");
	expect_at(&view, 20021, ENTRY_TCP, "shards ");
	expect_at(&view, 65535, 0, "");
	expect_at(&view, -1, 0, "");
	view_at_port(&view, 80, 0, note, &one);
	assert_int_equal(one.count, 1);
	free_view(&view);
}

static size_t count_named(const struct view *view, const char *name)
{
	struct found found = { .count = 0 };

	view_named(view, name, note, &found);
	return found.count;
}

static void test_finds_by_name(void **state)
{
	struct found found = { .count = 0 };
	struct view view;

	(void)state;
	sample_view(&view);
	assert_int_equal(count_named(&view, "http"), 2);
	assert_int_equal(count_named(&view, "HTTP-Alt"), 2);
	assert_int_equal(count_named(&view, "Escale (newton Dock)"), 1);
	assert_int_equal(count_named(&view, "htt"), 0);
	assert_int_equal(count_named(&view, "zzz"), 0);
	assert_int_equal(count_named(&view, ""), 0);
	/* Own rows first. */
	view_named(&view, "ftp", note, &found);
	assert_int_equal(found.count, 2);
	assert_int_equal(found.rows[0], 26);
	assert_int_equal(found.rows[1], 1);
	free_view(&view);
}

static void test_keeps_raw_octets(void **state)
{
	struct view_builder *builder = sample_builder();
	struct entry entry = entry_of_sample(&own_samples[0]);
	struct view_row row;
	struct view view;

	(void)state;
	assert_int_equal(view_builder_row(builder, &entry, NULL), -EINVAL);
	assert_int_equal(view_builder_source(builder, "iana", ""), 0);
	entry.raw = "\"billing\",20017\r\n";
	assert_int_equal(view_builder_row(builder, &entry, NULL), 0);
	finish_builder(builder, &view);
	assert_true(view_row(&view, 0, &row));
	assert_string_equal(row.raw, "\"billing\",20017\r\n");
	free_view(&view);
}

static void test_an_empty_view_answers(void **state)
{
	struct view view;

	(void)state;
	finish_builder(sample_builder(), &view);
	assert_int_equal(view_count(&view), 0);
	assert_int_equal(view_verify(&view), 0);
	expect_at(&view, 80, 0, "");
	assert_int_equal(count_named(&view, "http"), 0);
	free_view(&view);
}

static void test_same_rows_same_octets(void **state)
{
	struct view first, second;

	(void)state;
	sample_view(&first);
	sample_view(&second);
	assert_int_equal(first.size, second.size);
	assert_memory_equal(first.octets, second.octets, first.size);
	free_view(&first);
	free_view(&second);
}

static void look_everywhere(const struct view *view)
{
	struct found found = { .count = 0 };
	struct view_source source;
	struct view_band band;
	struct view_row row;
	size_t octets = 0;

	for (uint32_t i = 0; view_row(view, i, &row); i++) {
		octets += strlen(row.fold) + strlen(row.since) + strlen(row.columns[ENTRY_NOTES]);
		assert_true(row.lo <= row.hi);
	}
	for (unsigned i = 0; view_source(view, i, &source); i++) {
		octets += strlen(source.name);
	}
	for (unsigned i = 0; view_band(view, i, &band); i++) {
		octets += strlen(band.name) + strlen(band.over);
	}
	found.most = 8;
	view_at_port(view, 80, 0, note, &found);
	found.count = 0;
	view_named(view, "http", note, &found);
	assert_true(octets + strlen(view_notice(view)) + strlen(view_day(view)) < SIZE_MAX);
}

/* Each octet is changed in turn: what is not refused at once gives wrong answers at worst, and never proves whole. */
static void test_damage_is_harmless(void **state)
{
	struct view view, damaged;
	uint8_t *octets;
	size_t read = 0;

	(void)state;
	sample_view(&view);
	octets = malloc(view.size);
	assert_non_null(octets);
	for (size_t i = 0; i < view.size; i++) {
		memcpy(octets, view.octets, view.size);
		octets[i] ^= (uint8_t)(1U << i % 8);
		if (view_of(octets, view.size, &damaged) == 0) {
			look_everywhere(&damaged);
			assert_int_equal(view_verify(&damaged), -EBADMSG);
			read++;
		}
	}
	assert_true(read > 0);
	for (size_t size = 0; size < view.size; size++) {
		assert_int_equal(view_of(octets, size, &damaged), -EBADMSG);
	}
	free(octets);
	free_view(&view);
}

static void test_a_view_is_proved(void **state)
{
	struct view view;

	(void)state;
	sample_view(&view);
	assert_int_equal(view_verify(&view), 0);
	free_view(&view);
}

static void test_is_published_and_mapped(void **state)
{
	char folder[] = "/tmp/test_view.XXXXXX";
	char path[64], pipe_path[64];
	struct view view, mapped;
	struct stat status;

	(void)state;
	sample_view(&view);
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/published", folder);
	(void)snprintf(pipe_path, sizeof(pipe_path), "%s/pipe", folder);
	assert_int_equal(view_map(path, &mapped), -ENOENT);
	assert_int_equal(view_publish(path, view.octets, view.size), 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0644);
	assert_int_equal(view_map(path, &mapped), 0);
	assert_int_equal(mapped.size, view.size);
	assert_int_equal(view_verify(&mapped), 0);
	look_everywhere(&mapped);
	view_unmap(&mapped);
	assert_null(mapped.octets);
	view_unmap(&mapped);
	assert_int_equal(truncate(path, (off_t)view.size - 1), 0);
	assert_int_equal(view_map(path, &mapped), -EBADMSG);
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(view_map(path, &mapped), -EBADMSG);
	assert_int_equal(view_map(folder, &mapped), -EBADMSG);
	assert_int_equal(mkfifo(pipe_path, 0600), 0);
	assert_int_equal(view_map(pipe_path, &mapped), -EBADMSG);
	assert_int_equal(view_publish("/tmp/test_view/not/there", view.octets, view.size), -ENOENT);
	assert_int_equal(unlink(pipe_path), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	free_view(&view);
}

static void expect_row(const struct view *view, uint32_t index, const struct entry *entry)
{
	struct found found = { .count = 0 };
	struct view_row row;
	bool is_there = false;

	assert_true(view_row(view, index, &row));
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		assert_string_equal(row.columns[i], entry->columns[i]);
	}
	assert_int_equal(row.lo, entry->lo);
	assert_int_equal(row.hi, entry->hi);
	assert_int_equal(row.status, entry->status);
	if (entry->lo != ENTRY_NO_PORT) {
		view_at_port(view, entry->hi, row.transport, note, &found);
	} else {
		view_named(view, entry->columns[ENTRY_NAME], note, &found);
	}
	for (size_t i = 0; i < found.count; i++) {
		is_there = is_there || found.rows[i] == index;
	}
	assert_true(is_there);
}

static void test_holds_the_whole_of_iana(void **state)
{
	struct rows rows;
	struct view view;

	(void)state;
	if (!iana_rows(&rows)) {
		skip();
	}
	view_of_rows(&rows, &view);
	assert_int_equal(view_count(&view), rows.count);
	assert_true(view.size < (size_t)2 * 1024 * 1024);
	for (size_t i = 0; i < rows.count; i++) {
		expect_row(&view, (uint32_t)i, &rows.entries[i]);
	}
	assert_int_equal(count_named(&view, "http"), 3);
	assert_int_equal(count_named(&view, "whois++"), 2);
	rows_finish(&rows);
	free_view(&view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tells_what_was_put_in),	cmocka_unit_test(test_bands_are_sorted),
		cmocka_unit_test(test_finds_by_port),		cmocka_unit_test(test_finds_by_name),
		cmocka_unit_test(test_keeps_raw_octets),	cmocka_unit_test(test_an_empty_view_answers),
		cmocka_unit_test(test_same_rows_same_octets),	cmocka_unit_test(test_damage_is_harmless),
		cmocka_unit_test(test_a_view_is_proved),	cmocka_unit_test(test_is_published_and_mapped),
		cmocka_unit_test(test_holds_the_whole_of_iana),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
