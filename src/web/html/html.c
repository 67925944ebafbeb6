/* html.c - a page while it is written (html.h).  Called by every page; knows nothing of requests. */
#include "web/html/html.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

void html_finish(struct html *html)
{
	free(html->octets);
	*html = (struct html){ 0 };
}

static bool make_room(struct html *html, size_t more)
{
	size_t capacity = html->capacity == 0 ? 4096 : html->capacity;

	while (capacity - html->size < more) {
		capacity *= 2;
	}
	if (capacity != html->capacity) {
		char *larger = realloc(html->octets, capacity);
		if (larger == NULL) {
			html->failed = true;
			return false;
		}
		html->octets = larger;
		html->capacity = capacity;
	}
	return true;
}

void html_octets(struct html *html, const char *octets, size_t size)
{
	if (size > 0 && !html->failed && make_room(html, size)) {
		memcpy(html->octets + html->size, octets, size);
		html->size += size;
	}
}

void html_append(struct html *html, const struct html *part)
{
	html->failed = html->failed || part->failed;
	html_octets(html, part->octets, part->size);
}

static void put(struct html *html, const char *literal)
{
	html_octets(html, literal, strlen(literal));
}

/* ---- text ---- */

/* What stands for a character that means something in markup, or NULL. */
static const char *entity_of(char character)
{
	switch (character) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static bool is_control(uint32_t character)
{
	return (character < 0x20 && character != '\n' && character != '\t') || utf8_steers(character);
}

static void put_name(struct html *html, uint32_t character)
{
	char name[16];

	(void)snprintf(name, sizeof(name), "[U+%04" PRIX32 "]", character);
	put(html, name);
}

static void put_text(struct html *html, const char *text, bool goes_back)
{
	size_t size = strlen(text);

	for (size_t i = 0; i < size;) {
		uint32_t character = 0;
		const char *entity = entity_of(text[i]);
		size_t length = utf8_read(text + i, size - i, &character);

		if (entity != NULL) {
			put(html, entity);
		} else if (length == 0) {
			put(html, "\xef\xbf\xbd");
		} else if (is_control(character) && !goes_back) {
			put_name(html, character);
		} else {
			html_octets(html, text + i, length);
		}
		i += length == 0 ? 1 : length;
	}
}

void html_value(struct html *html, const char *text)
{
	put_text(html, text, true);
}

/* ---- formats ---- */

/* The sizes a number can be announced with. */
enum width { WIDTH_INT, WIDTH_LONG, WIDTH_LONG_LONG, WIDTH_SIZE };

static enum width read_width(const char **format)
{
	enum width width = WIDTH_INT;

	for (; **format == 'l' || **format == 'z'; (*format)++) {
		width = **format == 'z' ? WIDTH_SIZE : width == WIDTH_LONG ? WIDTH_LONG_LONG : WIDTH_LONG;
	}
	return width;
}

static void put_signed(struct html *html, enum width width, va_list *arguments)
{
	char number[32];
	long long value = width == WIDTH_INT	     ? va_arg(*arguments, int)
			  : width == WIDTH_LONG	     ? va_arg(*arguments, long)
			  : width == WIDTH_LONG_LONG ? va_arg(*arguments, long long)
						     : (long long)va_arg(*arguments, ssize_t);

	(void)snprintf(number, sizeof(number), "%lld", value);
	put(html, number);
}

static void put_unsigned(struct html *html, enum width width, char conversion, va_list *arguments)
{
	char number[32];
	unsigned long long value = width == WIDTH_INT	      ? va_arg(*arguments, unsigned)
				   : width == WIDTH_LONG      ? va_arg(*arguments, unsigned long)
				   : width == WIDTH_LONG_LONG ? va_arg(*arguments, unsigned long long)
							      : va_arg(*arguments, size_t);

	(void)snprintf(number, sizeof(number), conversion == 'x' ? "%llx" : "%llu", value);
	put(html, number);
}

/* One conversion, behind its percent sign.  Returns what follows it. */
static const char *put_conversion(struct html *html, const char *format, va_list *arguments)
{
	enum width width = read_width(&format);

	switch (*format) {
	case 's':
		put_text(html, va_arg(*arguments, const char *), false);
		break;
	case 'd':
		put_signed(html, width, arguments);
		break;
	case 'u':
	case 'x':
		put_unsigned(html, width, *format, arguments);
		break;
	case '%':
		put(html, "%");
		break;
	default:
		abort(); /* a format is a literal of ours: this is a mistake in it */
	}
	return format + 1;
}

void html_print_format(struct html *html, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	while (*format != '\0') {
		size_t plain = strcspn(format, "%");
		html_octets(html, format, plain);
		format += plain;
		if (*format == '%') {
			format = put_conversion(html, format + 1, &arguments);
		}
	}
	va_end(arguments);
}
