/* derive.h - what a row means, read from its twelve texts by one function, again at any time.
 *
 * Pure.  Called when rows are imported, when audit proves the store, and by who builds a view. */
#pragma once

#include <stdbool.h>

#include "store/entry.h"

enum { ENTRY_TRANSPORT_NONE, ENTRY_TCP, ENTRY_UDP, ENTRY_SCTP, ENTRY_DCCP, ENTRY_TRANSPORT_OTHER };

/* Sets lo, hi, status and digest; fold is left alone (entry_fold).  A port column that is neither a number, a range nor
 * empty is kept and read as no port.  Never fails on text; 0 or -ENOMEM. */
void entry_derive(struct entry *entry);

/* The name in lower case into a buffer as long as the name. */
void entry_fold(const char *name, char *ret_fold);

int entry_transport(const char *text);		 /* ENTRY_TCP ... */
const char *entry_transport_name(int transport); /* "tcp" ...; "" for none */

/* Oddities of a row, as bits: what a strict reader of RFC 6335 would object to. */
enum {
	ODD_NAME = 1 << 0,	       /* the name breaks RFC 6335, 5.1 */
	ODD_STATUS_TEXT = 1 << 1,      /* the status hides in other words than Unassigned or Reserved */
	ODD_NO_TRANSPORT = 1 << 2,     /* an assigned number without a transport */
	ODD_LONG_DESCRIPTION = 1 << 3, /* more than 40 characters */
	ODD_DATE = 1 << 4,	       /* a date that is none */
	ODD_REPLACED = 1 << 5,	       /* an alias: the notes say so */
	ODD_UNAUTHORIZED = 1 << 6,     /* unauthorized use was reported */
};
unsigned entry_oddities(const struct entry *entry);

/* The well-formed spelling of a legacy name (RFC 6335, 10.1): "whois++" is "whoispp", others get "-" for what is not
 * allowed.  False when there is none. */
bool entry_well_formed(const char *name, char *ret_name, size_t size);

/* RFC 6335, 5.1: NULL when the name is right, else the rule's id and what is wrong:
 * "N1 has 17 characters, 15 are allowed". */
const char *service_name_fault(const char *name, char *buffer, size_t size);
