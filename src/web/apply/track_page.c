/* track_page.c - how far an application is, what happens next, and what its applicant can do (track_page.h). */
#include "web/apply/track_page.h"

#include <stdio.h>
#include <string.h>

#include "registry/process/process.h"
#include "web/html/url.h"
#include "registry/words/process_words.h"

/* ---- where it is ---- */

static const char *next_of(const char *state)
{
	static const struct {
		const char *state, *next;
	} next[] = {
		{ "draft",
		  "Nobody has it yet. Look through the form and send it; a draft that is left alone is forgotten." },
		{ "unconfirmed",
		  "Nobody at the registry has it yet. Follow the link in the letter that we sent to your "
		  "address; without that it ends by itself." },
		{ "validating", "It is with the registry's staff. Examining takes from some days to a few weeks; when "
				"something is unclear they write to you." },
		{ "with-applicant", "The staff has questions, and it rests until you have answered. Without answers it "
				    "lapses; it can be reopened for a while." },
		{ "with-holder", "Those whose consent it takes were asked. Silence is not consent." },
		{ "expert-review", "An expert examines it and recommends; the registry's staff decides." },
		{ "board", "It is before the board, where two people decide." },
		{ "call", "Everybody can comment on it until the day below; then the board decides." },
		{ "approved", "It was decided that you get it. The number or name is assigned next." },
		{ "assigned", "It is yours, and stands in the public list." },
		{ "done", "What it asked for was carried out." },
		{ "refused",
		  "It was refused. You can appeal until the day below, or apply again with what you wrote." },
		{ "withdrawn", "You took it back. Nothing happens with it any more." },
		{ "lapsed", "It ended because nothing came in time." },
		{ "appeal", "Your appeal is with the board. People who had no part in the decision look at it again." },
		{ "de-assigned", "The assignment was annulled on appeal." },
	};

	for (size_t i = 0; i < sizeof(next) / sizeof(next[0]); i++) {
		if (strcmp(next[i].state, state) == 0) {
			return next[i].next;
		}
	}
	return "";
}

static void put_where(struct visit *visit, const json_t *dossier)
{
	struct html *html = visit_html(visit);
	char due[11] = "";

	(void)snprintf(due, sizeof(due), "%s", row_text(dossier, "due"));
	html_print(html, "<p class=\"lead\">%s</p>\n<dl class=\"facts\">\n", next_of(row_text(dossier, "state")));
	page_fact(visit, "State", words_of_state(row_text(dossier, "state")));
	page_fact(visit, "For", words_of_kind(row_text(dossier, "kind")));
	if (row_text(dossier, "about")[0] != '\0') {
		page_fact(visit, "About", row_text(dossier, "about"));
	}
	if (row_text(dossier, "assigned")[0] != '\0') {
		page_fact(visit, "Assigned", row_text(dossier, "assigned"));
	}
	if (due[0] != '\0') {
		page_fact(visit, "Until", due);
	}
	html_print(html, "</dl>\n");
}

/* ---- what was done just now ---- */

static void put_done(struct visit *visit)
{
	static const struct {
		const char *done, *words;
	} words[] = {
		{ "confirmed",
		  "Your address is confirmed, and the application is with the staff. The receipt that we have "
		  "mailed to you holds the link to this page too: keep it to yourself, whoever has it can act for "
		  "you." },
		{ "answered", "Your answers are with those who asked." },
		{ "edited", "The new version is with the staff." },
		{ "sent", "We have written to you: follow the link in the letter." },
		{ "withdrawn", "The application is withdrawn." },
		{ "reopened", "The application is with the staff again." },
		{ "copied",
		  "This is a copy of what you had written, as a draft. Look it through, and send it. Keep this "
		  "page's address: no letter has it." },
		{ "appealed", "Your appeal is with the board." },
	};
	const char *done = visit_query(visit, "done");

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].done, done) == 0) {
			html_print(visit_html(visit), "<div class=\"note\" role=\"status\"><p>%s</p></div>\n",
				   words[i].words);
		}
	}
}

static void put_trouble(struct visit *visit, const struct track_page *page)
{
	if (page->trouble != NULL) {
		page_errors_begin(visit);
		page_error(visit, page->field, page->trouble);
		page_errors_end(visit);
	}
}

/* ---- what can be done ---- */

bool track_may(const json_t *dossier, const char *act)
{
	return (process_move_actors(row_text(dossier, "state"), act) & ACTOR_APPLICANT) != 0;
}

int track_step(const json_t *dossier)
{
	const json_t *steps = json_object_get(dossier, "steps");
	const json_t *last = json_array_get(steps, json_array_size(steps) - 1);

	return (int)json_integer_value(json_object_get(last, "n"));
}

/* A deadline that passed takes away what it was for. */
static bool may_still(const struct visit *visit, const json_t *dossier, const char *act)
{
	const char *due = row_text(dossier, "due");

	return track_may(dossier, act) && (due[0] == '\0' || strcmp(due, visit->site->now) >= 0);
}

static void begin_form(struct visit *visit, const struct track_page *page)
{
	struct url url;

	page_form_begin(visit, url_path(&url, "/track/", page->token), false);
	html_print(visit_html(visit), "<input type=\"hidden\" name=\"step\" value=\"%d\">\n",
		   track_step(page->dossier));
}

static void put_button(struct visit *visit, const struct track_page *page, const char *act, const char *label)
{
	begin_form(visit, page);
	html_print(visit_html(visit), "<p><button class=\"second\" name=\"act\" value=\"%s\">%s</button></p>\n", act,
		   label);
	page_form_end(visit);
}

static void put_question(struct visit *visit, const struct track_page *page, const json_t *question)
{
	long long number = json_integer_value(json_object_get(question, "q"));
	char name[32];
	char label[128];

	(void)snprintf(name, sizeof(name), "answer-%lld", number);
	int about = form_field_find(row_text(question, "field"));
	(void)snprintf(label, sizeof(label), "Your answer to question %lld%s%s", number, about >= 0 ? ", on: " : "",
		       about >= 0 ? form_fields[about].label : "");
	const struct page_field field = {
		.name = name,
		.label = label,
		.hint = row_text(question, "text"),
		.visibility = "Seen by the registry's staff, the experts who examine it, and you.",
		.error = page->trouble != NULL && strcmp(page->field, name) == 0 ? page->trouble : NULL,
		.value = visit_field(visit, name),
	};
	page_field(visit, &field);
}

static void put_answered(struct visit *visit, const json_t *question)
{
	struct html *html = visit_html(visit);
	long long number = json_integer_value(json_object_get(question, "q"));
	char name[32];

	(void)snprintf(name, sizeof(name), "answer-%lld", number);
	const char *typed = visit_field(visit, name);
	html_print(html, "<div><dt>%lld. %s</dt><dd><pre>%s</pre>", number, row_text(question, "text"),
		   row_text(question, "answer"));
	if (typed[0] != '\0' && strcmp(typed, row_text(question, "answer")) != 0) {
		html_print(html, "<p>What you had written:</p>\n<pre>%s</pre>", typed);
	}
	html_print(html, "</dd></div>\n");
}

static void put_open(struct visit *visit, const struct track_page *page, const json_t *questions)
{
	const json_t *question;
	size_t i;

	html_print(visit_html(visit), "<h2>Questions to you</h2>\n");
	begin_form(visit, page);
	json_array_foreach(questions, i, question)
	{
		if (json_is_null(json_object_get(question, "answer"))) {
			put_question(visit, page, question);
		}
	}
	html_print(visit_html(visit),
		   "<p>If the answer is that something in your form is wrong, change the form instead: a new version "
		   "answers all "
		   "questions that are open.</p>\n<div class=\"row\">\n<button name=\"act\" value=\"answer\">Send the "
		   "answers</button>\n<button class=\"second\" name=\"act\" value=\"edit\">Change the "
		   "form</button>\n</div>\n");
	page_form_end(visit);
}

static void put_questions(struct visit *visit, const struct track_page *page)
{
	const json_t *questions = json_object_get(page->dossier, "questions");
	const json_t *question;
	size_t answered = 0;
	size_t i;

	if (track_may(page->dossier, "answer")) {
		put_open(visit, page, questions);
	}
	json_array_foreach(questions, i, question)
	{
		answered += !json_is_null(json_object_get(question, "answer"));
	}
	if (answered == 0) {
		return;
	}
	html_print(visit_html(visit), "<h2>Questions that you have answered</h2>\n<dl class=\"facts\">\n");
	json_array_foreach(questions, i, question)
	{
		if (!json_is_null(json_object_get(question, "answer"))) {
			put_answered(visit, question);
		}
	}
	html_print(visit_html(visit), "</dl>\n");
}

static void put_appeal(struct visit *visit, const struct track_page *page)
{
	const struct page_field facts = {
		.name = "facts",
		.label = "The facts that were missed or misread",
		.hint = "People who had no part in the decision read this.",
		.visibility = "Seen by the registry's board and staff, and you.",
		.error = page->trouble != NULL && strcmp(page->field, "facts") == 0 ? page->trouble : NULL,
		.value = visit_field(visit, "facts"),
	};

	html_print(visit_html(visit), "<h2>Appeal</h2>\n");
	begin_form(visit, page);
	page_field(visit, &facts);
	html_print(visit_html(visit), "<p><button name=\"act\" value=\"appeal\">Appeal</button></p>\n");
	page_form_end(visit);
}

static void put_acts(struct visit *visit, const struct track_page *page)
{
	const json_t *dossier = page->dossier;

	if (may_still(visit, dossier, "appeal")) {
		put_appeal(visit, page);
	}
	html_print(visit_html(visit), "<h2>What you can do</h2>\n");
	if (track_may(dossier, "submit")) {
		put_button(visit, page, "edit", "Look through the form and send it");
	}
	if (track_may(dossier, "edit-return")) {
		put_button(visit, page, "edit", "Change the form");
	}
	if (may_still(visit, dossier, "reopen")) {
		put_button(visit, page, "reopen", "Reopen it");
	}
	if (track_may(dossier, "copy")) {
		put_button(visit, page, "copy", "Apply again with what you wrote");
	}
	if (track_may(dossier, "withdraw")) {
		put_button(visit, page, "withdraw", "Withdraw it");
	}
	html_print(visit_html(visit),
		   "<p>Keep the address of this page to yourself: whoever has it can act for you.</p>\n");
}

void track_page_show(struct visit *visit, const struct track_page *page)
{
	char title[64];

	(void)snprintf(title, sizeof(title), "Application %s", row_text(page->dossier, "ref"));
	page_begin(visit, &(struct page){
				  .title = title,
				  .section = "apply",
				  .has_errors = page->trouble != NULL,
				  .is_private = true,
			  });
	put_trouble(visit, page);
	put_done(visit);
	put_where(visit, page->dossier);
	put_questions(visit, page);
	track_put_decisions(visit, page->dossier);
	put_acts(visit, page);
	track_put_steps(visit, page->dossier);
	track_put_report(visit, page->dossier);
	track_put_answers(visit, page->dossier);
	page_end(visit);
}
