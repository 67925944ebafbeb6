/* rows_text.h - what the readers of files and the writer of XML share: what no text may hold, and rows completed. */
#pragma once

#include <stddef.h>

#include "registry/records/rows.h"

/* NULL when all octets may stand in a text: UTF-8, and no control character but tab, LF and CR.  Else what is wrong,
 * "a NUL octet", and where: the octet's place in *ret_at. */
const char *octets_fault(const char *octets, size_t size, size_t *ret_at);

/* Line ends: LF, CR, or CRLF as one. */
size_t octets_line_ends(const char *octets, size_t size);

/* What is read from an entry's columns (and raw): fold, from the arena, and all that entry_derive sets.  0 or
 * -ENOMEM. */
int rows_complete(struct arena *arena, struct entry *entry);
