/* own_list.h - an organisation's own list of ports as CSV: columns by their header, in any order.
 *
 * Known headers (any case; blanks, "_" and "-" alike): port (port number, ports), transport (protocol, proto), name
 * (service, service name), description (service description, purpose), holder (team, owner, assignee), contact, since
 * (registered, registration date), notes (note, comment, remarks), reference.  "20017/tcp" in port is port and
 * transport; "tcp/udp", "tcp,udp", "both" make a row each; "20000-20010" is a range.  Comma, semicolon or tab between
 * columns; a BOM is allowed.  Other columns are told of and kept out. */
#pragma once

#include "registry/records/rows.h"

/* One finding for each thing wrong; all rows are looked at. */
struct own_list_finding {
	size_t line;
	bool refuses; /* else a warning */
	char sentence[COMPLAINT_MAX];
};

struct own_list {
	struct rows rows;
	size_t *lines;			   /* the line each entry stood on */
	struct own_list_finding *findings; /* in the arena of rows */
	size_t finding_count;
};

/* `transport` is for lists without such a column, or NULL.  0 (look at the findings), -EBADMSG with a complaint when it
 * is no such list, or -ENOMEM. */
int own_list_read(const char *octets, size_t size, const char *transport, struct own_list *ret_list,
		  struct complaint *ret_complaint);
void own_list_finish(struct own_list *list);
