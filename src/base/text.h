/* text.h - text built into a buffer of the caller's, never past its end.  No system calls, no allocation,
 * so that it also serves between clone and exec. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *start; /* always ends in NUL once something was put */
	size_t size; /* of the buffer */
	size_t used; /* without the NUL */
	bool cut;    /* something did not fit */
};

void text_init(struct text *text, char *buffer, size_t size);
void text_put(struct text *text, const char *string);
void text_put_bytes(struct text *text, const char *bytes, size_t size);
void text_put_unsigned(struct text *text, uint64_t number);
void text_put_char(struct text *text, char character);
