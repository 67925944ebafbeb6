/* berth_allowance.c - limits around the reading of a file.
 *
 * Called by the verbs that read descriptions.  Descriptions come from strangers: whatever one of them does to
 * the parser or the examiner, the command ends soon and says which file it was.  Time is that of the processor,
 * so a slow machine or a slow pipe does no harm. */
#include "cmd/berth_allowance.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/verb.h"

/* Only what a signal handler may do. */
static void time_is_up(int signal, siginfo_t *information, void *context)
{
	const struct allowance *allowance = information->si_value.sival_ptr;

	(void)signal;
	(void)context;
	(void)!write(STDERR_FILENO, allowance->complaint, allowance->complaint_size);
	_exit(EXIT_COULD_NOT);
}

/* Octets of address space that the process has, or 0. */
static size_t address_space(void)
{
	char text[64];
	int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t size = file < 0 ? -1 : read(file, text, sizeof(text) - 1);

	if (file >= 0) {
		close(file);
	}
	if (size <= 0) {
		return 0;
	}
	text[size] = '\0';
	return strtoul(text, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE);
}

static int limit_memory(struct allowance *allowance)
{
	rlim_t limit = address_space() + (rlim_t)ALLOWANCE_MEGABYTES * 1024 * 1024;

	if (getrlimit(RLIMIT_AS, &allowance->memory_before) < 0) {
		return -errno;
	}
	struct rlimit now = allowance->memory_before;
	now.rlim_cur = now.rlim_cur < limit ? now.rlim_cur : limit;
	return setrlimit(RLIMIT_AS, &now) < 0 ? -errno : 0;
}

static int limit_time(struct allowance *allowance, const char *name)
{
	struct sigaction action = { .sa_sigaction = time_is_up, .sa_flags = SA_SIGINFO };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGXCPU };
	struct itimerspec seconds = { .it_value.tv_sec = ALLOWANCE_SECONDS };
	int size = snprintf(allowance->complaint, sizeof(allowance->complaint),
			    "berth: %.400s: gave up after %d seconds of work\n", name, ALLOWANCE_SECONDS);

	allowance->complaint_size = (size_t)size;
	event.sigev_value.sival_ptr = allowance;
	if (sigaction(SIGXCPU, &action, &allowance->signal_before) < 0) {
		return -errno;
	}
	if (timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &allowance->timer) < 0) {
		int r = -errno;
		(void)sigaction(SIGXCPU, &allowance->signal_before, NULL);
		return r;
	}
	(void)timer_settime(allowance->timer, 0, &seconds, NULL);
	return 0;
}

int allowance_begin(struct allowance *allowance, const char *name)
{
	int r = limit_memory(allowance);

	if (r < 0) {
		return r;
	}
	r = limit_time(allowance, name);
	if (r < 0) {
		(void)setrlimit(RLIMIT_AS, &allowance->memory_before);
	}
	return r;
}

void allowance_end(struct allowance *allowance)
{
	(void)timer_delete(allowance->timer);
	(void)sigaction(SIGXCPU, &allowance->signal_before, NULL);
	(void)setrlimit(RLIMIT_AS, &allowance->memory_before);
}
