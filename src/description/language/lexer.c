/* lexer.c - blanks, comments, names, numbers and marks.  Called by the parser; strings are in lexer_string.c.
 *
 * Looks at every octet once and keeps no text: tokens point into the source. */
#include "description/language/lexer.h"

#include <errno.h>
#include <string.h>

static const char *const marks[] = { "...", "..", "->", "!=", "<=", ">=", "<<", ">>" };

static const char single_marks[] = "{}()[];:,=<>+-*&.";

void lexer_init(struct lexer *lexer, const struct source *source, struct arena *arena, struct report *report)
{
	*lexer = (struct lexer){ .source = source, .arena = arena, .report = report, .line = 1 };
}

struct place lexer_place(const struct lexer *lexer, size_t offset)
{
	return (struct place){ .line = lexer->line, .column = (uint32_t)(offset - lexer->line_start + 1) };
}

void lexer_stop(struct lexer *lexer, int error)
{
	lexer->error = lexer->error != 0 ? lexer->error : error;
	lexer->cut = true;
	lexer->offset = lexer->source->size;
}

/* NUL behind the end, which no caller takes for a part of a token. */
static char octet_at(const struct lexer *lexer, size_t offset)
{
	return lexer->source->text[offset < lexer->source->size ? offset : lexer->source->size];
}

static bool starts_with(const struct lexer *lexer, const char *text)
{
	size_t size = strlen(text);

	return lexer->source->size - lexer->offset >= size &&
	       memcmp(lexer->source->text + lexer->offset, text, size) == 0;
}

static bool is_letter(char octet)
{
	return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z');
}

static bool is_digit(char octet)
{
	return octet >= '0' && octet <= '9';
}

bool lexer_is_word(char octet)
{
	return is_letter(octet) || is_digit(octet) || octet == '_';
}

static void step(struct lexer *lexer)
{
	if (lexer->source->text[lexer->offset++] == '\n') {
		lexer->line++;
		lexer->line_start = lexer->offset;
	}
}

static void skip_long_comment(struct lexer *lexer)
{
	struct place place = lexer_place(lexer, lexer->offset);

	lexer->offset += 2;
	while (lexer->offset < lexer->source->size) {
		if (starts_with(lexer, "*/")) {
			lexer->offset += 2;
			return;
		}
		step(lexer);
	}
	report_add(lexer->report, lexer->source, FINDING_ERROR, "syntax", place, NULL,
		   "comments do not nest: write \"*/\" where this one ends", "this comment is not closed");
	lexer_stop(lexer, 0);
}

static bool is_blank(char octet)
{
	return octet == ' ' || octet == '\t' || octet == '\n' || octet == '\r';
}

static void skip_blanks(struct lexer *lexer)
{
	while (lexer->offset < lexer->source->size) {
		if (is_blank(octet_at(lexer, lexer->offset))) {
			step(lexer);
		} else if (starts_with(lexer, "//")) {
			while (lexer->offset < lexer->source->size && octet_at(lexer, lexer->offset) != '\n') {
				lexer->offset++;
			}
		} else if (starts_with(lexer, "/*")) {
			skip_long_comment(lexer);
		} else {
			return;
		}
	}
}

static bool is_foreign(char octet)
{
	return (unsigned char)octet < ' ' || (unsigned char)octet >= 0x7F;
}

static const char *foreign_words(char octet)
{
	return octet == '\0'		      ? "a NUL octet"
	       : (unsigned char)octet >= 0x80 ? "an octet that is not ASCII"
					      : "a control character";
}

/* Octets that belong to nothing: one error for all that stand side by side. */
static void skip_stray(struct lexer *lexer)
{
	size_t start = lexer->offset;
	char octet = octet_at(lexer, start);

	if (is_foreign(octet)) {
		while (lexer->offset < lexer->source->size && is_foreign(octet_at(lexer, lexer->offset)) &&
		       !is_blank(octet_at(lexer, lexer->offset))) {
			lexer->offset++;
		}
		report_add(lexer->report, lexer->source, FINDING_ERROR, "syntax", lexer_place(lexer, start), NULL,
			   "outside strings and comments only ASCII stands; in a string write \\xHH",
			   "%s (0x%02X) outside a string", foreign_words(octet), (unsigned)(unsigned char)octet);
		return;
	}
	while (octet_at(lexer, lexer->offset) == octet) {
		lexer->offset++;
	}
	report_add(lexer->report, lexer->source, FINDING_ERROR, "syntax", lexer_place(lexer, start), NULL,
		   octet == '#'			  ? "comments begin with // here"
		   : octet == '|' || octet == '!' ? "the operators are: or and = != < <= > >= + - * & >> <<"
		   : octet == '/' || octet == '%' ? "there is no division; >> shifts to the right"
						  : "take it away",
		   "'%c' is no mark of the language", octet);
}

static void lex_name(struct lexer *lexer, struct token *token)
{
	while (lexer_is_word(octet_at(lexer, lexer->offset))) {
		lexer->offset++;
	}
	token->kind = TOKEN_NAME;
	if (lexer->offset - (size_t)(token->start - lexer->source->text) > NAME_OCTETS_MAX) {
		report_add(lexer->report, lexer->source, FINDING_ERROR, "syntax", token->place, NULL, "shorten it",
			   "this name has more than %d characters", NAME_OCTETS_MAX);
		lexer->error = lexer->error != 0 ? lexer->error : -E2BIG;
	}
}

static unsigned digit_value(char octet)
{
	return is_digit(octet) ? (unsigned)(octet - '0') : ((unsigned)octet | 0x20U) - 'a' + 10;
}

static bool is_digit_of(char octet, unsigned base)
{
	return (is_digit(octet) || is_letter(octet)) && digit_value(octet) < base;
}

/* False when the number is too large; all its digits are taken in any case. */
static bool take_digits(struct lexer *lexer, unsigned base, uint64_t *ret_number)
{
	const uint64_t maximum = (uint64_t)INT64_MAX + 1;
	uint64_t number = 0;
	bool fits = true;

	for (; is_digit_of(octet_at(lexer, lexer->offset), base); lexer->offset++) {
		unsigned digit = digit_value(octet_at(lexer, lexer->offset));
		fits = fits && number <= (maximum - digit) / base;
		number = fits ? number * base + digit : INT64_MAX;
	}
	*ret_number = number;
	return fits;
}

static uint64_t unit_ms(const char *unit, size_t size)
{
	static const struct {
		const char *word;
		uint64_t ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strlen(units[i].word) == size && memcmp(units[i].word, unit, size) == 0) {
			return units[i].ms;
		}
	}
	return 0;
}

static void report_too_large(struct lexer *lexer, struct token *token)
{
	token->number = INT64_MAX;
	report_add(lexer->report, lexer->source, FINDING_ERROR, "syntax", token->place, NULL,
		   "the largest is 9223372036854775807", "this number is too large");
}

/* What stands at the digits without a blank: nothing, a unit of time, or a mistake. */
static void lex_unit(struct lexer *lexer, struct token *token)
{
	const char *unit = lexer->source->text + lexer->offset;
	size_t start = lexer->offset;

	while (lexer_is_word(octet_at(lexer, lexer->offset))) {
		lexer->offset++;
	}
	if (lexer->offset == start) {
		return;
	}
	uint64_t ms = unit_ms(unit, lexer->offset - start);
	if (ms == 0) {
		report_add(lexer->report, lexer->source, FINDING_ERROR, "syntax", lexer_place(lexer, start), NULL,
			   "numbers are written 10, 0x0A or '\\n', times 100ms, 30s or 5m; names begin with a letter",
			   "letters stand directly behind a number");
		return;
	}
	token->kind = TOKEN_TIME;
	if (token->number > INT64_MAX / ms) {
		report_too_large(lexer, token);
	} else {
		token->number *= ms;
	}
}

static void lex_dotted(struct lexer *lexer, struct token *token)
{
	while (lexer_is_word(octet_at(lexer, lexer->offset)) || octet_at(lexer, lexer->offset) == '.') {
		lexer->offset++;
	}
	token->kind = TOKEN_DOTTED;
}

static void lex_number(struct lexer *lexer, struct token *token)
{
	char second = octet_at(lexer, lexer->offset + 1);
	bool hex = octet_at(lexer, lexer->offset) == '0' && (second == 'x' || second == 'X');

	token->kind = TOKEN_NUMBER;
	lexer->offset += hex ? 2 : 0;
	size_t first = lexer->offset;
	bool fits = take_digits(lexer, hex ? 16 : 10, &token->number);
	if (hex && lexer->offset == first) {
		report_add(lexer->report, lexer->source, FINDING_ERROR, "syntax", token->place, NULL,
			   "write the digits, as in 0x1F", "\"0x\" without hex digits behind it");
		while (lexer_is_word(octet_at(lexer, lexer->offset))) {
			lexer->offset++;
		}
	} else if (!hex && octet_at(lexer, lexer->offset) == '.' && lexer_is_word(octet_at(lexer, lexer->offset + 1))) {
		lex_dotted(lexer, token);
	} else if (!fits) {
		report_too_large(lexer, token);
	} else {
		lex_unit(lexer, token);
	}
}

/* Takes the mark at the offset; false if none stands there. */
static bool lex_mark(struct lexer *lexer, struct token *token)
{
	token->kind = TOKEN_MARK;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (starts_with(lexer, marks[i])) {
			lexer->offset += strlen(marks[i]);
			return true;
		}
	}
	char octet = octet_at(lexer, lexer->offset);
	if (octet == '\0' || strchr(single_marks, octet) == NULL) {
		return false;
	}
	lexer->offset++;
	return true;
}

/* False if no token stands at the offset. */
static bool lex_token(struct lexer *lexer, struct token *token)
{
	char octet = octet_at(lexer, lexer->offset);

	if (octet == 'x' && octet_at(lexer, lexer->offset + 1) == '"') {
		lexer_hex(lexer, token);
	} else if (is_letter(octet)) {
		lex_name(lexer, token);
	} else if (is_digit(octet)) {
		lex_number(lexer, token);
	} else if (octet == '\'') {
		lexer_character(lexer, token);
	} else if (starts_with(lexer, "\"\"\"")) {
		lexer_long_string(lexer, token);
	} else if (octet == '"') {
		lexer_string(lexer, token);
	} else {
		return lex_mark(lexer, token);
	}
	return true;
}

static void count_token(struct lexer *lexer, const struct token *token)
{
	if (++lexer->tokens > TOKENS_MAX) {
		report_add(lexer->report, lexer->source, FINDING_ERROR, "syntax", token->place, NULL, "divide the file",
			   "a file has at most %d words, numbers, strings and marks", TOKENS_MAX);
		lexer_stop(lexer, -E2BIG);
	}
}

struct token lexer_next(struct lexer *lexer)
{
	struct token token = { 0 };
	size_t errors = lexer->report->counts[FINDING_ERROR];

	for (;;) {
		skip_blanks(lexer);
		token.place = lexer_place(lexer, lexer->offset);
		token.start = lexer->source->text + lexer->offset;
		if (lexer->offset >= lexer->source->size) {
			token.kind = TOKEN_END;
			break;
		}
		if (lex_token(lexer, &token)) {
			count_token(lexer, &token);
			break;
		}
		skip_stray(lexer);
	}
	token.size = (size_t)(lexer->source->text + lexer->offset - token.start);
	token.end = lexer_place(lexer, lexer->offset);
	token.wrong = lexer->report->counts[FINDING_ERROR] > errors;
	return token;
}
