/* characters.c - UTF-8 checked and cleaned (characters.h).  Called by the writer and the reader of letters. */
#include "mail/characters.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

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
	uint32_t character = 0;
	size_t length = utf8_read(octets, size, &character);

	if (octets[0] == '\r') {
		*(*end)++ = one_line ? ' ' : '\n';
		return size > 1 && octets[1] == '\n' ? 2 : 1;
	}
	if (length == 1) {
		*(*end)++ = clean_octet(octets[0], one_line);
		return 1;
	}
	if (length == 0 || utf8_steers(character)) {
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
