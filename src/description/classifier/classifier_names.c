/* classifier_names.c - the function among those of one protocol: names behind the table, found by hash.
 *
 * Each function can be found by the values of one of its conditions, the one that fewest others share; so the number
 * of functions does not matter.  Wildcards are values like others: "*.example.org" is looked up for a.example.org. */
#include <string.h>

#include "description/classifier/classifier_table.h"
#include "description/machine/machine.h"

enum { WILDCARDS_MAX = 8, DOMAIN_OCTETS_MAX = 1024, SCORE_EXACT = 1 << 16 };

/* ---- values ---- */

enum value_kind value_kind_of(const char *selector)
{
	if (strcmp(selector, "sni") == 0 || strcmp(selector, "host") == 0) {
		return VALUE_DOMAIN;
	}
	return strcmp(selector, "path") == 0 ? VALUE_PATH : VALUE_EXACT;
}

static bool is_digit(uint8_t octet)
{
	return octet >= '0' && octet <= '9';
}

/* Without ":8080" and the last dot of a full name. */
static size_t domain_size(const uint8_t *octets, size_t size)
{
	size_t end = size;

	while (end > 0 && is_digit(octets[end - 1])) {
		end--;
	}
	if (end > 0 && octets[end - 1] == ':' &&
	    (memchr(octets, ':', end - 1) == NULL || (end > 1 && octets[end - 2] == ']'))) {
		size = end - 1;
	}
	return size > 1 && octets[size - 1] == '.' ? size - 1 : size;
}

static size_t path_size(const uint8_t *octets, size_t size)
{
	size_t end = 0;

	while (end < size && octets[end] != '?' && octets[end] != '#') {
		end++;
	}
	return end;
}

/* Takes away what does not count: blanks around it, a port behind a host, a query behind a path. */
static void trim(enum value_kind kind, const uint8_t **octets, size_t *size)
{
	if (kind == VALUE_EXACT) {
		return;
	}
	while (*size > 0 && (**octets == ' ' || **octets == '\t')) {
		(*octets)++;
		(*size)--;
	}
	while (*size > 0 && ((*octets)[*size - 1] == ' ' || (*octets)[*size - 1] == '\t')) {
		(*size)--;
	}
	*size = kind == VALUE_DOMAIN ? domain_size(*octets, *size) : path_size(*octets, *size);
}

static void fold(const uint8_t *octets, size_t size, uint8_t *room)
{
	for (size_t i = 0; i < size; i++) {
		room[i] = octets[i] >= 'A' && octets[i] <= 'Z' ? (uint8_t)(octets[i] + 32) : octets[i];
	}
}

size_t value_canonical(enum value_kind kind, const uint8_t *octets, size_t size, uint8_t *room)
{
	trim(kind, &octets, &size);
	if (kind == VALUE_DOMAIN) {
		fold(octets, size, room);
	} else {
		memcpy(room, octets, size);
	}
	return size;
}

bool value_is_sound(enum value_kind kind, const uint8_t *octets, size_t size)
{
	const uint8_t *star = memchr(octets, '*', size);
	unsigned parts = 0;

	if (kind == VALUE_EXACT || star == NULL || size == 1) {
		return true;
	}
	for (size_t i = 0; i < size; i++) {
		parts += octets[i] == (kind == VALUE_DOMAIN ? '.' : '/');
	}
	if (parts > WILDCARDS_MAX) {
		return false;
	}
	if (kind == VALUE_DOMAIN) {
		return star == octets && octets[1] == '.' && size > 2 && memchr(octets + 1, '*', size - 1) == NULL;
	}
	return star == octets + size - 1 && octets[size - 2] == '/';
}

/* ---- hashing ---- */

static uint64_t hash_begin(uint32_t selector)
{
	return 0x9E3779B97F4A7C15U ^ selector;
}

static uint64_t hash_octets(uint64_t hash, const uint8_t *octets, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		hash = (hash ^ octets[i]) * 0x100000001B3U;
	}
	return hash;
}

static uint64_t hash_end(uint64_t hash)
{
	hash ^= hash >> 32;
	return hash == 0 ? 1 : hash;
}

uint64_t value_hash(uint32_t selector, const uint8_t *octets, size_t size)
{
	return hash_end(hash_octets(hash_begin(selector), octets, size));
}

/* ---- patterns that a value fits ---- */

/* A value, or a wildcard that covers it: "*" before the last labels of a domain name, or behind the first folders. */
struct pattern {
	const uint8_t *octets;
	size_t size;
	bool star_before;
	bool star_behind;
};

/* The value itself, then the wildcards, the widest first. */
struct patterns {
	unsigned count;
	struct pattern items[1 + WILDCARDS_MAX];
	uint8_t folded[DOMAIN_OCTETS_MAX];
};

static void add_pattern(struct patterns *patterns, struct pattern pattern)
{
	patterns->items[patterns->count++] = pattern;
}

static void add_domains(struct patterns *patterns, const uint8_t *octets, size_t size)
{
	for (size_t i = size; i-- > 0 && patterns->count <= WILDCARDS_MAX;) {
		if (octets[i] == '.' && i + 1 < size) {
			add_pattern(patterns, (struct pattern){ octets + i, size - i, true, false });
		}
	}
}

static void add_folders(struct patterns *patterns, const uint8_t *octets, size_t size)
{
	for (size_t i = 0; i < size && patterns->count <= WILDCARDS_MAX; i++) {
		if (octets[i] == '/') {
			add_pattern(patterns, (struct pattern){ octets, i + 1, false, true });
		}
	}
}

/* Of a value that is too long to be kept only the folders it lies in are known. */
static void patterns_of(enum value_kind kind, const struct named_value *value, struct patterns *ret_patterns)
{
	const uint8_t *octets = value->octets;
	size_t size = value->size;

	ret_patterns->count = 0;
	trim(kind, &octets, &size);
	if (kind == VALUE_DOMAIN) {
		if (size > sizeof(ret_patterns->folded)) {
			return;
		}
		fold(octets, size, ret_patterns->folded);
		octets = ret_patterns->folded;
	}
	if (!value->cut) {
		add_pattern(ret_patterns, (struct pattern){ octets, size, false, false });
	}
	if (kind == VALUE_DOMAIN && !value->cut) {
		add_domains(ret_patterns, octets, size);
	} else if (kind == VALUE_PATH) {
		add_folders(ret_patterns, octets, size);
	}
}

static uint64_t pattern_hash(uint32_t selector, const struct pattern *pattern)
{
	static const uint8_t star = '*';
	uint64_t hash = hash_octets(hash_begin(selector), &star, pattern->star_before);

	hash = hash_octets(hash, pattern->octets, pattern->size);
	return hash_end(hash_octets(hash, &star, pattern->star_behind));
}

static size_t pattern_size(const struct pattern *pattern)
{
	return pattern->size + pattern->star_before + pattern->star_behind;
}

/* As it stands in the configuration. */
static bool pattern_is(const struct pattern *pattern, const uint8_t *text, size_t size)
{
	if (size != pattern_size(pattern) || memcmp(text + pattern->star_before, pattern->octets, pattern->size) != 0) {
		return false;
	}
	return (!pattern->star_before || text[0] == '*') && (!pattern->star_behind || text[size - 1] == '*');
}

static uint32_t pattern_score(const struct pattern *pattern)
{
	return pattern->star_before || pattern->star_behind ? (uint32_t)pattern_size(pattern) : SCORE_EXACT;
}

/* ---- functions ---- */

struct choice {
	uint32_t function;
	uint32_t score;
};

static const char *selector_name(const struct classifier *classifier, const struct table_protocol *protocol,
				 uint32_t selector)
{
	const struct program *program = table_at(classifier, protocol->program_at);

	return program_selectors(program)[selector].name;
}

/* How well one value fits a condition; 0: not at all. */
static uint32_t fit_of(const struct classifier *classifier, const struct table_condition *condition,
		       const struct patterns *patterns)
{
	const struct table_value *values = table_at(classifier, condition->values_at);
	uint32_t best = 0;

	for (uint32_t i = 0; i < condition->value_count; i++) {
		const void *text = table_at(classifier, values[i].text_at);
		for (unsigned p = 0; p < patterns->count; p++) {
			uint32_t score = pattern_score(&patterns->items[p]);
			if (score > best && pattern_is(&patterns->items[p], text, values[i].size)) {
				best = score;
			}
		}
	}
	return best;
}

/* The best of all values of a selector. */
static uint32_t best_fit(const struct classifier *classifier, const struct table_protocol *protocol,
			 const struct table_condition *condition, const struct named_value *values,
			 unsigned value_count)
{
	enum value_kind kind = value_kind_of(selector_name(classifier, protocol, condition->selector));
	uint32_t best = 0;

	for (unsigned i = 0; i < value_count; i++) {
		UNFILLED struct patterns patterns;
		if (values[i].selector != condition->selector) {
			continue;
		}
		patterns_of(kind, &values[i], &patterns);
		uint32_t fit = fit_of(classifier, condition, &patterns);
		best = fit > best ? fit : best;
	}
	return best;
}

/* All conditions must hold, each by one of the values of its selector; `found` says how well its key does. */
static uint32_t score_of(const struct classifier *classifier, const struct table_protocol *protocol,
			 const struct table_function *function, uint32_t found, const struct named_value *values,
			 unsigned value_count)
{
	const struct table_condition *conditions = table_at(classifier, function->conditions_at);
	uint32_t sum = 1 + found;

	for (uint32_t i = 0; i < function->condition_count; i++) {
		uint32_t best =
			i == function->key ? 1 : best_fit(classifier, protocol, &conditions[i], values, value_count);
		if (best == 0) {
			return 0;
		}
		sum += i == function->key ? 0 : best;
	}
	return sum;
}

static void consider(const struct classifier *classifier, const struct table_protocol *protocol, uint32_t message,
		     uint32_t index, uint32_t found, const struct named_value *values, unsigned value_count,
		     struct choice *choice)
{
	const struct table_function *functions = table_at(classifier, classifier->functions_at);
	const struct table_function *function = &functions[index];

	if (function->message >= 0 && (uint32_t)function->message != message) {
		return;
	}
	uint32_t score = score_of(classifier, protocol, function, found, values, value_count);
	if (score > choice->score || (score == choice->score && score > 0 && index < choice->function)) {
		*choice = (struct choice){ .function = index, .score = score };
	}
}

static const struct name_slot *slot_find(const struct classifier *classifier, const struct table_protocol *protocol,
					 uint32_t selector, const struct pattern *pattern)
{
	const struct name_slot *slots = table_at(classifier, protocol->slots_at);
	uint64_t hash = pattern_hash(selector, pattern);

	for (uint32_t at = (uint32_t)hash & (protocol->slot_count - 1); slots[at].hash != 0;
	     at = (at + 1) & (protocol->slot_count - 1)) {
		if (slots[at].hash == hash && slots[at].selector == selector &&
		    pattern_is(pattern, table_at(classifier, slots[at].text_at), slots[at].size)) {
			return &slots[at];
		}
	}
	return NULL;
}

static void consider_value(const struct classifier *classifier, const struct table_protocol *protocol, uint32_t message,
			   const struct named_value *value, const struct named_value *values, unsigned value_count,
			   struct choice *choice)
{
	UNFILLED struct patterns patterns;

	patterns_of(value_kind_of(selector_name(classifier, protocol, value->selector)), value, &patterns);
	for (unsigned i = 0; i < patterns.count; i++) {
		const struct name_slot *slot = slot_find(classifier, protocol, value->selector, &patterns.items[i]);
		const uint32_t *indexes = slot != NULL ? table_at(classifier, slot->functions_at) : NULL;
		for (uint32_t f = 0; slot != NULL && f < slot->function_count; f++) {
			consider(classifier, protocol, message, indexes[f], pattern_score(&patterns.items[i]), values,
				 value_count, choice);
		}
	}
}

/* Functions without conditions: the first that this message may reach. */
static uint32_t plain_function(const struct classifier *classifier, const struct table_protocol *protocol,
			       uint32_t message)
{
	const struct table_function *functions = table_at(classifier, classifier->functions_at);

	if (protocol->otherwise == CLASSIFIER_NONE) {
		return CLASSIFIER_NONE;
	}
	for (uint32_t i = protocol->otherwise; i < protocol->first_function + protocol->function_count; i++) {
		if (functions[i].condition_count == 0 &&
		    (functions[i].message < 0 || (uint32_t)functions[i].message == message)) {
			return i;
		}
	}
	return CLASSIFIER_NONE;
}

uint32_t names_choose(const struct classifier *classifier, const struct table_protocol *protocol, uint32_t message,
		      const struct named_value *values, unsigned value_count)
{
	struct choice choice = { .function = CLASSIFIER_NONE };

	for (unsigned i = 0; i < value_count && protocol->slot_count > 0; i++) {
		consider_value(classifier, protocol, message, &values[i], values, value_count, &choice);
	}
	return choice.function != CLASSIFIER_NONE ? choice.function : plain_function(classifier, protocol, message);
}
