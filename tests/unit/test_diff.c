/* test_diff.c - what changed between two views, and an organisation's own rows against its bases. */
#include "export_view.h"

#include <jansson.h>

#include "registry/compare/diff.h"

static const struct sample old_samples[] = {
	{ "", "1-9", "", "Unassigned", NULL, false },
	{ "same", "10", "tcp", "as before", NULL, false },
	{ "edited", "11", "tcp", "before", NULL, false },
	{ "gone", "12", "tcp", "a line\nand \x1b[31m, another", NULL, false },
	{ "a", "13", "tcp", NULL, NULL, false },
	{ "b", "13", "tcp", "renamed to c", NULL, false },
	{ "", "14", "tcp", "Reserved", NULL, false },
	{ "freed", "15", "udp", "x", NULL, false },
	{ "twice", "", "", NULL, NULL, false },
	{ "twice", "", "", NULL, NULL, false },
	{ "name-gone", "", "tcp", NULL, NULL, false },
	{ "case", "16", "tcp", NULL, NULL, false },
	{ "moved", "17", "tcp", NULL, NULL, false },
	{ NULL, NULL, NULL, NULL, NULL, false },
};

static const struct sample new_samples[] = {
	{ "", "1-8", "", "Unassigned", NULL, false },
	{ "same", "10", "tcp", "as before", NULL, false },
	{ "edited", "11", "tcp", "after, with \"quotes\"", NULL, false },
	{ "c", "13", "tcp", "renamed to c", NULL, false },
	{ "a", "13", "tcp", NULL, NULL, false },
	{ "new", "14", "tcp", "was reserved", NULL, false },
	{ "", "15", "udp", "Reserved", NULL, false },
	{ "twice", "", "", NULL, NULL, false },
	{ "name-new", "", "tcp", NULL, NULL, false },
	{ "CASE", "16", "tcp", NULL, NULL, false },
	{ "moved", "17", "tcp", NULL, NULL, true },
	{ "ours", "10", "tcp", "an own row is no edit of the base's", NULL, true },
	{ NULL, NULL, NULL, NULL, NULL, false },
};

struct views {
	struct view old_view, new_view;
	struct diff diff;
};

static void begin(struct views *views, const struct selection *selection)
{
	views->old_view = view_of_samples("2025-06-01", old_samples);
	views->new_view = view_of_samples("2026-02-25", new_samples);
	assert_int_equal(diff_views(&views->old_view, &views->new_view, selection, &views->diff), 0);
}

static void end(struct views *views)
{
	diff_finish(&views->diff);
	view_free(&views->old_view);
	view_free(&views->new_view);
}

static char *written(const struct views *views, int (*write)(FILE *stream, const struct view *old_view,
							     const struct view *new_view, const struct diff *diff))
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	assert_int_equal(write(stream, &views->old_view, &views->new_view, &views->diff), 0);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static void test_unified(void **state)
{
	struct views views;
	char *text;

	(void)state;
	begin(&views, NULL);
	text = written(&views, diff_write_unified);
	assert_string_equal(text, "--- example.org 2025-06-01\n"
				  "+++ example.org 2026-02-25\n"
				  "+,1-8,,Unassigned,,,,,,,,\n"
				  "-,1-9,,Unassigned,,,,,,,,\n"
				  "+ours,10,tcp,an own row is no edit of the base's,,,,,,,,\n"
				  "-edited,11,tcp,before,,,,,,,,\n"
				  "+edited,11,tcp,\"after, with \"\"quotes\"\"\",,,,,,,,\n"
				  "-gone,12,tcp,\"a line\n"
				  "-and \\x1b[31m, another\",,,,,,,,\n"
				  "-b,13,tcp,renamed to c,,,,,,,,\n"
				  "+c,13,tcp,renamed to c,,,,,,,,\n"
				  "-,14,tcp,Reserved,,,,,,,,\n"
				  "+new,14,tcp,was reserved,,,,,,,,\n"
				  "-freed,15,udp,x,,,,,,,,\n"
				  "+,15,udp,Reserved,,,,,,,,\n"
				  "-case,16,tcp,,,,,,,,,\n"
				  "+CASE,16,tcp,,,,,,,,,\n"
				  "-moved,17,tcp,,,,,,,,,\n"
				  "+moved,17,tcp,,,,,,,,,\n"
				  "-twice,,,,,,,,,,,\n"
				  "-name-gone,,tcp,,,,,,,,,\n"
				  "+name-new,,tcp,,,,,,,,,\n");
	free(text);
	end(&views);
}

static void test_stat(void **state)
{
	struct views views;
	char *text;

	(void)state;
	begin(&views, NULL);
	text = written(&views, diff_write_stat);
	assert_string_equal(text,
			    " tcp   3 assigned  2 de-assigned  3 edited      name-only +1 -1\n"
			    " udp   0 assigned  1 de-assigned  0 edited\n"
			    " -     0 assigned  0 de-assigned  0 edited      name-only -1      not assigned +1 -1\n");
	free(text);
	end(&views);
}

static const char *string_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void test_json(void **state)
{
	struct views views;
	json_t *whole, *changes, *edit;
	char *text;

	(void)state;
	begin(&views, NULL);
	text = written(&views, diff_write_json);
	whole = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_string_equal(string_of(whole, "old"), "2025-06-01");
	assert_string_equal(string_of(whole, "new"), "2026-02-25");
	changes = json_object_get(whole, "changes");
	assert_int_equal(json_array_size(changes), views.diff.count);
	edit = json_array_get(changes, 3);
	assert_string_equal(string_of(edit, "kind"), "edited");
	assert_string_equal(json_string_value(json_array_get(json_object_get(edit, "columns"), 0)), "Description");
	assert_string_equal(string_of(json_object_get(edit, "old"), "description"), "before");
	assert_string_equal(string_of(json_object_get(edit, "new"), "description"), "after, with \"quotes\"");
	assert_true(json_is_null(json_object_get(json_array_get(changes, 0), "old")));
	json_decref(whole);
	free(text);
	end(&views);
}

static void test_selection(void **state)
{
	const struct selection tcp = { .transports = 1U << ENTRY_UDP }, own = { .own = true };
	struct views views;

	(void)state;
	begin(&views, &tcp);
	for (size_t i = 0; i < views.diff.count; i++) {
		struct view_row row;
		assert_true(view_row(&views.new_view, views.diff.items[i].new_row, &row) ||
			    view_row(&views.old_view, views.diff.items[i].old_row, &row));
		assert_int_not_equal(row.transport, ENTRY_TCP);
	}
	end(&views);
	begin(&views, &own);
	assert_int_equal(views.diff.count, 2);
	assert_int_equal(views.diff.items[0].kind, DIFF_ADDED);
	assert_int_equal(views.diff.items[0].old_row, UINT32_MAX);
	end(&views);
}

static void test_no_difference(void **state)
{
	struct views views;
	char *text;

	(void)state;
	views.old_view = view_of_samples("2025-06-01", old_samples);
	views.new_view = view_of_samples("2026-02-25", old_samples);
	assert_int_equal(diff_views(&views.old_view, &views.new_view, NULL, &views.diff), 0);
	assert_int_equal(views.diff.count, 0);
	text = written(&views, diff_write_unified);
	assert_string_equal(text, "");
	free(text);
	text = written(&views, diff_write_stat);
	assert_string_equal(text, "");
	free(text);
	text = written(&views, diff_write_json);
	assert_string_equal(text, "{\"old\":\"2025-06-01\",\"new\":\"2026-02-25\",\"changes\":[\n]}\n");
	free(text);
	end(&views);
}

/* Whatever the rows are, the changes lead from the old ones to the new ones. */
static void test_changes_lead_from_old_to_new(void **state)
{
	enum { ROWS = 60, ROUNDS = 300, NAMES = 4 };
	static const char *const names[NAMES] = { "", "a", "b", "c" };
	static const char *const ports[] = { "", "1", "2", "1-2" };
	static const char *const transports[] = { "", "tcp", "udp" };
	struct sample sides[2][ROWS + 1] = { 0 };
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct views views;
		size_t counts[2], added = 0, removed = 0;
		for (int side = 0; side < 2; side++) {
			counts[side] = (size_t)rand_r(&seed) % ROWS;
			for (size_t i = 0; i < counts[side]; i++) {
				sides[side][i] = (struct sample){ names[rand_r(&seed) % NAMES],
								  ports[rand_r(&seed) % 4],
								  transports[rand_r(&seed) % 3],
								  names[rand_r(&seed) % NAMES],
								  "",
								  rand_r(&seed) % 4 == 0 };
			}
			sides[side][counts[side]] = (struct sample){ 0 };
		}
		views.old_view = view_of_samples("2025-06-01", sides[0]);
		views.new_view = view_of_samples("2026-02-25", sides[1]);
		assert_int_equal(diff_views(&views.old_view, &views.new_view, NULL, &views.diff), 0);
		for (size_t i = 0; i < views.diff.count; i++) {
			const struct diff_item *item = &views.diff.items[i];
			added += item->kind == DIFF_ADDED;
			removed += item->kind == DIFF_REMOVED;
			assert_int_equal(item->kind == DIFF_ADDED, item->old_row == UINT32_MAX);
			assert_int_equal(item->kind == DIFF_REMOVED, item->new_row == UINT32_MAX);
			assert_int_equal(item->kind == DIFF_EDITED, item->columns != 0);
		}
		assert_int_equal(counts[0] + added, counts[1] + removed);
		end(&views);
	}
}

/* ---- own rows against bases ---- */

static void test_conflicts(void **state)
{
	static const struct sample rows[] = {
		{ "ldap", "389", "tcp", NULL, NULL, false },	  /* 0 */
		{ "ldap", "389", "udp", NULL, NULL, false },	  /* 1 */
		{ "https", "443", "tcp", NULL, NULL, false },	  /* 2 */
		{ "wide", "100-900", "sctp", NULL, NULL, false }, /* 3 */
		{ "legacy", "6400", "", NULL, NULL, false },	  /* 4 */
		{ "", "7000", "tcp", "Reserved", NULL, false },	  /* 5 */
		{ "only", "", "udp", NULL, NULL, false },	  /* 6 */
		{ "mine", "389", "tcp", NULL, NULL, true },	  /* 7: a number */
		{ "HTTPS", "443", "tcp", NULL, NULL, true },	  /* 8: both */
		{ "ldap", "9000", "tcp", NULL, NULL, true },	  /* 9: a name */
		{ "range", "440-6400", "udp", NULL, NULL, true }, /* 10: one without a transport */
		{ "free", "7000", "tcp", NULL, NULL, true },	  /* reserved is not had */
		{ "Only", "", "tcp", NULL, NULL, true },	  /* 12: a name */
		{ "", "389", "tcp", "Reserved", NULL, true },	  /* given back */
		{ "inside", "850", "sctp", NULL, NULL, true },	  /* 14: a long range before shorter ones */
		{ NULL, NULL, NULL, NULL, NULL, false },
	};
	static const struct conflict expected[] = {
		{ 7, 0, false }, { 8, 2, true }, { 9, 0, true }, { 10, 4, false }, { 12, 6, true }, { 14, 3, false },
	};
	struct view view = view_of_samples("2026-02-25", rows);
	struct conflict *conflicts;
	size_t count;

	(void)state;
	assert_int_equal(diff_conflicts(&view, &conflicts, &count), 0);
	assert_int_equal(count, sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(conflicts[i].own_row, expected[i].own_row);
		assert_int_equal(conflicts[i].base_row, expected[i].base_row);
		assert_int_equal(conflicts[i].same_name, expected[i].same_name);
	}
	free(conflicts);
	view_free(&view);
}

static void test_no_conflicts(void **state)
{
	struct view view = view_of_samples("2025-06-01", old_samples);
	struct conflict *conflicts;
	size_t count;

	(void)state;
	assert_int_equal(diff_conflicts(&view, &conflicts, &count), 0);
	assert_int_equal(count, 0);
	free(conflicts);
	view_free(&view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unified),	      cmocka_unit_test(test_stat),
		cmocka_unit_test(test_json),	      cmocka_unit_test(test_selection),
		cmocka_unit_test(test_no_difference), cmocka_unit_test(test_changes_lead_from_old_to_new),
		cmocka_unit_test(test_conflicts),     cmocka_unit_test(test_no_conflicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
