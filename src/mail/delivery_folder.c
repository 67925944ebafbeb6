/* delivery_folder.c - letters as files, for who has no mail server (delivery_folder.h). */
#include "mail/delivery_folder.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "os/replace.h"

enum { NAME_SIZE = 200, READABLE_BY_GROUP = 0640 };

static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@.-_+=";

/* A file's name and nothing else, whatever the id is. */
static int name_of(const char *message_id, char ret_name[static NAME_SIZE])
{
	int size = snprintf(ret_name, NAME_SIZE, "%s.eml", message_id);

	if (size >= NAME_SIZE || message_id[0] == '\0' || message_id[0] == '.') {
		return -EINVAL;
	}
	for (char *at = ret_name; *at != '\0'; at++) {
		if (strchr(plain, *at) == NULL) {
			*at = '_';
		}
	}
	return 0;
}

int delivery_to_folder(const char *folder, const char *message_id, const char *message, size_t size)
{
	char name[NAME_SIZE];
	char path[PATH_MAX];
	struct replacement *replacement = NULL;
	FILE *stream = NULL;
	int r = name_of(message_id, name);

	if (r == 0 && snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path)) {
		r = -ENAMETOOLONG;
	}
	if (r == 0) {
		r = replace_begin(path, READABLE_BY_GROUP, &replacement, &stream);
	}
	if (r < 0) {
		return r;
	}
	(void)fwrite(message, 1, size, stream);
	return replace_commit(replacement);
}
