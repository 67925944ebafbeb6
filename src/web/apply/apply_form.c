/* apply_form.c - a form from the first look to the letter that asks whether it was you (apply.h).
 *
 * No cookie and no session: every page posts everything, and nothing is kept before "Send". */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "web/apply/apply.h"
#include "web/apply/form_page.h"
#include "web/html/url.h"

static void no_such_form(struct visit *visit)
{
	visit_problem(visit, 404, "There is no such form",
		      "There is no form by this name; the page \"Apply\" lists those there are.");
}

static void no_memory(struct visit *visit)
{
	const struct complaint complaint = { "not enough memory for a form" };

	visit_refused(visit, -ENOMEM, &complaint);
}

static bool read_kind(struct visit *visit, enum form_kind *ret_kind)
{
	if (form_kind_of(visit->request->parameters[0], ret_kind) == 0) {
		return true;
	}
	no_such_form(visit);
	return false;
}

static void describe_page(struct form_page *page, struct typed *typed, struct url *url)
{
	*page = (struct form_page){
		.typed = typed,
		.action = url_path(url, "/apply/", form_kind_name(typed->form.kind)),
		.title = form_title(typed->form.kind),
		.send = "Send the application",
	};
}

/* ---- shown ---- */

/* What the pages of names and numbers put into a form's address. */
static bool take_query(struct visit *visit, struct typed *typed)
{
	static const char *const keys[] = { "short", "transport", "port", "service-code", "about", "relocates" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		int at = form_field_find(keys[i]);
		const char *value = visit_query(visit, keys[i]);
		if (value[0] != '\0' && form_needs(&form_fields[at], typed->form.kind) != FORM_NEVER &&
		    !typed_put(typed, at, value)) {
			return false;
		}
	}
	return true;
}

void apply_form(struct visit *visit)
{
	enum form_kind kind;
	struct typed typed;
	struct form_page page;
	struct url url;

	if (!read_kind(visit, &kind)) {
		return;
	}
	if (typed_begin(&typed, kind, visit) && take_query(visit, &typed)) {
		describe_page(&page, &typed, &url);
		form_page_fill(visit, &page);
	} else {
		no_memory(visit);
	}
	typed_finish(&typed);
}

/* ---- the door ---- */

/* What may not stand goes along as it was typed: whoever wrote it corrects it there. */
static bool through_door(const struct typed *system, const struct form *user, struct typed *ret_typed,
			 const struct visit *visit)
{
	bool done = typed_of_form(ret_typed, user, visit);

	for (int i = 0; done && form_fields[i].key != NULL; i++) {
		if (system->fields[i].error != NULL && form_needs(&form_fields[i], FORM_USER) != FORM_NEVER) {
			done = typed_put(ret_typed, i, system->fields[i].text);
		}
	}
	return done;
}

static void show_as_user(struct visit *visit, const struct typed *system)
{
	struct form user;
	struct typed typed;
	struct form_page page;
	struct url url;

	if (form_as_user(&system->form, &user) < 0) {
		no_memory(visit);
		return;
	}
	if (through_door(system, &user, &typed, visit)) {
		describe_page(&page, &typed, &url);
		page.said =
			"This is the form for a user port. Your answers came along; a number below 1024 and why a user "
			"port would not do stayed behind.";
		form_page_fill(visit, &page);
	} else {
		no_memory(visit);
	}
	typed_finish(&typed);
	form_finish(&user);
}

/* ---- sent ---- */

static int submit(struct visit *visit, const struct typed *typed, struct process_started *ret_started,
		  struct rule_report *ret_report, struct complaint *ret_complaint)
{
	char digest[65];
	char key[128];
	const struct process_submission submission = {
		.form = &typed->form,
		.key = key,
		.own_staff = visit->session.staff,
	};

	/* Keys of pages are told from those of mail and command, so that nobody meets another's.  Who goes back and
	 * sends other answers sends another application: that of before had not been confirmed. */
	form_digest(&typed->form, digest);
	(void)snprintf(key, sizeof(key), "page %s %s", typed->key, digest);
	return process_submit(&visit->site->process, &submission, ret_started, ret_report, ret_complaint);
}

static void send(struct visit *visit, struct form_page *page)
{
	struct process_started started = { .reference = "" };
	struct rule_report report = { .count = 0 };
	struct complaint complaint = { "" };
	struct preview preview;
	struct url url;
	int r = submit(visit, page->typed, &started, &report, &complaint);

	if (r == 0) {
		visit_go(visit, url_path(&url, "/apply/sent/", started.reference));
	} else {
		preview_of(&report, &preview);
		page->preview = &preview;
		form_page_failed(visit, page, r, &complaint);
		preview_finish(&preview);
	}
	rule_report_finish(&report);
}

void apply_post(struct visit *visit)
{
	enum form_kind kind;
	struct typed typed;
	struct form_page page;
	struct url url;

	if (!read_kind(visit, &kind)) {
		return;
	}
	if (!typed_read(&typed, kind, visit)) {
		no_memory(visit);
	} else if (kind == FORM_SYSTEM && web_value_is(&visit->request->form, "act", "as-user")) {
		show_as_user(visit, &typed);
	} else {
		describe_page(&page, &typed, &url);
		if (form_page_post(visit, &page) && form_page_may_send(visit, &page)) {
			send(visit, &page);
		}
	}
	typed_finish(&typed);
}

/* ---- as one types ---- */

void apply_report(struct visit *visit)
{
	enum form_kind kind;
	struct typed typed;
	struct preview preview;
	struct url url;
	struct html *html = visit_html(visit);

	if (!read_kind(visit, &kind)) {
		return;
	}
	if (visit->token != 0) {
		html_print(html, "<p>This page was open for too long to go on looking as you type. Press Check.</p>\n");
		return;
	}
	if (typed_read(&typed, kind, visit)) {
		preview_form(visit, &typed.form, NULL, &preview);
		preview_write(html, &preview, &typed.form, url_path(&url, "/apply/", form_kind_name(kind)), true);
		preview_finish(&preview);
	} else {
		no_memory(visit);
	}
	typed_finish(&typed);
}

/* ---- what to do now ---- */

/* "B-2026-0017": of nothing else a page is made. */
static bool is_reference(const char *text)
{
	size_t size = strlen(text);

	for (size_t i = 0; i < size; i++) {
		if (!isalnum((unsigned char)text[i]) && text[i] != '-') {
			return false;
		}
	}
	return size > 0 && size < 32;
}

void apply_sent(struct visit *visit)
{
	const char *reference = visit->request->parameters[0];
	struct html *html = visit_html(visit);

	if (!is_reference(reference)) {
		no_such_form(visit);
		return;
	}
	page_begin(visit, &(struct page){ .title = "Look into your mail", .section = "apply", .is_private = true });
	html_print(html,
		   "<p class=\"lead\">We have written to you. The reference of your application is "
		   "<strong>%s</strong>.</p>\n",
		   reference);
	html_print(html,
		   "<p>Follow the link in the letter to confirm that it was you. <strong>Nothing is with the staff "
		   "before that</strong>; without it the application ends by itself after seven days.</p>\n");
	html_print(html,
		   "<p>No letter after some minutes? Look where your mail program puts what it does not trust. Was the "
		   "address wrong, apply again: what nobody confirms is forgotten.</p>\n");
	page_end(visit);
}
