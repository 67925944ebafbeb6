/* page.h - the frame of every page: masthead, navigation, notice, foot; and the parts that many pages have.
 *
 * Pages are read in order without a style sheet, work without scripts, and pass at a width of 320 pixels. */
#pragma once

#include "web/site/visit.h"

struct page {
	const char *title; /* of the window and the one h1 */
	const char
		*section; /* of the navigation: "search", "map", "apply", "statistics", "downloads", "staff"; "" none */
	bool has_errors;  /* "Error: " before the window's title */
	bool is_private;  /* not for search engines, not for caches */
	bool is_wide;	  /* the map, tables of the staff */
};

/* Opens the page up to and with its h1. */
void page_begin(struct visit *visit, const struct page *page);
void page_end(struct visit *visit);
/* The staff's own, which page_begin writes on pages of the section "staff". */
void page_staff_navigation(struct visit *visit);

/* <form method="post"> with the token that dispatch looks for; `with_file`: multipart.  Closed by page_form_end. */
void page_form_begin(struct visit *visit, const char *action, bool with_file);
void page_form_end(struct visit *visit);

/* ---- fields: label, hint, error and control tied together by id ---- */

struct page_field {
	const char *name; /* and id */
	const char *label;
	const char *hint;	/* or NULL */
	const char *visibility; /* who may see it: "Public", "Only the registry's staff and you"; or NULL */
	const char *error;	/* or NULL */
	const char *value;
	const char *kind;	  /* input's type: "text", "email", "search", "password" ...; NULL: a textarea */
	const char *autocomplete; /* "name", "email", "off" ...; or NULL */
	unsigned size_max;	  /* characters; 0: not said.  Counted by the script, never cut */
	bool is_optional;
	bool is_short; /* a narrow box */
};
/* The value of a "password" or "file" is not written. */
void page_field(struct visit *visit, const struct page_field *field);

struct page_option {
	const char *value;
	const char *label;
	const char *hint; /* or NULL */
};
/* A group of radio buttons, or of boxes (`many`), in a fieldset with its legend.  Of boxes, field->value is the words
 * that are chosen, "tcp udp", and each comes back as a field of its own, NAME-VALUE with the value "yes". */
void page_choice(struct visit *visit, const struct page_field *field, const struct page_option *options, size_t count,
		 bool many);

/* Of a <select>: one line, which is chosen when its value is. */
void page_select_option(struct visit *visit, const char *value, const char *label, const char *chosen);

/* "There is a problem", each item a link to its field ("" or NULL: no field's).  Begins before the first and ends
 * behind the last. */
void page_errors_begin(struct visit *visit);
void page_error(struct visit *visit, const char *field, const char *sentence);
void page_errors_end(struct visit *visit);

/* ---- what is shown ---- */

/* One row of a list of facts, inside <dl class="facts">: <dt>, <dd>. */
void page_fact(struct visit *visit, const char *name, const char *value);

/* A status as its word, with a shape before it for those the registry's rows have: "assigned", "reserved" ... */
void page_status(struct visit *visit, const char *word);

/* A table in a box that scrolls when it is wider than the window; `id` is of this page alone.  Rows follow: <tr><td>...
 * A column whose title begins with "#" is one of numbers, with its title at the right; so are its <td class="right">.
 * Where it is narrow each row becomes a card, in which a <td data-label="Due"> says what it is. */
void page_table_begin(struct visit *visit, const char *id, const char *caption, const char *const *columns,
		      size_t count);
void page_table_end(struct visit *visit);
/* A <td> of a column of numbers: "65,536". */
void page_number(struct visit *visit, const char *label, unsigned number);
