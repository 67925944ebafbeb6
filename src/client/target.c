/* target.c - reads the address that a caller is given.  Called by call.c.  Pure: whether there is
 * such a host is not asked here. */
#include "client/target.h"

#include <errno.h>
#include <string.h>

enum { PORT_DEFAULT = 1, PORT_DIGITS_MAX = 5 };

static const char unix_word[] = "unix:";

static int set_place(struct target *target, const char *text, size_t size)
{
	if (size == 0 || size >= sizeof(target->place)) {
		return -EINVAL;
	}
	memcpy(target->place, text, size);
	return 0;
}

/* What stands behind the host: nothing, or ":port". */
static int set_port(struct target *target, const char *text)
{
	uint32_t port = 0;
	size_t digits = strspn(text + (text[0] == ':'), "0123456789");

	if (text[0] == '\0') {
		target->port = PORT_DEFAULT;
		return 0;
	}
	if (text[0] != ':' || digits > PORT_DIGITS_MAX || text[1 + digits] != '\0') {
		return -EINVAL;
	}
	for (size_t i = 1; i <= digits; i++) {
		port = port * 10 + (uint32_t)(text[i] - '0');
	}
	target->port = (uint16_t)port;
	return port >= 1 && port <= UINT16_MAX ? 0 : -EINVAL;
}

static int parse_bracketed(const char *text, struct target *target)
{
	size_t size = strcspn(text, "]");
	int r = set_place(target, text, size);

	if (r < 0 || text[size] == '\0') {
		return -EINVAL;
	}
	return set_port(target, text + size + 1);
}

/* More than one colon makes it an IPv6 address without a port. */
static int parse_plain(const char *text, struct target *target)
{
	size_t size = strcspn(text, ":");

	if (text[size] != '\0' && strchr(text + size + 1, ':') != NULL) {
		size = strlen(text);
	}
	int r = set_place(target, text, size);
	return r < 0 ? r : set_port(target, text + size);
}

int target_parse(const char *text, struct target *ret_target)
{
	struct target target = { .is_path = false };
	int r;

	if (strncmp(text, unix_word, strlen(unix_word)) == 0) {
		const char *path = text + strlen(unix_word);
		target.is_path = true;
		r = path[0] == '/' ? set_place(&target, path, strlen(path)) : -EINVAL;
	} else if (text[0] == '[') {
		r = parse_bracketed(text + 1, &target);
	} else {
		r = parse_plain(text, &target);
	}
	if (r == 0) {
		*ret_target = target;
	}
	return r;
}
