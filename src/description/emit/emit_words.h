/* emit_words.h - parts of a description in words, as the documents say them.  Private to emit_*.c.
 *
 * All write into a text of the caller's and never fail: what does not fit leaves `cut` set. */
#pragma once

#include "base/text.h"
#include "description/language/tree.h"

enum { WORDS_MAX = 2048 }; /* room for whatever is said in one piece */

/* A text in a buffer of its own. */
struct words {
	struct text text;
	char buffer[WORDS_MAX];
};

void words_init(struct words *words);

/* What was put so far; "..." behind it when something did not fit. */
const char *words_end(struct words *words);

void words_put(struct words *words, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "SSH-" in quotes where that can be read, else 0x0009. */
void words_octets(struct words *words, struct octets octets);

/* "16 bits, low octet first", "decimal number" */
void words_number_type(struct words *words, struct number_type type);

/* The width of a number of fixed size, 0 for others. */
unsigned number_bits(struct number_type type);

/* "read (1)", "5" */
void words_value(struct words *words, const struct value *value);

/* "1 to 5, 7 or 9".  The item says how the values are best read: as characters, as hex. */
void words_ranges(struct words *words, const struct range *ranges, const struct item *item);

/* True for "= 5": exactly one value. */
bool ranges_are_one(const struct range *ranges);

/* "block = n and length of Data < 516" */
void words_expression(struct words *words, const struct expression *expression);

/* The characters of a text set: A-Z a-z "-" */
void words_set(struct words *words, const uint8_t set[32]);

/* "1 octet", "12 octets" */
void words_count(struct words *words, uint64_t count, const char *one, const char *many);

/* "30 seconds" */
void words_time(struct words *words, uint64_t time_ms);

/* "sni = "www.example.org" and alpn = "h2"" */
void words_conditions(struct words *words, const struct condition *conditions);

/* "tcp", "tcp and udp"; with the protocol numbers: "tcp (6)". */
void words_transports(struct words *words, unsigned transports, bool numbers);

/* Text of an author's, never longer than it was: what could steer a terminal is shown as "?". */
void text_put_clean(struct text *text, const char *octets, size_t size);
