/* test_own.c - rights of the registry itself: assigned, edited, given back; what is taken names its holder. */
#include "registry_sample.h"

#include <errno.h>

static int put_row(const struct own_row *row, void *context)
{
	char *text = context;
	size_t used = strlen(text);
	const char *const *columns = row->entry.columns;

	(void)snprintf(text + used, 4096 - used, "%s %s/%s %s by %s, %s-%s%s%s\n", columns[ENTRY_NAME],
		       columns[ENTRY_PORT], columns[ENTRY_TRANSPORT], columns[ENTRY_DESCRIPTION],
		       columns[ENTRY_ASSIGNEE], row->since_day, row->until_day != NULL ? row->until_day : "",
		       columns[ENTRY_NOTES][0] != '\0' ? ": " : "", columns[ENTRY_NOTES]);
	return 0;
}

static void expect(struct store *store, const char *day, const char *expected)
{
	char text[4096] = "";

	sample_ok(store, own_rows(store, day, put_row, text));
	assert_string_equal(text, expected);
}

static int64_t ask(struct store *store, const char *sql)
{
	return store_case_ask(store_database(store), sql);
}

static void run_life(const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);

	sample_rights(store);
	assert_int_equal(ask(store, "SELECT count(*) FROM claim WHERE kind = 'assigned'"), 3);
	assert_int_equal(
		ask(store, "SELECT count(*) FROM claim WHERE transport = 'tcp' AND port = 20017 AND kind = 'reserved'"),
		1);
	/* The name goes on with the udp row. */
	assert_int_equal(ask(store, "SELECT assignment FROM name WHERE fold = 'billing'"), 2);
	assert_int_equal(ask(store, "SELECT count(*) FROM name WHERE fold = 'store' AND spelled = 'Store'"), 1);
	expect(store, "2026-02-28", "");
	expect(store, "2026-03-01",
	       "billing 20017/tcp of a list by team-b, 2026-03-01-2026-03-02\n"
	       "billing 20017/udp of a list by team-b, 2026-03-01-\n"
	       "Store 20020-20021/tcp of a list by team-s, 2026-03-01-\n"
	       "only-name / of a list by team-n, 2026-03-01-\n");
	expect(store, "2026-03-02",
	       "billing 20017/tcp edited by team-b, 2026-03-02-2026-03-03\n"
	       "billing 20017/udp of a list by team-b, 2026-03-01-\n"
	       "Store 20020-20021/tcp of a list by team-s, 2026-03-01-\n"
	       "only-name / of a list by team-n, 2026-03-01-\n");
	expect(store, NULL,
	       " 20017/tcp Reserved by , 2026-03-03-: Given back.\n"
	       "billing 20017/udp of a list by team-b, 2026-03-01-\n"
	       "Store 20020-20021/tcp of a list by team-s, 2026-03-01-\n"
	       "only-name / of a list by team-n, 2026-03-01-\n");
	(void)store_close(store);
}

static void test_rows_are_assigned_edited_and_given_back(void **state)
{
	(void)state;
	store_case_each(run_life);
}

static int64_t publication_of(struct store *store, const char *where)
{
	char sql[512];

	(void)snprintf(sql, sizeof(sql),
		       "SELECT p.id FROM publication AS p JOIN entry AS e ON e.id = p.entry "
		       "WHERE p.until_event IS NULL AND %s",
		       where);
	return ask(store, sql);
}

static void run_release(const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);
	struct change *change;

	sample_rights(store);
	change = sample_begin(store, "release");
	sample_ok(store, own_release(change, publication_of(store, "e.lo = 20020"), "2026-04-01", "Gone."));
	sample_ok(store, own_release(change, publication_of(store, "e.name = 'only-name'"), "2026-04-01", "Gone too."));
	sample_commit(store, change);
	expect(store, NULL,
	       " 20017/tcp Reserved by , 2026-03-03-: Given back.\n"
	       "billing 20017/udp of a list by team-b, 2026-03-01-\n"
	       " 20020-20021/tcp Reserved by , 2026-04-01-: Gone.\n"
	       "Store / of a list by team-s, 2026-04-01-: Gone.\n"
	       "only-name / of a list by team-n, 2026-04-01-: Gone too.\n");
	assert_int_equal(ask(store, "SELECT count(*) FROM claim WHERE kind = 'reserved' AND transport = 'tcp'"), 3);
	assert_int_equal(ask(store, "SELECT count(*) FROM name WHERE fold = 'store' AND kind = 'assigned'"), 1);
	assert_int_equal(ask(store, "SELECT count(*) FROM name WHERE fold = 'only-name' AND kind = 'reserved'"), 1);
	change = sample_begin(store, "release");
	assert_int_equal(own_release(change, publication_of(store, "e.lo = 20020"), "2026-05-01", "x"), -ENOENT);
	assert_int_equal(own_release(change, 4711, "2026-05-01", "x"), -ENOENT);
	assert_int_equal(own_release(change, publication_of(store, "e.transport = 'udp'"), "2026-02-01", "x"), -EINVAL);
	(void)change_abandon(change);
	(void)store_close(store);
}

static void test_a_released_number_is_reserved_and_its_name_kept(void **state)
{
	(void)state;
	store_case_each(run_release);
}

/* ---- what is taken ---- */

static const struct {
	const char *name, *port, *transport, *assignee;
	int result;
	const char *complaint;
} attempts[] = {
	{ "other", "20021", "tcp", "team-x", -EEXIST, "tcp 20021 is held by \"team-s\" since 2026-03-01" },
	{ "other", "20000-30000", "TCP", "team-x", -EEXIST, "tcp 20017 is reserved since 2026-03-03" },
	{ "other", "20017", "udp", "team-x", -EEXIST, "udp 20017 is held by \"team-b\" since 2026-03-01" },
	{ "STORE", "20030", "tcp", "team-x", -EEXIST, "the name \"STORE\" is held by \"team-s\" since 2026-03-01" },
	{ "only-name", "", "", "team-x", -EEXIST, "the name \"only-name\" is held by \"team-n\"" },
	{ "Store", "20020-20021", "tcp", "team-s", -EEXIST, "tcp 20020 is held" },
	{ "only-name", "", "", "team-n", -EEXIST, "word for word" },
	{ "seventeen-letters", "20031", "tcp", "", -EPERM, "has 17 characters" },
	{ "edge", "1023", "tcp", "", -EPERM, "cannot be assigned" },
	{ "edge", "1000-1100", "tcp", "", -EPERM, "cannot be assigned" },
	{ "edge", "0", "udp", "", -EPERM, "cannot be assigned" },
	{ "edge", "49151", "udp", "", -EPERM, "cannot be assigned" },
	{ "edge", "60000", "sctp", "", -EPERM, "cannot be assigned" },
	{ "Store", "20020", "udp", "team-s", 0, "" },
	{ "Store", "20040", "tcp", "team-s", 0, "" },
	{ "edge", "49150", "dccp", "", 0, "" },
	{ "", "20050", "tcp", "team-q", 0, "" },
	{ "no-claim", "20050", "", "team-q", 0, "" },
	{ "lite", "20050", "udp-lite", "team-q", 0, "" },
};

static void run_taken(const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);

	sample_rights(store);
	struct change *change = sample_begin(store, "import-own");
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		int r = sample_assign(change, attempts[i].name, attempts[i].port, attempts[i].transport,
				      attempts[i].assignee);
		if (r != attempts[i].result ||
		    (r < 0 && strstr(store_complaint(store), attempts[i].complaint) == NULL)) {
			fail_msg("attempt %zu: %d, %s", i, r, store_complaint(store));
		}
	}
	sample_commit(store, change);
	assert_int_equal(ask(store, "SELECT count(*) FROM claim WHERE port = 20050"), 1);
	assert_int_equal(ask(store, "SELECT count(*) FROM name WHERE fold IN ('store', 'no-claim', 'lite')"), 3);
	(void)store_close(store);
}

static void test_what_is_taken_names_its_holder(void **state)
{
	(void)state;
	store_case_each(run_taken);
}

static void run_edits(const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);
	char fold[32];

	sample_rights(store);
	int64_t publication = publication_of(store, "e.lo = 20020");
	struct change *change = sample_begin(store, "edit");
	struct entry entry = sample_entry("Store", "20022", "tcp", "moved", "team-s", fold);
	assert_int_equal(own_edit(change, publication, &entry, "2026-04-01"), -EINVAL);
	entry = sample_entry("Shop", "20020-20021", "tcp", "renamed", "team-s", fold);
	assert_int_equal(own_edit(change, publication, &entry, "2026-04-01"), -EINVAL);
	entry = sample_entry("STORE", "20020-20021", "tcp", "spelled", "team-t", fold);
	sample_ok(store, own_edit(change, publication, &entry, SAMPLE_DAY));
	assert_int_equal(own_edit(change, publication, &entry, "2026-04-01"), -ENOENT);
	sample_commit(store, change);
	assert_int_equal(ask(store, "SELECT count(*) FROM name WHERE fold = 'store' AND spelled = 'STORE'"), 1);
	assert_int_equal(ask(store, "SELECT count(*) FROM claim WHERE port IN (20020, 20021) AND kind = 'assigned'"),
			 2);
	(void)store_close(store);
}

static void test_port_and_name_cannot_be_edited(void **state)
{
	(void)state;
	store_case_each(run_edits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_assigned_edited_and_given_back),
		cmocka_unit_test(test_a_released_number_is_reserved_and_its_name_kept),
		cmocka_unit_test(test_what_is_taken_names_its_holder),
		cmocka_unit_test(test_port_and_name_cannot_be_edited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
