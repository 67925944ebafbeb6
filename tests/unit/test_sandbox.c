/* test_sandbox.c - what is still possible behind the sandbox, and what ends the process.
 *
 * Each probe runs in a child of its own, which has taken everything it needs with it.  A build with a
 * sanitizer denies instead of killing; there "dies" means "fails". */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/sanitized.h"
#include "os/handover.h"
#include "os/landlock.h"
#include "os/sandbox.h"

enum { WORKS = 0, FAILS = 1, NO_SANDBOX = 2 };

/* What a role takes with it. */
static struct {
	int listener;
	struct sockaddr_in name; /* where it listens */
	int target;		 /* another listening socket */
	struct sockaddr_in target_name;
	int client;
	int pair[2];
	int epoll;
	int signals;
	int file;
	void *page;
} kit;

static int set_up(void **state)
{
	socklen_t size = sizeof(kit.name);
	sigset_t set;

	(void)state;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGUSR1);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	kit.name = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	kit.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	kit.target_name = kit.name;
	kit.target = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	kit.client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	kit.epoll = epoll_create1(EPOLL_CLOEXEC);
	kit.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	kit.file = open("/dev/null", O_RDWR | O_CLOEXEC);
	kit.page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (bind(kit.listener, (struct sockaddr *)&kit.name, size) < 0 || listen(kit.listener, 10) < 0 ||
	    getsockname(kit.listener, (struct sockaddr *)&kit.name, &size) < 0 ||
	    connect(kit.client, (struct sockaddr *)&kit.name, size) < 0 ||
	    bind(kit.target, (struct sockaddr *)&kit.target_name, size) < 0 || listen(kit.target, 10) < 0 ||
	    getsockname(kit.target, (struct sockaddr *)&kit.target_name, &size) < 0) {
		return -1;
	}
	return handover_pair(kit.pair);
}

static int tear_down(void **state)
{
	(void)state;
	(void)close(kit.listener);
	(void)close(kit.target);
	(void)close(kit.client);
	(void)close(kit.pair[0]);
	(void)close(kit.pair[1]);
	(void)close(kit.epoll);
	(void)close(kit.signals);
	(void)close(kit.file);
	(void)munmap(kit.page, 4096);
	return 0;
}

/* ---- what a role does all day ---- */

static bool accepts_and_talks(void)
{
	struct sockaddr_storage name;
	socklen_t size = sizeof(name);
	int error;
	char text[8];
	int served = accept4(kit.listener, (struct sockaddr *)&name, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (served < 0 || send(kit.client, "ping", 4, MSG_NOSIGNAL) != 4 ||
	    recv(served, text, sizeof(text), MSG_PEEK) != 4 || recv(served, text, sizeof(text), 0) != 4 ||
	    write(served, "pong", 4) != 4 || read(kit.client, text, sizeof(text)) != 4) {
		return false;
	}
	size = sizeof(name);
	if (getsockname(served, (struct sockaddr *)&name, &size) < 0 ||
	    getpeername(served, (struct sockaddr *)&name, &size) < 0) {
		return false;
	}
	size = sizeof(error);
	return getsockopt(served, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && shutdown(served, SHUT_WR) == 0 &&
	       close(served) == 0;
}

static bool hands_over(void)
{
	char text[8];
	int descriptor;
	int octets;

	return handover_send(kit.pair[0], "call", 4, kit.client) == 0 && ioctl(kit.pair[0], SIOCOUTQ, &octets) == 0 &&
	       handover_receive(kit.pair[1], text, sizeof(text), &descriptor) == 4 && close(descriptor) == 0 &&
	       ioctl(kit.client, FIONREAD, &octets) == 0 && fcntl(kit.client, F_GETFD) == FD_CLOEXEC &&
	       close(fcntl(kit.client, F_DUPFD_CLOEXEC, 0)) == 0;
}

static bool waits(void)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = kit.pair[0] };
	struct pollfd ready = { .fd = kit.pair[0], .events = POLLOUT };
	struct signalfd_siginfo signal;

	return epoll_ctl(kit.epoll, EPOLL_CTL_ADD, kit.pair[0], &event) == 0 &&
	       epoll_wait(kit.epoll, &event, 1, 1) == 0 &&
	       epoll_ctl(kit.epoll, EPOLL_CTL_DEL, kit.pair[0], NULL) == 0 && poll(&ready, 1, 1) == 1 &&
	       read(kit.signals, &signal, sizeof(signal)) == -1 && errno == EAGAIN;
}

static bool uses_memory_and_time(void)
{
	struct iovec lines[2] = { { kit.page, 1 }, { kit.page, 1 } };
	struct timespec now;
	struct rlimit limit;
	sigset_t set;
	char octets[4];
	char *memory = malloc(10 << 20);

	if (memory == NULL) {
		return false;
	}
	memset(memory, 1, 10 << 20);
	char *more = realloc(memory, 20 << 20);
	free(more);
	for (size_t i = 0; i < 1000; i++) {
		free(malloc(i));
	}
	return more != NULL && writev(kit.file, lines, 2) == 2 && getrandom(octets, sizeof(octets), 0) == 4 &&
	       syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now) == 0 && getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	       sigprocmask(SIG_SETMASK, NULL, &set) == 0 && getpid() > 1 && mprotect(kit.page, 4096, PROT_READ) == 0;
}

static bool does_daily_work(void)
{
	return accepts_and_talks() && hands_over() && waits() && uses_memory_and_time();
}

static bool makes_a_port(void)
{
	static const int families[] = { AF_INET, AF_INET6 };
	const int on = 1;
	bool done = true;

	for (size_t i = 0; i < 2; i++) {
		struct sockaddr_storage name = { .ss_family = (sa_family_t)families[i] };
		int port = socket(families[i], SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

		done = done && port >= 0 && setsockopt(port, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
		       bind(port, (struct sockaddr *)&name, sizeof(name)) == 0 && listen(port, 1) == 0 &&
		       close(port) == 0;
	}
	return done;
}

/* ---- what nobody ought to do: true when it was done ---- */

static bool opens_a_file(void)
{
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0;
}

static bool makes_a_file(void)
{
	return syscall(SYS_openat, AT_FDCWD, "/tmp/made-by-test-sandbox", O_CREAT | O_WRONLY | O_CLOEXEC, 0600) >= 0;
}

static bool makes_a_tcp_socket(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0;
}

static bool makes_a_udp_socket(void)
{
	return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) >= 0;
}

static bool makes_a_unix_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0;
}

static bool makes_a_netlink_socket(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0) >= 0;
}

static bool connects(void)
{
	struct sockaddr_in nowhere = { .sin_family = AF_UNSPEC };

	return connect(kit.client, (struct sockaddr *)&nowhere, sizeof(nowhere)) == 0;
}

/* A listening socket can be taken back and then connects without connect(2). */
static bool connects_by_sending(void)
{
	(void)shutdown(kit.listener, SHUT_RDWR);
	return sendto(kit.listener, "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL, (struct sockaddr *)&kit.target_name,
		      sizeof(kit.target_name)) == 1;
}

static bool connects_by_sending_a_message(void)
{
	struct iovec data = { kit.page, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_name = &kit.target_name, .msg_namelen = sizeof(kit.target_name)
	};

	(void)shutdown(kit.listener, SHUT_RDWR);
	return sendmsg(kit.listener, &message, MSG_FASTOPEN | MSG_NOSIGNAL) == 1;
}

static bool listens(void)
{
	return listen(kit.listener, 1) == 0;
}

static bool sets_an_option(void)
{
	const int on = 1;

	return setsockopt(kit.listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0;
}

static bool runs_a_program(void)
{
	char name[] = "/bin/true";
	char *const arguments[] = { name, NULL };

	return execve(name, arguments, NULL) == 0;
}

static bool forks(void)
{
	return syscall(SYS_clone3, NULL, 0) >= 0 || errno == EINVAL;
}

static bool traces(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool maps_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool makes_code(void)
{
	return mprotect(kit.page, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool uses_io_uring(void)
{
	char parameters[120] = { 0 };

	return syscall(SYS_io_uring_setup, 1, parameters) >= 0;
}

static bool kills_its_parent(void)
{
	return syscall(SYS_tgkill, getppid(), getppid(), 0) == 0;
}

static bool raises_a_limit(void)
{
	struct rlimit limit = { 10, 10 };

	return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

static bool sets_descriptor_flags(void)
{
	return fcntl(kit.client, F_SETFL, O_NONBLOCK) == 0;
}

static bool controls_a_device(void)
{
	char settings[64];

	return ioctl(kit.file, TCGETS, settings) == 0 || errno == ENOTTY;
}

static bool makes_a_namespace(void)
{
	return unshare(CLONE_FILES) == 0;
}

#if defined(__x86_64__)

static bool calls_as_x32(void)
{
	return syscall(0x40000000 + SYS_getpid) > 0;
}

static bool calls_as_i386(void)
{
	long result = 20; /* getpid */

	__asm__ volatile("int $0x80" : "+a"(result) : : "memory");
	return result > 0;
}

#endif

/* ---- running them ---- */

static int status_of(pid_t pid)
{
	int status;

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static int probe(enum sandbox_role role, bool (*act)(void))
{
	pid_t pid = fork();
	unsigned missing;

	if (pid == 0) {
		(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* no core dumps */
		if (sandbox_enter(role, &missing) < 0) {
			_exit(NO_SANDBOX);
		}
		_exit(act() ? WORKS : FAILS);
	}
	return status_of(pid);
}

static void assert_works(enum sandbox_role role, bool (*act)(void))
{
	int status = probe(role, act);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), WORKS);
}

static void assert_dies(enum sandbox_role role, bool (*act)(void), const char *name)
{
	int status = probe(role, act);
	/* SIGSEGV is what a kernel without 32-bit programs says to one. */
	bool died = WIFSIGNALED(status) && (WTERMSIG(status) == SIGSYS || WTERMSIG(status) == SIGSEGV);
	bool failed = WIFEXITED(status) && WEXITSTATUS(status) == FAILS;

	if (!died && !(SANITIZED && failed)) {
		fail_msg("role %d, %s: status %x", (int)role, name, (unsigned)status);
	}
}

struct offence {
	const char *name;
	bool (*act)(void);
};

#define OFFENCE(act)      \
	{                 \
#act, act \
	}

static const struct offence offences_of_all[] = {
#if defined(__x86_64__)
	OFFENCE(calls_as_x32),
	OFFENCE(calls_as_i386),
#endif
	OFFENCE(makes_a_udp_socket),
	OFFENCE(makes_a_unix_socket),
	OFFENCE(makes_a_netlink_socket),
	OFFENCE(connects),
	OFFENCE(connects_by_sending),
	OFFENCE(connects_by_sending_a_message),
	OFFENCE(runs_a_program),
	OFFENCE(maps_code),
	OFFENCE(makes_code),
	OFFENCE(uses_io_uring),
	OFFENCE(kills_its_parent),
	OFFENCE(raises_a_limit),
	OFFENCE(sets_descriptor_flags),
	OFFENCE(controls_a_device),
	OFFENCE(makes_a_namespace),
	OFFENCE(makes_a_file),
	OFFENCE(opens_a_file),
	OFFENCE(forks)
};

static const struct offence offences_of_acceptors[] = {
	OFFENCE(makes_a_tcp_socket),
	OFFENCE(listens),
	OFFENCE(sets_an_option),
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void roles_can_do_their_work(void **state)
{
	(void)state;
	assert_works(SANDBOX_ACCEPTOR, does_daily_work);
}

static void port_brokers_can_make_ports(void **state)
{
	(void)state;
	assert_works(SANDBOX_PORT_BROKER, makes_a_port);
}

static void everything_else_ends_the_process(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(offences_of_all); i++) {
		assert_dies(SANDBOX_ACCEPTOR, offences_of_all[i].act, offences_of_all[i].name);
		assert_dies(SANDBOX_PORT_BROKER, offences_of_all[i].act, offences_of_all[i].name);
	}
	for (size_t i = 0; i < COUNT(offences_of_acceptors); i++) {
		assert_dies(SANDBOX_ACCEPTOR, offences_of_acceptors[i].act, offences_of_acceptors[i].name);
	}
	if (!SANITIZED) { /* the leak checker does it */
		assert_dies(SANDBOX_ACCEPTOR, traces, "traces");
	}
}

static void probes_do_what_they_say_without_a_sandbox(void **state)
{
	static bool (*const acts[])(void) = { opens_a_file,
					      makes_a_tcp_socket,
					      makes_a_unix_socket,
					      connects,
					      listens,
					      forks,
					      traces,
					      maps_code,
					      makes_code,
					      kills_its_parent,
					      raises_a_limit,
					      sets_descriptor_flags,
					      connects_by_sending };

	(void)state;
	for (size_t i = 0; i < COUNT(acts); i++) {
		pid_t pid = fork();

		if (pid == 0) {
			_exit(acts[i]() ? WORKS : FAILS);
		}
		if (status_of(pid) != 0) {
			fail_msg("probe %zu", i);
		}
	}
}

static bool aborts(void)
{
	abort();
}

static void an_abort_stays_an_abort(void **state)
{
	(void)state;
	int status = probe(SANDBOX_ACCEPTOR, aborts);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void on_violation(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	_exit(info->si_syscall == SYS_listen ? 42 : FAILS);
}

static void a_violation_can_be_caught_for_debugging(void **state)
{
	(void)state;
	if (SANITIZED) {
		skip();
	}
	pid_t pid = fork();
	if (pid == 0) {
		struct sigaction action = { .sa_sigaction = on_violation, .sa_flags = SA_SIGINFO };
		unsigned missing;

		(void)setenv("BERTH_SECCOMP", "trap", 1);
		(void)sigaction(SIGSYS, &action, NULL);
		_exit(sandbox_enter(SANDBOX_ACCEPTOR, &missing) == 0 && listens() ? WORKS : FAILS);
	}
	int status = status_of(pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 42);
}

static void what_is_missing_is_told(void **state)
{
	int abi = landlock_abi();
	unsigned expected = (abi < 1 ? SANDBOX_NO_LANDLOCK : 0) | (abi < 4 ? SANDBOX_NO_LANDLOCK_NETWORK : 0);

	(void)state;
	pid_t pid = fork();
	if (pid == 0) {
		unsigned missing = 99;
		int r = sandbox_enter(SANDBOX_ACCEPTOR, &missing);
		_exit(r == 0 && missing == expected ? WORKS : FAILS);
	}
	assert_int_equal(status_of(pid), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(roles_can_do_their_work),		TEST(port_brokers_can_make_ports),
		TEST(everything_else_ends_the_process), TEST(probes_do_what_they_say_without_a_sandbox),
		TEST(an_abort_stays_an_abort),		TEST(a_violation_can_be_caught_for_debugging),
		TEST(what_is_missing_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
