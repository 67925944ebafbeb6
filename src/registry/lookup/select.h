/* select.h - which rows of a view are meant: by source, band, status, transport and names.
 *
 * The filters that exports, diffs and searches share. */
#pragma once

#include "registry/view/view.h"

enum { SELECT_STATUS_ALL = 0 };

struct selection {
	bool own;		  /* only rows of "own" */
	const char *band;	  /* only rows that touch a band of this name; NULL any */
	unsigned statuses;	  /* bits 1 << ENTRY_ASSIGNED ...; 0 any */
	unsigned transports;	  /* bits 1 << ENTRY_TCP ...; 0 any */
	const char *const *names; /* only what answers one of these questions (lookup.h); NULL any */
	size_t name_count;
};

/* "assigned,reserved" to bits; 0 or -EINVAL. */
int selection_statuses(const char *text, unsigned *ret_statuses);
/* A NULL selection takes every row. */
bool selection_takes(const struct selection *selection, const struct view *view, const struct view_row *row);

/* True when at least one band has this name. */
bool selection_band_exists(const struct view *view, const char *band);
