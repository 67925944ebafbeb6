/* csv_split.h - octets of a CSV cut into records and their fields, with the extent of each record known to the
 * octet.
 *
 * libcsv finds the fields; nothing is trimmed.  For csv.h and own_list.h.  A record ends with LF, CR or CRLF; an
 * empty line is a record without a field.  Refused are what octets_fault names, a quote that never ends, text behind
 * a closing quote, fields beyond `columns_max` and longer than ENTRY_TEXT_MAX. */
#pragma once

#include <stddef.h>

#include "registry/records/rows.h"

enum { CSV_COLUMNS_MAX = 64 };

struct csv_record {
	const char *octets; /* in the input, with the line end */
	size_t size;
	size_t number; /* 0: the first, the header */
	size_t line;   /* where it begins */
	size_t count;
	const char *fields[CSV_COLUMNS_MAX]; /* in the arena */
};

struct csv_split {
	char delimiter;
	size_t columns_max; /* up to CSV_COLUMNS_MAX */
	size_t first_line;  /* the number of the input's first line */
	struct arena *arena;
	/* The name of a column in complaints, or NULL when there is none. */
	const char *(*column_name)(size_t column, void *context);
	int (*each)(const struct csv_record *record, void *context); /* 0, or the negative errno that ends it */
	void *context;
};

/* 0, -EBADMSG with a complaint, -ENOMEM, or what `each` returned. */
int csv_split(const char *octets, size_t size, const struct csv_split *split, struct complaint *ret_complaint);

/* Octets up to the first line end, it included. */
size_t csv_line_size(const char *octets, size_t size);
