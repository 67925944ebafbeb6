/* text.c - text built into a buffer of the caller's.  Called from everywhere, also between clone and
 * exec; never allocates and never calls the kernel. */
#include "base/text.h"

#include <string.h>

void text_init(struct text *text, char *buffer, size_t size)
{
	*text = (struct text){ .start = buffer, .size = size };
	if (size > 0) {
		buffer[0] = '\0';
	}
}

void text_put_bytes(struct text *text, const char *bytes, size_t size)
{
	if (text->size == 0 || size >= text->size - text->used) {
		text->cut = true;
		return;
	}
	memcpy(text->start + text->used, bytes, size);
	text->used += size;
	text->start[text->used] = '\0';
}

void text_put(struct text *text, const char *string)
{
	text_put_bytes(text, string, strlen(string));
}

void text_put_char(struct text *text, char character)
{
	text_put_bytes(text, &character, 1);
}

void text_put_unsigned(struct text *text, uint64_t number)
{
	char digits[20];
	size_t count = 0;

	do {
		digits[sizeof(digits) - ++count] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	text_put_bytes(text, digits + sizeof(digits) - count, count);
}
