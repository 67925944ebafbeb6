/* name.c - function names by RFC 6335 section 5.1.  Called for every first message, so it looks at
 * octets only: no locale, no allocation, and nothing behind `size`. */
#include "base/name.h"

#include <errno.h>
#include <string.h>

static bool is_letter(char lower)
{
	return lower >= 'a' && lower <= 'z';
}

static char to_lower(char octet)
{
	return octet >= 'A' && octet <= 'Z' ? (char)(octet - 'A' + 'a') : octet;
}

int name_parse(const char *text, size_t size, struct name *ret_name)
{
	struct name name = { .text = "" };
	bool has_letter = false;
	char before = '-'; /* so that a '-' at the start is refused like a second one */

	if (size == 0 || size > FUNCTION_NAME_MAX) {
		return -EINVAL;
	}
	for (size_t i = 0; i < size; i++) {
		char octet = to_lower(text[i]);
		bool is_digit = octet >= '0' && octet <= '9';

		if (!is_letter(octet) && !is_digit && (octet != '-' || before == '-')) {
			return -EINVAL;
		}
		has_letter = has_letter || is_letter(octet);
		name.text[i] = octet;
		before = octet;
	}
	if (before == '-' || !has_letter) {
		return -EINVAL;
	}
	*ret_name = name;
	return 0;
}

bool name_equal(const struct name *a, const struct name *b)
{
	return memcmp(a->text, b->text, sizeof(a->text)) == 0;
}

/* FNV-1a over the whole 16 octets, the filling included. */
uint32_t name_hash(const struct name *name)
{
	uint32_t hash = 2166136261;

	for (size_t i = 0; i < sizeof(name->text); i++) {
		hash = (hash ^ (uint8_t)name->text[i]) * 16777619;
	}
	return hash;
}
