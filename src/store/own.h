/* own.h - what this registry itself assigns: rights (claims and names) and the rows that show them.
 *
 * A claim's key is (transport, port): two holders of one number cannot be written down. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/entry.h"
#include "store/store.h"

struct own_row {
	int64_t publication;
	struct entry entry;
	const char *since_day;
	const char *until_day; /* NULL: still */
};

/* Assigns one row of an own list: an assignment without an application (basis 'list'), claims for each port of
 * lo..hi, the name, the publication from `day`.  Entry with digest and derived parts set.  -EEXIST: a claim or
 * the name is taken (store_complaint says by what: "tcp 20017 is held by \"billing\" since 2026-11-01"). */
int own_assign(struct change *change, const struct entry *entry, const char *day);
/* The row's texts change (holder, description, notes): the publication is closed and another opened.  -EINVAL:
 * another port, transport or name, or a day before the one since which it stands; -ENOENT: it does not stand. */
int own_edit(struct change *change, int64_t publication, const struct entry *entry, const char *day);
/* Gives it back: its claims become reserved, and a row "Reserved" shows them with the note, which says the day.
 * The name goes to another row that stands and has it, else stays assigned in a row without a port; a row that
 * never had a port makes its name reserved.  -ENOENT: it does not stand, or is nobody's. */
int own_release(struct change *change, int64_t publication, const char *day, const char *note);

/* Parts of these, for what a decision assigns: a row is shown from `day` on (once, when it stands word for
 * word), or no more. */
int own_publish(struct change *change, const struct entry *entry, int64_t assignment, const char *day);
int own_close(struct change *change, int64_t publication, const char *day);

/* Rows that stood on `day` (NULL: stand now), by port and transport. */
int own_rows(struct store *store, const char *day_or_null, int (*each)(const struct own_row *row, void *context),
	     void *context);
