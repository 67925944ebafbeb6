/* utf8.h - UTF-8 read one character at a time, and what of it could steer a terminal.
 *
 * The one place that knows either. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The character that begins here: 1 to 4 octets, at most `size`.  0 when none does: overlong forms, surrogates and what
 * is above U+10FFFF are none. */
size_t utf8_read(const char *octets, size_t size, uint32_t *ret_character);

/* How many characters begin in a text. */
size_t utf8_count(const char *octets, size_t size);

/* DEL, C1, bidirectional marks, embeddings and isolates, line and paragraph separators, the byte order mark.  C0 is for
 * the caller to judge, because some of it is what ends a line. */
bool utf8_steers(uint32_t character);
