/* dossier.h - one application on one page: what the files dossier*.c and act.c share.
 *
 *	dossier.c       opened, the page's order, state
 *	dossier_form.c  the form as sent, the report, findings
 *	dossier_acts.c  what this person may do now
 *	dossier_parts.c all that was said and done */
#pragma once

#include "web/site/page.h"
#include "web/staff/offers.h"
#include "web/staff/typed_number.h"

struct dossier {
	struct visit *visit;
	const char *ref;
	json_t *object; /* process_dossier's */
	json_t *people; /* names.h */
	struct offer_facts facts;
	struct offer offers[OFFERS_MAX];
	size_t offer_count;
	/* Of an act that was refused: what was typed is shown again. */
	const char *act;   /* its word; NULL: none */
	const char *field; /* where the sentence stands */
	const char *error;
	int status;
};

/* Opens it for who is signed in; whose own application it is sees what an applicant sees.  0 or -errno. */
int dossier_open(struct visit *visit, const char *ref, struct dossier *ret_dossier);
void dossier_close(struct dossier *dossier);
/* Answers with the page. */
void dossier_show(struct dossier *dossier);

/* The address of the application, or of an act on it, below /staff/application/. */
enum { DOSSIER_PATH_MAX = 128 };
const char *dossier_path(const struct dossier *dossier, const char *act, char path[static DOSSIER_PATH_MAX]);

/* The answer to a question of the form, by its key; "" without one. */
const char *dossier_answer(const struct dossier *dossier, const char *key);

/* ---- dossier_form.c ---- */

void dossier_put_form(struct dossier *dossier);
void dossier_put_report(struct dossier *dossier);
/* Around the two: the form in which findings are recorded. */
void dossier_findings_begin(struct dossier *dossier);
void dossier_findings_end(struct dossier *dossier);
/* The person's own last word on it in this version, or NULL. */
const json_t *dossier_finding(const struct dossier *dossier, const char *about);

/* What findings are about: "question 5", "rule P6".  Calls `each` for all that the form and the report ask for. */
enum { DOSSIER_ABOUT_MAX = 32 };
void dossier_each_about(const struct dossier *dossier, void (*each)(const char *about, bool is_question, void *context),
			void *context);
/* "finding-5", "note-P6": the names of its fields. */
const char *dossier_field(const char *prefix, const char *about, char field[static DOSSIER_ABOUT_MAX]);

/* ---- dossier_acts.c ---- */

void dossier_put_acts(struct dossier *dossier);
/* The number it asks for, or -1; and a sentence of free ones near it when it is not free. */
int dossier_asked_port(const struct dossier *dossier);
void dossier_put_free(const struct dossier *dossier);
/* The name of an act's field: "ask-text". */
const char *dossier_act_field(const char *act, const char *of, char field[static DOSSIER_ABOUT_MAX]);

/* ---- dossier_parts.c ---- */

void dossier_put_collisions(struct dossier *dossier);
void dossier_put_versions(struct dossier *dossier);
void dossier_put_questions(struct dossier *dossier);
void dossier_put_people(struct dossier *dossier);
void dossier_put_decisions(struct dossier *dossier);
void dossier_put_consents(struct dossier *dossier);
void dossier_put_comments(struct dossier *dossier);
void dossier_put_letters(struct dossier *dossier);
void dossier_put_steps(struct dossier *dossier);
void dossier_put_related(struct dossier *dossier);
