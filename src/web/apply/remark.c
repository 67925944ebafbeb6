/* remark.c - what anybody may say: comments on a call, and appeals against an assignment (apply.h).
 *
 * Both are taken with an e-mail address and count when the link that is mailed there was followed; whether an
 * address is known is never told. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "os/clock.h"
#include "registry/words/day.h"
#include "web/apply/apply.h"
#include "web/html/url.h"
#include "web/site/limit.h"

struct remark {
	const char *act;       /* "comment", "appeal" */
	const char *reference; /* of the application */
	const char *trouble;   /* why it was not taken, or NULL */
	const char *field;     /* whose trouble it is, "" nobody's */
};

static const char *error_of(const struct remark *remark, const char *field)
{
	return remark->trouble != NULL && strcmp(remark->field, field) == 0 ? remark->trouble : NULL;
}

static void put_fields(struct visit *visit, const struct remark *remark, const char *label, const char *hint)
{
	page_field(visit, &(const struct page_field){
				  .name = "email",
				  .label = "Your e-mail address",
				  .hint = "A letter with a link goes there; your words count when you follow it.",
				  .visibility = "Only the registry's staff",
				  .error = error_of(remark, "email"),
				  .value = visit_field(visit, "email"),
				  .kind = "email",
				  .autocomplete = "email",
			  });
	page_field(visit, &(const struct page_field){
				  .name = "text",
				  .label = label,
				  .hint = hint,
				  .visibility = "Only the registry's staff",
				  .error = error_of(remark, "text"),
				  .value = visit_field(visit, "text"),
			  });
}

static void put_trouble(struct visit *visit, const struct remark *remark)
{
	if (remark->trouble != NULL) {
		page_errors_begin(visit);
		page_error(visit, remark->field, remark->trouble);
		page_errors_end(visit);
	}
}

/* ---- the calls ---- */

static void put_call(struct html *html, const json_t *call)
{
	const char *reference = row_text(call, "ref");
	struct url url;
	char day[DAY_SIZE];

	(void)snprintf(day, sizeof(day), "%.10s", row_text(call, "due"));
	html_print(html, "<h2 id=\"%s\">%s: %s</h2>\n", reference, reference, row_text(call, "about"));
	html_print(html,
		   "<p>Shall this assignment be revoked? Comments are taken until <time>%s</time>; then the board "
		   "decides.</p>\n",
		   day);
	html_print(html, "<pre>%s</pre>\n", row_text(call, "text"));
	html_print(html, "<p><a class=\"button\" href=\"%s\">Comment on it</a></p>\n",
		   url_path(&url, "/calls/", reference));
}

void page_calls(struct visit *visit)
{
	struct html *html = visit_html(visit);
	json_t *calls = NULL;
	const json_t *call;
	size_t index;
	int r = process_calls(&visit->site->process, &calls);

	if (r < 0) {
		visit_refused(visit, r, &(struct complaint){ "" });
		return;
	}
	page_begin(visit, &(struct page){ .title = "Calls for comments", .section = "apply" });
	html_print(html,
		   "<p class=\"lead\">Before an assignment that nobody seems to use is revoked, everybody is asked "
		   "for four weeks.</p>\n");
	json_array_foreach(calls, index, call)
	{
		put_call(html, call);
	}
	if (json_array_size(calls) == 0) {
		html_print(html, "<p>No call is open now.</p>\n");
	}
	html_print(html, "<h2>Appeals</h2>\n<p>Who is affected by an assignment can <a href=\"/appeal\">appeal against "
			 "it</a> for sixty days.</p>\n");
	page_end(visit);
	json_decref(calls);
}

/* ---- the forms ---- */

static void show_comment(struct visit *visit, const struct remark *remark)
{
	struct url url;

	page_begin(visit, &(struct page){ .title = "Comment on a call",
					  .section = "apply",
					  .has_errors = remark->trouble != NULL,
					  .is_private = true });
	put_trouble(visit, remark);
	html_print(visit_html(visit), "<p>Your comment on <strong>%s</strong> goes to the board.</p>\n",
		   remark->reference);
	page_form_begin(visit, url_path(&url, "/calls/", remark->reference), false);
	put_fields(visit, remark, "Your comment", "Who uses the number, where, and how one can see it.");
	html_print(visit_html(visit), "<p><button>Send the comment</button></p>\n");
	page_form_end(visit);
	page_end(visit);
}

static void show_appeal(struct visit *visit, const struct remark *remark)
{
	page_begin(visit, &(struct page){ .title = "Appeal against an assignment",
					  .section = "apply",
					  .has_errors = remark->trouble != NULL,
					  .is_private = true });
	put_trouble(visit, remark);
	html_print(visit_html(visit), "<p>Who is affected by an assignment can appeal against it for sixty days. Other "
				      "people than those who decided hear it.</p>\n"
				      "<p>An applicant whose application was refused appeals on its own page, by the "
				      "link of the receipt.</p>\n");
	page_form_begin(visit, "/appeal", false);
	page_field(visit, &(const struct page_field){
				  .name = "reference",
				  .label = "The application's reference",
				  .hint = "It stands in the notes of the entry, like B-2026-0017.",
				  .error = error_of(remark, "reference"),
				  .value = visit_field(visit, "reference"),
				  .kind = "text",
				  .is_short = true,
			  });
	put_fields(visit, remark, "The facts", "What is wrong with the decision, and how you are affected.");
	html_print(visit_html(visit), "<p><button>Send the appeal</button></p>\n");
	page_form_end(visit);
	page_end(visit);
}

static void show(struct visit *visit, const struct remark *remark)
{
	if (strcmp(remark->act, "comment") == 0) {
		show_comment(visit, remark);
	} else {
		show_appeal(visit, remark);
	}
}

/* ---- sent ---- */

static const char *field_of(const struct visit *visit, const struct remark *remark, int error)
{
	if (error == -ENOENT) {
		return strcmp(remark->act, "appeal") == 0 ? "reference" : ""; /* a call is named by the address */
	}
	return visit_field(visit, "text")[0] == '\0' ? "text" : "email";
}

/* Each takes a letter: so as many as there are applications sent. */
static bool is_too_often(const struct visit *visit)
{
	return limit_take(visit->site->limits, LIMIT_SUBMISSIONS, visit->request->source, clock_now_ns()) != 0;
}

static void send(struct visit *visit, struct remark *remark)
{
	const struct process_act act = {
		.act = remark->act,
		.reference = remark->reference,
		.email = visit_field(visit, "email"),
		.text = visit_field(visit, "text"),
	};
	struct process_done done = { .reference = "" };
	struct complaint complaint = { "" };

	if (visit->token != 0 || is_too_often(visit)) {
		visit->response->status = visit->token != 0 ? 403 : 429;
		remark->trouble = visit->token != 0
					  ? "The page had been open for too long. Send it again; nothing is lost."
					  : "Too much was sent just now. Send it again in some minutes.";
		show(visit, remark);
		return;
	}
	int r = process_do(&visit->site->process, &act, &done, &complaint);
	if (r == 0) {
		visit_go(visit, "/remark-sent");
	} else if (r == -EPERM || r == -ENOENT) {
		visit->response->status = 400;
		remark->trouble = complaint.sentence;
		remark->field = field_of(visit, remark, r);
		show(visit, remark);
	} else {
		visit_refused(visit, r, &complaint);
	}
}

void remark_sent(struct visit *visit)
{
	page_begin(visit, &(struct page){ .title = "One step is left", .section = "apply", .is_private = true });
	html_print(visit_html(visit),
		   "<p class=\"lead\">A letter with a link was sent to the address you gave. What you "
		   "wrote counts when you follow it within seven days; nobody sees it before.</p>\n");
	page_end(visit);
}

/* 0; -ENOENT when no call by this reference is open. */
static int find_call(struct visit *visit, const char *reference)
{
	json_t *calls = NULL;
	const json_t *call;
	size_t i;
	int r = process_calls(&visit->site->process, &calls);
	bool found = false;

	json_array_foreach(calls, i, call)
	{
		found = found || strcmp(row_text(call, "ref"), reference) == 0;
	}
	json_decref(calls);
	return r < 0 ? r : found ? 0 : -ENOENT;
}

void comment_form(struct visit *visit)
{
	int r = find_call(visit, visit->request->parameters[0]);

	if (r < 0) {
		visit_refused(visit, r,
			      &(struct complaint){ "No call for comments by this reference is open; the page of calls "
						   "lists those that are." });
		return;
	}
	show(visit, &(struct remark){ .act = "comment", .reference = visit->request->parameters[0], .field = "" });
}

void comment_post(struct visit *visit)
{
	send(visit, &(struct remark){ .act = "comment", .reference = visit->request->parameters[0], .field = "" });
}

void appeal_form(struct visit *visit)
{
	show(visit, &(struct remark){ .act = "appeal", .reference = "", .field = "" });
}

void appeal_post(struct visit *visit)
{
	send(visit, &(struct remark){ .act = "appeal", .reference = visit_field(visit, "reference"), .field = "" });
}
