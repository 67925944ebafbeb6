/* parse_file.c - the file, protocols with their headers, and op-code sets.  Called by tree.c. */
#include <string.h>

#include "description/language/parse.h"

static const char section_words[] =
	"opcodes formats types sequences functions rendezvous title short reference contact version transport port "
	"byteorder broadcast multicast";

static const char header_words[] =
	" title short reference contact version transport port byteorder broadcast multicast ";

/* ---- op-code sets ---- */

static struct code *parse_code(struct parser *parser, const struct code_set *set)
{
	struct code *code = parse_take(parser, sizeof(*code));

	code->place = parser->current.place;
	code->name = parse_name(parser, "a code like \"read = 1\", or \"...\" for others that may come,");
	if (parser->failed || !parse_expect(parser, "=", "'=' and the code's value")) {
		return code;
	}
	if (parser->current.kind != TOKEN_STRING) {
		if (set->is_text) {
			parse_wrong(parser, "E1", parser->current.place, "write it in quotes, like \"GET\"",
				    "%s is a text set, so its codes are strings", set->name);
		}
		code->number = parse_integer(parser, set->is_text ? "a string" : "the code's number");
		return code;
	}
	if (!set->is_text) {
		parse_wrong(parser, "E1", parser->current.place, "write a number, or make the set one of text",
			    "the codes of %s are numbers", set->name);
	}
	code->text = parser->current.octets;
	parse_advance(parser);
	return code;
}

static void parse_codes(struct parser *parser, struct code_set *set)
{
	struct parse_block block = parse_block_open(parser, LEVEL_CODES, "the op-code set");
	struct code **tail = &set->codes;

	while (parse_block_more(parser, &block)) {
		if (parse_take_mark(parser, "...")) {
			set->open = true;
		} else {
			struct code *code = parse_code(parser, set);
			if (!parser->failed) {
				PARSE_APPEND(tail, code);
			}
		}
		if (!parser->failed) {
			(void)parse_take_mark(parser, ",");
		}
	}
}

static struct code_set *parse_code_set(struct parser *parser)
{
	struct code_set *set = parse_take(parser, sizeof(*set));

	set->place = parser->current.place;
	set->name = parse_name(parser, "the name of an op-code set");
	if (parser->failed || !parse_expect(parser, ":", "':' and u8, u16, u24, u32, u64, decimal or text")) {
		return set;
	}
	set->is_text = parse_take_word(parser, "text");
	if (!set->is_text) {
		set->number = parse_number_type(parser);
	}
	struct place place = parser->current.place;
	set->nocase = !parser->failed && parse_take_word(parser, "nocase");
	if (set->nocase && !set->is_text) {
		parse_error(parser, place, "take it away", "\"nocase\" belongs to sets of text");
	}
	parse_codes(parser, set);
	return set;
}

void parse_opcodes(struct parser *parser, struct parse_block *block)
{
	while (parse_block_more(parser, block)) {
		struct code_set *set = parse_code_set(parser);
		if (!parser->failed) {
			PARSE_APPEND(parser->tails.code_sets, set);
		}
	}
}

/* ---- headers ---- */

static const char *answer_text(const struct answer *answer)
{
	return answer->kind == ANSWER_NAME ? (const char *)answer->text.start : "";
}

static void apply_transport(struct parser *parser, const struct entry *entry)
{
	static const char *const words[] = { "tcp", "udp", "sctp", "dccp" };

	for (const struct answer *answer = entry->answers; answer != NULL; answer = answer->next) {
		unsigned found = 0;
		for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			found |= strcmp(words[i], answer_text(answer)) == 0 ? 1U << i : 0;
		}
		if (found == 0) {
			parse_error(parser, answer->place, "write tcp, udp, sctp or dccp, with commas between",
				    "this is no transport protocol");
		}
		parser->protocol->transports |= found;
	}
}

static void apply_byteorder(struct parser *parser, const struct entry *entry)
{
	const char *word = answer_text(entry->answers);

	parser->protocol->little = strcmp(word, "little") == 0;
	if ((!parser->protocol->little && strcmp(word, "big") != 0) || entry->answers->next != NULL) {
		parse_error(parser, entry->answers->place, "write \"big\" or \"little\"", "this is no order of octets");
	}
}

static void check_kind(struct parser *parser, const struct entry *entry)
{
	static const char strings[] = " title short reference contact ";
	char key[NAME_OCTETS_MAX + 3];

	(void)snprintf(key, sizeof(key), " %.*s ", NAME_OCTETS_MAX, entry->key);
	if (strstr(strings, key) != NULL && entry->answers->kind != ANSWER_TEXT) {
		parse_error(parser, entry->answers->place, "write it in quotes", "\"%s\" takes a string", entry->key);
	} else if (strcmp(entry->key, "port") == 0 && entry->answers->kind != ANSWER_NUMBER) {
		parse_error(parser, entry->answers->place, "write a number from 1 to 65535", "\"port\" takes a number");
	}
}

static struct entry *parse_header(struct parser *parser)
{
	struct entry *entry = parse_take(parser, sizeof(*entry));

	entry->place = parser->current.place;
	entry->key = parse_name(parser, "a header");
	entry->answers = parse_answers(parser, entry->key);
	if (parser->failed || entry->answers == NULL) {
		return entry;
	}
	check_kind(parser, entry);
	if (strcmp(entry->key, "transport") == 0) {
		apply_transport(parser, entry);
	} else if (strcmp(entry->key, "byteorder") == 0) {
		apply_byteorder(parser, entry);
	}
	return entry;
}

/* ---- protocols ---- */

static bool at_header(const struct parser *parser)
{
	char key[NAME_OCTETS_MAX + 3];

	if (parser->current.kind != TOKEN_NAME || parser->current.size > NAME_OCTETS_MAX) {
		return false;
	}
	(void)snprintf(key, sizeof(key), " %.*s ", (int)parser->current.size, parser->current.start);
	return strstr(header_words, key) != NULL;
}

static const struct {
	const char *word;
	const char *what;
	void (*parse)(struct parser *parser, struct parse_block *block);
} sections[] = {
	{ "opcodes", "\"opcodes\"", parse_opcodes },
	{ "formats", "\"formats\"", parse_formats },
	{ "types", "\"types\"", parse_types },
	{ "sequences", "\"sequences\"", parse_sequences },
	{ "functions", "\"functions\"", parse_functions },
	{ "rendezvous", "\"rendezvous\"", parse_rendezvous },
};

/* True if a section begins here, which is read then; or goes on here. */
static bool parse_section(struct parser *parser)
{
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		struct parse_block block;
		if (parse_take_word(parser, sections[i].word)) {
			block = parse_block_open(parser, LEVEL_SECTION, sections[i].what);
		} else if (parse_at_entry_of(parser, sections[i].word)) {
			block = parse_block_resume(parser, LEVEL_SECTION, sections[i].what);
		} else {
			continue;
		}
		sections[i].parse(parser, &block);
		return true;
	}
	return false;
}

static void parse_protocol_block(struct parser *parser, struct parse_block *block)
{
	while (parse_block_more(parser, block)) {
		if (at_header(parser)) {
			struct entry *entry = parse_header(parser);
			if (!parser->failed) {
				PARSE_APPEND(parser->tails.headers, entry);
			}
		} else if (!parse_section(parser)) {
			parse_fail(parser,
				   parse_hint(parser, &parser->current, section_words,
					      "sections: opcodes, formats, types, sequences, functions, rendezvous"),
				   "a header like \"title\" or a section like \"types\"");
		}
	}
}

static void begin_protocol(struct parser *parser, struct protocol *protocol)
{
	protocol->source = &parser->tree->source;
	parser->protocol = protocol;
	parser->tails = (struct parse_tails){
		.headers = &protocol->headers,
		.code_sets = &protocol->code_sets,
		.formats = &protocol->formats,
		.messages = &protocol->messages,
		.variables = &protocol->variables,
		.states = &protocol->states,
		.always = &protocol->always,
		.functions = &protocol->functions,
		.rendezvous = &protocol->rendezvous,
	};
}

static struct protocol *parse_protocol(struct parser *parser)
{
	struct protocol *protocol = parse_take(parser, sizeof(*protocol));

	begin_protocol(parser, protocol);
	parse_advance(parser);
	protocol->place = parser->current.place;
	protocol->name = parse_name(parser, "the protocol's name");
	struct parse_block block = parse_block_open(parser, LEVEL_PROTOCOL, "the protocol");
	parse_protocol_block(parser, &block);
	protocol->transports = protocol->transports != 0 ? protocol->transports : TRANSPORT_TCP;
	return protocol;
}

static void add_protocol(struct parser *parser, struct protocol ***tail, size_t *count)
{
	if (++*count > PROTOCOLS_MAX) {
		parse_limit(parser, parser->current.place, "divide the file", "too many protocols stand in one file",
			    PROTOCOLS_MAX);
		lexer_stop(&parser->lexer, 0);
		parser->failed = true;
		return;
	}
	struct protocol *protocol = parse_protocol(parser);
	PARSE_APPEND(*tail, protocol);
}

static void miss_file_entry(struct parser *parser)
{
	const char *help = parse_at_mark(parser, "}") ? "a '}' too many stands here or before"
						      : parse_hint(parser, &parser->current, "protocol application",
								   "write protocol NAME { ... }");

	parse_fail(parser, help, "\"protocol\" or \"application\"");
}

void parse_file(struct parser *parser)
{
	struct parse_block block = { .level = LEVEL_FILE };
	struct protocol **tail = &parser->tree->protocols;
	size_t count = 0;

	while (parse_block_more(parser, &block)) {
		if (parse_at_word(parser, "application")) {
			parse_application(parser);
		} else if (parse_at_word(parser, "protocol")) {
			add_protocol(parser, &tail, &count);
		} else if (parser->protocol != NULL && (parse_at_section(parser) || at_header(parser))) {
			struct parse_block resumed = parse_block_resume(parser, LEVEL_PROTOCOL, "the protocol");
			parse_protocol_block(parser, &resumed);
		} else {
			miss_file_entry(parser);
		}
	}
	if (parser->tree->protocols == NULL && parser->tree->applications == NULL &&
	    parser->report->counts[FINDING_ERROR] == 0) {
		parse_error(parser, (struct place){ 0 }, "write protocol NAME { ... }", "the file describes nothing");
	}
}
