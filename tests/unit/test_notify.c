/* test_notify.c - what a service manager says to its child, and what the child answers. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/notify.h"

/* Listens as a manager does, on "/path" or "@name". */
static int make_manager(const char *text)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(text);
	int manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(manager >= 0);
	memcpy(address.sun_path, text, length);
	if (text[0] == '@') {
		address.sun_path[0] = '\0';
	}
	assert_int_equal(bind(manager, (const struct sockaddr *)&address,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)),
			 0);
	assert_int_equal(setenv("NOTIFY_SOCKET", text, 1), 0);
	return manager;
}

static void expect_message(int manager, const char *expected)
{
	char message[128] = { 0 };
	ssize_t size = recv(manager, message, sizeof(message) - 1, MSG_DONTWAIT);

	assert_int_equal(size, strlen(expected));
	assert_string_equal(message, expected);
}

static void no_manager(void **state)
{
	(void)state;
	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
	assert_int_equal(notify_manager("READY=1"), 0);
}

static void manager_at_a_path(void **state)
{
	char folder[] = "/tmp/test_notify.XXXXXX";
	char path[sizeof(folder) + 8];

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/notify", folder);
	int manager = make_manager(path);
	assert_int_equal(notify_manager("READY=1"), 0);
	expect_message(manager, "READY=1");
	(void)close(manager);
	assert_int_equal(notify_manager("READY=1"), -ECONNREFUSED);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(notify_manager("READY=1"), -ENOENT);
	assert_int_equal(rmdir(folder), 0);
}

static void manager_at_an_abstract_address(void **state)
{
	char name[64];

	(void)state;
	(void)snprintf(name, sizeof(name), "@berth-test-notify-%d", (int)getpid());
	int manager = make_manager(name);
	assert_int_equal(notify_manager("RELOADING=1\nMONOTONIC_USEC=12"), 0);
	expect_message(manager, "RELOADING=1\nMONOTONIC_USEC=12");
	(void)close(manager);
}

static void manager_that_reads_nothing(void **state)
{
	char name[64];
	int r = 0;

	(void)state;
	(void)snprintf(name, sizeof(name), "@berth-test-notify-%d", (int)getpid());
	int manager = make_manager(name);
	for (int i = 0; i < 100000 && r == 0; i++) {
		r = notify_manager("STATUS=full");
	}
	assert_int_equal(r, -EAGAIN);
	(void)close(manager);
}

static void bad_addresses(void **state)
{
	char address[200];

	(void)state;
	memset(address, '/', sizeof(address) - 1);
	address[sizeof(address) - 1] = '\0';
	assert_int_equal(setenv("NOTIFY_SOCKET", address, 1), 0);
	assert_int_equal(notify_manager("READY=1"), -ENAMETOOLONG);
	assert_int_equal(setenv("NOTIFY_SOCKET", "vsock:2:1234", 1), 0);
	assert_int_equal(notify_manager("READY=1"), -EAFNOSUPPORT);
	assert_int_equal(setenv("NOTIFY_SOCKET", "", 1), 0);
	assert_int_equal(notify_manager("READY=1"), -EAFNOSUPPORT);
}

/* ---- passed descriptors ---- */

/* What a child with these variables and the descriptors 3 and 4 answers; NULL leaves one out. */
static int answer_of_child(const char *process, const char *count)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		char own[16];
		(void)snprintf(own, sizeof(own), "%d", (int)getpid());
		if (process != NULL) {
			(void)setenv("LISTEN_PID", *process == '\0' ? own : process, 1);
		}
		if (count != NULL) {
			(void)setenv("LISTEN_FDS", count, 1);
		}
		(void)setenv("LISTEN_FDNAMES", "one:two", 1);
		(void)dup2(STDERR_FILENO, 3);
		(void)dup2(STDERR_FILENO, 4);
		(void)close(5);
		int r = notify_listen_descriptors();
		if (getenv("LISTEN_PID") != NULL || getenv("LISTEN_FDS") != NULL || getenv("LISTEN_FDNAMES") != NULL) {
			_exit(200);
		}
		if (r == 2 && (fcntl(3, F_GETFD) != FD_CLOEXEC || fcntl(4, F_GETFD) != FD_CLOEXEC)) {
			_exit(201);
		}
		_exit(r < 0 ? 100 - r : r);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	status = WEXITSTATUS(status);
	return status >= 100 ? 100 - status : status;
}

static void passed_descriptors(void **state)
{
	static const char own[] = "";

	(void)state;
	assert_int_equal(answer_of_child(own, "2"), 2);
	assert_int_equal(answer_of_child(own, "0"), 0);
	assert_int_equal(answer_of_child(own, "3"), -EBADF);
	assert_int_equal(answer_of_child("1", "2"), 0);
	assert_int_equal(answer_of_child(NULL, "2"), 0);
	assert_int_equal(answer_of_child(own, NULL), 0);
	assert_int_equal(answer_of_child(NULL, NULL), 0);
}

static void variables_that_are_no_numbers(void **state)
{
	static const char own[] = "";

	(void)state;
	assert_int_equal(answer_of_child(own, ""), -EINVAL);
	assert_int_equal(answer_of_child(own, "-1"), -EINVAL);
	assert_int_equal(answer_of_child(own, " 2"), -EINVAL);
	assert_int_equal(answer_of_child(own, "2x"), -EINVAL);
	assert_int_equal(answer_of_child(own, "2147483647"), -EINVAL);
	assert_int_equal(answer_of_child(own, "99999999999999999999"), -EINVAL);
	assert_int_equal(answer_of_child("x", "2"), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_manager),
		cmocka_unit_test(manager_at_a_path),
		cmocka_unit_test(manager_at_an_abstract_address),
		cmocka_unit_test(manager_that_reads_nothing),
		cmocka_unit_test(bad_addresses),
		cmocka_unit_test(passed_descriptors),
		cmocka_unit_test(variables_that_are_no_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
