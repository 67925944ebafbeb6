/* iana_files.h - IANA's files of 25 February 2026, where they are there; and files beside the tests. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IANA_FILE "service-names-port-numbers-2026-02-25"

/* The whole file, to be freed; NULL when it is not there. */
static inline char *read_file(const char *path, size_t *ret_size)
{
	enum { ROOM = 8 << 20 };
	FILE *file = fopen(path, "re");

	if (file == NULL) {
		return NULL;
	}
	char *octets = malloc(ROOM);
	assert_non_null(octets);
	*ret_size = fread(octets, 1, ROOM, file);
	(void)fclose(file);
	assert_true(*ret_size < ROOM);
	return octets;
}

static inline void source_path(const char *relative, char path[4096])
{
	const char *slash = strrchr(__FILE__, '/');

	(void)snprintf(path, 4096, "%.*s%s", slash != NULL ? (int)(slash + 1 - __FILE__) : 0, __FILE__, relative);
}

/* From $BERTH_IANA_DATA, or from what is shared beside the source root. */
static inline char *read_iana(const char *ending, size_t *ret_size)
{
	char path[4096];
	char relative[256];
	const char *folder = getenv("BERTH_IANA_DATA");

	if (folder != NULL) {
		(void)snprintf(path, sizeof(path), "%s/%s.%s", folder, IANA_FILE, ending);
	} else {
		(void)snprintf(relative, sizeof(relative), "../../../shared/data/iana/%s.%s", IANA_FILE, ending);
		source_path(relative, path);
	}
	return read_file(path, ret_size);
}
