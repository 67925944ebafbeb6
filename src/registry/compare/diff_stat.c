/* diff_stat.c - a difference as counts, one line for each transport in which something changed.
 *
 * A number is assigned when it has an assigned row now and had none, be it by a new row or by an edit; de-assigned the
 * other way round.  Rows that are reserved or unassigned on both sides move with their neighbours, and are counted
 * apart. */
#include "registry/records/derive.h"
#include "registry/compare/diff.h"
#include "registry/export/export_text.h"

struct counts {
	unsigned assigned, deassigned, edited;
	unsigned names_added, names_removed, names_edited;
	unsigned gaps_added, gaps_removed, gaps_edited; /* reserved and unassigned numbers */
};

static void count_names(struct counts *counts, enum diff_kind kind)
{
	counts->names_added += kind == DIFF_ADDED;
	counts->names_removed += kind == DIFF_REMOVED;
	counts->names_edited += kind == DIFF_EDITED;
}

static void count_gaps(struct counts *counts, enum diff_kind kind)
{
	counts->gaps_added += kind == DIFF_ADDED;
	counts->gaps_removed += kind == DIFF_REMOVED;
	counts->gaps_edited += kind == DIFF_EDITED;
}

static void count(const struct view *old_view, const struct view *new_view, const struct diff_item *item,
		  struct counts *counts)
{
	struct view_row old_row, new_row;
	bool had = view_row(old_view, item->old_row, &old_row), has = view_row(new_view, item->new_row, &new_row);
	bool was_assigned = had && old_row.status == ENTRY_ASSIGNED,
	     is_assigned = has && new_row.status == ENTRY_ASSIGNED;

	if (!had && !has) {
		return;
	}
	counts += has ? new_row.transport : old_row.transport;
	if ((has ? new_row.lo : old_row.lo) == ENTRY_NO_PORT) {
		count_names(counts, item->kind);
	} else if (!was_assigned && !is_assigned) {
		count_gaps(counts, item->kind);
	} else {
		counts->assigned += is_assigned && !was_assigned;
		counts->deassigned += was_assigned && !is_assigned;
		counts->edited += was_assigned && is_assigned;
	}
}

static void put_changes(FILE *stream, const char *what, unsigned added, unsigned removed, unsigned edited)
{
	if (added + removed + edited == 0) {
		return;
	}
	fprintf(stream, "      %s", what);
	if (added > 0) {
		fprintf(stream, " +%u", added);
	}
	if (removed > 0) {
		fprintf(stream, " -%u", removed);
	}
	if (edited > 0) {
		fprintf(stream, " ~%u", edited);
	}
}

static bool is_empty(const struct counts *c)
{
	return c->assigned + c->deassigned + c->edited + c->names_added + c->names_removed + c->names_edited +
		       c->gaps_added + c->gaps_removed + c->gaps_edited ==
	       0;
}

int diff_write_stat(FILE *stream, const struct view *old_view, const struct view *new_view, const struct diff *diff)
{
	struct counts counts[ENTRY_TRANSPORT_OTHER + 1] = { 0 };

	for (size_t i = 0; i < diff->count; i++) {
		count(old_view, new_view, &diff->items[i], counts);
	}
	for (int i = 0; i <= ENTRY_TRANSPORT_OTHER; i++) {
		int transport = (i + 1) % (ENTRY_TRANSPORT_OTHER + 1); /* no transport comes last */
		const struct counts *c = &counts[transport];
		const char *name = entry_transport_name(transport);
		if (is_empty(c)) {
			continue;
		}
		fprintf(stream, " %-4s  %u assigned  %u de-assigned  %u edited", *name == '\0' ? "-" : name,
			c->assigned, c->deassigned, c->edited);
		put_changes(stream, "name-only", c->names_added, c->names_removed, c->names_edited);
		put_changes(stream, "not assigned", c->gaps_added, c->gaps_removed, c->gaps_edited);
		putc('\n', stream);
	}
	return export_end(stream);
}
