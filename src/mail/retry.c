/* retry.c - when a letter goes again (delivery.h; RFC 5321, 4.5.4.1).  Pure: the same letter always waits as long. */
#include "mail/delivery.h"

static const long minute_s = 60;
static const long hour_s = 3600;
static const long give_up_s = 5L * 24 * 3600;

/* 0 to `span` - 1, by the letter's number and the try: letters that failed together do not come back together. */
static long jitter(int64_t id, int tries, long span)
{
	uint64_t mixed = ((uint64_t)id * 2654435761U) ^ ((uint64_t)tries * 40503U);

	mixed ^= mixed >> 29;
	mixed *= UINT64_C(0xbf58476d1ce4e5b9);
	mixed ^= mixed >> 32;
	return (long)(mixed % (uint64_t)span);
}

/* Half an hour or a little more, so that two tries are in the first hour; then two to three hours. */
static long pause_s(int64_t id, int tries)
{
	return tries == 1 ? 30 * minute_s + jitter(id, tries, 10 * minute_s) : 2 * hour_s + jitter(id, tries, hour_s);
}

long mail_retry_after_s(int64_t id, int tries)
{
	long waited_s = 0;

	for (int i = 1; i < tries && waited_s < give_up_s; i++) {
		waited_s += pause_s(id, i);
	}
	return waited_s < give_up_s ? pause_s(id, tries) : -1;
}
