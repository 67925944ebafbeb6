/* targets.c - looks the target up.  Called once, before the relay gives up files and name servers. */
#include "relay/targets.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

enum { HOST_MAX = 255 };

static const char unix_word[] = "unix:";

static int set_path(const char *path, struct targets *targets)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t size = strlen(path);

	if (path[0] != '/' || size >= sizeof(address.sun_path)) {
		return -EINVAL;
	}
	memcpy(address.sun_path, path, size);
	memcpy(&targets->items[0].address, &address, sizeof(address));
	targets->items[0].size = sizeof(address);
	targets->count = 1;
	return 0;
}

/* Takes "host:port" or "[v6]:port" apart. */
static int split(const char *text, char host[HOST_MAX + 1], const char **ret_port)
{
	const char *colon = strrchr(text, ':');
	const char *start = text;
	const char *end = colon;

	if (colon == NULL || colon[1] == '\0') {
		return -EINVAL;
	}
	if (*start == '[' && end[-1] == ']') {
		start++;
		end--;
	} else if (memchr(start, ':', (size_t)(end - start)) != NULL) {
		return -EINVAL;
	}
	if (end <= start || end - start > HOST_MAX) {
		return -EINVAL;
	}
	memcpy(host, start, (size_t)(end - start));
	host[end - start] = '\0';
	*ret_port = colon + 1;
	return 0;
}

static int errno_of(int failure)
{
	switch (failure) {
	case EAI_SYSTEM:
		return -errno;
	case EAI_MEMORY:
		return -ENOMEM;
	case EAI_AGAIN:
		return -EAGAIN;
	case EAI_SERVICE: /* the port is no number */
		return -EINVAL;
	default:
		return -ENOENT;
	}
}

int targets_look_up(const char *text, struct targets *ret_targets)
{
	const struct addrinfo wanted = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	struct targets targets = { .count = 0 };
	char host[HOST_MAX + 1];
	struct addrinfo *found = NULL;
	const char *port;
	int r;

	if (strncmp(text, unix_word, strlen(unix_word)) == 0) {
		r = set_path(text + strlen(unix_word), &targets);
	} else {
		r = split(text, host, &port);
		if (r == 0) {
			r = getaddrinfo(host, port, &wanted, &found);
			r = r == 0 ? 0 : errno_of(r);
		}
		for (const struct addrinfo *item = r == 0 ? found : NULL; item != NULL && targets.count < TARGETS_MAX;
		     item = item->ai_next) {
			memcpy(&targets.items[targets.count].address, item->ai_addr, item->ai_addrlen);
			targets.items[targets.count++].size = item->ai_addrlen;
		}
		if (r == 0) {
			freeaddrinfo(found);
		}
	}
	if (r == 0) {
		*ret_targets = targets;
	}
	return r;
}

bool targets_have(const struct targets *targets, int family)
{
	for (size_t i = 0; i < targets->count; i++) {
		if (targets->items[i].address.ss_family == family) {
			return true;
		}
	}
	return false;
}

uint16_t targets_port(const struct targets *targets)
{
	struct sockaddr_in ipv4;
	struct sockaddr_in6 ipv6;

	memcpy(&ipv4, &targets->items[0].address, sizeof(ipv4));
	memcpy(&ipv6, &targets->items[0].address, sizeof(ipv6));
	switch (targets->items[0].address.ss_family) {
	case AF_INET:
		return ntohs(ipv4.sin_port);
	case AF_INET6:
		return ntohs(ipv6.sin6_port);
	default:
		return 0;
	}
}
