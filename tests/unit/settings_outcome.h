/* settings_outcome.h - what the tests of settings share: parse a text, and hold the outcome against
 * what it should be. */
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

#include "config/settings.h"

/* What every accepted configuration needs beside the part a test is about. */
#define LISTEN "[listen a]\naddress = 127.0.0.1:1\n"
#define SPAWN "[function f]\nhandover = spawn\ncommand = /bin/f\n"
#define WORKER "[function f]\nhandover = worker\ncommand = /bin/f\n"
#define PORT "[function f]\nhandover = port\ncommand = /bin/f\n"

struct outcome {
	struct settings *settings;
	char *complaints;
	size_t count;
	int result;
};

static inline struct outcome parse_bytes(const char *text, size_t size)
{
	struct outcome outcome = { 0 };
	size_t written = 0;
	struct complaints complaints = { .stream = open_memstream(&outcome.complaints, &written) };

	assert_non_null(complaints.stream);
	outcome.result = settings_parse("t.conf", text, size, &complaints, &outcome.settings);
	outcome.count = complaints.count;
	(void)fclose(complaints.stream);
	return outcome;
}

static inline void finish(struct outcome *outcome)
{
	outcome->settings = settings_destroy(outcome->settings);
	free(outcome->complaints);
}

/* Parses what must be accepted. */
static inline struct outcome accept_text(const char *text)
{
	struct outcome outcome = parse_bytes(text, strlen(text));

	assert_string_equal(outcome.complaints, "");
	assert_int_equal(outcome.result, 0);
	assert_non_null(outcome.settings);
	return outcome;
}

static inline void refuse_bytes(const char *text, size_t size, const char *complaints)
{
	struct outcome outcome = parse_bytes(text, size);

	assert_string_equal(outcome.complaints, complaints);
	assert_int_equal(outcome.result, -EINVAL);
	assert_null(outcome.settings);
	finish(&outcome);
}

static inline void refuse_text(const char *text, const char *complaints)
{
	refuse_bytes(text, strlen(text), complaints);
}
