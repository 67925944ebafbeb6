/* entry.h - one row of a registry: the twelve columns as they came, and what is read from them.
 *
 * IANA's CSV has these columns in this order; rows of any other origin are put into them.  The texts are what was
 * published and are never changed; what stands below them can be read from them again at any time
 * (registry/records/derive.h) and is kept so that the store can look rows up. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum entry_column {
	ENTRY_NAME,
	ENTRY_PORT,
	ENTRY_TRANSPORT,
	ENTRY_DESCRIPTION,
	ENTRY_ASSIGNEE,
	ENTRY_CONTACT,
	ENTRY_REGISTERED,
	ENTRY_MODIFIED,
	ENTRY_REFERENCE,
	ENTRY_SERVICE_CODE,
	ENTRY_UNAUTHORIZED,
	ENTRY_NOTES,
	ENTRY_COLUMNS
};

enum entry_status { ENTRY_ASSIGNED, ENTRY_RESERVED, ENTRY_UNASSIGNED, ENTRY_UNCLEAR };

enum {
	ENTRY_DIGEST_SIZE = 32,
	ENTRY_NO_PORT = -1,
	/* A longer text is refused by name of its record and column. */
	ENTRY_TEXT_MAX = 1024 * 1024,
};

struct entry {
	const char *columns[ENTRY_COLUMNS]; /* UTF-8 without NUL; "" where nothing stands, never NULL */
	/* The record's own octets with its line end, where our writer would write other ones; else NULL. */
	const char *raw;
	/* Read from the columns: */
	const char *fold; /* the name in lower case, or "" */
	int lo, hi;	  /* 0..65535, or both ENTRY_NO_PORT: a name only */
	enum entry_status status;
	uint8_t digest[ENTRY_DIGEST_SIZE]; /* SHA-256 over the columns and raw (entry_digest) */
};

/* Someone IANA's XML names.  Never shown, but in IANA's XML and for consent. */
struct entry_person {
	const char *id;
	const char *kind; /* "person", "org" or "unknown" */
	const char *name;
	const char *uri;
	const char *updated;
};

/* SHA-256 over each column and raw with its length before it. */
void entry_digest(const struct entry *entry, uint8_t ret_digest[static ENTRY_DIGEST_SIZE]);

/* "assigned", "reserved", "unassigned", "unclear"; and back: 0 or -EINVAL. */
const char *entry_status_name(enum entry_status status);
int entry_status_of(const char *name, enum entry_status *ret_status);

/* The columns' names as IANA's CSV has them today: "Service Name", "Port Number" ... */
const char *entry_column_name(enum entry_column column);
