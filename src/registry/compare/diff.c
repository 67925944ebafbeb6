/* diff.c - what changed between two views.
 *
 * Both sides are put into one order: port, transport, own or base, name.  Rows of one number then stand together on
 * both sides; inside such a group rows of one name are matched first, and what is left is matched as it comes: the
 * number got another name.  Rows without a port have only their name to be known by. */
#include "registry/compare/diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BEHIND_ALL_PORTS = 65536 };

struct side_row {
	const char *fold;
	uint32_t row;
	int lo, hi, transport;
	bool own;
	bool matched;
};

struct side {
	struct side_row *rows;
	size_t count;
};

static int compare_number(const struct side_row *a, const struct side_row *b)
{
	if (a->lo != b->lo) {
		return a->lo < b->lo ? -1 : 1;
	}
	if (a->hi != b->hi) {
		return a->hi < b->hi ? -1 : 1;
	}
	if (a->transport != b->transport) {
		return a->transport < b->transport ? -1 : 1;
	}
	return a->own - b->own;
}

static int compare(const void *left, const void *right)
{
	const struct side_row *a = left, *b = right;
	int order = compare_number(a, b);

	order = order != 0 ? order : strcmp(a->fold, b->fold);
	return order != 0 ? order : (a->row > b->row) - (a->row < b->row);
}

static int side_collect(const struct view *view, const struct selection *selection, struct side *ret_side)
{
	struct side side = { calloc((size_t)view_count(view) + 1, sizeof(struct side_row)), 0 };
	struct view_row row;

	if (side.rows == NULL) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; view_row(view, i, &row); i++) {
		if (selection_takes(selection, view, &row)) {
			bool has_port = row.lo != ENTRY_NO_PORT;
			side.rows[side.count++] = (struct side_row){ .fold = row.fold,
								     .row = i,
								     .lo = has_port ? row.lo : BEHIND_ALL_PORTS,
								     .hi = has_port ? row.hi : BEHIND_ALL_PORTS,
								     .transport = row.transport,
								     .own = row.own };
		}
	}
	qsort(side.rows, side.count, sizeof(side.rows[0]), compare);
	*ret_side = side;
	return 0;
}

static unsigned columns_changed(const struct view *old_view, const struct view *new_view, uint32_t old_index,
				uint32_t new_index)
{
	struct view_row old_row, new_row;
	unsigned columns = 0;

	if (!view_row(old_view, old_index, &old_row) || !view_row(new_view, new_index, &new_row)) {
		return 0;
	}
	for (int i = 0; i < ENTRY_COLUMNS; i++) {
		columns |= strcmp(old_row.columns[i], new_row.columns[i]) != 0 ? 1U << i : 0;
	}
	return columns;
}

struct work {
	const struct view *old_view, *new_view;
	struct diff diff;
};

static void add(struct work *work, enum diff_kind kind, uint32_t old_row, uint32_t new_row)
{
	struct diff_item item = { kind, old_row, new_row, 0 };

	if (kind == DIFF_EDITED) {
		item.columns = columns_changed(work->old_view, work->new_view, old_row, new_row);
		if (item.columns == 0) {
			return;
		}
	}
	work->diff.items[work->diff.count++] = item;
}

static void match(struct work *work, struct side_row *old_row, struct side_row *new_row)
{
	old_row->matched = new_row->matched = true;
	add(work, DIFF_EDITED, old_row->row, new_row->row);
}

/* Rows of one number: the same names first. */
static void match_names(struct work *work, const struct side *old_rows, const struct side *new_rows)
{
	size_t i = 0, j = 0;

	while (i < old_rows->count && j < new_rows->count) {
		int order = strcmp(old_rows->rows[i].fold, new_rows->rows[j].fold);
		if (order == 0) {
			match(work, &old_rows->rows[i], &new_rows->rows[j]);
		}
		i += order <= 0;
		j += order >= 0;
	}
}

static void match_left(struct work *work, const struct side *old_rows, const struct side *new_rows)
{
	size_t i = 0, j = 0;

	for (;;) {
		while (i < old_rows->count && old_rows->rows[i].matched) {
			i++;
		}
		while (j < new_rows->count && new_rows->rows[j].matched) {
			j++;
		}
		if (i == old_rows->count || j == new_rows->count) {
			return;
		}
		match(work, &old_rows->rows[i], &new_rows->rows[j]);
	}
}

static void add_left(struct work *work, const struct side *old_rows, const struct side *new_rows)
{
	for (size_t i = 0; i < old_rows->count; i++) {
		if (!old_rows->rows[i].matched) {
			add(work, DIFF_REMOVED, old_rows->rows[i].row, UINT32_MAX);
		}
	}
	for (size_t i = 0; i < new_rows->count; i++) {
		if (!new_rows->rows[i].matched) {
			add(work, DIFF_ADDED, UINT32_MAX, new_rows->rows[i].row);
		}
	}
}

/* Takes the rows of `number` from the front of a side. */
static struct side take_group(struct side *side, const struct side_row *number)
{
	struct side group = { side->rows, 0 };

	while (group.count < side->count && compare_number(&side->rows[group.count], number) == 0) {
		group.count++;
	}
	side->rows += group.count;
	side->count -= group.count;
	return group;
}

static void compare_sides(struct work *work, struct side old_rows, struct side new_rows)
{
	while (old_rows.count > 0 || new_rows.count > 0) {
		bool old_first = new_rows.count == 0 ||
				 (old_rows.count > 0 && compare_number(old_rows.rows, new_rows.rows) <= 0);
		const struct side_row *number = old_first ? old_rows.rows : new_rows.rows;
		struct side old_group = take_group(&old_rows, number), new_group = take_group(&new_rows, number);

		match_names(work, &old_group, &new_group);
		if (number->lo != BEHIND_ALL_PORTS) {
			match_left(work, &old_group, &new_group);
		}
		add_left(work, &old_group, &new_group);
	}
}

int diff_views(const struct view *old_view, const struct view *new_view, const struct selection *selection,
	       struct diff *ret_diff)
{
	struct work work = { old_view, new_view, { NULL, 0 } };
	struct side old_rows = { NULL, 0 }, new_rows = { NULL, 0 };
	int r;

	r = side_collect(old_view, selection, &old_rows);
	r = r < 0 ? r : side_collect(new_view, selection, &new_rows);
	if (r == 0) {
		work.diff.items = calloc(old_rows.count + new_rows.count + 1, sizeof(work.diff.items[0]));
		r = work.diff.items == NULL ? -ENOMEM : 0;
	}
	if (r == 0) {
		compare_sides(&work, old_rows, new_rows);
		*ret_diff = work.diff;
	}
	free(old_rows.rows);
	free(new_rows.rows);
	return r;
}

void diff_finish(struct diff *diff)
{
	free(diff->items);
	*diff = (struct diff){ NULL, 0 };
}
