/* csv_write.h - a record's octets as our writer makes them.  For csv.c, which keeps the records that came otherwise. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "store/entry.h"

/* Room that csv_record_octets needs at most. */
size_t csv_record_size_max(const struct entry *entry);

/* The twelve columns with minimal quoting: a text with comma, quote, CR or LF in it stands in quotes.  Returns the
 * size. Nothing is put behind the octets. */
size_t csv_record_octets(const struct entry *entry, bool crlf, bool eol, char *ret_octets);
