/* berth_words.h - octets in words.  Shared by the verbs collide and explain. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "description/machine/program.h"

enum { WORDS_OCTETS_MAX = 256 };

struct words_of_octets {
	char hex[2 * WORDS_OCTETS_MAX + 1];
	char text[8 * WORDS_OCTETS_MAX + 16]; /* 05 67 ("\x05g") */
};

/* The first WORDS_OCTETS_MAX of them. */
void words_of_octets(struct words_of_octets *ret_words, const uint8_t *octets, size_t size);

struct words_of_set {
	char text[256]; /* "0" to "9" or x"0d" */
};

/* Which octets a set holds, in short. */
void words_of_set(struct words_of_set *ret_words, const struct octet_set *set);
