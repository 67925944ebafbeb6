/* decode.c - transfer encodings, character sets and encoded words, read (decode.h). */
#include "mail/decode.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool span_is(struct span span, const char *word)
{
	return span.size == strlen(word) && strncasecmp(span.at, word, span.size) == 0;
}

/* ---- transfer encodings ---- */

static int hex_value(char digit)
{
	return digit >= '0' && digit <= '9'   ? digit - '0'
	       : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
	       : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
					      : -1;
}

/* Octets of a soft line end behind "=": blanks and a line end; 0: it is none. */
static size_t soft_end(const char *at, size_t size)
{
	size_t i = 0;

	while (i < size && (at[i] == ' ' || at[i] == '\t' || at[i] == '\r')) {
		i++;
	}
	return i == size ? i : at[i] == '\n' ? i + 1 : 0;
}

/* What "=" and the octets behind it stand for; returns how many octets that takes. */
static size_t put_escaped(const char *at, size_t size, FILE *stream)
{
	int high = size > 2 ? hex_value(at[1]) : -1;
	int low = size > 2 ? hex_value(at[2]) : -1;

	if (high >= 0 && low >= 0) {
		(void)fputc(high * 16 + low, stream);
		return 3;
	}
	(void)fputc('=', stream);
	return 1;
}

static void decode_quoted_printable(struct span octets, FILE *stream)
{
	for (size_t i = 0; i < octets.size;) {
		size_t soft = octets.at[i] == '=' ? soft_end(octets.at + i + 1, octets.size - i - 1) : 0;
		if (soft > 0) {
			i += 1 + soft;
		} else if (octets.at[i] == '=') {
			i += put_escaped(octets.at + i, octets.size - i, stream);
		} else {
			(void)fputc(octets.at[i++], stream);
		}
	}
}

static int base64_value(char digit)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *found = digit != '\0' ? strchr(digits, digit) : NULL;

	return found != NULL ? (int)(found - digits) : -1;
}

static void decode_base64(struct span octets, FILE *stream)
{
	unsigned held = 0;
	unsigned bits = 0;

	for (size_t i = 0; i < octets.size && octets.at[i] != '='; i++) {
		int value = base64_value(octets.at[i]);
		if (value < 0) {
			continue;
		}
		held = (held << 6 | (unsigned)value) & 0xffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			(void)fputc((int)(held >> bits & 0xff), stream);
		}
	}
}

void decode_transfer(struct span octets, struct span encoding, FILE *stream)
{
	if (span_is(encoding, "quoted-printable")) {
		decode_quoted_printable(octets, stream);
	} else if (span_is(encoding, "base64")) {
		decode_base64(octets, stream);
	} else {
		(void)fwrite(octets.at, 1, octets.size, stream);
	}
}

/* ---- character sets ---- */

static bool is_latin(struct span charset)
{
	return span_is(charset, "iso-8859-1") || span_is(charset, "iso-8859-15") || span_is(charset, "latin1") ||
	       span_is(charset, "windows-1252");
}

void decode_charset(struct span octets, struct span charset, FILE *stream)
{
	if (!is_latin(charset)) {
		(void)fwrite(octets.at, 1, octets.size, stream);
		return;
	}
	for (size_t i = 0; i < octets.size; i++) {
		unsigned char octet = (unsigned char)octets.at[i];
		if (octet >= 0x80) {
			(void)fputc(0xc0 | octet >> 6, stream);
			octet = 0x80 | (octet & 0x3f);
		}
		(void)fputc(octet, stream);
	}
}

/* ---- encoded words ---- */

struct encoded_word {
	struct span charset, text;
	bool is_base64;
	size_t size; /* of all of it */
};

/* "=?" CHARSET "?" Q or B "?" TEXT "?=" at the beginning of `text`. */
static bool find_word(struct span text, struct encoded_word *ret_word)
{
	const char *end = text.at + text.size;
	const char *charset_end = text.size > 2 && text.at[0] == '=' && text.at[1] == '?'
					  ? memchr(text.at + 2, '?', text.size - 2)
					  : NULL;

	if (charset_end == NULL || end - charset_end < 5 || charset_end[2] != '?' ||
	    strchr("QqBb", charset_end[1]) == NULL || charset_end[1] == '\0') {
		return false;
	}
	const char *start = charset_end + 3;
	const char *text_end = memchr(start, '?', (size_t)(end - start));
	if (text_end == NULL || end - text_end < 2 || text_end[1] != '=' ||
	    memchr(text.at, ' ', (size_t)(text_end - text.at)) != NULL) {
		return false;
	}
	/* RFC 2231 adds a language behind a star. */
	size_t charset_size = (size_t)(charset_end - text.at) - 2;
	const char *star = memchr(text.at + 2, '*', charset_size);
	*ret_word = (struct encoded_word){
		.charset = { text.at + 2, star != NULL ? (size_t)(star - text.at) - 2 : charset_size },
		.text = { start, (size_t)(text_end - start) },
		.is_base64 = strchr("Bb", charset_end[1]) != NULL,
		.size = (size_t)(text_end - text.at) + 2,
	};
	return true;
}

static void decode_q(struct span text, FILE *stream)
{
	for (size_t i = 0; i < text.size;) {
		if (text.at[i] == '=') {
			i += put_escaped(text.at + i, text.size - i, stream);
		} else {
			(void)fputc(text.at[i] == '_' ? ' ' : text.at[i], stream);
			i++;
		}
	}
}

static int put_decoded(const struct encoded_word *word, FILE *stream)
{
	char *octets = NULL;
	size_t size = 0;
	FILE *held = open_memstream(&octets, &size);

	if (held == NULL) {
		return -ENOMEM;
	}
	if (word->is_base64) {
		decode_base64(word->text, held);
	} else {
		decode_q(word->text, held);
	}
	int r = fclose(held) == 0 ? 0 : -ENOMEM;
	if (r == 0) {
		decode_charset((struct span){ octets, size }, word->charset, stream);
	}
	free(octets);
	return r;
}

static size_t blanks(struct span text)
{
	size_t i = 0;

	while (i < text.size && (text.at[i] == ' ' || text.at[i] == '\t')) {
		i++;
	}
	return i;
}

int decode_words(struct span text, FILE *stream)
{
	struct encoded_word word;
	bool behind_word = false;
	int r = 0;

	while (r == 0 && text.size > 0) {
		size_t gap = blanks(text);
		size_t step = gap > 0 ? gap : 1;
		if (find_word((struct span){ text.at + gap, text.size - gap }, &word)) {
			/* Blanks between two encoded words are no text. */
			(void)fwrite(text.at, 1, behind_word ? 0 : gap, stream);
			r = put_decoded(&word, stream);
			step = gap + word.size;
			behind_word = true;
		} else {
			(void)fwrite(text.at, 1, step, stream);
			behind_word = false;
		}
		text = (struct span){ text.at + step, text.size - step };
	}
	return r;
}
