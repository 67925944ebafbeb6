/* rules_check.h - one examination while it goes on: what every group of rules reads, and how it tells what it found.
 *
 * For rules_*.c only.  Without memory a check goes on with empty texts, and rules_examine fails at the end. */
#pragma once

#include "registry/records/derive.h"
#include "registry/rules/rules.h"

struct rules_check {
	const struct form *form;
	const struct rules_context *context;
	struct rule_report *report;
	size_t room; /* findings there is memory for */
	bool no_memory;
	const char *name;    /* the short name, or "" */
	int port;	     /* asked for, also above 65535; ENTRY_NO_PORT: any */
	unsigned transports; /* asked for: bits 1 << ENTRY_TCP ... */
};

/* Adds a finding of this rule, at its level; the format makes the sentence.  `help` may be "". */
void rules_find(struct rules_check *check, const char *id, const char *field, const char *help, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* The same at another level. */
void rules_find_as(struct rules_check *check, enum rule_level level, const char *id, const char *field,
		   const char *help, const char *format, ...) __attribute__((format(printf, 6, 7)));
void rules_add(struct rules_check *check, const struct rule_finding *finding);
bool rules_has_found(const struct rules_check *check, const char *id);

/* Lives as long as the report. */
const char *rules_text(struct rules_check *check, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The beginning of an answer that is quoted in a sentence. */
const char *rules_quoted(struct rules_check *check, const char *text);
/* "ldp 646/tcp, assigned" */
const char *rules_row(struct rules_check *check, const struct view_row *row);

const char *rules_answer(const struct rules_check *check, const char *key); /* "" when there is none */

/* An application for something that is not there yet, and not about what is. */
bool rules_is_new(const struct rules_check *check);
/* One that names what it asks for, whose name is not yet its own. */
bool rules_wants_name(const struct rules_check *check);
/* One whose kind may come with a number. */
bool rules_wants_port(const struct rules_check *check);
/* Whether a row's assignee or contact is called like somebody in the application.  Proves nothing. */
bool rules_seems_holder(const struct rules_check *check, const struct view_row *row);
/* The assignment that an answer names: "69 tftp", "5254/tcp", "6000-6063/tcp", "logcabin".  What is not said is
 * ENTRY_NO_PORT, 0, "". */
struct rules_subject {
	int port, last; /* the same, but of a range */
	int transport;
	const char *name;
};
struct rules_subject rules_subject(struct rules_check *check, const char *key);
/* Its first row that is assigned, be it a wider range; false when there is none. */
bool rules_subject_row(struct rules_check *check, const struct rules_subject *subject, struct view_row *ret_row);
/* A number without anything beside it, also one too long for a port; else ENTRY_NO_PORT. */
int rules_number(const char *text);
bool rules_same_name(const char *a, const char *b); /* in any case */

bool rules_band_at(const struct view *view, int port, struct view_band *ret_band);
/* Fills free_near of the report. */
void rules_find_free(struct rules_check *check);

/* The ports that Fetch tells browsers not to call (rules_blocked.c). */
bool rules_browser_blocks(int port);

/* What the application says of itself in words that let a service be of HTTP, or NULL. */
const char *rules_says_http(struct rules_check *check, const char **ret_key);

/* The groups, in the order of the table. */
void rules_check_form(struct rules_check *check);
void rules_check_names(struct rules_check *check);
void rules_check_names_beside(struct rules_check *check);
void rules_check_numbers(struct rules_check *check);
void rules_check_second(struct rules_check *check);
void rules_check_transports(struct rules_check *check);
void rules_check_dccp(struct rules_check *check);
void rules_check_reasons(struct rules_check *check);
void rules_check_doubts(struct rules_check *check);
void rules_check_description(struct rules_check *check);
