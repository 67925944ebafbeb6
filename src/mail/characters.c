/* characters.c - UTF-8 checked and cleaned (characters.h).  Called by the writer and the reader of letters. */
#include "mail/characters.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool continues(char octet)
{
	return ((unsigned char)octet & 0xc0) == 0x80;
}

static size_t size_by_first(unsigned char first)
{
	return first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
}

size_t character_size(const char *octets, size_t size)
{
	unsigned char first = size > 0 ? (unsigned char)octets[0] : 0xff;
	size_t length = size_by_first(first);

	if (length == 0 || length > size) {
		return 0;
	}
	for (size_t i = 1; i < length; i++) {
		if (!continues(octets[i])) {
			return 0;
		}
	}
	/* Longer than need be, a surrogate, or behind the last. */
	unsigned char second = length > 1 ? (unsigned char)octets[1] : 0;
	bool is_wrong = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
			(first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
	return is_wrong ? 0 : length;
}

bool character_steers(const char *octets, size_t size)
{
	const unsigned char *at = (const unsigned char *)octets;
	bool is_c1 = size == 2 && at[0] == 0xc2 && at[1] < 0xa0;
	bool is_override = size == 3 && at[0] == 0xe2 && at[1] == 0x80 && at[2] >= 0xaa && at[2] <= 0xae;
	bool is_isolate = size == 3 && at[0] == 0xe2 && at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9;

	return is_c1 || is_override || is_isolate;
}

static char clean_octet(char octet, bool one_line)
{
	if (octet == '\n' || octet == '\t') {
		return one_line ? ' ' : octet;
	}
	return (unsigned char)octet < 0x20 || octet == 0x7f ? '?' : octet;
}

/* Puts what stands for the character at `octets`; returns how many octets that was. */
static size_t clean_one(const char *octets, size_t size, bool one_line, char **end)
{
	size_t length = character_size(octets, size);

	if (octets[0] == '\r') {
		*(*end)++ = one_line ? ' ' : '\n';
		return size > 1 && octets[1] == '\n' ? 2 : 1;
	}
	if (length == 1) {
		*(*end)++ = clean_octet(octets[0], one_line);
		return 1;
	}
	if (length == 0 || character_steers(octets, length)) {
		*(*end)++ = '?';
		return length == 0 ? 1 : length;
	}
	for (size_t i = 0; i < length; i++) {
		*(*end)++ = octets[i];
	}
	return length;
}

char *characters_clean(const char *octets, size_t size, bool one_line)
{
	char *clean = malloc(size + 1);
	char *end = clean;

	if (clean == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < size;) {
		i += clean_one(octets + i, size - i, one_line, &end);
	}
	*end = '\0';
	return clean;
}

bool characters_are_id(const char *text)
{
	for (const char *at = text; *at != '\0'; at++) {
		if (*at < 0x21 || *at > 0x7e || *at == '<' || *at == '>') {
			return false;
		}
	}
	return strchr(text, '@') != NULL;
}
