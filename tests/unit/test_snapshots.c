/* test_snapshots.c - rows go into the store once and come out as they went in, whatever stood beside them before.
 *
 * Each case runs on SQLite, and on PostgreSQL when there is one. */
#include "snapshot_case.h"

#include <errno.h>
#include <sodium.h>
#include <sys/stat.h>

#include "store/people.h"

enum { MANY = 14500, EDITS = 40, GROWTH_MAX = 300 * 1024, LONG_TEXT = 1024 * 1024, QUESTIONS = 1024 };

/* ---- rows ---- */

static void run_gives_back_every_column(const char *url)
{
	struct store *store = snapshot_case_open(url, STORE_CREATE);
	struct snapshot_case rows = snapshot_case_make(3);
	static const char *const texts[ENTRY_COLUMNS] = {
		"name",	  "1-2", "tcp", "\"quoted\", \n\r\n\t", "[A]", "[B]", "2001-01", "2002-02-02",
		"[RFC1]", "7",	 "yes", "\xc3\xa9\xe2\x80\xa8",
	};

	memcpy(rows.entries[1].columns, texts, sizeof(texts));
	rows.entries[1].raw = "name,1-2,\"tcp\"\r\n";
	rows.entries[1].fold = "name";
	rows.entries[1].lo = 0;
	rows.entries[1].hi = 65535;
	rows.entries[1].status = ENTRY_UNCLEAR;
	entry_digest(&rows.entries[1], rows.entries[1].digest);
	rows.entries[2].lo = ENTRY_NO_PORT;
	rows.entries[2].hi = ENTRY_NO_PORT;
	rows.entries[2].status = ENTRY_RESERVED;
	snapshot_case_expect(store, snapshot_case_add(store, "iana", "2026-01-01", 'a', &rows), &rows);
	snapshot_case_free(&rows);
	(void)store_close(store);
}

static void gives_back_every_column(void **state)
{
	(void)state;
	store_case_each(run_gives_back_every_column);
}

static void run_keeps_order_and_repetition(const char *url)
{
	struct store *store = snapshot_case_open(url, STORE_CREATE);
	struct snapshot_case rows = snapshot_case_make(QUESTIONS + 10);
	struct snapshot_case none = snapshot_case_make(0);
	struct entry first = rows.entries[0];

	rows.entries[5] = first;
	rows.entries[6] = first;
	rows.entries[rows.count - 1] = first;
	int64_t forward = snapshot_case_add(store, "iana", "2026-01-01", 'a', &rows);
	for (size_t i = 0, k = rows.count - 1; i < k; i++, k--) {
		struct entry entry = rows.entries[i];
		rows.entries[i] = rows.entries[k];
		rows.entries[k] = entry;
	}
	int64_t backward = snapshot_case_add(store, "iana", "2026-01-02", 'a', &rows);
	snapshot_case_expect(store, backward, &rows);
	for (size_t i = 0, k = rows.count - 1; i < k; i++, k--) {
		struct entry entry = rows.entries[i];
		rows.entries[i] = rows.entries[k];
		rows.entries[k] = entry;
	}
	snapshot_case_expect(store, forward, &rows);
	snapshot_case_expect(store, snapshot_case_add(store, "iana", "2026-01-03", 'a', &none), &none);
	assert_int_equal(store_case_ask(store_database(store), "SELECT count(*) FROM entry"), rows.count - 3);
	snapshot_case_free(&rows);
	snapshot_case_free(&none);
	(void)store_close(store);
}

static void keeps_order_and_repetition(void **state)
{
	(void)state;
	store_case_each(run_keeps_order_and_repetition);
}

static off_t file_size(const char *url, struct store *store)
{
	struct stat found;

	if (database_is_postgres(store_database(store))) {
		return 0;
	}
	assert_int_equal(database_run(store_database(store), "PRAGMA wal_checkpoint(TRUNCATE)"), 0);
	assert_int_equal(stat(url + strlen("sqlite:"), &found), 0);
	return found.st_size;
}

static void run_a_second_snapshot_costs_little(const char *url)
{
	struct store *store = snapshot_case_open(url, STORE_CREATE);
	struct snapshot_case before = snapshot_case_make(MANY);
	struct snapshot_case after = snapshot_case_make(MANY);
	int64_t first = snapshot_case_add(store, "iana", "2026-01-01", 'a', &before);
	off_t size = file_size(url, store);

	for (size_t i = 0; i < EDITS; i++) {
		snapshot_case_describe(&after, (i * 359 + 7) % MANY, "as it came later");
	}
	int64_t second = snapshot_case_add(store, "iana", "2026-02-01", 'b', &after);
	assert_true(file_size(url, store) - size <= GROWTH_MAX);
	assert_int_equal(store_case_ask(store_database(store), "SELECT count(*) FROM snapshot_run WHERE snapshot = 1"),
			 1);
	assert_int_equal(store_case_ask(store_database(store), "SELECT count(*) FROM snapshot_run WHERE snapshot = 2"),
			 2 * EDITS + 1);
	assert_int_equal(store_case_ask(store_database(store), "SELECT count(*) FROM entry"), MANY + EDITS);
	snapshot_case_expect(store, first, &before);
	snapshot_case_expect(store, second, &after);
	snapshot_case_free(&before);
	snapshot_case_free(&after);
	(void)store_close(store);
}

static void a_second_snapshot_costs_little(void **state)
{
	(void)state;
	store_case_each(run_a_second_snapshot_costs_little);
}

static void run_takes_long_texts(const char *url)
{
	struct store *store = snapshot_case_open(url, STORE_CREATE);
	struct snapshot_case rows = snapshot_case_make(1);
	char *text = malloc(LONG_TEXT + 1);

	assert_non_null(text);
	memset(text, '\n', LONG_TEXT);
	text[LONG_TEXT] = '\0';
	rows.entries[0].columns[ENTRY_NOTES] = text;
	entry_digest(&rows.entries[0], rows.entries[0].digest);
	snapshot_case_expect(store, snapshot_case_add(store, "iana", "2026-01-01", 'a', &rows), &rows);
	free(text);
	snapshot_case_free(&rows);
	(void)store_close(store);
}

static void takes_long_texts(void **state)
{
	(void)state;
	store_case_each(run_takes_long_texts);
}

static int end_at_once(const struct entry *entry, void *context)
{
	(void)entry;
	(*(int *)context)++;
	return -ECANCELED;
}

static void run_ends_when_told(const char *url)
{
	struct store *store = snapshot_case_open(url, STORE_CREATE);
	struct snapshot_case rows = snapshot_case_make(3);
	int64_t id = snapshot_case_add(store, "iana", "2026-01-01", 'a', &rows);
	int calls = 0;

	assert_int_equal(snapshot_rows(store, id, end_at_once, &calls), -ECANCELED);
	assert_int_equal(calls, 1);
	snapshot_case_expect(store, id, &rows);
	snapshot_case_free(&rows);
	(void)store_close(store);
}

static void ends_when_told(void **state)
{
	(void)state;
	store_case_each(run_ends_when_told);
}

static void run_says_that_a_row_is_damaged(const char *url)
{
	struct store *store = snapshot_case_open(url, STORE_CREATE);
	struct snapshot_case rows = snapshot_case_make(3);
	int64_t id = snapshot_case_add(store, "iana", "2026-01-01", 'a', &rows);
	int calls = 0;

	assert_int_equal(
		database_run(store_database(store), "UPDATE entry SET digest = 'z' || substr(digest, 2) WHERE id = 1"),
		0);
	assert_int_equal(snapshot_rows(store, id, end_at_once, &calls), -EBADMSG);
	assert_int_equal(calls, 0);
	assert_string_not_equal(store_complaint(store), "");
	snapshot_case_free(&rows);
	(void)store_close(store);
}

static void says_that_a_row_is_damaged(void **state)
{
	(void)state;
	store_case_each(run_says_that_a_row_is_damaged);
}

/* ---- inside a change ---- */

static void run_is_read_back_before_it_counts(const char *url)
{
	struct store *store = snapshot_case_open(url, STORE_CREATE);
	struct snapshot_case rows = snapshot_case_make(100);
	struct snapshot snapshot = snapshot_case_of("iana", "2026-01-01", 'a', rows.count);
	struct change *change = snapshot_case_begin(store);
	int64_t id = 0;

	assert_int_equal(snapshot_add(change, &snapshot, rows.entries, rows.count, &id), 0);
	snapshot_case_expect(store, id, &rows);
	(void)change_abandon(change);
	assert_int_equal(store_case_ask(store_database(store), "SELECT count(*) FROM entry"), 0);
	assert_int_equal(store_case_ask(store_database(store), "SELECT count(*) FROM source"), 0);
	snapshot_case_free(&rows);
	(void)store_close(store);
}

static void is_read_back_before_it_counts(void **state)
{
	(void)state;
	store_case_each(run_is_read_back_before_it_counts);
}

static void run_refuses_the_same_file(const char *url)
{
	struct store *store = snapshot_case_open(url, STORE_CREATE);
	struct snapshot_case rows = snapshot_case_make(2);
	int64_t first = snapshot_case_add(store, "iana", "2026-01-01", 'a', &rows);
	struct snapshot same = snapshot_case_of("iana", "2026-01-01", 'a', rows.count);
	struct change *change = snapshot_case_begin(store);
	int64_t id = 0;

	assert_int_equal(snapshot_add(change, &same, rows.entries, rows.count, &id), -EEXIST);
	assert_int_equal(id, first);
	assert_non_null(strstr(store_complaint(store), "2026-01-01"));
	/* The change is still good for something else. */
	same.dated = "2026-01-02";
	assert_int_equal(snapshot_add(change, &same, rows.entries, rows.count, &id), 0);
	snapshot_case_commit(change);
	snapshot_case_expect(store, id, &rows);
	snapshot_case_free(&rows);
	(void)store_close(store);
}

static void refuses_the_same_file(void **state)
{
	(void)state;
	store_case_each(run_refuses_the_same_file);
}

static void run_refuses_what_is_not_utf8(const char *url)
{
	struct store *store = snapshot_case_open(url, STORE_CREATE);
	struct snapshot_case rows = snapshot_case_make(1);
	struct snapshot snapshot = snapshot_case_of("iana", "2026-01-01", 'a', rows.count);
	struct change *change = snapshot_case_begin(store);
	int64_t id = 0;

	snapshot.header = "\xff";
	assert_int_equal(snapshot_add(change, &snapshot, rows.entries, rows.count, &id), -EINVAL);
	assert_int_equal(id, 0);
	(void)change_abandon(change);
	snapshot_case_free(&rows);
	(void)store_close(store);
}

static void refuses_what_is_not_utf8(void **state)
{
	(void)state;
	store_case_each(run_refuses_what_is_not_utf8);
}

/* ---- what proves it ---- */

/* A text from the event's seal of this table, with `key` as its number. */
static void find_seal(struct store *store, const char *table, char ret_sha256[static STORE_HASH_SIZE])
{
	struct statement *statement = NULL;

	assert_int_equal(
		statement_prepare(store_database(store), "SELECT body FROM event ORDER BY n DESC LIMIT 1", &statement),
		0);
	assert_int_equal(statement_step(statement), 1);
	json_t *body = json_loads(statement_text(statement, 0), 0, NULL);
	(void)statement_free(statement);
	assert_non_null(body);
	size_t i = 0;
	json_t *row = NULL;
	bool found = false;
	json_array_foreach(json_object_get(body, "rows"), i, row)
	{
		if (strcmp(json_string_value(json_array_get(row, 0)), "=") == 0 &&
		    strcmp(json_string_value(json_array_get(row, 1)), table) == 0) {
			(void)snprintf(ret_sha256, STORE_HASH_SIZE, "%s",
				       json_string_value(json_object_get(json_array_get(row, 2), "sha256")));
			found = true;
		}
	}
	assert_true(found);
	json_decref(body);
}

static void run_is_sealed_in_its_event(const char *url)
{
	struct store *store = snapshot_case_open(url, STORE_CREATE);
	struct snapshot_case rows = snapshot_case_make(10);
	crypto_hash_sha256_state state;
	char expected[STORE_HASH_SIZE];
	char sealed[STORE_HASH_SIZE];
	struct statement *statement = NULL;

	rows.entries[7] = rows.entries[3];
	(void)snapshot_case_add(store, "iana", "2026-01-01", 'a', &rows);
	(void)crypto_hash_sha256_init(&state);
	for (size_t i = 0; i < rows.count; i++) {
		(void)crypto_hash_sha256_update(&state, rows.entries[i].digest, ENTRY_DIGEST_SIZE);
	}
	journal_hash_end(&state, expected);
	find_seal(store, "snapshot_run", sealed);
	assert_string_equal(sealed, expected);
	assert_int_equal(statement_prepare(store_database(store), "SELECT rows_sha256 FROM snapshot", &statement), 0);
	assert_int_equal(statement_step(statement), 1);
	assert_string_equal(statement_text(statement, 0), expected);
	(void)statement_free(statement);
	snapshot_case_free(&rows);
	(void)store_close(store);
}

static void is_sealed_in_its_event(void **state)
{
	(void)state;
	store_case_each(run_is_sealed_in_its_event);
}

/* ---- which one, of which day ---- */

struct seen {
	char text[256];
};

static int see(const struct snapshot *snapshot, void *context)
{
	struct seen *seen = context;
	size_t used = strlen(seen->text);

	(void)snprintf(seen->text + used, sizeof(seen->text) - used, "%s %s %lld;", snapshot->source, snapshot->dated,
		       (long long)snapshot->id);
	return 0;
}

static void assert_in_force(struct store *store, const char *day_or_null, const char *expected)
{
	struct seen seen = { "" };

	assert_int_equal(snapshot_in_force(store, day_or_null, see, &seen), 0);
	assert_string_equal(seen.text, expected);
}

static void assert_listed(struct store *store, const char *source_or_null, const char *expected)
{
	struct seen seen = { "" };

	assert_int_equal(snapshot_list(store, source_or_null, see, &seen), 0);
	assert_string_equal(seen.text, expected);
}

static void run_chooses_by_day(const char *url)
{
	struct store *store = snapshot_case_open(url, STORE_CREATE);
	struct snapshot_case rows = snapshot_case_make(1);

	assert_in_force(store, NULL, "");
	(void)snapshot_case_add(store, "iana", "2026-02-01", 'a', &rows);
	(void)snapshot_case_add(store, "firm", "2026-01-15", 'a', &rows);
	(void)snapshot_case_add(store, "iana", "2026-01-01", 'b', &rows); /* an older one, later */
	(void)snapshot_case_add(store, "iana", "2026-02-01", 'c', &rows); /* the same day again */
	assert_in_force(store, "2025-12-31", "");
	assert_in_force(store, "2026-01-01", "iana 2026-01-01 3;");
	assert_in_force(store, "2026-01-31", "iana 2026-01-01 3;firm 2026-01-15 2;");
	assert_in_force(store, "2026-02-01", "iana 2026-02-01 4;firm 2026-01-15 2;");
	assert_in_force(store, NULL, "iana 2026-02-01 4;firm 2026-01-15 2;");
	assert_listed(store, NULL, "iana 2026-01-01 3;firm 2026-01-15 2;iana 2026-02-01 1;iana 2026-02-01 4;");
	assert_listed(store, "iana", "iana 2026-01-01 3;iana 2026-02-01 1;iana 2026-02-01 4;");
	assert_listed(store, "nobody", "");
	snapshot_case_free(&rows);
	(void)store_close(store);
}

static void chooses_by_day(void **state)
{
	(void)state;
	store_case_each(run_chooses_by_day);
}

static int compare_snapshot(const struct snapshot *snapshot, void *context)
{
	const struct snapshot *expected = context;

	assert_string_equal(snapshot->source, expected->source);
	assert_string_equal(snapshot->dated, expected->dated);
	assert_string_equal(snapshot->format, expected->format);
	assert_string_equal(snapshot->header, expected->header);
	assert_string_equal(snapshot->sha256, expected->sha256);
	assert_int_equal(snapshot->crlf, expected->crlf);
	assert_int_equal(snapshot->last_eol, expected->last_eol);
	assert_int_equal(snapshot->rows, expected->rows);
	assert_int_equal(snapshot->event, 2);
	return 0;
}

static void run_keeps_what_the_file_was_like(const char *url)
{
	struct store *store = snapshot_case_open(url, STORE_CREATE);
	struct snapshot_case rows = snapshot_case_make(2);
	struct snapshot snapshot = snapshot_case_of("iana", "2026-01-01", 'a', rows.count);
	struct change *change = snapshot_case_begin(store);
	int64_t id = 0;

	snapshot.crlf = true;
	snapshot.last_eol = false;
	snapshot.header = "\xef\xbb\xbfService Name,\"Port\"\n";
	assert_int_equal(snapshot_add(change, &snapshot, rows.entries, rows.count, &id), 0);
	snapshot_case_commit(change);
	assert_int_equal(snapshot_list(store, NULL, compare_snapshot, &snapshot), 0);
	snapshot_case_free(&rows);
	(void)store_close(store);
}

static void keeps_what_the_file_was_like(void **state)
{
	(void)state;
	store_case_each(run_keeps_what_the_file_was_like);
}

/* ---- people ---- */

static const struct entry_person first_people[] = {
	{ .id = "Zoe",
	  .kind = "person",
	  .name = "Zo\xc3\xab",
	  .uri = "mailto:zoe&example.org",
	  .updated = "2020-01-01" },
	{ .id = "Adam", .kind = "person", .name = "Adam", .uri = "", .updated = "" },
	{ .id = "adam", .kind = "org", .name = "adam", .uri = "", .updated = "" },
};
enum { FIRST_PEOPLE = 3 };

struct people_reading {
	const struct entry_person *expected;
	size_t at;
};

static int compare_person(const struct entry_person *person, void *context)
{
	struct people_reading *reading = context;
	const struct entry_person *expected = &reading->expected[reading->at++];

	assert_string_equal(person->id, expected->id);
	assert_string_equal(person->kind, expected->kind);
	assert_string_equal(person->name, expected->name);
	assert_string_equal(person->uri, expected->uri);
	assert_string_equal(person->updated, expected->updated);
	return 0;
}

static void assert_people(struct store *store, const char *source, const struct entry_person *expected, size_t count)
{
	struct people_reading reading = { .expected = expected };

	assert_int_equal(snapshot_each_person(store, source, compare_person, &reading), 0);
	assert_int_equal(reading.at, count);
}

static int put_people(struct store *store, int64_t snapshot, const struct entry_person *people, size_t count)
{
	struct change *change = snapshot_case_begin(store);
	int r = snapshot_people(change, "iana", snapshot, people, count);

	if (r < 0) {
		(void)change_abandon(change);
		return r;
	}
	snapshot_case_commit(change);
	return 0;
}

static void run_replaces_people(const char *url)
{
	struct store *store = snapshot_case_open(url, STORE_CREATE);
	struct snapshot_case rows = snapshot_case_make(1);
	int64_t id = snapshot_case_add(store, "iana", "2026-01-01", 'a', &rows);
	const struct entry_person twice[] = { first_people[0], first_people[1], first_people[0] };

	assert_people(store, "iana", NULL, 0);
	assert_int_equal(put_people(store, id, first_people, FIRST_PEOPLE), 0);
	assert_people(store, "iana", first_people, FIRST_PEOPLE);
	assert_people(store, "firm", NULL, 0);
	assert_int_equal(put_people(store, id, twice, 3), -EINVAL);
	assert_non_null(strstr(store_complaint(store), "Zoe"));
	assert_people(store, "iana", first_people, FIRST_PEOPLE);
	assert_int_equal(put_people(store, id, first_people + 1, 1), 0);
	assert_people(store, "iana", first_people + 1, 1);
	assert_int_equal(put_people(store, id, NULL, 0), 0);
	assert_people(store, "iana", NULL, 0);
	snapshot_case_free(&rows);
	(void)store_close(store);
}

static void replaces_people(void **state)
{
	(void)state;
	store_case_each(run_replaces_people);
}

/* What audit will do: the hash over ids and digests against the seal, and each digest against its values. */
static void hash_people(struct store *store, size_t *ret_true_digests, char ret_sha256[static STORE_HASH_SIZE])
{
	crypto_hash_sha256_state state;
	char digest[STORE_HASH_SIZE];
	struct statement *rows = NULL;

	(void)crypto_hash_sha256_init(&state);
	*ret_true_digests = 0;
	assert_int_equal(
		statement_prepare(store_database(store),
				  "SELECT pid, kind, name, uri, updated, seq, salt, digest FROM person ORDER BY pid",
				  &rows),
		0);
	while (statement_step(rows) > 0) {
		const struct entry_person person = {
			.id = statement_text(rows, 0),
			.kind = statement_text(rows, 1),
			.name = statement_text(rows, 2),
			.uri = statement_text(rows, 3),
			.updated = statement_text(rows, 4),
		};
		people_digest(&person, statement_integer(rows, 5), statement_text(rows, 6), digest);
		*ret_true_digests += strcmp(digest, statement_text(rows, 7)) == 0;
		people_hash(&state, person.id, statement_text(rows, 7));
	}
	(void)statement_free(rows);
	journal_hash_end(&state, ret_sha256);
}

static void run_people_can_be_forgotten_under_their_seal(const char *url)
{
	struct store *store = snapshot_case_open(url, STORE_CREATE);
	struct snapshot_case rows = snapshot_case_make(1);
	int64_t id = snapshot_case_add(store, "iana", "2026-01-01", 'a', &rows);
	char sealed[STORE_HASH_SIZE];
	char found[STORE_HASH_SIZE];
	size_t true_digests = 0;

	assert_int_equal(put_people(store, id, first_people, FIRST_PEOPLE), 0);
	find_seal(store, "person", sealed);
	hash_people(store, &true_digests, found);
	assert_string_equal(found, sealed);
	assert_int_equal(true_digests, FIRST_PEOPLE);
	assert_int_equal(store_case_ask(store_database(store), "SELECT count(DISTINCT salt) FROM person"),
			 FIRST_PEOPLE);
	assert_int_equal(database_run(store_database(store),
				      "UPDATE person SET name = '', uri = '', updated = '', salt = '' "
				      "WHERE pid = 'Zoe'"),
			 0);
	hash_people(store, &true_digests, found);
	assert_string_equal(found, sealed);
	assert_int_equal(true_digests, FIRST_PEOPLE - 1);
	snapshot_case_free(&rows);
	(void)store_close(store);
}

static void people_can_be_forgotten_under_their_seal(void **state)
{
	(void)state;
	store_case_each(run_people_can_be_forgotten_under_their_seal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_back_every_column),
		cmocka_unit_test(keeps_order_and_repetition),
		cmocka_unit_test(a_second_snapshot_costs_little),
		cmocka_unit_test(takes_long_texts),
		cmocka_unit_test(ends_when_told),
		cmocka_unit_test(says_that_a_row_is_damaged),
		cmocka_unit_test(is_read_back_before_it_counts),
		cmocka_unit_test(refuses_the_same_file),
		cmocka_unit_test(refuses_what_is_not_utf8),
		cmocka_unit_test(is_sealed_in_its_event),
		cmocka_unit_test(chooses_by_day),
		cmocka_unit_test(keeps_what_the_file_was_like),
		cmocka_unit_test(replaces_people),
		cmocka_unit_test(people_can_be_forgotten_under_their_seal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
