/* bands.c - the number line cut into bands (bands.h).  Called by registry/ and cmd/.
 *
 * The table has where each band begins.  A change makes the whole list anew in memory, joins neighbours with the same
 * terms, and writes what differs: so there is one place that knows how bands are cut. */
#include "store/bands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/store_private.h"

enum { LAST_PORT = 65535, LAST_SYSTEM_PORT = 1023, FIRST_DYNAMIC_PORT = 49152 };

/* A list is a JSON array of rows as the table has them, in the order of `lo`. */
static int lo_of(const json_t *row)
{
	return (int)json_integer_value(json_object_get(row, "lo"));
}

static int hi_of(const json_t *list, size_t index)
{
	const json_t *next = json_array_get(list, index + 1);

	return next != NULL ? lo_of(next) - 1 : LAST_PORT;
}

static const char *text_of(const json_t *row, const char *column)
{
	return json_string_value(json_object_get(row, column));
}

static int integer_of(const json_t *row, const char *column)
{
	return (int)json_integer_value(json_object_get(row, column));
}

/* ---- the list as it stands ---- */

static json_t *row_of(struct statement *statement)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:I, s:I, s:s}", "lo", statement_integer(statement, 0), "name",
			 statement_text(statement, 1), "kind", statement_text(statement, 2), "decides",
			 statement_text(statement, 3), "expert", statement_integer(statement, 4), "eyes",
			 statement_integer(statement, 5), "over", statement_text(statement, 6));
}

static int read_list(struct store *store, json_t **ret_list)
{
	struct statement *statement = NULL;
	json_t *list = json_array();
	int r = statement_prepare(store->database,
				  "SELECT lo, name, kind, decides, expert, eyes, over FROM band ORDER BY lo",
				  &statement);

	while (r == 0 && (r = statement_step(statement)) > 0) {
		r = json_array_append_new(list, row_of(statement)) < 0 ? -ENOMEM : 0;
	}
	(void)statement_free(statement);
	if (r < 0) {
		json_decref(list);
		return store_complain(store, r, NULL);
	}
	*ret_list = list;
	return 0;
}

/* ---- the list as it shall be ---- */

static bool same_terms(const json_t *a, const json_t *b)
{
	static const char *const terms[] = { "name", "kind", "decides", "expert", "eyes", "over" };

	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		if (!json_equal(json_object_get(a, terms[i]), json_object_get(b, terms[i]))) {
			return false;
		}
	}
	return true;
}

/* Appends a band with the terms of `row`, unless the one before it has the same. */
static int append(json_t *list, const json_t *row, int lo)
{
	size_t count = json_array_size(list);

	if (count > 0 && same_terms(json_array_get(list, count - 1), row)) {
		return 0;
	}
	json_t *copy = json_deep_copy(row);
	if (copy == NULL || json_object_set_new(copy, "lo", json_integer(lo)) < 0) {
		json_decref(copy);
		return -ENOMEM;
	}
	return json_array_append_new(list, copy) < 0 ? -ENOMEM : 0;
}

static int cut(const json_t *old, const json_t *row, int lo, int hi, json_t *list)
{
	size_t i;
	json_t *band;
	int r = 0;

	json_array_foreach(old, i, band)
	{
		if (r == 0 && lo_of(band) < lo) {
			r = append(list, band, lo_of(band));
		}
	}
	if (r == 0) {
		r = append(list, row, lo);
	}
	json_array_foreach(old, i, band)
	{
		if (r == 0 && hi_of(old, i) > hi) {
			r = append(list, band, lo_of(band) > hi ? lo_of(band) : hi + 1);
		}
	}
	return r;
}

/* All pieces of the band get the terms of the one below the lowest. */
static int fill(const json_t *old, size_t first, json_t *list)
{
	const char *name = text_of(json_array_get(old, first), "name");
	const json_t *below = json_array_get(old, first - 1);
	size_t i;
	json_t *band;
	int r = 0;

	json_array_foreach(old, i, band)
	{
		bool is_piece = strcmp(text_of(band, "name"), name) == 0;
		if (r == 0) {
			r = append(list, is_piece ? below : band, lo_of(band));
		}
	}
	return r;
}

/* ---- writing the difference ---- */

static int write_row(struct change *change, const json_t *before, json_t *row)
{
	if (before == NULL) {
		return change_insert(change, "band", row);
	}
	return json_equal(before, row) ? 0 : change_update(change, "band", row);
}

static int delete_row(struct change *change, int lo)
{
	json_t *key = json_pack("{s:i}", "lo", lo);
	int r = key != NULL ? change_delete(change, "band", key) : -ENOMEM;

	json_decref(key);
	return r;
}

static int write_list(struct change *change, const json_t *old, const json_t *list)
{
	size_t i = 0;
	size_t j = 0;
	int r = 0;

	while (r == 0 && (i < json_array_size(old) || j < json_array_size(list))) {
		const json_t *before = json_array_get(old, i);
		json_t *row = json_array_get(list, j);
		if (row == NULL || (before != NULL && lo_of(before) < lo_of(row))) {
			r = delete_row(change, lo_of(before));
			i++;
		} else {
			bool is_same = before != NULL && lo_of(before) == lo_of(row);
			r = write_row(change, is_same ? before : NULL, row);
			i += is_same;
			j++;
		}
	}
	return r;
}

/* ---- terms ---- */

static bool is_one_of(const char *word, const char *const words[])
{
	for (; *words != NULL; words++) {
		if (strcmp(word, *words) == 0) {
			return true;
		}
	}
	return false;
}

static bool is_spelled_right(const struct band *band)
{
	static const char *const kinds[] = { "system", "user", "private", "dynamic", "closed", NULL };
	static const char *const deciders[] = { "board", "registrar", "anyone", "none", NULL };
	static const char *const overs[] = { "refuse", "warn", NULL };

	return band->lo >= 0 && band->lo <= band->hi && band->hi <= LAST_PORT && band->name[0] != '\0' &&
	       is_one_of(band->kind, kinds) && is_one_of(band->decides, deciders) && is_one_of(band->over, overs) &&
	       (band->expert == 0 || band->expert == 1) && (band->eyes == 1 || band->eyes == 2);
}

/* NULL when the terms go together. */
static const char *contradiction(const struct band *band)
{
	bool is_system = strcmp(band->kind, "system") == 0;
	bool is_dynamic = strcmp(band->kind, "dynamic") == 0;
	bool is_closed = strcmp(band->kind, "closed") == 0;

	if (is_system && (strcmp(band->decides, "board") != 0 || band->eyes != 2)) {
		return "a system band is decided by the board, and by two people";
	}
	if ((is_dynamic || is_closed) && strcmp(band->decides, "none") != 0) {
		return "in a dynamic or closed band nothing is assigned, so nobody decides";
	}
	if (is_system && band->hi > LAST_SYSTEM_PORT) {
		return "system ports end at 1023";
	}
	if (band->lo <= LAST_SYSTEM_PORT && !is_system && !is_closed) {
		return "ports up to 1023 are system ports: a band there is a system band or closed";
	}
	if (band->hi >= FIRST_DYNAMIC_PORT && !is_dynamic && !is_closed) {
		return "ports from 49152 are dynamic and never assigned: a band there is dynamic or closed";
	}
	return NULL;
}

static json_t *row_of_band(const struct band *band)
{
	return json_pack("{s:i, s:s, s:s, s:s, s:i, s:i, s:s}", "lo", band->lo, "name", band->name, "kind", band->kind,
			 "decides", band->decides, "expert", band->expert, "eyes", band->eyes, "over", band->over);
}

/* ---- the three calls ---- */

int band_set(struct change *change, const struct band *band)
{
	struct store *store = change_store(change);
	json_t *old = NULL;

	if (!is_spelled_right(band)) {
		return store_complain(store, -EINVAL, "a word or number of the band \"%s\" is not one it can have",
				      band->name);
	}
	if (contradiction(band) != NULL) {
		return store_complain(store, -EPERM, "band %d-%d: %s", band->lo, band->hi, contradiction(band));
	}
	int r = read_list(store, &old);
	if (r < 0) {
		return r;
	}
	json_t *list = json_array();
	json_t *row = row_of_band(band);
	r = list != NULL && row != NULL ? cut(old, row, band->lo, band->hi, list)
					: store_complain(store, -EINVAL, "the band's name is not UTF-8");
	if (r == 0) {
		r = write_list(change, old, list);
	}
	json_decref(row);
	json_decref(list);
	json_decref(old);
	return r;
}

static int find(struct store *store, const json_t *list, const char *name, size_t *ret_first)
{
	size_t i;
	json_t *band;

	json_array_foreach(list, i, band)
	{
		if (strcmp(text_of(band, "name"), name) == 0) {
			*ret_first = i;
			return i > 0 ? 0
				     : store_complain(store, -EPERM,
						      "below the band \"%s\" there is none to take its numbers", name);
		}
	}
	return store_complain(store, -ENOENT, "there is no band \"%s\"", name);
}

int band_remove(struct change *change, const char *name)
{
	struct store *store = change_store(change);
	json_t *old = NULL;
	json_t *list = json_array();
	size_t first = 0;
	int r = list != NULL ? read_list(store, &old) : store_complain(store, -ENOMEM, NULL);

	if (r == 0) {
		r = find(store, old, name, &first);
	}
	if (r == 0) {
		r = fill(old, first, list);
	}
	if (r == 0) {
		r = write_list(change, old, list);
	}
	json_decref(list);
	json_decref(old);
	return r;
}

int band_each(struct store *store, int (*each)(const struct band *band, void *context), void *context)
{
	json_t *list = NULL;
	json_t *row;
	size_t i;
	int r = read_list(store, &list);

	json_array_foreach(list, i, row)
	{
		const struct band band = {
			.lo = lo_of(row),
			.hi = hi_of(list, i),
			.name = text_of(row, "name"),
			.kind = text_of(row, "kind"),
			.decides = text_of(row, "decides"),
			.expert = integer_of(row, "expert"),
			.eyes = integer_of(row, "eyes"),
			.over = text_of(row, "over"),
		};
		if (r == 0) {
			r = each(&band, context);
		}
	}
	json_decref(list);
	return r;
}
