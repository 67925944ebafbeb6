/* export_text.h - text from rows made fit for files that other programs read line by line.
 *
 * For export_*.c and diff_*.c only. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "registry/export/export.h"

enum {
	/* Readers with fixed buffers break a longer line in two and take its end for a record (nmap: 1,024 octets). */
	EXPORT_COMMENT_SIZE = 200,
	EXPORT_NAME_MAX = 63,
};

/* `text` on one line as answers_text.h shows it, without blanks around it; what does not fit ends in "...".  Returns
 * `buffer`. */
const char *export_line(const char *text, char *buffer, size_t size);

/* The description as such a line, without what IANA adds to it where a name replaced another: the other is an alias. */
const char *export_description(const struct view_row *row, char *buffer, size_t size);

/* Whether readers that split at blanks and end at "#" take this name as one word. */
bool export_name_is_plain(const char *name);

/* The name as an identifier of firewalls: lower case, a-z 0-9 "-", one letter or digit first; "" when nothing is left.
 * */
const char *export_identifier(const char *name, char *buffer, size_t size);

/* A line as content or as an attribute of XML. */
void export_put_xml(FILE *stream, const char *line);

/* What this is, of which registry and day, and the notice: lines of at most 78 columns with `prefix` before each.  Has
 * no "--", so that it can stand in a comment of XML. */
void export_put_head(FILE *stream, const struct view *view, const char *what, const char *prefix);

/* 0, or -EIO when something could not be written. */
int export_end(FILE *stream);
