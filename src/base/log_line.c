/* log_line.c - one event as one line of key=value or of JSON.
 *
 * Called by os/log.c only.  Values come from anywhere, clients included, so a line is printable
 * ASCII whatever they hold: neither a terminal nor a program that splits lines can be misled by it.
 *
 * What is held back: the last octets of the buffer are kept free for what ends a line (a quote, the
 * word that it was cut, brace and newline), so that a line too long is cut within a value and still
 * can be read by a program. */
#include "base/log_line.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/moment.h"
#include "base/text.h"
#include "base/utf8.h"

enum { UNIT_MAX = 12 }; /* octets of the longest escape, a surrogate pair */

static const char cut_text[] = " cut=yes";
static const char cut_json[] = ",\"cut\":\"yes\"";

/* A quote, the longer one of the two above with its NUL, a brace and a newline. */
enum { RESERVE = sizeof(cut_json) + 3 };

struct line {
	struct text text;
	bool is_json;
	size_t fields;
};

/* ---- values ---- */

static size_t put_hex(char *unit, char kind, uint32_t number, size_t digits)
{
	unit[0] = '\\';
	unit[1] = kind;
	for (size_t i = 0; i < digits; i++) {
		unit[2 + i] = "0123456789abcdef"[number >> (4 * (digits - 1 - i)) & 0xf];
	}
	return 2 + digits;
}

enum { UTF8_MAX = 4 };

/* An octet that belongs to no character is one by itself.  The NUL at the end is never read past. */
static size_t read_character(const unsigned char *bytes, uint32_t *ret_character)
{
	const char *octets = (const char *)bytes;
	size_t size = utf8_read(octets, strnlen(octets, UTF8_MAX), ret_character);

	if (size == 0) {
		*ret_character = bytes[0];
		return 1;
	}
	return size;
}

static size_t json_unit(char *unit, uint32_t character)
{
	if (character < 0x10000) {
		return put_hex(unit, 'u', character, 4);
	}
	size_t size = put_hex(unit, 'u', 0xd7c0 + (character >> 10), 4);
	return size + put_hex(unit + size, 'u', 0xdc00 + (character & 0x3ff), 4);
}

static bool is_printable(unsigned char byte)
{
	return byte >= ' ' && byte <= '~';
}

/* Puts one unit (a character or an octet, escaped if need be) in full or not at all. */
static size_t put_unit(struct line *line, const unsigned char *bytes)
{
	char unit[UNIT_MAX];
	size_t taken = 1;
	size_t size = 0;

	if (bytes[0] == '"' || bytes[0] == '\\') {
		unit[size++] = '\\';
	}
	if (is_printable(bytes[0])) {
		unit[size++] = (char)bytes[0];
	} else if (line->is_json) {
		uint32_t character;
		taken = read_character(bytes, &character);
		size = json_unit(unit, character);
	} else {
		size = put_hex(unit, 'x', bytes[0], 2);
	}
	text_put_bytes(&line->text, unit, size);
	return taken;
}

static bool must_quote(const struct line *line, const char *value)
{
	if (line->is_json || *value == '\0') {
		return true;
	}
	for (; *value != '\0'; value++) {
		if (!is_printable((unsigned char)*value) || strchr(" \"\\=", *value) != NULL) {
			return true;
		}
	}
	return false;
}

static void put_value(struct line *line, const char *value)
{
	const unsigned char *bytes = (const unsigned char *)value;

	while (*bytes != '\0' && !line->text.cut) {
		bytes += put_unit(line, bytes);
	}
}

/* ---- fields ---- */

static void put_key(struct line *line, const char *key, bool quote)
{
	if (line->is_json) {
		text_put(&line->text, line->fields == 0 ? "{\"" : ",\"");
		text_put(&line->text, key);
		text_put(&line->text, "\":\"");
		return;
	}
	text_put(&line->text, line->fields == 0 ? "" : " ");
	text_put(&line->text, key);
	text_put(&line->text, quote ? "=\"" : "=");
}

static void put_field(struct line *line, const char *key, const char *value)
{
	size_t before = line->text.used;
	bool quote = must_quote(line, value);

	if (line->text.cut) {
		return;
	}
	put_key(line, key, quote);
	if (line->text.cut) {
		/* Half a key is none. */
		line->text.used = before;
		return;
	}
	line->fields++;
	put_value(line, value);
	if (quote) {
		line->text.size++;
		text_put_char(&line->text, '"');
		line->text.size--;
	}
}

static void put_digits(struct text *text, unsigned number, unsigned least, char behind)
{
	for (; least >= 10 && number < least; least /= 10) {
		text_put_char(text, '0');
	}
	text_put_unsigned(text, number);
	text_put_char(text, behind);
}

/* RFC 3339, to the millisecond. */
static void put_time(struct line *line, uint64_t time_ms)
{
	char buffer[64];
	char moment[MOMENT_SIZE] = "";
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	(void)moment_write((int64_t)(time_ms / 1000), moment);
	text_put_bytes(&text, moment, strcspn(moment, "Z"));
	text_put_char(&text, '.');
	put_digits(&text, (unsigned)(time_ms % 1000), 100, 'Z');
	put_field(line, "time", buffer);
}

static size_t end_line(struct line *line, size_t size)
{
	bool cut = line->text.cut;

	line->text.size = size;
	if (cut) {
		text_put(&line->text, line->is_json ? cut_json : cut_text);
	}
	text_put(&line->text, line->is_json ? "}\n" : "\n");
	return line->text.used;
}

size_t log_line_build(char *buffer, size_t size, enum log_format format, enum log_level level, uint64_t time_ms,
		      const char *process, const char *event, va_list pairs)
{
	static const char *const levels[] = {
		[LOG_LEVEL_ERROR] = "error",
		[LOG_LEVEL_WARNING] = "warning",
		[LOG_LEVEL_INFO] = "info",
		[LOG_LEVEL_DEBUG] = "debug",
	};
	struct line line = { .is_json = format == LOG_JSON };
	const char *key;
	const char *value;

	assert(size >= LOG_LINE_MIN);
	text_init(&line.text, buffer, size - RESERVE);
	if (format == LOG_TEXT_WITH_PRIORITY) {
		text_put_char(&line.text, '<');
		put_digits(&line.text, level, 1, '>');
	} else {
		put_time(&line, time_ms);
	}
	put_field(&line, "level", levels[level]);
	if (*process != '\0') {
		put_field(&line, "process", process);
	}
	put_field(&line, "event", event);
	while ((key = va_arg(pairs, const char *)) != NULL && (value = va_arg(pairs, const char *)) != NULL) {
		put_field(&line, key, value);
	}
	return end_line(&line, size);
}
