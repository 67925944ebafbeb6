/* history.h - what became of a name or a number, over the snapshots of the bases and the registry's own rows. */
#pragma once

#include "registry/lookup/lookup.h"
#include "store/store.h"

struct history_line {
	const char *day;
	const char *what;   /* "assigned", "reserved", "unassigned", "edited", "gone" */
	const char *ports;  /* "5254/tcp"; "-" for a name only */
	const char *name;   /* or "" */
	const char *detail; /* edited: "contact: [A] -> [B]"; else the description */
	const char *source; /* "iana", "own" */
};

/* Oldest first.  Returns how many lines there were, or -errno. */
int history_of(struct store *store, const struct question *question,
	       int (*each)(const struct history_line *line, void *context), void *context);
