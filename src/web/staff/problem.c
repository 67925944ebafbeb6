/* problem.c - what was wrong with a form (problem.h).  Called by the pages of sign-in, account, people, bands,
 * settings. */
#include "web/staff/problem.h"

#include <errno.h>
#include <string.h>

#include "web/site/session.h"

bool problem_is_there(const struct problem *problem)
{
	return problem->complaint.sentence[0] != '\0';
}

const char *problem_at(const struct problem *problem, const char *field)
{
	return problem_is_there(problem) && strcmp(problem->field, field) == 0 ? problem->complaint.sentence : NULL;
}

void problem_put(struct visit *visit, const struct problem *problem)
{
	if (problem_is_there(problem)) {
		page_errors_begin(visit);
		page_error(visit, problem->field, problem->complaint.sentence);
		page_errors_end(visit);
	}
}

bool problem_from(struct visit *visit, int error, const char *field, struct problem *problem)
{
	static const struct {
		int error;
		unsigned status;
	} known[] = { { -EPERM, 403 }, { -ENOENT, 404 }, { -EEXIST, 409 }, { -EINVAL, 400 } };

	if (problem->complaint.sentence[0] == '\0') {
		(void)complain_of(&problem->complaint, error, "%s", store_complaint(visit->site->store));
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].error == error && problem_is_there(problem)) {
			problem->field = field;
			visit->response->status = known[i].status;
			return true;
		}
	}
	visit_refused(visit, error, &problem->complaint);
	return false;
}

int problem_of_token(struct visit *visit, struct problem *ret_problem)
{
	if (visit->token == 0) {
		return 0;
	}
	visit->response->status = 403;
	ret_problem->field = "";
	return complain_of(
		&ret_problem->complaint, visit->token,
		"This page was open for too long, or the site was started anew; nothing was changed. Send it "
		"once more.");
}

/* ---- proof ---- */

int problem_of_proof(struct visit *visit, struct problem *ret_problem)
{
	int64_t staff = 0;
	int r = session_prove(visit, visit->session.login, visit_field(visit, "password"), visit_field(visit, "code"),
			      &staff);

	if (r == -EACCES) {
		ret_problem->field = "password";
		visit->response->status = 403;
		(void)complain_of(
			&ret_problem->complaint, r,
			"The present password or the code is wrong. Each code works once: wait for the next one of "
			"your authenticator.");
	} else if (r == -EAGAIN) {
		ret_problem->field = "password";
		visit->response->status = 429;
		(void)complain_of(&ret_problem->complaint, r,
				  "Too many attempts came at once, from where you are or from everywhere. Wait some "
				  "minutes.");
	} else if (r < 0) {
		visit_refused(visit, r, &ret_problem->complaint);
	}
	return r;
}

void problem_put_username(struct visit *visit, const char *login)
{
	html_print(visit_html(visit),
		   "<input type=\"text\" name=\"username\" autocomplete=\"username\" value=\"%s\" hidden>\n", login);
}

void problem_put_present(struct visit *visit, const struct problem *problem)
{
	problem_put_username(visit, visit->session.login);
	page_field(visit, &(const struct page_field){
				  .name = "password",
				  .label = "Present password",
				  .kind = "password",
				  .autocomplete = "current-password",
				  .value = "",
				  .error = problem_at(problem, "password"),
			  });
}

void problem_put_code(struct visit *visit, const struct problem *problem)
{
	page_field(visit, &(const struct page_field){
				  .name = "code",
				  .label = "Code",
				  .hint = "Six digits that your authenticator shows now. Each code works once.",
				  .kind = "text",
				  .autocomplete = "one-time-code",
				  .value = "",
				  .error = problem_at(problem, "code"),
				  .is_short = true,
			  });
}
