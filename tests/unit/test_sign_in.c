/* test_sign_in.c - sign-in against a store of each kind: failures and their lock by the clock, one-time codes, what
 * ends with a new password and with retirement, invitations. */
#include "base/moment.h"
#include "registry_sample.h"

#include <errno.h>
#include <liboath/oath.h>

#include "registry/keep/sign_in.h"
#include "store/outbox.h"
#include "store/sessions.h"
#include "store/sign_ins.h"

static const char start[] = "2026-11-21T09:00:00Z";
static const char password[] = "plum kettle orbit";

/* ann, an administrator, who can sign in. */
struct office {
	struct store *store;
	int64_t ann;
	char secret[TOTP_SECRET_SIZE];
	char now[MOMENT_SIZE];
};

static void later(struct office *office, long seconds)
{
	char moment[MOMENT_SIZE];

	assert_int_equal(moment_after(office->now, seconds, moment), 0);
	(void)snprintf(office->now, sizeof(office->now), "%s", moment);
}

static int renew(struct office *office, const char *new_password, const char *secret, const char *link_hash)
{
	struct complaint complaint = { "" };
	const struct sign_in_new new_one = {
		.by_staff = office->ann,
		.staff = office->ann,
		.login = "ann",
		.password = new_password,
		.totp_secret = secret,
		.link_hash = link_hash,
		.registry = "Example",
		.now = office->now,
	};

	return sign_in_renew(office->store, &new_one, &complaint);
}

static struct office open_office(const char *url)
{
	struct office office = { .store = sample_open(url, STORE_CREATE) };

	(void)snprintf(office.now, sizeof(office.now), "%s", start);
	sample_people(office.store);
	assert_int_equal(staff_by_login(office.store, "ann", &office.ann), 0);
	totp_secret_make(office.secret);
	assert_int_equal(renew(&office, password, office.secret, NULL), 0);
	return office;
}

static void close_office(struct office *office)
{
	(void)store_close(office->store);
}

static void code_at(const struct office *office, long seconds, char ret_code[static 8])
{
	char *key = NULL;
	size_t size = 0;

	assert_int_equal(oath_init(), OATH_OK);
	assert_int_equal(oath_base32_decode(office->secret, strlen(office->secret), &key, &size), OATH_OK);
	assert_int_equal(
		oath_totp_generate(key, size, (time_t)(moment_seconds(office->now) + seconds), 30, 0, 6, ret_code),
		OATH_OK);
	free(key);
}

static int try_with(struct office *office, const char *login, const char *word, const char *code)
{
	const struct sign_in attempt = { .login = login, .password = word, .code = code, .now = office->now };
	int64_t staff = -1;
	int r = sign_in(office->store, &attempt, &staff);

	assert_int_equal(staff, r == 0 ? office->ann : -1);
	return r;
}

/* With all that is right, at a step of its own. */
static int try_right(struct office *office)
{
	char code[8];

	later(office, TOTP_STEP_S);
	code_at(office, 0, code);
	return try_with(office, "ann", password, code);
}

static void fail_often(struct office *office, int count)
{
	for (int i = 0; i < count; i++) {
		assert_int_equal(try_with(office, "ann", "something else", "000000"), -EACCES);
	}
}

/* ---- in ---- */

static void run_parts(const char *url)
{
	struct office office = open_office(url);
	char code[8];
	char wrong[8];

	code_at(&office, 0, code);
	(void)snprintf(wrong, sizeof(wrong), "%s", code);
	wrong[0] = (char)(wrong[0] == '9' ? '0' : wrong[0] + 1);
	assert_int_equal(try_with(&office, "ann", password, wrong), -EACCES);
	assert_int_equal(try_with(&office, "ann", "plum kettle orbits", code), -EACCES);
	assert_int_equal(try_with(&office, "bob", password, code), -EACCES); /* has no password */
	assert_int_equal(try_with(&office, "nobody", password, code), -EACCES);
	assert_int_equal(try_with(&office, "(berth)", "", ""), -EACCES);
	assert_int_equal(try_with(&office, "(nobody)", "", ""), -EACCES);
	assert_int_equal(try_with(&office, "", "", ""), -EACCES);
	assert_int_equal(try_with(&office, "ann' OR '1'='1", password, code), -EACCES);
	assert_int_equal(try_with(&office, "ann", password, code), 0);
	close_office(&office);
}

static void test_all_parts_must_be_right(void **state)
{
	(void)state;
	store_case_each(run_parts);
}

static void run_once(const char *url)
{
	struct office office = open_office(url);
	char code[8];

	later(&office, 300);
	code_at(&office, 30, code);
	assert_int_equal(try_with(&office, "ann", password, code), 0);
	assert_int_equal(try_with(&office, "ann", password, code), -EACCES);
	code_at(&office, 0, code); /* an older one that would be in time */
	assert_int_equal(try_with(&office, "ann", password, code), -EACCES);
	later(&office, TOTP_STEP_S);
	assert_int_equal(try_right(&office), 0);
	close_office(&office);
}

static void test_a_code_works_once(void **state)
{
	(void)state;
	store_case_each(run_once);
}

/* Two programs at one store. */
static int take_step(struct sign_in_row *row, void *context)
{
	const int64_t *step = context;

	if (row->totp_last >= *step) {
		return -EACCES;
	}
	row->totp_last = *step;
	return 0;
}

static void run_race(const char *url)
{
	struct office office = open_office(url);
	struct store *other = sample_open(url, STORE_WRITE);
	int64_t step = 4711;

	assert_int_equal(sign_in_judge(office.store, office.ann, take_step, &step), 0);
	assert_int_equal(sign_in_judge(other, office.ann, take_step, &step), -EACCES);
	(void)store_close(other);
	close_office(&office);
}

static void test_a_step_is_taken_once_by_all(void **state)
{
	(void)state;
	store_case_each(run_race);
}

/* ---- locked ---- */

/* As if so many attempts in a row had failed. */
static void set_failures(struct office *office, int64_t count)
{
	char sql[128];

	(void)snprintf(sql, sizeof(sql), "UPDATE sign_in SET failures = %lld, locked_until = NULL", (long long)count);
	assert_int_equal(database_run(store_database(office->store), sql), 0);
}

static void run_lock(const char *url)
{
	static const long locks_s[] = { 900, 1800, 3600, 7200, 14400, 14400 };
	struct office office = open_office(url);

	fail_often(&office, SIGN_IN_FAILURES_MAX - 1);
	assert_int_equal(try_right(&office), 0);
	fail_often(&office, SIGN_IN_FAILURES_MAX - 1);
	for (size_t i = 0; i < sizeof(locks_s) / sizeof(locks_s[0]); i++) {
		set_failures(&office, SIGN_IN_FAILURES_MAX * ((int64_t)i + 1) - 1);
		fail_often(&office, 1);
		later(&office, locks_s[i] - TOTP_STEP_S - 1);
		assert_int_equal(try_right(&office), -EACCES); /* a second too early; counts nothing */
	}
	later(&office, 1 - TOTP_STEP_S);
	assert_int_equal(try_right(&office), 0);
	fail_often(&office, SIGN_IN_FAILURES_MAX); /* from the start again */
	later(&office, SIGN_IN_LOCK_S - TOTP_STEP_S);
	assert_int_equal(try_right(&office), 0);
	close_office(&office);
}

static void test_failures_lock_longer_each_time(void **state)
{
	(void)state;
	store_case_each(run_lock);
}

static void run_unlock(const char *url)
{
	struct office office = open_office(url);

	fail_often(&office, SIGN_IN_FAILURES_MAX);
	assert_int_equal(try_right(&office), -EACCES);
	assert_int_equal(renew(&office, password, NULL, NULL), 0);
	assert_int_equal(try_right(&office), 0);
	close_office(&office);
}

static void test_a_new_password_opens_the_lock(void **state)
{
	(void)state;
	store_case_each(run_unlock);
}

static void run_unknown(const char *url)
{
	struct office office = open_office(url);

	for (int i = 0; i < 3; i++) {
		assert_int_equal(try_with(&office, "nobody", password, "000000"), -EACCES);
		assert_int_equal(try_with(&office, "ann", "something else", "000000"), -EACCES);
	}
	assert_int_equal(store_case_ask(store_database(office.store), "SELECT failures FROM sign_in WHERE staff = 0"),
			 3);
	assert_int_equal(store_case_ask(store_database(office.store), "SELECT failures FROM sign_in WHERE staff = 2"),
			 3);
	close_office(&office);
}

static void test_an_unknown_login_costs_the_same(void **state)
{
	(void)state;
	store_case_each(run_unknown);
}

/* ---- tokens ---- */

static const char hashes[][STORE_HASH_SIZE] = {
	"1111111111111111111111111111111111111111111111111111111111111111",
	"2222222222222222222222222222222222222222222222222222222222222222",
	"3333333333333333333333333333333333333333333333333333333333333333",
};

static void add_tokens(struct office *office)
{
	static const char *const purposes[] = { "session", "api", "enrol" };

	for (size_t i = 0; i < 3; i++) {
		sample_ok(office->store, sessions_add(office->store, &(const struct session_row){
									     .hash = hashes[i],
									     .purpose = purposes[i],
									     .staff = office->ann,
									     .about = "192.0.2.1",
									     .scope = "",
									     .created = office->now,
									     .ends = "2026-11-22T00:00:00Z",
								     }));
	}
}

static int note_login(const struct session_row *row, void *context)
{
	(void)snprintf(context, 64, "%s %s", row->login, row->about);
	return 0;
}

static int find(struct office *office, size_t place, const char *purpose, const char *now)
{
	char login[64] = "";
	int r = sessions_find(office->store, hashes[place], purpose, now, note_login, login);

	assert_string_equal(login, r == 0 ? "ann 192.0.2.1" : "");
	return r;
}

static void run_tokens(const char *url)
{
	struct office office = open_office(url);

	add_tokens(&office);
	assert_int_equal(find(&office, 0, "session", office.now), 0);
	assert_int_equal(find(&office, 0, "api", office.now), -ENOENT); /* a cookie is no key */
	assert_int_equal(find(&office, 1, "session", office.now), -ENOENT);
	assert_int_equal(find(&office, 1, "api", office.now), 0);
	assert_int_equal(find(&office, 0, "session", "2026-11-21T23:59:59Z"), 0);
	assert_int_equal(find(&office, 0, "session", "2026-11-22T00:00:00Z"), -ENOENT);
	assert_int_equal(sessions_end(office.store, office.ann + 1, hashes[0]), -ENOENT); /* another's */
	assert_int_equal(sessions_end(office.store, office.ann, hashes[0]), 0);
	assert_int_equal(sessions_end(office.store, office.ann, hashes[0]), -ENOENT);
	assert_int_equal(find(&office, 0, "session", office.now), -ENOENT);
	sample_ok(office.store, sessions_sweep(office.store, "2026-11-21T23:59:59Z"));
	assert_int_equal(find(&office, 1, "api", office.now), 0);
	sample_ok(office.store, sessions_sweep(office.store, "2026-11-22T00:00:00Z"));
	assert_int_equal(find(&office, 1, "api", office.now), -ENOENT);
	close_office(&office);
}

static void test_tokens_are_for_one_purpose_and_end(void **state)
{
	(void)state;
	store_case_each(run_tokens);
}

static int64_t count_tokens(struct office *office)
{
	return store_case_ask(store_database(office->store), "SELECT count(*) FROM token");
}

static void run_all_end(const char *url)
{
	struct office office = open_office(url);

	add_tokens(&office);
	assert_int_equal(renew(&office, "too short", NULL, NULL), -EINVAL);
	assert_int_equal(count_tokens(&office), 3);
	assert_int_equal(renew(&office, "another good one", NULL, NULL), 0);
	assert_int_equal(count_tokens(&office), 0);
	add_tokens(&office);
	totp_secret_make(office.secret);
	assert_int_equal(renew(&office, NULL, office.secret, NULL), 0);
	assert_int_equal(count_tokens(&office), 0);
	assert_int_equal(try_right(&office), -EACCES); /* with the password of before */
	close_office(&office);
}

static void test_all_tokens_end_with_a_new_secret(void **state)
{
	(void)state;
	store_case_each(run_all_end);
}

static void run_retire(const char *url)
{
	struct office office = open_office(url);
	struct change *change = sample_begin(office.store, "staff");
	int64_t bob = 0;

	assert_int_equal(staff_by_login(office.store, "bob", &bob), 0);
	sample_ok(office.store, staff_grant(change, bob, "administrator", "*"));
	sample_commit(office.store, change);
	add_tokens(&office);
	change = sample_begin(office.store, "staff-retire");
	sample_ok(office.store, staff_retire(change, office.ann));
	sample_commit(office.store, change);
	assert_int_equal(count_tokens(&office), 0);
	add_tokens(&office); /* as if one were made beside */
	assert_int_equal(find(&office, 0, "session", office.now), -ENOENT);
	assert_int_equal(try_right(&office), -EACCES);
	close_office(&office);
}

static void test_who_retires_is_out(void **state)
{
	(void)state;
	store_case_each(run_retire);
}

/* ---- invitations ---- */

static int invite(struct office *office, const char *email)
{
	struct change *change = sample_begin(office->store, "staff-invite");
	struct complaint complaint = { "" };
	int r = sign_in_invite(change,
			       &(const struct sign_in_invitation){
				       .staff = office->ann,
				       .login = "ann",
				       .name = "Ann",
				       .email = email,
				       .registry = "Ports",
				       .staff_address = "staff@example.org",
				       .link = "https://ports.example.org/",
			       },
			       &complaint);

	if (r < 0) {
		assert_true(complaint.sentence[0] != '\0');
		(void)change_abandon(change);
		return r;
	}
	sample_commit(office->store, change);
	return 0;
}

static int note_link(const struct outbox_letter *letter, void *context)
{
	const char *link = strstr(letter->message, "https://ports.example.org/staff/enrol/");

	assert_string_equal(letter->template, "invitation");
	assert_string_equal(letter->recipient, "ann@example.org");
	assert_non_null(link);
	(void)snprintf(context, LINK_TOKEN_SIZE, "%s", link + strlen("https://ports.example.org/staff/enrol/"));
	return 0;
}

static void run_invite(const char *url)
{
	struct office office = open_office(url);
	char token[LINK_TOKEN_SIZE] = "";
	char hash[LINK_TOKEN_HASH_SIZE];

	assert_int_equal(invite(&office, ""), -EPERM);
	assert_int_equal(invite(&office, "no address"), -EPERM);
	assert_int_equal(count_tokens(&office), 0);
	assert_int_equal(invite(&office, "ann@example.org"), 0);
	assert_int_equal(invite(&office, "ann@example.org"), 0);
	assert_int_equal(count_tokens(&office), 1); /* the newer one */
	sample_ok(office.store, outbox_each(office.store, NULL, note_link, token));
	/* What is stored forgets it when the letter is sent. */
	sample_ok(office.store, outbox_sent(office.store, 1, start));
	sample_ok(office.store, outbox_sent(office.store, 2, start));
	assert_int_equal(
		store_case_ask(store_database(office.store),
			       "SELECT count(*) FROM outbox WHERE message LIKE '%/staff/enrol/[link removed]%'"),
		2);
	link_token_hash(token, hash);
	assert_int_equal(renew(&office, "a good new one", office.secret, hashes[0]), -ENOENT);
	assert_int_equal(renew(&office, "short", office.secret, hash), -EINVAL);
	assert_int_equal(renew(&office, "a good new one", office.secret, hash), 0);
	assert_int_equal(renew(&office, "a better new one", office.secret, hash), -ENOENT); /* used up */
	close_office(&office);
}

static void test_an_invitation_works_once(void **state)
{
	(void)state;
	store_case_each(run_invite);
}

/* ---- proved, and secret ---- */

static void count_fault(const char *sentence, void *context)
{
	int *password_faults = context;

	*password_faults += strstr(sentence, "password") != NULL;
}

static int derive(struct entry *entry)
{
	(void)entry;
	return 0;
}

static uint64_t count_faults(struct office *office, int *ret_password_faults)
{
	struct audit_result result = { .faults = 0 };

	*ret_password_faults = 0;
	sample_ok(office->store,
		  audit_verify(office->store, derive, NULL, 0, count_fault, ret_password_faults, &result));
	return result.faults;
}

static int look_for_secrets(const struct audit_event *event, void *context)
{
	const struct office *office = context;

	assert_null(strstr(event->body, office->secret));
	assert_null(strstr(event->body, "argon2"));
	assert_null(strstr(event->body, password));
	assert_null(strstr(event->why, password));
	return 0;
}

static void run_proved(const char *url)
{
	struct office office = open_office(url);
	int password_faults = 0;

	assert_int_equal(try_right(&office), 0);
	fail_often(&office, 2);
	assert_int_equal(renew(&office, password, office.secret, NULL), 0);
	assert_int_equal(count_faults(&office, &password_faults), 0);
	sample_ok(office.store, audit_events(office.store, 1, INT64_MAX, NULL, look_for_secrets, &office));
	/* Who may write the store and gives a password that they know to somebody else is found. */
	assert_int_equal(
		database_run(store_database(office.store),
			     "UPDATE staff SET password = (SELECT password FROM staff WHERE id = 2) WHERE id = 3"),
		0);
	assert_int_equal(count_faults(&office, &password_faults), 1);
	assert_int_equal(password_faults, 1);
	close_office(&office);
}

static void test_events_prove_without_telling(void **state)
{
	(void)state;
	store_case_each(run_proved);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_parts_must_be_right),
		cmocka_unit_test(test_a_code_works_once),
		cmocka_unit_test(test_a_step_is_taken_once_by_all),
		cmocka_unit_test(test_failures_lock_longer_each_time),
		cmocka_unit_test(test_a_new_password_opens_the_lock),
		cmocka_unit_test(test_an_unknown_login_costs_the_same),
		cmocka_unit_test(test_tokens_are_for_one_purpose_and_end),
		cmocka_unit_test(test_all_tokens_end_with_a_new_secret),
		cmocka_unit_test(test_who_retires_is_out),
		cmocka_unit_test(test_an_invitation_works_once),
		cmocka_unit_test(test_events_prove_without_telling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
