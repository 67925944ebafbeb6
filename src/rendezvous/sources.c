/* sources.c - limits for each source address, shared by all acceptors.  Called by acceptors for each call; the
 * supervisor only clears the columns of the dead.  Never allocates: the table's size is the limit. */
#include "rendezvous/sources.h"

#include <errno.h>
#include <stddef.h>

enum { NS_PER_SECOND = 1000000000 };

static uint64_t mix(uint64_t value)
{
	value ^= value >> 33;
	value *= 0xff51afd7ed558ccdULL;
	value ^= value >> 33;
	value *= 0xc4ceb9fe1a85ec53ULL;
	return value ^ (value >> 33);
}

static uint32_t unfinished(const struct caller_source *source)
{
	uint32_t sum = 0;

	for (int column = 0; column < ACCEPTOR_COLUMNS_MAX; column++) {
		sum += atomic_load(&source->unfinished[column]);
	}
	return sum;
}

/* Takes the entry used longest ago that nobody needs.  Two acceptors may take the same one at once for two
 * sources: the loser of the exchange looks again. */
static struct caller_source *replace_oldest(struct caller_source *set, uint64_t key, uint64_t now_ns)
{
	for (int tries = 0; tries < SOURCE_WAYS; tries++) {
		struct caller_source *oldest = NULL;
		for (int way = 0; way < SOURCE_WAYS; way++) {
			if ((oldest == NULL || atomic_load(&set[way].used_ns) < atomic_load(&oldest->used_ns)) &&
			    (atomic_load(&set[way].key) == 0 || unfinished(&set[way]) == 0)) {
				oldest = &set[way];
			}
		}
		if (oldest == NULL) {
			return NULL;
		}
		uint64_t old_key = atomic_load(&oldest->key);
		atomic_store(&oldest->used_ns, now_ns);
		if (atomic_compare_exchange_strong(&oldest->key, &old_key, key)) {
			atomic_store(&oldest->next_ns, 0);
			return oldest;
		}
	}
	return NULL;
}

static struct caller_source *find(struct sources *sources, uint64_t key, uint64_t now_ns)
{
	uint64_t first = mix(key ^ sources->secret) % (SOURCES_MAX / SOURCE_WAYS) * SOURCE_WAYS;
	struct caller_source *set = &sources->entries[first];

	for (int way = 0; way < SOURCE_WAYS; way++) {
		if (atomic_load_explicit(&set[way].key, memory_order_relaxed) == key) {
			atomic_store_explicit(&set[way].used_ns, now_ns, memory_order_relaxed);
			return &set[way];
		}
	}
	return replace_oldest(set, key, now_ns);
}

/* A bucket that leaks per_second and holds burst, kept as the one moment when the next call is due. */
static bool is_too_fast(struct caller_source *source, const struct source_limits *limits, uint64_t now_ns)
{
	uint64_t interval_ns = NS_PER_SECOND / limits->per_second;
	uint64_t allowance_ns = interval_ns * limits->burst;
	uint64_t next_ns = atomic_load(&source->next_ns);
	uint64_t after_ns;

	do {
		uint64_t base_ns = next_ns > now_ns ? next_ns : now_ns;
		after_ns = base_ns + interval_ns;
		if (after_ns - now_ns > allowance_ns) {
			return true;
		}
	} while (!atomic_compare_exchange_weak(&source->next_ns, &next_ns, after_ns));
	return false;
}

int sources_enter(struct sources *sources, unsigned column, uint64_t key, const struct source_limits *limits,
		  uint64_t now_ns, uint32_t *ret_entry)
{
	struct caller_source *source = find(sources, key, now_ns);

	if (source == NULL) {
		atomic_fetch_add(&sources->crowded, 1);
		*ret_entry = SOURCE_UNCOUNTED;
		return 0;
	}
	if (atomic_load(&source->unfinished[column]) == UINT16_MAX) {
		return -EDQUOT;
	}
	/* Counted first and summed up then, so that two acceptors together cannot pass the limit. */
	atomic_fetch_add(&source->unfinished[column], 1);
	if ((limits->calls > 0 && unfinished(source) > limits->calls) ||
	    (limits->per_second > 0 && is_too_fast(source, limits, now_ns))) {
		atomic_fetch_sub(&source->unfinished[column], 1);
		return -EDQUOT;
	}
	*ret_entry = (uint32_t)(source - sources->entries);
	return 0;
}

void sources_leave(struct sources *sources, unsigned column, uint32_t entry)
{
	if (entry != SOURCE_UNCOUNTED) {
		atomic_fetch_sub_explicit(&sources->entries[entry].unfinished[column], 1, memory_order_relaxed);
	}
}

void sources_forget_column(struct sources *sources, unsigned column)
{
	for (int entry = 0; entry < SOURCES_MAX; entry++) {
		if (atomic_load_explicit(&sources->entries[entry].unfinished[column], memory_order_relaxed) != 0) {
			atomic_store(&sources->entries[entry].unfinished[column], 0);
		}
	}
}
