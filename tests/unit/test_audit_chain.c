/* test_audit_chain.c - the chain proved: every exchange of two events and every cut is found and named, and
 * events whose hash was made to fit; anchors, and events listed. */
#include "tampering.h"

#include <errno.h>

/* ---- the chain ---- */

static void renumber(struct tampering *tampering, int64_t from, int64_t to)
{
	char sql[128];

	(void)snprintf(sql, sizeof(sql), "UPDATE event SET n = %lld WHERE n = %lld", (long long)to, (long long)from);
	assert_int_equal(database_run(tampering->raw, sql), 0);
}

static void exchange(struct tampering *tampering, int64_t a, int64_t b)
{
	renumber(tampering, a, 99999);
	renumber(tampering, b, a);
	renumber(tampering, 99999, b);
}

static void expect_sentence(struct tampering *tampering, const char *sentence)
{
	static struct verdict verdict;

	verify(tampering->store, &verdict);
	if (verdict.result.faults != 1 || strstr(verdict.sentences, sentence) == NULL) {
		fail_msg("expected \"%s\", got: %s", sentence, verdict.sentences);
	}
}

static void run_exchanges(const char *url)
{
	struct tampering tampering;
	char sentence[128];

	begin_tampering(url, &tampering);
	int64_t last = store_case_ask(tampering.raw, "SELECT n FROM chain");
	for (int64_t a = 1; a < last; a++) {
		for (int64_t b = a + 1; b <= last; b++) {
			exchange(&tampering, a, b);
			(void)snprintf(sentence, sizeof(sentence), "events %d and %d stand in each other's place",
				       (int)a, (int)b);
			expect_sentence(&tampering, sentence);
			exchange(&tampering, a, b);
		}
	}
	end_tampering(&tampering);
}

static void test_exchanged_events_are_named(void **state)
{
	(void)state;
	store_case_each(run_exchanges);
}

/* Deletes a range of events, and puts it back. */
static void cut(struct tampering *tampering, int64_t from, int64_t to, bool fit_head, const struct audit_anchor *anchor,
		const char *sentence_or_null)
{
	static struct row rows[ROWS_MAX];
	static struct verdict verdict;
	size_t count = read_rows(tampering, table_find("event"), rows);

	for (int64_t n = from; n <= to; n++) {
		assert_int_equal(delete_row(tampering, table_find("event"), &rows[n - 1]), 0);
	}
	if (fit_head) {
		assert_int_equal(database_run(tampering->raw, "UPDATE chain SET n = (SELECT max(n) FROM event), hash = "
							      "(SELECT hash FROM event ORDER BY n DESC LIMIT 1)"),
				 0);
	}
	verify_with(tampering->store, anchor, anchor != NULL, &verdict);
	if (verdict.result.faults == 0 ||
	    (sentence_or_null != NULL &&
	     (verdict.result.faults != 1 || strstr(verdict.sentences, sentence_or_null) == NULL))) {
		fail_msg("events %d to %d cut out: \"%s\" expected, got: %s", (int)from, (int)to,
			 sentence_or_null != NULL ? sentence_or_null : "something", verdict.sentences);
	}
	for (int64_t n = from; n <= to; n++) {
		assert_int_equal(insert_row(tampering, table_find("event"), &rows[n - 1]), 0);
	}
	assert_int_equal(database_run(tampering->raw, "UPDATE chain SET n = (SELECT max(n) FROM event), hash = "
						      "(SELECT hash FROM event ORDER BY n DESC LIMIT 1)"),
			 0);
	free_rows(rows, count);
}

static void run_cuts(const char *url)
{
	struct tampering tampering;
	struct audit_anchor anchor;
	char sentence[128];

	begin_tampering(url, &tampering);
	int64_t last = store_case_ask(tampering.raw, "SELECT n FROM chain");
	assert_int_equal(database_run(tampering.raw, "DELETE FROM anchor"), 0);
	sample_ok(tampering.store, audit_anchor(tampering.store, "elsewhere", &anchor));
	assert_int_equal(database_run(tampering.raw, "DELETE FROM anchor"), 0);
	for (int64_t from = 1; from <= last; from++) {
		for (int64_t to = from; to <= last; to++) {
			(void)snprintf(sentence, sizeof(sentence),
				       from == to ? "event %d is missing" : "events %d to %d are missing", (int)from,
				       (int)to);
			cut(&tampering, from, to, false, NULL, sentence);
		}
		if (from > 1) {
			cut(&tampering, from, last, true, NULL, NULL);
			(void)snprintf(sentence, sizeof(sentence), "the chain ends at event %d, an anchor of %s saw %d",
				       (int)from - 1, anchor.at, (int)last);
			cut(&tampering, from, last, true, &anchor, sentence);
		}
	}
	end_tampering(&tampering);
}

static void test_missing_events_and_cut_ends_are_named(void **state)
{
	(void)state;
	store_case_each(run_cuts);
}

static void rehash(struct row *event, char hash[static STORE_HASH_SIZE])
{
	const struct journal_event columns = { event->values[0], event->values[1], event->values[2], event->values[3],
					       event->values[4], event->values[5], event->values[6], event->values[7] };

	journal_event_hash(&columns, hash);
}

/* An event changed with its hash made to fit; the next event, or the head, still knows the old one. */
static void run_fitted(const char *url)
{
	static struct row rows[ROWS_MAX];
	const struct table *table = table_find("event");
	struct tampering tampering;
	char sentence[128];
	char hash[STORE_HASH_SIZE];
	char why[] = "another reason";
	char prev[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	char *const values[] = { why, prev };
	const size_t columns[] = { 5, 7 };

	begin_tampering(url, &tampering);
	assert_int_equal(database_run(tampering.raw, "DELETE FROM anchor"), 0);
	size_t count = read_rows(&tampering, table, rows);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < 2; j++) {
			char *old = rows[i].values[columns[j]];
			char *old_hash = rows[i].values[8];
			assert_int_equal(set_value(&tampering, table, &rows[i], columns[j], values[j]), 0);
			rehash(&rows[i], hash);
			assert_int_equal(set_value(&tampering, table, &rows[i], 8, hash), 0);
			(void)snprintf(sentence, sizeof(sentence), "event %zu ", i + 1);
			expect_sentence(&tampering, sentence);
			assert_int_equal(set_value(&tampering, table, &rows[i], columns[j], old), 0);
			assert_int_equal(set_value(&tampering, table, &rows[i], 8, old_hash), 0);
		}
	}
	free_rows(rows, count);
	end_tampering(&tampering);
}

static void test_an_event_whose_hash_was_made_to_fit_is_named(void **state)
{
	(void)state;
	store_case_each(run_fitted);
}

/* ---- anchors ---- */

static void run_anchors(const char *url)
{
	static struct verdict verdict;
	struct store *store = sample_open(url, STORE_CREATE);
	struct audit_anchor anchors[3];
	struct audit_head head;

	sample_ok(store, audit_anchor(store, "one", &anchors[0]));
	sample_fill(store);
	sample_ok(store, audit_anchor(store, "two", &anchors[1]));
	sample_ok(store, audit_anchor(store, "two again", &anchors[2]));
	sample_ok(store, audit_head(store, &head));
	assert_int_equal(anchors[1].event, head.event);
	assert_string_equal(anchors[1].hash, head.hash);
	verify_with(store, anchors, 3, &verdict);
	assert_int_equal(verdict.result.faults, 0);
	assert_int_equal(verdict.result.last_anchor, head.event);
	assert_int_equal(verdict.result.events, head.event);
	anchors[0].hash[0] = anchors[0].hash[0] == 'a' ? 'b' : 'a';
	verify_with(store, anchors, 3, &verdict);
	assert_int_equal(verdict.result.faults, 1);
	assert_non_null(strstr(verdict.sentences, "event 1 is not the one that an anchor of 2"));
	(void)store_close(store);
}

static void test_anchors_agree_or_are_told_of(void **state)
{
	(void)state;
	store_case_each(run_anchors);
}

/* ---- events listed ---- */

struct listing {
	int count;
	int64_t last;
};

static int count_event(const struct audit_event *event, void *context)
{
	struct listing *listing = context;

	assert_true(event->n > listing->last);
	assert_string_equal(event->login, "(berth)");
	listing->last = event->n;
	listing->count++;
	return 0;
}

static int stop_at_once(const struct audit_event *event, void *context)
{
	(void)event;
	(void)context;
	return -ECANCELED;
}

static int count_events(struct store *store, int64_t from, int64_t to, const char *subject)
{
	struct listing listing = { 0 };

	sample_ok(store, audit_events(store, from, to, subject, count_event, &listing));
	return listing.count;
}

static void run_listing(const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);

	sample_fill(store);
	int all = count_events(store, 1, 0, NULL);
	assert_int_equal(all, store_case_ask(store_database(store), "SELECT n FROM chain"));
	assert_int_equal(count_events(store, 2, 3, NULL), 2);
	assert_int_equal(count_events(store, 1, 0, "import"), 2);
	assert_int_equal(count_events(store, 1, 0, "impor"), 0);
	assert_int_equal(audit_events(store, 1, 0, NULL, stop_at_once, NULL), -ECANCELED);
	(void)store_close(store);
}

static void test_events_are_listed(void **state)
{
	(void)state;
	store_case_each(run_listing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exchanged_events_are_named),
		cmocka_unit_test(test_missing_events_and_cut_ends_are_named),
		cmocka_unit_test(test_an_event_whose_hash_was_made_to_fit_is_named),
		cmocka_unit_test(test_anchors_agree_or_are_told_of),
		cmocka_unit_test(test_events_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
