/* day.c - days as the registry writes them (day.h).  Called by the readers of files and by the commands. */
#include "registry/words/day.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/moment.h"

static bool digits(const char *text, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9') {
			return false;
		}
	}
	return true;
}

static int number(const char *text, int count)
{
	int value = 0;

	for (int i = 0; i < count; i++) {
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

static int days_of_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

/* Year and month of "YYYY-MM", at most 9999-12. */
static bool month_read(const char *text, int *ret_year, int *ret_month)
{
	if (strlen(text) < 7 || !digits(text, 4) || text[4] != '-' || !digits(text + 5, 2)) {
		return false;
	}
	*ret_year = number(text, 4);
	*ret_month = number(text + 5, 2);
	return *ret_month >= 1 && *ret_month <= 12;
}

bool day_read(const char *text, bool or_month, char ret_day[static DAY_SIZE])
{
	int year = 0;
	int month = 0;

	if (!month_read(text, &year, &month)) {
		return false;
	}
	int last = days_of_month(year, month);
	if (or_month && text[7] == '\0') {
		(void)snprintf(ret_day, DAY_SIZE, "%.7s-%.2d", text, last);
		return true;
	}
	if (text[7] != '-' || strlen(text) != DAY_SIZE - 1 || !digits(text + 8, 2)) {
		return false;
	}
	int day = number(text + 8, 2);
	if (day < 1 || day > last) {
		return false;
	}
	memcpy(ret_day, text, DAY_SIZE);
	return true;
}

bool day_find(const char *text, char ret_day[static DAY_SIZE])
{
	char candidate[DAY_SIZE];

	for (; strlen(text) >= DAY_SIZE - 1; text++) {
		(void)snprintf(candidate, sizeof(candidate), "%.10s", text);
		if (day_read(candidate, false, ret_day)) {
			return true;
		}
	}
	return false;
}

void day_today(char ret_day[static DAY_SIZE])
{
	char now[MOMENT_SIZE] = "";

	(void)moment_write(time(NULL), now);
	(void)snprintf(ret_day, DAY_SIZE, "%.10s", now);
}
