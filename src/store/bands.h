/* bands.h - the number line cut into bands, and who decides in each.  A band ends where the next begins. */
#pragma once

#include <stdint.h>

#include "store/store.h"

struct band {
	int lo, hi; /* hi is where the next begins, less one; 65535 at the end */
	const char *name;
	const char *kind;    /* system, user, private, dynamic, closed */
	const char *decides; /* board, registrar, anyone, none */
	int expert;	     /* 0 or 1: must an expert recommend first */
	int eyes;	     /* 1 or 2 */
	const char *over;    /* refuse or warn: a row of the base in the way */
};

/* Puts lo..hi under this band's terms: bands inside are taken over, one that reaches over an end is cut there and keeps
 * its terms outside.  -EPERM with a complaint when the terms contradict (a system band decided by anyone ...). */
int band_set(struct change *change, const struct band *band);
/* Gives its numbers back to the band below it.  -ENOENT. */
int band_remove(struct change *change, const char *name);
int band_each(struct store *store, int (*each)(const struct band *band, void *context), void *context);
