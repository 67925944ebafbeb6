/* classified.h - a classifier from descriptions and functions that stand in a test, and its verdict on some
 * octets, which must be the same however they arrive. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "description/classifier/classifier.h"

enum { CLASSIFIED_PROTOCOLS_MAX = 64 };

struct classified {
	struct report report;
	struct tree *tree;
	struct classifier_protocol protocols[CLASSIFIED_PROTOCOLS_MAX];
	size_t protocol_count;
	struct classifier *classifier;
	struct classifier_costs costs;
	char offender[64];
	int error;
};

/* What came out: "-" nobody, "?" more is needed and silence does not help, else the name of the protocol. */
struct outcome {
	char protocol[NAME_OCTETS_MAX + 1];
	uint32_t function;
	uint32_t octets;
	bool settled;
};

static inline void classified_read(struct classified *classified, const char *text)
{
	memset(classified, 0, sizeof(*classified));
	assert_int_equal(tree_read("test.berth", text, strlen(text), &classified->report, &classified->tree), 0);
	if (classified->report.counts[FINDING_ERROR] > 0) {
		report_print(&classified->report, stderr);
		fail_msg("not understood: %s", text);
	}
	for (const struct protocol *protocol = classified->tree->protocols; protocol != NULL;
	     protocol = protocol->next) {
		struct program *program = NULL;
		assert_int_equal(program_compile(protocol, &classified->report, &program), 0);
		classified->protocols[classified->protocol_count++].program = program;
	}
}

static inline void classified_build(struct classified *classified, const struct classifier_function *functions,
				    size_t count)
{
	struct text offender;

	text_init(&offender, classified->offender, sizeof(classified->offender));
	classified->error = classifier_build(classified->protocols, classified->protocol_count, functions, count,
					     &offender, &classified->costs, &classified->classifier);
}

/* Each protocol has one function, with its own number. */
static inline struct classified classify(const char *text)
{
	struct classifier_function functions[CLASSIFIED_PROTOCOLS_MAX] = { { .id = 0 } };
	struct classified classified;

	classified_read(&classified, text);
	for (uint32_t i = 0; i < classified.protocol_count; i++) {
		functions[i] = (struct classifier_function){ .id = i, .protocol = i };
	}
	classified_build(&classified, functions, classified.protocol_count);
	assert_int_equal(classified.error, 0);
	return classified;
}

static inline void classified_finish(struct classified *classified)
{
	free(classified->classifier);
	for (size_t i = 0; i < classified->protocol_count; i++) {
		/* The list is constant to the builder only. */
		union {
			const struct program *kept;
			struct program *owned;
		} program = { .kept = classified->protocols[i].program };
		free(program.owned);
	}
	classified->tree = tree_destroy(classified->tree);
	report_finish(&classified->report);
}

static inline void outcome_set(const struct classified *classified, enum classifier_verdict verdict,
			       const struct classifier_answer *answer, struct outcome *ret_outcome)
{
	if (verdict != CLASSIFIER_FUNCTION) {
		(void)snprintf(ret_outcome->protocol, sizeof(ret_outcome->protocol), "%s",
			       verdict == CLASSIFIER_MORE ? "?" : "-");
		return;
	}
	(void)snprintf(ret_outcome->protocol, sizeof(ret_outcome->protocol), "%s",
		       classified->protocols[answer->protocol].program->name);
	ret_outcome->function = answer->function;
	ret_outcome->octets = answer->octets;
}

/* In pieces that end where `cuts` has a true, and at the end; silence behind them. */
static inline struct outcome outcome_in_pieces(const struct classified *classified, const void *octets, size_t size,
					       const bool *cuts)
{
	struct outcome outcome = { .function = CLASSIFIER_NONE };
	struct classifier_flow flow = { .state = 0 };
	struct classifier_answer answer;
	enum classifier_verdict verdict = CLASSIFIER_MORE;

	for (size_t have = 1; have <= size && verdict == CLASSIFIER_MORE; have++) {
		if (have == size || (cuts != NULL && cuts[have])) {
			/* Memory of exactly this size: nobody may look behind it. */
			uint8_t *piece = malloc(have);
			assert_non_null(piece);
			memcpy(piece, octets, have);
			verdict = classifier_feed(classified->classifier, &flow, piece, have, &answer);
			free(piece);
		}
	}
	if (verdict == CLASSIFIER_MORE) {
		outcome.settled = true;
		verdict = classifier_settle(classified->classifier, &flow, octets, size, &answer);
	}
	outcome_set(classified, verdict, &answer, &outcome);
	return outcome;
}

static inline void assert_same_outcome(const struct outcome *left, const struct outcome *right)
{
	if (strcmp(left->protocol, right->protocol) != 0 || left->function != right->function ||
	    left->octets != right->octets) {
		fail_msg("%s, function %u after %u octets, but in pieces %s, function %u after %u", left->protocol,
			 left->function, left->octets, right->protocol, right->function, right->octets);
	}
}

/* At once, octet by octet, in every two pieces, and in random ones: always the same. */
static inline struct outcome outcome_of(const struct classified *classified, const void *octets, size_t size)
{
	struct outcome outcome = outcome_in_pieces(classified, octets, size, NULL);
	bool *cuts = calloc(size + 1, sizeof(bool));
	const unsigned ways = getenv("BERTH_LONG") != NULL ? 40 : 8;
	size_t step = size < 100 ? 1 : size / ways + 1;

	assert_non_null(cuts);
	for (size_t at = 1; at < size; at += step) {
		cuts[at] = true;
		struct outcome cut = outcome_in_pieces(classified, octets, size, cuts);
		assert_same_outcome(&outcome, &cut);
		cuts[at] = false;
	}
	for (unsigned round = 0; round < ways; round++) {
		for (size_t at = 1; at < size; at++) {
			cuts[at] = round == 0 || rand() % (1 << round % 8) == 0; /* the same in every run */
		}
		struct outcome cut = outcome_in_pieces(classified, octets, size, cuts);
		assert_same_outcome(&outcome, &cut);
	}
	free(cuts);
	return outcome;
}

/* "ssh 5": the protocol, the octets that it took, and "..." when it took silence as well. */
static inline void assert_outcome(const struct classified *classified, const void *octets, size_t size,
				  const char *expected)
{
	struct outcome outcome = outcome_of(classified, octets, size);
	char said[NAME_OCTETS_MAX + 32];

	(void)snprintf(said, sizeof(said), "%s %u%s", outcome.protocol, outcome.octets, outcome.settled ? "..." : "");
	assert_string_equal(said, expected);
}
