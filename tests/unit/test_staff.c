/* test_staff.c - people and roles; the last administrator stays one. */
#include "registry_sample.h"

#include <errno.h>

static int put_member(const struct staff_member *member, const char *const *roles, void *context)
{
	char *text = context;
	size_t used = strlen(text);

	used += (size_t)snprintf(text + used, 1024 - used, "%d %s %s %s%s:", (int)member->id, member->login,
				 member->name, member->email, member->active ? "" : " retired");
	for (; *roles != NULL; roles++) {
		used += (size_t)snprintf(text + used, 1024 - used, " %s", *roles);
	}
	(void)snprintf(text + used, 1024 - used, "\n");
	return 0;
}

static void expect(struct store *store, const char *expected)
{
	char text[1024] = "";

	sample_ok(store, staff_each(store, put_member, text));
	assert_string_equal(text, expected);
}

static void run_roles(const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);
	struct change *change;
	int64_t bob = 0;

	expect(store, "");
	sample_people(store);
	expect(store, "2 ann Ann ann@example.org: administrator\n3 bob Bob bob@example.org: expert:tcp\n");
	assert_int_equal(staff_by_login(store, "bob", &bob), 0);
	assert_int_equal(bob, 3);
	assert_int_equal(staff_by_login(store, "(berth)", &bob), -ENOENT);
	assert_int_equal(staff_by_login(store, "(nobody)", &bob), -ENOENT);
	assert_int_equal(staff_has_role(store, bob, "expert"), 1);
	assert_int_equal(staff_has_role(store, bob, "board"), 0);
	change = sample_begin(store, "staff");
	sample_ok(store, staff_grant(change, bob, "board", "*"));
	assert_int_equal(staff_grant(change, bob, "board", "*"), -EEXIST);
	assert_int_equal(staff_grant(change, bob, "king", "*"), -EINVAL);
	assert_int_equal(staff_grant(change, bob, "expert", "tcpp"), -EINVAL);
	assert_non_null(strstr(store_complaint(store), "there are *, tcp, udp, sctp, dccp"));
	assert_int_equal(staff_grant(change, bob, "expert", ""), -EINVAL);
	assert_int_equal(staff_grant(change, 17, "board", "*"), -ENOENT);
	assert_int_equal(staff_grant(change, 1, "board", "*"), -ENOENT);
	assert_int_equal(staff_revoke(change, bob, "expert", "*"), -ENOENT);
	sample_ok(store, staff_revoke(change, bob, "expert", "tcp"));
	sample_commit(store, change);
	expect(store, "2 ann Ann ann@example.org: administrator\n3 bob Bob bob@example.org: board\n");
	change = sample_begin(store, "staff");
	sample_ok(store, staff_retire(change, bob));
	sample_commit(store, change);
	assert_int_equal(staff_by_login(store, "bob", &bob), -ENOENT);
	assert_int_equal(staff_has_role(store, bob, "board"), 0);
	expect(store, "2 ann Ann ann@example.org: administrator\n3 bob Bob bob@example.org retired: board\n");
	(void)store_close(store);
}

static void test_roles_come_and_go(void **state)
{
	(void)state;
	store_case_each(run_roles);
}

static void run_logins(const char *url)
{
	static const char *const wrong[] = { "", "Ann", "a b", "a/b", "\xc3\xa4", "a\nb" };
	struct store *store = sample_open(url, STORE_CREATE);
	int64_t id = 0;

	sample_people(store);
	struct change *change = sample_begin(store, "staff");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(staff_add(change, wrong[i], "X", "", &id), -EINVAL);
	}
	assert_int_equal(staff_add(change, "ann", "Another", "", &id), -EEXIST);
	assert_int_equal(staff_add(change, "carl", "\xff", "", &id), -EINVAL);
	assert_int_equal(id, 0);
	sample_commit(store, change);
	(void)store_close(store);
}

static void test_logins_are_plain_and_alone(void **state)
{
	(void)state;
	store_case_each(run_logins);
}

static void run_last(const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);
	struct change *change;

	sample_people(store);
	change = sample_begin(store, "staff");
	assert_int_equal(staff_retire(change, 2), -EPERM);
	assert_non_null(strstr(store_complaint(store), "last administrator"));
	assert_int_equal(staff_revoke(change, 2, "administrator", "*"), -EPERM);
	sample_ok(store, staff_grant(change, 3, "administrator", "*"));
	sample_ok(store, staff_retire(change, 3));
	assert_int_equal(staff_revoke(change, 2, "administrator", "*"), -EPERM);
	sample_commit(store, change);
	change = sample_begin(store, "staff");
	int64_t carl = 0;
	sample_ok(store, staff_add(change, "carl", "Carl", "", &carl));
	sample_ok(store, staff_grant(change, carl, "administrator", "*"));
	sample_ok(store, staff_retire(change, 2));
	assert_int_equal(staff_retire(change, carl), -EPERM);
	sample_commit(store, change);
	expect(store, "2 ann Ann ann@example.org retired: administrator\n"
		      "3 bob Bob bob@example.org retired: administrator expert:tcp\n4 carl Carl : administrator\n");
	(void)store_close(store);
}

static void test_the_last_administrator_stays(void **state)
{
	(void)state;
	store_case_each(run_last);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_roles_come_and_go),
		cmocka_unit_test(test_logins_are_plain_and_alone),
		cmocka_unit_test(test_the_last_administrator_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
