/* process_statistics.c - figures of how many applications came and went and how long they took
 * (process_statistics.h).  Read from steps and the clocks of their states alone; writes nothing. */
#include "registry/process/process_statistics.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "registry/process/process_private.h"
#include "store/applications_times.h"

enum { MONTHS_OF_YEAR = 12, DAY_S = 24 * 60 * 60, KINDS = FORM_KINDS + 1 };

/* ---- figures ---- */

static int by_value(const void *a, const void *b)
{
	double one = *(const double *)a;
	double other = *(const double *)b;

	return (one > other) - (one < other);
}

void process_figures_of(double values[], size_t count, struct process_figures *ret_figures)
{
	struct process_figures figures = { 0 };
	double squares = 0;

	*ret_figures = figures;
	if (count == 0) {
		return;
	}
	qsort(values, count, sizeof(*values), by_value);
	for (size_t i = 0; i < count; i++) {
		figures.mean += values[i] / (double)count;
	}
	for (size_t i = 0; i < count; i++) {
		squares += (values[i] - figures.mean) * (values[i] - figures.mean);
	}
	figures.median = (values[(count - 1) / 2] + values[count / 2]) / 2;
	figures.deviation = sqrt(squares / (double)count);
	*ret_figures = figures;
}

/* ---- what happened ---- */

/* An application opened or closed. */
struct happening {
	int month; /* since the year 0 */
	enum form_kind kind;
	bool closes;
	double days[PROCESS_TIMES]; /* of one that was closed */
};

struct history {
	struct happening *all;
	size_t count, capacity;
	/* The application that is being read. */
	int64_t application;
	bool is_open;
	enum process_time clock;
	char since[TIME_SIZE];
	double days[PROCESS_TIMES];
};

static int month_of(const char *at)
{
	int year = 0;
	int month = 0;

	return sscanf(at, "%4d-%2d", &year, &month) == 2 ? year * MONTHS_OF_YEAR + month - 1 : 0;
}

static int add(struct history *history, const struct application_time *time, enum form_kind kind, bool closes)
{
	struct happening *all = array_grow(history->all, history->count, &history->capacity, sizeof(*all));

	if (all == NULL) {
		return -ENOMEM;
	}
	history->all = all;
	struct happening *happening = &all[history->count++];
	*happening = (struct happening){ .month = month_of(time->at), .kind = kind, .closes = closes };
	memcpy(happening->days, history->days, sizeof(happening->days));
	return 0;
}

static enum process_time clock_named(const char *clock)
{
	return strcmp(clock, "own") == 0 ? TIME_OWN : strcmp(clock, "applicant") == 0 ? TIME_APPLICANT : TIME_OTHER;
}

/* What passed since the last step belongs to whoever had it then. */
static void let_pass(struct history *history, const struct application_time *time)
{
	double days = (double)moment_between(history->since, time->at) / DAY_S;

	if (history->is_open) {
		history->days[history->clock] += days;
		history->days[TIME_WHOLE] += days;
	}
	(void)snprintf(history->since, sizeof(history->since), "%s", time->at);
}

static int note_step(const struct application_time *time, void *context)
{
	struct history *history = context;
	bool ends = strcmp(time->clock, "none") == 0;
	enum form_kind kind;

	if (form_kind_of(time->kind, &kind) < 0) {
		return 0;
	}
	if (time->application != history->application) {
		history->application = time->application;
		history->is_open = false;
		memset(history->days, 0, sizeof(history->days));
	}
	let_pass(history, time);
	bool was_open = history->is_open;
	history->is_open = was_open ? !ends : strcmp(time->clock, "own") == 0;
	history->clock = clock_named(time->clock);
	return was_open != history->is_open ? add(history, time, kind, was_open) : 0;
}

static int by_month(const void *a, const void *b)
{
	const struct happening *one = a;
	const struct happening *other = b;

	return one->month - other->month;
}

static int read_history(struct process *process, struct history *history)
{
	int r = application_times(process->store, note_step, history);

	if (r == 0 && history->count > 0) {
		qsort(history->all, history->count, sizeof(*history->all), by_month);
	}
	return r;
}

/* ---- month by month ---- */

/* One month's happenings; kind FORM_KINDS: all. */
struct part {
	const struct happening *first;
	size_t count;
	int month;
};

static void put_times(const struct part *part, unsigned kind, double values[], struct process_month *month)
{
	for (int of = 0; of < PROCESS_TIMES; of++) {
		size_t count = 0;
		for (size_t i = 0; i < part->count; i++) {
			const struct happening *one = &part->first[i];
			if (one->closes && (kind == FORM_KINDS || one->kind == kind)) {
				values[count++] = one->days[of];
			}
		}
		process_figures_of(values, count, &month->times[of]);
	}
}

static void count_part(const struct part *part, unsigned kind, struct process_month *month)
{
	unsigned since_zero = (unsigned)part->month;

	(void)snprintf(month->month, sizeof(month->month), "%04u-%02u", since_zero / MONTHS_OF_YEAR % 10000,
		       since_zero % MONTHS_OF_YEAR + 1);
	month->kind = kind == FORM_KINDS ? "" : form_kind_name((enum form_kind)kind);
	for (size_t i = 0; i < part->count; i++) {
		if (kind == FORM_KINDS || part->first[i].kind == kind) {
			month->closed += part->first[i].closes;
			month->opened += !part->first[i].closes;
		}
	}
}

/* All kinds first.  Behind them what was made is turned round, so that the newest comes first. */
static size_t put_part(const struct part *part, unsigned open[static KINDS], double values[],
		       struct process_month months[])
{
	size_t count = 0;

	for (unsigned i = 0; i < KINDS; i++) {
		unsigned kind = i == 0 ? FORM_KINDS : i - 1;
		struct process_month month = { .opened = 0 };
		count_part(part, kind, &month);
		open[kind] += month.opened - month.closed;
		month.open = open[kind];
		if (kind == FORM_KINDS || month.opened + month.closed + month.open > 0) {
			put_times(part, kind, values, &month);
			months[count++] = month;
		}
	}
	return count;
}

static size_t put_all(const struct history *history, int last, double values[], struct process_month months[])
{
	struct process_month part_months[KINDS];
	unsigned open[KINDS] = { 0 };
	size_t next = 0;
	size_t end = (size_t)(last - history->all[0].month + 1) * KINDS;
	size_t at = end;

	for (int month = history->all[0].month; month <= last; month++) {
		struct part part = { .first = &history->all[next], .month = month };
		for (; next < history->count && history->all[next].month == month; next++) {
			part.count++;
		}
		size_t count = put_part(&part, open, values, part_months);
		at -= count;
		memcpy(&months[at], part_months, count * sizeof(*months));
	}
	memmove(months, &months[at], (end - at) * sizeof(*months));
	return end - at;
}

static int tell(const struct history *history, const char *now, struct process_month **ret_months, size_t *ret_count)
{
	if (history->count == 0) {
		*ret_months = NULL;
		*ret_count = 0;
		return 0;
	}
	int newest = history->all[history->count - 1].month;
	int last = month_of(now) > newest ? month_of(now) : newest;
	size_t room = (size_t)(last - history->all[0].month + 1) * KINDS;
	struct process_month *months = calloc(room, sizeof(*months));
	double *values = calloc(history->count, sizeof(*values));

	if (months == NULL || values == NULL) {
		free(months);
		free(values);
		return -ENOMEM;
	}
	*ret_count = put_all(history, last, values, months);
	*ret_months = months;
	free(values);
	return 0;
}

int process_statistics(struct process *process, struct process_month **ret_months, size_t *ret_count)
{
	struct history history = { .application = 0 };
	int r = read_history(process, &history);

	if (r == 0) {
		r = tell(&history, process->now, ret_months, ret_count);
	}
	free(history.all);
	return r;
}

int process_counts(struct process *process, struct process_count **ret_counts, size_t *ret_count)
{
	struct process_month *months = NULL;
	size_t count = 0;
	int r = process_statistics(process, &months, &count);

	if (r < 0) {
		return r;
	}
	struct process_count *counts = calloc(count + 1, sizeof(*counts));
	*ret_count = 0;
	for (size_t i = 0; counts != NULL && i < count; i++) {
		if (months[i].kind[0] == '\0') {
			struct process_count *put = &counts[(*ret_count)++];
			*put = (struct process_count){ "", months[i].opened, months[i].closed, months[i].open };
			memcpy(put->month, months[i].month, sizeof(put->month));
		}
	}
	free(months);
	*ret_counts = counts;
	return counts != NULL ? 0 : -ENOMEM;
}
