/* snapshot_case.h - rows made up for tests, and a snapshot of them put into a store. */
#pragma once

#include "store_case.h"

#include "store/snapshots.h"
#include "store/store.h"

enum { SNAPSHOT_TEXT_SIZE = 64 };

struct snapshot_row {
	struct entry entry;
	char name[SNAPSHOT_TEXT_SIZE];
	char port[SNAPSHOT_TEXT_SIZE];
	char description[SNAPSHOT_TEXT_SIZE];
};

struct snapshot_case {
	struct entry *entries;
	struct snapshot_row *rows;
	size_t count;
};

static inline void snapshot_case_describe(struct snapshot_case *rows, size_t i, const char *description)
{
	(void)snprintf(rows->rows[i].description, SNAPSHOT_TEXT_SIZE, "%s", description);
	entry_digest(&rows->entries[i], rows->entries[i].digest);
}

/* Each row with a port of its own; no two are the same. */
static inline struct snapshot_case snapshot_case_make(size_t count)
{
	struct snapshot_case made = {
		.entries = calloc(count + 1, sizeof(struct entry)),
		.rows = calloc(count + 1, sizeof(struct snapshot_row)),
		.count = count,
	};

	assert_non_null(made.entries);
	assert_non_null(made.rows);
	for (size_t i = 0; i < count; i++) {
		struct entry *entry = &made.entries[i];
		struct snapshot_row *row = &made.rows[i];
		(void)snprintf(row->name, sizeof(row->name), "service-%zu", i);
		(void)snprintf(row->port, sizeof(row->port), "%zu", i);
		for (size_t k = 0; k < ENTRY_COLUMNS; k++) {
			entry->columns[k] = "";
		}
		entry->columns[ENTRY_NAME] = row->name;
		entry->columns[ENTRY_PORT] = row->port;
		entry->columns[ENTRY_TRANSPORT] = i % 2 == 0 ? "tcp" : "udp";
		entry->columns[ENTRY_DESCRIPTION] = row->description;
		entry->fold = row->name;
		entry->lo = (int)i;
		entry->hi = (int)i;
		snapshot_case_describe(&made, i, "as it came");
	}
	return made;
}

static inline void snapshot_case_free(struct snapshot_case *rows)
{
	free(rows->entries);
	free(rows->rows);
}

static inline struct store *snapshot_case_open(const char *url, enum store_mode mode)
{
	char complaint[STORE_COMPLAINT_MAX] = "";
	struct store *store = NULL;

	if (store_open(url, mode, &store, complaint) < 0) {
		fail_msg("%s: %s", url, complaint);
	}
	return store;
}

static inline struct change *snapshot_case_begin(struct store *store)
{
	const struct change_by by = { .staff = 1, .act = "import", .subject = "snapshot" };
	struct change *change = NULL;

	if (change_begin(store, &by, &change) < 0) {
		fail_msg("%s", store_complaint(store));
	}
	return change;
}

static inline void snapshot_case_commit(struct change *change)
{
	struct store *store = change_store(change);

	if (change_commit(change, NULL) < 0) {
		fail_msg("%s", store_complaint(store));
	}
}

/* A file is known by its SHA-256: here one letter, 64 times. */
static inline struct snapshot snapshot_case_of(const char *source, const char *dated, char letter, size_t rows)
{
	static char sha256[STORE_HASH_SIZE];

	memset(sha256, letter, sizeof(sha256) - 1);
	return (struct snapshot){
		.source = source,
		.dated = dated,
		.format = "iana-csv",
		.header = "Service Name,Port Number",
		.last_eol = true,
		.rows = (int64_t)rows,
		.sha256 = sha256,
	};
}

static inline int64_t snapshot_case_add(struct store *store, const char *source, const char *dated, char letter,
					const struct snapshot_case *rows)
{
	struct snapshot snapshot = snapshot_case_of(source, dated, letter, rows->count);
	struct change *change = snapshot_case_begin(store);
	int64_t id = 0;

	if (snapshot_add(change, &snapshot, rows->entries, rows->count, &id) < 0) {
		fail_msg("%s", store_complaint(store));
	}
	snapshot_case_commit(change);
	return id;
}

static inline bool snapshot_case_same_text(const char *one_or_null, const char *other_or_null)
{
	return one_or_null == NULL || other_or_null == NULL ? one_or_null == other_or_null
							    : strcmp(one_or_null, other_or_null) == 0;
}

static inline bool snapshot_case_same_entry(const struct entry *one, const struct entry *other)
{
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		if (strcmp(one->columns[i], other->columns[i]) != 0) {
			return false;
		}
	}
	return snapshot_case_same_text(one->raw, other->raw) && strcmp(one->fold, other->fold) == 0 &&
	       one->lo == other->lo && one->hi == other->hi && one->status == other->status &&
	       memcmp(one->digest, other->digest, ENTRY_DIGEST_SIZE) == 0;
}

struct snapshot_case_reading {
	const struct snapshot_case *expected;
	size_t at;
};

static inline int snapshot_case_compare(const struct entry *entry, void *context)
{
	struct snapshot_case_reading *reading = context;

	assert_true(reading->at < reading->expected->count);
	assert_true(snapshot_case_same_entry(entry, &reading->expected->entries[reading->at]));
	reading->at++;
	return 0;
}

/* The snapshot has these rows, in this order. */
static inline void snapshot_case_expect(struct store *store, int64_t id, const struct snapshot_case *expected)
{
	struct snapshot_case_reading reading = { .expected = expected };

	if (snapshot_rows(store, id, snapshot_case_compare, &reading) < 0) {
		fail_msg("%s", store_complaint(store));
	}
	assert_int_equal(reading.at, expected->count);
}
