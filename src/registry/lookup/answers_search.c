/* answers_search.c - full text: rows that have every word somewhere.  Called by berth search.
 *
 * Looks through all texts of the view each time: 14,500 rows take a few milliseconds, and an index could be wrong. */
#include "registry/lookup/answers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "registry/records/derive.h"

/* How well a word fits, the best first. */
enum { RANK_NAME, RANK_NAME_BEGINS, RANK_IN_NAME, RANK_DESCRIPTION, RANK_REST, RANK_NONE };

static char lower(char octet)
{
	return octet >= 'A' && octet <= 'Z' ? (char)(octet - 'A' + 'a') : octet;
}

/* Whether `text` begins with `word`, which has no A-Z, in any case. */
static bool begins(const char *text, const char *word)
{
	while (*word != '\0' && lower(*text) == *word) {
		text++;
		word++;
	}
	return *word == '\0';
}

/* Whether `word`, which has no A-Z, is in `text` in any case. */
static bool contains(const char *text, const char *word)
{
	char small = word[0];
	char large = small >= 'a' && small <= 'z' ? (char)(small - 'a' + 'A') : small;

	for (; *text != '\0'; text++) {
		if ((*text == small || *text == large) && begins(text, word)) {
			return true;
		}
	}
	return small == '\0';
}

static int rank_of(const struct view_row *row, const char *word)
{
	static const enum entry_column rest[] = { ENTRY_ASSIGNEE, ENTRY_CONTACT, ENTRY_NOTES, ENTRY_REFERENCE };
	size_t size = strlen(word);

	if (strncmp(row->fold, word, size) == 0) {
		return row->fold[size] == '\0' ? RANK_NAME : RANK_NAME_BEGINS;
	}
	if (contains(row->fold, word)) {
		return RANK_IN_NAME;
	}
	if (contains(row->columns[ENTRY_DESCRIPTION], word)) {
		return RANK_DESCRIPTION;
	}
	for (size_t i = 0; i < sizeof(rest) / sizeof(rest[0]); i++) {
		if (contains(row->columns[rest[i]], word)) {
			return RANK_REST;
		}
	}
	return RANK_NONE;
}

/* The best rank of all words; RANK_NONE when one is missing. */
static int rank_of_all(const struct view_row *row, char *const *words, size_t count)
{
	int best = RANK_REST;

	for (size_t i = 0; i < count; i++) {
		int rank = rank_of(row, words[i]);
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

static size_t find_hits(const struct view *view, const struct selection *selection, char *const *words, size_t count,
			struct hit *hits)
{
	size_t found = 0;
	struct view_row row;

	for (uint32_t i = 0; view_row(view, i, &row); i++) {
		int rank = rank_of_all(&row, words, count);
		if (rank != RANK_NONE && selection_takes(selection, view, &row)) {
			hits[found++] = (struct hit){ .rank = rank, .base = !row.own, .lo = row.lo, .row = i };
		}
	}
	qsort(hits, found, sizeof(*hits), compare_hits);
	return found;
}

static int search_folded(struct answers *answers, const struct selection *selection, char *const *words, size_t count)
{
	struct hit *hits = calloc((size_t)view_count(answers->view) + 1, sizeof(*hits));
	size_t found;
	int r = 0;

	if (hits == NULL) {
		return -ENOMEM;
	}
	found = find_hits(answers->view, selection, words, count, hits);
	for (size_t i = 0; i < found && r == 0; i++) {
		r = answers_add(answers, &(struct answer){ .row = hits[i].row });
	}
	free(hits);
	return r < 0 ? r : (int)found;
}

static char *folded(const char *word)
{
	char *copy = strdup(word);

	if (copy != NULL) {
		entry_fold(word, copy);
	}
	return copy;
}

int answers_search(struct answers *answers, const struct selection *selection, const char *const *words, size_t count)
{
	char **own = calloc(count + 1, sizeof(*own));
	int r = own != NULL ? 0 : -ENOMEM;

	for (size_t i = 0; i < count && r == 0; i++) {
		own[i] = folded(words[i]);
		r = own[i] != NULL ? 0 : -ENOMEM;
	}
	r = r < 0 ? r : search_folded(answers, selection, own, count);
	for (size_t i = 0; own != NULL && own[i] != NULL; i++) {
		free(own[i]);
	}
	free(own);
	return r;
}
