/* process_statistics.h - how many applications came and went, and how long they took, by month and kind.
 *
 * An application is open from the moment its address is confirmed (or a registrar files it) until a last state; one
 * that is taken up again by an appeal is opened and closed once more.  Each state says whose time runs in it
 * (process.h): the registry's own, the applicant's, or others' (holders, a public call). */
#pragma once

#include <stddef.h>

#include "registry/process/process.h"

/* In days, of all that were closed: zeros when none was. */
struct process_figures {
	double mean, median, deviation; /* the standard deviation of the whole, not of a sample */
};

enum process_time { TIME_OWN, TIME_APPLICANT, TIME_OTHER, TIME_WHOLE, PROCESS_TIMES };

struct process_month {
	char month[8];	  /* "2030-03" */
	const char *kind; /* "user", "system" ...; "" all of them */
	unsigned opened, closed;
	unsigned open;				     /* at the month's end, or by now */
	struct process_figures times[PROCESS_TIMES]; /* of those closed in it, with all the time they took */
};

/* Month by month up to now, the newest first, of each first all kinds together and then each kind that has something
 * to tell.  ret_months from malloc.  0 or -errno. */
int process_statistics(struct process *process, struct process_month **ret_months, size_t *ret_count);

/* The same for everybody: counts alone, of all kinds together. */
struct process_count {
	char month[8];
	unsigned opened, closed, open;
};
int process_counts(struct process *process, struct process_count **ret_counts, size_t *ret_count);

/* Sorts the values.  Pure. */
void process_figures_of(double values[], size_t count, struct process_figures *ret_figures);
