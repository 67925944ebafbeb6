/* newest.h - what people look through from its end: events, letters, applications that are over; some at a time.
 *
 * For pages of the staff.  Proving the chain is store/audit.h's, sending letters is store/outbox.h's. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/audit.h"
#include "store/outbox.h"

/* "" takes any.  A subject is whole, or its first words: "application", "application B-2026-0017". */
struct newest_filter {
	const char *login;
	const char *act;
	const char *subject;
};

/* Up to `limit` events before this number (0: from the end), the newest first.  How many, or -errno. */
int newest_events(struct store *store, const struct newest_filter *filter, int64_t before, int limit,
		  int (*each)(const struct audit_event *event, void *context), void *context);

/* The same of letters by their number, in one state ("" any). */
int newest_letters(struct store *store, const char *state, int64_t before, int limit,
		   int (*each)(const struct outbox_letter *letter, void *context), void *context);
/* The letter with this number: 1, 0 there is none, or -errno. */
int newest_letter(struct store *store, int64_t id, int (*each)(const struct outbox_letter *letter, void *context),
		  void *context);
/* How many letters are in this state. */
int newest_letters_count(struct store *store, const char *state, int64_t *ret_count);

struct newest_anchor {
	struct audit_anchor anchor;
	const char *witness;
};
int newest_anchors(struct store *store, int limit, int (*each)(const struct newest_anchor *anchor, void *context),
		   void *context);

struct newest_closed {
	const char *ref, *kind, *state;
	const char *at; /* since when it is in this state */
};
/* Applications that are in a last state, and were the staff's matter, by when they came into it. */
int newest_closed(struct store *store, int limit, int (*each)(const struct newest_closed *closed, void *context),
		  void *context);
/* References of applications that are about this one: copies of it. */
int newest_about(struct store *store, const char *ref, int (*each)(const char *ref, void *context), void *context);
