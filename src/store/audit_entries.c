/* audit_entries.c - the rows as they came: each entry against its digest, and the runs of each snapshot against the
 * hash that its event holds.  Called by audit.c only.
 *
 * An entry's text proves itself by its digest; its digest is proved by the snapshots and own rows that have it.
 * When an entry is wrong in itself, the snapshots that have it are not accused too. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "store/audit_private.h"
#include "store/entries.h"
#include "store/journal.h"

enum { KEY_MAX = 64, HEX_SIZE = 2 * ENTRY_DIGEST_SIZE + 1 };

struct known {
	int64_t id;
	uint8_t digest[ENTRY_DIGEST_SIZE]; /* as it stands in the table */
	bool is_wrong;
	bool is_used;
};

struct entries {
	struct audit *audit;
	struct known *all; /* by id */
	size_t count, capacity;
	int64_t *missing; /* ids that were told of */
	size_t missing_count;
	bool runs_differ; /* so what is in use is not known */
};

/* ---- each entry against itself ---- */

/* The statement's entry as its texts alone say. */
static bool has_text(const struct entry *entry)
{
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		if (entry->columns[i] == NULL) {
			return false;
		}
	}
	return entry->fold != NULL;
}

static bool is_fold_of(const char *fold, const char *name)
{
	for (; *name != '\0'; name++, fold++) {
		char lower = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
		if (*fold != lower) {
			return false;
		}
	}
	return *fold == '\0';
}

static void tell_port(struct audit *audit, int64_t id, const char *column, int found, int derived)
{
	audit_report(audit, "entry %lld: %s is %d, its text says %d", (long long)id, column, found, derived);
}

/* What was read from the texts when the entry was kept must be what is read from them now. */
static bool check_derived(struct audit *audit, int64_t id, const struct entry *entry)
{
	struct entry again = *entry;

	if (audit->derive(&again) < 0) {
		return true;
	}
	if (again.lo != entry->lo) {
		tell_port(audit, id, "lo", entry->lo, again.lo);
	} else if (again.hi != entry->hi) {
		tell_port(audit, id, "hi", entry->hi, again.hi);
	} else if (again.status != entry->status) {
		audit_report(audit, "entry %lld: status is \"%s\", its text says \"%s\"", (long long)id,
			     entry_status_name(entry->status), entry_status_name(again.status));
	} else if (!is_fold_of(entry->fold, entry->columns[ENTRY_NAME])) {
		audit_report(audit, "entry %lld: fold is not its name in small letters", (long long)id);
	} else {
		return true;
	}
	return false;
}

static bool check_entry(struct audit *audit, int64_t id, const struct entry *entry)
{
	uint8_t digest[ENTRY_DIGEST_SIZE];

	entry_digest(entry, digest);
	if (memcmp(digest, entry->digest, sizeof(digest)) != 0) {
		audit_report(audit, "entry %lld: its text was changed, or its digest", (long long)id);
		return false;
	}
	return check_derived(audit, id, entry);
}

static struct known *next_known(struct entries *entries)
{
	struct known *all = array_grow(entries->all, entries->count, &entries->capacity, sizeof(*all));

	if (all == NULL) {
		return NULL;
	}
	entries->all = all;
	return &entries->all[entries->count++];
}

static int take_entry(struct entries *entries, struct statement *statement)
{
	struct entry entry;
	struct known *known = next_known(entries);

	if (known == NULL) {
		return -ENOMEM;
	}
	*known = (struct known){ .id = statement_integer(statement, 0) };
	if (entries_read(statement, 1, &entry) < 0 || !has_text(&entry)) {
		audit_report(entries->audit, "entry %lld: its digest or status cannot be read", (long long)known->id);
		known->is_wrong = true;
		return 0;
	}
	memcpy(known->digest, entry.digest, sizeof(known->digest));
	known->is_wrong = !check_entry(entries->audit, known->id, &entry);
	return 0;
}

static int read_entries(struct entries *entries)
{
	struct statement *statement = NULL;
	int64_t bound = INT64_MIN;
	size_t before;
	int r = statement_prepare(entries->audit->store->database,
				  "SELECT e.id, " ENTRIES_COLUMNS
				  " FROM entry AS e WHERE e.id > CAST(? AS BIGINT) ORDER BY e.id LIMIT 1000",
				  &statement);

	do {
		before = entries->count;
		if (r == 0) {
			statement_bind_integer(statement, 1, bound);
		}
		while (r >= 0 && (r = statement_step(statement)) > 0) {
			r = take_entry(entries, statement);
		}
		bound = entries->count > 0 ? entries->all[entries->count - 1].id : bound;
	} while (r == 0 && entries->count > before);
	(void)statement_free(statement);
	return r < 0 ? store_complain(entries->audit->store, r, NULL) : 0;
}

/* ---- each snapshot against its event ---- */

/* One snapshot while its runs go by. */
struct snapshot_proof {
	int64_t id;
	const struct replay_row *row; /* what the events say of it */
	crypto_hash_sha256_state state;
	int64_t runs;
	bool is_misnumbered; /* runs are 1, 2, 3 ... */
	int64_t rows;
	int64_t first_missing; /* an entry, or -1 */
	int64_t missing_row;   /* the row it stands at */
	bool has_wrong;
};

static struct replay_row *find_snapshot(struct audit *audit, int64_t id)
{
	char number[24];
	const char *values[TABLE_COLUMNS_MAX] = { number };

	(void)snprintf(number, sizeof(number), "%lld", (long long)id);
	return replay_find(audit->replay, table_find("snapshot"), values);
}

static const char *find_seal(struct audit *audit, const char *table, const char *key, int64_t id)
{
	char text[KEY_MAX];
	int64_t event;

	(void)snprintf(text, sizeof(text), "{\"%s\":%lld}", key, (long long)id);
	return replay_seal(audit->replay, table, text, &event);
}

static int against_id(const void *id, const void *known)
{
	int64_t a = *(const int64_t *)id;
	int64_t b = ((const struct known *)known)->id;

	return (a > b) - (a < b);
}

static struct known *find_known(struct entries *entries, int64_t id)
{
	return entries->count == 0 ? NULL
				   : bsearch(&id, entries->all, entries->count, sizeof(*entries->all), against_id);
}

static void take_run(struct entries *entries, struct snapshot_proof *proof, int64_t first, int64_t count)
{
	/* Numbers that nobody imported must not overflow what counts them. */
	first = first < INT64_MAX / 2 ? first : INT64_MAX / 2;
	count = count < INT32_MAX ? count : INT32_MAX;
	const struct known *end = entries->all + entries->count;
	struct known *known = find_known(entries, first);

	for (int64_t i = 0; i < count; i++, proof->rows++) {
		/* Entries of a run follow each other; where one is missing the rest is looked for no more. */
		if (known == NULL || known == end || known->id != first + i) {
			if (proof->first_missing < 0) {
				proof->first_missing = first + i;
				proof->missing_row = proof->rows + 1;
			}
			known = find_known(entries, first + i + 1);
			if (known == NULL) {
				proof->rows += count - i;
				return;
			}
			continue;
		}
		(void)crypto_hash_sha256_update(&proof->state, known->digest, sizeof(known->digest));
		proof->has_wrong = proof->has_wrong || known->is_wrong;
		known->is_used = true;
		known++;
	}
}

static bool was_told_missing(struct entries *entries, int64_t id)
{
	for (size_t i = 0; i < entries->missing_count; i++) {
		if (entries->missing[i] == id) {
			return true;
		}
	}
	int64_t *missing = reallocarray(entries->missing, entries->missing_count + 1, sizeof(*missing));
	if (missing != NULL) {
		entries->missing = missing;
		missing[entries->missing_count++] = id;
	}
	return false;
}

static void end_snapshot(struct entries *entries, struct snapshot_proof *proof)
{
	struct audit *audit = entries->audit;
	const char *rows = proof->row != NULL ? replay_named(table_find("snapshot"), proof->row, "rows") : NULL;
	const char *seal = find_seal(audit, "snapshot_run", "snapshot", proof->id);
	char hex[STORE_HASH_SIZE];

	journal_hash_end(&proof->state, hex);
	if (rows != NULL && seal != NULL && proof->rows == strtoll(rows, NULL, 10) && proof->first_missing >= 0) {
		if (!was_told_missing(entries, proof->first_missing)) {
			audit_report(audit, "entry %lld is missing, row %lld of snapshot %lld",
				     (long long)proof->first_missing, (long long)proof->missing_row,
				     (long long)proof->id);
		}
		return;
	}
	if (rows == NULL || seal == NULL) {
		audit_differ(audit, "snapshot %lld: no event tells of its rows", (long long)proof->id);
	} else if (proof->rows != strtoll(rows, NULL, 10)) {
		audit_differ(audit, "snapshot %lld: it has %lld rows, %s were imported", (long long)proof->id,
			     (long long)proof->rows, rows);
	} else if (strcmp(hex, seal) != 0 && !proof->has_wrong) {
		audit_differ(audit, "snapshot %lld: its rows are not what was imported", (long long)proof->id);
	} else if (proof->is_misnumbered) {
		audit_differ(audit, "snapshot %lld: its runs are not numbered 1, 2, 3 ...", (long long)proof->id);
	} else {
		return;
	}
	entries->runs_differ = true;
}

static void begin_snapshot(struct audit *audit, int64_t id, struct snapshot_proof *ret_proof)
{
	*ret_proof = (struct snapshot_proof){ .id = id, .row = find_snapshot(audit, id), .first_missing = -1 };
	(void)crypto_hash_sha256_init(&ret_proof->state);
}

/* Snapshots without a row of theirs left do not come by among the runs. */
static int tell_empty(const char *key, const char *sha256, void *context)
{
	struct entries *entries = context;
	struct statement *statement = NULL;
	long long id = 0;
	int r = statement_prepare(entries->audit->store->database,
				  "SELECT 1 FROM snapshot_run WHERE snapshot = ? LIMIT 1", &statement);

	(void)sha256;
	if (r < 0 || sscanf(key, "{\"snapshot\":%lld}", &id) != 1) {
		(void)statement_free(statement);
		return r;
	}
	statement_bind_integer(statement, 1, id);
	r = statement_step(statement);
	(void)statement_free(statement);
	if (r == 0) {
		struct snapshot_proof proof;
		begin_snapshot(entries->audit, id, &proof);
		end_snapshot(entries, &proof);
	}
	return r < 0 ? r : 0;
}

static int read_runs(struct entries *entries)
{
	struct statement *statement = NULL;
	struct snapshot_proof proof;
	bool is_first = true;
	int r = statement_prepare(entries->audit->store->database,
				  "SELECT snapshot, seq, entry, count FROM snapshot_run ORDER BY snapshot, seq",
				  &statement);

	while (r >= 0 && (r = statement_step(statement)) > 0) {
		int64_t id = statement_integer(statement, 0);
		if (!is_first && id != proof.id) {
			end_snapshot(entries, &proof);
		}
		if (is_first || id != proof.id) {
			begin_snapshot(entries->audit, id, &proof);
		}
		is_first = false;
		proof.runs++;
		proof.is_misnumbered = proof.is_misnumbered || statement_integer(statement, 1) != proof.runs;
		take_run(entries, &proof, statement_integer(statement, 2), statement_integer(statement, 3));
	}
	(void)statement_free(statement);
	if (!is_first) {
		end_snapshot(entries, &proof);
	}
	if (r == 0) {
		r = replay_each_seal(entries->audit->replay, "snapshot_run", tell_empty, entries);
	}
	return r < 0 ? store_complain(entries->audit->store, r, NULL) : 0;
}

/* ---- own rows: each entry has a seal of its own ---- */

static int check_seal(const char *key, const char *sha256, void *context)
{
	struct entries *entries = context;
	char hex[HEX_SIZE];
	long long id = 0;

	if (sscanf(key, "{\"id\":%lld}", &id) != 1 || sha256 == NULL) {
		return 0;
	}
	struct known *known = find_known(entries, id);
	if (known == NULL) {
		if (!was_told_missing(entries, id)) {
			audit_report(entries->audit, "entry %lld is missing", id);
		}
		return 0;
	}
	known->is_used = true;
	(void)sodium_bin2hex(hex, sizeof(hex), known->digest, sizeof(known->digest));
	if (strcmp(hex, sha256) != 0 && !known->is_wrong) {
		audit_differ(entries->audit, "entry %lld: it was changed, and its digest made to fit", id);
	}
	return 0;
}

static void tell_unused(struct entries *entries)
{
	for (size_t i = 0; i < entries->count && !entries->runs_differ; i++) {
		if (!entries->all[i].is_used) {
			audit_differ(entries->audit, "entry %lld: no snapshot and no row of this registry has it",
				     (long long)entries->all[i].id);
		}
	}
}

int audit_entries(struct audit *audit)
{
	struct entries entries = { .audit = audit };
	int r = read_entries(&entries);

	if (r == 0) {
		r = read_runs(&entries);
	}
	if (r == 0) {
		r = replay_each_seal(audit->replay, "entry", check_seal, &entries);
	}
	if (r == 0) {
		tell_unused(&entries);
	}
	free(entries.all);
	free(entries.missing);
	return r;
}
