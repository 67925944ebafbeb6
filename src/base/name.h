/* name.h - function names: service names of RFC 6335 section 5.1.  No system calls.
 *
 * 1 to 15 of A-Z a-z 0-9 and '-'; at least one letter; no "--"; no '-' at either end; case-insensitive. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

/* A name in lower case, filled with NUL bytes to its end, so that names compare as 16 bytes. */
struct name {
	char text[FUNCTION_NAME_MAX + 1];
};

/* 0, or -EINVAL when the octets are not a name.  ret_name is in lower case. */
int name_parse(const char *text, size_t size, struct name *ret_name);

bool name_equal(const struct name *a, const struct name *b);

uint32_t name_hash(const struct name *name);
