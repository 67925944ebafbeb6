/* random_author.h - writes what holds nothing else: literals, numbers, op codes, strings; all of it by chance.  The
 * first half of random_description.h. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { KNOWN_MAX = 4, NESTED_BLOCKS_MAX = 3, STEM_OCTETS = 8 };

/* A named number: sizes, counts, conditions and cases depend on it. */
struct known {
	char kind; /* the first letter of its name; the number behind it is `name` */
	unsigned name;
	unsigned low, high;
};

struct author {
	uint64_t random;
	FILE *stream; /* what is being written: the types, or a format */
	FILE *formats;
	FILE *opcodes;
	unsigned names; /* that were given so far */
	unsigned depth; /* of blocks */
	unsigned format_count;
	bool in_counted; /* `rest` means something */
	struct known known[KNOWN_MAX];
	unsigned known_count;
	uint8_t stem[STEM_OCTETS]; /* how many messages begin, whoseever they are */
};

static inline uint64_t author_draw(struct author *author)
{
	uint64_t mixed = author->random += UINT64_C(0x9E3779B97F4A7C15);

	mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
	return mixed ^ mixed >> 31;
}

/* From low to high, both included. */
static inline unsigned author_pick(struct author *author, unsigned low, unsigned high)
{
	return low + (unsigned)(author_draw(author) % ((uint64_t)high - low + 1));
}

static inline bool author_may(struct author *author, unsigned percent)
{
	return author_pick(author, 0, 99) < percent;
}

__attribute__((format(printf, 2, 3))) static inline void say(struct author *author, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vfprintf(author->stream, format, arguments);
	va_end(arguments);
}

static inline void say_inside(struct author *author, unsigned most);

/* ---- literals ---- */

static inline void say_hex(struct author *author, unsigned octets)
{
	say(author, "x\"");
	for (unsigned i = 0; i < octets; i++) {
		say(author, "%02X", author_pick(author, 0, 255));
	}
	say(author, "\";");
}

/* Octets of which all descriptions of a listener have the same two. */
static inline void say_shared(struct author *author, unsigned octets)
{
	say(author, "x\"");
	for (unsigned i = 0; i < octets; i++) {
		say(author, "%02X", author->stem[author_pick(author, 0, 4) == 0]);
	}
	say(author, "\";");
}

/* Beginnings that are more or less of the same octets. */
static inline void say_stem(struct author *author)
{
	unsigned octets = author_pick(author, 1, STEM_OCTETS);

	say(author, "x\"");
	for (unsigned i = 0; i < octets; i++) {
		say(author, "%02X", author->stem[i]);
	}
	say(author, "\"; ");
	if (author_may(author, 10)) {
		say(author, "payload[%u]; ", author_pick(author, 20, 70));
	}
}

static inline void say_letters(struct author *author, char first, char last, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		say(author, "%c", (char)author_pick(author, (unsigned)first, (unsigned)last));
	}
}

static inline void say_word(struct author *author)
{
	say(author, "\"");
	say_letters(author, 'A', 'Z', author_pick(author, 2, 6));
	say(author, "\"%s;", author_may(author, 25) ? " nocase" : "");
}

/* What no letter, digit or blank is: it ends texts. */
static inline void say_separator(struct author *author)
{
	static const char *const separators[] = { "eol;", "\"=\";", "x\"00\";", "\"!\\n\";", "x\"FE\";" };

	say(author, "%s", separators[author_pick(author, 0, 4)]);
}

/* ---- numbers ---- */

static inline void learn(struct author *author, char kind, unsigned name, unsigned low, unsigned high)
{
	if (author->known_count < KNOWN_MAX) {
		author->known[author->known_count++] = (struct known){ kind, name, low, high };
	}
}

static inline const char *any_number(struct author *author, unsigned *ret_maximum)
{
	static const struct {
		const char *type;
		unsigned maximum;
	} numbers[] = {
		{ "u8", 255 },	       { "u8", 255 },	      { "u16", 65535 },		{ "u16 le", 65535 },
		{ "u16 be", 65535 },   { "u24", 16777215 },   { "u24 le", 16777215 },	{ "u32", UINT32_MAX },
		{ "u32 le", 1 << 30 }, { "u64", UINT32_MAX }, { "u64 le", UINT32_MAX }, { "hex4", 65535 },
		{ "varint", 1 << 20 }, { "ber", 1 << 20 },
	};
	unsigned i = author_pick(author, 0, sizeof(numbers) / sizeof(numbers[0]) - 1);

	*ret_maximum = numbers[i].maximum;
	return numbers[i].type;
}

static inline void say_number(struct author *author)
{
	unsigned maximum;
	const char *type = any_number(author, &maximum);
	unsigned low = author_pick(author, 0, author_may(author, 50) ? 20 : maximum / 2);
	unsigned high = author_pick(author, low, author_may(author, 50) ? low + 30 : maximum);

	if (author_may(author, 20)) {
		say(author, "w%u: ", author->names++);
	}
	say(author, "%s", type);
	switch (author_pick(author, 0, 3)) {
	case 0:
		say(author, " = %u", low);
		break;
	case 1:
		say(author, " in %u..%u", low, high);
		break;
	case 2:
		say(author, " in %u,%u", low, high + (high == low && high < maximum));
		break;
	default:
		break;
	}
	say(author, ";");
}

static inline void say_decimal(struct author *author)
{
	int low = author_may(author, 20) ? -(int)author_pick(author, 1, 50) : (int)author_pick(author, 0, 9);

	say(author, "decimal in %d..%u; ", low, author_pick(author, 10, author_may(author, 50) ? 99 : 999999));
	say_separator(author);
}

/* One that something else can depend on. */
static inline void say_known(struct author *author)
{
	static const char *const types[] = { "u8", "u8", "u16", "u16 le", "hex4", "varint" };
	unsigned low = author_pick(author, 0, 2);
	unsigned high = low + author_pick(author, 1, author_may(author, 80) ? 5 : 80);
	unsigned name = author->names++;

	say(author, "n%u: %s in %u..%u;", name, types[author_pick(author, 0, 5)], low, high);
	learn(author, 'n', name, low, high);
}

static inline void say_bits(struct author *author)
{
	unsigned width = author_pick(author, 1, 4);
	unsigned name = author->names++;

	say(author, "bits { b%u: %u bit%s; ", name, width, width == 1 ? "" : "s");
	if (author_may(author, 50)) {
		say(author, "c%u: %u bits = %u; }", name, 8 - width, author_pick(author, 0, 15));
	} else {
		say(author, "c%u: 3 bits in 0..%u; d%u: %u bits; }", name, author_pick(author, 1, 6), name, 5 - width);
	}
	learn(author, 'b', name, 0, (1U << width) - 1);
}

/* ---- op codes: each field has a set of its own ---- */

static inline void declare_numbers(struct author *author, unsigned set, unsigned codes)
{
	static const char *const types[] = { "u8", "u16", "u16 le", "u32" };
	unsigned number = author_pick(author, 0, 9);

	(void)fprintf(author->opcodes, "    O%u : %s {", set, types[author_pick(author, 0, 3)]);
	for (unsigned i = 0; i < codes; i++, number += author_pick(author, 1, 40)) {
		(void)fprintf(author->opcodes, "%s o%u_%u = %u", i == 0 ? "" : ",", set, i, number);
	}
	(void)fprintf(author->opcodes, "%s }\n", codes > 1 && author_may(author, 20) ? ", ..." : "");
}

static inline void declare_words(struct author *author, unsigned set, unsigned codes)
{
	FILE *stream = author->stream;

	author->stream = author->opcodes;
	say(author, "    O%u : text %s{", set, author_may(author, 30) ? "nocase " : "");
	for (unsigned i = 0; i < codes; i++) {
		say(author, "%s o%u_%u = \"%c", i == 0 ? "" : ",", set, i, (char)('A' + i));
		say_letters(author, 'A', 'C', author_pick(author, 0, 4));
		say(author, "\"");
	}
	say(author, "%s }\n", author_may(author, 15) ? ", ..." : "");
	author->stream = stream;
}

static inline void say_case_blocks(struct author *author, unsigned set, unsigned codes)
{
	say(author, " switch o%u {", set);
	for (unsigned i = 0; i + 1 < codes; i++) {
		say(author, " case o%u_%u: { ", set, i);
		say_inside(author, 2);
		say(author, " }");
	}
	say(author, " default: { } }\n");
}

static inline void say_code(struct author *author)
{
	unsigned set = author->names++;
	unsigned codes = author_pick(author, 1, 5);
	bool words = author_may(author, 50);

	(words ? declare_words : declare_numbers)(author, set, codes);
	say(author, "o%u: O%u", set, set);
	if (codes == 1 && !words) {
		say(author, " = o%u_0;", set);
	} else if (codes > 1 && !words && author_may(author, 30)) {
		say(author, " in o%u_0..o%u_%u;", set, set, codes - 1);
	} else {
		say(author, "; ");
	}
	if (words) {
		say_separator(author);
	}
	if (codes > 1 && author->depth < NESTED_BLOCKS_MAX && author_may(author, 40)) {
		say_case_blocks(author, set, codes);
	}
}

/* ---- strings ---- */

static inline unsigned any_length(struct author *author)
{
	static const unsigned lengths[] = { 3, 5, 9, 16, 300 };

	return lengths[author_pick(author, 0, 4)];
}

static inline void say_text(struct author *author)
{
	static const char *const ends[] = { "x\"00\"", "eol", "\" \"", "\":\"", "\"/\"" };
	static const char *const sets[] = { "a-z", "A-Za-z0-9-", "0-9", " -<>-~", "\\x01-\\x7F" };

	if (author_may(author, 60)) {
		say(author, "t%u: ", author->names++);
	}
	if (author_may(author, 50)) {
		say(author, "text[%u..%u] to %s;", author_pick(author, 0, 2), any_length(author),
		    ends[author_pick(author, 0, 4)]);
	} else {
		unsigned set = author_pick(author, 0, 4);
		say(author, "text[%u..%u] of \"%s\"; ", author_pick(author, 0, 2), any_length(author), sets[set]);
		say(author, "%s", set < 3 ? "" : "x\"FE\";");
		if (set < 3) {
			say_separator(author);
		}
	}
}

static inline void say_string(struct author *author)
{
	static const char *const lengths[] = {
		"u8", "u8 in 1..20", "u16 in 0..300", "u16 le in 2..9", "varint in 0..200", "ber in 1..300",
		"5",  "1",	     "u32 in 0..5",   "hex4 in 3..70"
	};
	const char *kind = author_may(author, 50) ? "payload" : "bytes";

	if (author->known_count > 0 && author_may(author, 40)) {
		const struct known *known = &author->known[author_pick(author, 0, author->known_count - 1)];
		unsigned add = author_pick(author, 0, 3);
		say(author, "%s[%c%u", kind, known->kind, known->name);
		say(author, add == 0 ? " * 2]; " : add == 1 ? " + 3]; " : "]; ");
		return;
	}
	if (kind[0] == 'b') {
		say(author, "s%u: ", author->names++);
	}
	say(author, "%s[%s];", kind, lengths[author_pick(author, 0, 9)]);
}
