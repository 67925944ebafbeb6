/* description_outcome.h - what the tests of descriptions share: read a text, and look at the tree or the findings. */
#pragma once

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "description/language/tree.h"

struct outcome {
	struct report report;
	struct tree *tree;
	int result;
};

static inline struct outcome read_octets(const char *text, size_t size)
{
	struct outcome outcome = { 0 };

	outcome.result = tree_read("t.berth", text, size, &outcome.report, &outcome.tree);
	return outcome;
}

static inline struct outcome read_text(const char *text)
{
	return read_octets(text, strlen(text));
}

static inline void finish(struct outcome *outcome)
{
	report_finish(&outcome->report);
	outcome->tree = tree_destroy(outcome->tree);
}

/* Reads what must be without an error. */
static inline struct outcome accept_text(const char *text)
{
	struct outcome outcome = read_text(text);

	report_print(&outcome.report, stderr);
	assert_int_equal(outcome.result, 0);
	assert_int_equal(outcome.report.counts[FINDING_ERROR], 0);
	assert_non_null(outcome.tree);
	return outcome;
}

/* What report_print() writes; to be freed. */
static inline char *print_report(const struct report *report)
{
	/* Static, because gcc takes what the stream returns for a pointer to this variable. */
	static char *printed;
	static size_t size;
	FILE *stream = open_memstream(&printed, &size);

	assert_non_null(stream);
	report_print(report, stream);
	(void)fclose(stream);
	return printed;
}

/* ---- finding one's way in a tree ---- */

static inline const struct message *message_of(const struct outcome *outcome, enum role role, const char *name)
{
	const struct message *message = outcome->tree->protocols->messages;

	while (message != NULL && (message->role != role || strcmp(message->name, name) != 0)) {
		message = message->next;
	}
	assert_non_null(message);
	return message;
}

static inline const struct item *item_at(const struct item *item, size_t index)
{
	while (index-- > 0) {
		assert_non_null(item);
		item = item->next;
	}
	assert_non_null(item);
	return item;
}

/* The first client message of the first protocol. */
static inline const struct item *first_block(const struct outcome *outcome)
{
	return message_of(outcome, ROLE_CLIENT, "A")->block;
}

static inline void assert_octets(struct octets octets, const void *expected, size_t size)
{
	assert_int_equal(octets.size, size);
	assert_memory_equal(octets.start, expected, size);
}

static inline void assert_range(const struct range *range, int64_t low, int64_t high)
{
	assert_non_null(range);
	assert_int_equal(range->low.number, low);
	assert_int_equal(range->high.number, high);
}
