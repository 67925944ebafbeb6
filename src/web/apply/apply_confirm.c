/* apply_confirm.c - the link of a letter that asks whether it was you: who sent an application, a comment on a call, or
 * an appeal (apply.h).
 *
 * Programs that look at links before people do must confirm nothing: the link shows a button. */
#include <errno.h>
#include <string.h>

#include "web/apply/apply.h"
#include "web/apply/link.h"
#include "web/html/url.h"

static void show(struct visit *visit, const char *token, const char *reference)
{
	struct url url;
	struct html *html = visit_html(visit);

	page_begin(visit, &(struct page){
				  .title = "Was it you?",
				  .section = "apply",
				  .has_errors = visit->token != 0,
				  .is_private = true,
			  });
	link_put_too_old(visit);
	html_print(
		html,
		"<p class=\"lead\">Somebody wrote to the registry with your e-mail address; it is about application "
		"<strong>%s</strong>.</p>\n"
		"<p>When you confirm that it was you, it goes to those who examine it. An application is with the "
		"staff "
		"then, and the name that it asks for is held. If it was not you, close this page: without you it ends "
		"by "
		"itself.</p>\n",
		reference);
	page_form_begin(visit, url_path(&url, "/confirm/", token), false);
	html_print(html, "<p><button>It was me</button></p>\n");
	page_form_end(visit);
	page_end(visit);
}

/* Of a comment or an appeal: there is nothing to follow, and the link is used up. */
static void show_taken(struct visit *visit)
{
	page_begin(visit, &(struct page){ .title = "Your words were taken", .section = "apply", .is_private = true });
	html_print(visit_html(visit),
		   "<p class=\"lead\">They are with those who decide. Thank you for taking part.</p>\n");
	page_end(visit);
}

void apply_confirm(struct visit *visit)
{
	char reference[32];
	const char *token = visit->request->parameters[0];

	if (strcmp(token, "taken") == 0) {
		show_taken(visit);
	} else if (link_find(visit, token, "confirm", reference)) {
		show(visit, token, reference);
	}
}

void apply_confirmed(struct visit *visit)
{
	const struct process_act act = { .act = "confirm", .token = visit->request->parameters[0] };
	char reference[32];
	struct process_done done = { .reference = "" };

	if (!link_find(visit, act.token, "confirm", reference)) {
		return;
	}
	if (visit->token != 0) {
		show(visit, act.token, reference);
	} else if (link_do(visit, &act, &done)) {
		if (done.track[0] != '\0') {
			link_go(visit, done.track, "confirmed");
		} else {
			visit_go(visit, "/confirm/taken");
		}
	}
}
