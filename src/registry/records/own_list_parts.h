/* own_list_parts.h - what is known while an own list is read.  For the own_list*.c files. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registry/records/csv_split.h"
#include "registry/records/own_list.h"

enum own_field {
	OWN_PORT,
	OWN_TRANSPORT,
	OWN_NAME,
	OWN_DESCRIPTION,
	OWN_HOLDER,
	OWN_CONTACT,
	OWN_SINCE,
	OWN_NOTES,
	OWN_REFERENCE,
	OWN_FIELDS,
	OWN_NO_FIELD = OWN_FIELDS
};

enum {
	OWN_PORTS = 65536,
	OWN_TRANSPORTS = 4,
	OWN_ROWS_MAX = OWN_PORTS * OWN_TRANSPORTS,
	OWN_FINDINGS_MAX = 10000, /* more are counted */
};

struct own_list_reader {
	struct rows rows;
	size_t capacity;
	size_t *lines; /* of each entry; from malloc, as the other arrays while they grow */
	size_t lines_capacity;
	struct own_list_finding *findings;
	size_t finding_count, finding_capacity;
	size_t untold;	       /* findings beyond the limit */
	bool untold_refuses;   /* one of them does */
	const char *transport; /* of the whole list, or NULL */
	bool has_header;
	size_t column_count;
	enum own_field fields[CSV_COLUMNS_MAX]; /* what each column is */
	const char *names[CSV_COLUMNS_MAX];	/* as the header has them */
	/* The line that has each port of each transport, 0 when none. */
	uint32_t (*taken)[OWN_PORTS];
	struct complaint *complaint;
};

/* One finding more.  0 or -ENOMEM. */
int own_list_find(struct own_list_reader *reader, size_t line, bool refuses, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Without blanks around. */
const char *own_list_trim(struct own_list_reader *reader, const char *text);

/* The header, which says what the columns are. */
int own_list_take_header(struct own_list_reader *reader, const struct csv_record *record);
/* Any other record: an entry for each transport, or findings. */
int own_list_take_row(struct own_list_reader *reader, const struct csv_record *record);
/* Names that stand twice.  When all rows are there. */
int own_list_check_names(struct own_list_reader *reader);
