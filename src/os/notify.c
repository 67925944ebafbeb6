/* notify.c - the protocols of a service manager, spoken plainly: sd_notify(3) and sd_listen_fds(3).
 *
 * Called by the supervisor at its start, reload and end.  Both protocols are small and promised to
 * stay, so no library is linked into a process of root for them.  Never waits longer than
 * SEND_MAX_S. */
#include "os/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { FIRST_DESCRIPTOR = 3, SEND_MAX_S = 1 };

/* "/path" or "@name", where "@" stands for the NUL of an abstract address. */
static int parse_address(const char *text, struct sockaddr_un *ret_address, socklen_t *ret_size)
{
	size_t length = strlen(text);

	if (text[0] != '/' && text[0] != '@') {
		return -EAFNOSUPPORT;
	}
	if (length >= sizeof(ret_address->sun_path)) {
		return -ENAMETOOLONG;
	}
	*ret_address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(ret_address->sun_path, text, length);
	if (text[0] == '@') {
		ret_address->sun_path[0] = '\0';
	}
	/* Without a final NUL, which would be a part of an abstract name. */
	*ret_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	return 0;
}

int notify_manager(const char *state)
{
	const char *text = getenv("NOTIFY_SOCKET");
	struct timeval longest = { .tv_sec = SEND_MAX_S };
	struct sockaddr_un address;
	socklen_t size;

	if (text == NULL) {
		return 0;
	}
	int r = parse_address(text, &address, &size);
	if (r < 0) {
		return r;
	}
	int channel = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (channel < 0) {
		return -errno;
	}
	if (setsockopt(channel, SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof(longest)) < 0 ||
	    sendto(channel, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address, size) < 0) {
		r = -errno;
	}
	(void)close(channel);
	return r;
}

/* A number from a variable; -ENOENT without the variable. */
static int variable_number(const char *name, int *ret_number)
{
	const char *text = getenv(name);
	char *end;

	if (text == NULL) {
		return -ENOENT;
	}
	errno = 0;
	long number = strtol(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || number > INT_MAX) {
		return -EINVAL;
	}
	*ret_number = (int)number;
	return 0;
}

static int make_close_on_exec(int count)
{
	if (count > INT_MAX - FIRST_DESCRIPTOR) {
		return -EINVAL;
	}
	for (int i = 0; i < count; i++) {
		if (fcntl(FIRST_DESCRIPTOR + i, F_SETFD, FD_CLOEXEC) < 0) {
			return -errno;
		}
	}
	return count;
}

static int listen_descriptors(void)
{
	int process;
	int count;
	int r = variable_number("LISTEN_PID", &process);

	if (r == 0 && process != getpid()) {
		/* They were meant for a process that started this one. */
		return 0;
	}
	if (r == 0) {
		r = variable_number("LISTEN_FDS", &count);
	}
	if (r < 0) {
		return r == -ENOENT ? 0 : r;
	}
	return make_close_on_exec(count);
}

int notify_listen_descriptors(void)
{
	int r = listen_descriptors();

	/* What this process starts must not take them for its own. */
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_FDNAMES");
	return r;
}
