/* rows.h - the rows of one file while they are in memory, and what is wrong with a file.
 *
 * Readers (csv.h, xml.h, own_list.h) fill it from hostile octets; writers put it back into octets. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "config/arena.h"
#include "registry/words/complain.h"
#include "store/entry.h"

struct rows {
	struct arena arena; /* holds every text below */
	struct entry *entries;
	size_t count;
	const char *format; /* "iana-csv" or "iana-xml" */
	const char *header;
	bool crlf;
	bool last_eol;
	const char *dated; /* the day the file says it speaks for, YYYY-MM-DD, or NULL */
	struct entry_person *people;
	size_t person_count;
};

void rows_finish(struct rows *rows);

enum { FILE_OCTETS_MAX = 64 * 1024 * 1024, ROWS_MAX = 1000000 };
