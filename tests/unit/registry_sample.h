/* registry_sample.h - a small registry in which every kind of row that is proved occurs, for tests of the store. */
#pragma once

#include "registry/records/derive.h"
#include "store/audit.h"
#include "store/bands.h"
#include "store/journal.h"
#include "store/own.h"
#include "store/settings.h"
#include "store/snapshots.h"
#include "store/staff.h"
#include "store/store.h"
#include "store_case.h"

#define SAMPLE_DAY "2026-03-01"

static inline void sample_ok(struct store *store, int r)
{
	if (r < 0) {
		fail_msg("%s (%s)", store_complaint(store), strerror(-r));
	}
}

static inline struct store *sample_open(const char *url, enum store_mode mode)
{
	char complaint[STORE_COMPLAINT_MAX];
	struct store *store = NULL;

	if (store_open(url, mode, &store, complaint) < 0) {
		fail_msg("%s", complaint);
	}
	return store;
}

static inline struct change *sample_begin(struct store *store, const char *act)
{
	const struct change_by by = { .staff = 1, .act = act, .subject = act, .why = "because" };
	struct change *change = NULL;

	sample_ok(store, change_begin(store, &by, &change));
	return change;
}

static inline void sample_commit(struct store *store, struct change *change)
{
	sample_ok(store, change_commit(change, NULL));
}

/* `fold` has room for the name. */
static inline struct entry sample_entry(const char *name, const char *port, const char *transport,
					const char *description, const char *assignee, char *fold)
{
	struct entry entry = { .fold = fold };

	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		entry.columns[i] = "";
	}
	entry.columns[ENTRY_NAME] = name;
	entry.columns[ENTRY_PORT] = port;
	entry.columns[ENTRY_TRANSPORT] = transport;
	entry.columns[ENTRY_DESCRIPTION] = description;
	entry.columns[ENTRY_ASSIGNEE] = assignee;
	entry_fold(name, fold);
	entry_derive(&entry);
	return entry;
}

static inline int sample_assign(struct change *change, const char *name, const char *port, const char *transport,
				const char *assignee)
{
	char fold[64];
	const struct entry entry = sample_entry(name, port, transport, "of a list", assignee, fold);

	return own_assign(change, &entry, SAMPLE_DAY);
}

static inline void sample_import(struct change *change, const char *dated, const struct entry *entries, size_t count,
				 const struct entry_person *people, size_t person_count)
{
	char sha256[STORE_HASH_SIZE];
	int64_t id = 0;
	crypto_hash_sha256_state state;

	(void)crypto_hash_sha256_init(&state);
	journal_hash_text(&state, dated);
	journal_hash_end(&state, sha256);
	const struct snapshot snapshot = { .source = "iana",
					   .dated = dated,
					   .format = "iana-xml",
					   .header = "Service Name,Port Number",
					   .last_eol = true,
					   .rows = (int64_t)count,
					   .sha256 = sha256 };
	sample_ok(change_store(change), snapshot_add(change, &snapshot, entries, count, &id));
	sample_ok(change_store(change), snapshot_people(change, "iana", id, people, person_count));
}

static inline void sample_imports(struct store *store)
{
	char folds[6][32];
	const struct entry entries[] = {
		sample_entry("", "0", "tcp", "Reserved", "[Jon]", folds[0]),
		sample_entry("tcpmux", "1", "tcp", "TCP Port Service Multiplexer", "[Mark]", folds[1]),
		sample_entry("", "225-241", "", "Reserved", "", folds[2]),
		sample_entry("HTTP", "80", "tcp", "World Wide Web", "[Tim]", folds[3]),
		sample_entry("HTTP", "80", "tcp", "World Wide Web", "[Tim]", folds[3]),
		sample_entry("rdp", "", "", "", "", folds[4]),
		sample_entry("new", "5", "udp", "Newer", "[Tim]", folds[5]),
	};
	const struct entry_person people[] = {
		{ "Jon", "person", "Jon P", "mailto:jon@example.org", "2001-01" },
		{ "Mark", "person", "Mark L", "", "" },
		{ "Tim", "org", "Tim's", "https://example.org", "2002" },
	};
	struct change *change = sample_begin(store, "import");

	sample_import(change, "2025-01-01", entries, 6, people, 3);
	sample_commit(store, change);
	change = sample_begin(store, "import");
	sample_import(change, "2026-01-01", entries + 1, 6, people, 3);
	sample_commit(store, change);
}

static inline void sample_people(struct store *store)
{
	struct change *change = sample_begin(store, "staff");
	int64_t ann = 0;
	int64_t bob = 0;

	sample_ok(store, setting_put(change, "name", "Sample"));
	sample_ok(store, staff_add(change, "ann", "Ann", "ann@example.org", &ann));
	sample_ok(store, staff_grant(change, ann, "administrator", "*"));
	sample_ok(store, staff_add(change, "bob", "Bob", "bob@example.org", &bob));
	sample_ok(store, staff_grant(change, bob, "expert", "tcp"));
	sample_commit(store, change);
}

static inline void sample_bands(struct store *store)
{
	const struct band bands[] = {
		{ 0, 1023, "system", "system", "board", 0, 2, "refuse" },
		{ 1024, 49151, "user", "user", "registrar", 1, 1, "refuse" },
		{ 49152, 65535, "dynamic", "dynamic", "none", 0, 1, "refuse" },
		{ 20000, 24999, "team", "private", "anyone", 0, 1, "warn" },
	};
	struct change *change = sample_begin(store, "bands");

	for (size_t i = 0; i < sizeof(bands) / sizeof(bands[0]); i++) {
		sample_ok(store, band_set(change, &bands[i]));
	}
	sample_commit(store, change);
}

static inline int sample_first_publication(const struct own_row *row, void *context)
{
	int64_t *publication = context;

	if (*publication == 0) {
		*publication = row->publication;
	}
	return 0;
}

static inline void sample_rights(struct store *store)
{
	char fold[32];
	int64_t publication = 0;
	struct change *change = sample_begin(store, "import-own");
	const struct entry edited = sample_entry("billing", "20017", "tcp", "edited", "team-b", fold);

	sample_ok(store, sample_assign(change, "billing", "20017", "tcp", "team-b"));
	sample_ok(store, sample_assign(change, "billing", "20017", "udp", "team-b"));
	sample_ok(store, sample_assign(change, "Store", "20020-20021", "tcp", "team-s"));
	sample_ok(store, sample_assign(change, "only-name", "", "", "team-n"));
	sample_commit(store, change);
	sample_ok(store, own_rows(store, NULL, sample_first_publication, &publication));
	change = sample_begin(store, "edit");
	sample_ok(store, own_edit(change, publication, &edited, "2026-03-02"));
	sample_commit(store, change);
	publication = 0;
	sample_ok(store, own_rows(store, NULL, sample_first_publication, &publication));
	change = sample_begin(store, "release");
	sample_ok(store, own_release(change, publication, "2026-03-03", "Given back."));
	sample_commit(store, change);
}

static inline void sample_fill(struct store *store)
{
	sample_people(store);
	sample_bands(store);
	sample_imports(store);
	sample_rights(store);
}
