/* audit_suspects.c - events that do not fit, compared with each other and with the numbers that are missing
 * (audit_chain.h).  Called by audit_chain.c only.
 *
 * The hash is over the number too: so an event that fits under another's number was written under that one. */
#include <errno.h>
#include <string.h>

#include "store/audit_chain.h"

void audit_suspects_add(struct audit_suspects *suspects, struct audit *audit, int64_t event)
{
	if (suspects->event_count < AUDIT_SUSPECTS_MAX) {
		suspects->events[suspects->event_count++] = event;
	} else {
		audit_report(audit, "event %lld was changed after it was written", (long long)event);
	}
}

void audit_suspects_miss(struct audit_suspects *suspects, int64_t from, int64_t to)
{
	if (suspects->missing_count < AUDIT_SUSPECTS_MAX) {
		suspects->missing[suspects->missing_count][0] = from;
		suspects->missing[suspects->missing_count++][1] = to;
	} else {
		suspects->missing_more += to - from + 1;
	}
}

/* The number under which the event fits, or 0. */
static int64_t right_number(const struct audit_suspects *suspects, const struct audit_event_row *row)
{
	size_t tries = AUDIT_SUSPECTS_MAX;

	for (size_t i = 0; i < suspects->event_count; i++) {
		if (audit_event_fits(row, suspects->events[i])) {
			return suspects->events[i];
		}
	}
	for (size_t i = 0; i < suspects->missing_count; i++) {
		for (int64_t n = suspects->missing[i][0]; n <= suspects->missing[i][1] && tries > 0; n++, tries--) {
			if (audit_event_fits(row, n)) {
				return n;
			}
		}
	}
	return 0;
}

static int find_numbers(struct audit_suspects *suspects, struct audit *audit, int64_t *ret_numbers)
{
	struct statement *statement = NULL;
	struct audit_event_row row;
	int r = statement_prepare(audit->store->database,
				  "SELECT n, at, staff, act, subject, why, body, prev, hash FROM event WHERE n = ?",
				  &statement);

	for (size_t i = 0; r >= 0 && i < suspects->event_count; i++) {
		statement_bind_integer(statement, 1, suspects->events[i]);
		r = statement_step(statement);
		ret_numbers[i] = 0;
		if (r > 0) {
			audit_read_event(statement, &row);
			ret_numbers[i] = right_number(suspects, &row);
			statement_reset(statement);
		}
	}
	(void)statement_free(statement);
	return r < 0 ? store_complain(audit->store, r, NULL) : 0;
}

static void tell_event(const struct audit_suspects *suspects, struct audit *audit, const int64_t *numbers, size_t i)
{
	long long event = suspects->events[i];
	long long number = numbers[i];
	bool is_exchanged = false;
	bool is_second = false;

	for (size_t j = 0; j < suspects->event_count && number != 0; j++) {
		is_exchanged = is_exchanged || (suspects->events[j] == number && numbers[j] == event);
		is_second = is_second || (suspects->events[j] == number && numbers[j] == event && j < i);
	}
	if (number == 0) {
		audit_report(audit, "event %lld was changed after it was written", event);
	} else if (!is_exchanged) {
		audit_report(audit, "event %lld stands under the number %lld", number, event);
	} else if (!is_second) {
		audit_report(audit, "events %lld and %lld stand in each other's place", event, number);
	}
}

static bool is_found(const int64_t *numbers, size_t count, int64_t n)
{
	for (size_t i = 0; i < count; i++) {
		if (numbers[i] == n) {
			return true;
		}
	}
	return false;
}

static void tell_missing(struct audit *audit, const int64_t *numbers, size_t count, int64_t from, int64_t to)
{
	for (; from <= to && is_found(numbers, count, from); from++) {
	}
	for (; from <= to && is_found(numbers, count, to); to--) {
	}
	if (from == to) {
		audit_report(audit, "event %lld is missing", (long long)from);
	} else if (from < to) {
		audit_report(audit, "events %lld to %lld are missing", (long long)from, (long long)to);
	}
}

int audit_suspects_tell(struct audit_suspects *suspects, struct audit *audit)
{
	int64_t numbers[AUDIT_SUSPECTS_MAX];
	int r = find_numbers(suspects, audit, numbers);

	if (r < 0) {
		return r;
	}
	for (size_t i = 0; i < suspects->event_count; i++) {
		tell_event(suspects, audit, numbers, i);
	}
	for (size_t i = 0; i < suspects->missing_count; i++) {
		tell_missing(audit, numbers, suspects->event_count, suspects->missing[i][0], suspects->missing[i][1]);
	}
	if (suspects->missing_more > 0) {
		audit_report(audit, "%lld more events are missing", (long long)suspects->missing_more);
	}
	return 0;
}
