/* diff_conflicts.c - an organisation's own rows against the assigned rows of its bases.
 *
 * A number conflicts when both have it in one transport; a base row without a transport has it in all.  A name
 * conflicts wherever it stands, but is told only when no number told of it already. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "registry/compare/diff.h"

struct base_row {
	struct view_row row;
	uint32_t index;
	int reach; /* the highest number of all rows up to here */
};

struct work {
	const struct view *view;
	struct base_row *base; /* assigned numbers, by lo */
	size_t base_count;
	struct conflict *conflicts;
	size_t count, room;
	struct view_row own; /* at hand */
	uint32_t own_index;
	bool told; /* of its name */
	int r;
};

static void add(struct work *work, uint32_t base_row, bool same_name)
{
	if (work->count == work->room) {
		size_t room = work->room == 0 ? 64 : 2 * work->room;
		struct conflict *conflicts = realloc(work->conflicts, room * sizeof(*conflicts));
		if (conflicts == NULL) {
			work->r = -ENOMEM;
			return;
		}
		work->conflicts = conflicts;
		work->room = room;
	}
	work->conflicts[work->count++] = (struct conflict){ work->own_index, base_row, same_name };
	work->told = work->told || same_name;
}

static int by_lo(const void *left, const void *right)
{
	const struct base_row *a = left, *b = right;

	return a->row.lo != b->row.lo ? a->row.lo - b->row.lo : (a->index > b->index) - (a->index < b->index);
}

static int collect_base(struct work *work)
{
	struct view_row row;
	int reach = 0;

	work->base = calloc((size_t)view_count(work->view) + 1, sizeof(work->base[0]));
	if (work->base == NULL) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; view_row(work->view, i, &row); i++) {
		if (!row.own && row.status == ENTRY_ASSIGNED && row.lo != ENTRY_NO_PORT) {
			work->base[work->base_count++] = (struct base_row){ row, i, 0 };
		}
	}
	qsort(work->base, work->base_count, sizeof(work->base[0]), by_lo);
	for (size_t i = 0; i < work->base_count; i++) {
		reach = work->base[i].row.hi > reach ? work->base[i].row.hi : reach;
		work->base[i].reach = reach;
	}
	return 0;
}

/* How many base rows begin at or below the port. */
static size_t begin_below(const struct work *work, int port)
{
	size_t low = 0, high = work->base_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (work->base[middle].row.lo <= port) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

static void check_numbers(struct work *work)
{
	const struct view_row *own = &work->own;

	for (size_t i = begin_below(work, own->hi); i > 0 && work->base[i - 1].reach >= own->lo; i--) {
		const struct base_row *base = &work->base[i - 1];
		if (base->row.hi >= own->lo && view_row_in_transport(&base->row, own->transport)) {
			add(work, base->index, strcmp(base->row.fold, own->fold) == 0);
		}
	}
}

static bool check_name(const struct view_row *row, uint32_t index, void *context)
{
	struct work *work = context;

	if (!row->own && row->status == ENTRY_ASSIGNED) {
		add(work, index, true);
	}
	return !work->told && work->r == 0;
}

static void check_row(struct work *work)
{
	work->told = false;
	if (work->own.lo != ENTRY_NO_PORT) {
		check_numbers(work);
	}
	if (!work->told && *work->own.fold != '\0') {
		view_named(work->view, work->own.fold, check_name, work);
	}
}

int diff_conflicts(const struct view *view, struct conflict **ret_conflicts, size_t *ret_count)
{
	struct work work = { .view = view };

	work.r = collect_base(&work);
	for (; work.r == 0 && view_row(view, work.own_index, &work.own); work.own_index++) {
		if (work.own.own && work.own.status == ENTRY_ASSIGNED) {
			check_row(&work);
		}
	}
	free(work.base);
	if (work.r < 0) {
		free(work.conflicts);
		return work.r;
	}
	*ret_conflicts = work.conflicts;
	*ret_count = work.count;
	return 0;
}
