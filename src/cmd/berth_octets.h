/* berth_octets.h - the octets that a verb looks at: all of standard input, or the lines of a file in hex.
 *
 * Shared by the verbs classify and explain. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cmd/verb.h"

/* Calls `look` with the octets of standard input; with --hex-lines once for each line of that file ("-":
 * standard input) that holds some: two hex digits an octet, blanks between them, "#" before a comment.  No more
 * octets are read than a classifier looks at.  Goes on until `look` returns another value than EXIT_DONE, which
 * is returned; says what could not be read and returns EXIT_COULD_NOT. */
int octets_each(const struct request *request, int (*look)(const uint8_t *octets, size_t size, void *data), void *data);
