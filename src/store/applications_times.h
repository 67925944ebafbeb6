/* applications_times.h - when each application went from state to state, for figures of how long they take. */
#pragma once

#include <stdint.h>

#include "store/store.h"

struct application_time {
	int64_t application;
	const char *kind;
	const char *at;	   /* UTC "YYYY-MM-DDTHH:MM:SSZ" */
	const char *state; /* that began then */
	const char *clock; /* whose time runs in it: own, applicant, other, none */
};

/* Every step of every application, of one application after the other, in their order.  0 or -errno; texts live
 * during the call. */
int application_times(struct store *store, int (*each)(const struct application_time *time, void *context),
		      void *context);
