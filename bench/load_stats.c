/* load_stats.c - counts and latencies of the load generator.  Called by load.c only.  Every latency
 * is kept, because a run is short and a quantile of all of them needs no explanation. */
#include "load_stats.h"

#include <stdio.h>
#include <stdlib.h>

void load_stats_init(struct load_stats *stats, uint64_t calls_max)
{
	*stats = (struct load_stats){ .latencies_max = calls_max };
	stats->latency_us10 = calloc(calls_max, sizeof(*stats->latency_us10));
	if (stats->latency_us10 == NULL) {
		perror("load");
		exit(1);
	}
}

void load_stats_finish(struct load_stats *stats)
{
	free(stats->latency_us10);
	stats->latency_us10 = NULL;
}

void load_stats_done(struct load_stats *stats, uint64_t latency_ns)
{
	if (stats->done < stats->latencies_max) {
		stats->latency_us10[stats->done] = (uint32_t)(latency_ns / 100);
	}
	stats->done++;
}

static int compare(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left;
	uint32_t b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

double load_stats_latency_us(struct load_stats *stats, double share)
{
	uint64_t count = stats->done < stats->latencies_max ? stats->done : stats->latencies_max;
	uint64_t index = (uint64_t)((double)count * share);

	if (count == 0) {
		return 0;
	}
	qsort(stats->latency_us10, count, sizeof(*stats->latency_us10), compare);
	return (double)stats->latency_us10[index < count ? index : count - 1] / 10;
}
