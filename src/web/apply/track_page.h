/* track_page.h - the page of one application as its applicant sees it. */
#pragma once

#include "registry/form/form.h"
#include "web/site/page.h"

struct track_page {
	const char *token;
	const json_t *dossier; /* of process_dossier, for the applicant: nothing else is shown */
	const char *trouble;   /* why something was not done, or NULL; what was typed comes from the request */
	const char *field;     /* where the trouble is, or "" */
};

/* Whether the applicant can do this to it now, by the table of moves. */
bool track_may(const json_t *dossier, const char *act);

/* The number of the step it stands at. */
int track_step(const json_t *dossier);

void track_page_show(struct visit *visit, const struct track_page *page);

/* ---- track_parts.c ---- */

void track_put_steps(struct visit *visit, const json_t *dossier);
void track_put_answers(struct visit *visit, const json_t *dossier);
void track_put_decisions(struct visit *visit, const json_t *dossier);
void track_put_report(struct visit *visit, const json_t *dossier);
