/* test_privilege.c - who a process is after privilege_become(), as the kernel tells it after exec,
 * and what happens when the kernel refuses a step, or only pretends to have done it.
 *
 * Most of this needs root and is skipped without.  Every change happens in a child.  Steps fail
 * because strace(1) makes them fail; this program is then called again with the word "become". */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/privilege.h"

enum { NOBODY = 65534, REFUSED = 1, OUTPUT_MAX = 4096 };

static const struct identity nobody = {
	.user = NOBODY,
	.group = NOBODY,
	.groups = { NOBODY, 1, 2 },
	.group_count = 3,
};

static const struct identity root = { .user = 0, .group = 0, .groups = { 0 }, .group_count = 1 };

static int wait_for(pid_t pid)
{
	int status;

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Runs `act` in a child, which ends with what it returns. */
static int in_child(int (*act)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		_exit(act());
	}
	return wait_for(pid);
}

/* ---- looking up ---- */

static void users_are_found_by_name_and_number(void **state)
{
	struct identity by_name, by_number;

	(void)state;
	assert_int_equal(identity_look_up("nobody", NULL, &by_name), 0);
	assert_int_equal(by_name.user, NOBODY);
	assert_int_equal(by_name.group, NOBODY);
	assert_int_equal(by_name.group_count, 1);
	assert_int_equal(by_name.groups[0], NOBODY);
	assert_int_equal(identity_look_up("65534", NULL, &by_number), 0);
	assert_memory_equal(&by_name, &by_number, sizeof(by_name));
	assert_int_equal(identity_look_up("root", NULL, &by_name), 0);
	assert_int_equal(by_name.user, 0);
}

static void a_group_replaces_the_own_one(void **state)
{
	struct identity by_name, by_number;

	(void)state;
	assert_int_equal(identity_look_up("nobody", "daemon", &by_name), 0);
	assert_int_equal(by_name.user, NOBODY);
	assert_int_equal(by_name.group, 1);
	assert_int_equal(by_name.group_count, 1);
	assert_int_equal(by_name.groups[0], 1);
	assert_int_equal(identity_look_up("nobody", "1", &by_number), 0);
	assert_memory_equal(&by_name, &by_number, sizeof(by_name));
}

static void a_number_without_a_name_needs_a_group(void **state)
{
	struct identity identity;

	(void)state;
	assert_int_equal(identity_look_up("4000000001", "4000000002", &identity), 0);
	assert_true(identity.user == 4000000001);
	assert_true(identity.group == 4000000002);
	assert_int_equal(identity.group_count, 1);
	assert_true(identity.groups[0] == 4000000002);
	assert_int_equal(identity_look_up("4000000001", NULL, &identity), -ENOENT);
}

static void unknown_names_are_told_apart(void **state)
{
	static const char *const no_users[] = { "no-such-user", "", "-1", "4294967295", "65534x", "+1" };
	struct identity identity = { .user = 7 };

	(void)state;
	for (size_t i = 0; i < sizeof(no_users) / sizeof(no_users[0]); i++) {
		assert_int_equal(identity_look_up(no_users[i], NULL, &identity), -ENOENT);
		assert_int_equal(identity_look_up(no_users[i], "daemon", &identity), -ENOENT);
	}
	assert_int_equal(identity_look_up("nobody", "no-such-group", &identity), -ESRCH);
	assert_int_equal(identity_look_up("nobody", "4294967295", &identity), -ESRCH);
	assert_int_equal(identity.user, 7);
}

static void current_identity_is_what_the_process_is(void **state)
{
	struct identity identity;
	bool primary_included = false;

	(void)state;
	assert_int_equal(identity_current(&identity), 0);
	assert_int_equal(identity.user, geteuid());
	assert_int_equal(identity.group, getegid());
	for (size_t i = 0; i < identity.group_count; i++) {
		primary_included = primary_included || identity.groups[i] == getegid();
	}
	assert_true(primary_included);
}

/* ---- becoming ---- */

/* What /proc/self/status says in a program that is run after privilege_become(). */
static char *status_after(const struct identity *identity, int keep_capability)
{
	static char output[OUTPUT_MAX];
	size_t used = 0;
	ssize_t got;
	int ends[2];

	assert_int_equal(pipe2(ends, 0), 0);
	pid_t pid = fork();
	if (pid == 0) {
		if (privilege_become(identity, keep_capability) == 0 && dup2(ends[1], 1) == 1) {
			execl("/bin/cat", "cat", "/proc/self/status", NULL);
		}
		_exit(REFUSED);
	}
	(void)close(ends[1]);
	while ((got = read(ends[0], output + used, sizeof(output) - 1 - used)) > 0) {
		used += (size_t)got;
	}
	output[used] = '\0';
	(void)close(ends[0]);
	assert_int_equal(wait_for(pid), 0);
	return output;
}

static void assert_says(const char *output, const char *text)
{
	if (strstr(output, text) == NULL) {
		print_error("not said: %s\nin:\n%s\n", text, output);
	}
	assert_non_null(strstr(output, text));
}

/* Root in a container may lack what these tests need. */
static void skip_unless_root(void)
{
	if (!privilege_is_root() || !privilege_has(CAP_SETPCAP) || !privilege_has(CAP_NET_ADMIN)) {
		skip();
	}
}

static void nothing_is_left_of_root(void **state)
{
	(void)state;
	skip_unless_root();
	const char *status = status_after(&nobody, -1);
	assert_says(status, "Uid:\t65534\t65534\t65534\t65534\n");
	assert_says(status, "Gid:\t65534\t65534\t65534\t65534\n");
	assert_says(status, "Groups:\t1 2 65534 \n");
	assert_says(status, "CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\n"
			    "CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\n"
			    "CapAmb:\t0000000000000000\nNoNewPrivs:\t1\n");
}

static void one_capability_can_be_kept(void **state)
{
	(void)state;
	skip_unless_root();
	const char *status = status_after(&nobody, CAP_NET_ADMIN);
	assert_says(status, "Uid:\t65534\t65534\t65534\t65534\n");
	assert_says(status, "CapInh:\t0000000000001000\nCapPrm:\t0000000000001000\n"
			    "CapEff:\t0000000000001000\nCapBnd:\t0000000000001000\n"
			    "CapAmb:\t0000000000001000\nNoNewPrivs:\t1\n");
}

static void root_without_capabilities_is_a_user_like_others(void **state)
{
	(void)state;
	skip_unless_root();
	const char *status = status_after(&root, -1);
	assert_says(status, "Uid:\t0\t0\t0\t0\n");
	assert_says(status, "CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\n"
			    "CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\n"
			    "CapAmb:\t0000000000000000\nNoNewPrivs:\t1\n");
}

static int keep_the_right_to_change_users(void)
{
	return privilege_become(&nobody, CAP_SETUID) == -EPERM ? 0 : REFUSED;
}

static int ask_for_capabilities(void)
{
	if (!privilege_has(CAP_NET_ADMIN) || !privilege_is_root() || privilege_become(&nobody, CAP_NET_ADMIN) < 0) {
		return REFUSED;
	}
	return privilege_has(CAP_NET_ADMIN) && !privilege_has(CAP_NET_RAW) && !privilege_is_root() ? 0 : REFUSED;
}

static void capabilities_can_be_asked_for(void **state)
{
	(void)state;
	skip_unless_root();
	assert_int_equal(in_child(ask_for_capabilities), 0);
	assert_int_equal(in_child(keep_the_right_to_change_users), 0);
}

/* ---- becoming without root ---- */

static int act_without_root(void)
{
	struct identity current, other;

	/* As root, first be somebody who has a capability to lose. */
	if (privilege_is_root() && privilege_become(&nobody, CAP_NET_ADMIN) < 0) {
		return REFUSED;
	}
	if (identity_current(&current) < 0) {
		return REFUSED;
	}
	other = current;
	other.user++;
	if (privilege_become(&other, -1) != -EPERM || privilege_become(&root, -1) != -EPERM) {
		return REFUSED;
	}
	other = current;
	other.groups[other.group_count - 1]++;
	if (privilege_become(&other, -1) != -EPERM) {
		return REFUSED;
	}
	if (privilege_become(&current, -1) < 0 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) {
		return REFUSED;
	}
	return !privilege_has(CAP_NET_ADMIN) ? 0 : REFUSED;
}

static void without_root_one_stays_who_one_is(void **state)
{
	(void)state;
	assert_int_equal(in_child(act_without_root), 0);
}

static int keep_what_is_not_there(void)
{
	struct identity current;

	if (privilege_is_root() && privilege_become(&nobody, -1) < 0) {
		return REFUSED;
	}
	return identity_current(&current) == 0 && privilege_become(&current, CAP_NET_ADMIN) == -EPERM ? 0 : REFUSED;
}

static void without_root_nothing_can_be_kept_that_is_not_there(void **state)
{
	(void)state;
	if (!privilege_is_root() && privilege_has(CAP_NET_ADMIN)) {
		skip();
	}
	assert_int_equal(in_child(keep_what_is_not_there), 0);
}

/* ---- steps that fail ---- */

/* Called as "test_privilege become": the only way out with 0 is that all is well. */
static int become(void)
{
	return privilege_become(&nobody, CAP_NET_ADMIN) == 0 ? 0 : REFUSED;
}

static int become_under_strace(const char *inject)
{
	char option[64];
	char self[256] = "";

	(void)snprintf(option, sizeof(option), "inject=%s", inject);
	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	pid_t pid = fork();
	if (pid == 0) {
		execlp("strace", "strace", "-o", "/dev/null", "-e", option, self, "become", NULL);
		_exit(SIGTRAP);
	}
	return wait_for(pid);
}

static void skip_without_strace(void)
{
	skip_unless_root();
	if (access("/usr/bin/strace", X_OK) < 0) {
		skip();
	}
	/* An option that does nothing: is tracing allowed here at all? */
	if (become_under_strace("getppid:retval=1") != 0) {
		skip();
	}
}

static void each_step_may_fail(void **state)
{
	static const char *const failing[] = {
		"setgroups:error=EPERM:when=1",	 "setresgid:error=EPERM:when=1", "setresuid:error=EPERM:when=1",
		"setresuid:error=EAGAIN:when=1", "capset:error=EPERM:when=1",	 "getresuid:error=EPERM",
		"getresgid:error=EPERM",	 "getgroups:error=EPERM",	 "capget:error=EPERM:when=3",
	};

	(void)state;
	skip_without_strace();
	for (size_t i = 0; i < sizeof(failing) / sizeof(failing[0]); i++) {
		if (become_under_strace(failing[i]) != REFUSED) {
			fail_msg("%s was not seen", failing[i]);
		}
	}
}

/* The kernel says yes and does nothing, or lets us climb back at the second time. */
static void what_was_not_done_is_seen(void **state)
{
	static const char *const pretending[] = {
		"setgroups:retval=0:when=1", "setresgid:retval=0:when=1", "setresuid:retval=0:when=1",
		"capset:retval=0:when=1",    "setgroups:retval=0:when=2", "setresgid:retval=0:when=2",
		"setresuid:retval=0:when=2", "capset:retval=0:when=2",	  "prctl:retval=0:when=2",
	};

	(void)state;
	skip_without_strace();
	for (size_t i = 0; i < sizeof(pretending) / sizeof(pretending[0]); i++) {
		if (become_under_strace(pretending[i]) != REFUSED) {
			fail_msg("%s was not seen", pretending[i]);
		}
	}
}

/* Every prctl(2) sets or proves something: the first one that may fail unseen is behind the last.
 */
static void each_prctl_counts(void **state)
{
	char inject[64];
	int call = 0;

	(void)state;
	skip_without_strace();
	do {
		(void)snprintf(inject, sizeof(inject), "prctl:error=EPERM:when=%d", ++call);
	} while (become_under_strace(inject) == REFUSED);
	assert_true(call > 3 * CAP_WAKE_ALARM);
	(void)snprintf(inject, sizeof(inject), "prctl:error=EPERM:when=%d+", call);
	assert_int_equal(become_under_strace(inject), 0);
}

int main(int count, char **arguments)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(users_are_found_by_name_and_number),
		cmocka_unit_test(a_group_replaces_the_own_one),
		cmocka_unit_test(a_number_without_a_name_needs_a_group),
		cmocka_unit_test(unknown_names_are_told_apart),
		cmocka_unit_test(current_identity_is_what_the_process_is),
		cmocka_unit_test(nothing_is_left_of_root),
		cmocka_unit_test(one_capability_can_be_kept),
		cmocka_unit_test(root_without_capabilities_is_a_user_like_others),
		cmocka_unit_test(capabilities_can_be_asked_for),
		cmocka_unit_test(without_root_one_stays_who_one_is),
		cmocka_unit_test(without_root_nothing_can_be_kept_that_is_not_there),
		cmocka_unit_test(each_step_may_fail),
		cmocka_unit_test(what_was_not_done_is_seen),
		cmocka_unit_test(each_prctl_counts),
	};

	if (count > 1 && strcmp(arguments[1], "become") == 0) {
		_exit(become());
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
