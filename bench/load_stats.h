/* load_stats.h - what a run of the load generator saw. */
#pragma once

#include <stdint.h>

struct load_stats {
	uint64_t done;
	uint64_t refused;
	uint64_t reset;
	uint64_t wrong;
	uint64_t timeouts;
	uint64_t unstarted;	/* open loop: scheduled calls for which there was no free client */
	uint32_t *latency_us10; /* of each call done, in tenths of a microsecond */
	uint64_t latencies_max;
};

/* Makes room for `calls_max` latencies; exits when there is no memory. */
void load_stats_init(struct load_stats *stats, uint64_t calls_max);
void load_stats_finish(struct load_stats *stats);

/* Counts a call that was answered. */
void load_stats_done(struct load_stats *stats, uint64_t latency_ns);

/* The latency that `share` (0 to 1) of the calls did not exceed, in microseconds; 0 without calls.
 * Sorts. */
double load_stats_latency_us(struct load_stats *stats, double share);
