/* check_case.h - a description with one fault, and what the examiner must say about it.
 *
 * The fault stands in the text as @(wrong@|right@): with the wrong half the one finding that is expected must
 * come, at its line, and no other error; with the right half no finding of that kind.  So no check passes for
 * another reason. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "description/examine/check.h"

/* What looks at the tree; a test of all checks says examine. */
#ifndef CASE_CHECK
#define CASE_CHECK check_tree
#endif

enum { CASE_TEXT_MAX = 8192 };

struct check_case {
	const char *id;
	enum finding_level level;
	uint32_t line;
	const char *text; /* with @(wrong@|right@) */
	const char *says; /* a part of the finding's text; NULL: anything */
};

/* The text with one half of each fault. */
static inline void choose_half(const char *text, bool right, char chosen[CASE_TEXT_MAX])
{
	size_t used = 0;
	bool in_fault = false;
	bool in_right = false;

	for (; *text != '\0' && used < CASE_TEXT_MAX - 1; text++) {
		bool begins = strncmp(text, "@(", 2) == 0;
		bool turns = in_fault && strncmp(text, "@|", 2) == 0;
		bool ends = in_fault && strncmp(text, "@)", 2) == 0;
		if (begins || turns || ends) {
			in_fault = !ends;
			in_right = turns;
			text++;
		} else if (!in_fault || in_right == right) {
			chosen[used++] = *text;
		}
	}
	chosen[used] = '\0';
}

/* Reads and examines; the caller finishes both. */
static inline void read_and_check(const char *text, struct report *report, struct tree **ret_tree)
{
	*report = (struct report){ .first = NULL };
	*ret_tree = NULL;
	assert_int_equal(tree_read("case.berth", text, strlen(text), report, ret_tree), 0);
	assert_int_equal(CASE_CHECK(*ret_tree, report), 0);
}

static inline void fail_case(const struct check_case *at, const char *text, const struct report *report,
			     const char *problem)
{
	print_error("%s in line %u: %s\n%s\n", at->id, at->line, problem, text);
	report_print(report, stderr);
	fail();
}

static inline bool is_expected(const struct check_case *at, const struct finding *finding)
{
	return strcmp(finding->id, at->id) == 0 && finding->level == at->level && finding->place.line == at->line &&
	       (at->says == NULL || strstr(finding->text, at->says) != NULL);
}

static inline void run_wrong(const struct check_case *at)
{
	char text[CASE_TEXT_MAX];
	struct report report;
	struct tree *tree;
	size_t expected = 0;

	choose_half(at->text, false, text);
	read_and_check(text, &report, &tree);
	for (const struct finding *finding = report.first; finding != NULL; finding = finding->next) {
		expected += is_expected(at, finding);
		if (finding->level == FINDING_ERROR && !is_expected(at, finding)) {
			fail_case(at, text, &report, "another error");
		}
	}
	if (expected != 1) {
		fail_case(at, text, &report, expected == 0 ? "the finding is missing" : "the finding comes twice");
	}
	report_finish(&report);
	tree = tree_destroy(tree);
}

static inline void run_right(const struct check_case *at)
{
	char text[CASE_TEXT_MAX];
	struct report report;
	struct tree *tree;

	choose_half(at->text, true, text);
	read_and_check(text, &report, &tree);
	for (const struct finding *finding = report.first; finding != NULL; finding = finding->next) {
		if (finding->level == FINDING_ERROR ||
		    (finding->level == at->level && strcmp(finding->id, at->id) == 0)) {
			fail_case(at, text, &report, "the right half is refused");
		}
	}
	report_finish(&report);
	tree = tree_destroy(tree);
}

static inline void run_cases(const struct check_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		run_wrong(&cases[i]);
		run_right(&cases[i]);
	}
}

#define RUN_CASES(cases) run_cases((cases), sizeof(cases) / sizeof((cases)[0]))
