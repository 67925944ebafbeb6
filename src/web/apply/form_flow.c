/* form_flow.c - from one page of a form to the next (form_page.h): which button it was, and whether people or programs
 * pressed it.
 *
 * Whatever is wrong, the page comes again with all that was typed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "os/clock.h"
#include "os/log.h"
#include "web/apply/form_page.h"
#include "web/site/limit.h"
#include "web/site/session.h"

/* Nobody reads the form and answers its questions in less. */
enum { WRITING_MIN_S = 3 };

static const char too_old[] =
	"This page was open for too long, or the registry's program was started anew since. Nothing is lost and "
	"nothing was "
	"sent: what you typed stands here. Press the button once more.";

static bool is_act(const struct visit *visit, const char *act)
{
	return web_value_is(&visit->request->form, "act", act);
}

/* Since when it is written; 0 when its beginning is not ours, which gets a new one then. */
static long age_of(struct visit *visit, struct typed *typed)
{
	char token[SESSION_FORM_TOKEN];
	long age_s = 0;

	if (session_form_check(visit, typed->begun, &age_s) == -EACCES) {
		session_form_token(visit, token);
		typed->begun = arena_text(&typed->arena, token, strlen(token));
		typed->begun = typed->begun != NULL ? typed->begun : "";
		return 0;
	}
	return age_s;
}

/* A sentence when this does not look like a person's work. */
static const char *doubt(struct visit *visit, struct typed *typed)
{
	long age_s = age_of(visit, typed);

	if (typed->trap[0] != '\0') {
		return "A field that people do not see was filled in, as programs do it. It stands at the end of the "
		       "form "
		       "now: make it empty, and go on.";
	}
	return age_s < WRITING_MIN_S ? "This came faster than people write. Look at your answers once more, and go on."
				     : NULL;
}

/* ---- which page ---- */

static void show_form(struct visit *visit, struct form_page *page, unsigned status)
{
	visit->response->status = status;
	form_page_fill(visit, page);
}

static bool take_port(struct visit *visit, struct typed *typed)
{
	const char *port = visit_field(visit, "take-port");

	return port[0] != '\0' && strlen(port) < 8 && typed_put(typed, form_field_find("port"), port);
}

/* Continue, or send.  What is sent anew is judged by process_submit, which knows what was sent before. */
static bool go_on(struct visit *visit, struct form_page *page)
{
	const struct preview *preview = page->preview;
	bool sends = is_act(visit, "send");

	page->trouble = doubt(visit, page->typed);
	if (preview->report == NULL && page->trouble == NULL) {
		page->trouble = preview->fault;
	}
	page->is_refused = !(sends && page->reference == NULL) && preview_count(preview, "refuse") > 0;
	if (page->trouble != NULL || page->is_refused || page->typed->errors > 0) {
		show_form(visit, page, 422);
		return false;
	}
	if (!sends) {
		form_page_check(visit, page);
	}
	return sends;
}

static void show_untaken(struct visit *visit, struct form_page *page)
{
	(void)age_of(visit, page->typed); /* a beginning of before a restart would hold up the next press as well */
	page->trouble = too_old;
	visit->response->status = 403;
	if (is_act(visit, "send")) {
		form_page_check(visit, page);
	} else {
		form_page_fill(visit, page);
	}
}

bool form_page_post(struct visit *visit, struct form_page *page)
{
	struct typed *typed = page->typed;
	struct preview preview = { .report = NULL };
	bool sends = false;

	if (visit->token != 0) {
		show_untaken(visit, page);
		return false;
	}
	if ((typed->has_file || is_act(visit, "attach")) && typed->berth_error == NULL) {
		page->said = preview_fill(visit, typed);
	}
	bool took = take_port(visit, typed);
	if (is_act(visit, "attach") || is_act(visit, "back")) {
		show_form(visit, page, 200);
		return false;
	}
	preview_form(visit, &typed->form, page->reference, &preview);
	page->preview = &preview;
	if (!took && (is_act(visit, "continue") || is_act(visit, "send"))) {
		sends = go_on(visit, page);
	} else {
		show_form(visit, page, 200);
	}
	page->preview = NULL;
	preview_finish(&preview);
	return sends;
}

/* ---- not sent ---- */

bool form_page_may_send(struct visit *visit, struct form_page *page)
{
	char seconds[16];
	char sentence[160];
	unsigned wait_s = limit_take(visit->site->limits, LIMIT_SUBMISSIONS, visit->request->source, clock_now_ns());

	if (wait_s == 0) {
		return true;
	}
	(void)snprintf(seconds, sizeof(seconds), "%u", wait_s);
	(void)snprintf(
		sentence, sizeof(sentence),
		"Many applications came just now. Nothing was sent and nothing is lost: press the button once more "
		"in %u seconds.",
		wait_s);
	page->trouble = sentence;
	visit->response->status = 429;
	response_header(visit->response, "Retry-After", seconds);
	form_page_check(visit, page);
	return false;
}

static unsigned status_of(int error)
{
	switch (error) {
	case -EPERM:
	case -EINVAL:
	case -E2BIG:
		return 422;
	case -EEXIST:
		return 409;
	case -EBUSY:
	case -EAGAIN:
	case -ECONNRESET:
	case -ETIMEDOUT:
		return 503;
	default:
		return 500;
	}
}

void form_page_failed(struct visit *visit, struct form_page *page, int error, const struct complaint *complaint)
{
	unsigned status = status_of(error);

	if (status >= 500) {
		log_event(LOG_LEVEL_ERROR, "act-failed", "page", visit->route->pattern, "error", strerror(-error),
			  "because", complaint->sentence, NULL);
	}
	page->trouble =
		status == 503 ? "The registry's store is busy or being restarted. Nothing was sent and nothing is "
				"lost: press the button once more in a few seconds."
		: status == 500
			? "Something went wrong on our side. Nothing was sent and nothing is lost: try it again "
			  "later."
			: complaint->sentence;
	page->is_refused = page->preview != NULL && preview_count(page->preview, "refuse") > 0;
	if (page->is_refused) {
		page->trouble = NULL; /* each rule stands in the list */
	} else {
		page->preview = NULL; /* it was not the rules */
	}
	visit->response->status = status;
	if (status >= 500) {
		response_header(visit->response, "Retry-After", "5");
		form_page_check(visit, page);
	} else {
		form_page_fill(visit, page);
	}
}
