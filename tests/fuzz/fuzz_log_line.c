/* fuzz_log_line.c - any values make one line of printable ASCII from which they can be read back.
 *
 * The first octet chooses the format; the rest is values, with NUL between them.  They are read
 * back by code that shares nothing with log_line.c: the C library decodes UTF-8. */
#include <locale.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/log_line.h"

enum { VALUES = 3, INPUT_MAX = 8192 };

#define REQUIRE(condition)          \
	do {                        \
		if (!(condition)) { \
			abort();    \
		}                   \
	} while (0)

__attribute__((sentinel)) static size_t build(char *line, enum log_format format, const char *process, ...)
{
	va_list pairs;

	va_start(pairs, process);
	size_t size = log_line_build(line, LOG_LINE_MAX, format, LOG_LEVEL_INFO, 0, process, "fuzz", pairs);
	va_end(pairs);
	return size;
}

static void expect_text(const char **line, const char *text)
{
	REQUIRE(strncmp(*line, text, strlen(text)) == 0);
	*line += strlen(text);
}

static unsigned read_hex(const char **line, size_t digits)
{
	char text[5] = { 0 };
	char *end;

	memcpy(text, *line, digits);
	unsigned number = (unsigned)strtoul(text, &end, 16);
	REQUIRE(end == text + digits);
	*line += digits;
	return number;
}

/* What follows a backslash, by the rules of the format. */
static uint32_t read_escape(const char **line, bool is_json)
{
	char kind = *(*line)++;

	if (kind == '"' || kind == '\\') {
		return (uint32_t)kind;
	}
	if (!is_json) {
		REQUIRE(kind == 'x');
		return read_hex(line, 2);
	}
	REQUIRE(kind == 'u');
	uint32_t character = read_hex(line, 4);
	REQUIRE(character < 0xdc00 || character > 0xdfff);
	if (character >= 0xd800 && character <= 0xdbff) {
		expect_text(line, "\\u");
		uint32_t low = read_hex(line, 4);
		REQUIRE(low >= 0xdc00 && low <= 0xdfff);
		character = 0x10000 + ((character & 0x3ff) << 10) + (low & 0x3ff);
	}
	return character;
}

/* The next character that must come out: an octet in text, a code point in JSON. */
static uint32_t expected_character(const char **value, bool is_json)
{
	unsigned char first = (unsigned char)**value;
	mbstate_t state = { 0 };
	wchar_t character = 0;

	if (is_json) {
		size_t length = mbrtowc(&character, *value, strlen(*value), &state);
		bool is_surrogate = character >= 0xd800 && character <= 0xdfff;
		/* The C library takes more for UTF-8 than RFC 3629 does. */
		if (length <= 4 && character <= 0x10ffff && !is_surrogate) {
			*value += length;
			return (uint32_t)character;
		}
	}
	++*value;
	return first;
}

/* Compares the value that stands here, which may be only a beginning when the line was cut. */
static void check_value(const char **line, const char *value, bool is_json)
{
	bool quoted = **line == '"';
	const char *end = quoted ? "\"" : " \n";

	REQUIRE(quoted || !is_json);
	*line += quoted ? 1 : 0;
	while (strchr(end, **line) == NULL) {
		char character = *(*line)++;
		uint32_t found = (uint32_t)(unsigned char)character;
		REQUIRE(quoted || strchr("\"\\=", character) == NULL);
		if (character == '\\') {
			found = read_escape(line, is_json);
		}
		REQUIRE(*value != '\0' && found == expected_character(&value, is_json));
	}
	*line += quoted ? 1 : 0;
	const char *cut = is_json ? ",\"cut\":\"yes\"}\n" : " cut=yes\n";
	REQUIRE(*value == '\0' || strcmp(*line, cut) == 0);
}

static void check_line(const char *line, size_t size, bool is_json, const char *const *values)
{
	static const char *const keys[] = { "process", "event", "a", "b", NULL };
	const char *const expected[] = { values[0], "fuzz", values[1], values[2] };
	const char *const start = line;

	REQUIRE(size < LOG_LINE_MAX && strlen(line) == size && line[size - 1] == '\n');
	for (size_t i = 0; i < size - 1; i++) {
		REQUIRE(line[i] >= ' ' && line[i] <= '~');
	}
	line = strstr(line, is_json ? "\"level\":\"info\"" : "level=info");
	line += is_json ? strlen("\"level\":\"info\"") : strlen("level=info");
	for (size_t i = values[0][0] == '\0' ? 1 : 0; keys[i] != NULL; i++) {
		if (strncmp(line, is_json ? ",\"cut\"" : " cut=", 5) == 0) {
			break;
		}
		expect_text(&line, is_json ? ",\"" : " ");
		expect_text(&line, keys[i]);
		expect_text(&line, is_json ? "\":" : "=");
		check_value(&line, expected[i], is_json);
	}
	if (line != start + size - (is_json ? 2 : 1)) {
		expect_text(&line, is_json ? ",\"cut\":\"yes\"" : " cut=yes");
	}
	REQUIRE(strcmp(line, is_json ? "}\n" : "\n") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum log_format formats[] = { LOG_TEXT, LOG_TEXT_WITH_PRIORITY, LOG_JSON };
	char input[INPUT_MAX + VALUES] = { 0 };
	const char *values[VALUES] = { "", "", "" };
	char line[LOG_LINE_MAX];
	const char *next = input;

	if (size < 1 || size > INPUT_MAX) {
		return 0;
	}
	REQUIRE(setlocale(LC_CTYPE, "C.UTF-8") != NULL);
	enum log_format format = formats[data[0] % 3];
	memcpy(input, data + 1, size - 1);
	for (size_t i = 0; i < VALUES; i++) {
		values[i] = next;
		next += strlen(next) + 1;
	}
	size_t length = build(line, format, values[0], "a", values[1], "b", values[2], NULL);
	check_line(line, length, format == LOG_JSON, values);
	return 0;
}
