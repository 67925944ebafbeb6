/* decode.h - what stands between a letter's octets and its text: transfer encodings, character sets, encoded words.
 * For message_read.c only.  Lenient: what cannot be read is left as it is, never refused.  Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct span {
	const char *at;
	size_t size;
};

bool span_is(struct span span, const char *word); /* in any case */

/* Of the value of Content-Transfer-Encoding; any other is no encoding. */
void decode_transfer(struct span octets, struct span encoding, FILE *stream);

/* US-ASCII and UTF-8 go as they are; ISO 8859-1 and -15 and windows-1252 become UTF-8.  Of any other, what is not ASCII
 * becomes octets that are no UTF-8. */
void decode_charset(struct span octets, struct span charset, FILE *stream);

/* A header's text with its encoded words (RFC 2047) read; still to be cleaned.  0 or -ENOMEM. */
int decode_words(struct span text, FILE *stream);
