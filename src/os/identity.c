/* identity.c - users and groups looked up by name or number, for os/privilege.h.  Called by the
 * supervisor while it reads the configuration: libc may ask the network for a name, so nobody calls
 * this later. */
#include "os/privilege.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>

enum { ENTRY_MAX = 65536 };

/* "0" to "4294967294"; the last number means "no change" to the kernel.  -ENOENT when it is not
 * one. */
static int parse_number(const char *text, uint32_t *ret_number)
{
	char *end;
	unsigned long long value;

	if (*text < '0' || *text > '9') {
		return -ENOENT;
	}
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno != 0 || *end != '\0' || value >= UINT32_MAX) {
		return -ENOENT;
	}
	*ret_number = (uint32_t)value;
	return 0;
}

/* What the lookups of libc say when there is no such entry differs from one source of names to the
 * next. */
static bool means_not_found(int error)
{
	return error == 0 || error == ENOENT || error == ESRCH;
}

/* 0 with *ret_found NULL when there is no entry.  A name that looks like a number is a name first.
 */
static int find_user(const char *user, char *buffer, struct passwd *entry, struct passwd **ret_found)
{
	struct passwd *found = NULL;
	uint32_t number;
	int error;

	error = getpwnam_r(user, entry, buffer, ENTRY_MAX, &found);
	if (found == NULL && means_not_found(error) && parse_number(user, &number) == 0) {
		error = getpwuid_r(number, entry, buffer, ENTRY_MAX, &found);
	}
	if (found == NULL && !means_not_found(error)) {
		return -error;
	}
	*ret_found = found;
	return 0;
}

static int find_group(const char *group, char *buffer, gid_t *ret_group)
{
	struct group entry;
	struct group *found = NULL;
	uint32_t number;
	int error;

	error = getgrnam_r(group, &entry, buffer, ENTRY_MAX, &found);
	if (found != NULL) {
		*ret_group = found->gr_gid;
		return 0;
	}
	if (!means_not_found(error)) {
		return -error;
	}
	if (parse_number(group, &number) < 0) {
		return -ESRCH;
	}
	*ret_group = number;
	return 0;
}

static int list_groups(const char *name, struct identity *identity)
{
	int count = GROUPS_MAX;

	if (getgrouplist(name, identity->group, identity->groups, &count) < 0) {
		return -E2BIG;
	}
	identity->group_count = (size_t)count;
	return 0;
}

static int look_up(const char *user, const char *group, char *buffer, char *group_buffer, struct identity *identity)
{
	struct passwd entry;
	struct passwd *found = NULL;
	uint32_t number;
	int r;

	r = find_user(user, buffer, &entry, &found);
	if (r < 0) {
		return r;
	}
	if (group != NULL) {
		r = find_group(group, group_buffer, &identity->group);
	} else if (found != NULL) {
		identity->group = found->pw_gid;
	} else {
		r = -ENOENT;
	}
	if (r < 0) {
		return r;
	}
	if (found != NULL) {
		identity->user = found->pw_uid;
		return list_groups(found->pw_name, identity);
	}
	/* A number that no list knows, as in containers: it has the named group and no other. */
	r = parse_number(user, &number);
	if (r < 0) {
		return r;
	}
	identity->user = number;
	identity->groups[0] = identity->group;
	identity->group_count = 1;
	return 0;
}

int identity_look_up(const char *user, const char *group, struct identity *ret_identity)
{
	struct identity identity = { 0 };
	char *buffers;
	int r;

	buffers = malloc((size_t)2 * ENTRY_MAX);
	if (buffers == NULL) {
		return -ENOMEM;
	}
	r = look_up(user, group, buffers, buffers + ENTRY_MAX, &identity);
	free(buffers);
	if (r < 0) {
		return r;
	}
	*ret_identity = identity;
	return 0;
}
