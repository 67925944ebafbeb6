/* limit.c - how often one source may ask (limit.h).  Never allocates after its making: a table's size is the limit.
 *
 * A bucket is one number: the moment until which its tokens are spent.  Whoever is not in the table has all of them, so
 * the entry that gives way to a new source is the one whose moment is soonest. */
#include "web/site/limit.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/address.h"

enum { SETS = 4096, WAYS = 4, ALL_SOURCES = 1 };

static const uint64_t ns_per_minute = UINT64_C(60000000000);

static const struct {
	const char *name;
	struct limit_rate rate;
	enum limit_kind of_all; /* what counts the same of all sources together; or itself */
} kinds[LIMIT_KINDS] = {
	[LIMIT_REQUESTS] = { "requests", { 1200, 300 }, LIMIT_REQUESTS },
	[LIMIT_SLOW] = { "slow", { 60, 30 }, LIMIT_SLOW },
	[LIMIT_POSTS] = { "posts", { 180, 120 }, LIMIT_POSTS },
	[LIMIT_SUBMISSIONS] = { "submissions", { 1, 10 }, LIMIT_ALL_SUBMISSIONS },
	[LIMIT_ALL_SUBMISSIONS] = { "all-submissions", { 10, 100 }, LIMIT_ALL_SUBMISSIONS },
	[LIMIT_SIGN_INS] = { "sign-ins", { 2, 20 }, LIMIT_ALL_SIGN_INS },
	[LIMIT_ALL_SIGN_INS] = { "all-sign-ins", { 60, 30 }, LIMIT_ALL_SIGN_INS },
};

struct bucket {
	uint64_t key; /* 0 free */
	uint64_t spent_until_ns;
};

struct limits {
	struct limit_rate rates[LIMIT_KINDS];
	struct limit_counters counters[LIMIT_KINDS];
	unsigned char secret[crypto_shorthash_KEYBYTES]; /* so that nobody can choose whose place to take */
	struct bucket buckets[LIMIT_KINDS][SETS][WAYS];
};

const char *limit_name(enum limit_kind kind)
{
	return kinds[kind].name;
}

struct limit_rate limit_default(enum limit_kind kind)
{
	return kinds[kind].rate;
}

struct limits *limits_create(void)
{
	struct limits *limits = sodium_init() < 0 ? NULL : calloc(1, sizeof(*limits));

	if (limits != NULL) {
		crypto_shorthash_keygen(limits->secret);
		for (int kind = 0; kind < LIMIT_KINDS; kind++) {
			limits->rates[kind] = kinds[kind].rate;
		}
	}
	return limits;
}

struct limits *limits_destroy(struct limits *limits)
{
	free(limits);
	return NULL;
}

void limits_set(struct limits *limits, enum limit_kind kind, struct limit_rate rate)
{
	limits->rates[kind] = rate;
}

static uint64_t key_of(const char *source)
{
	struct prefix prefix;

	return prefix_parse(source, &prefix) < 0 ? user_source_key(0) : address_source_key(&prefix.address);
}

static struct bucket *bucket_of(struct limits *limits, enum limit_kind kind, uint64_t key)
{
	unsigned char hash[crypto_shorthash_BYTES];

	(void)crypto_shorthash(hash, (const unsigned char *)&key, sizeof(key), limits->secret);
	struct bucket *set = limits->buckets[kind][(hash[0] | hash[1] << 8) % SETS];
	struct bucket *soonest = &set[0];
	for (int way = 0; way < WAYS; way++) {
		if (set[way].key == key) {
			return &set[way];
		}
		soonest = set[way].spent_until_ns < soonest->spent_until_ns ? &set[way] : soonest;
	}
	*soonest = (struct bucket){ .key = key };
	return soonest;
}

static unsigned take(struct limits *limits, enum limit_kind kind, uint64_t key, uint64_t now_ns)
{
	struct bucket *bucket = bucket_of(limits, kind, key);
	uint64_t token_ns = ns_per_minute / limits->rates[kind].per_minute;
	uint64_t whole_ns = token_ns * limits->rates[kind].burst;
	uint64_t from_ns = bucket->spent_until_ns > now_ns ? bucket->spent_until_ns : now_ns;

	if (from_ns + token_ns > now_ns + whole_ns) {
		limits->counters[kind].refused++;
		return (unsigned)((from_ns + token_ns - now_ns - whole_ns) / 1000000000 + 1);
	}
	bucket->spent_until_ns = from_ns + token_ns;
	limits->counters[kind].taken++;
	return 0;
}

unsigned limit_take(struct limits *limits, enum limit_kind kind, const char *source, uint64_t now_ns)
{
	enum limit_kind of_all = kinds[kind].of_all;
	unsigned wait_s = take(limits, kind, key_of(source), now_ns);

	return wait_s > 0 || of_all == kind ? wait_s : take(limits, of_all, ALL_SOURCES, now_ns);
}

const struct limit_counters *limit_counters(const struct limits *limits, enum limit_kind kind)
{
	return &limits->counters[kind];
}
