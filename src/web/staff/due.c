/* due.c - how long an application takes and what is due, as the staff reads it (due.h). */
#include "web/staff/due.h"

#include <string.h>
#include <time.h>

#include "registry/process/process.h"
#include "web/staff/row.h"

enum { HOUR_S = 60 * 60, DAY_S = 24 * HOUR_S, DAY_LENGTH = 10 };

static bool read_time(const char *at, time_t *ret_time)
{
	struct tm utc = { 0 };
	const char *end = strptime(at, "%Y-%m-%dT%H:%M:%SZ", &utc);

	if (end == NULL || *end != '\0') {
		return false;
	}
	*ret_time = timegm(&utc);
	return true;
}

int64_t due_seconds(const char *from, const char *to)
{
	time_t first = 0;
	time_t last = 0;

	return read_time(from, &first) && read_time(to, &last) ? (int64_t)(last - first) : 0;
}

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
	char day[DAY_LENGTH + 1] = "";

	if (due[0] == '\0') {
		html_print(html, "-");
		return;
	}
	strncat(day, due, DAY_LENGTH);
	int64_t left_s = due_seconds(now, due);
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
	for (const struct process_move *move = process_moves; move->from != NULL; move++) {
		if (strcmp(move->from, staff_text(step, "from_state")) == 0 &&
		    strcmp(move->act, staff_text(step, "act")) == 0 &&
		    strcmp(move->to, staff_text(step, "to_state")) == 0) {
			return move->clock;
		}
	}
	return "none";
}

void due_clocks_read(const json_t *steps, const char *now, struct due_clocks *ret_clocks)
{
	size_t count = json_array_size(steps);

	*ret_clocks = (struct due_clocks){ 0 };
	for (size_t i = 0; i < count; i++) {
		const json_t *step = json_array_get(steps, i);
		const char *until = i + 1 < count ? staff_text(json_array_get(steps, i + 1), "at") : now;
		const char *clock = clock_of(step);
		int64_t passed_s = due_seconds(staff_text(step, "at"), until);
		if (strcmp(clock, "own") == 0) {
			ret_clocks->own_s += passed_s;
		} else if (strcmp(clock, "applicant") == 0) {
			ret_clocks->applicant_s += passed_s;
		} else if (strcmp(clock, "other") == 0) {
			ret_clocks->other_s += passed_s;
		}
	}
}
