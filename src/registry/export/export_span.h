/* export_span.h - the numbers of the rows an export means: which service, which transport, from where to where.
 *
 * For export_*.c only.  An assigned row without a transport is from the time when every assignment was for TCP and
 * UDP: it counts for both. */
#pragma once

#include "registry/export/export.h"

struct export_span {
	const char *service; /* the name in lower case, "" for rows without; points into the view */
	uint32_t row;
	int transport;
	int lo, hi;
	unsigned rank; /* own rows first, then names of today before those they replaced */
};

struct export_spans {
	struct export_span *items;
	size_t count;
};

/* The row at or after *index that the request means; *index then stands behind it.  False at the end. */
bool export_next(const struct export_request *request, uint32_t *index, struct view_row *ret_row);
/* The same, but only assigned rows unless the request asks for a status. */
bool export_next_assigned(const struct export_request *request, uint32_t *index, struct view_row *ret_row);

enum export_order {
	EXPORT_BY_PORT,	     /* port, transport, rank */
	EXPORT_BY_TRANSPORT, /* transport, port, rank */
	EXPORT_BY_SERVICE,   /* service, transport, port */
};

/* The numbers of those rows in these transports (bits 1 << ENTRY_TCP ...) whose name `takes` agrees to (NULL: any),
 * sorted. `spell_out`: a range becomes one item for each of its numbers.  0, -ENOMEM, or -EFBIG when that makes
 * millions. */
struct export_choice {
	unsigned transports;
	bool (*takes)(const char *name);
	bool spell_out;
	enum export_order order;
};
int export_spans_collect(const struct export_request *request, const struct export_choice *choice,
			 struct export_spans *ret_spans);
void export_spans_finish(struct export_spans *spans);

/* How many of the first items are of one transport and overlap or touch, and where they end together. */
size_t export_run(const struct export_span *spans, size_t count, int *ret_hi);
/* How many of the first items are of one service. */
size_t export_same_service(const struct export_span *spans, size_t count);
