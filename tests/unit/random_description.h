/* random_description.h - descriptions that nobody has thought of: every construct that a first message can have, put
 * together by chance, and most of them good.
 *
 * A text belongs to its seed on every machine.  Texts and repetitions are mostly followed by something that cannot
 * be more of them, and optional parts by an octet of their own, since the checks refuse what can be read in two ways;
 * what is refused all the same is for the caller to count. */
#pragma once

#include "random_author.h"

/* ---- blocks ---- */

static inline void say_block(struct author *author, unsigned most)
{
	say(author, "{ ");
	say_inside(author, most);
	say(author, " }\n");
}

/* The last item of a counted block, of any size. */
static inline void say_rest(struct author *author)
{
	switch (author_pick(author, 0, 4)) {
	case 0:
		say(author, "if rest > 0 { s%u: bytes[u8]; } payload[rest];", author->names++);
		break;
	case 1:
		say(author, "maybe { u8 in 3..9; payload[rest]; }");
		break;
	case 2:
		say(author, "s%u: bytes[rest];", author->names++);
		break;
	default:
		say(author, "payload[rest];");
	}
}

static inline void say_tail(struct author *author)
{
	unsigned octet = author_pick(author, 0, 255);

	switch (author_pick(author, 0, 3)) {
	case 0:
		say(author, "repeat until end { u8 in 1..%u; ", author_pick(author, 3, 255));
		say_inside(author, 1);
		say(author, " }");
		break;
	case 1:
		say(author, "any of x\"%02X%02X\";", octet, 255 - octet);
		break;
	case 2:
		say_rest(author);
		break;
	default:
		break;
	}
}

static inline void say_counted(struct author *author, unsigned most)
{
	static const char *const numbers[] = { "u8", "u16", "u16 le", "u32", "varint", "ber", "hex4", "u24" };
	static const char *const ranges[] = { " in 60..200", " - 2 in 70..250", " + 3 in 55..90", " - 4 in 90..255" };
	unsigned known_count = author->known_count;
	bool in_counted = author->in_counted;
	bool bounded = author_may(author, 40);

	say(author, "sized %s%s { ", numbers[author_pick(author, 0, 7)],
	    bounded ? ranges[author_pick(author, 0, 3)] : "");
	author->in_counted = true;
	say_inside(author, most);
	(bounded ? say_rest : say_tail)(author);
	author->in_counted = in_counted;
	author->known_count = known_count;
	say(author, " }\n");
}

static inline void say_maybe(struct author *author)
{
	unsigned octet = author_pick(author, 0, 254);

	say(author, "maybe { x\"%02X\"; ", octet);
	say_inside(author, 1);
	say(author, " } x\"%02X\";\n", octet + (author_may(author, 95) ? 1 : 0));
}

static inline void say_repeat(struct author *author)
{
	const struct known *known = author->known_count == 0 ? NULL : &author->known[author->known_count - 1];

	switch (author_pick(author, 0, known == NULL ? 1 : 3)) {
	case 0:
		say(author, "repeat until x\"00\" { s%u: bytes[u8 in 1..63]; ", author->names++);
		break;
	case 1:
		say(author, "repeat until eol { text[1..9] of \"A-Za-z\"; \": \"; v%u: text[%u] to eol; }\n",
		    author->names++, any_length(author));
		return;
	default:
		say(author, "repeat %c%u { u8; ", known->kind, known->name);
	}
	say_inside(author, 1);
	say(author, " }\n");
}

static inline void say_switch(struct author *author, const struct known *known)
{
	unsigned value = known->low;
	unsigned cases = author_pick(author, 1, 3);

	say(author, "switch %c%u {", known->kind, known->name);
	for (; cases > 0 && value <= known->high; cases--) {
		bool two = value < known->high && author_may(author, 30);
		say(author, " case %u", value);
		say(author, two ? ", %u: " : ": ", value + 1);
		value += two ? 2 : 1;
		say_block(author, 2);
	}
	if (value <= known->high) {
		say(author, " default: ");
		say_block(author, 1);
	}
	say(author, " }\n");
}

static inline void say_if(struct author *author, const struct known *known)
{
	unsigned value = author_pick(author, known->low, known->high - 1);

	switch (author_pick(author, 0, 3)) {
	case 0:
		say(author, "if %c%u = %u ", known->kind, known->name, value);
		break;
	case 1:
		say(author, "if (%c%u & 1) = %u ", known->kind, known->name, value & 1);
		break;
	case 2:
		say(author, "if %c%u != %u and %c%u < %u ", known->kind, known->name, value, known->kind, known->name,
		    known->high + 1);
		break;
	default:
		say(author, "if %c%u > %u ", known->kind, known->name, value);
	}
	say_block(author, 2);
	if (author_may(author, 50)) {
		say(author, "else ");
		say_block(author, 2);
	}
}

static inline void say_condition(struct author *author)
{
	struct known known;

	if (author->known_count == 0) {
		say_known(author);
	}
	known = author->known[author_pick(author, 0, author->known_count - 1)];
	if (author_may(author, 35)) {
		say_switch(author, &known);
	} else if (known.low > 0 && author_may(author, 30)) {
		say(author, "within %c%u { u8; %s[rest]; }\n", known.kind, known.name,
		    author_may(author, 50) ? "payload" : "bytes");
	} else {
		say_if(author, &known);
	}
}

/* ---- formats ---- */

static inline void say_nested(struct author *author, unsigned format)
{
	unsigned name = author->names++;

	say(author, "format F%u nested %u { n%u: u8 in 1..3; switch n%u { case 1: ", format, author_pick(author, 1, 3),
	    name, name);
	say_block(author, 1);
	say(author, " case 2: { F%u; } case 3: { u8 in 0..9; F%u; x\"%02X\"; } } }\n", format, format,
	    author_pick(author, 0, 255));
}

/* A format, and its use. */
static inline void say_format(struct author *author)
{
	struct author inner = *author;
	unsigned format = author->format_count++;
	char *text = NULL;
	size_t size = 0;

	inner.stream = open_memstream(&text, &size);
	inner.known_count = 0;
	inner.format_count = format + 1;
	inner.in_counted = false;
	if (author_may(author, 20)) {
		say_nested(&inner, format);
	} else {
		say(&inner, "format F%u ", format);
		say_block(&inner, 3);
	}
	(void)fclose(inner.stream);
	(void)fprintf(author->formats, "    %s", text);
	free(text);
	author->random = inner.random;
	author->names = inner.names;
	author->format_count = inner.format_count;
	say(author, author_may(author, 20) ? "F%u; F%u;" : "F%u;", format, format);
}

/* ---- items ---- */

static inline void say_simple(struct author *author)
{
	static void (*const sayers[])(struct author * author) = {
		say_number, say_number, say_known, say_word, say_text,	  say_text,
		say_string, say_string, say_code,  say_bits, say_decimal,
	};
	unsigned i = author_pick(author, 0, sizeof(sayers) / sizeof(sayers[0]) + 1);

	if (i < sizeof(sayers) / sizeof(sayers[0])) {
		sayers[i](author);
	} else if (author_may(author, 30)) {
		say(author, "eol;");
	} else {
		say_hex(author, author_pick(author, 1, 4));
	}
}

static inline void say_nesting(struct author *author)
{
	switch (author_pick(author, 0, 6)) {
	case 0:
		say_maybe(author);
		break;
	case 1:
		say_repeat(author);
		break;
	case 2:
		say_counted(author, 2);
		break;
	case 3:
		say_format(author);
		break;
	default:
		say_condition(author);
	}
}

static inline void say_items(struct author *author, unsigned most)
{
	unsigned count = author_pick(author, most > 1 ? 1 : 0, most);

	for (unsigned i = 0; i < count; i++) {
		if (author->depth < NESTED_BLOCKS_MAX && author_may(author, 30)) {
			say_nesting(author);
		} else {
			say_simple(author);
		}
		say(author, " ");
	}
}

/* What is learnt in a block is forgotten behind it. */
static inline void say_inside(struct author *author, unsigned most)
{
	unsigned known_count = author->known_count;

	author->depth++;
	say_items(author, most);
	author->depth--;
	author->known_count = known_count;
}

/* ---- messages ---- */

/* What tells it from others: often only behind octets that others begin with, too. */
static inline void say_head(struct author *author)
{
	switch (author_pick(author, 0, 7)) {
	case 0:
		say_word(author);
		break;
	case 1:
		say_code(author);
		break;
	case 2:
		say_number(author);
		break;
	case 3:
		say_hex(author, author_pick(author, 1, 4));
		break;
	case 4:
		say_simple(author);
		break;
	default:
		say_shared(author, author_pick(author, 1, 4));
	}
	say(author, " ");
}

/* Its name and, seldom, what carries it. */
static inline void say_opening(struct author *author, const char *what, unsigned number)
{
	bool carried = author_may(author, 8);

	author->known_count = 0;
	author->in_counted = false;
	if (carried) {
		(void)fprintf(author->formats, "    format C%u { x\"%02X\"; sized u16 in 1..%u { body[rest]; } }\n",
			      number, author_pick(author, 0, 255), author_pick(author, 20, 9999));
	}
	say(author, "    %s M%u ", what, number);
	if (carried) {
		say(author, "over C%u ", number);
	}
	say(author, "{ ");
}

static inline void say_beginning(struct author *author, bool sure)
{
	if (!sure && author_may(author, 15)) {
		say(author, "weak; ");
	}
	if (author_may(author, 50)) {
		say_stem(author);
	} else if (!sure) {
		(author_may(author, 50) ? say_hex : say_shared)(author, 4);
	}
	say_head(author);
	if (author_may(author, 50)) {
		say_head(author);
	}
	if (author_may(author, 30)) {
		say_items(author, 2);
	}
	say(author, sure ? "sure; " : "");
}

/* One of eight is only what others begin with. */
static inline void say_message(struct author *author, const char *what, unsigned number)
{
	bool sure = author_may(author, 50);

	say_opening(author, what, number);
	if (author_may(author, 12)) {
		say_stem(author);
		say(author, sure ? "sure; }\n" : "}\n");
		return;
	}
	say_beginning(author, sure);
	if (author_may(author, 40)) {
		say_counted(author, 4);
	} else {
		say_items(author, 5);
	}
	say(author, "}\n");
}

static inline void say_sequences(struct author *author, unsigned messages)
{
	say(author, "  sequences {\n    state begin start {");
	for (unsigned i = 0; i < messages; i++) {
		say(author, " client M%u -> answer;", i);
	}
	say(author, " }\n    state answer { server M%u -> more; }\n", messages);
	say(author, "    state more final { client M%u -> answer; client close -> end; }\n  }\n", messages + 1);
}

static inline void say_types(struct author *author)
{
	unsigned messages = author_may(author, 30) ? author_pick(author, 2, 3) : 1;
	bool answered = author_may(author, 25);

	say(author, "  types {\n");
	for (unsigned i = 0; i < messages; i++) {
		say_message(author, "client request", i);
	}
	if (answered) {
		say_message(author, "server reply", messages);
		say_message(author, "client data", messages + 1);
	}
	say(author, "  }\n");
	if (answered) {
		say_sequences(author, messages);
	}
}

/* The text of protocol `name`; to be freed.  `stem` is for descriptions that shall begin alike. */
static inline char *random_description(uint64_t seed, const char *name, uint64_t stem)
{
	struct author author = { .random = seed };
	char *parts[4] = { NULL };
	size_t sizes[4];

	for (unsigned i = 0; i < STEM_OCTETS; i++) {
		author.stem[i] = (uint8_t)(stem >> 8 * i);
	}
	author.opcodes = open_memstream(&parts[0], &sizes[0]);
	author.formats = open_memstream(&parts[1], &sizes[1]);
	author.stream = open_memstream(&parts[2], &sizes[2]);
	say_types(&author);
	(void)fclose(author.opcodes);
	(void)fclose(author.formats);
	(void)fclose(author.stream);
	FILE *whole = open_memstream(&parts[3], &sizes[3]);
	(void)fprintf(whole,
		      "protocol %s {\n  title \"Random\"; short \"%s\"; reference \"none\"; transport tcp;%s\n"
		      "  opcodes {\n%s  }\n  formats {\n%s  }\n%s}\n",
		      name, name, author_may(&author, 20) ? " byteorder little;" : "", parts[0], parts[1], parts[2]);
	(void)fclose(whole);
	for (unsigned i = 0; i < 3; i++) {
		free(parts[i]);
	}
	return parts[3];
}
