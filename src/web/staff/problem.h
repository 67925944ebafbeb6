/* problem.h - what was wrong with a form of the staff's own pages: one sentence, and the field it is about. */
#pragma once

#include "web/site/page.h"

struct problem {
	const char *field;	    /* "" none's */
	struct complaint complaint; /* "" nothing is wrong */
};

bool problem_is_there(const struct problem *problem);
/* The field's part of it, or NULL. */
const char *problem_at(const struct problem *problem, const char *field);
/* "There is a problem", when there is one. */
void problem_put(struct visit *visit, const struct problem *problem);

/* A form that was open too long, or is not ours: what was typed is shown again, to be sent once more. */
int problem_of_token(struct visit *visit, struct problem *ret_problem);

/* A password and code that were asked for again: 0 when they are those of who is signed in, or the problem. */
int problem_of_proof(struct visit *visit, struct problem *ret_problem);
/* Whose password it is, for programs that keep passwords; nobody sees it. */
void problem_put_username(struct visit *visit, const char *login);
/* The two fields of it, "password" and "code". */
void problem_put_present(struct visit *visit, const struct problem *problem);
void problem_put_code(struct visit *visit, const struct problem *problem);

/* What an act on a store was refused with: true when it is a sentence for the page; false when visit_refused has
 * answered instead. */
bool problem_from(struct visit *visit, int error, const char *field, struct problem *problem);
