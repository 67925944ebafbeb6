/* answers_text.c - texts as they may stand on a terminal.  Called for every text of a row that people are shown. */
#include "registry/answers_text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

/* The character at `text` and how many octets it has; 0 when they are no UTF-8. */
static unsigned decode(const char *text, uint32_t *ret_character)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = (unsigned char)*text;
	unsigned size = first < 0x80   ? 1
			: first < 0xc0 ? 0
			: first < 0xe0 ? 2
			: first < 0xf0 ? 3
			: first < 0xf8 ? 4
				       : 0;
	uint32_t character = size == 1 ? first : first & (0xffU >> (size + 1));

	for (unsigned i = 1; i < size; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80) {
			return 0;
		}
		character = character << 6 | ((unsigned char)text[i] & 0x3f);
	}
	if (size == 0 || character < least[size] || character > 0x10ffff || (character & 0xfffff800) == 0xd800) {
		return 0;
	}
	*ret_character = character;
	return size;
}

/* What would steer a terminal, or turn the text of a line around. */
static bool is_control(uint32_t character)
{
	return character < 0x20 || (character >= 0x7f && character <= 0x9f) || character == 0x061c ||
	       character == 0x200e || character == 0x200f || (character >= 0x2028 && character <= 0x202e) ||
	       (character >= 0x2066 && character <= 0x2069) || character == 0xfeff;
}

static bool is_blank(char octet)
{
	return octet == ' ' || octet == '\t' || octet == '\n' || octet == '\r';
}

static void show_escaped(uint32_t character, struct shown *ret_shown)
{
	ret_shown->width = snprintf(ret_shown->text, SHOWN_SIZE, character < 0x80 ? "\\x%02x" : "\\u%04x", character);
}

static void show_character(const char *octets, unsigned size, uint32_t character, struct shown *ret_shown)
{
	/* Below, every character is one column wide, whatever the locale knows. */
	int width = character < 0x300 ? 1 : wcwidth((wchar_t)character);

	memcpy(ret_shown->text, octets, size);
	ret_shown->text[size] = '\0';
	ret_shown->width = width < 0 ? 1 : width;
}

bool shown_next(const char **text, struct shown *ret_shown)
{
	uint32_t character;
	unsigned size;

	if (**text == '\0') {
		return false;
	}
	if (is_blank(**text)) {
		while (is_blank(**text)) {
			++*text;
		}
		*ret_shown = (struct shown){ .text = " ", .width = 1 };
		return true;
	}
	size = decode(*text, &character);
	if (size == 0) {
		ret_shown->width = snprintf(ret_shown->text, SHOWN_SIZE, "\\x%02x", (unsigned)(unsigned char)**text);
		++*text;
		return true;
	}
	if (is_control(character)) {
		show_escaped(character, ret_shown);
	} else {
		show_character(*text, size, character, ret_shown);
	}
	*text += size;
	return true;
}

int shown_width(const char *text)
{
	struct shown shown;
	int width = 0;

	while (shown_next(&text, &shown)) {
		width += shown.width;
	}
	return width;
}

void shown_text(const char *text, char *ret_text, size_t size)
{
	struct shown shown;
	size_t used = 0;

	while (shown_next(&text, &shown) && used + strlen(shown.text) < size) {
		memcpy(ret_text + used, shown.text, strlen(shown.text));
		used += strlen(shown.text);
	}
	ret_text[used] = '\0';
}
