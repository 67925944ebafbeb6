/* due.c - how long an application takes and what is due, as the staff reads it (due.h). */
#include "web/staff/due.h"

#include <stdio.h>
#include <string.h>

#include "base/moment.h"
#include "registry/process/process.h"

enum { HOUR_S = 60 * 60, DAY_S = 24 * HOUR_S };

void due_put_days(struct html *html, int64_t seconds)
{
	int64_t days = seconds / DAY_S;
	int64_t hours = seconds > 0 ? seconds / HOUR_S : 0;

	if (days > 0) {
		html_print(html, "%lld day%s", (long long)days, days == 1 ? "" : "s");
	} else {
		html_print(html, "%lld hour%s", (long long)hours, hours == 1 ? "" : "s");
	}
}

void due_put(struct html *html, const char *due, const char *now)
{
	char day[sizeof("9999-12-31")];

	if (due[0] == '\0') {
		html_print(html, "-");
		return;
	}
	(void)snprintf(day, sizeof(day), "%.10s", due);
	int64_t left_s = moment_between(now, due);
	if (left_s < 0) {
		html_print(html, "<strong>overdue</strong> by ");
		due_put_days(html, -left_s);
		html_print(html, ", since %s", day);
	} else {
		html_print(html, "%s, in ", day);
		due_put_days(html, left_s);
	}
}

/* ---- whose time ---- */

static const char *clock_of(const json_t *step)
{
	const struct process_move *move =
		process_move_find(row_text(step, "from_state"), row_text(step, "act"), row_text(step, "to_state"));

	return move != NULL ? move->clock : "none";
}

void due_clocks_read(const json_t *steps, const char *now, struct due_clocks *ret_clocks)
{
	size_t count = json_array_size(steps);

	*ret_clocks = (struct due_clocks){ 0 };
	for (size_t i = 0; i < count; i++) {
		const json_t *step = json_array_get(steps, i);
		const char *until = i + 1 < count ? row_text(json_array_get(steps, i + 1), "at") : now;
		const char *clock = clock_of(step);
		int64_t passed_s = moment_between(row_text(step, "at"), until);
		if (strcmp(clock, "own") == 0) {
			ret_clocks->own_s += passed_s;
		} else if (strcmp(clock, "applicant") == 0) {
			ret_clocks->applicant_s += passed_s;
		} else if (strcmp(clock, "other") == 0) {
			ret_clocks->other_s += passed_s;
		}
	}
}
