/* export_view.h - for tests: a view made of a few rows, and what an export, a difference or a picture of it looks
 * like. */
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

#include "registry/records/derive.h"
#include "registry/export/export.h"
#include "registry/view/view_build.h"

enum { SAMPLE_FOLD_SIZE = 16 * 1024 };

struct sample {
	const char *name, *port, *transport, *description, *notes;
	bool own;
};

/* Rows of the base, then own ones; ends with a NULL name. */
static inline struct view view_of_samples(const char *day, const struct sample *samples)
{
	static char fold[SAMPLE_FOLD_SIZE];
	const struct view_about about = { .day = day,
					  .registry = "example.org",
					  .notice = "No endorsement --> of anything.",
					  .event = 1,
					  .event_hash = "00" };
	const struct view_band bands[] = {
		{ 0, 1023, "system", "system", "board", 1, 2, "refuse" },
		{ 1024, 19999, "user", "user", "registrar", 1, 1, "refuse" },
		{ 20000, 20999, "team", "private", "anyone", 0, 1, "warn" },
		{ 21000, 49151, "user", "user", "registrar", 1, 1, "refuse" },
		{ 49152, 65535, "dynamic", "dynamic", "none", 0, 1, "refuse" },
	};
	struct view_builder *builder;
	struct view view;
	void *octets;
	size_t size;

	assert_int_equal(view_builder_create(&about, &builder), 0);
	for (int own = 0; own <= 1; own++) {
		assert_int_equal(view_builder_source(builder, own ? "own" : "iana", day), 0);
		for (const struct sample *sample = samples; sample->name != NULL; sample++) {
			struct entry entry = { .columns = { sample->name, sample->port, sample->transport,
							    sample->description == NULL ? "" : sample->description, "",
							    "", "", "", "", "", "",
							    sample->notes == NULL ? "" : sample->notes },
					       .fold = fold };
			if (sample->own != own) {
				continue;
			}
			entry_fold(sample->name, fold);
			entry_derive(&entry);
			assert_int_equal(view_builder_row(builder, &entry, own ? "2026-11-01" : NULL), 0);
		}
	}
	for (size_t i = 0; i < sizeof(bands) / sizeof(bands[0]); i++) {
		assert_int_equal(view_builder_band(builder, &bands[i]), 0);
	}
	assert_int_equal(view_builder_finish(builder, &octets, &size), 0);
	view_builder_destroy(builder);
	assert_int_equal(view_of(octets, size, &view), 0);
	return view;
}

static inline void view_free(struct view *view)
{
	free((void *)(uintptr_t)view->octets);
}

/* What stands behind the comments at the head. */
static inline const char *behind_head(const char *text)
{
	while (*text == '#') {
		text += strcspn(text, "\n") + 1;
	}
	return text;
}

/* The export as one text, the caller's; fails the test unless it ends with `result`. */
static inline char *exported(const char *format, const struct export_request *request, int result)
{
	/* Static, because gcc takes what the stream returns for a pointer to this variable. */
	static char *text;
	static size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	assert_int_equal(export_format_find(format)->write(request, stream), result);
	assert_int_equal(fclose(stream), 0);
	return text;
}

/* The whole export of these samples. */
static inline char *exported_samples(const char *format, const struct sample *samples)
{
	struct view view = view_of_samples("2026-02-25", samples);
	const struct export_request request = { .view = &view };
	char *text = exported(format, &request, 0);

	view_free(&view);
	return text;
}
