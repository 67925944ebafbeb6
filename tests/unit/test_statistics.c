/* Figures of applications: pure ones against those done by hand, and those of a registry whose clock is turned; and the
 * newest events, letters and applications, which the same registry has. */
#include "process_case.h"

#include <math.h>

#include "registry/process/process_statistics.h"
#include "store/newest.h"

/* ---- figures ---- */

static bool is_near(double a, double b)
{
	return fabs(a - b) < 0.001;
}

static void check_figures(double values[], size_t count, double mean, double median, double deviation)
{
	struct process_figures figures = { -1, -1, -1 };

	process_figures_of(values, count, &figures);
	assert_true(is_near(figures.mean, mean));
	assert_true(is_near(figures.median, median));
	assert_true(is_near(figures.deviation, deviation));
}

static void test_figures(void **state)
{
	double one[] = { 7 };
	double even[] = { 9, 2, 4, 4, 5, 4, 7, 5 };
	double odd[] = { 30, 1, 2 };

	(void)state;
	check_figures(NULL, 0, 0, 0, 0);
	check_figures(one, 1, 7, 7, 0);
	check_figures(even, 8, 5, 4.5, 2);
	check_figures(odd, 3, 11, 2, 13.441);
}

/* ---- of a registry ---- */

static const struct process_month *find(const struct process_month *months, size_t count, const char *month,
					const char *kind)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(months[i].month, month) == 0 && strcmp(months[i].kind, kind) == 0) {
			return &months[i];
		}
	}
	fail_msg("no row of %s \"%s\"", month, kind);
	return NULL;
}

static void check_counts(const struct process_month *month, unsigned opened, unsigned closed, unsigned open)
{
	assert_int_equal(month->opened, opened);
	assert_int_equal(month->closed, closed);
	assert_int_equal(month->open, open);
}

static void check_mean(const struct process_month *month, double own, double applicant, double whole)
{
	assert_true(is_near(month->times[TIME_OWN].mean, own));
	assert_true(is_near(month->times[TIME_APPLICANT].mean, applicant));
	assert_true(is_near(month->times[TIME_OTHER].mean, 0));
	assert_true(is_near(month->times[TIME_WHOLE].mean, whole));
}

static void begin(struct process_case *of, const char *name, char track[static 64])
{
	case_begin(of, case_form(FORM_USER, name, "any", "tcp"));
	(void)snprintf(track, 64, "%s", of->track);
}

static void withdraw(struct process_case *of, const char *track)
{
	(void)snprintf(of->track, sizeof(of->track), "%s", track);
	case_do(of, LINKED(of, "withdraw"), "withdrawn");
}

/* One is withdrawn in March after a question, one in April, one lapses and comes back; one was never confirmed. */
static void fill(struct process_case *of)
{
	struct form never = case_form(FORM_USER, "never", "any", "tcp");
	char first[64], second[64], third[64];

	begin(of, "first", first);
	case_do(of, BY(of, ANN, "ask", .text = "What is it?"), "with-applicant"); /* 03-01 */
	begin(of, "second", second);
	case_submit(of, &never);
	case_later(of, 10); /* 03-11 */
	(void)snprintf(of->track, sizeof(of->track), "%s", first);
	case_do(of, LINKED(of, "answer", .text = "A server."), "validating");
	case_later(of, 9); /* 03-20 */
	withdraw(of, first);
	case_later(of, 14); /* 04-03 */
	withdraw(of, second);
	begin(of, "third", third);
	case_do(of, BY(of, ANN, "ask", .text = "What is it?"), "with-applicant");
	case_later(of, 31); /* 05-04 */
	assert_true(process_tick(&of->process) > 0);
	case_later(of, 10);
	(void)snprintf(of->track, sizeof(of->track), "%s", third);
	case_do(of, LINKED(of, "reopen"), "validating");
	case_later(of, 40); /* 06-23 */
}

static void check_statistics(struct process_case *of)
{
	struct process_month *months = NULL;
	size_t count = 0;

	assert_int_equal(process_statistics(&of->process, &months, &count), 0);
	assert_string_equal(months[0].month, "2030-06");
	assert_string_equal(months[count - 1].month, "2030-03");
	check_counts(find(months, count, "2030-03", ""), 2, 1, 1);
	check_mean(find(months, count, "2030-03", ""), 9, 10, 19);
	check_counts(find(months, count, "2030-04", "user"), 1, 1, 1);
	check_mean(find(months, count, "2030-04", "user"), 33, 0, 33);
	check_counts(find(months, count, "2030-05", ""), 1, 1, 1);
	check_mean(find(months, count, "2030-05", ""), 0, 31, 31);
	check_counts(find(months, count, "2030-06", "user"), 0, 0, 1);
	free(months);
}

static void check_public(struct process_case *of)
{
	struct process_count *counts = NULL;
	size_t count = 0;

	assert_int_equal(process_counts(&of->process, &counts, &count), 0);
	assert_int_equal(count, 4);
	assert_string_equal(counts[3].month, "2030-03");
	assert_int_equal(counts[3].opened, 2);
	assert_int_equal(counts[0].open, 1);
	free(counts);
}

/* ---- the newest ---- */

struct seen {
	int64_t first, last;
	size_t count;
	char text[128];
};

static void see(struct seen *seen, int64_t number, const char *text)
{
	seen->first = seen->count++ == 0 ? number : seen->first;
	seen->last = number;
	(void)snprintf(seen->text, sizeof(seen->text), "%s", text);
}

static int see_event(const struct audit_event *event, void *context)
{
	see(context, event->n, event->act);
	return 0;
}

static int see_letter(const struct outbox_letter *letter, void *context)
{
	see(context, letter->id, letter->state);
	return 0;
}

static int see_anchor(const struct newest_anchor *anchor, void *context)
{
	see(context, anchor->anchor.event, anchor->witness);
	return 0;
}

static int see_closed(const struct newest_closed *closed, void *context)
{
	see(context, atoi(closed->ref + sizeof("B-2030-") - 1), closed->at);
	return 0;
}

static int see_ref(const char *ref, void *context)
{
	see(context, 0, ref);
	return 0;
}

static void check_events(struct process_case *of)
{
	int64_t last = case_ask(of, "SELECT max(n) FROM event");
	int64_t asked = case_ask(of, "SELECT count(*) FROM event WHERE act = 'ask'");
	struct newest_filter filter = { "", "", "" };
	struct seen seen = { 0 };

	assert_int_equal(newest_events(of->store, &filter, 0, 3, see_event, &seen), 3);
	assert_int_equal(seen.first, last);
	assert_int_equal(seen.last, last - 2);
	assert_int_equal(newest_events(of->store, &filter, seen.last, 1, see_event, &seen), 1);
	assert_int_equal(seen.last, last - 3);
	filter = (struct newest_filter){ "ann", "ask", "application" };
	assert_int_equal(newest_events(of->store, &filter, 0, 50, see_event, &seen), asked);
	assert_string_equal(seen.text, "ask");
	filter.login = "rae";
	assert_int_equal(newest_events(of->store, &filter, 0, 50, see_event, &seen), 0);
	filter = (struct newest_filter){ "", "", "applicatio" };
	assert_int_equal(newest_events(of->store, &filter, 0, 50, see_event, &seen), 0);
}

static void check_letters(struct process_case *of)
{
	int64_t all = case_ask(of, "SELECT count(*) FROM outbox");
	struct seen seen = { 0 };
	int64_t count = 0;

	assert_int_equal(newest_letters(of->store, "", 0, 1000, see_letter, &seen), all);
	assert_int_equal(seen.first, case_ask(of, "SELECT max(id) FROM outbox"));
	assert_int_equal(newest_letters(of->store, "sent", 0, 1000, see_letter, &seen), 0);
	assert_int_equal(newest_letters(of->store, "waiting", 3, 1000, see_letter, &seen), 2);
	assert_int_equal(newest_letters_count(of->store, "waiting", &count), 0);
	assert_int_equal(count, all);
	assert_int_equal(newest_letter(of->store, 2, see_letter, &seen), 1);
	assert_int_equal(seen.last, 2);
	assert_int_equal(newest_letter(of->store, all + 1, see_letter, &seen), 0);
	assert_int_equal(newest_letter(of->store, INT64_MAX, see_letter, &seen), 0);
}

static void check_others(struct process_case *of)
{
	struct audit_anchor anchor;
	struct seen seen = { 0 };

	sample_ok(of->store, audit_anchor(of->store, "a friend", &anchor));
	assert_int_equal(newest_anchors(of->store, 10, see_anchor, &seen), 1);
	assert_string_equal(seen.text, "a friend");
	/* The second and the first; the third is open again, and the one without an address was nobody's matter. */
	seen = (struct seen){ 0 };
	assert_int_equal(newest_closed(of->store, 10, see_closed, &seen), 2);
	assert_int_equal(seen.first, 2);
	assert_int_equal(seen.last, 1);
	assert_int_equal(newest_closed(of->store, 1, see_closed, &seen), 1);
	assert_int_equal(newest_about(of->store, "B-2030-0001", see_ref, &seen), 0);
}

static void check_copies(struct process_case *of)
{
	struct seen seen = { 0 };
	char ref[32];
	char track[64];

	begin(of, "fourth", track);
	(void)snprintf(ref, sizeof(ref), "%s", of->ref);
	withdraw(of, track);
	case_do(of, LINKED(of, "copy"), "draft");
	assert_int_equal(newest_about(of->store, ref, see_ref, &seen), 1);
	assert_string_not_equal(seen.text, ref);
}

static void run(const char *url)
{
	struct process_month *months = NULL;
	struct process_case of;
	size_t count = 1;

	case_open(&of, url);
	assert_int_equal(process_statistics(&of.process, &months, &count), 0);
	assert_int_equal(count, 0);
	fill(&of);
	check_statistics(&of);
	check_public(&of);
	check_events(&of);
	check_letters(&of);
	check_others(&of);
	check_copies(&of);
	case_audit(&of);
	case_close(&of);
}

static void test_a_registry(void **state)
{
	(void)state;
	store_case_each(run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_figures),
		cmocka_unit_test(test_a_registry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
