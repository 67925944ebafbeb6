/* diff.h - what changed between two views: two days, two files, own against a base.
 *
 * Rows are matched by name, port and transport (then by port and transport), so an edit is an edit and not one gone and
 * one new. */
#pragma once

#include <stdio.h>

#include "registry/lookup/select.h"

enum diff_kind { DIFF_ADDED, DIFF_REMOVED, DIFF_EDITED };

struct diff_item {
	enum diff_kind kind;
	uint32_t old_row, new_row; /* UINT32_MAX where there is none */
	unsigned columns;	   /* edited: bits 1 << ENTRY_... */
};

struct diff {
	struct diff_item *items; /* in the order of ports, name-only last */
	size_t count;
};

/* 0 or -ENOMEM. */
int diff_views(const struct view *old_view, const struct view *new_view, const struct selection *selection,
	       struct diff *ret_diff);
void diff_finish(struct diff *diff);

/* Own rows against the other sources of one view: numbers or names that both have. */
struct conflict {
	uint32_t own_row, base_row;
	bool same_name; /* the base has it too: now also in IANA's list */
};
int diff_conflicts(const struct view *view, struct conflict **ret_conflicts, size_t *ret_count);

/* As `diff -u` would show the two CSVs: "--- old", "+++ new", "-" and "+" lines with CSV records, without context. */
int diff_write_unified(FILE *stream, const struct view *old_view, const struct view *new_view, const struct diff *diff);
/* " tcp  3 assigned  1 de-assigned  9 edited      name-only +4" */
int diff_write_stat(FILE *stream, const struct view *old_view, const struct view *new_view, const struct diff *diff);
int diff_write_json(FILE *stream, const struct view *old_view, const struct view *new_view, const struct diff *diff);
