/* child.c - starts a role of berth as another process, as another user, from its own exec.
 *
 * Called by the supervisor.  A new program image for each role means that no role shares memory layout or left-over
 * secrets with the supervisor.  Whether the child got there is learnt from a pipe that closes at exec. */
#include "os/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/handover.h"

static const char *const passed_on[] = { "BERTH_SECCOMP", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS",
					 "LLVM_PROFILE_FILE" };

enum { PASSED_ON_MAX = sizeof(passed_on) / sizeof(passed_on[0]), VARIABLE_MAX = 512 };

int child_open_self(void)
{
	int self = open("/proc/self/exe", O_PATH | O_CLOEXEC);

	return self < 0 ? -errno : self;
}

void child_reset_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++) {
		if (number != SIGKILL && number != SIGSTOP) {
			(void)signal(number, SIG_DFL);
		}
	}
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void build_environment(char texts[PASSED_ON_MAX][VARIABLE_MAX], char *environment[PASSED_ON_MAX + 1])
{
	size_t count = 0;

	for (size_t i = 0; i < PASSED_ON_MAX; i++) {
		const char *value = getenv(passed_on[i]);
		if (value == NULL || strlen(passed_on[i]) + strlen(value) + 2 > VARIABLE_MAX) {
			continue;
		}
		size_t name_size = strlen(passed_on[i]);
		memcpy(texts[count], passed_on[i], name_size);
		texts[count][name_size] = '=';
		memcpy(texts[count] + name_size + 1, value, strlen(value) + 1);
		environment[count] = texts[count];
		count++;
	}
	environment[count] = NULL;
}

/* Puts the descriptors where they belong: 0, 1 /dev/null, 2 as it is, 3 the channel, 4 the pipe, 5 the program. */
static int arrange_descriptors(int channel, int status, int self)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int channel_copy = fcntl(channel, F_DUPFD_CLOEXEC, 10);
	int status_copy = fcntl(status, F_DUPFD_CLOEXEC, 10);
	int self_copy = fcntl(self, F_DUPFD_CLOEXEC, 10);

	if (null < 0 || channel_copy < 0 || status_copy < 0 || self_copy < 0 || dup2(null, 0) < 0 ||
	    dup2(null, 1) < 0 || dup2(channel_copy, CHILD_CHANNEL) < 0 || dup3(status_copy, 4, O_CLOEXEC) < 0 ||
	    dup3(self_copy, 5, O_CLOEXEC) < 0) {
		return -errno;
	}
	return close_range(6, ~0U, 0) < 0 ? -errno : 0;
}

static _Noreturn void become_role(int channel, int status, int self, char *const arguments[],
				  const struct identity *identity, int keep_capability)
{
	char texts[PASSED_ON_MAX][VARIABLE_MAX];
	char *environment[PASSED_ON_MAX + 1];

	child_reset_signals();
	(void)setsid(); /* what is typed at berthd's terminal is for the supervisor alone */
	int r = arrange_descriptors(channel, status, self);
	if (r == 0) {
		r = privilege_become(identity, keep_capability);
	}
	if (r == 0 && chdir("/") < 0) {
		r = -errno;
	}
	if (r == 0) {
		build_environment(texts, environment);
		(void)execveat(5, "", arguments, environment, AT_EMPTY_PATH);
		r = -errno;
	}
	(void)!write(4, &r, sizeof(r));
	_exit(EXIT_FAILURE);
}

/* 0 when the pipe closed at exec, else what the child wrote. */
static int read_status(int status)
{
	int r = 0;
	ssize_t size;

	do {
		size = read(status, &r, sizeof(r));
	} while (size < 0 && errno == EINTR);
	return size == sizeof(r) ? r : 0;
}

static int start_with(int self, char *const arguments[], const struct identity *identity, int keep_capability,
		      const int channel[2], const int status[2], pid_t *ret_process)
{
	pid_t process = fork();
	int fork_error = errno;

	if (process == 0) {
		become_role(channel[1], status[1], self, arguments, identity, keep_capability);
	}
	close(status[1]);
	if (process < 0) {
		return -fork_error;
	}
	int r = read_status(status[0]);
	if (r < 0) {
		(void)waitpid(process, NULL, 0);
		return r;
	}
	*ret_process = process;
	return 0;
}

int child_start(int self, char *const arguments[], const struct identity *identity, int keep_capability,
		pid_t *ret_process, int *ret_channel)
{
	int channel[2];
	int status[2];
	int r = handover_pair(channel);

	if (r < 0) {
		return r;
	}
	if (pipe2(status, O_CLOEXEC) < 0) {
		r = -errno;
		close(channel[0]);
		close(channel[1]);
		return r;
	}
	r = start_with(self, arguments, identity, keep_capability, channel, status, ret_process);
	close(status[0]);
	close(channel[1]);
	if (r < 0) {
		close(channel[0]);
		return r;
	}
	*ret_channel = channel[0];
	return 0;
}

/* ---- a piece of work ---- */

int child_work(child_piece *work, const void *context, pid_t *ret_process, int *ret_output)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0) {
		return -errno;
	}
	pid_t process = fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0 ? -1 : fork();
	if (process == 0) {
		child_reset_signals();
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		work(ends[1], context);
		_exit(0);
	}
	int r = process < 0 ? -errno : 0;
	(void)close(ends[1]);
	if (r < 0) {
		(void)close(ends[0]);
		return r;
	}
	*ret_process = process;
	*ret_output = ends[0];
	return 0;
}
