/* xml_text.c - growing text, its white space and its escapes (xml_text.h).  Called by the reader and writer of XML. */
#include "registry/records/xml_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "registry/records/rows_text.h"

void xml_text_finish(struct xml_text *text)
{
	free(text->octets);
	*text = (struct xml_text){ .limit = text->limit };
}

int xml_text_put(struct xml_text *text, const char *octets, size_t size)
{
	size_t capacity = text->capacity == 0 ? 256 : text->capacity;

	if (text->limit > 0 && size > text->limit - text->size) {
		return -EFBIG;
	}
	while (capacity - text->size < size) {
		capacity *= 2;
	}
	if (capacity > text->capacity) {
		char *grown = realloc(text->octets, capacity);

		if (grown == NULL) {
			return -ENOMEM;
		}
		text->octets = grown;
		text->capacity = capacity;
	}
	if (size > 0) {
		memcpy(text->octets + text->size, octets, size);
		text->size += size;
	}
	return 0;
}

int xml_text_puts(struct xml_text *text, const char *string)
{
	return xml_text_put(text, string, strlen(string));
}

/* ---- escapes ---- */

static const char *escape_of(char octet, bool attribute)
{
	switch (octet) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '\r':
		return "&#13;";
	case '"':
		return attribute ? "&quot;" : NULL;
	case '\t':
		return attribute ? "&#9;" : NULL;
	case '\n':
		return attribute ? "&#10;" : NULL;
	default:
		return NULL;
	}
}

int xml_text_put_escaped(struct xml_text *text, const char *octets, size_t size, bool attribute)
{
	size_t begin = 0;
	int r = 0;

	for (size_t i = 0; i < size && r == 0; i++) {
		const char *escape = escape_of(octets[i], attribute);

		if (escape != NULL) {
			r = xml_text_put(text, octets + begin, i - begin);
			r = r < 0 ? r : xml_text_puts(text, escape);
			begin = i + 1;
		}
	}
	return r < 0 ? r : xml_text_put(text, octets + begin, size - begin);
}

/* ---- white space ---- */

static bool is_blank(char octet)
{
	return octet == ' ' || octet == '\t';
}

static bool is_space(char octet)
{
	return is_blank(octet) || octet == '\n' || octet == '\r';
}

static size_t skip_blanks(const char *octets, size_t at, size_t size)
{
	while (at < size && is_blank(octets[at])) {
		at++;
	}
	return at;
}

/* Where the wrapped line goes on, when at `at` there are blanks, a line end and blanks; else `at`. */
static size_t skip_wrap(const char *octets, size_t at, size_t size)
{
	size_t line_end = skip_blanks(octets, at, size);

	if (line_end == at || line_end == size || octets[line_end] != '\n') {
		return at;
	}
	size_t behind = skip_blanks(octets, line_end + 1, size);
	return behind > line_end + 1 ? behind : at;
}

/* Writes over what it read: what is settled is never longer. */
static size_t settle(const char *octets, size_t size, char *ret_settled)
{
	size_t begin = 0;
	size_t used = 0;

	while (begin < size && is_space(octets[begin])) {
		begin++;
	}
	while (size > begin && is_space(octets[size - 1])) {
		size--;
	}
	while (begin < size) {
		size_t behind = skip_wrap(octets, begin, size);
		size_t blanks = skip_blanks(octets, begin, size) - begin;

		if (behind > begin) {
			ret_settled[used++] = ' ';
			begin = behind;
			continue;
		}
		blanks = blanks == 0 ? 1 : blanks;
		memmove(ret_settled + used, octets + begin, blanks);
		used += blanks;
		begin += blanks;
	}
	return used;
}

void xml_text_settle(struct xml_text *text, size_t begin)
{
	if (text->size > begin) {
		char *octets = text->octets + begin;
		text->size = begin + settle(octets, text->size - begin, octets);
	}
}

bool xml_text_is_settled(const char *octets, size_t size)
{
	bool settled = size == 0 || (!is_space(octets[0]) && !is_space(octets[size - 1]));

	for (size_t i = 0; i < size && settled; i++) {
		settled = octets[i] != '\n' || i == 0 || !is_blank(octets[i - 1]) || !is_blank(octets[i + 1]);
	}
	return settled;
}

const char *xml_noncharacter(const char *octets, size_t size)
{
	const char *fffe = memmem(octets, size, "\xef\xbf\xbe", 3);
	const char *ffff = memmem(octets, size, "\xef\xbf\xbf", 3);

	return fffe == NULL || (ffff != NULL && ffff < fffe) ? ffff : fffe;
}

bool xml_can_carry(const char *octets, size_t size)
{
	size_t at = 0;

	return octets_fault(octets, size, &at) == NULL && xml_noncharacter(octets, size) == NULL;
}
