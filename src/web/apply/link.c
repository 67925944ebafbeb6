/* link.c - links of letters (link.h).  Called by the pages that a letter leads to. */
#include "web/apply/link.h"

#include <errno.h>
#include <string.h>

#include "web/html/url.h"
#include "web/site/session.h"

bool link_find(struct visit *visit, const char *token, const char *purpose, char ret_reference[static 32])
{
	struct complaint complaint = { "" };
	int r = process_link(&visit->site->process, token, purpose, ret_reference, &complaint);

	if (r == -ENOENT) {
		session_refused(visit, "a link", "a link that leads to nothing was followed");
		visit_problem(
			visit, 404, "This link leads nowhere",
			"No application is reached by this link. It may have been followed already, or its time is "
			"over; a link to confirm works once. The newest letter about your application has the right "
			"one.");
	} else if (r < 0) {
		visit_refused(visit, r, &complaint);
	}
	return r == 0;
}

bool link_do(struct visit *visit, const struct process_act *act, struct process_done *ret_done)
{
	struct complaint complaint = { "" };
	int r = site_do(visit->site, act, ret_done, &complaint);

	if (r < 0) {
		visit_refused(visit, r, &complaint);
	}
	return r == 0;
}

void link_go(struct visit *visit, const char *track, const char *done)
{
	struct url url;

	(void)url_path(&url, "/track/", track);
	visit_go(visit, url_query(&url, "done", done));
}

void link_put_too_old(struct visit *visit)
{
	if (visit->token != 0) {
		visit->response->status = 403;
		page_errors_begin(visit);
		page_error(visit, "", "This page was open for too long. Nothing was done: press the button once more.");
		page_errors_end(visit);
	}
}
