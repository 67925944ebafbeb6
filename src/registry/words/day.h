/* day.h - days as the registry writes them, "2026-02-25".  Pure, but for today. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DAY_SIZE = 11 };

/* A day that exists.  "2025-06" stands for that month's last day when `or_month`. */
bool day_read(const char *text, bool or_month, char ret_day[static DAY_SIZE]);
/* The first YYYY-MM-DD in a text, like a file's name. */
bool day_find(const char *text, char ret_day[static DAY_SIZE]);
void day_today(char ret_day[static DAY_SIZE]); /* UTC */
