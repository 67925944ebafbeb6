/* emit_chart.h - what the languages of state charts have in common.  Private to emit_chart*.c. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "description/language/tree.h"

/* The state in which nothing is inspected any more. */
#define OPAQUE "opaque"

/* What differs between the two languages. */
struct chart_language {
	void (*begin)(const struct protocol *protocol, FILE *stream);
	void (*state)(const struct state *state, FILE *stream);
	void (*opaque)(FILE *stream);
	/* NULL as `from`: the start; as `to`: the end.  `rule` is NULL for the first one, and where there are
	 * several. */
	void (*arrow)(const char *from, const char *to, const struct rule *rule, const char *label, FILE *stream);
	void (*note)(const char *state, const char *text, FILE *stream);
	void (*finish)(FILE *stream);
	const char *gap; /* in a label, between what happens and the condition */
	bool joins;	 /* arrows between the same states become one with several lines */
};

extern const struct chart_language chart_mermaid;
extern const struct chart_language chart_dot;
