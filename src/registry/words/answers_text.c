/* answers_text.c - texts as they may stand on a terminal.  Called for every text of a row that people are shown. */
#include "registry/words/answers_text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "base/utf8.h"

enum { UTF8_MAX = 4 };

static bool is_control(uint32_t character)
{
	return character < 0x20 || utf8_steers(character);
}

static bool is_blank(char octet)
{
	return octet == ' ' || octet == '\t' || octet == '\n' || octet == '\r';
}

static void show_escaped(uint32_t character, struct shown *ret_shown)
{
	ret_shown->width = snprintf(ret_shown->text, SHOWN_SIZE, character < 0x80 ? "\\x%02x" : "\\u%04x", character);
}

static void show_character(const char *octets, size_t size, uint32_t character, struct shown *ret_shown)
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
	size_t size;

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
	size = utf8_read(*text, strnlen(*text, UTF8_MAX), &character);
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
