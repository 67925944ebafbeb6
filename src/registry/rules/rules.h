/* rules.h - what a form is examined by: the rules of names, numbers, transports, service codes, justification.
 *
 * One table with ids, levels and sources (RFC and section); from it come the examiner's report, berth-rules(7)
 * and the tests. The applicant sees what the examiner will see.  Pure: a form and a view in, findings out. */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "description/language/report.h"
#include "registry/form/form.h"
#include "registry/view/view.h"

enum rule_level {
	RULE_REFUSE,	/* back to the applicant */
	RULE_WARN,	/* flagged to the examiner */
	RULE_HUMAN,	/* a person must record a finding */
	RULE_AUTOMATIC, /* what the registry does by itself: never a finding, but in the table */
};

struct rule {
	const char *id; /* "N5", "P8", "T4", "D2", "J1" ... */
	enum rule_level level;
	const char *text;   /* what it asks, one sentence */
	const char *source; /* "RFC 6335, 5.1" */
};

extern const struct rule rules[]; /* id NULL behind the last */
const struct rule *rule_find(const char *id);
const char *rule_level_name(enum rule_level level); /* "refuse", "warn", "human", "automatic" */

/* Another application on its way, which wants a name or a number (rule J11), or holds a name. */
struct rules_pending {
	const char *reference; /* "B-2026-0021" */
	const char *name;      /* or "" */
	int transport;
	int port; /* -1: any */
};

struct rules_context {
	const struct view *view; /* may be NULL: rules on what is assigned are left out, and the report says so */
	const struct rules_pending *pending;
	size_t pending_count;
	const char *own_reference;	  /* the application itself among the pending, or NULL */
	const struct report *description; /* what the description examiner found, or NULL: becomes findings too */
};

struct rule_finding {
	const char *id; /* the rule's, or the description check's ("E9", "Q5") */
	enum rule_level level;
	const char *field; /* key of the form, or "" */
	unsigned line;	   /* in the file; 0: none */
	const char *sentence;
	const char *source;
	const char *help; /* what to do; may be several lines, as a section to paste; or "" */
};

enum { RULES_FREE_MAX = 8 };

struct rule_report {
	struct arena arena;
	struct rule_finding *findings; /* by line, then in the order of the table */
	size_t count;
	size_t counts[RULE_AUTOMATIC + 1];
	uint16_t free_near[RULES_FREE_MAX]; /* of a number that is taken: the nearest free ones */
	size_t free_count;
	int port;      /* asked for, -1: any */
	bool has_view; /* else what is assigned was not looked at */
};

/* 0 or -ENOMEM.  The report keeps nothing of the form and the context, which may end before it. */
int rules_examine(const struct form *form, const struct rules_context *context, struct rule_report *ret_report);
void rule_report_finish(struct rule_report *report);

/* "app.berth:14: refuse  N5  name "ldp" is taken: ldp 646/tcp, assigned         RFC 6335, 5" and a last line of
 * counts with the free numbers.  `file` may be NULL. */
int rule_report_write(const struct rule_report *report, const char *file, FILE *stream);
int rule_report_write_json(const struct rule_report *report, const char *file, FILE *stream);
/* The "findings" of that, the caller's reference; NULL when there is no memory. */
json_t *rule_report_findings(const struct rule_report *report);

/* berth-rules(7) in scdoc's language, from the table. */
int rules_write_manual(FILE *stream);
