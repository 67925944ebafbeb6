/* xml_text.h - text that grows while XML is read or written: white space as IANA's CSV has it, and escapes.  Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct xml_text {
	char *octets; /* from malloc; no NUL behind them */
	size_t size;
	size_t capacity;
	size_t limit; /* 0: none */
};

void xml_text_finish(struct xml_text *text);

/* 0, -ENOMEM, or -EFBIG beyond the limit. */
int xml_text_put(struct xml_text *text, const char *octets, size_t size);
int xml_text_puts(struct xml_text *text, const char *string);

/* With what XML must have escaped, so that a parser gives the same octets: also line ends and tabs in an attribute. */
int xml_text_put_escaped(struct xml_text *text, const char *octets, size_t size, bool attribute);

/* From `begin` on, white space becomes what IANA's CSV has: none at both ends, and one blank for a blank, a line end
 * and the blanks that indent the next line.  Other line ends stay. */
void xml_text_settle(struct xml_text *text, size_t begin);
/* True when that would change nothing. */
bool xml_text_is_settled(const char *octets, size_t size);

/* The first U+FFFE or U+FFFF, which XML cannot carry, or NULL. */
const char *xml_noncharacter(const char *octets, size_t size);
/* True when XML has a way to write these octets: UTF-8 without those two, and without C0 but tab, LF and CR. */
bool xml_can_carry(const char *octets, size_t size);
