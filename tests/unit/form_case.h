/* form_case.h - what the tests of forms share: forms read and written, and held against each other. */
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

#include "registry/form/form.h"

/* To be freed. */
static inline char *text_of(const struct form *form, const struct form_text_options *options)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	assert_int_equal(form_write_text(form, options, stream), 0);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static inline char *berth_of(const struct form *form)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	assert_int_equal(form_write_berth(form, stream), 0);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static inline struct form accept_berth(const char *text)
{
	struct form form;
	struct complaint complaint = { "" };

	if (form_read_berth("a.berth", text, strlen(text), &form, &complaint) < 0) {
		fail_msg("%s\n%s", complaint.sentence, text);
	}
	return form;
}

static inline struct form accept_form_text(const char *text)
{
	struct form form;
	struct complaint complaint = { "" };

	if (form_read_text(text, strlen(text), &form, &complaint) < 0) {
		fail_msg("%s\n%s", complaint.sentence, text);
	}
	return form;
}

static inline void assert_same_form(const struct form *a, const struct form *b)
{
	assert_int_equal(a->kind, b->kind);
	for (int i = 0; form_fields[i].key != NULL; i++) {
		const char *left = a->values[i] != NULL ? a->values[i] : "";
		const char *right = b->values[i] != NULL ? b->values[i] : "";
		if (strcmp(left, right) != 0) {
			fail_msg("%s: \"%s\", \"%s\"", form_fields[i].key, left, right);
		}
	}
}
