/* row_history.h - in which snapshots a row stood, and when own rows were published: what a history is read from. */
#pragma once

#include "store/own.h"
#include "store/snapshots.h"

struct row_at {
	int64_t snapshot;
	const char *source;
	const char *dated;
	struct entry entry;
};

/* Which rows: those with this name in lower case, or those that cover lo..hi. */
struct row_wanted {
	const char *fold; /* or NULL */
	int lo, hi;
};

/* By source, day and place in the file. */
int row_history_bases(struct store *store, const struct row_wanted *wanted,
		      int (*each)(const struct row_at *row, void *context), void *context);
/* By the day from which they stand. */
int row_history_own(struct store *store, const struct row_wanted *wanted,
		    int (*each)(const struct own_row *row, void *context), void *context);
