/* test_audit.c - the tables proved: every tampering with any column of any row, any deletion and addition is found and
 * named.  BERTH_LONG=1: 10,000 at random beside that. */
#include "tampering.h"

enum { RANDOM_TAMPERINGS = 10000, ACCEPTED_MAX = 3 };

/* ---- what a fault must name ---- */

static void name_place(const struct table *table, const struct row *row, char *ret_place, size_t size)
{
	size_t used = 0;

	if (is_table(table, "chain")) {
		(void)snprintf(ret_place, size, "chain");
	} else if (is_table(table, "event") || is_table(table, "entry")) {
		(void)snprintf(ret_place, size, "%s", row->values[0]);
	} else if (is_table(table, "anchor")) {
		(void)snprintf(ret_place, size, "anchor");
	} else if (is_table(table, "snapshot_run")) {
		(void)snprintf(ret_place, size, "snapshot %s", row->values[0]);
	} else if (is_table(table, "person")) {
		(void)snprintf(ret_place, size, "source %s", row->values[0]);
	} else {
		used = (size_t)snprintf(ret_place, size, "%s", table->name);
		for (size_t i = 0; i < table->column_count; i++) {
			if (table->columns[i].is_key) {
				used += (size_t)snprintf(ret_place + used, size - used, " %s", row->values[i]);
			}
		}
	}
}

static void expect_named(struct tampering *tampering, const struct table *table, const struct row *row, const char *did)
{
	static struct verdict verdict;
	char place[512];

	name_place(table, row, place, sizeof(place));
	verify(tampering->store, &verdict);
	tampering->done++;
	if (verdict.result.faults == 0) {
		fail_msg("%s %s: %s was not found; %s", table->name, place, did, verdict.sentences);
	}
	if (strstr(verdict.sentences, place) == NULL) {
		fail_msg("%s: %s was found, but %s is not named: %s", table->name, did, place, verdict.sentences);
	}
	if (verdict.result.faults > 2) {
		fail_msg("%s %s: %s gave %d faults: %s", table->name, place, did, (int)verdict.result.faults,
			 verdict.sentences);
	}
	if (getenv("BERTH_SHOW") != NULL) {
		(void)printf("%-12s %-14s %s", table->name, did, verdict.sentences);
	}
}

/* ---- every column of every row ---- */

static const char *const texts[] = { "x",
				     "tcp",
				     "udp",
				     "closed",
				     "private",
				     "anyone",
				     "registrar",
				     "warn",
				     "crlf",
				     "assigned",
				     "alias",
				     "board",
				     "auditor",
				     "org",
				     "unclear",
				     "reserved",
				     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
				     "",
				     NULL };
static const char *const numbers[] = { "0", "1", "2", "3", "5", "7", "12", "4711", "60000", "-3", NULL };

static bool is_proved(const struct table *table, size_t column)
{
	const char *name = table->columns[column].name;

	return !is_table(table, "anchor") || strcmp(name, "n") == 0 || strcmp(name, "hash") == 0;
}

static bool same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* True when the database took the value; then all stands as before again. */
static bool tamper_value(struct tampering *tampering, const struct table *table, struct row *row, size_t column,
			 const char *value)
{
	char did[256];
	char *old = row->values[column];
	char *copy = value != NULL ? strdup(value) : NULL;
	struct row before = *row;
	bool taken = !same(old, value) && set_value(tampering, table, row, column, copy) == 0;

	if (taken) {
		(void)snprintf(did, sizeof(did), "%s \"%.80s\" -> \"%s\"", table->columns[column].name,
			       old != NULL ? old : "NULL", value != NULL ? value : "NULL");
		expect_named(tampering, table, &before, did);
		assert_int_equal(set_value(tampering, table, row, column, old), 0);
	} else {
		tampering->refused++;
	}
	free(copy);
	return taken;
}

static void tamper_column(struct tampering *tampering, const struct table *table, struct row *row, size_t column)
{
	const char *const *values = table->columns[column].is_text ? texts : numbers;
	char longer[8192];
	int taken = 0;

	if (table->columns[column].is_text && row->values[column] != NULL) {
		(void)snprintf(longer, sizeof(longer), "%s.", row->values[column]);
		taken += tamper_value(tampering, table, row, column, longer);
	}
	for (; taken < ACCEPTED_MAX; values++) {
		taken += tamper_value(tampering, table, row, column, *values);
		if (*values == NULL) {
			break;
		}
	}
}

static void tamper_row(struct tampering *tampering, const struct table *table, struct row *row)
{
	for (size_t i = 0; i < table->column_count; i++) {
		if (is_proved(table, i)) {
			tamper_column(tampering, table, row, i);
		}
	}
	if (!is_table(table, "anchor")) {
		assert_int_equal(delete_row(tampering, table, row), 0);
		expect_named(tampering, table, row, "its deletion");
		assert_int_equal(insert_row(tampering, table, row), 0);
	}
}

/* A row like another one, under a key of its own. */
static void tamper_addition(struct tampering *tampering, const struct table *table, const struct row *row)
{
	struct row added = *row;
	char copies[VALUES_MAX][8192];

	for (size_t i = 0; i < table->column_count; i++) {
		const struct table_column *column = &table->columns[i];
		if (row->values[i] != NULL &&
		    (column->is_key || is_table(table, "event") || is_table(table, "entry") ||
		     is_table(table, "source") || is_table(table, "snapshot") || is_table(table, "staff"))) {
			(void)snprintf(copies[i], sizeof(copies[i]), column->is_text ? "%sy" : "9%s", row->values[i]);
			added.values[i] = copies[i];
		}
	}
	if (insert_row(tampering, table, &added) == 0) {
		expect_named(tampering, table, &added, "its addition");
		assert_int_equal(delete_row(tampering, table, &added), 0);
	} else {
		tampering->refused++;
	}
}

static void tamper_table(struct tampering *tampering, const struct table *table)
{
	static struct row rows[ROWS_MAX];
	size_t count = read_rows(tampering, table, rows);

	for (size_t i = 0; i < count; i++) {
		tamper_row(tampering, table, &rows[i]);
		if (!is_table(table, "anchor")) {
			tamper_addition(tampering, table, &rows[i]);
		}
	}
	free_rows(rows, count);
}

static void run_every_column(const char *url)
{
	struct tampering tampering;

	begin_tampering(url, &tampering);
	for (const struct table *table = tables; table->name != NULL; table++) {
		if (table->kind != TABLE_FREE) {
			tamper_table(&tampering, table);
		}
	}
	print_message("%lld tamperings, all found and named; %lld more were refused by the database\n",
		      (long long)tampering.done, (long long)tampering.refused);
	end_tampering(&tampering);
}

static void test_every_column_row_and_table_is_proved(void **state)
{
	(void)state;
	store_case_each(run_every_column);
}

/* ---- an entry whose digest was made to fit ---- */

static void fit_entry(struct tampering *tampering, int64_t id, const char *port)
{
	char hex[2 * ENTRY_DIGEST_SIZE + 1];
	char fold[32];
	struct entry entry = sample_entry("evil", port, "tcp", "another row", "", fold);
	struct statement *statement = NULL;

	(void)sodium_bin2hex(hex, sizeof(hex), entry.digest, sizeof(entry.digest));
	assert_int_equal(statement_prepare(
				 tampering->raw,
				 "UPDATE entry SET name = 'evil', fold = 'evil', port = ?, lo = ?, hi = ?, transport = "
				 "'tcp', description = 'another row', assignee = '', contact = '', registered = '', "
				 "modified = '', reference = '', service_code = '', unauthorized = '', notes = '', raw "
				 "= NULL, status = 'assigned', digest = ? WHERE id = ?",
				 &statement),
			 0);
	statement_bind_text(statement, 1, port);
	statement_bind_integer(statement, 2, entry.lo);
	statement_bind_integer(statement, 3, entry.hi);
	statement_bind_text(statement, 4, hex);
	statement_bind_integer(statement, 5, id);
	assert_int_equal(run_once(statement), 0);
}

static void run_fitted_entries(const char *url)
{
	static struct row rows[ROWS_MAX];
	static struct verdict verdict;
	const struct table *table = table_find("entry");
	struct tampering tampering;

	begin_tampering(url, &tampering);
	size_t count = read_rows(&tampering, table, rows);
	for (size_t i = 0; i < count; i++) {
		fit_entry(&tampering, strtoll(rows[i].values[0], NULL, 10), "4711");
		verify(tampering.store, &verdict);
		assert_true(verdict.result.faults >= 1);
		assert_true(strstr(verdict.sentences, "its rows are not what was imported") != NULL ||
			    strstr(verdict.sentences, "it was changed, and its digest made to fit") != NULL);
		assert_int_equal(delete_row(&tampering, table, &rows[i]), 0);
		assert_int_equal(insert_row(&tampering, table, &rows[i]), 0);
	}
	free_rows(rows, count);
	end_tampering(&tampering);
}

static void test_an_entry_whose_digest_was_made_to_fit_is_found(void **state)
{
	(void)state;
	store_case_each(run_fitted_entries);
}

/* ---- people forgotten ---- */

static void forget(struct store *store, struct change *change, bool with_seal)
{
	json_t *key = json_pack("{s:i, s:s}", "source", 1, "pid", "Jon");

	assert_int_equal(
		database_run(store_database(store),
			     "UPDATE person SET name = '', uri = '', updated = '', salt = '' WHERE pid = 'Jon'"),
		0);
	if (with_seal) {
		sample_ok(store, change_seal(change, "person", key, "forgotten"));
	}
	json_decref(key);
}

static void run_forgotten(const char *url)
{
	static struct verdict verdict;
	struct store *store = sample_open(url, STORE_CREATE);
	struct change *change;
	json_t *row = json_pack("{s:i, s:s, s:s, s:s}", "id", 3, "name", "", "email", "", "salt", "");

	sample_fill(store);
	change = sample_begin(store, "forget");
	sample_ok(store, change_update(change, "staff", row));
	sample_commit(store, change);
	json_decref(row);
	expect_clean(store);
	change = sample_begin(store, "forget");
	forget(store, change, false);
	sample_commit(store, change);
	verify(store, &verdict);
	assert_int_equal(verdict.result.faults, 1);
	assert_non_null(strstr(verdict.sentences, "person \"Jon\" of source 1 was changed"));
	change = sample_begin(store, "forget");
	forget(store, change, true);
	sample_commit(store, change);
	expect_clean(store);
	(void)store_close(store);
}

static void test_who_is_forgotten_leaves_no_fault(void **state)
{
	(void)state;
	store_case_each(run_forgotten);
}

/* ---- at random ---- */

static uint32_t next_random(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32);
}

static void tamper_at_random(struct tampering *tampering)
{
	static struct row rows[ROWS_MAX];
	const struct table *table;
	char value[64];
	size_t count;

	do {
		table = &tables[next_random() % tampering->table_count];
	} while (table->kind == TABLE_FREE || is_table(table, "anchor"));
	count = read_rows(tampering, table, rows);
	if (count > 0) {
		struct row *row = &rows[next_random() % count];
		size_t column = next_random() % table->column_count;
		(void)snprintf(value, sizeof(value), table->columns[column].is_text ? "%x" : "%u",
			       next_random() % 4 == 0 ? next_random() : next_random() % 64);
		(void)tamper_value(tampering, table, row, column, value);
	}
	free_rows(rows, count);
}

static void run_random(const char *url)
{
	struct tampering tampering;

	begin_tampering(url, &tampering);
	while (tables[tampering.table_count].name != NULL) {
		tampering.table_count++;
	}
	while (tampering.done < RANDOM_TAMPERINGS) {
		tamper_at_random(&tampering);
	}
	print_message("%lld random tamperings, all found and named\n", (long long)tampering.done);
	end_tampering(&tampering);
}

static void test_random_tamperings_are_found(void **state)
{
	(void)state;
	if (getenv("BERTH_LONG") == NULL) {
		skip();
	}
	store_case_each(run_random);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_column_row_and_table_is_proved),
		cmocka_unit_test(test_an_entry_whose_digest_was_made_to_fit_is_found),
		cmocka_unit_test(test_who_is_forgotten_leaves_no_fault),
		cmocka_unit_test(test_random_tamperings_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
