/* parse.c - tokens, errors, and how reading goes on behind one.  Called by the other parts of the parser.
 *
 * One mistake shall be one error.  So an element that failed is skipped as a whole, a missing ';' or brace is taken as
 * given and the next element's errors are kept back, and a word that only an outer block can begin with ends all blocks
 * that were not closed. */
#include "description/language/parse.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "config/nearest.h"

enum { WORDS_MAX = 512 };

static_assert(sizeof(struct item) <= SPARE_SIZE && sizeof(struct protocol) <= SPARE_SIZE,
	      "the spare piece can be any part of a tree");

static void note_error(struct parser *parser, int error)
{
	parser->error = parser->error != 0 ? parser->error : error;
}

void parse_advance(struct parser *parser)
{
	parser->behind = parser->current.end;
	parser->current = parser->ahead;
	parser->ahead = lexer_next(&parser->lexer);
	parser->quiet = parser->quiet || parser->current.wrong;
	if (parser->lexer.error != 0) {
		note_error(parser, parser->lexer.error);
	}
}

void parse_init(struct parser *parser, struct tree *tree, struct report *report)
{
	*parser = (struct parser){ .tree = tree, .report = report, .applications_tail = &tree->applications };
	symbols_init(&parser->damaged, &parser->scratch);
	lexer_init(&parser->lexer, &tree->source, &tree->arena, report);
	parse_advance(parser);
	parse_advance(parser);
}

void parse_finish(struct parser *parser)
{
	symbols_finish(&parser->damaged);
	arena_finish(&parser->scratch);
}

static void stop_without_memory(struct parser *parser)
{
	note_error(parser, -ENOMEM);
	lexer_stop(&parser->lexer, -ENOMEM);
	parser->current = lexer_next(&parser->lexer);
	parser->ahead = parser->current;
}

void *parse_take(struct parser *parser, size_t size)
{
	void *piece = arena_take(&parser->tree->arena, size);

	if (piece == NULL) {
		stop_without_memory(parser);
		memset(parser->spare, 0, sizeof(parser->spare));
		piece = parser->spare;
	}
	return piece;
}

const char *parse_text(struct parser *parser, const struct token *token)
{
	const char *text = arena_text(&parser->tree->arena, token->start, token->size);

	if (text == NULL) {
		stop_without_memory(parser);
		return "";
	}
	return text;
}

/* ---- tokens ---- */

static bool is_text(const struct token *token, enum token_kind kind, const char *text)
{
	return token->kind == kind && token->size == strlen(text) && memcmp(token->start, text, token->size) == 0;
}

bool parse_is_mark(const struct token *token, const char *mark)
{
	return is_text(token, TOKEN_MARK, mark);
}

bool parse_is_word(const struct token *token, const char *word)
{
	return is_text(token, TOKEN_NAME, word);
}

bool parse_at_mark(const struct parser *parser, const char *mark)
{
	return parse_is_mark(&parser->current, mark);
}

bool parse_at_word(const struct parser *parser, const char *word)
{
	return parse_is_word(&parser->current, word);
}

bool parse_take_mark(struct parser *parser, const char *mark)
{
	bool at = parse_at_mark(parser, mark);

	if (at) {
		parse_advance(parser);
	}
	return at;
}

bool parse_take_word(struct parser *parser, const char *word)
{
	bool at = parse_at_word(parser, word);

	if (at) {
		parse_advance(parser);
	}
	return at;
}

/* ---- errors ---- */

/* True if an error would not be shown: it follows from another, or there are too many. */
static bool is_silent(const struct parser *parser)
{
	return parser->failed || parser->quiet || parser->lexer.cut ||
	       parser->report->counts[FINDING_ERROR] >= FINDINGS_MAX;
}

const char *parse_found(struct parser *parser)
{
	const struct token *token = &parser->current;

	if (is_silent(parser)) {
		return "";
	}
	switch (token->kind) {
	case TOKEN_END:
		return "the end of the file";
	case TOKEN_STRING:
		return "a string";
	case TOKEN_LONG_STRING:
		return "a text in \"\"\"";
	case TOKEN_NUMBER:
	case TOKEN_TIME:
	case TOKEN_DOTTED:
	case TOKEN_NAME:
	case TOKEN_MARK:
		break;
	}
	return report_text(parser->report, "'%.*s'",
			   (int)(token->size < NAME_OCTETS_MAX ? token->size : NAME_OCTETS_MAX), token->start);
}

/* The word of `words`, a list with blanks between, that the token probably meant; or NULL. */
static const char *nearest_word(struct parser *parser, const struct token *token, const char *words)
{
	char word[NAME_OCTETS_MAX + 1];
	char list[WORDS_MAX];
	struct nearest nearest;
	char *rest = NULL;

	if (is_silent(parser) || token->kind != TOKEN_NAME || token->size > NAME_OCTETS_MAX ||
	    strlen(words) >= sizeof(list)) {
		return NULL;
	}
	memcpy(word, token->start, token->size);
	word[token->size] = '\0';
	memcpy(list, words, strlen(words) + 1);
	nearest_init(&nearest, word);
	for (char *one = strtok_r(list, " ", &rest); one != NULL; one = strtok_r(NULL, " ", &rest)) {
		nearest_try(&nearest, one);
	}
	return nearest.best != NULL ? report_text(parser->report, "%s", nearest.best) : NULL;
}

const char *parse_hint(struct parser *parser, const struct token *token, const char *words, const char *otherwise)
{
	const char *word = nearest_word(parser, token, words);

	return word != NULL ? report_text(parser->report, "did you mean \"%s\"?", word) : otherwise;
}

__attribute__((format(printf, 5, 0))) static void add_error(struct parser *parser, const char *id, struct place place,
							    const char *help, const char *format, va_list arguments)
{
	char text[WORDS_MAX];

	if (parser->failed || parser->quiet || parser->lexer.cut) {
		return;
	}
	(void)vsnprintf(text, sizeof(text), format, arguments);
	report_add(parser->report, &parser->tree->source, FINDING_ERROR, id, place, NULL, help, "%s", text);
}

void parse_error(struct parser *parser, struct place place, const char *help, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add_error(parser, "syntax", place, help, format, arguments);
	va_end(arguments);
}

void parse_wrong(struct parser *parser, const char *id, struct place place, const char *help, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add_error(parser, id, place, help, format, arguments);
	va_end(arguments);
}

void parse_fail(struct parser *parser, const char *help, const char *expected)
{
	parse_error(parser, parser->current.place, help, "%s is expected here, not %s", expected, parse_found(parser));
	parser->failed = true;
}

void parse_limit(struct parser *parser, struct place place, const char *help, const char *text, int maximum)
{
	parse_error(parser, place, help, "%s (at most %d)", text, maximum);
	note_error(parser, -E2BIG);
}

const char *parse_name(struct parser *parser, const char *expected)
{
	if (parser->current.kind != TOKEN_NAME) {
		parse_fail(parser, NULL, expected);
		return "";
	}
	const char *name = parse_text(parser, &parser->current);
	parse_advance(parser);
	return name;
}

bool parse_expect(struct parser *parser, const char *mark, const char *expected)
{
	if (!parse_take_mark(parser, mark)) {
		parse_fail(parser, NULL, expected);
		return false;
	}
	return true;
}

void parse_semicolon(struct parser *parser, const char *words)
{
	if (parser->failed || parse_take_mark(parser, ";")) {
		return;
	}
	bool beside = parser->current.place.line == parser->behind.line && !parse_is_mark(&parser->ahead, ":");
	const char *word = beside ? nearest_word(parser, &parser->current, words) : NULL;
	if (word != NULL) {
		parse_error(parser, parser->current.place, report_text(parser->report, "did you mean \"%s\"?", word),
			    "%s cannot stand here", parse_found(parser));
		parser->failed = true;
		return;
	}
	parse_error(parser, parser->behind, "write ';' here", "a ';' is missing");
	parser->inserted = true;
}

/* ---- elements between braces ---- */

static bool is_one_of(const struct token *token, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (parse_is_word(token, words[i])) {
			return true;
		}
	}
	return false;
}

#define IS_ONE_OF(token, words) is_one_of((token), (words), sizeof(words) / sizeof((words)[0]))

static bool starts_named(const struct parser *parser, const char *word)
{
	return parse_at_word(parser, word) && parser->ahead.kind == TOKEN_NAME;
}

bool parse_at_section(const struct parser *parser)
{
	static const char *const sections[] = { "opcodes", "formats", "types", "sequences", "functions", "rendezvous" };

	return IS_ONE_OF(&parser->current, sections) && parse_is_mark(&parser->ahead, "{");
}

static bool starts_file_entry(const struct parser *parser)
{
	static const char *const kinds[] = { "user", "system", "relocation", "name" };

	return starts_named(parser, "protocol") ||
	       (parse_at_word(parser, "application") && IS_ONE_OF(&parser->ahead, kinds));
}

static bool starts_message(const struct parser *parser)
{
	static const char *const kinds[] = { "request", "reply", "cancel", "interrupt", "notice", "data" };

	return parse_at_role(&parser->current) && IS_ONE_OF(&parser->ahead, kinds);
}

bool parse_at_entry_of(const struct parser *parser, const char *section)
{
	if (strcmp(section, "types") == 0) {
		return starts_message(parser);
	}
	return (strcmp(section, "formats") == 0 && starts_named(parser, "format")) ||
	       (strcmp(section, "sequences") == 0 && starts_named(parser, "state")) ||
	       (strcmp(section, "functions") == 0 && starts_named(parser, "function"));
}

/* True at what only a block around this one can hold: its '}' is missing then. */
static bool starts_outside(const struct parser *parser, enum parse_level level)
{
	if ((level > LEVEL_FILE && starts_file_entry(parser)) || (level > LEVEL_PROTOCOL && parse_at_section(parser))) {
		return true;
	}
	switch (level) {
	case LEVEL_CODES:
		return parser->current.kind == TOKEN_NAME && parse_is_mark(&parser->ahead, ":");
	case LEVEL_RULES:
		return starts_named(parser, "state") ||
		       (parse_at_word(parser, "always") && parse_is_mark(&parser->ahead, "{"));
	case LEVEL_ITEMS:
		return starts_message(parser) || starts_named(parser, "format");
	case LEVEL_FILE:
	case LEVEL_PROTOCOL:
	case LEVEL_ANSWERS:
	case LEVEL_SECTION:
		break;
	}
	return false;
}

/* The words of a text that was not understood.  They may have been declarations. */
static void note_damage(struct parser *parser, const char *start, const char *end)
{
	void *other;

	while (start < end && parser->error == 0) {
		const char *word = start;
		while (start < end && lexer_is_word(*start)) {
			start++;
		}
		if (start > word &&
		    symbols_add(&parser->damaged, NULL, word, (size_t)(start - word), parser, &other) < 0) {
			stop_without_memory(parser);
		}
		start += start == word ? 1 : 0;
	}
}

/* What follows a mistake outside all blocks makes no sense before the next protocol, application or section. */
static void skip_file_entry(struct parser *parser, const struct parse_block *block)
{
	if (parser->current.start == block->element) {
		parse_advance(parser);
	}
	while (parser->current.kind != TOKEN_END && !starts_file_entry(parser) && !parse_at_section(parser)) {
		parse_advance(parser);
	}
}

/* Goes to the end of the element being read: behind its ';' or '}', or to what cannot belong to it. */
static void skip_element(struct parser *parser, const struct parse_block *block)
{
	size_t depth = 0;

	while (parser->current.kind != TOKEN_END && !starts_outside(parser, block->level)) {
		bool closes = parse_at_mark(parser, "}");
		bool ends = parse_at_mark(parser, ";");
		if (closes && depth == 0 && block->braces) {
			return;
		}
		depth += parse_at_mark(parser, "{") ? 1 : 0;
		depth -= closes && depth > 0 ? 1 : 0;
		parse_advance(parser);
		if (depth == 0 && ends) {
			return;
		}
		if (depth == 0 && closes && !parse_at_word(parser, "else")) {
			(void)parse_take_mark(parser, ";");
			return;
		}
	}
}

static void recover(struct parser *parser, const struct parse_block *block)
{
	if (block->level == LEVEL_FILE) {
		skip_file_entry(parser, block);
	} else {
		skip_element(parser, block);
	}
	note_damage(parser, block->element, parser->current.start);
	parser->astray = parser->astray || block->level <= LEVEL_SECTION;
	parser->failed = false;
	parser->inserted = false;
}

/* True if a '{' comes in this line, and what stands before it is no item. */
static bool comes_open(const struct parser *parser)
{
	static const char *const items[] = { "sized", "maybe", "switch", "repeat", "within", "if", "bits", "state" };
	const char *end = parser->tree->source.text + parser->tree->source.size;
	const char *at = parser->current.start;

	if (parse_is_mark(&parser->ahead, ":") || IS_ONE_OF(&parser->current, items) ||
	    parse_at_role(&parser->current)) {
		return false;
	}
	while (at < end && strchr("{};\n", *at) == NULL) {
		at++;
	}
	return at < end && *at == '{';
}

/* Goes to the '{' in the line, or takes it as given. */
static void miss_open(struct parser *parser, struct parse_block *block, const char *what)
{
	uint32_t line = parser->current.place.line;

	if (!comes_open(parser)) {
		block->open = parser->behind;
		parse_error(parser, parser->behind, "write '{' here", "the '{' of %s is missing", what);
		parser->inserted = true;
		return;
	}
	parse_error(parser, parser->current.place, NULL, "the '{' of %s is expected here, not %s", what,
		    parse_found(parser));
	while (!parse_at_mark(parser, "{") && parser->current.place.line == line && parser->current.kind != TOKEN_END) {
		parse_advance(parser);
	}
	block->open = parser->current.place;
	parser->inserted = !parse_take_mark(parser, "{");
}

struct parse_block parse_block_open(struct parser *parser, enum parse_level level, const char *what)
{
	struct parse_block block = { .level = level, .open = parser->current.place, .braces = true };

	if (parser->failed) {
		block.over = true;
		return block;
	}
	parser->depth++;
	if (parser->depth > NESTING_MAX) {
		parse_limit(parser, parser->current.place, "use a format for the inner part",
			    "blocks stand too deep in blocks", NESTING_MAX);
		parser->failed = true;
	} else if (parse_at_mark(parser, ";")) {
		parse_error(parser, parser->current.place, "write { } for an empty one", "%s has no block", what);
		parse_advance(parser);
		block.over = true;
	} else if (!parse_take_mark(parser, "{")) {
		miss_open(parser, &block, what);
	}
	block.over = block.over || parser->failed;
	if (block.over) {
		parser->depth--;
	}
	return block;
}

struct parse_block parse_block_resume(struct parser *parser, enum parse_level level, const char *what)
{
	if (!parser->astray) {
		parse_error(parser, parser->current.place, "a '}' too many stands before", "%s was closed already",
			    what);
	}
	parser->astray = false;
	parser->depth++;
	return (struct parse_block){ .level = level, .open = parser->current.place, .braces = true };
}

static void report_unclosed(struct parser *parser, const struct parse_block *block)
{
	if (parser->unclosed != parser->current.start) {
		parse_error(parser, parser->behind,
			    report_text(parser->report, "it closes the '{' in line %u, column %u",
					(unsigned)block->open.line, (unsigned)block->open.column),
			    "a '}' is missing before %s", parse_found(parser));
	}
	parser->unclosed = parser->current.start;
}

bool parse_block_more(struct parser *parser, struct parse_block *block)
{
	if (block->over) {
		return false;
	}
	if (parser->failed) {
		recover(parser, block);
	} else if (parser->quiet && block->element != NULL) {
		note_damage(parser, block->element, parser->current.start);
	}
	parser->quiet = parser->inserted || parser->current.wrong;
	parser->inserted = false;
	block->element = parser->current.start;
	bool ends = parser->current.kind == TOKEN_END || starts_outside(parser, block->level);
	if (!ends && !(block->braces && parse_at_mark(parser, "}"))) {
		return true;
	}
	parser->depth -= block->braces ? 1 : 0;
	if (parse_take_mark(parser, "}")) {
		parser->quiet = parser->current.wrong;
	} else if (block->braces) {
		report_unclosed(parser, block);
	}
	return false;
}
