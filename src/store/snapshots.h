/* snapshots.h - rows as they came, one snapshot beside the other, each distinct row kept once.
 *
 * A snapshot is a list of runs of rows with numbers that follow each other, so one that differs little from an
 * older one of its source costs little. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/entry.h"
#include "store/store.h"

struct snapshot {
	int64_t id;
	const char *source; /* "iana" */
	const char *dated;  /* YYYY-MM-DD, the day it speaks for */
	const char *format; /* "iana-csv", "iana-xml" */
	const char *header; /* CSV: the header record's octets; XML: all of the document but records and people */
	bool crlf;	    /* records end in CR LF */
	bool last_eol;	    /* the last record has a line end */
	int64_t rows;
	const char *sha256; /* of the file, hex */
	int64_t event;
};

/* Adds a snapshot with its rows, in their order, inside a change; makes the source when it is new (rank behind the
 * others).  entry.digest must be set.  `snapshot` needs source, dated, format, header, crlf, last_eol, rows,
 * sha256. -EEXIST: the same file for the same day is there already (ret_id says which).  The event's body gets the
 * snapshot's row with the file's SHA-256 and one over the digests of its rows in order, which also seals its runs. */
int snapshot_add(struct change *change, const struct snapshot *snapshot, const struct entry *entries, size_t count,
		 int64_t *ret_id);

/* The people of a source are replaced by these, and keep their order; the event gets a hash over them (people.h).
 * Each id once: else -EINVAL. */
int snapshot_people(struct change *change, const char *source, int64_t snapshot, const struct entry_person *people,
		    size_t count);

/* Also usable inside a change (to read back what was just written).  `each` returns 0 to go on, or -errno to end with;
 * texts live during the call only. */
int snapshot_rows(struct store *store, int64_t snapshot, int (*each)(const struct entry *entry, void *context),
		  void *context);
int snapshot_list(struct store *store, const char *source_or_null, /* oldest day first */
		  int (*each)(const struct snapshot *snapshot, void *context), void *context);
int snapshot_each_person(struct store *store, const char *source,
			 int (*each)(const struct entry_person *person, void *context), void *context);
/* The newest snapshot of each source whose day is not after `day` (NULL: of all), by rank of the source. */
int snapshot_in_force(struct store *store, const char *day_or_null,
		      int (*each)(const struct snapshot *snapshot, void *context), void *context);
