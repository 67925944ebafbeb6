/* test_sandbox_function.c - which files and sockets a function's process can still have, and that nothing else
 * changes for it; and Landlock by itself.  Each attempt is made in a child. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/landlock.h"
#include "os/sandbox.h"

enum { WORKS = 0, FAILS = 1, NO_SANDBOX = 2 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int status_of(pid_t pid)
{
	int status;

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static bool fails_with(long result, int error)
{
	return result < 0 && errno == error;
}

/* ---- Landlock alone: of a role, seccomp would let nothing come so far ---- */

/* A socket that listens on loopback, and its name. */
static int listen_somewhere(struct sockaddr_in *ret_name)
{
	socklen_t size = sizeof(*ret_name);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*ret_name = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	assert_int_equal(bind(listener, (struct sockaddr *)ret_name, size), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)ret_name, &size), 0);
	return listener;
}

static bool gives(long result, int error)
{
	return error == 0 ? result >= 0 : fails_with(result, error);
}

static int live_with_landlock(uint64_t network, const struct sockaddr_in *listener)
{
	const struct landlock_handled handled = {
		.files = UINT64_MAX,
		.network = network,
		.scopes = LANDLOCK_ABSTRACT_SOCKETS | LANDLOCK_SIGNALS,
	};
	const struct sockaddr_in any = { .sin_family = AF_INET };
	int abi = landlock_abi();
	int other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool knows_network = abi >= LANDLOCK_ABI_NETWORK;
	bool may_bind = !knows_network || (network & LANDLOCK_TCP_BIND) == 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || landlock_enter(landlock_create(abi, handled)) < 0) {
		return NO_SANDBOX;
	}
	return gives(open("/etc/passwd", O_RDONLY | O_CLOEXEC), EACCES) && gives(mkdir("/tmp/never", 0700), EACCES) &&
			       gives(execl("/bin/true", "true", NULL), EACCES) &&
			       gives(bind(other, (const struct sockaddr *)&any, sizeof(any)), may_bind ? 0 : EACCES) &&
			       gives(connect(other, (const struct sockaddr *)listener, sizeof(*listener)),
				     knows_network ? EACCES : 0) &&
			       gives(kill(getppid(), 0), abi >= LANDLOCK_ABI_SCOPES ? EPERM : 0)
		       ? WORKS
		       : FAILS;
}

static void landlock_alone_denies(void **state)
{
	static const uint64_t networks[] = { LANDLOCK_TCP_CONNECT, LANDLOCK_TCP_CONNECT | LANDLOCK_TCP_BIND };
	struct sockaddr_in name;
	int listener = listen_somewhere(&name);

	(void)state;
	if (landlock_abi() == 0) {
		skip();
	}
	for (size_t i = 0; i < COUNT(networks); i++) {
		pid_t pid = fork();

		if (pid == 0) {
			_exit(live_with_landlock(networks[i], &name));
		}
		assert_int_equal(status_of(pid), 0);
	}
	(void)close(listener);
}

/* ---- files ---- */

static char folder[32];

static const char *path_of(const char *name)
{
	static char paths[8][64];
	static unsigned used;
	char *path = paths[used++ % 8];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static void make_folder(void)
{
	(void)snprintf(folder, sizeof(folder), "/tmp/test_sandbox_XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(mkdir(path_of("read"), 0700), 0);
	assert_int_equal(mkdir(path_of("read/deep"), 0700), 0);
	assert_int_equal(mkdir(path_of("write"), 0700), 0);
	assert_int_equal(close(open(path_of("read/deep/file"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)), 0);
	assert_int_equal(close(open(path_of("single"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)), 0);
	assert_int_equal(close(open(path_of("other"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)), 0);
}

static void remove_folder(void)
{
	static const char *const names[] = { "read/deep/file", "read/deep", "read",  "write/new", "write/moved",
					     "write",	       "single",    "other", "" };

	for (size_t i = 0; i < COUNT(names); i++) {
		(void)remove(path_of(names[i]));
	}
}

static int open_error(const char *name, int flags)
{
	return open(path_of(name), flags | O_CLOEXEC, 0600) >= 0 ? 0 : errno;
}

static int use_files(int rule_set)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || sandbox_files_enter(rule_set) < 0) {
		return NO_SANDBOX;
	}
	return open_error("read/deep/file", O_RDONLY) == 0 && open_error("read/deep", O_RDONLY | O_DIRECTORY) == 0 &&
			       open_error("read/deep/file", O_WRONLY) == EACCES &&
			       open_error("read/new", O_WRONLY | O_CREAT) == EACCES &&
			       open_error("single", O_RDONLY) == 0 && open_error("single", O_RDWR) == EACCES &&
			       open_error("other", O_RDONLY) == EACCES &&
			       open_error("write/new", O_RDWR | O_CREAT) == 0 &&
			       open_error("write/new", O_WRONLY | O_TRUNC) == 0 &&
			       rename(path_of("write/new"), path_of("write/moved")) == 0 &&
			       unlink(path_of("write/moved")) == 0 && unlink(path_of("other")) < 0 &&
			       fails_with(execl("/bin/true", "true", NULL), EACCES)
		       ? WORKS
		       : FAILS;
}

static void functions_keep_only_their_files(void **state)
{
	char read_path[64], single[64], write_path[64];
	char *const read_only[] = { read_path, single };
	char *const read_write[] = { write_path };

	(void)state;
	if (landlock_abi() == 0) {
		assert_int_equal(sandbox_files_create(NULL, 0, NULL, 0), -EOPNOTSUPP);
		skip();
	}
	make_folder();
	(void)snprintf(read_path, sizeof(read_path), "%s/read", folder);
	(void)snprintf(single, sizeof(single), "%s/single", folder);
	(void)snprintf(write_path, sizeof(write_path), "%s/write", folder);
	int rule_set = sandbox_files_create(read_only, 2, read_write, 1);
	assert_true(rule_set >= 0);
	assert_int_equal(fcntl(rule_set, F_GETFD), FD_CLOEXEC);
	pid_t pid = fork();
	if (pid == 0) {
		_exit(use_files(rule_set));
	}
	int status = status_of(pid);
	(void)close(rule_set);
	remove_folder();
	assert_int_equal(status, 0);
}

static int count_descriptors(void)
{
	DIR *descriptors = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(descriptors);
	while (readdir(descriptors) != NULL) {
		count++;
	}
	(void)closedir(descriptors);
	return count;
}

static void a_path_must_exist(void **state)
{
	char usr[] = "/usr", nowhere[] = "/nowhere";
	char *const paths[] = { usr, nowhere };
	int before = count_descriptors();

	(void)state;
	if (landlock_abi() == 0) {
		skip();
	}
	assert_int_equal(sandbox_files_create(paths, 2, NULL, 0), -ENOENT);
	assert_int_equal(sandbox_files_create(paths, 1, paths, 2), -ENOENT);
	assert_int_equal(count_descriptors(), before);
}

static pid_t fork_and_end(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		_exit(0);
	}
	return pid;
}

static int live_without_network(void)
{
	int pair[2];

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || sandbox_program_enter(sandbox_no_network()) < 0) {
		return NO_SANDBOX;
	}
	bool denied = fails_with(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), EAFNOSUPPORT) &&
		      fails_with(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0), EAFNOSUPPORT) &&
		      fails_with(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0), EAFNOSUPPORT) &&
		      fails_with(socketpair(AF_TIPC, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), EAFNOSUPPORT) &&
		      fails_with(syscall(SYS_io_uring_setup, 1, NULL), ENOSYS);
	bool allowed = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0 &&
		       open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0 && waitpid(fork_and_end(), NULL, 0) > 0 &&
		       socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0;
#if defined(__x86_64__)
	denied = denied && fails_with(syscall(0x40000000 + SYS_socket, AF_INET, SOCK_STREAM, 0), ENOSYS);
#endif
	if (!denied || !allowed) {
		return FAILS;
	}
	(void)execl("/bin/true", "true", NULL); /* which ends with 0 */
	return FAILS;
}

static void without_network_only_unix_sockets_are_made(void **state)
{
	(void)state;
	pid_t pid = fork();
	if (pid == 0) {
		_exit(live_without_network());
	}
	assert_int_equal(status_of(pid), 0);
}

#if defined(__x86_64__)

static long pid_as_i386(void)
{
	long result = 20; /* getpid */

	__asm__ volatile("int $0x80" : "+a"(result) : : "memory");
	return result;
}

static void without_network_foreign_programs_die(void **state)
{
	(void)state;
	pid_t pid = fork();
	if (pid == 0) {
		(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
		(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		_exit(sandbox_program_enter(sandbox_no_network()) < 0 || pid_as_i386() > 0 ? NO_SANDBOX : FAILS);
	}
	int status = status_of(pid);
	assert_true(WIFSIGNALED(status));
	/* SIGSEGV is what a kernel without 32-bit programs says to one. */
	assert_true(WTERMSIG(status) == SIGSYS || WTERMSIG(status) == SIGSEGV);
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(landlock_alone_denies),
		cmocka_unit_test(functions_keep_only_their_files),
		cmocka_unit_test(a_path_must_exist),
		cmocka_unit_test(without_network_only_unix_sockets_are_made),
#if defined(__x86_64__)
		cmocka_unit_test(without_network_foreign_programs_die),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
