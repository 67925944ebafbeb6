/* import.c - a file of a base becomes a snapshot, and proves itself before that counts.
 *
 * Called by cmd/registry_import.c.  The rows are read back from the store inside the change, written as the file was,
 * and compared with it; only then the change commits. */
#include "registry/keep/registry.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "registry/keep/collect.h"
#include "registry/words/complain.h"
#include "registry/records/csv.h"
#include "registry/records/derive.h"
#include "registry/records/xml.h"
#include "store/snapshots.h"

/* ---- the digest of octets, and of what is written to a stream ---- */

static void hex_of(const uint8_t digest[static crypto_hash_sha256_BYTES], char ret_hex[static STORE_HASH_SIZE])
{
	(void)sodium_bin2hex(ret_hex, STORE_HASH_SIZE, digest, crypto_hash_sha256_BYTES);
}

static ssize_t hash_octets(void *cookie, const char *octets, size_t size)
{
	(void)crypto_hash_sha256_update(cookie, (const unsigned char *)octets, size);
	return (ssize_t)size;
}

/* ---- the proof ---- */

struct proof {
	const struct rows *rows;
	FILE *stream;
	size_t at;
};

static int write_back(const struct entry *entry, void *context)
{
	struct proof *proof = context;
	bool eol = proof->at + 1 < proof->rows->count || proof->rows->last_eol;

	proof->at++;
	return csv_write_entry(proof->stream, entry, proof->rows->crlf, eol);
}

/* Header and rows as the store has them now, written where `stream` leads. */
static int write_snapshot(struct store *store, int64_t snapshot, struct proof *proof)
{
	/* Of a file with a header alone, its line end is that of the last line. */
	bool bare = proof->rows->count == 0 && !proof->rows->last_eol;
	int r = bare ? (fputs(proof->rows->header, proof->stream) < 0 ? -EIO : 0)
		     : csv_write_header(proof->stream, proof->rows->header, proof->rows->crlf);

	if (r == 0) {
		r = snapshot_rows(store, snapshot, write_back, proof);
	}
	if (fclose(proof->stream) != 0 && r == 0) {
		r = -EIO;
	}
	return r;
}

static int prove_csv(struct store *store, int64_t snapshot, const struct rows *rows,
		     const uint8_t digest[static crypto_hash_sha256_BYTES])
{
	crypto_hash_sha256_state state;
	uint8_t written[crypto_hash_sha256_BYTES];
	const cookie_io_functions_t sink = { .write = hash_octets };
	struct proof proof = { .rows = rows, .stream = fopencookie(&state, "w", sink) };

	if (proof.stream == NULL) {
		return -ENOMEM;
	}
	(void)crypto_hash_sha256_init(&state);
	int r = write_snapshot(store, snapshot, &proof);
	(void)crypto_hash_sha256_final(&state, written);
	return r < 0 ? r : memcmp(written, digest, sizeof(written)) == 0 ? 0 : -EBADMSG;
}

static bool same_person(const struct entry_person *a, const struct entry_person *b)
{
	return strcmp(a->id, b->id) == 0 && strcmp(a->kind, b->kind) == 0 && strcmp(a->name, b->name) == 0 &&
	       strcmp(a->uri, b->uri) == 0 && strcmp(a->updated, b->updated) == 0;
}

static bool same_rows(const struct rows *a, const struct rows *b)
{
	if (a->count != b->count || a->person_count != b->person_count) {
		return false;
	}
	for (size_t i = 0; i < a->count; i++) {
		if (memcmp(a->entries[i].digest, b->entries[i].digest, ENTRY_DIGEST_SIZE) != 0) {
			return false;
		}
	}
	for (size_t i = 0; i < a->person_count; i++) {
		if (!same_person(&a->people[i], &b->people[i])) {
			return false;
		}
	}
	return true;
}

/* What is written as XML must read as the same rows. */
static int prove_written(const struct collected *collected, const struct rows *rows)
{
	struct rows again = { 0 };
	struct complaint complaint;
	char *octets = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&octets, &size);

	if (stream == NULL) {
		return -ENOMEM;
	}
	int r = xml_write(stream, &collected->rows);
	if (fclose(stream) != 0 && r == 0) {
		r = -ENOMEM;
	}
	if (r == 0) {
		r = xml_read(octets, size, &again, &complaint);
	}
	if (r == 0) {
		r = same_rows(&again, rows) ? 0 : -EBADMSG;
		rows_finish(&again);
	}
	free(octets);
	return r;
}

static int prove_xml(struct store *store, int64_t snapshot, const char *source, const struct rows *rows)
{
	struct collected collected = { .rows = { .header = rows->header, .dated = rows->dated } };
	int r = collect_rows(store, snapshot, &collected);

	if (r == 0) {
		r = collect_people(store, source, &collected);
	}
	if (r == 0) {
		r = prove_written(&collected, rows);
	}
	collect_finish(&collected);
	return r;
}

/* ---- against the snapshot before ---- */

struct digests {
	uint8_t (*all)[ENTRY_DIGEST_SIZE];
	size_t count, capacity;
};

static int collect_digest(const struct entry *entry, void *context)
{
	struct digests *digests = context;
	void *all = array_grow(digests->all, digests->count, &digests->capacity, ENTRY_DIGEST_SIZE);

	if (all == NULL) {
		return -ENOMEM;
	}
	digests->all = all;
	memcpy(digests->all[digests->count++], entry->digest, ENTRY_DIGEST_SIZE);
	return 0;
}

static int by_digest(const void *a, const void *b)
{
	return memcmp(a, b, ENTRY_DIGEST_SIZE);
}

static void count_same(struct digests *before, struct digests *now, struct import_report *report)
{
	size_t i = 0;
	size_t j = 0;

	if (before->count > 0) {
		qsort(before->all, before->count, ENTRY_DIGEST_SIZE, by_digest);
	}
	if (now->count > 0) {
		qsort(now->all, now->count, ENTRY_DIGEST_SIZE, by_digest);
	}
	while (i < before->count && j < now->count) {
		int order = by_digest(before->all[i], now->all[j]);
		report->same_rows += order == 0;
		i += order <= 0;
		j += order >= 0;
	}
	report->new_rows = now->count - report->same_rows;
	report->gone_rows = before->count - report->same_rows;
}

struct search {
	const char *source;
	int64_t id;
};

static int note_snapshot(const struct snapshot *snapshot, void *context)
{
	struct search *search = context;

	if (strcmp(snapshot->source, search->source) == 0) {
		search->id = snapshot->id;
	}
	return 0;
}

static int compare(struct store *store, const char *source, const char *dated, const struct rows *rows,
		   struct import_report *report)
{
	struct search search = { .source = source };
	struct digests before = { 0 };
	struct digests now = { 0 };
	int r = snapshot_in_force(store, dated, note_snapshot, &search);

	if (r == 0 && search.id != 0) {
		r = snapshot_rows(store, search.id, collect_digest, &before);
	}
	for (size_t i = 0; r == 0 && i < rows->count; i++) {
		r = collect_digest(&rows->entries[i], &now);
	}
	if (r == 0) {
		count_same(&before, &now, report);
	}
	free(before.all);
	free(now.all);
	return r;
}

/* ---- the import ---- */

struct import {
	const char *source;
	const char *dated;
	const struct rows *rows;
	uint8_t digest[crypto_hash_sha256_BYTES];
};

static int add_and_prove(struct change *change, const struct import *import, struct import_report *report)
{
	char sha256[STORE_HASH_SIZE];
	struct store *store = change_store(change);
	const struct rows *rows = import->rows;

	hex_of(import->digest, sha256);
	const struct snapshot snapshot = {
		.source = import->source,
		.dated = import->dated,
		.format = rows->format,
		.header = rows->header,
		.crlf = rows->crlf,
		.last_eol = rows->last_eol,
		.rows = (int64_t)rows->count,
		.sha256 = sha256,
	};
	int r = snapshot_add(change, &snapshot, rows->entries, rows->count, &report->snapshot);
	if (r == 0 && rows->person_count > 0) {
		r = snapshot_people(change, import->source, report->snapshot, rows->people, rows->person_count);
	}
	if (r < 0) {
		return r;
	}
	return strcmp(rows->format, "iana-xml") == 0 ? prove_xml(store, report->snapshot, import->source, rows)
						     : prove_csv(store, report->snapshot, rows, import->digest);
}

/* 0 stays 0: a dry run. */
static int refusal(const struct store *store, const struct import *import, int error, struct complaint *complaint)
{
	switch (error) {
	case 0:
		return 0;
	case -EBADMSG:
		return complain_of(complaint, error,
				   "what the store gives back is not what the file says; nothing was kept");
	case -EEXIST:
		return complain_of(complaint, error, "this file is a snapshot of %s for %s already", import->source,
				   import->dated);
	default:
		return complain_of(complaint, error, "%s", store_complaint(store));
	}
}

static int run_change(struct store *store, int64_t staff, const struct import *import, bool dry_run,
		      struct import_report *report, struct complaint *complaint)
{
	struct change *change = NULL;
	char subject[64];
	const struct change_by by = { .staff = staff, .act = "import" };
	int r = change_begin(store, &by, &change);

	if (r < 0) {
		return complain_of(complaint, r, "%s", store_complaint(store));
	}
	r = compare(store, import->source, import->dated, import->rows, report);
	if (r == 0) {
		r = add_and_prove(change, import, report);
	}
	if (r < 0 || dry_run) {
		(void)change_abandon(change);
		return refusal(store, import, r, complaint);
	}
	(void)snprintf(subject, sizeof(subject), "snapshot %lld", (long long)report->snapshot);
	change_subject(change, subject);
	r = change_commit(change, NULL);
	return r < 0 ? complain_of(complaint, r, "%s", store_complaint(store)) : 0;
}

int registry_import(struct store *store, int64_t staff, const char *source, const char *dated, const char *octets,
		    size_t size, struct rows *rows, bool dry_run, struct import_report *ret_report,
		    struct complaint *ret_complaint)
{
	struct import import = { .source = source, .dated = dated, .rows = rows };
	struct import_report report = { .rows = rows->count, .people = rows->person_count };

	if (strcmp(source, "own") == 0) {
		return complain_of(ret_complaint, -EINVAL, "the source \"%s\" is for this registry's own rows", source);
	}
	for (size_t i = 0; i < rows->count; i++) {
		report.oddities += entry_oddities(&rows->entries[i]) != 0;
	}
	(void)crypto_hash_sha256(import.digest, (const unsigned char *)octets, size);
	int r = run_change(store, staff, &import, dry_run, &report, ret_complaint);
	if (r == 0) {
		*ret_report = report;
	}
	return r;
}
