/* due.h - how long an application takes and what is due, as the staff reads it.  Pure. */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "web/html/html.h"

/* "2030-03-15, in 14 days", "overdue by 3 days, since 2030-03-15"; "-" for "". */
void due_put(struct html *html, const char *due, const char *now);

/* Whose time passed, from the steps of a dossier, in seconds; who asked knows what it means that it still runs. */
struct due_clocks {
	int64_t own_s, applicant_s, other_s;
};
void due_clocks_read(const json_t *steps, const char *now, struct due_clocks *ret_clocks);

/* "12 days", "1 day", "5 hours". */
void due_put_days(struct html *html, int64_t seconds);
