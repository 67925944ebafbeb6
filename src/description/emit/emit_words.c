/* emit_words.c - parts of a description in words.  Called by the emitters; pure. */
#include "description/emit/emit_words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LONG_RUN = 40 }; /* octets in a row */

void words_init(struct words *words)
{
	text_init(&words->text, words->buffer, sizeof(words->buffer) - sizeof("..."));
}

/* Nothing stands behind what did not fit. */
static void put_bytes(struct words *words, const char *bytes, size_t size)
{
	if (!words->text.cut) {
		text_put_bytes(&words->text, bytes, size);
	}
}

static void put(struct words *words, const char *string)
{
	put_bytes(words, string, strlen(string));
}

const char *words_end(struct words *words)
{
	if (words->text.cut) {
		memcpy(words->buffer + words->text.used, "...", sizeof("..."));
	}
	return words->buffer;
}

void words_put(struct words *words, const char *format, ...)
{
	char piece[WORDS_MAX];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(piece, sizeof(piece), format, arguments);
	va_end(arguments);
	put(words, piece);
}

/* ---- octets ---- */

static bool is_readable(struct octets octets)
{
	size_t visible = 0;

	for (size_t i = 0; i < octets.size; i++) {
		uint8_t octet = octets.start[i];
		bool is_visible = octet >= ' ' && octet <= '~';
		visible += is_visible;
		if (!is_visible && octet != '\r' && octet != '\n' && octet != '\t') {
			return false;
		}
	}
	return visible > 0 || octets.size == 0;
}

static void put_character(struct words *words, uint8_t octet)
{
	switch (octet) {
	case '\r':
		put(words, "\\r");
		break;
	case '\n':
		put(words, "\\n");
		break;
	case '\t':
		put(words, "\\t");
		break;
	case '"':
	case '\\':
		words_put(words, "\\%c", octet);
		break;
	default:
		words_put(words, octet >= ' ' && octet <= '~' ? "%c" : "\\x%02X", octet);
		break;
	}
}

void words_octets(struct words *words, struct octets octets)
{
	bool readable = is_readable(octets);

	put(words, readable ? "\"" : "0x");
	for (size_t i = 0; i < octets.size; i++) {
		if (readable) {
			put_character(words, octets.start[i]);
		} else {
			words_put(words, "%02X", octets.start[i]);
		}
	}
	put(words, readable ? "\"" : "");
}

static bool set_has(const uint8_t set[32], unsigned octet)
{
	return octet < 256 && (set[octet >> 3] >> (octet & 7) & 1) != 0;
}

static void put_set_end(struct words *words, unsigned octet)
{
	if (octet > ' ' && octet <= '~') {
		words_put(words, "%c", (int)octet);
	} else {
		words_put(words, octet == ' ' ? "space" : octet == '\t' ? "tab" : "0x%02X", octet);
	}
}

/* The last octet of the run that begins here.  Short runs end where digits or letters do: "0-9 :", not "0-:". */
static unsigned end_of_run(const uint8_t set[32], unsigned octet)
{
	static const char ends[] = "/9@Z`z";
	unsigned last = octet;

	while (set_has(set, last + 1)) {
		last++;
	}
	for (const char *end = ends; *end != '\0' && last - octet < LONG_RUN; end++) {
		unsigned cut = (unsigned char)*end;
		last = cut >= octet && cut < last ? cut : last;
	}
	return last == octet + 1 ? octet : last;
}

void words_set(struct words *words, const uint8_t set[32])
{
	const char *gap = "";

	for (unsigned octet = 0; octet < 256; octet++) {
		if (!set_has(set, octet)) {
			continue;
		}
		unsigned last = end_of_run(set, octet);
		put(words, gap);
		put_set_end(words, octet);
		if (last > octet) {
			put(words, last > '~' || octet <= ' ' ? " to " : "-");
			put_set_end(words, last);
		}
		octet = last;
		gap = " ";
	}
}

/* The octets of a UTF-8 character that may be shown at the start of the text, 0 when there is none. */
static size_t character_size(const char *octets, size_t size)
{
	static const struct {
		uint8_t mask, lead;
		uint32_t least;
	} forms[] = { { 0xE0, 0xC0, 0xA0 }, { 0xF0, 0xE0, 0x800 }, { 0xF8, 0xF0, 0x10000 } };
	uint8_t first = (uint8_t)octets[0];

	if (first < 0x80) {
		return (first >= ' ' && first != 0x7F) || first == '\n' ? 1 : 0;
	}
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if ((first & forms[i].mask) != forms[i].lead || size < i + 2) {
			continue;
		}
		uint32_t character = first & (uint8_t)~forms[i].mask;
		for (size_t k = 1; k < i + 2; k++) {
			if (((uint8_t)octets[k] & 0xC0) != 0x80) {
				return 0;
			}
			character = character << 6 | ((uint8_t)octets[k] & 0x3F);
		}
		return character >= forms[i].least && character <= 0x10FFFF ? i + 2 : 0;
	}
	return 0;
}

void text_put_clean(struct text *text, const char *octets, size_t size)
{
	for (size_t at = 0; at < size;) {
		size_t taken = character_size(octets + at, size - at);
		if (taken > 0) {
			text_put_bytes(text, octets + at, taken);
		} else {
			text_put_char(text, octets[at] == '\t' ? ' ' : '?');
		}
		at += taken > 0 ? taken : 1;
	}
}

/* ---- numbers, values, ranges ---- */

unsigned number_bits(struct number_type type)
{
	static const unsigned bits[] = { 8, 16, 24, 32, 64 };

	return type.kind <= NUMBER_U64 ? bits[type.kind] : type.kind == NUMBER_HEX4 ? 32 : 0;
}

void words_number_type(struct words *words, struct number_type type)
{
	switch (type.kind) {
	case NUMBER_DECIMAL:
		put(words, "decimal number");
		break;
	case NUMBER_HEX4:
		put(words, "number of four hex digits");
		break;
	case NUMBER_VARINT:
		put(words, "number of 1 to 5 octets, 7 bits in each, the low ones first");
		break;
	case NUMBER_BER:
		put(words, "length as in BER");
		break;
	case NUMBER_U8:
	case NUMBER_U16:
	case NUMBER_U24:
	case NUMBER_U32:
	case NUMBER_U64:
	default:
		words_put(words, "%u bits%s", number_bits(type),
			  type.little && type.kind != NUMBER_U8 ? ", low octet first" : "");
		break;
	}
}

void words_value(struct words *words, const struct value *value)
{
	if (value->code == NULL) {
		words_put(words, "%" PRId64, value->number);
	} else if (value->code->text.start != NULL) {
		words_put(words, "%s (", value->code->name);
		words_octets(words, value->code->text);
		words_put(words, ")");
	} else {
		words_put(words, "%s (%" PRId64 ")", value->code->name, value->code->number);
	}
}

/* A number of the author's may have been written as 0x0303 or 'B'; both readings are given. */
static void put_other_reading(struct words *words, const struct range *range, const struct item *item)
{
	bool is_binary = item != NULL && item->kind == ITEM_NUMBER && item->number.kind <= NUMBER_U64;
	int64_t low = range->low.number;
	int64_t high = range->high.number;
	int digits = is_binary ? (int)number_bits(item->number) / 4 : 0;

	if (!is_binary || range->low.code != NULL || low < 0) {
		return;
	}
	if (low == high && item->number.kind == NUMBER_U8 && low > ' ' && low <= '~') {
		words_put(words, " ('%c')", (char)low);
	} else if (low == high && low > UINT8_MAX) {
		words_put(words, " (0x%0*" PRIX64 ")", digits, (uint64_t)low);
	} else if (low > UINT8_MAX) {
		words_put(words, " (0x%0*" PRIX64 " to 0x%0*" PRIX64 ")", digits, (uint64_t)low, digits,
			  (uint64_t)high);
	}
}

void words_ranges(struct words *words, const struct range *ranges, const struct item *item)
{
	for (const struct range *range = ranges; range != NULL; range = range->next) {
		words_value(words, &range->low);
		if (range->high.number != range->low.number || range->high.code != range->low.code) {
			put(words, " to ");
			words_value(words, &range->high);
		}
		put_other_reading(words, range, item);
		if (range->next != NULL) {
			put(words, range->next->next != NULL ? ", " : " or ");
		}
	}
}

bool ranges_are_one(const struct range *ranges)
{
	return ranges != NULL && ranges->next == NULL && ranges->low.number == ranges->high.number &&
	       ranges->low.code == ranges->high.code;
}

/* ---- expressions ---- */

static const struct {
	const char *word;
	int rank; /* what binds closer has the higher one */
} operators[] = {
	[EXPRESSION_OR] = { " or ", 1 },	 [EXPRESSION_AND] = { " and ", 2 },
	[EXPRESSION_EQUAL] = { " = ", 3 },	 [EXPRESSION_UNEQUAL] = { " != ", 3 },
	[EXPRESSION_LESS] = { " < ", 3 },	 [EXPRESSION_LESS_EQUAL] = { " <= ", 3 },
	[EXPRESSION_GREATER] = { " > ", 3 },	 [EXPRESSION_GREATER_EQUAL] = { " >= ", 3 },
	[EXPRESSION_ADD] = { " + ", 4 },	 [EXPRESSION_SUBTRACT] = { " - ", 4 },
	[EXPRESSION_MULTIPLY] = { " * ", 5 },	 [EXPRESSION_BIT_AND] = { " & ", 5 },
	[EXPRESSION_SHIFT_LEFT] = { " << ", 5 }, [EXPRESSION_SHIFT_RIGHT] = { " >> ", 5 },
};

static void put_leaf(struct words *words, const struct expression *expression)
{
	switch ((int)expression->kind) {
	case EXPRESSION_CODE:
		put(words, expression->value.name);
		break;
	case EXPRESSION_TEXT:
		words_octets(words, expression->text);
		break;
	case EXPRESSION_NAME:
		put(words, expression->name);
		break;
	case EXPRESSION_REST:
		put(words, "rest");
		break;
	case EXPRESSION_LENGTH:
		words_put(words, "length of %s", expression->name);
		break;
	default:
		words_put(words, "%" PRId64, expression->value.number);
		break;
	}
}

static void put_expression(struct words *words, const struct expression *expression, int rank)
{
	if (expression->kind < EXPRESSION_OR) {
		put_leaf(words, expression);
		return;
	}
	int own = operators[expression->kind].rank;
	put(words, own < rank ? "(" : "");
	put_expression(words, expression->left, own);
	put(words, operators[expression->kind].word);
	put_expression(words, expression->right, own + 1);
	put(words, own < rank ? ")" : "");
}

void words_expression(struct words *words, const struct expression *expression)
{
	put_expression(words, expression, 0);
}

/* ---- the rest ---- */

void words_count(struct words *words, uint64_t count, const char *one, const char *many)
{
	words_put(words, "%" PRIu64 " %s", count, count == 1 ? one : many);
}

void words_time(struct words *words, uint64_t time_ms)
{
	if (time_ms % 1000 != 0) {
		words_count(words, time_ms, "millisecond", "milliseconds");
	} else if (time_ms % 60000 != 0 || time_ms == 0) {
		words_count(words, time_ms / 1000, "second", "seconds");
	} else {
		words_count(words, time_ms / 60000, "minute", "minutes");
	}
}

void words_conditions(struct words *words, const struct condition *conditions)
{
	for (const struct condition *condition = conditions; condition != NULL; condition = condition->next) {
		words_put(words, "%s = ", condition->selector_name);
		words_octets(words, condition->text);
		put(words, condition->next != NULL ? " and " : "");
	}
}

void words_transports(struct words *words, unsigned transports, bool numbers)
{
	static const struct {
		const char *name;
		unsigned transport;
		unsigned number;
	} all[] = { { "tcp", TRANSPORT_TCP, 6 },
		    { "udp", TRANSPORT_UDP, 17 },
		    { "sctp", TRANSPORT_SCTP, 132 },
		    { "dccp", TRANSPORT_DCCP, 33 } };
	const char *gap = "";

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if ((transports & all[i].transport) != 0) {
			words_put(words, numbers ? "%s%s (%u)" : "%s%s", gap, all[i].name, all[i].number);
			gap = ", ";
		}
	}
}
