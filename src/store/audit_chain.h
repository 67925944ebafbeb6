/* audit_chain.h - what audit_chain.c leaves to others: anchors (audit_anchors.c), and events that do not fit
 * (audit_suspects.c). */
#pragma once

#include "store/audit_private.h"
#include "store/journal.h"

struct audit_event_row {
	int64_t n;
	struct journal_event columns;
	const char *hash;
};

/* Of a SELECT of n, at, staff, act, subject, why, body, prev, hash; the texts are the statement's. */
void audit_read_event(struct statement *statement, struct audit_event_row *ret_row);
/* Is the row's hash that of its columns, had it this number? */
bool audit_event_fits(const struct audit_event_row *row, int64_t as_number);

/* A hash as it stands in a table; "" when it has not the length of one. */
void audit_read_hash(struct statement *statement, int column, char ret_hash[static STORE_HASH_SIZE]);

/* ---- anchors: those given, and those the registry kept ---- */

struct audit_anchors {
	struct audit_kept_anchor *all; /* by event */
	size_t count, capacity, next;
	bool is_told; /* one that was given did not agree; those behind it cannot either */
};

int audit_anchors_read(struct audit_anchors *anchors, struct audit *audit, const struct audit_anchor *given,
		       size_t given_count);
/* Events come in the order of their numbers. */
void audit_anchors_meet(struct audit_anchors *anchors, struct audit *audit, const struct audit_event_row *row,
			bool fits);
/* After the last event. */
void audit_anchors_end(struct audit_anchors *anchors, struct audit *audit);
void audit_anchors_finish(struct audit_anchors *anchors);

/* ---- events whose hash is not that of their columns, and numbers without an event ---- */

enum { AUDIT_SUSPECTS_MAX = 256 };

struct audit_suspects {
	int64_t events[AUDIT_SUSPECTS_MAX];
	size_t event_count;
	int64_t missing[AUDIT_SUSPECTS_MAX][2]; /* from, to */
	size_t missing_count;
	int64_t missing_more; /* events missing beside those */
};

/* What is too much to be compared is reported at once. */
void audit_suspects_add(struct audit_suspects *suspects, struct audit *audit, int64_t event);
void audit_suspects_miss(struct audit_suspects *suspects, int64_t from, int64_t to);
/* Finds out which of them only stand in the place of others, and reports all. */
int audit_suspects_tell(struct audit_suspects *suspects, struct audit *audit);
