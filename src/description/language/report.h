/* report.h - what is wrong with a description, or worth knowing: findings with their place, as people read them.
 *
 * The parser, the resolver and every check of the examiner add findings; the commands print them or give them out as
 * JSON.  A report owns its texts and keeps the first FINDINGS_MAX of each level; the rest is counted. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "config/arena.h"

enum { FINDINGS_MAX = 10 }; /* errors that are shown; warnings and notes likewise */

enum finding_level { FINDING_ERROR, FINDING_WARNING, FINDING_NOTE, FINDING_LEVELS };

/* Where in the text; both from 1.  {0, 0}: the file as a whole. */
struct place {
	uint32_t line;
	uint32_t column; /* in octets */
};

/* The text of one file. */
struct source {
	const char *name; /* as it is shown: the path */
	const char *text; /* NUL behind it */
	size_t size;
};

struct finding {
	struct finding *next;
	const struct source *source;
	const char *id; /* "syntax", "E1" .. "E16" */
	enum finding_level level;
	struct place place;
	const char *text;  /* what is wrong, one line without a full stop */
	const char *trace; /* a message sequence, or witness octets in hex; NULL: none */
	const char *help;  /* what would be right; NULL: none */
};

struct report {
	struct arena arena;
	struct finding *first; /* in the order they were found */
	struct finding *last;
	size_t counts[FINDING_LEVELS]; /* all of them, shown or not */
	bool no_memory;
};

/* Adds a finding to zeroed or used `report`; beyond FINDINGS_MAX of its level it is only counted.  The format makes the
 * text; `trace` and `help` are copied.  Never fails: without memory `no_memory` is set. */
void report_add(struct report *report, const struct source *source, enum finding_level level, const char *id,
		struct place place, const char *trace, const char *help, const char *format, ...)
	__attribute__((format(printf, 8, 9)));

/* A text made for a trace or help, living as long as the report; "" without memory. */
const char *report_text(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints all findings that were kept:
 *
 *	exfiles.berth:19:5: error E10: race in waiting: client sends ...
 *	   19 |     state waiting { server Reply -> idle; client Cancel -> cancelling; after 30s -> end; }
 *	      |     ^
 *	      trace: client Request
 *	      help: add "client Cancel late -> idle;" to state idle
 */
void report_print(const struct report *report, FILE *stream);

void report_finish(struct report *report);
