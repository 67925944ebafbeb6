/* test_web_session.c - tokens of forms: bound to a session and to time; refusals told within a limit. */
#include "registry_sample.h"

#include <errno.h>

#include "web/site/session.h"

struct desk {
	struct site site;
	struct web_request request;
	struct visit visit;
};

static void open_desk(struct desk *desk, struct store *store)
{
	*desk = (struct desk){ .site.store = store, .request.source = "192.0.2.1" };
	desk->visit.site = &desk->site;
	desk->visit.request = &desk->request;
	(void)snprintf(desk->site.now, sizeof(desk->site.now), "2026-11-21T09:00:00Z");
	assert_int_equal(sessions_open(&desk->site.sessions), 0);
}

static void close_desk(struct desk *desk)
{
	desk->site.sessions = sessions_close(desk->site.sessions);
}

static void set_session(struct desk *desk, const char *hash)
{
	(void)snprintf(desk->visit.session.hash, sizeof(desk->visit.session.hash), "%s", hash);
}

static void test_a_form_is_of_one_session(void **state)
{
	struct desk desk;
	char token[SESSION_FORM_TOKEN];
	long age_s = -1;

	(void)state;
	open_desk(&desk, NULL);
	set_session(&desk, "aa");
	session_form_token(&desk.visit, token);
	assert_true(strlen(token) < SESSION_FORM_TOKEN - 1);
	assert_int_equal(session_form_check(&desk.visit, token, &age_s), 0);
	assert_int_equal(age_s, 0);
	set_session(&desk, "ab");
	assert_int_equal(session_form_check(&desk.visit, token, &age_s), -EACCES);
	set_session(&desk, "");
	assert_int_equal(session_form_check(&desk.visit, token, &age_s), -EACCES);
	session_form_token(&desk.visit, token);
	assert_int_equal(session_form_check(&desk.visit, token, &age_s), 0);
	set_session(&desk, "aa");
	assert_int_equal(session_form_check(&desk.visit, token, &age_s), -EACCES);
	close_desk(&desk);
}

static void test_a_form_has_its_time(void **state)
{
	struct desk desk;
	char token[SESSION_FORM_TOKEN];
	long age_s = -1;

	(void)state;
	open_desk(&desk, NULL);
	session_form_token(&desk.visit, token);
	(void)snprintf(desk.site.now, sizeof(desk.site.now), "2026-11-21T21:00:00Z");
	assert_int_equal(session_form_check(&desk.visit, token, &age_s), 0);
	assert_int_equal(age_s, SESSION_FORM_S);
	(void)snprintf(desk.site.now, sizeof(desk.site.now), "2026-11-21T21:00:01Z");
	assert_int_equal(session_form_check(&desk.visit, token, &age_s), -ETIMEDOUT);
	(void)snprintf(desk.site.now, sizeof(desk.site.now), "2026-11-21T08:59:00Z");
	assert_int_equal(session_form_check(&desk.visit, token, &age_s), 0); /* clocks differ */
	(void)snprintf(desk.site.now, sizeof(desk.site.now), "2026-11-21T08:58:59Z");
	assert_int_equal(session_form_check(&desk.visit, token, &age_s), -EACCES);
	close_desk(&desk);
}

/* Every octet counts, and each other program has another key. */
static void test_a_form_cannot_be_made(void **state)
{
	struct desk desk;
	struct desk other;
	char token[SESSION_FORM_TOKEN];
	char changed[SESSION_FORM_TOKEN + 1];
	long age_s = -1;

	(void)state;
	open_desk(&desk, NULL);
	open_desk(&other, NULL);
	session_form_token(&desk.visit, token);
	assert_int_equal(session_form_check(&other.visit, token, &age_s), -EACCES);
	for (size_t i = 0; i < strlen(token); i++) {
		(void)snprintf(changed, sizeof(changed), "%s", token);
		changed[i] = (char)(changed[i] == '0' ? '1' : '0');
		assert_int_equal(session_form_check(&desk.visit, changed, &age_s), -EACCES);
		changed[i] = '\0';
		assert_int_equal(session_form_check(&desk.visit, changed, &age_s), -EACCES);
	}
	(void)snprintf(changed, sizeof(changed), "%s0", token);
	assert_int_equal(session_form_check(&desk.visit, changed, &age_s), -EACCES);
	(void)snprintf(changed, sizeof(changed), " %s", token);
	assert_int_equal(session_form_check(&desk.visit, changed, &age_s), -EACCES);
	assert_int_equal(session_form_check(&desk.visit, "99999999999999999999999.", &age_s), -EACCES);
	assert_int_equal(age_s, -1);
	close_desk(&desk);
	close_desk(&other);
}

/* ---- refusals ---- */

static int64_t count_refused(struct store *store, const char *staff)
{
	char sql[128];

	(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM event WHERE act = 'refused' AND staff = %s", staff);
	return store_case_ask(store_database(store), sql);
}

static void run_refusals(const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);
	struct desk desk;

	sample_people(store);
	open_desk(&desk, store);
	for (int i = 0; i < REFUSED_EVENTS_MAX + 5; i++) {
		session_refused(&desk.visit, "a link", "guessed");
	}
	assert_int_equal(count_refused(store, "0"), REFUSED_EVENTS_MAX);
	desk.visit.session.staff = 2;
	session_refused(&desk.visit, "GET /staff/people", "the role is missing"); /* the staff has a limit of its own */
	assert_int_equal(count_refused(store, "2"), 1);
	desk.visit.session.staff = 0;
	(void)snprintf(desk.site.now, sizeof(desk.site.now), "2026-11-21T10:00:00Z");
	session_refused(&desk.visit, "a link", "guessed");
	assert_int_equal(count_refused(store, "0"), REFUSED_EVENTS_MAX + 1);
	close_desk(&desk);
	(void)store_close(store);
}

static void test_refusals_are_told_within_a_limit(void **state)
{
	(void)state;
	store_case_each(run_refusals);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_form_is_of_one_session),
		cmocka_unit_test(test_a_form_has_its_time),
		cmocka_unit_test(test_a_form_cannot_be_made),
		cmocka_unit_test(test_refusals_are_told_within_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
