/* rules_forms.h - forms built in code, and what the rules say of them. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "registry/rules/rules.h"
#include "view_samples.h"

struct said {
	const char *key;
	const char *value; /* NULL takes the answer away */
};

/* An application without a fault: of the kinds that are about something new. */
static const struct said clean_answers[] = {
	{ "applicant", "Ada Example" },
	{ "applicant-email", "ada@example.org" },
	{ "transport", "tcp" },
	{ "formats", "Length, op code, file name, octets of the file, a check sum." },
	{ "types", "Request, reply, cancel." },
	{ "opcodes", "Read, write, delete, restore." },
	{ "sequences", "A client sends a request and waits for the reply; a cancel may come at any time." },
	{ "functions", "Reading, writing, deleting and restoring files by name, three versions of each." },
	{ "broadcast", "no" },
	{ "reference", "https://example.org/keepfile.txt" },
	{ "title", "Example file service" },
	{ "short", "keepfile" },
	{ "specification", "document" },
	{ "why-not-dynamic", "Clients call before any other service of the site is up." },
	{ "security", "TLS 1.3 with certificates of both sides; nothing else is spoken." },
	{ "development", "Two implementations, both in use at four sites." },
};

static inline void set_answers(struct form *form, const struct said *answers, size_t count)
{
	for (size_t i = 0; i < count && answers[i].key != NULL; i++) {
		if (form_set(form, answers[i].key, answers[i].value) != 0) {
			fail_msg("%s = %s", answers[i].key, answers[i].value);
		}
	}
}

/* The clean answers as far as this kind asks for them. */
static inline void clean_form(struct form *form, enum form_kind kind)
{
	*form = (struct form){ .kind = kind };
	for (size_t i = 0; i < sizeof(clean_answers) / sizeof(clean_answers[0]); i++) {
		int at = form_field_find(clean_answers[i].key);
		assert_true(at >= 0);
		if (form_needs(&form_fields[at], kind) != FORM_NEVER) {
			set_answers(form, &clean_answers[i], 1);
		}
	}
	if (kind == FORM_SYSTEM) {
		assert_int_equal(
			form_set(form, "why-not-user", "The owner of the host alone may answer for its files."), 0);
	}
	if (kind == FORM_NAME) {
		assert_int_equal(form_set(form, "txt-keys", "none"), 0);
	}
	if (kind == FORM_SERVICE_CODE) {
		assert_int_equal(form_set(form, "transport", NULL), 0);
		assert_int_equal(form_set(form, "service-code", "SC:keep"), 0);
	}
	if (kind == FORM_RELOCATION) {
		assert_int_equal(form_set(form, "relocates", "21 ftp"), 0);
	}
}

static inline void examine_form(const struct form *form, const struct view *view, struct rule_report *ret_report)
{
	const struct rules_context context = { .view = view };

	assert_int_equal(rules_examine(form, &context, ret_report), 0);
}

static inline const struct rule_finding *find_rule(const struct rule_report *report, const char *id)
{
	for (size_t i = 0; i < report->count; i++) {
		if (strcmp(report->findings[i].id, id) == 0) {
			return &report->findings[i];
		}
	}
	return NULL;
}

/* As people read it, to be freed. */
static inline char *written_report(const struct rule_report *report, const char *file)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	assert_int_equal(rule_report_write(report, file, stream), 0);
	(void)fclose(stream);
	return text;
}

static inline void assert_no_finding(const struct rule_report *report)
{
	if (report->count > 0) {
		char *text = written_report(report, NULL);
		(void)fputs(text, stderr);
		free(text);
	}
	assert_int_equal(report->count, 0);
}
