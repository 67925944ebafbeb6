/* track.c - the link of the receipt: one application, and what its applicant does to it (apply.h). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web/apply/apply.h"
#include "web/apply/form_page.h"
#include "web/apply/link.h"
#include "web/apply/track_page.h"
#include "web/html/url.h"

struct tracked {
	char reference[32];
	json_t *dossier;
};

/* False: the answer was written. */
static bool track_open(struct visit *visit, struct tracked *ret_tracked)
{
	const struct complaint complaint = { "" };

	ret_tracked->dossier = NULL;
	if (!link_find(visit, visit->request->parameters[0], "track", ret_tracked->reference)) {
		return false;
	}
	int r = process_dossier(&visit->site->process, ret_tracked->reference, true, &ret_tracked->dossier);
	if (r < 0) {
		visit_refused(visit, r, &complaint);
	}
	return r == 0;
}

static void show(struct visit *visit, const struct tracked *tracked, const char *trouble, const char *field)
{
	track_page_show(visit, &(struct track_page){
				       .token = visit->request->parameters[0],
				       .dossier = tracked->dossier,
				       .trouble = trouble,
				       .field = field,
			       });
}

void track_show(struct visit *visit)
{
	struct tracked tracked;

	if (track_open(visit, &tracked)) {
		show(visit, &tracked, NULL, "");
	}
	json_decref(tracked.dossier);
}

/* ---- acts ---- */

/* What is refused is said on the page itself, with what was typed. */
static void show_refused(struct visit *visit, const struct tracked *tracked, int error,
			 const struct complaint *complaint, const char *field)
{
	if (error != -EPERM && error != -EEXIST && error != -E2BIG) {
		visit->response->status = 503;
		show(visit, tracked,
		     "The registry's store is busy, or something went wrong on our side. Nothing is lost: try it "
		     "again in a "
		     "few seconds.",
		     "");
		return;
	}
	visit->response->status = error == -EEXIST ? 409 : 422;
	show(visit, tracked, complaint->sentence, field);
}

/* To its page; by the new link, if there is one. */
static void go_back(struct visit *visit, const struct process_done *done, const char *what)
{
	link_go(visit, done->track[0] != '\0' ? done->track : visit->request->parameters[0], what);
}

static void do_act(struct visit *visit, const struct tracked *tracked, const struct process_act *act, const char *what,
		   const char *field)
{
	struct process_done done = { .reference = "" };
	struct complaint complaint = { "" };
	int r = site_do(visit->site, act, &done, &complaint);

	if (r == 0) {
		go_back(visit, &done, what);
	} else {
		show_refused(visit, tracked, r, &complaint, field);
	}
}

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

/* What was answered meanwhile stays as it is: the same words are what a form that was sent twice says. */
static int answer_again(const json_t *question, const char *text, struct complaint *complaint)
{
	return strcmp(row_text(question, "answer"), text) == 0
		       ? 0
		       : complain_of(complaint, -EEXIST,
				     "Question %lld was answered before: what you wrote now was not sent. It stands "
				     "below the answer that was.",
				     (long long)row_integer(question, "q"));
}

/* One act for each question, so that what is answered stays answered.  0, -ENODATA: nothing was written. */
static int answer_all(struct visit *visit, const struct tracked *tracked, struct process_done *done,
		      struct complaint *complaint)
{
	const json_t *question;
	int r = -ENODATA;
	size_t i;

	json_array_foreach(json_object_get(tracked->dossier, "questions"), i, question)
	{
		char name[32];
		char number[24];
		long long q = json_integer_value(json_object_get(question, "q"));
		(void)snprintf(name, sizeof(name), "answer-%lld", q);
		(void)snprintf(number, sizeof(number), "%lld", q);
		const struct process_act act = {
			.act = "answer",
			.token = visit->request->parameters[0],
			.text = visit_field(visit, name),
			.about = number,
		};
		if (!is_blank(act.text)) {
			r = json_is_null(json_object_get(question, "answer"))
				    ? site_do(visit->site, &act, done, complaint)
				    : answer_again(question, act.text, complaint);
		}
		if (r < 0 && r != -ENODATA) {
			return r;
		}
	}
	return r;
}

static void answer(struct visit *visit, const struct tracked *tracked)
{
	struct process_done done = { .reference = "" };
	struct complaint complaint = { "" };
	int r = answer_all(visit, tracked, &done, &complaint);

	if (r == 0) {
		go_back(visit, &done, "answered");
	} else if (r == -ENODATA) {
		visit->response->status = 422;
		show(visit, tracked, "Nothing is answered yet: write an answer to at least one question.", "");
	} else {
		show_refused(visit, tracked, r, &complaint, "");
	}
}

static void ask_withdraw(struct visit *visit, const struct tracked *tracked)
{
	struct html *html = visit_html(visit);
	struct url url;

	(void)url_path(&url, "/track/", visit->request->parameters[0]);
	page_begin(visit,
		   &(struct page){ .title = "Withdraw this application", .section = "apply", .is_private = true });
	html_print(html,
		   "<p class=\"lead\">Application <strong>%s</strong> ends when you withdraw it: the name that is held "
		   "for "
		   "you is free for others then. You can apply again with what you wrote.</p>\n",
		   tracked->reference);
	page_form_begin(visit, url.text, false);
	html_print(html,
		   "<div class=\"row\">\n<button class=\"danger\" name=\"act\" value=\"withdraw-now\">Withdraw "
		   "it</button>\n<a class=\"button second\" href=\"%s\">Keep it</a>\n</div>\n",
		   url.text);
	page_form_end(visit);
	page_end(visit);
}

/* ---- a new version ---- */

static bool typed_of_dossier(struct typed *typed, const json_t *dossier, const struct visit *visit)
{
	struct form form = { .kind = FORM_USER };
	const json_t *answer;
	bool done = form_kind_of(row_text(dossier, "kind"), &form.kind) == 0;
	size_t i;

	json_array_foreach(json_object_get(dossier, "form"), i, answer)
	{
		done = done && form_set(&form, row_text(answer, "key"), row_text(answer, "answer")) == 0;
	}
	form.berth = row_text(dossier, "berth");
	done = typed_of_form(typed, &form, visit) && done;
	form_finish(&form);
	return done;
}

/* The step that it stood at when the applicant looked: nobody answers a question unseen. */
static int seen_step(const struct visit *visit)
{
	return (int)strtol(visit_field(visit, "step"), NULL, 10);
}

static void describe_page(struct visit *visit, const struct tracked *tracked, struct typed *typed, struct url *url,
			  struct form_page *page)
{
	*page = (struct form_page){
		.typed = typed,
		.action = url_path(url, "/track/", visit->request->parameters[0]),
		.title = track_may(tracked->dossier, "submit") ? "Your draft" : "Change your application",
		.send = track_may(tracked->dossier, "submit") ? "Send the application" : "Send the new version",
		.reference = tracked->reference,
	};
}

static void begin_edit(struct visit *visit, const struct tracked *tracked)
{
	const struct complaint complaint = { "the answers could not be taken up" };
	struct typed typed;
	struct form_page page;
	struct url url;

	if (typed_of_dossier(&typed, tracked->dossier, visit)) {
		describe_page(visit, tracked, &typed, &url, &page);
		page.step = seen_step(visit);
		form_page_fill(visit, &page);
	} else {
		visit_refused(visit, -ENOMEM, &complaint);
	}
	typed_finish(&typed);
}

/* What sending a new version is, in the state it is in. */
static const char *act_of(const json_t *dossier)
{
	return track_may(dossier, "submit") ? "submit" : track_may(dossier, "answer") ? "answer" : "edit-return";
}

static void send_version(struct visit *visit, const struct tracked *tracked, struct form_page *page)
{
	const struct process_act act = {
		.act = act_of(tracked->dossier),
		.token = visit->request->parameters[0],
		.form = &page->typed->form,
		.step = page->step,
	};
	struct process_done done = { .reference = "" };
	struct complaint complaint = { "" };
	bool writes = strcmp(act.act, "submit") == 0;

	if (writes && !form_page_may_send(visit, page)) {
		return;
	}
	int r = site_do(visit->site, &act, &done, &complaint);
	if (r == 0) {
		go_back(visit, &done, writes ? "sent" : "edited");
	} else {
		page->step = track_step(tracked->dossier); /* who reads why, and presses the button again, means it */
		form_page_failed(visit, page, r, &complaint);
	}
}

static void edit(struct visit *visit, const struct tracked *tracked)
{
	const struct complaint complaint = { "not enough memory for a form" };
	enum form_kind kind = FORM_USER;
	struct typed typed;
	struct form_page page;
	struct url url;

	(void)form_kind_of(row_text(tracked->dossier, "kind"), &kind);
	if (typed_read(&typed, kind, visit)) {
		describe_page(visit, tracked, &typed, &url, &page);
		page.step = seen_step(visit);
		if (form_page_post(visit, &page)) {
			send_version(visit, tracked, &page);
		}
	} else {
		visit_refused(visit, -ENOMEM, &complaint);
	}
	typed_finish(&typed);
}

/* ---- which button it was ---- */

static void act_simply(struct visit *visit, const struct tracked *tracked, const char *pressed)
{
	static const struct {
		const char *pressed, *act, *what, *field;
	} acts[] = {
		{ "withdraw-now", "withdraw", "withdrawn", "" },
		{ "reopen", "reopen", "reopened", "" },
		{ "copy", "copy", "copied", "" },
		{ "appeal", "appeal", "appealed", "facts" },
	};

	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		if (strcmp(acts[i].pressed, pressed) == 0) {
			const struct process_act act = {
				.act = acts[i].act,
				.token = visit->request->parameters[0],
				.text = acts[i].field[0] != '\0' ? visit_field(visit, acts[i].field) : NULL,
			};
			do_act(visit, tracked, &act, acts[i].what, acts[i].field);
			return;
		}
	}
	visit->response->status = 400;
	show(visit, tracked, "There is no such button on this page; use one of those below.", "");
}

static void press(struct visit *visit, const struct tracked *tracked, const char *pressed)
{
	if (strcmp(pressed, "answer") == 0) {
		answer(visit, tracked);
	} else if (strcmp(pressed, "edit") == 0) {
		begin_edit(visit, tracked);
	} else if (strcmp(pressed, "withdraw") == 0) {
		ask_withdraw(visit, tracked);
	} else {
		act_simply(visit, tracked, pressed);
	}
}

void track_post(struct visit *visit)
{
	struct tracked tracked;

	if (track_open(visit, &tracked)) {
		if (web_value_is(&visit->request->form, "page", "edit")) {
			edit(visit, &tracked);
		} else if (visit->token != 0) {
			visit->response->status = 403;
			show(visit, &tracked,
			     "This page was open for too long. Nothing is lost and nothing was done: press the button "
			     "once "
			     "more.",
			     "");
		} else {
			press(visit, &tracked, visit_field(visit, "act"));
		}
	}
	json_decref(tracked.dossier);
}
