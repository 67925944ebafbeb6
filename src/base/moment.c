/* moment.c - moments to seconds and back (moment.h).  Called wherever a time is written down or compared. */
#include "base/moment.h"

#include <errno.h>
#include <string.h>

/* Years begin in March here, so that the leap day is the last one; 400 of them are an era, and eras begin in year 0. */
enum {
	DAY_S = 24 * 60 * 60,
	DAYS_TO_1970 = 719468,
	DAYS_OF_ERA = 146097,
	YEARS_OF_ERA = 400,
	DAYS_TO_YEAR_1000 = -354285, /* from 1970 */
	DAYS_TO_YEAR_10000 = 2932897,
};

static void put_digits(char *text, unsigned number, unsigned count)
{
	while (count-- > 0) {
		text[count] = (char)('0' + number % 10);
		number /= 10;
	}
}

static void put_day(unsigned days, char *text)
{
	unsigned in_era = days % DAYS_OF_ERA;
	unsigned year_of_era = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	unsigned in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	unsigned month = (5 * in_year + 2) / 153;
	unsigned is_next_year = month >= 10 ? 1 : 0;

	put_digits(text, days / DAYS_OF_ERA * YEARS_OF_ERA + year_of_era + is_next_year, 4);
	put_digits(text + 5, month + 3 - 12 * is_next_year, 2);
	put_digits(text + 8, in_year - (153 * month + 2) / 5 + 1, 2);
}

int moment_write(int64_t seconds, char ret_moment[static MOMENT_SIZE])
{
	if (seconds < DAYS_TO_YEAR_1000 * (int64_t)DAY_S || seconds >= DAYS_TO_YEAR_10000 * (int64_t)DAY_S) {
		return -EINVAL;
	}
	uint64_t since_year_0 = (uint64_t)(seconds + DAYS_TO_1970 * (int64_t)DAY_S);
	unsigned in_day = (unsigned)(since_year_0 % DAY_S);
	memcpy(ret_moment, "0000-00-00T00:00:00Z", MOMENT_SIZE);
	put_day((unsigned)(since_year_0 / DAY_S), ret_moment);
	put_digits(ret_moment + 11, in_day / 3600, 2);
	put_digits(ret_moment + 14, in_day / 60 % 60, 2);
	put_digits(ret_moment + 17, in_day % 60, 2);
	return 0;
}

/* What stands there, whatever it is: the moment that comes of it is compared. */
static int64_t number(const char *text, unsigned count)
{
	int64_t number = 0;

	for (; count-- > 0; text++) {
		number = number * 10 + (*text - '0');
	}
	return number;
}

int moment_read(const char *moment, int64_t *ret_seconds)
{
	char again[MOMENT_SIZE];

	if (strlen(moment) != MOMENT_SIZE - 1) {
		return -EINVAL;
	}
	int64_t month = number(moment + 5, 2);
	int64_t year = number(moment, 4) - (month <= 2 ? 1 : 0);
	int64_t in_year = (153 * (month + (month <= 2 ? 9 : -3)) + 2) / 5 + number(moment + 8, 2) - 1;
	int64_t days = 365 * year + year / 4 - year / 100 + year / YEARS_OF_ERA + in_year - DAYS_TO_1970;
	int64_t seconds =
		days * DAY_S + number(moment + 11, 2) * 3600 + number(moment + 14, 2) * 60 + number(moment + 17, 2);
	if (moment_write(seconds, again) < 0 || strcmp(again, moment) != 0) {
		return -EINVAL;
	}
	*ret_seconds = seconds;
	return 0;
}

int64_t moment_seconds(const char *moment)
{
	int64_t seconds = 0;

	(void)moment_read(moment, &seconds);
	return seconds;
}

int64_t moment_between(const char *from, const char *to)
{
	int64_t first;
	int64_t last;

	return moment_read(from, &first) == 0 && moment_read(to, &last) == 0 ? last - first : 0;
}

int moment_after(const char *moment, int64_t seconds, char ret_moment[static MOMENT_SIZE])
{
	int64_t from;

	if (moment_read(moment, &from) < 0 || __builtin_add_overflow(from, seconds, &from)) {
		return -EINVAL;
	}
	return moment_write(from, ret_moment);
}
