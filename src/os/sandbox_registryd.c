/* sandbox_registryd.c - what berth-registryd gives up (sandbox_registryd.h).  Called once, when it listens and its
 * store is open. */
#include "base/sanitized.h"
#include "os/sandbox_registryd.h"

#include <errno.h>
#include <linux/sockios.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/landlock.h"
#include "os/sandbox_rules.h"

static const int calls[] = {
	/* connections and time */
	SCMP_SYS(accept4),
	SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg),
	SCMP_SYS(sendto),
	SCMP_SYS(sendmsg),
	SCMP_SYS(sendmmsg),
	SCMP_SYS(shutdown),
	SCMP_SYS(close),
	SCMP_SYS(epoll_wait),
	SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_ctl),
	SCMP_SYS(epoll_create1),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(getsockname),
	SCMP_SYS(getpeername),
	SCMP_SYS(getsockopt),
	SCMP_SYS(setsockopt),
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(sendfile),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(nanosleep),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	/* files of a store */
	SCMP_SYS(openat),
	SCMP_SYS(open),
	SCMP_SYS(stat),
	SCMP_SYS(fstat),
	SCMP_SYS(lstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(statx),
	SCMP_SYS(fstatfs),
	SCMP_SYS(statfs),
	SCMP_SYS(lseek),
	SCMP_SYS(pread64),
	SCMP_SYS(pwrite64),
	SCMP_SYS(pwritev),
	SCMP_SYS(fsync),
	SCMP_SYS(fdatasync),
	SCMP_SYS(ftruncate),
	SCMP_SYS(fallocate),
	SCMP_SYS(unlink),
	SCMP_SYS(unlinkat),
	SCMP_SYS(rename),
	SCMP_SYS(renameat),
	SCMP_SYS(renameat2),
	SCMP_SYS(link),
	SCMP_SYS(linkat),
	SCMP_SYS(access),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(getcwd),
	SCMP_SYS(fcntl),
	SCMP_SYS(flock),
	SCMP_SYS(fchmod),
	SCMP_SYS(fchown),
	SCMP_SYS(umask),
	SCMP_SYS(getdents64),
	SCMP_SYS(dup),
	SCMP_SYS(fadvise64),
	/* memory and itself */
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(msync),
	SCMP_SYS(futex),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigtimedwait),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(getppid),
	SCMP_SYS(getuid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getegid),
	SCMP_SYS(getrandom),
	SCMP_SYS(sysinfo),
	SCMP_SYS(uname),
	SCMP_SYS(getrusage),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	/* a child of its own, for work that takes long: without exec */
	SCMP_SYS(pipe2),
	SCMP_SYS(wait4),
	SCMP_SYS(waitid),
	SCMP_SYS(pidfd_open),
	SCMP_SYS(kill),
	/* and such a child has less still: SANDBOX_DESCRIBER */
	SCMP_SYS(dup2),
	SCMP_SYS(close_range),
	SCMP_SYS(landlock_create_ruleset),
	SCMP_SYS(landlock_restrict_self),
	SCMP_SYS(seccomp),
};

/* Signals go no further than this process' own (Landlock), and to nobody else's user anyway. */
static const struct sandbox_rule rules[] = {
	{ SCMP_SYS(socket), 0, UINT32_MAX, AF_UNIX }, /* the service manager's, or a store's */
	{ SCMP_SYS(mmap), 2, PROT_EXEC, 0 },
	{ SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
	{ SCMP_SYS(prlimit64), 0, UINT32_MAX, 0 }, /* its own limits */
	{ SCMP_SYS(setpriority), 1, UINT32_MAX, 0 },
	{ SCMP_SYS(ioctl), 1, UINT32_MAX, FIONREAD },
	{ SCMP_SYS(ioctl), 1, UINT32_MAX, FIONBIO },
	{ SCMP_SYS(prctl), 0, UINT32_MAX, PR_SET_PDEATHSIG },
	{ SCMP_SYS(prctl), 0, UINT32_MAX, PR_SET_NAME },
	{ SCMP_SYS(prctl), 0, UINT32_MAX, PR_SET_NO_NEW_PRIVS },
	/* fork, and no namespace and no thread */
	{ SCMP_SYS(clone), 0,
	  CLONE_VM | CLONE_THREAD | CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
		  CLONE_NEWUTS | CLONE_NEWCGROUP,
	  0 },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The families a server of a store can be at; netlink is how the resolver asks which of them there are. */
static const struct sandbox_rule rules_of_connecting[] = {
	{ SCMP_SYS(socket), 0, UINT32_MAX, AF_INET },
	{ SCMP_SYS(socket), 0, UINT32_MAX, AF_INET6 },
	{ SCMP_SYS(socket), 0, UINT32_MAX, AF_NETLINK },
};

static const int calls_of_connecting[] = {
	SCMP_SYS(connect), SCMP_SYS(bind), /* netlink's; Landlock knows TCP */
};

static int allow_connecting(scmp_filter_ctx filter)
{
	int r = sandbox_allow_calls(filter, calls_of_connecting, COUNT(calls_of_connecting));

	return r < 0 ? r : sandbox_allow_rules(filter, rules_of_connecting, COUNT(rules_of_connecting));
}

static int add_rules(scmp_filter_ctx filter, bool connects)
{
	int r = sandbox_allow_abort(filter);

	if (r == 0) {
		r = sandbox_allow_calls(filter, calls, COUNT(calls));
	}
	if (r == 0) {
		r = sandbox_allow_rules(filter, rules, COUNT(rules));
	}
	if (r == 0) { /* its flags stand in memory, where no filter sees them: fork(3) falls back to clone */
		r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	}
	return r == 0 && connects ? allow_connecting(filter) : r;
}

static int restrict_calls(bool connects)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));

	if (filter == NULL) {
		return -ENOMEM;
	}
	int r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (r == 0) {
		r = add_rules(filter, connects);
	}
	if (r == 0) {
		r = seccomp_load(filter);
	}
	seccomp_release(filter);
	return r;
}

static int allow_paths(int rule_set, const char *const *paths, uint64_t rights, bool must_exist)
{
	int r = 0;

	for (; *paths != NULL && r == 0; paths++) {
		r = landlock_allow(rule_set, *paths, rights);
		r = r == -ENOENT && !must_exist ? 0 : r;
	}
	return r;
}

static int restrict_files(const struct sandbox_registryd *needs, int abi)
{
	const uint64_t all = landlock_files_all(abi);
	const struct landlock_handled handled = {
		.files = all,
		.network = LANDLOCK_TCP_BIND | (needs->connects ? 0 : LANDLOCK_TCP_CONNECT),
		.scopes = LANDLOCK_SIGNALS | LANDLOCK_ABSTRACT_SOCKETS,
	};
	int rule_set = landlock_create(abi, handled);

	if (rule_set < 0) {
		return rule_set;
	}
	int r = allow_paths(rule_set, needs->read_write, all & ~(uint64_t)LANDLOCK_FILE_EXECUTE, true);
	if (r == 0) {
		r = allow_paths(rule_set, needs->read_only, LANDLOCK_FILE_READ | LANDLOCK_FOLDER_READ, false);
	}
	if (r == 0) {
		r = landlock_enter(rule_set);
	}
	(void)close(rule_set);
	return r;
}

int sandbox_enter_registryd(const struct sandbox_registryd *needs, unsigned *ret_missing)
{
	int abi = landlock_abi();
	int r = 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		return -errno;
	}
	if (abi > 0 && !SANITIZED) {
		r = restrict_files(needs, abi);
	}
	if (r == 0 && !SANITIZED) {
		r = restrict_calls(needs->connects);
	}
	if (r == 0) {
		*ret_missing = sandbox_missing(abi);
	}
	return r;
}
