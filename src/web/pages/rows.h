/* rows.h - rows of the registry as pages show them.  For web/pages only.
 *
 * Rows that say the same of several transports are shown once. */
#pragma once

#include "registry/lookup/lookup.h"
#include "web/html/url.h"
#include "web/site/page.h"

/* Rows while they are gathered; texts point into the view. */
struct rows_found {
	struct view_row *items; /* from malloc */
	size_t count, capacity;
	bool failed; /* memory ran out */
};
void rows_finish_found(struct rows_found *found);
/* For view_at_port and view_named; the context is a struct rows_found. */
bool rows_take(const struct view_row *row, uint32_t index, void *context);

/* "80", "6000-6063", or "" for a name alone. */
enum { ROWS_NUMBER_SIZE = 16 };
const char *rows_number(const struct view_row *row, char buffer[static ROWS_NUMBER_SIZE]);

/* Rows in few words, a line for each.  The caption stands between begin and head. */
void rows_table_begin(struct visit *visit);
void rows_table_head(struct visit *visit);
/* `free_text` of answers_at; "" when there is none. */
void rows_table_line(struct visit *visit, const struct view_row *row, const char *free_text);
void rows_table_end(struct visit *visit);

/* Where the page's first row is among all that were found, by its address; and the ways to the page before and the page
 * behind, as `url` with another "from". */
enum { ROWS_ON_A_PAGE = 50 };
size_t rows_from(const struct visit *visit);
void rows_steps(struct visit *visit, const struct url *url, size_t count);

/* Rows with all that is known of them, a section for each; unassigned ones, of which nothing is known, are left out.
 * Each heading leads to the service's page, or from there (`of_service`) to the number's. */
void rows_sections(struct visit *visit, const struct rows_found *found, bool of_service);

/* The name of a service, leading to its page; nothing for "". */
void rows_service(struct visit *visit, const char *name);
/* A text of the registry, in which [RFC1234] leads to that RFC. */
void rows_reference(struct visit *visit, const char *text);
/* An assignee, leading to its page when it is known to be an organisation. */
void rows_holder(struct visit *visit, const struct view_row *row);

/* What became of a question's rows, the newest last: "History" with its lines; nothing when there are none. */
void rows_history(struct visit *visit, const struct question *question);

/* "Near: http, ftp, ntp", for a name that nobody has; nothing when there is nothing like it. */
void rows_near(struct visit *visit, const struct question *question);
