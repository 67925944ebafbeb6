/* export_span.c - the numbers of the rows an export means: which service, which transport, from where to where.
 *
 * The formats differ in how they write numbers, not in which: that is decided here, once. */
#include "registry/export/export_span.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "registry/records/derive.h"

enum { SPANS_MAX = 4 * 1024 * 1024, RANK_BASE = 2, RANK_REPLACED = 1 };

bool export_next(const struct export_request *request, uint32_t *index, struct view_row *ret_row)
{
	while (view_row(request->view, *index, ret_row)) {
		++*index;
		if (selection_takes(request->selection, request->view, ret_row)) {
			return true;
		}
	}
	return false;
}

bool export_next_assigned(const struct export_request *request, uint32_t *index, struct view_row *ret_row)
{
	const struct selection *selection = request->selection;
	bool is_status_asked = selection != NULL && selection->statuses != SELECT_STATUS_ALL;

	while (export_next(request, index, ret_row)) {
		if (is_status_asked || ret_row->status == ENTRY_ASSIGNED) {
			return true;
		}
	}
	return false;
}

static int grow(struct export_spans *spans, size_t *room)
{
	size_t wanted = *room == 0 ? 1024 : *room * 2;
	struct export_span *items = realloc(spans->items, wanted * sizeof(*items));

	if (items == NULL) {
		return -ENOMEM;
	}
	spans->items = items;
	*room = wanted;
	return 0;
}

static int add(struct export_spans *spans, size_t *room, const struct export_span *span, bool spell_out)
{
	int r = 0;

	for (int lo = span->lo; lo <= span->hi; lo++) {
		if (spans->count == SPANS_MAX) {
			return -EFBIG;
		}
		if (spans->count == *room) {
			r = grow(spans, room);
			if (r < 0) {
				return r;
			}
		}
		spans->items[spans->count] = *span;
		if (!spell_out) {
			spans->count++;
			return 0;
		}
		spans->items[spans->count].lo = spans->items[spans->count].hi = lo;
		spans->count++;
	}
	return 0;
}

static unsigned transports_of(const struct view_row *row)
{
	return row->transport == ENTRY_TRANSPORT_NONE ? 1U << ENTRY_TCP | 1U << ENTRY_UDP : 1U << row->transport;
}

static int add_row(const struct export_choice *choice, const struct view_row *row, uint32_t index,
		   struct export_spans *spans, size_t *room)
{
	struct export_span span = { .service = row->fold, .row = index, .lo = row->lo, .hi = row->hi };
	unsigned transports = transports_of(row) & choice->transports;
	int r = 0;

	span.rank = (row->own ? 0 : RANK_BASE) | ((row->oddities & ODD_REPLACED) != 0 ? RANK_REPLACED : 0);
	for (int transport = ENTRY_TCP; transport <= ENTRY_DCCP && r == 0; transport++) {
		if ((transports & 1U << transport) != 0) {
			span.transport = transport;
			r = add(spans, room, &span, choice->spell_out);
		}
	}
	return r;
}

static int compare_last(const struct export_span *a, const struct export_span *b)
{
	if (a->rank != b->rank) {
		return a->rank < b->rank ? -1 : 1;
	}
	return (a->row > b->row) - (a->row < b->row);
}

static int by_port(const void *left, const void *right)
{
	const struct export_span *a = left, *b = right;

	if (a->lo != b->lo) {
		return a->lo - b->lo;
	}
	return a->transport != b->transport ? a->transport - b->transport : compare_last(a, b);
}

static int by_transport(const void *left, const void *right)
{
	const struct export_span *a = left, *b = right;

	if (a->transport != b->transport) {
		return a->transport - b->transport;
	}
	return a->lo != b->lo ? a->lo - b->lo : compare_last(a, b);
}

static int by_service(const void *left, const void *right)
{
	const struct export_span *a = left, *b = right;
	int order = strcmp(a->service, b->service);

	return order != 0 ? order : by_transport(a, b);
}

int export_spans_collect(const struct export_request *request, const struct export_choice *choice,
			 struct export_spans *ret_spans)
{
	int (*const orders[])(const void *, const void *) = {
		[EXPORT_BY_PORT] = by_port,
		[EXPORT_BY_TRANSPORT] = by_transport,
		[EXPORT_BY_SERVICE] = by_service,
	};
	struct export_spans spans = { NULL, 0 };
	struct view_row row;
	size_t room = 0;
	int r;

	for (uint32_t i = 0; export_next_assigned(request, &i, &row);) {
		if (row.lo == ENTRY_NO_PORT || (choice->takes != NULL && !choice->takes(row.fold))) {
			continue;
		}
		r = add_row(choice, &row, i - 1, &spans, &room);
		if (r < 0) {
			export_spans_finish(&spans);
			return r;
		}
	}
	if (spans.count > 0) {
		qsort(spans.items, spans.count, sizeof(spans.items[0]), orders[choice->order]);
	}
	*ret_spans = spans;
	return 0;
}

void export_spans_finish(struct export_spans *spans)
{
	free(spans->items);
	*spans = (struct export_spans){ NULL, 0 };
}

size_t export_run(const struct export_span *spans, size_t count, int *ret_hi)
{
	size_t length = 1;
	int hi = spans[0].hi;

	while (length < count && spans[length].transport == spans[0].transport && spans[length].lo <= hi + 1) {
		hi = spans[length].hi > hi ? spans[length].hi : hi;
		length++;
	}
	*ret_hi = hi;
	return length;
}

size_t export_same_service(const struct export_span *spans, size_t count)
{
	size_t length = 1;

	while (length < count && strcmp(spans[length].service, spans[0].service) == 0) {
		length++;
	}
	return length;
}
