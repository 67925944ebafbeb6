/* html.h - a page while it is written: markup that programmers wrote, and everybody else's text, escaped by type.
 *
 * There is no function that appends text as markup: a format is a literal, and what its %s stand for is escaped.
 * Pure; a failed allocation is remembered and told once, at the end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct html {
	char *octets; /* from malloc; not ended by NUL */
	size_t size;
	size_t capacity;
	bool failed; /* memory ran out: what is here is not whole */
};

void html_finish(struct html *html);

/* Appends markup: `format` must be a literal.  %s is a text (never NULL) and is escaped for element content and
 * quoted attributes alike; %d %u %x with l, ll or z are numbers; %% is a percent sign; there is no other.  Control
 * characters but LF and tab, what steers a terminal or the direction of writing, and octets that are no UTF-8 are
 * shown, as U+202E in brackets, never passed on. */
#define html_print(html, ...) html_print_format((html), "" __VA_ARGS__)
void html_print_format(struct html *html, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A text that goes back to who typed it, inside a textarea or a quoted value: only markup is escaped, so that it comes
 * again as it was; octets that HTML cannot carry (NUL, no UTF-8) become U+FFFD. */
void html_value(struct html *html, const char *text);

/* What was written elsewhere, with the same care. */
void html_append(struct html *html, const struct html *part);

/* Octets that are no HTML at all: a style sheet, JSON, a download.  Never for a page. */
void html_octets(struct html *html, const char *octets, size_t size);
