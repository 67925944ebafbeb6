/* registry_diff.c - `berth diff`: two days, two files, or own rows against the bases. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/registry_store.h"
#include "registry/words/answers_text.h"
#include "registry/words/day.h"
#include "registry/compare/diff.h"
#include "registry/keep/registry.h"

/* ---- one side ---- */

static int view_of_file(const char *path, struct registry_view *ret_view)
{
	struct rows rows = { 0 };
	char *octets = NULL;
	size_t size = 0;
	int status = registry_file_read(path, &octets, &size);

	if (status == EXIT_DONE) {
		status = registry_rows_read(path, octets, size, &rows);
	}
	free(octets);
	if (status != EXIT_DONE) {
		return status == EXIT_NO ? EXIT_COULD_NOT : status;
	}
	int r = registry_view_of_rows(&rows, rows.dated != NULL ? rows.dated : "", &ret_view->owned, &size);
	if (r == 0) {
		r = view_of(ret_view->owned, size, &ret_view->view);
	}
	rows_finish(&rows);
	if (r < 0) {
		complain_about("%s: %s", path, strerror(-r));
		return EXIT_COULD_NOT;
	}
	return EXIT_DONE;
}

/* A word that is a day and no file is a day. */
static int open_side(const struct request *request, const char *word, struct registry_view *ret_view)
{
	char day[DAY_SIZE];

	*ret_view = (struct registry_view){ 0 };
	if (word == NULL) {
		return registry_view_open(request, NULL, ret_view);
	}
	if (access(word, F_OK) != 0 && day_read(word, true, day)) {
		return registry_view_open(request, day, ret_view);
	}
	return view_of_file(word, ret_view);
}

/* ---- two sides ---- */

static int write_diff(const struct request *request, const struct view *old_view, const struct view *new_view,
		      const struct diff *diff)
{
	int r = 0;

	if (request->quiet) {
		r = 0;
	} else if (request->json) {
		r = diff_write_json(stdout, old_view, new_view, diff);
	} else if (request->stat) {
		r = diff_write_stat(stdout, old_view, new_view, diff);
	} else {
		r = diff_write_unified(stdout, old_view, new_view, diff);
	}
	if (r < 0) {
		complain_about("%s", strerror(-r));
		return EXIT_COULD_NOT;
	}
	return diff->count > 0 ? EXIT_NO : EXIT_DONE;
}

static int compare(const struct request *request, const struct view *old_view, const struct view *new_view)
{
	struct request without_words = *request;
	struct selection selection;
	struct diff diff;

	without_words.word_count = 0;
	if (registry_selection(&without_words, new_view, 0, &selection) != EXIT_DONE) {
		return EXIT_USAGE;
	}
	int r = diff_views(old_view, new_view, &selection, &diff);
	if (r < 0) {
		complain_about("%s", strerror(-r));
		return EXIT_COULD_NOT;
	}
	int status = write_diff(request, old_view, new_view, &diff);
	diff_finish(&diff);
	return status;
}

static int compare_words(const struct request *request)
{
	struct registry_view old_view;
	struct registry_view new_view;
	int status = open_side(request, request->words[0], &old_view);

	if (status != EXIT_DONE) {
		return status;
	}
	status = open_side(request, request->word_count > 1 ? request->words[1] : NULL, &new_view);
	if (status == EXIT_DONE) {
		status = compare(request, &old_view.view, &new_view.view);
		registry_view_close(&new_view);
	}
	registry_view_close(&old_view);
	return status;
}

/* ---- own against the bases ---- */

enum { CONFLICT_LINE_MAX = 512 };

static json_t *object_of(const struct view *view, const struct conflict *conflict)
{
	struct view_row own, base;
	struct view_source source = { .name = "" };

	if (!view_row(view, conflict->own_row, &own) || !view_row(view, conflict->base_row, &base)) {
		return json_null();
	}
	(void)view_source(view, base.source, &source);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "port", own.columns[ENTRY_PORT], "transport",
			 own.columns[ENTRY_TRANSPORT], "own", own.columns[ENTRY_NAME], "base", base.columns[ENTRY_NAME],
			 "base_port", base.columns[ENTRY_PORT], "source", source.name, "same_name",
			 (int)conflict->same_name);
}

static void print_conflict(const struct view *view, const struct conflict *conflict)
{
	struct view_row own, base;
	struct view_source source = { .name = "" };
	char line[CONFLICT_LINE_MAX];
	char shown[CONFLICT_LINE_MAX];

	if (view_row(view, conflict->own_row, &own) && view_row(view, conflict->base_row, &base)) {
		(void)view_source(view, base.source, &source);
		(void)snprintf(line, sizeof(line), "%s/%s %s: %s %s/%s (%s), %s", own.columns[ENTRY_PORT],
			       own.columns[ENTRY_TRANSPORT], own.columns[ENTRY_NAME], base.columns[ENTRY_NAME],
			       base.columns[ENTRY_PORT], base.columns[ENTRY_TRANSPORT], source.name,
			       conflict->same_name ? "the same name" : "another service");
		shown_text(line, shown, sizeof(shown));
		(void)puts(shown);
	}
}

static int write_conflicts(const struct request *request, const struct view *view)
{
	struct conflict *conflicts = NULL;
	size_t count = 0;
	json_t *array = json_array();

	if (diff_conflicts(view, &conflicts, &count) < 0) {
		json_decref(array);
		return EXIT_COULD_NOT;
	}
	for (size_t i = 0; i < count; i++) {
		if (request->json) {
			(void)json_array_append_new(array, object_of(view, &conflicts[i]));
		} else if (!request->quiet) {
			print_conflict(view, &conflicts[i]);
		}
	}
	if (request->json) {
		(void)json_dumpf(array, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
		(void)putchar('\n');
	}
	json_decref(array);
	free(conflicts);
	return count > 0 ? EXIT_NO : EXIT_DONE;
}

int registry_diff_verb(const struct request *request)
{
	struct registry_view view;

	if (request->conflicts) {
		int status = registry_view_open(request, NULL, &view);
		if (status == EXIT_DONE) {
			status = write_conflicts(request, &view.view);
			registry_view_close(&view);
		}
		return status;
	}
	if (request->word_count == 0 || request->word_count > 2) {
		complain_about("diff takes one or two days or files; see `berth help diff`");
		return EXIT_USAGE;
	}
	return compare_words(request);
}
