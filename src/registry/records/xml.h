/* xml.h - IANA's XML to rows and back.
 *
 * Read with libxml2's reader, without network, entities or DTD; its rules (RFC texts as [RFC6335], contacts and
 * assignees as [Id], lines and blanks as the CSV has them) make the rows of the CSV of the same day.  What is
 * written reads back as the same rows and people.
 *
 * rows.header is the document with its day, records and people taken out, and a line where each was.  People come
 * sorted by id; who has a name and an organisation has them in one text, a line each, and more addresses likewise.
 * An element of a record that the CSV has no column for stands in the notes, by its name. */
#pragma once

#include <stdio.h>

#include "registry/records/rows.h"

bool xml_recognize(const char *octets, size_t size);
int xml_read(const char *octets, size_t size, struct rows *ret_rows, struct complaint *ret_complaint);

/* `rows` need not come from XML; people may be none; a header that is not of xml_read's making is left aside, and so
 * is raw.  0, -EIO, -ENOMEM, or -EILSEQ when a text holds what XML cannot carry: C0 characters, U+FFFE, U+FFFF, no
 * UTF-8. */
int xml_write(FILE *stream, const struct rows *rows);
