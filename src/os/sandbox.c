/* sandbox.c - what a role of berth gives up: files, new sockets, and all system calls but a list.
 * Called once by the acceptor, the port broker and the relay, when they hold everything they will
 * ever need.
 *
 * A list of what is allowed, because nobody can list what is dangerous.  The system calls that a
 * call costs are allowed without a look at their arguments where possible: the kernel then answers
 * from a bitmap. */
#include "base/sanitized.h"
#include "os/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/landlock.h"
#include "os/sandbox_rules.h"

static const int calls_of_all[] = {
	SCMP_SYS(accept4),	SCMP_SYS(recvfrom),	 SCMP_SYS(recvmsg),
	SCMP_SYS(shutdown),	SCMP_SYS(close),	 SCMP_SYS(epoll_wait),
	SCMP_SYS(epoll_pwait),	SCMP_SYS(epoll_ctl),	 SCMP_SYS(poll),
	SCMP_SYS(ppoll),	SCMP_SYS(getsockname),	 SCMP_SYS(getpeername),
	SCMP_SYS(getsockopt),	SCMP_SYS(read),		 SCMP_SYS(write),
	SCMP_SYS(writev),	SCMP_SYS(clock_gettime), SCMP_SYS(getpid),
	SCMP_SYS(gettid),	SCMP_SYS(getrandom),	 SCMP_SYS(brk),
	SCMP_SYS(munmap),	SCMP_SYS(mremap),	 SCMP_SYS(madvise),
	SCMP_SYS(futex),	SCMP_SYS(rt_sigaction),	 SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),	 SCMP_SYS(restart_syscall),
	SCMP_SYS(exit),		SCMP_SYS(exit_group),
};

static const struct sandbox_rule rules_of_all[] = {
	{ SCMP_SYS(sendto), 3, MSG_FASTOPEN, 0 }, /* it connects without connect(2) */
	{ SCMP_SYS(sendmsg), 2, MSG_FASTOPEN, 0 },
	{ SCMP_SYS(ioctl), 1, UINT32_MAX, SIOCOUTQ },
	{ SCMP_SYS(ioctl), 1, UINT32_MAX, FIONREAD },
	{ SCMP_SYS(fcntl), 1, UINT32_MAX, F_GETFD },
	{ SCMP_SYS(fcntl), 1, UINT32_MAX, F_DUPFD_CLOEXEC },
	{ SCMP_SYS(mmap), 2, PROT_EXEC, 0 },
	{ SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
	{ SCMP_SYS(prlimit64), 2, UINT64_MAX, 0 }, /* asking, not setting */
};

static const int calls_of_port_broker[] = {
	SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(setsockopt), SCMP_SYS(lseek), /* how long the plan of a reload is */
};

static const int calls_of_describer[] = {
	SCMP_SYS(sysinfo), /* qsort asks how much memory there is */
};

static const int calls_of_relay[] = {
	SCMP_SYS(connect),
	SCMP_SYS(splice),
	SCMP_SYS(pipe2),
};

static const struct sandbox_rule rules_of_relay[] = {
	{ SCMP_SYS(setsockopt), 2, UINT32_MAX, TCP_NODELAY },  { SCMP_SYS(setsockopt), 2, UINT32_MAX, TCP_QUICKACK },
	{ SCMP_SYS(setsockopt), 2, UINT32_MAX, SO_KEEPALIVE }, { SCMP_SYS(setsockopt), 2, UINT32_MAX, SO_LINGER },
	{ SCMP_SYS(fcntl), 1, UINT32_MAX, F_SETFL },	       { SCMP_SYS(fcntl), 1, UINT32_MAX, F_SETPIPE_SZ },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int allow_streams(scmp_filter_ctx filter, int family)
{
	const uint64_t type = UINT32_MAX & ~(SOCK_CLOEXEC | SOCK_NONBLOCK);

	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
				SCMP_CMP64(0, SCMP_CMP_MASKED_EQ, UINT32_MAX, (uint64_t)family),
				SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, type, SOCK_STREAM));
}

static int allow_listening(scmp_filter_ctx filter)
{
	int r;

	r = sandbox_allow_calls(filter, calls_of_port_broker, COUNT(calls_of_port_broker));
	if (r == 0) {
		r = allow_streams(filter, AF_INET);
	}
	if (r == 0) {
		r = allow_streams(filter, AF_INET6);
	}
	return r;
}

static int allow_connecting(scmp_filter_ctx filter, const struct sandbox_reach *reach)
{
	int r;

	r = sandbox_allow_calls(filter, calls_of_relay, COUNT(calls_of_relay));
	if (r == 0) {
		r = sandbox_allow_rules(filter, rules_of_relay, COUNT(rules_of_relay));
	}
	if (r == 0 && reach->ipv4) {
		r = allow_streams(filter, AF_INET);
	}
	if (r == 0 && reach->ipv6) {
		r = allow_streams(filter, AF_INET6);
	}
	if (r == 0 && reach->paths) {
		r = allow_streams(filter, AF_UNIX);
	}
	return r;
}

/* What the leak checker does at exit. */
static int allow_sanitizers(scmp_filter_ctx filter)
{
	static const int calls[] = {
		SCMP_SYS(clone), SCMP_SYS(getdents), SCMP_SYS(getdents64),  SCMP_SYS(getppid),
		SCMP_SYS(kill),	 SCMP_SYS(lseek),    SCMP_SYS(open),	    SCMP_SYS(openat),
		SCMP_SYS(prctl), SCMP_SYS(ptrace),   SCMP_SYS(sched_yield), SCMP_SYS(wait4),
	};

	return sandbox_allow_calls(filter, calls, COUNT(calls));
}

static int add_rules(scmp_filter_ctx filter, enum sandbox_role role, const struct sandbox_reach *reach)
{
	int r;

	r = sandbox_allow_calls(filter, calls_of_all, COUNT(calls_of_all));
	if (r == 0) {
		r = sandbox_allow_rules(filter, rules_of_all, COUNT(rules_of_all));
	}
	if (r == 0) {
		r = sandbox_allow_abort(filter);
	}
	if (r == 0 && SANITIZED) {
		r = allow_sanitizers(filter);
	}
	if (r == 0 && role == SANDBOX_PORT_BROKER) {
		r = allow_listening(filter);
	}
	if (r == 0 && role == SANDBOX_RELAY) {
		r = allow_connecting(filter, reach);
	}
	if (r == 0 && role == SANDBOX_DESCRIBER) {
		r = sandbox_allow_calls(filter, calls_of_describer, COUNT(calls_of_describer));
	}
	return r;
}

/* The action for what no rule allows. */
static uint32_t violation(void)
{
	const char *wish = getenv("BERTH_SECCOMP");

	if (SANITIZED) {
		return SCMP_ACT_ERRNO(EACCES);
	}
	return wish != NULL && strcmp(wish, "trap") == 0 ? SCMP_ACT_TRAP : SCMP_ACT_KILL_PROCESS;
}

static int restrict_calls(enum sandbox_role role, const struct sandbox_reach *reach)
{
	scmp_filter_ctx filter;
	int r;

	filter = seccomp_init(violation());
	if (filter == NULL) {
		return -ENOMEM;
	}
	r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, violation());
	if (r == 0) {
		r = add_rules(filter, role, reach);
	}
	if (r == 0) {
		r = seccomp_load(filter);
	}
	seccomp_release(filter);
	return r;
}

static int restrict_files_and_network(enum sandbox_role role, const struct sandbox_reach *reach, int abi)
{
	const struct landlock_handled handled = {
		.files = landlock_files_all(abi),
		.network = LANDLOCK_TCP_CONNECT | (role == SANDBOX_PORT_BROKER ? 0 : LANDLOCK_TCP_BIND),
		.scopes = LANDLOCK_ABSTRACT_SOCKETS | LANDLOCK_SIGNALS,
	};
	int rule_set;
	int r = 0;

	rule_set = landlock_create(abi, handled);
	if (rule_set < 0) {
		return rule_set;
	}
	if (SANITIZED) {
		r = landlock_allow(rule_set, "/proc", LANDLOCK_FILE_READ | LANDLOCK_FOLDER_READ);
	}
	if (r == 0 && role == SANDBOX_RELAY && reach->port != 0 && abi >= LANDLOCK_ABI_NETWORK) {
		r = landlock_allow_port(rule_set, reach->port, LANDLOCK_TCP_CONNECT);
	}
	if (r == 0) {
		r = landlock_enter(rule_set);
	}
	close(rule_set);
	return r;
}

static int enter(enum sandbox_role role, const struct sandbox_reach *reach, unsigned *ret_missing)
{
	int abi = landlock_abi();
	int r = 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		return -errno;
	}
	if (abi > 0) {
		r = restrict_files_and_network(role, reach, abi);
	}
	if (r == 0) {
		r = restrict_calls(role, reach);
	}
	if (r == 0) {
		*ret_missing = sandbox_missing(abi);
	}
	return r;
}

int sandbox_enter(enum sandbox_role role, unsigned *ret_missing)
{
	static const struct sandbox_reach nowhere;

	return enter(role, &nowhere, ret_missing);
}

int sandbox_enter_relay(const struct sandbox_reach *reach, unsigned *ret_missing)
{
	return enter(SANDBOX_RELAY, reach, ret_missing);
}
