/* test_sandbox_registryd.c - what berth-registryd can still do behind its sandbox, and what fails.
 *
 * Each probe runs in a child of its own.  A build with a sanitizer has no such sandbox. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/sanitized.h"
#include "os/landlock.h"
#include "os/sandbox_registryd.h"

static char folder[64];	 /* of the registry */
static char outside[64]; /* another */
static char path[128];

static int set_up(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/test-sandbox-XXXXXX");
	(void)snprintf(outside, sizeof(outside), "/tmp/test-outside-XXXXXX");
	return mkdtemp(folder) == NULL || mkdtemp(outside) == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	(void)snprintf(path, sizeof(path), "%s/a", outside);
	(void)unlink(path);
	return rmdir(folder) < 0 || rmdir(outside) < 0 ? -1 : 0;
}

/* ---- probes: true when it was done ---- */

static bool writes_in(const char *where)
{
	char again[128];

	(void)snprintf(path, sizeof(path), "%s/a", where);
	(void)snprintf(again, sizeof(again), "%s/b", where);
	int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct flock lock = { .l_type = F_WRLCK };
	bool done = file >= 0 && fcntl(file, F_SETLK, &lock) == 0 && ftruncate(file, 4096) == 0 &&
		    pwrite(file, "a", 1, 0) == 1 && fsync(file) == 0;
	void *page = done ? mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
	return page != MAP_FAILED && munmap(page, 4096) == 0 && close(file) == 0 && rename(path, again) == 0 &&
	       unlink(again) == 0;
}

static bool writes_its_registry(void)
{
	return writes_in(folder);
}

static bool writes_elsewhere(void)
{
	return writes_in(outside);
}

static bool reads_accounts(void)
{
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0;
}

static bool reads_programs(void)
{
	return open("/bin/sh", O_RDONLY | O_CLOEXEC) >= 0;
}

static bool forks(void)
{
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		_exit(7);
	}
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 7;
}

static bool gives_way(void)
{
	return setpriority(PRIO_PROCESS, 0, 10) == 0;
}

static bool runs_a_program(void)
{
	char name[] = "/bin/true";
	char *const arguments[] = { name, NULL };

	return execve(name, arguments, NULL) == 0;
}

static bool makes_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool makes_a_tcp_socket(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0;
}

static bool listens_anew(void)
{
	struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return made >= 0 && bind(made, (struct sockaddr *)&name, sizeof(name)) == 0 && listen(made, 1) == 0;
}

static bool makes_a_raw_socket(void)
{
	return socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0) >= 0;
}

static bool traces(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool makes_a_namespace(void)
{
	return unshare(CLONE_NEWUSER) == 0 || syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0) > 0;
}

static bool uses_io_uring(void)
{
	char parameters[120] = { 0 };

	return syscall(SYS_io_uring_setup, 1, parameters) >= 0;
}

static bool kills_its_parent(void)
{
	return kill(getppid(), 0) == 0;
}

/* ---- running them ---- */

enum { DONE = 0, FAILED = 1, NO_SANDBOX = 2 };

static int probe(bool (*act)(void), bool connects)
{
	const char *const written[] = { folder, NULL };
	const char *const only_read[] = { "/etc", "/nonexistent", NULL };
	const struct sandbox_registryd needs = { written, only_read, connects };
	unsigned missing;
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		int r = sandbox_enter_registryd(&needs, &missing);
		_exit(r < 0 ? NO_SANDBOX : act() ? DONE : FAILED);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void what_serving_needs_is_left(void **state)
{
	(void)state;
	assert_int_equal(probe(writes_its_registry, false), DONE);
	assert_int_equal(probe(reads_accounts, false), DONE);
	assert_int_equal(probe(forks, false), DONE);
	assert_int_equal(probe(gives_way, false), DONE);
	assert_int_equal(probe(makes_a_tcp_socket, true), DONE);
}

static void everything_else_fails(void **state)
{
	static const struct {
		const char *name;
		bool (*act)(void);
		bool connects;
	} offences[] = {
		{ "runs a program", runs_a_program, true },
		{ "makes code", makes_code, true },
		{ "makes a TCP socket", makes_a_tcp_socket, false },
		{ "makes a raw socket", makes_a_raw_socket, true },
		{ "traces", traces, true },
		{ "makes a namespace", makes_a_namespace, true },
		{ "uses io_uring", uses_io_uring, true },
	};

	(void)state;
	if (SANITIZED) {
		skip();
	}
	for (size_t i = 0; i < sizeof(offences) / sizeof(offences[0]); i++) {
		if (probe(offences[i].act, offences[i].connects) != FAILED) {
			fail_msg("%s", offences[i].name);
		}
	}
}

static void what_landlock_guards_fails(void **state)
{
	int abi = landlock_abi();

	(void)state;
	if (SANITIZED || abi == 0) {
		skip();
	}
	assert_int_equal(probe(writes_elsewhere, true), FAILED);
	assert_int_equal(probe(reads_programs, true), FAILED);
	assert_int_equal(probe(listens_anew, true), abi >= LANDLOCK_ABI_NETWORK ? FAILED : DONE);
	assert_int_equal(probe(kills_its_parent, true), abi >= LANDLOCK_ABI_SCOPES ? FAILED : DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_serving_needs_is_left),
		cmocka_unit_test(everything_else_fails),
		cmocka_unit_test(what_landlock_guards_fails),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
