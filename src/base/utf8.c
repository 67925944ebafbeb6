/* utf8.c - UTF-8 (utf8.h).  Called by whoever reads or shows what others wrote. */
#include "base/utf8.h"

static size_t size_by_first(unsigned char first)
{
	return first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
}

size_t utf8_read(const char *octets, size_t size, uint32_t *ret_character)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = size == 0 ? 0 : size_by_first((unsigned char)octets[0]);

	if (length == 0 || length > size) {
		return 0;
	}
	uint32_t character = (unsigned char)octets[0] & (length == 1 ? 0x7fU : 0xffU >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		unsigned char octet = (unsigned char)octets[i];
		if ((octet & 0xc0) != 0x80) {
			return 0;
		}
		character = character << 6 | (octet & 0x3f);
	}
	if (character < least[length] || character > 0x10ffff || (character & 0xfffff800) == 0xd800) {
		return 0;
	}
	*ret_character = character;
	return length;
}

size_t utf8_count(const char *octets, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < size; i++) {
		count += ((unsigned char)octets[i] & 0xc0) != 0x80;
	}
	return count;
}

bool utf8_steers(uint32_t character)
{
	return (character >= 0x7f && character <= 0x9f) || character == 0x061c || character == 0x200e ||
	       character == 0x200f || (character >= 0x2028 && character <= 0x202e) ||
	       (character >= 0x2066 && character <= 0x2069) || character == 0xfeff;
}
