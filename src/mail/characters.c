/* characters.c - UTF-8 checked and cleaned (characters.h).  Called by the writer and the reader of letters. */
#include "mail/characters.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

struct cleaning {
	bool one_line;
	bool keeps_steering;
	bool is_damaged;
	char *end;
};

static void put(struct cleaning *cleaning, const char *octets, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		*cleaning->end++ = octets[i];
	}
}

static void put_mark(struct cleaning *cleaning)
{
	put(cleaning, "?", 1);
	cleaning->is_damaged = true;
}

static void put_octet(struct cleaning *cleaning, char octet)
{
	if (octet == '\n' || octet == '\t') {
		put(cleaning, cleaning->one_line ? " " : &octet, 1);
	} else if ((unsigned char)octet < 0x20 || octet == 0x7f) {
		put_mark(cleaning);
	} else {
		put(cleaning, &octet, 1);
	}
}

/* Puts what stands for the character at `octets`; returns how many octets that was. */
static size_t clean_one(struct cleaning *cleaning, const char *octets, size_t size)
{
	uint32_t character = 0;
	size_t length = utf8_read(octets, size, &character);

	if (octets[0] == '\r') {
		put_octet(cleaning, '\n');
		return size > 1 && octets[1] == '\n' ? 2 : 1;
	}
	if (length == 1) {
		put_octet(cleaning, octets[0]);
		return 1;
	}
	if (length == 0 || (utf8_steers(character) && !cleaning->keeps_steering)) {
		put_mark(cleaning);
		return length == 0 ? 1 : length;
	}
	put(cleaning, octets, length);
	return length;
}

static char *clean(struct cleaning *cleaning, const char *octets, size_t size)
{
	char *start = malloc(size + 1);

	if (start == NULL) {
		return NULL;
	}
	cleaning->end = start;
	for (size_t i = 0; i < size;) {
		i += clean_one(cleaning, octets + i, size - i);
	}
	*cleaning->end = '\0';
	return start;
}

char *characters_clean(const char *octets, size_t size, bool one_line)
{
	struct cleaning cleaning = { .one_line = one_line };

	return clean(&cleaning, octets, size);
}

char *characters_keep(const char *octets, size_t size, bool *ret_damaged)
{
	struct cleaning cleaning = { .keeps_steering = true };
	char *kept = clean(&cleaning, octets, size);

	*ret_damaged = cleaning.is_damaged;
	return kept;
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
