/* description_files.h - the descriptions beside the sources of the tests, and documents made from them. */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "description_outcome.h"

/* The five examples of the language, and one with every construct. */
static const char *const golden_names[] = { "exfiles", "tftp", "redis", "postgresql", "tls", "constructs" };

enum { GOLDEN_NAMES = sizeof(golden_names) / sizeof(golden_names[0]) };

/* Found beside the sources that this test was compiled from. */
static inline void golden_path(const char *name, const char *ending, char path[4096])
{
	const char *slash = strrchr(__FILE__, '/');

	(void)snprintf(path, 4096, "%.*s../descriptions/golden/%s.%s", slash != NULL ? (int)(slash + 1 - __FILE__) : 0,
		       __FILE__, name, ending);
}

/* The whole file, to be freed; NULL when it is not there. */
static inline char *read_golden(const char *name, const char *ending, size_t *ret_size)
{
	enum { ROOM = 1 << 20 };
	char path[4096];
	char *text;

	golden_path(name, ending, path);
	FILE *file = fopen(path, "r");
	if (file == NULL) {
		return NULL;
	}
	text = calloc(1, ROOM);
	assert_non_null(text);
	*ret_size = fread(text, 1, ROOM - 1, file);
	(void)fclose(file);
	return text;
}

static inline struct outcome accept_golden(const char *name)
{
	size_t size = 0;
	char *text = read_golden(name, "berth", &size);

	assert_non_null(text);
	struct outcome outcome = accept_text(text);
	free(text);
	return outcome;
}

/* What an emitter writes about a protocol; to be freed. */
static inline char *document_of(int (*emit)(const struct protocol *protocol, FILE *stream),
				const struct protocol *protocol)
{
	char *printed = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&printed, &size);

	assert_non_null(stream);
	assert_int_equal(emit(protocol, stream), 0);
	(void)fclose(stream);
	return printed;
}
