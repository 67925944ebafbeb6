/* spawn_child.c - the child between clone(CLONE_VM) and exec.  Called by spawn.c through clone(2)
 * only.
 *
 * It runs in the parent's memory while the parent runs on: only raw system calls and its own loops,
 * no libc function (errno and the allocator belong to the parent), nothing written but its struct.
 * The order matters: descriptors before limits that could forbid them, the sandbox late because it
 * may forbid all the rest, the signal mask when a signal cannot do harm any more, the greeting
 * last. */
#include "os/spawn_child.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "os/raw_system_call.h"
#include "os/sandbox.h"

enum { DESCRIPTORS_GIVEN = 4, KERNEL_SIGNAL_SET_SIZE = 8 };

NO_SANITIZERS
static long call3(long number, long a, long b, long c)
{
	return raw_system_call(number, a, b, c, 0, 0, 0);
}

/* The targets are 0 to 3: a source that lies there would be overwritten by one of the others. */
NO_SANITIZERS
static long lift(int *descriptor)
{
	long r;

	if (*descriptor < 0 || *descriptor >= DESCRIPTORS_GIVEN) {
		return 0;
	}
	r = call3(SYS_fcntl, *descriptor, F_DUPFD_CLOEXEC, DESCRIPTORS_GIVEN);
	if (r >= 0) {
		*descriptor = (int)r;
	}
	return r;
}

NO_SANITIZERS
static long lift_descriptors(struct spawn_child *child)
{
	long r;

	r = lift(&child->input_output);
	if (r >= 0) {
		r = lift(&child->error);
	}
	if (r >= 0) {
		r = lift(&child->third);
	}
	if (r >= 0) {
		r = lift(&child->caller);
	}
	if (r >= 0) {
		r = lift(&child->file_rules);
	}
	return r;
}

NO_SANITIZERS
static long place_descriptors(const struct spawn_child *child)
{
	int first_unwanted = child->third < 0 ? 3 : 4;
	long r;

	r = call3(SYS_dup3, child->input_output, 0, 0);
	if (r >= 0) {
		r = call3(SYS_dup3, child->input_output, 1, 0);
	}
	if (r >= 0) {
		r = call3(SYS_dup3, child->error, 2, 0);
	}
	if (r >= 0 && child->third >= 0) {
		r = call3(SYS_dup3, child->third, 3, 0);
	}
	if (r >= 0) {
		r = call3(SYS_close_range, first_unwanted, UINT32_MAX, CLOSE_RANGE_CLOEXEC);
	}
	return r;
}

NO_SANITIZERS
static long set_limit(int resource, uint64_t value)
{
	struct rlimit64 limit;

	if (value == 0) {
		return 0;
	}
	limit.rlim_cur = value;
	limit.rlim_max = value;
	return raw_system_call(SYS_prlimit64, 0, resource, (long)(uintptr_t)&limit, 0, 0, 0);
}

NO_SANITIZERS
static long set_limits(const struct spawn_program *program)
{
	long r;

	r = set_limit(RLIMIT_NOFILE, program->open_files);
	if (r >= 0) {
		r = set_limit(RLIMIT_AS, program->memory);
	}
	if (r >= 0) {
		r = set_limit(RLIMIT_NPROC, program->tasks);
	}
	if (r >= 0 && program->nice != 0) {
		r = call3(SYS_setpriority, PRIO_PROCESS, 0, program->nice);
	}
	return r;
}

NO_SANITIZERS
static long enter_sandbox(const struct spawn_child *child)
{
	long r = 0;

	if (child->file_rules >= 0) {
		r = sandbox_files_enter(child->file_rules);
	}
	if (r >= 0 && child->program->filter != NULL) {
		r = sandbox_program_enter(child->program->filter);
	}
	return r;
}

NO_SANITIZERS
static long clear_signal_mask(void)
{
	uint64_t none = 0;

	return raw_system_call(SYS_rt_sigprocmask, SIG_SETMASK, (long)(uintptr_t)&none, 0, KERNEL_SIGNAL_SET_SIZE, 0,
			       0);
}

/* No SIGPIPE and no waiting: a client who is gone gets no process. */
NO_SANITIZERS
static long tell_caller(const struct spawn_child *child, const char *line, size_t size)
{
	long r;

	r = raw_system_call(SYS_sendto, child->caller, (long)(uintptr_t)line, (long)size, MSG_NOSIGNAL | MSG_DONTWAIT,
			    0, 0);
	return r >= 0 && (size_t)r < size ? -EAGAIN : r;
}

/* What the caller has sent already is thrown away unread (MSG_TRUNC): else closing would become a reset, which can
 * overtake the line. */
NO_SANITIZERS
static void apologize(const struct spawn_child *child)
{
	(void)tell_caller(child, child->apology, child->apology_size);
	(void)call3(SYS_shutdown, child->caller, SHUT_WR, 0);
	(void)raw_system_call(SYS_recvfrom, child->caller, 0, DRAIN_BYTES_MAX, MSG_TRUNC | MSG_DONTWAIT, 0, 0);
}

NO_SANITIZERS
static void write_number(char *digits, long number)
{
	long divisor = 1;

	while (number / divisor >= 10) {
		divisor *= 10;
	}
	for (; divisor > 0; divisor /= 10) {
		*digits++ = (char)('0' + number / divisor % 10);
	}
	*digits = '\0';
}

NO_SANITIZERS
static long prepare(struct spawn_child *child)
{
	long r;

	/* Not a session: the scheduler makes a group for each, which is dear, and here is no terminal. */
	r = call3(SYS_setpgid, 0, 0, 0);
	if (r >= 0) {
		r = lift_descriptors(child);
	}
	if (r >= 0) {
		r = place_descriptors(child);
	}
	if (r >= 0 && child->directory != NULL) {
		r = call3(SYS_chdir, (long)(uintptr_t)child->directory, 0, 0);
	}
	if (r >= 0) {
		r = set_limits(child->program);
	}
	if (r >= 0) {
		r = enter_sandbox(child);
	}
	return r;
}

NO_SANITIZERS
static long become_program(struct spawn_child *child)
{
	long r;

	r = prepare(child);
	if (r >= 0) {
		r = clear_signal_mask();
	}
	if (r >= 0 && child->listen_pid != NULL) {
		write_number(child->listen_pid, call3(SYS_getpid, 0, 0, 0));
	}
	if (r >= 0 && child->greeting != NULL) {
		r = tell_caller(child, child->greeting, child->greeting_size);
		child->apology = NULL; /* it has been told otherwise */
	}
	if (r >= 0) {
		r = call3(SYS_execve, (long)(uintptr_t)child->program->path, (long)(uintptr_t)child->arguments,
			  (long)(uintptr_t)child->environment);
	}
	return r;
}

NO_SANITIZERS
int spawn_child_run(void *argument)
{
	struct spawn_child *child = argument;

	child->failure = (int32_t)-become_program(child);
	if (child->apology != NULL) {
		apologize(child);
	}
	for (;;) {
		call3(SYS_exit_group, SPAWN_FAILED, 0, 0);
	}
}
