/* entries.c - the table of rows: each distinct row once, with a number (entries.h).
 *
 * Called by snapshots_rows.c and own.c.  Never changes or removes a row: snapshots share them.  Which rows are there is
 * asked for many digests at a time, because a server's answer takes longer than the question. */
#include "store/entries.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/ask.h"
#include "store/store_private.h"

enum { ASKED_AT_ONCE = 1024, HEX_SIZE = 2 * ENTRY_DIGEST_SIZE + 1, SQL_AROUND_MAX = 256 };

/* Bound after the columns, which stand first and in their own order. */
enum {
	BIND_RAW = ENTRY_COLUMNS + 1,
	BIND_FOLD,
	BIND_LO,
	BIND_HI,
	BIND_STATUS,
	BIND_DIGEST,
	BIND_ID,
};

static const char insert_sql[] =
	"INSERT INTO entry (name, port, transport, description, assignee, contact, registered, modified, reference, "
	"service_code, unauthorized, notes, raw, fold, lo, hi, status, digest, id) "
	"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

static void hex_of(const struct entry *entry, char ret_hex[static HEX_SIZE])
{
	(void)sodium_bin2hex(ret_hex, HEX_SIZE, entry->digest, ENTRY_DIGEST_SIZE);
}

static int digest_of(const char *hex, uint8_t ret_digest[static ENTRY_DIGEST_SIZE])
{
	size_t size = 0;

	if (hex == NULL || strlen(hex) != HEX_SIZE - 1 ||
	    sodium_hex2bin(ret_digest, ENTRY_DIGEST_SIZE, hex, HEX_SIZE - 1, NULL, &size, NULL) != 0) {
		return -EBADMSG;
	}
	return size == ENTRY_DIGEST_SIZE ? 0 : -EBADMSG;
}

/* ---- reading ---- */

static int port_of(struct statement *statement, int column)
{
	return statement_is_null(statement, column) ? ENTRY_NO_PORT : (int)statement_integer(statement, column);
}

int entries_read(struct statement *statement, int first, struct entry *ret_entry)
{
	struct entry entry;

	for (int i = 0; i < ENTRY_COLUMNS; i++) {
		entry.columns[i] = statement_text(statement, first + i);
	}
	entry.raw = statement_text(statement, first + BIND_RAW - 1);
	entry.fold = statement_text(statement, first + BIND_FOLD - 1);
	entry.lo = port_of(statement, first + BIND_LO - 1);
	entry.hi = port_of(statement, first + BIND_HI - 1);
	const char *status = statement_text(statement, first + BIND_STATUS - 1);
	if (status == NULL || entry_status_of(status, &entry.status) < 0 ||
	    digest_of(statement_text(statement, first + BIND_DIGEST - 1), entry.digest) < 0) {
		return -EBADMSG;
	}
	*ret_entry = entry;
	return 0;
}

/* ---- keeping ---- */

struct wanted {
	const struct entry *entry;
	struct wanted *first; /* the first row that is the same as this one; it keeps the number for all of them */
	int64_t id;	      /* 0 while unknown */
};

struct keeping {
	struct store *store;
	struct wanted *all;	/* in the order of the rows */
	struct wanted **sorted; /* by digest */
	size_t count;
};

static int by_digest(const void *a, const void *b)
{
	const struct wanted *one = *(struct wanted *const *)a;
	const struct wanted *other = *(struct wanted *const *)b;
	int order = memcmp(one->entry->digest, other->entry->digest, ENTRY_DIGEST_SIZE);

	return order != 0 ? order : (one > other) - (one < other);
}

static int against_digest(const void *digest, const void *wanted)
{
	return memcmp(digest, (*(struct wanted *const *)wanted)->entry->digest, ENTRY_DIGEST_SIZE);
}

static void sort(struct keeping *keeping, const struct entry *entries)
{
	for (size_t i = 0; i < keeping->count; i++) {
		keeping->all[i] = (struct wanted){ .entry = &entries[i] };
		keeping->sorted[i] = &keeping->all[i];
	}
	qsort(keeping->sorted, keeping->count, sizeof(struct wanted *), by_digest);
	for (size_t i = 0; i < keeping->count; i++) {
		struct wanted *wanted = keeping->sorted[i];
		struct wanted *before = i > 0 ? keeping->sorted[i - 1] : NULL;
		bool is_again =
			before != NULL && memcmp(before->entry->digest, wanted->entry->digest, ENTRY_DIGEST_SIZE) == 0;
		wanted->first = is_again ? before->first : wanted;
	}
}

/* The question for ASKED_AT_ONCE digests; those not needed are bound to NULL, which is equal to nothing.  As a
 * table and not by IN, for which PostgreSQL compares each row with each digest. */
static int prepare_question(struct database *database, struct statement **ret_question)
{
	char buffer[ASKED_AT_ONCE * sizeof(", (?)") + SQL_AROUND_MAX];
	struct text sql;

	text_init(&sql, buffer, sizeof(buffer));
	text_put(&sql, "WITH asked (digest) AS (VALUES (?)");
	for (size_t i = 1; i < ASKED_AT_ONCE; i++) {
		text_put(&sql, ", (?)");
	}
	text_put(&sql, ") SELECT e.id, e.digest FROM asked AS a JOIN entry AS e ON e.digest = a.digest");
	return statement_prepare(database, buffer, ret_question);
}

static int take_answer(const struct keeping *keeping, struct statement *question)
{
	uint8_t digest[ENTRY_DIGEST_SIZE];
	struct wanted **found;
	int r = digest_of(statement_text(question, 1), digest);

	if (r < 0) {
		return r;
	}
	found = bsearch(digest, keeping->sorted, keeping->count, sizeof(struct wanted *), against_digest);
	if (found == NULL) {
		return -EBADMSG;
	}
	(*found)->first->id = statement_integer(question, 0);
	return 0;
}

static int put_question(const struct keeping *keeping, struct statement *question, int bound)
{
	int r;

	for (int i = bound + 1; i <= ASKED_AT_ONCE; i++) {
		statement_bind_null(question, i);
	}
	while ((r = statement_step(question)) > 0) {
		r = take_answer(keeping, question);
		if (r < 0) {
			statement_reset(question);
			return store_complain(keeping->store, r, "the table of rows has a row with a wrong digest");
		}
	}
	return r < 0 ? store_complain(keeping->store, r, NULL) : 0;
}

static int find_present(const struct keeping *keeping)
{
	struct statement *question = NULL;
	char hex[HEX_SIZE];
	int bound = 0;
	int r = prepare_question(keeping->store->database, &question);

	if (r < 0) {
		return store_complain(keeping->store, r, NULL);
	}
	for (size_t i = 0; r == 0 && i < keeping->count; i++) {
		if (keeping->sorted[i]->first == keeping->sorted[i]) {
			hex_of(keeping->sorted[i]->entry, hex);
			statement_bind_text(question, ++bound, hex);
		}
		if (bound == ASKED_AT_ONCE || (bound > 0 && i + 1 == keeping->count)) {
			r = put_question(keeping, question, bound);
			bound = 0;
		}
	}
	(void)statement_free(question);
	return r;
}

static void bind_port(struct statement *statement, int index, int port)
{
	if (port == ENTRY_NO_PORT) {
		statement_bind_null(statement, index);
	} else {
		statement_bind_integer(statement, index, port);
	}
}

static int insert_entry(struct statement *insert, const struct entry *entry, int64_t id)
{
	char hex[HEX_SIZE];

	hex_of(entry, hex);
	for (int i = 0; i < ENTRY_COLUMNS; i++) {
		statement_bind_text(insert, i + 1, entry->columns[i]);
	}
	statement_bind_text(insert, BIND_RAW, entry->raw);
	statement_bind_text(insert, BIND_FOLD, entry->fold);
	bind_port(insert, BIND_LO, entry->lo);
	bind_port(insert, BIND_HI, entry->hi);
	statement_bind_text(insert, BIND_STATUS, entry_status_name(entry->status));
	statement_bind_text(insert, BIND_DIGEST, hex);
	statement_bind_integer(insert, BIND_ID, id);
	return statement_run(insert);
}

static int insert_absent(const struct keeping *keeping)
{
	struct statement *insert = NULL;
	int64_t last = 0;
	int r = ask_integer(keeping->store, "SELECT coalesce(max(id), 0) FROM entry", 0, NULL, &last);

	if (r < 0) {
		return r;
	}
	r = statement_prepare(keeping->store->database, insert_sql, &insert);
	for (size_t i = 0; r == 0 && i < keeping->count; i++) {
		struct wanted *wanted = &keeping->all[i];
		if (wanted->first->id == 0) {
			wanted->first->id = ++last;
			r = insert_entry(insert, wanted->entry, last);
		}
	}
	(void)statement_free(insert);
	return r < 0 ? store_complain(keeping->store, r, NULL) : 0;
}

int entries_keep(struct store *store, const struct entry *entries, size_t count, int64_t *ret_ids)
{
	struct keeping keeping = {
		.store = store,
		.all = calloc(count, sizeof(struct wanted)),
		.sorted = calloc(count, sizeof(struct wanted *)),
		.count = count,
	};
	int r = 0;

	if (count > 0) {
		r = keeping.all == NULL || keeping.sorted == NULL ? store_complain(store, -ENOMEM, NULL) : 0;
	}
	if (r == 0 && count > 0) {
		sort(&keeping, entries);
		r = find_present(&keeping);
	}
	if (r == 0) {
		r = insert_absent(&keeping);
	}
	for (size_t i = 0; r == 0 && i < count; i++) {
		ret_ids[i] = keeping.all[i].first->id;
	}
	free(keeping.all);
	free(keeping.sorted);
	return r;
}
