/* registry.h - what a registry does, on its store: init, import, view of a day, publish, history.
 *
 * Called by cmd/ (berth-registry) and later by the web.  No SQL, no arguments, no output: sentences go back in
 * complaints. */
#pragma once

#include "registry/records/own_list.h"
#include "registry/records/rows.h"
#include "registry/view/view.h"
#include "store/store.h"

/* The notice that stands on every look-up and export, unless the registry has its own. */
extern const char registry_notice[];

/* An empty registry gets its name, IANA's three bands, and its first person (administrator and registrar). */
int registry_init(struct store *store, const char *name, const char *login);

struct import_report {
	int64_t snapshot;
	size_t rows, new_rows, gone_rows, same_rows; /* against the snapshot of this source before it */
	size_t oddities;
	size_t conflicts; /* own rows that this base now also has */
	size_t people;
};
/* Rows of a base into a snapshot, proved before it commits: the rows are read back from the store, written as
 * the file was, and the digests compared (CSV: octet for octet; XML: rows and people read again).  -EEXIST: it
 * is there already. */
int registry_import(struct store *store, int64_t staff, const char *source, const char *dated, const char *octets,
		    size_t size, struct rows *rows, bool dry_run, struct import_report *ret_report,
		    struct complaint *ret_complaint);

struct own_report {
	size_t rows, added, edited, same, refused, warned;
};
/* An own list: new rows are assigned, changed ones edited, all in one change; rows refused by band, rule or
 * claim become findings of the list, and then nothing is changed. */
int registry_import_own(struct store *store, int64_t staff, struct own_list *list, const char *day, bool dry_run,
			struct own_report *ret_report, struct complaint *ret_complaint);

/* Gives an own number back: it becomes Reserved with a dated note.  -ENOENT: no own row has exactly these numbers. */
int registry_release(struct store *store, int64_t staff, int lo, int hi, int transport, const char *why,
		     const char *day);

/* The view of a day (NULL: now), from malloc. */
int registry_view(struct store *store, const char *day_or_null, void **ret_octets, size_t *ret_size);
/* The view of now with the day and the event of another one: where that shows what the registry holds, the same
 * octets. */
int registry_view_like(struct store *store, const struct view *like, void **ret_octets, size_t *ret_size);
/* One snapshot alone, for exports as it came; or one file. */
int registry_view_of_snapshot(struct store *store, int64_t snapshot, const char *dated, void **ret_octets,
			      size_t *ret_size);
int registry_view_of_rows(struct rows *rows, const char *day, void **ret_octets, size_t *ret_size);
int registry_publish(struct store *store, const char *path);
