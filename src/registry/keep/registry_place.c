/* registry_place.c - where the published view of a registry is (registry_place.h).  Pure; called by the commands. */
#include "registry/keep/registry_place.h"

#include <stdio.h>
#include <string.h>

void registry_published_path(const char *url, char *ret_path, size_t size)
{
	const char *path = strncmp(url, "sqlite:", 7) == 0 ? url + 7 : url;
	size_t length = strlen(path);

	if (strncmp(url, "postgres", 8) == 0 && strstr(url, "://") != NULL) {
		(void)snprintf(ret_path, size, "%s", REGISTRY_PUBLISHED);
		return;
	}
	if (length > 3 && strcmp(path + length - 3, ".db") == 0) {
		length -= 3;
	}
	(void)snprintf(ret_path, size, "%.*s.published", (int)length, path);
}
