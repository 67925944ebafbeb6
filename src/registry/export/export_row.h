/* export_row.h - a row as a JSON object: the twelve columns as they came, and what is read from them.
 *
 * Keys are those of look-ups and searches, and more; always all of them and in this order: port, port_end: numbers, or
 * null for a name alone; name, port_text ("6000-6063" as the column has it), transport, description, holder (the
 * assignee), contact, registered, modified, reference, service_code, unauthorized, notes: texts, "" where nothing
 * stands; status: "assigned", "reserved", "unassigned" or "unclear"; source: "iana", "own" ...; since: the day an own
 * row stands since, else the registration day, or ""; band: the name of the band of port, or null; oddities: words out
 * of "name", "status-text", "no-transport", "long-description", "date", "replaced", "unauthorized". */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "registry/view/view.h"

/* A new reference, or NULL without memory or when a text is no UTF-8. */
json_t *export_row_json(const struct view *view, const struct view_row *row);

/* Writes it on one line, in ASCII without control characters, so that no terminal can take octets of it for orders;
 * takes the reference.  0, -ENOMEM (also for NULL), or -EIO. */
int export_put_json(json_t *value, FILE *stream);
