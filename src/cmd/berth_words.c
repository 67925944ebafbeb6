/* berth_words.c - octets as people read them. */
#include "cmd/berth_words.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/text.h"

static const char digits[] = "0123456789abcdef";

static bool is_plain(unsigned octet)
{
	return octet >= ' ' && octet <= '~' && octet != '"' && octet != '\\';
}

static void put_hex(struct text *text, unsigned octet)
{
	text_put_char(text, digits[octet >> 4]);
	text_put_char(text, digits[octet & 15]);
}

void words_of_octets(struct words_of_octets *ret_words, const uint8_t *octets, size_t size)
{
	size_t shown = size < WORDS_OCTETS_MAX ? size : WORDS_OCTETS_MAX;
	struct text hex;
	struct text text;

	text_init(&hex, ret_words->hex, sizeof(ret_words->hex));
	text_init(&text, ret_words->text, sizeof(ret_words->text));
	text_put(&hex, "");
	for (size_t i = 0; i < shown; i++) {
		put_hex(&hex, octets[i]);
		put_hex(&text, octets[i]);
		text_put_char(&text, ' ');
	}
	text_put(&text, "(\"");
	for (size_t i = 0; i < shown; i++) {
		if (is_plain(octets[i])) {
			text_put_char(&text, (char)octets[i]);
		} else {
			text_put(&text, "\\x");
			put_hex(&text, octets[i]);
		}
	}
	text_put(&text, shown < size ? "\" ..)" : "\")");
}

/* ---- sets ---- */

static void put_octet(struct text *text, unsigned octet)
{
	if (is_plain(octet)) {
		text_put_char(text, '"');
		text_put_char(text, (char)octet);
		text_put_char(text, '"');
	} else {
		text_put(text, "x\"");
		put_hex(text, octet);
		text_put_char(text, '"');
	}
}

static unsigned end_of_run(const struct octet_set *set, unsigned first)
{
	while (first < 255 && octet_set_has(set, (uint8_t)(first + 1))) {
		first++;
	}
	return first;
}

void words_of_set(struct words_of_set *ret_words, const struct octet_set *set)
{
	enum { RUNS_MAX = 8 };
	struct text text;
	unsigned runs = 0;

	text_init(&text, ret_words->text, sizeof(ret_words->text));
	text_put(&text, "");
	for (unsigned octet = 0; octet < 256 && runs <= RUNS_MAX; octet++) {
		if (!octet_set_has(set, (uint8_t)octet)) {
			continue;
		}
		unsigned last = end_of_run(set, octet);
		text_put(&text, runs == 0 ? "" : " or ");
		if (runs++ == RUNS_MAX) {
			text_put(&text, "others");
		} else {
			put_octet(&text, octet);
			text_put(&text, last == octet ? "" : " to ");
			if (last > octet) {
				put_octet(&text, last);
			}
		}
		octet = last;
	}
	text_put(&text, runs == 0 ? "nothing" : "");
}
