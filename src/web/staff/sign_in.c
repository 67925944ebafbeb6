/* sign_in.c - /staff/sign-in, /staff/sign-out: the way in and out.
 *
 * One form with all three parts, so that nobody learns which one was wrong. */
#include <errno.h>
#include <string.h>

#include "web/html/url.h"
#include "web/site/session.h"
#include "web/staff/problem.h"
#include "web/staff/staff.h"

static const char home[] = "/staff";
static const char itself[] = "/staff/sign-in";

/* Only to pages of the staff: who made a link does not decide where we send somebody. */
static const char *read_destination(const char *to)
{
	char after = strncmp(to, home, sizeof(home) - 1) == 0 ? to[sizeof(home) - 1] : 'x';

	if ((after != '\0' && after != '/' && after != '?') || strstr(to, "//") != NULL || strstr(to, "/.") != NULL) {
		return home;
	}
	for (const char *at = to; *at != '\0'; at++) {
		if (*at <= ' ' || *at > '~' || *at == '\\') {
			return home;
		}
	}
	return strncmp(to, "/staff/sign-", 12) == 0 || strlen(to) >= URL_MAX ? home : to;
}

/* Why somebody is here, as the pages that sent them say it. */
static const char *sentence_of(const char *said)
{
	static const struct {
		const char *said, *sentence;
	} sentences[] = {
		{ "out", "You have signed out." },
		{ "new", "From now on you sign in with what you have just chosen. Your sessions and API tokens have "
			 "ended. A code works once: wait for the next one of your authenticator." },
	};

	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		if (strcmp(sentences[i].said, said) == 0) {
			return sentences[i].sentence;
		}
	}
	return "";
}

/* ---- the page ---- */

static void put_fields(struct visit *visit, const char *login)
{
	page_field(visit, &(const struct page_field){
				  .name = "login",
				  .label = "Login",
				  .kind = "text",
				  .autocomplete = "username",
				  .value = login,
				  .is_short = true,
			  });
	page_field(visit, &(const struct page_field){
				  .name = "password",
				  .label = "Password",
				  .kind = "password",
				  .autocomplete = "current-password",
				  .value = "",
			  });
	page_field(visit, &(const struct page_field){
				  .name = "code",
				  .label = "Code",
				  .hint = "Six digits that your authenticator shows now",
				  .kind = "text",
				  .autocomplete = "one-time-code",
				  .value = "",
				  .is_short = true,
			  });
}

static void put_page(struct visit *visit, const char *login, const char *to, const struct problem *problem)
{
	struct html *html = visit_html(visit);
	const char *sentence = sentence_of(visit_query(visit, "said"));

	page_begin(visit, &(struct page){
				  .title = "Sign in",
				  .section = "staff",
				  .has_errors = problem_is_there(problem),
				  .is_private = true,
			  });
	problem_put(visit, problem);
	if (sentence[0] != '\0') {
		html_print(html, "<div class=\"note\" role=\"status\"><p>%s</p></div>\n", sentence);
	}
	html_print(html, "<p class=\"lead\">For those who run this registry. Who applies needs no account: a link in a "
			 "letter leads to an application.</p>\n");
	page_form_begin(visit, itself, false);
	html_print(html, "<input type=\"hidden\" name=\"to\" value=\"%s\">\n", to);
	put_fields(visit, login);
	html_print(html, "<button>Sign in</button>\n");
	page_form_end(visit);
	html_print(html, "<p>After some wrong attempts a login is locked for a while. Whoever lost a password or an "
			 "authenticator asks an administrator of this registry for a new link.</p>\n");
	page_end(visit);
}

void staff_sign_in(struct visit *visit)
{
	const char *to = read_destination(visit_query(visit, "to"));

	if (visit->session.staff != 0) {
		visit_go(visit, to);
		return;
	}
	put_page(visit, "", to, &(const struct problem){ .field = "" });
}

/* ---- sent ---- */

/* One answer for whatever was wrong. */
static int say_refusal(struct visit *visit, int error, struct problem *ret_problem)
{
	ret_problem->field = "login";
	if (error == -EAGAIN) {
		visit->response->status = 429;
		return complain_of(&ret_problem->complaint, error,
				   "Too many attempts came at once, from where you are or from everywhere. Wait some "
				   "minutes.");
	}
	visit->response->status = 403;
	return complain_of(&ret_problem->complaint, error,
			   "That was not right: the login, the password or the code. A code works once, and a login is "
			   "locked for a while after some wrong attempts.");
}

void staff_sign_in_post(struct visit *visit)
{
	const char *login = visit_field(visit, "login");
	const char *to = read_destination(visit_field(visit, "to"));
	struct problem problem = { .field = "login" };

	if (problem_of_token(visit, &problem) < 0) {
		put_page(visit, login, to, &problem);
		return;
	}
	int r = session_begin(visit, login, visit_field(visit, "password"), visit_field(visit, "code"));
	if (r == 0) {
		visit_go(visit, to);
	} else if (r == -EACCES || r == -EAGAIN) {
		(void)say_refusal(visit, r, &problem);
		put_page(visit, login, to, &problem);
	} else {
		visit_refused(visit, r, &problem.complaint);
	}
}

void staff_sign_out(struct visit *visit)
{
	session_end(visit);
	visit_go(visit, "/staff/sign-in?said=out");
}
