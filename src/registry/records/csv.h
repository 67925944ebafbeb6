/* csv.h - IANA's CSV to rows and back, octet for octet.
 *
 * The reader keeps what it cannot interpret: a record whose octets our writer would write otherwise keeps them in raw.
 * It refuses, naming record, line and column: NUL and other C0 characters but tab, LF and CR; invalid UTF-8; a quote
 * that never ends; text behind a closing quote; more than twelve columns; a header that is not IANA's (today's, or
 * "Known Unauthorized Uses" in the eleventh column) or ends with CR alone; texts longer than ENTRY_TEXT_MAX.
 *
 * rows.header is the header line with its byte order mark, without its line end.  Of a file that is a header alone
 * without line end (no rows, !last_eol) it is all there is to write. */
#pragma once

#include <stdio.h>

#include "registry/records/rows.h"

/* True when these octets begin like such a file. */
bool csv_recognize(const char *octets, size_t size);
/* 0, -EBADMSG with a complaint, or -ENOMEM.  Entries come out derived and with their digest. */
int csv_read(const char *octets, size_t size, struct rows *ret_rows, struct complaint *ret_complaint);

/* The record as our writer writes it (minimal quoting), or its raw octets; with line end when `eol`.  0, -EIO,
 * -ENOMEM. */
int csv_write_header(FILE *stream, const char *header_or_null, bool crlf);
int csv_write_entry(FILE *stream, const struct entry *entry, bool crlf, bool eol);
