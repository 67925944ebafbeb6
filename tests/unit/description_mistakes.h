/* description_mistakes.h - what the tables of mistakes in descriptions share. */
#pragma once

#include "description_outcome.h"

/* What stands around the part with the mistake; that part begins a line of its own. */
#define ITEMS(text)                                                    \
	"protocol a { opcodes { Op : u8 { read = 1, write = 2 } "      \
	"Word : text nocase { get = \"GET\", put = \"PUT\", ... } }\n" \
	"formats { format Block { n: u8; } }\ntypes { client request A {\n" text "\n} } }"
#define CODES(text) "protocol a { opcodes {\n" text "\n} }"
#define RULES(text)                                                                                          \
	"protocol a { types { client request A { x: u8; t: text[9] to eol; } server reply B { y: u16; } }\n" \
	"sequences { counter c max 9; keep k : u16;\n" text "\n} }"
#define TYPES(text) "protocol a { formats { format F { u8; } format G { body[rest]; } }\ntypes {\n" text "\n} }"
#define FORMATS(text) "protocol a { formats {\n" text "\n} types { client request A { u8; } } }"
#define FUNCTIONS(text)                                                                         \
	"protocol a { types { client request A { x: u8; host: text[9] to eol; id: bytes[4]; } " \
	"client data D { d: bytes[4]; } server reply B { y: u16; } }\nfunctions {\n" text "\n} }"
#define LINES(text)                                                                                             \
	"protocol a { types { client request A { x: u8; host: text[9] to eol; } server reply B { y: u16; } }\n" \
	"rendezvous {\n" text "\n} }"
#define PROTOCOL(text) "protocol a {\n" text "\n}"
#define ANSWERS(text) "application user {\n" text "\n}"

struct mistake {
	const char *text;
	const char *id;
	struct place place;
	const char *error;
	const char *help; /* NULL: none */
};

/* Each is one error, at its place, with the very words. */
static inline void assert_mistake(const struct mistake *mistake)
{
	struct outcome outcome = read_text(mistake->text);
	const struct finding *finding = outcome.report.first;

	print_message("%s\n", mistake->text);
	assert_int_equal(outcome.report.counts[FINDING_ERROR], 1);
	assert_string_equal(finding->text, mistake->error);
	assert_string_equal(finding->id, mistake->id);
	assert_int_equal(finding->place.line, mistake->place.line);
	assert_int_equal(finding->place.column, mistake->place.column);
	assert_int_equal(finding->help == NULL, mistake->help == NULL);
	if (mistake->help != NULL) {
		assert_string_equal(finding->help, mistake->help);
	}
	finish(&outcome);
}
