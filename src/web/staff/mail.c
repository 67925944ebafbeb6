/* mail.c - /staff/mail: the letters of the registry, what hinders them, and sent again.
 *
 * Letters hold what applicants wrote, and links with which one acts for them: those are hidden. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail/message.h"
#include "registry/words/secrets_hidden.h"
#include "store/newest.h"
#include "web/html/url.h"
#include "web/staff/typed_number.h"
#include "web/staff/staff.h"

enum { LETTERS_SHOWN = 50, NUMBER_SIZE = 24 };

static const char *const states[] = { "waiting", "sending", "failed", "sent" };
enum { STATES = sizeof(states) / sizeof(states[0]) };

/* ---- again ---- */

static void put_retry(struct visit *visit, int64_t letter)
{
	page_form_begin(visit, "/staff/mail", false);
	html_print(visit_html(visit),
		   "<input type=\"hidden\" name=\"letter\" value=\"%lld\">\n<button class=\"second\">%s</button>\n",
		   (long long)letter, letter == 0 ? "Send all that failed again" : "Send again");
	page_form_end(visit);
}

static bool can_retry(const struct outbox_letter *letter)
{
	return strcmp(letter->state, "failed") == 0 || strcmp(letter->state, "waiting") == 0;
}

/* ---- one ---- */

/* Of an application of one's own, what others write about it stays theirs. */
static void put_text(struct visit *visit, const struct outbox_letter *letter, const char *text)
{
	struct html *html = visit_html(visit);

	if (letter->application != 0 &&
	    process_is_theirs(&visit->site->process, letter->application, visit->session.staff) != 0) {
		html_print(html, "<p>It is about an application of your own: its text is not shown to you here.</p>\n");
		return;
	}
	html_print(html,
		   "<p class=\"hint\">The links in it are hidden: they are the applicant\xe2\x80\x99s.</p>\n"
		   "<pre>%s</pre>\n",
		   text);
}

static int put_letter(const struct outbox_letter *letter, void *context)
{
	struct visit *visit = context;
	struct html *html = visit_html(visit);
	struct mail_received received;
	int r = mail_message_read(letter->message, strlen(letter->message), &received);

	if (r < 0) {
		return r;
	}
	secrets_hide(received.body);
	html_print(html, "<dl class=\"facts\">\n");
	page_fact(visit, "From", received.from);
	page_fact(visit, "To", letter->recipient);
	page_fact(visit, "Subject", received.subject);
	page_fact(visit, "Message-ID", letter->message_id);
	page_fact(visit, "State", letter->state);
	page_fact(visit, "Last error", letter->last_error[0] != '\0' ? letter->last_error : "none");
	html_print(html, "</dl>\n");
	put_text(visit, letter, received.body);
	mail_received_finish(&received);
	if (can_retry(letter)) {
		put_retry(visit, letter->id);
	}
	return 0;
}

static void show_letter(struct visit *visit, int64_t id)
{
	struct complaint complaint = { "" };
	char title[NUMBER_SIZE + 16];

	(void)snprintf(title, sizeof(title), "Letter %lld", (long long)id);
	page_begin(visit, &(struct page){ .title = title, .section = "staff", .is_private = true });
	int r = newest_letter(visit->site->store, id, put_letter, visit);
	if (r <= 0) {
		(void)complain_of(&complaint, -ENOENT, "There is no letter %lld.", (long long)id);
		visit_refused(visit, r == 0 ? -ENOENT : r, &complaint);
		return;
	}
	html_print(visit_html(visit), "<p><a href=\"/staff/mail\">All letters</a></p>\n");
	page_end(visit);
}

/* ---- all ---- */

struct listing {
	struct visit *visit;
	int64_t last;
};

static int put_row(const struct outbox_letter *letter, void *context)
{
	struct listing *listing = context;
	struct html *html = visit_html(listing->visit);
	bool is_sent = letter->sent != NULL;

	listing->last = letter->id;
	html_print(html, "<tr><th scope=\"row\"><a href=\"/staff/mail?letter=%lld\">%lld</a></th>",
		   (long long)letter->id, (long long)letter->id);
	html_print(html,
		   "<td data-label=\"Kind\">%s</td><td data-label=\"To\">%s</td><td data-label=\"State\">%s</td>"
		   "<td class=\"right\" data-label=\"Tries\">%d</td>",
		   letter->template, letter->recipient, letter->state, letter->tries);
	html_print(html, "<td data-label=\"When\">%s %s</td><td data-label=\"Last error\">%s</td><td>",
		   is_sent ? "sent" : "next try", is_sent ? letter->sent : letter->next_try, letter->last_error);
	if (can_retry(letter)) {
		put_retry(listing->visit, letter->id);
	}
	html_print(html, "</td></tr>\n");
	return 0;
}

static void put_states(struct visit *visit, const char *state)
{
	struct html *html = visit_html(visit);

	html_print(html, "<nav class=\"contents\" aria-label=\"Which letters\">\n<ul>\n"
			 "<li><a href=\"/staff/mail\">All</a>\n");
	for (size_t i = 0; i < STATES; i++) {
		int64_t count = 0;
		(void)newest_letters_count(visit->site->store, states[i], &count);
		html_print(html, "<li><a href=\"/staff/mail?state=%s\"", states[i]);
		if (strcmp(state, states[i]) == 0) {
			html_print(html, " aria-current=\"true\"");
		}
		html_print(html, ">%s (%lld)</a>\n", states[i], (long long)count);
	}
	html_print(html, "</ul>\n</nav>\n");
}

static void put_older(struct visit *visit, const char *state, int64_t last)
{
	char number[NUMBER_SIZE];
	struct url url;

	(void)snprintf(number, sizeof(number), "%lld", (long long)last);
	(void)url_path(&url, "/staff/mail", "");
	(void)url_query(&url, "state", state);
	html_print(visit_html(visit), "<p><a href=\"%s\">Older letters</a></p>\n", url_query(&url, "before", number));
}

static void put_list(struct visit *visit, const char *state)
{
	static const char *const columns[] = { "Letter", "Kind", "To", "State", "#Tries", "When", "Last error", "Act" };
	struct listing listing = { .visit = visit };

	page_table_begin(visit, "letters", "Letters, the newest first", columns, 8);
	int count = newest_letters(visit->site->store, state, staff_number_typed(visit_query(visit, "before")),
				   LETTERS_SHOWN, put_row, &listing);
	page_table_end(visit);
	if (count == LETTERS_SHOWN) {
		put_older(visit, state, listing.last);
	}
	if (count < 0) {
		html_print(visit_html(visit), "<p class=\"warning\">The letters could not be read.</p>\n");
	}
}

void staff_mail(struct visit *visit)
{
	static const struct page page = { .title = "Letters", .section = "staff", .is_private = true, .is_wide = true };
	int64_t letter = staff_number_typed(visit_query(visit, "letter"));
	const char *state = visit_query(visit, "state");
	int64_t failed = 0;

	if (letter != 0) {
		show_letter(visit, letter);
		return;
	}
	page_begin(visit, &page);
	if (strcmp(visit_query(visit, "done"), "again") == 0) {
		html_print(visit_html(visit), "<p class=\"note\" role=\"status\">On the way again.</p>\n");
	}
	put_states(visit, state);
	if (newest_letters_count(visit->site->store, "failed", &failed) == 0 && failed > 0) {
		put_retry(visit, 0);
	}
	put_list(visit, state);
	page_end(visit);
}

void staff_mail_post(struct visit *visit)
{
	const char *typed = visit_field(visit, "letter");
	struct complaint complaint = { "" };
	int64_t letter = staff_number_typed(typed);

	if (letter == 0 && strcmp(typed, "0") != 0) {
		visit_problem(visit, 400, "This cannot be read", "A letter has a number.");
		return;
	}
	int r = outbox_retry(visit->site->store, letter, visit->site->now);
	if (r < 0) {
		visit_refused(visit, r, &complaint);
	} else if (r == 0 && letter != 0) {
		visit_problem(visit, 409, "Not sent again", "This letter is on its way, or was sent meanwhile.");
	} else {
		visit_go(visit, "/staff/mail?done=again");
	}
}
