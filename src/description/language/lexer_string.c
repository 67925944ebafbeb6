/* lexer_string.c - strings, hex strings, single characters and long strings, with their escapes taken away.
 *
 * Called by lexer.c.  A string that is not closed ends before the first ';' of its line, since that is where its
 * quotation mark is missing in most cases. */
#include "description/language/lexer.h"

#include <errno.h>
#include <string.h>

static const char escape_help[] = "the escapes are \\n \\r \\t \\0 \\\\ \\\" \\' and \\xHH with two hex digits";

static void report_at(struct lexer *lexer, size_t offset, const char *help, const char *text)
{
	report_add(lexer->report, lexer->source, FINDING_ERROR, "syntax", lexer_place(lexer, offset), NULL, help, "%s",
		   text);
}

static uint8_t *take_octets(struct lexer *lexer, size_t size)
{
	uint8_t *octets = arena_take(lexer->arena, size + 1);

	if (octets == NULL) {
		lexer_stop(lexer, -ENOMEM);
	}
	return octets;
}

static int hex_value(char octet)
{
	return octet >= '0' && octet <= '9'			? octet - '0'
	       : (octet | 0x20) >= 'a' && (octet | 0x20) <= 'f' ? (octet | 0x20) - 'a' + 10
								: -1;
}

/* Where the string that was opened before `offset` is closed, or would be.  True: by `quote`. */
static bool find_end(const struct lexer *lexer, size_t offset, char quote, size_t *ret_end)
{
	const char *text = lexer->source->text;
	size_t guess = 0;

	for (; offset < lexer->source->size && text[offset] != '\n'; offset++) {
		if (text[offset] == quote) {
			*ret_end = offset;
			return true;
		}
		guess = guess == 0 && text[offset] == ';' ? offset : guess;
		offset += text[offset] == '\\' && offset + 1 < lexer->source->size && text[offset + 1] != '\n' ? 1 : 0;
	}
	*ret_end = guess != 0 ? guess : offset;
	return false;
}

/* The octet an escape stands for; `*offset` is at its backslash and will be behind it. */
static uint8_t take_escape(struct lexer *lexer, size_t *offset, size_t end)
{
	static const char letters[] = "nrt0\\\"'";
	static const char values[] = "\n\r\t\0\\\"'";
	const char *text = lexer->source->text;
	size_t start = *offset;
	char letter = start + 1 < end ? text[start + 1] : '\0';
	const char *found = letter != '\0' ? strchr(letters, letter) : NULL;

	if (found != NULL) {
		*offset += 2;
		return (uint8_t)values[found - letters];
	}
	if (letter == 'x' && start + 3 < end && hex_value(text[start + 2]) >= 0 && hex_value(text[start + 3]) >= 0) {
		*offset += 4;
		return (uint8_t)(hex_value(text[start + 2]) * 16 + hex_value(text[start + 3]));
	}
	report_at(lexer, start, escape_help, "no escape of the language begins like this");
	*offset += start + 1 < end ? 2 : 1;
	return '?';
}

static struct octets unescape(struct lexer *lexer, size_t start, size_t end)
{
	struct octets result = { (const uint8_t *)"", 0 };
	uint8_t *octets = take_octets(lexer, end - start);

	if (octets == NULL) {
		return result;
	}
	for (size_t offset = start; offset < end;) {
		char octet = lexer->source->text[offset];
		if (octet == '\\') {
			octets[result.size++] = take_escape(lexer, &offset, end);
			continue;
		}
		if (octet == '\0') {
			report_at(lexer, offset, "write \\0", "a NUL octet stands in a string");
		}
		octets[result.size++] = (uint8_t)octet;
		offset++;
	}
	result.start = octets;
	return result;
}

/* A quotation mark with a word directly behind it opens a string.  If that leaves a ';' in the string before it, that
 * one was not closed. */
static bool swallowed_opening(const struct lexer *lexer, size_t start, size_t *end)
{
	const char *text = lexer->source->text;
	const char *semicolon = memchr(text + start, ';', *end - start);

	if (semicolon == NULL || !lexer_is_word(text[*end + 1])) {
		return false;
	}
	*end = (size_t)(semicolon - text);
	return true;
}

void lexer_string(struct lexer *lexer, struct token *token)
{
	size_t start = lexer->offset + 1;
	size_t end;
	bool closed = find_end(lexer, start, '"', &end) && !swallowed_opening(lexer, start, &end);

	token->kind = TOKEN_STRING;
	if (!closed) {
		report_at(lexer, lexer->offset, "put a '\"' where the string ends; a line break in it is written \\n",
			  "this string is not closed on its line");
	}
	token->octets = unescape(lexer, start, end);
	lexer->offset = lexer->cut ? lexer->offset : end + (closed ? 1 : 0);
}

/* Reads pairs of hex digits; returns what is wrong, at `*ret_wrong`, or NULL. */
static const char *take_pairs(const char *text, size_t start, size_t end, uint8_t *octets, size_t *ret_size,
			      size_t *ret_wrong)
{
	size_t size = 0;

	for (size_t offset = start; offset < end; offset++) {
		if (text[offset] == ' ') {
			continue;
		}
		*ret_wrong = offset;
		if (hex_value(text[offset]) < 0) {
			return "this is no hex digit";
		}
		if (offset + 1 >= end || text[offset + 1] == ' ') {
			return "hex digits come in pairs; one is missing here";
		}
		*ret_wrong = offset + 1;
		if (hex_value(text[offset + 1]) < 0) {
			return "this is no hex digit";
		}
		octets[size++] = (uint8_t)(hex_value(text[offset]) * 16 + hex_value(text[offset + 1]));
		offset++;
	}
	*ret_size = size;
	return NULL;
}

void lexer_hex(struct lexer *lexer, struct token *token)
{
	size_t start = lexer->offset + 2;
	size_t end;
	size_t size = 0;
	size_t wrong;
	bool closed = find_end(lexer, start, '"', &end);

	token->kind = TOKEN_STRING;
	token->octets = (struct octets){ (const uint8_t *)"", 0 };
	uint8_t *octets = take_octets(lexer, (end - start) / 2 + 1);
	if (octets == NULL) {
		return;
	}
	const char *text = take_pairs(lexer->source->text, start, end, octets, &size, &wrong);
	if (!closed) {
		report_at(lexer, lexer->offset, "put a '\"' behind the last digit",
			  "this hex string is not closed on its line");
	} else if (text != NULL) {
		report_at(lexer, wrong, "a hex string is like x\"0D 0A\"", text);
	}
	token->octets = (struct octets){ octets, size > 0 || text == NULL ? size : 1 };
	lexer->offset = end + (closed ? 1 : 0);
}

void lexer_character(struct lexer *lexer, struct token *token)
{
	const char *text = lexer->source->text;
	size_t offset = lexer->offset + 1;
	size_t end;
	bool closed = find_end(lexer, offset, '\'', &end);

	token->kind = TOKEN_NUMBER;
	if (!closed) {
		report_at(lexer, lexer->offset, "one character stands between single quotes, like 'A' or '\\n'",
			  "this character is not closed");
		end = offset < lexer->source->size && text[offset] != '\n' ? offset + 1 : offset;
	} else if (offset < end) {
		token->number = (uint8_t)text[offset];
		if (text[offset] == '\\') {
			token->number = take_escape(lexer, &offset, end);
		} else {
			offset++;
		}
	}
	if (closed && (offset != end || end == lexer->offset + 1)) {
		report_at(lexer, lexer->offset, "a string stands in double quotes, like \"text\"",
			  "exactly one character stands between single quotes");
	}
	lexer->offset = end + (closed ? 1 : 0);
}

/* ---- long strings ---- */

static bool is_space(char octet)
{
	return octet == ' ' || octet == '\t' || octet == '\r';
}

static size_t blanks_at(const char *start, const char *end)
{
	const char *at = start;

	while (at < end && is_space(*at)) {
		at++;
	}
	return (size_t)(at - start);
}

static const char *line_end(const char *start, const char *end)
{
	const char *newline = memchr(start, '\n', (size_t)(end - start));

	return newline != NULL ? newline : end;
}

static size_t common_size(const char *a, size_t a_size, const char *b, size_t b_size)
{
	size_t size = 0;

	while (size < a_size && size < b_size && a[size] == b[size]) {
		size++;
	}
	return size;
}

/* The octets all lines that are not blank begin with. */
static size_t common_indentation(const char *start, const char *end)
{
	const char *first = NULL;
	size_t common = 0;

	for (const char *line = start; line < end; line = line_end(line, end) + 1) {
		size_t blanks = blanks_at(line, line_end(line, end));
		if (line + blanks == line_end(line, end)) {
			continue;
		}
		common = first == NULL ? blanks : common_size(first, common, line, blanks);
		first = first == NULL ? line : first;
	}
	return common;
}

/* Copies the lines without their common indentation, and without CR before LF. */
static size_t copy_lines(const char *start, const char *end, uint8_t *octets)
{
	size_t indentation = common_indentation(start, end);
	size_t size = 0;

	for (const char *line = start; line < end;) {
		const char *stop = line_end(line, end);
		const char *last = stop > line && stop[-1] == '\r' ? stop - 1 : stop;
		size_t blanks = blanks_at(line, last);
		line += blanks < indentation ? blanks : indentation;
		memcpy(octets + size, line, (size_t)(last - line));
		size += (size_t)(last - line);
		if (stop < end) {
			octets[size++] = '\n';
		}
		line = stop + 1;
	}
	return size;
}

/* Takes away the line break behind the opening marks, and the one before the closing marks. */
static void trim_ends(const char **start, const char **end)
{
	size_t blanks = blanks_at(*start, *end);
	const char *last = *end;

	if (*start + blanks < *end && (*start)[blanks] == '\n') {
		*start += blanks + 1;
	}
	while (last > *start && is_space(last[-1])) {
		last--;
	}
	if (last > *start && last[-1] == '\n') {
		*end = last - 1;
	} else if (last == *start) {
		*end = last;
	}
}

static void count_lines(struct lexer *lexer, size_t end)
{
	for (; lexer->offset < end; lexer->offset++) {
		if (lexer->source->text[lexer->offset] == '\n') {
			lexer->line++;
			lexer->line_start = lexer->offset + 1;
		}
	}
}

void lexer_long_string(struct lexer *lexer, struct token *token)
{
	const char *start = lexer->source->text + lexer->offset + 3;
	size_t rest = lexer->source->size - lexer->offset - 3;
	const char *end = memmem(start, rest, "\"\"\"", 3);

	token->kind = TOKEN_LONG_STRING;
	token->octets = (struct octets){ (const uint8_t *)"", 0 };
	if (end == NULL) {
		report_at(lexer, lexer->offset, "write \"\"\" again where the text ends", "this text is not closed");
		lexer_stop(lexer, 0);
		return;
	}
	uint8_t *octets = take_octets(lexer, (size_t)(end - start));
	if (octets == NULL) {
		return;
	}
	size_t behind = (size_t)(end - lexer->source->text) + 3;
	trim_ends(&start, &end);
	token->octets = (struct octets){ octets, copy_lines(start, end, octets) };
	count_lines(lexer, behind);
}
