/* view_find.c - finds rows of a view by number and by name.  Called for each look-up; libc only, allocates nothing. */
#include "registry/records/derive.h"
#include "registry/view/view_format.h"

typedef bool take_row(const struct view_row *row, uint32_t index, void *context);

bool view_row_in_transport(const struct view_row *row, int transport)
{
	return transport == 0 || row->transport == transport || row->transport == ENTRY_TRANSPORT_NONE;
}

bool view_row_is_free(const struct view_row *row)
{
	return row->status == ENTRY_UNASSIGNED && row->columns[ENTRY_UNAUTHORIZED][0] == '\0';
}

/* The rows of one list that cover a port, in one pass for own ones and another for the rest. */
struct walk {
	int port;
	int transport;
	bool own;
	take_row *each;
	void *context;
};

/* False when `each` wants no more. */
static bool walk_spans(const struct view *view, enum view_section section, uint32_t from, const struct walk *walk)
{
	const struct packed_span *span;
	struct view_row row;

	for (uint32_t i = from; (span = view_item(view, section, i)) != NULL && span->lo <= walk->port; i++) {
		if (span->hi < walk->port || !view_row(view, span->row, &row) || row.own != walk->own ||
		    !view_row_in_transport(&row, walk->transport)) {
			continue;
		}
		if (!walk->each(&row, span->row, walk->context)) {
			return false;
		}
	}
	return true;
}

/* Where in the list of numbers those from `port` up begin. */
static uint32_t first_number(const struct view *view, int port)
{
	uint32_t from = 0;
	uint32_t to = view_items(view, VIEW_NUMBERS);

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		const struct packed_span *span = view_item(view, VIEW_NUMBERS, middle);
		if (span != NULL && span->lo < port) {
			from = middle + 1;
		} else {
			to = middle;
		}
	}
	return from;
}

void view_at_port(const struct view *view, int port, int transport, take_row *each, void *context)
{
	uint32_t number = first_number(view, port);
	struct walk own = { .port = port, .transport = transport, .own = true, .each = each, .context = context };
	struct walk base = own;

	base.own = false;
	(void)(walk_spans(view, VIEW_NUMBERS, number, &own) && walk_spans(view, VIEW_RANGES, 0, &own) &&
	       walk_spans(view, VIEW_NUMBERS, number, &base) && walk_spans(view, VIEW_RANGES, 0, &base));
}

/* As strcmp, with A-Z of `name` taken as a-z; `fold` has none. */
static int compare_folded(const char *name, const char *fold)
{
	for (size_t i = 0;; i++) {
		unsigned char octet = (unsigned char)name[i];
		if (octet >= 'A' && octet <= 'Z') {
			octet = (unsigned char)(octet - 'A' + 'a');
		}
		if (octet != (unsigned char)fold[i] || octet == '\0') {
			return octet - (unsigned char)fold[i];
		}
	}
}

/* The number of the row at this place of the list of names; UINT32_MAX, which no row has, behind its end. */
static uint32_t named_row(const struct view *view, uint32_t place)
{
	const uint32_t *index = view_item(view, VIEW_NAMES, place);

	return index != NULL ? *index : UINT32_MAX;
}

static const char *fold_at(const struct view *view, uint32_t place)
{
	const struct packed_row *row = view_item(view, VIEW_ROWS, named_row(view, place));

	return row != NULL ? view_text(view, row->fold) : "";
}

/* Where in the list of names those from `name` up begin. */
static uint32_t first_name(const struct view *view, const char *name)
{
	uint32_t from = 0;
	uint32_t to = view_items(view, VIEW_NAMES);

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		if (compare_folded(name, fold_at(view, middle)) > 0) {
			from = middle + 1;
		} else {
			to = middle;
		}
	}
	return from;
}

void view_named(const struct view *view, const char *name, take_row *each, void *context)
{
	struct view_row row;

	for (uint32_t place = first_name(view, name);; place++) {
		uint32_t index = named_row(view, place);
		if (!view_row(view, index, &row) || compare_folded(name, row.fold) != 0 ||
		    !each(&row, index, context)) {
			return;
		}
	}
}
