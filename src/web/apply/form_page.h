/* form_page.h - the two pages of a form: to fill in, and to check before it is sent.  The same for what is new, and for
 * the new version of an application. */
#pragma once

#include "web/apply/preview.h"
#include "web/site/page.h"

struct form_page {
	struct typed *typed;
	const char *action;	       /* where it is posted */
	const char *title;	       /* of the form to fill in */
	const char *send;	       /* "Send the application" */
	const char *reference;	       /* of the application, or NULL */
	int step;		       /* of the application, when its form was shown first */
	const struct preview *preview; /* or NULL: not asked for */
	const char *trouble;	       /* why it was not done, or NULL */
	const char *said;	       /* what was done, or NULL */
	bool is_refused;	       /* answers that may not stand, and rules that refuse, are listed on top */
};

void form_page_fill(struct visit *visit, const struct form_page *page);
void form_page_check(struct visit *visit, const struct form_page *page);

/* Takes a POST through the pages: check, attach, back, continue.  True when it is to be sent now: everything was looked
 * at, and nothing was written.  Else the page was. */
bool form_page_post(struct visit *visit, struct form_page *page);

/* Whether one more may be sent now, for each of which a letter is written.  False: the page was written again. */
bool form_page_may_send(struct visit *visit, struct form_page *page);

/* It was to be sent and was not: the page again, with everything. */
void form_page_failed(struct visit *visit, struct form_page *page, int error, const struct complaint *complaint);

/* ---- form_page.c ---- */

/* What a page about an application that is there posts beside the answers. */
void form_page_hide(struct visit *visit, const struct form_page *page);

/* ---- form_field_page.c ---- */

/* Who may see the answer to this. */
const char *form_page_visibility(const struct form_field *field, enum form_kind kind);
void form_page_field(struct visit *visit, const struct typed *typed, int at, const char *error);
