/* audit.h - the chain of events proved, and the tables against their replay.
 *
 * The chain shows a changed event; the replay shows a changed row; an anchor kept elsewhere shows an end cut off with
 * everything made to fit. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/moment.h"
#include "store/entry.h"
#include "store/store.h"

struct audit_anchor {
	int64_t event;
	char hash[STORE_HASH_SIZE];
	char at[MOMENT_SIZE];
};

struct audit_event {
	int64_t n;
	const char *at;
	const char *login;
	const char *act;
	const char *subject;
	const char *why;
	const char *body;
	const char *hash;
};

struct audit_result {
	int64_t events;	     /* in the chain */
	int64_t last_anchor; /* the newest of those given that agrees; 0 none */
	uint64_t faults;
};

/* Each fault is one sentence that names what is wrong: "event 7 was changed after it was written", "event 8 is
 * missing", "events 8 and 9 stand in each other's place", "the chain ends at event 12, an anchor of
 * 2026-11-20T10:00:00Z saw 15", "band 20000: decides is \"anyone\", the events say \"registrar\"", "entry 4711: its
 * text was changed", "entry 4711: status is \"reserved\", its text says \"assigned\"", "snapshot 3: its rows are not
 * what was imported".  What follows from missing or changed events is told in one more sentence, which does not
 * count.  Sentences may hold texts of rows: whoever shows them escapes them. */
typedef void audit_fault(const char *sentence, void *context);

/* `derive` reads status, ports and fold from the columns again
 * (registry/records/derive.h).  0 also when faults were found. */
int audit_verify(struct store *store, int (*derive)(struct entry *entry), const struct audit_anchor *anchors,
		 size_t anchor_count, audit_fault *fault, void *context, struct audit_result *ret_result);

/* The head of the chain, to be kept elsewhere; noted in the table of anchors with its witness. */
int audit_anchor(struct store *store, const char *witness, struct audit_anchor *ret_anchor);

struct audit_head {
	int64_t event; /* 0: none yet */
	char hash[STORE_HASH_SIZE];
};
int audit_head(struct store *store, struct audit_head *ret_head);

/* Events from..to (0: to the end), oldest first; only of this subject when not NULL ("application 17"; a prefix with a
 * blank behind it counts: "claim"). */
int audit_events(struct store *store, int64_t from, int64_t to, const char *subject_or_null,
		 int (*each)(const struct audit_event *event, void *context), void *context);
