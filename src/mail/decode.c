/* decode.c - transfer encodings, character sets and encoded words, read (decode.h). */
#include "mail/decode.h"

#include <errno.h>
#include <stdint.h>
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

enum { LATIN_CONTROLS = 0x80, LATIN_SIGNS = 0xa0, NO_UTF8 = 0xff };

/* What windows-1252 has where ISO 8859-1 has control characters; both names are used for either.  0: nothing. */
static const uint16_t windows[LATIN_SIGNS - LATIN_CONTROLS] = {
	0x20ac, 0,	0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
	0x2039, 0x0152, 0,	0x017d, 0,	0,	0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
	0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,	0x017e, 0x0178,
};

/* Where ISO 8859-15 differs from ISO 8859-1. */
static uint16_t latin9_of(unsigned char octet)
{
	static const uint16_t pairs[][2] = {
		{ 0xa4, 0x20ac }, { 0xa6, 0x0160 }, { 0xa8, 0x0161 }, { 0xb4, 0x017d },
		{ 0xb8, 0x017e }, { 0xbc, 0x0152 }, { 0xbd, 0x0153 }, { 0xbe, 0x0178 },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (pairs[i][0] == octet) {
			return pairs[i][1];
		}
	}
	return octet;
}

/* An octet that is not ASCII. */
static uint16_t latin_of(unsigned char octet, bool is_latin9)
{
	if (octet < LATIN_SIGNS) {
		return windows[octet - LATIN_CONTROLS];
	}
	return is_latin9 ? latin9_of(octet) : octet;
}

/* 0: a character that there is not. */
static void put_character(uint16_t character, FILE *stream)
{
	if (character == 0) {
		(void)fputc(NO_UTF8, stream);
	} else if (character < 0x800) {
		(void)fputc(0xc0 | character >> 6, stream);
		(void)fputc(0x80 | (character & 0x3f), stream);
	} else {
		(void)fputc(0xe0 | character >> 12, stream);
		(void)fputc(0x80 | (character >> 6 & 0x3f), stream);
		(void)fputc(0x80 | (character & 0x3f), stream);
	}
}

static bool is_utf8(struct span charset)
{
	return charset.size == 0 || span_is(charset, "utf-8") || span_is(charset, "utf8") ||
	       span_is(charset, "us-ascii") || span_is(charset, "ascii");
}

void decode_charset(struct span octets, struct span charset, FILE *stream)
{
	bool is_latin9 = span_is(charset, "iso-8859-15") || span_is(charset, "latin-9");
	bool is_latin = is_latin9 || span_is(charset, "iso-8859-1") || span_is(charset, "latin1") ||
			span_is(charset, "windows-1252") || span_is(charset, "cp1252");

	if (is_utf8(charset)) {
		(void)fwrite(octets.at, 1, octets.size, stream);
		return;
	}
	for (size_t i = 0; i < octets.size; i++) {
		unsigned char octet = (unsigned char)octets.at[i];
		if (octet < LATIN_CONTROLS) {
			(void)fputc(octet, stream);
		} else {
			put_character(is_latin ? latin_of(octet, is_latin9) : 0, stream);
		}
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
