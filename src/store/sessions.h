/* sessions.h - tokens of the staff: what a sign-in, an enrolment link or an API key is checked against.
 *
 * Only hashes come here.  No event tells of a sign-in (the log does); an API token, a link and their end are acts of
 * somebody and are written inside the change that says so. */
#pragma once

#include <stdint.h>

#include "store/store.h"

struct session_row {
	const char *hash;
	const char *purpose; /* session, api, enrol */
	int64_t staff;
	const char *about; /* session: from where it was begun; api: what it is for */
	const char *scope; /* api: read, review; else "" */
	const char *created, *seen, *ends;
	/* Read only: of the person, who is active. */
	const char *login, *name;
};

/* One statement: inside a change or alone. */
int sessions_add(struct store *store, const struct session_row *row);
/* One of this purpose whose end is behind `now`, and whose person is active.  -ENOENT. */
int sessions_find(struct store *store, const char *hash, const char *purpose, const char *now,
		  int (*found)(const struct session_row *row, void *context), void *context);
/* A person's that have not ended, the newest first. */
int sessions_each(struct store *store, int64_t staff, const char *purpose, const char *now,
		  int (*each)(const struct session_row *row, void *context), void *context);
int sessions_seen(struct store *store, const char *hash, const char *now);

/* -ENOENT when this person has no such token. */
int sessions_end(struct store *store, int64_t staff, const char *hash);
/* All of a person (`purpose` NULL), or all for this: whoever has one is out at once. */
int sessions_end_all(struct store *store, int64_t staff, const char *purpose);
/* Those of anybody whose time is over. */
int sessions_sweep(struct store *store, const char *now);
