/* check_page.c - "check your answers": everything once more, and what sending does (form_page.h). */
#include <stdio.h>
#include <string.h>

#include "web/apply/form_page.h"

enum { QUESTION_SIZE = 1024 };

static void put_change(struct html *html, const struct form_page *page, const char *control, const char *label)
{
	html_print(html,
		   "<dd><button class=\"second\" name=\"act\" value=\"back\" formaction=\"%s#%s\">Change<span "
		   "class=\"hidden\"> %s</span></button></dd>",
		   page->action, control, label);
}

/* Of several lines, as they stand. */
static void put_words(struct html *html, const char *answer)
{
	if (answer == NULL) {
		html_print(html, "<p class=\"soft\">(no answer)</p>");
	} else if (strchr(answer, '\n') != NULL) {
		html_print(html, "<pre>%s</pre>", answer);
	} else {
		html_print(html, "<p>%s</p>", answer);
	}
}

static void put_answer(struct html *html, const struct form_page *page, int at)
{
	const struct form *form = &page->typed->form;
	const struct form_field *field = &form_fields[at];
	char question[QUESTION_SIZE];
	char control[64];

	form_question(field, form->kind, question, sizeof(question));
	html_print(html, "<div><dt>");
	if (field->seed > 0) {
		html_print(html, "%u. ", field->seed);
	}
	html_print(html, "%s</dt><dd>", question);
	put_words(html, form->values[at]);
	html_print(html, "<p class=\"seen\">%s</p></dd>", form_page_visibility(field, form->kind));
	put_change(html, page, typed_control(field, control), field->label);
	html_print(html, "</div>\n");
}

static void put_answers(struct html *html, const struct form_page *page)
{
	const struct typed *typed = page->typed;

	html_print(html, "<dl class=\"facts\">\n");
	for (int i = 0; form_fields[i].key != NULL; i++) {
		if (form_needs(&form_fields[i], typed->form.kind) != FORM_NEVER) {
			put_answer(html, page, i);
		}
	}
	if (typed->berth[0] != '\0') {
		html_print(html,
			   "<div><dt>The description</dt><dd><pre>%s</pre><p class=\"seen\">Seen by the registry's "
			   "staff, the experts who examine it, and you.</p></dd>",
			   typed->berth);
		put_change(html, page, TYPED_BERTH, "the description");
		html_print(html, "</div>\n");
	}
	html_print(html, "</dl>\n");
}

static void put_next(struct html *html, const struct form_page *page)
{
	html_print(html, "<h2>What happens next</h2>\n");
	if (page->reference != NULL) {
		html_print(html,
			   "<p>The new version goes to the registry's staff in place of the one before, which is kept. "
			   "What was examined already is looked at again where it differs.</p>\n");
		return;
	}
	html_print(
		html,
		"<p>Pressing the button causes your application to be sent to the registry's staff by e-mail. "
		"Before that, a letter goes to <strong>%s</strong> and asks whether it was you: nothing is with the "
		"staff until the link in it is followed, and without that the application ends by itself after seven "
		"days.</p>\n",
		form_value(&page->typed->form, "applicant-email"));
	html_print(html,
		   "<p>A name is held for you from then on. A number is not: whether it is still free is looked at "
		   "again when it is assigned.</p>\n");
}

void form_page_check(struct visit *visit, const struct form_page *page)
{
	struct html *html = visit_html(visit);
	const struct page frame = {
		.title = "Check your answers",
		.section = "apply",
		.has_errors = page->trouble != NULL,
		.is_private = true,
	};

	page_begin(visit, &frame);
	if (page->trouble != NULL) {
		page_errors_begin(visit);
		page_error(visit, "", page->trouble);
		page_errors_end(visit);
	}
	html_print(html, "<p class=\"lead\">%s</p>\n", page->title);
	page_form_begin(visit, page->action, true);
	typed_hide(page->typed, html);
	form_page_hide(visit, page);
	put_answers(html, page);
	if (page->preview != NULL) {
		html_print(html, "<h2>What the examiner will see</h2>\n");
		preview_write(html, page->preview, &page->typed->form, "", false);
	}
	put_next(html, page);
	html_print(
		html,
		"<div class=\"row\">\n<button class=\"second\" name=\"act\" value=\"back\">Back to the form</button>\n"
		"<button name=\"act\" value=\"send\">%s</button>\n</div>\n",
		page->send);
	page_form_end(visit);
	page_end(visit);
}
