/* answers_search.c - full text: rows that have every word somewhere.  Called by berth search and by pages.
 *
 * Texts stand in one pool, each distinct one once.  So a word is looked for in the pool, all of it at a stretch, and
 * each text that has it is marked; rows then only ask for marks. */
#include "registry/lookup/answers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "registry/records/derive.h"

/* How well a word fits, the best first. */
enum { RANK_NAME, RANK_NAME_BEGINS, RANK_IN_NAME, RANK_DESCRIPTION, RANK_REST, RANK_NONE };

struct word {
	char *folded; /* in lower case */
	size_t size;
	uint8_t *marks; /* a bit for each octet of the pool: a text begins there that has the word */
};

struct words {
	const char *pool;
	size_t pool_size;
	struct word *items;
	size_t count;
};

/* ---- marks ---- */

static void mark_texts(struct word *word, const char *pool, size_t size)
{
	const char *end = pool + size;

	for (const char *at = pool; at < end;) {
		const char *found = memmem(at, (size_t)(end - at), word->folded, word->size);
		if (found == NULL) {
			return;
		}
		const char *before = memrchr(pool, '\0', (size_t)(found - pool));
		size_t start = before == NULL ? 0 : (size_t)(before + 1 - pool);
		word->marks[start / 8] |= (uint8_t)(1U << start % 8);
		at = (const char *)memchr(found, '\0', (size_t)(end - found)) + 1; /* the last octet is one */
	}
}

/* A text outside the pool is the empty one. */
static bool has(const struct words *words, const struct word *word, const char *text)
{
	size_t offset = (size_t)(text - words->pool);

	return text >= words->pool && offset < words->pool_size && (word->marks[offset / 8] & 1U << offset % 8) != 0;
}

/* In lower case, as entry_fold has it: octets of other scripts stay. */
static char *fold_pool(const char *pool, size_t size)
{
	char *folded = malloc(size);

	for (size_t i = 0; folded != NULL && i < size; i++) {
		folded[i] = (char)(pool[i] >= 'A' && pool[i] <= 'Z' ? pool[i] + ('a' - 'A') : pool[i]);
	}
	return folded;
}

static int read_word(struct word *word, const char *text, const char *folded_pool, size_t pool_size)
{
	word->size = strlen(text);
	word->folded = strdup(text);
	word->marks = calloc(pool_size / 8 + 1, 1);
	if (word->folded == NULL || word->marks == NULL) {
		return -ENOMEM;
	}
	entry_fold(text, word->folded);
	mark_texts(word, folded_pool, pool_size);
	return 0;
}

static int read_words(struct words *words, const struct view *view, const char *const *texts, size_t count)
{
	words->pool = view_texts(view, &words->pool_size);
	words->items = calloc(count + 1, sizeof(*words->items));
	char *folded = fold_pool(words->pool, words->pool_size);
	int r = words->items == NULL || folded == NULL ? -ENOMEM : 0;

	words->count = words->items == NULL ? 0 : count;
	for (size_t i = 0; i < count && r == 0; i++) {
		r = read_word(&words->items[i], texts[i], folded, words->pool_size);
	}
	free(folded);
	return r;
}

static void finish_words(struct words *words)
{
	for (size_t i = 0; i < words->count; i++) {
		free(words->items[i].folded);
		free(words->items[i].marks);
	}
	free(words->items);
}

/* ---- rows ---- */

static int rank_of(const struct view_row *row, const struct words *words, const struct word *word)
{
	static const enum entry_column rest[] = { ENTRY_ASSIGNEE, ENTRY_CONTACT, ENTRY_NOTES, ENTRY_REFERENCE };

	if (strncmp(row->fold, word->folded, word->size) == 0) {
		return row->fold[word->size] == '\0' ? RANK_NAME : RANK_NAME_BEGINS;
	}
	if (has(words, word, row->fold)) {
		return RANK_IN_NAME;
	}
	if (has(words, word, row->columns[ENTRY_DESCRIPTION])) {
		return RANK_DESCRIPTION;
	}
	for (size_t i = 0; i < sizeof(rest) / sizeof(rest[0]); i++) {
		if (has(words, word, row->columns[rest[i]])) {
			return RANK_REST;
		}
	}
	return RANK_NONE;
}

/* The best rank of all words; RANK_NONE when one is missing. */
static int rank_of_all(const struct view_row *row, const struct words *words)
{
	int best = RANK_REST;

	for (size_t i = 0; i < words->count; i++) {
		int rank = rank_of(row, words, &words->items[i]);
		if (rank == RANK_NONE) {
			return RANK_NONE;
		}
		best = rank < best ? rank : best;
	}
	return best;
}

struct hit {
	int rank;
	bool base; /* own rows go first */
	int lo;
	uint32_t row;
};

/* Names without a number come last. */
static int port_order(int lo)
{
	return lo == ENTRY_NO_PORT ? UINT16_MAX + 1 : lo;
}

static int compare_hits(const void *a, const void *b)
{
	const struct hit *first = a;
	const struct hit *second = b;

	if (first->rank != second->rank) {
		return first->rank - second->rank;
	}
	if (first->base != second->base) {
		return first->base - second->base;
	}
	if (first->lo != second->lo) {
		return port_order(first->lo) - port_order(second->lo);
	}
	return (first->row > second->row) - (first->row < second->row);
}

static size_t find_hits(const struct view *view, const struct selection *selection, const struct words *words,
			struct hit *hits)
{
	size_t found = 0;
	struct view_row row;

	for (uint32_t i = 0; view_row(view, i, &row); i++) {
		int rank = rank_of_all(&row, words);
		if (rank != RANK_NONE && selection_takes(selection, view, &row)) {
			hits[found++] = (struct hit){ .rank = rank, .base = !row.own, .lo = row.lo, .row = i };
		}
	}
	qsort(hits, found, sizeof(*hits), compare_hits);
	return found;
}

static int search(struct answers *answers, const struct selection *selection, const struct words *words)
{
	struct hit *hits = calloc((size_t)view_count(answers->view) + 1, sizeof(*hits));
	size_t found;
	int r = 0;

	if (hits == NULL) {
		return -ENOMEM;
	}
	found = find_hits(answers->view, selection, words, hits);
	for (size_t i = 0; i < found && r == 0; i++) {
		r = answers_add(answers, &(struct answer){ .row = hits[i].row });
	}
	free(hits);
	return r < 0 ? r : (int)found;
}

int answers_search(struct answers *answers, const struct selection *selection, const char *const *words, size_t count)
{
	struct words read = { .count = 0 };
	int r = read_words(&read, answers->view, words, count);

	r = r < 0 ? r : search(answers, selection, &read);
	finish_words(&read);
	return r;
}

int answers_search_text(struct answers *answers, const struct selection *selection, const char *text)
{
	const char *words[SEARCH_WORDS_MAX] = { NULL };
	char *copy = strdup(text);
	char *rest = NULL;
	size_t count = 0;

	if (copy == NULL) {
		return -ENOMEM;
	}
	char *word = strtok_r(copy, " \t\n", &rest);
	for (; word != NULL && count < SEARCH_WORDS_MAX; word = strtok_r(NULL, " \t\n", &rest)) {
		words[count++] = word;
	}
	int r = word != NULL ? -E2BIG : answers_search(answers, selection, words, count);
	free(copy);
	return r;
}
