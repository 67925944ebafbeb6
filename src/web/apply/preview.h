/* preview.h - what the examiner will say of a form, told before it is sent; and the answers out of a description.
 *
 * What a description does to its reader happens in a process of its own (os/bounded.h). */
#pragma once

#include "web/apply/typed.h"

struct preview {
	json_t *report;	   /* as rule_report_write_json writes it; NULL: see fault */
	const char *fault; /* a sentence */
};

/* Against what is published and what is on its way; `reference`: the application that the form is of, or NULL. */
void preview_form(struct visit *visit, const struct form *form, const char *reference, struct preview *ret_preview);
/* What process_submit found. */
void preview_of(const struct rule_report *report, struct preview *ret_preview);
void preview_finish(struct preview *preview);

/* How many findings of this level: "refuse", "warn", "human". */
size_t preview_count(const struct preview *preview, const char *level);

/* Puts the answers of its application block where nothing was typed.  Returns a sentence that says what came of it,
 * from the arena of `typed`. */
const char *preview_fill(struct visit *visit, struct typed *typed);

/* The report: one paragraph that sums it up, then the findings.  `action` is where the buttons with free numbers post
 * to ("" none); `is_unfinished`: what is not answered yet is counted alone. */
void preview_write(struct html *html, const struct preview *preview, const struct form *form, const char *action,
		   bool is_unfinished);
