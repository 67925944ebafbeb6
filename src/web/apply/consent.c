/* consent.c - the link by which a holder, or who shall become one, agrees or declines (apply.h). */
#include <stdio.h>
#include <string.h>

#include "web/apply/apply.h"
#include "web/apply/link.h"
#include "web/html/url.h"
#include "registry/words/process_words.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = row_text(object, key);

	return text[0] != '\0' ? text : "(nothing)";
}

/* ---- asked ---- */

static void put_changes(struct visit *visit, const json_t *asked)
{
	static const char *const columns[] = { "What", "As it is", "As it would be" };
	struct html *html = visit_html(visit);
	const json_t *change;
	size_t i;

	page_table_begin(visit, "changes", "What would change", columns, sizeof(columns) / sizeof(columns[0]));
	json_array_foreach(json_object_get(asked, "changes"), i, change)
	{
		html_print(html,
			   "<tr><th scope=\"row\">%s</th><td data-label=\"As it is\">%s</td>"
			   "<td data-label=\"As it would be\">%s</td></tr>\n",
			   text_of(change, "what"), text_of(change, "before"), text_of(change, "after"));
	}
	page_table_end(visit);
}

static void put_asked(struct visit *visit, const json_t *asked)
{
	struct html *html = visit_html(visit);
	const json_t *row;
	size_t i;

	html_print(html,
		   "<p class=\"lead\">The registry was asked for a change that takes your consent. If you do nothing, "
		   "nothing changes: silence is not consent.</p>\n<dl class=\"facts\">\n");
	page_fact(visit, "Application", text_of(asked, "ref"));
	page_fact(visit, "For", words_of_kind(text_of(asked, "kind")));
	json_array_foreach(json_object_get(asked, "rows"), i, row)
	{
		page_fact(visit, "About", json_string_value(row) != NULL ? json_string_value(row) : "");
	}
	char until[11];
	(void)snprintf(until, sizeof(until), "%s", text_of(asked, "ends"));
	page_fact(visit, "Answer until", until);
	html_print(html, "</dl>\n");
	put_changes(visit, asked);
}

static void show(struct visit *visit, const json_t *asked)
{
	struct html *html = visit_html(visit);
	struct url url;

	page_begin(visit, &(struct page){
				  .title = "Your consent is asked for",
				  .section = "",
				  .has_errors = visit->token != 0,
				  .is_private = true,
			  });
	link_put_too_old(visit);
	put_asked(visit, asked);
	page_form_begin(visit, url_path(&url, "/consent/", visit->request->parameters[0]), false);
	html_print(html, "<div class=\"row\">\n<button name=\"verdict\" value=\"yes\">I agree</button>\n"
			 "<button class=\"second\" name=\"verdict\" value=\"no\">I do not agree</button>\n</div>\n");
	page_form_end(visit);
	page_end(visit);
}

/* ---- said: the link is used up, so this page has an address of its own ---- */

static bool show_said(struct visit *visit)
{
	const char *said = visit->request->parameters[0];
	bool yes = strcmp(said, "yes") == 0;

	if (!yes && strcmp(said, "no") != 0) {
		return false;
	}
	page_begin(visit, &(struct page){ .title = "Your answer is recorded", .section = "", .is_private = true });
	html_print(visit_html(visit), "<p class=\"lead\">%s</p>\n",
		   yes ? "You have agreed. When everybody has who was asked, the registry's staff goes on with it."
		       : "You have not agreed, so nothing changes. Whoever applied is told.");
	page_end(visit);
	return true;
}

void consent_show(struct visit *visit)
{
	const char *token = visit->request->parameters[0];
	struct complaint complaint = { "" };
	json_t *asked = NULL;
	char reference[32];

	if (show_said(visit) || !link_find(visit, token, "consent", reference)) {
		return;
	}
	int r = process_asked(&visit->site->process, token, &asked, &complaint);
	if (r < 0) {
		visit_refused(visit, r, &complaint);
		return;
	}
	show(visit, asked);
	json_decref(asked);
}

void consent_post(struct visit *visit)
{
	const char *verdict = visit_field(visit, "verdict");
	const struct process_act act = {
		.act = "consent",
		.token = visit->request->parameters[0],
		.verdict = verdict,
	};
	struct process_done done = { .reference = "" };
	char reference[32];

	if (visit->token != 0) {
		consent_show(visit);
	} else if (link_find(visit, act.token, "consent", reference) && link_do(visit, &act, &done)) {
		visit_go(visit, strcmp(verdict, "yes") == 0 ? "/consent/yes" : "/consent/no");
	}
}
