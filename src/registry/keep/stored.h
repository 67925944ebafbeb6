/* stored.h - one snapshot of IANA's list out of the store: octet for octet as it came, or as a view with its people.
 *
 * Called by exports, on the command line and in the web. */
#pragma once

#include <stdio.h>

#include "registry/keep/collect.h"
#include "registry/view/view.h"
#include "registry/words/day.h"

struct stored {
	int64_t id;
	bool crlf, last_eol;
	int64_t rows;
	char *header; /* from malloc, as `format` */
	char *format; /* "iana-csv", "iana-xml" */
	char dated[DAY_SIZE];
};

/* The snapshot of this number; or (0) the newest of IANA's whose day is not after `day_or_null`.  0, -ENOENT, or
 * -errno; stored_finish either way. */
int stored_find(struct store *store, int64_t snapshot, const char *day_or_null, struct stored *ret_stored);
void stored_finish(struct stored *stored);

/* IANA's CSV, octet for octet as it came (of an XML: as CSV would have it). */
int stored_write_csv(struct store *store, const struct stored *stored, FILE *stream);

/* The snapshot alone as a view, and the people its source names: what an export to XML needs.  0 or -errno;
 * stored_view_finish either way. */
struct stored_view {
	struct view view;
	struct collected people;
	void *octets;
};
int stored_view(struct store *store, const struct stored *stored, struct stored_view *ret_view);
void stored_view_finish(struct stored_view *view);
