/* moment.h - moments as berth writes them everywhere, "2026-02-25T08:00:00Z": UTC, to the second.
 *
 * Pure, and so fit for a sandbox, where gmtime_r(3) and strptime(3) could want the file of the local time zone. */
#pragma once

#include <stdint.h>

enum { MOMENT_SIZE = sizeof("9999-12-31T23:59:59Z") };

/* Seconds since 1970 as a moment.  0 or -EINVAL: a year that has not four digits. */
int moment_write(int64_t seconds, char ret_moment[static MOMENT_SIZE]);
/* Back again.  0 or -EINVAL: no moment, or one that never was. */
int moment_read(const char *moment, int64_t *ret_seconds);
/* As moment_read; 0 for what is no moment. */
int64_t moment_seconds(const char *moment);
/* Seconds from one to the other; 0 when either is none. */
int64_t moment_between(const char *from, const char *to);
/* So many seconds after a moment.  0 or -EINVAL. */
int moment_after(const char *moment, int64_t seconds, char ret_moment[static MOMENT_SIZE]);
