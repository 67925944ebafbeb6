/* account_show.c - the page of one's own account, drawn (account.h). */
#include "web/staff/account.h"

#include <string.h>

#include "store/sessions.h"
#include "web/html/url.h"
#include "web/staff/secrets_form.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char itself[] = "/staff/account";

enum { ABOUT_MAX = 100 };

/* ---- overview ---- */

static void put_roles(struct visit *visit)
{
	struct html *html = visit_html(visit);
	const char *between = "";

	html_print(html, "<div><dt>Roles</dt><dd>");
	for (const struct role_name *known = role_names; known->name != NULL; known++) {
		if ((visit->session.roles & known->role) != 0) {
			html_print(html, "%s%s", between, known->name);
			between = ", ";
		}
	}
	html_print(html, "</dd></div>\n");
}

static void put_end_link(struct visit *visit, const struct session_row *row, const char *of_what)
{
	struct url url;

	(void)url_path(&url, itself, "");
	(void)url_query(&url, "change", "end");
	(void)url_query(&url, "of", row->hash);
	html_print(visit_html(visit), "<td><a href=\"%s\">End<span class=\"hidden\"> %s of %s</span></a></td></tr>\n",
		   url.text, of_what, row->created);
}

static int put_session(const struct session_row *row, void *context)
{
	struct visit *visit = context;
	bool is_this = strcmp(row->hash, visit->session.hash) == 0;

	html_print(visit_html(visit),
		   "<tr><th scope=\"row\">%s%s</th><td data-label=\"Since\">%s</td>"
		   "<td data-label=\"Last seen\">%s</td><td data-label=\"Ends\">%s</td>",
		   row->about, is_this ? " (this one)" : "", row->created, row->seen != NULL ? row->seen : "",
		   row->ends);
	put_end_link(visit, row, "the session");
	return 0;
}

struct tokens {
	struct visit *visit;
	unsigned count;
};

static int put_token(const struct session_row *row, void *context)
{
	struct tokens *tokens = context;
	struct visit *visit = tokens->visit;

	tokens->count++;
	html_print(visit_html(visit),
		   "<tr><th scope=\"row\">%s</th><td data-label=\"May\">%s</td><td data-label=\"Since\">%s</td>"
		   "<td data-label=\"Last seen\">%s</td><td data-label=\"Ends\">%s</td>",
		   row->about, row->scope, row->created, row->seen != NULL ? row->seen : "never", row->ends);
	put_end_link(visit, row, "the token");
	return 0;
}

static int put_tables(struct visit *visit)
{
	static const char *const of_sessions[] = { "From", "Since", "Last seen", "Ends", "End it" };
	static const char *const of_tokens[] = { "For", "May", "Since", "Last seen", "Ends", "End it" };
	struct store *store = visit->site->store;
	const char *now = visit->site->now;
	struct tokens tokens = { .visit = visit };

	page_table_begin(visit, "sessions", "Where you are signed in", of_sessions, COUNT(of_sessions));
	int r = sessions_each(store, visit->session.staff, "session", now, put_session, visit);
	page_table_end(visit);
	page_table_begin(visit, "tokens", "Your tokens for the API", of_tokens, COUNT(of_tokens));
	if (r == 0) {
		r = sessions_each(store, visit->session.staff, "api", now, put_token, &tokens);
	}
	if (tokens.count == 0) {
		html_print(visit_html(visit), "<tr><td colspan=\"6\">None</td></tr>\n");
	}
	page_table_end(visit);
	return r;
}

void account_put_overview(struct visit *visit)
{
	struct html *html = visit_html(visit);
	struct complaint complaint = { "" };

	page_begin(visit,
		   &(struct page){ .title = "Your account", .section = "staff", .is_private = true, .is_wide = true });
	if (visit_query(visit, "said")[0] != '\0') {
		html_print(html, "<div class=\"note\" role=\"status\"><p>It has ended.</p></div>\n");
	}
	html_print(html, "<dl class=\"facts\">\n");
	page_fact(visit, "Login", visit->session.login);
	page_fact(visit, "Name", visit->session.name);
	put_roles(visit);
	html_print(html, "</dl>\n<ul>\n<li><a href=\"%s?change=password\">Change the password</a>\n", itself);
	html_print(html, "<li><a href=\"%s?change=authenticator\">Use another authenticator</a>\n", itself);
	html_print(html, "<li><a href=\"%s?change=token\">Make a token for the API</a>\n</ul>\n", itself);
	int r = put_tables(visit);
	if (r < 0) {
		visit_refused(visit, r, &complaint);
		return;
	}
	page_end(visit);
}

/* ---- one change ---- */

static void put_password(struct visit *visit, const struct problem *problem)
{
	problem_put_present(visit, problem);
	secrets_put_password(visit, problem);
	problem_put_code(visit, problem);
	html_print(visit_html(visit), "<p>All your sessions and tokens end, and you sign in again.</p>\n"
				      "<button>Change the password</button>\n");
}

static void put_authenticator(struct visit *visit, const struct problem *problem)
{
	char secret[TOTP_SECRET_SIZE];

	secrets_read_authenticator(visit, secret);
	problem_put_present(visit, problem);
	problem_put_code(visit, problem);
	secrets_put_authenticator(visit, visit->session.login, secret, problem);
	html_print(visit_html(visit), "<p>All your sessions and tokens end, and you sign in again.</p>\n"
				      "<button>Use this authenticator</button>\n");
}

static void put_new_token(struct visit *visit, const struct problem *problem)
{
	static const struct page_option scopes[] = {
		{ "read", "Read what you may read", NULL },
		{ "review", "Act as you may act", "For programs that you trust as yourself" },
	};

	problem_put_present(visit, problem);
	problem_put_code(visit, problem);
	page_field(visit, &(const struct page_field){
				  .name = "about",
				  .label = "What it is for",
				  .kind = "text",
				  .value = visit_field(visit, "about"),
				  .size_max = ABOUT_MAX,
				  .error = problem_at(problem, "about"),
			  });
	page_choice(visit,
		    &(const struct page_field){
			    .name = "scope",
			    .label = "What it may do",
			    .value = visit_field(visit, "scope"),
			    .error = problem_at(problem, "scope"),
		    },
		    scopes, COUNT(scopes), false);
	page_field(visit, &(const struct page_field){
				  .name = "days",
				  .label = "How many days it works",
				  .hint = "From 1 to 365",
				  .kind = "text",
				  .value = visit->request->method == WEB_POST ? visit_field(visit, "days") : "90",
				  .error = problem_at(problem, "days"),
				  .is_short = true,
			  });
	html_print(visit_html(visit), "<button>Make the token</button>\n");
}

static void put_end(struct visit *visit, const struct problem *problem)
{
	const char *of = visit->request->method == WEB_POST ? visit_field(visit, "of") : visit_query(visit, "of");

	html_print(visit_html(visit), "<input type=\"hidden\" name=\"of\" value=\"%s\">\n", of);
	html_print(visit_html(visit), "<p>Whoever uses it is out at once.</p>\n");
	problem_put_present(visit, problem);
	problem_put_code(visit, problem);
	html_print(visit_html(visit), "<button class=\"danger\">End it</button>\n");
}

static const struct {
	const char *change, *title;
	void (*put)(struct visit *visit, const struct problem *problem);
} changes[] = {
	{ "password", "Change your password", put_password },
	{ "authenticator", "Use another authenticator", put_authenticator },
	{ "token", "Make a token for the API", put_new_token },
	{ "end", "End a session or a token", put_end },
};

void account_put_change(struct visit *visit, const char *change, const struct problem *problem)
{
	for (size_t i = 0; i < COUNT(changes); i++) {
		if (strcmp(changes[i].change, change) == 0) {
			page_begin(visit, &(struct page){
						  .title = changes[i].title,
						  .section = "staff",
						  .has_errors = problem_is_there(problem),
						  .is_private = true,
					  });
			problem_put(visit, problem);
			page_form_begin(visit, itself, false);
			html_print(visit_html(visit), "<input type=\"hidden\" name=\"change\" value=\"%s\">\n", change);
			changes[i].put(visit, problem);
			page_form_end(visit);
			page_end(visit);
			return;
		}
	}
	visit_problem(visit, 404, "Not found", "There is no such change of an account.");
}

void account_put_token(struct visit *visit, const char *token, const char *ends)
{
	struct html *html = visit_html(visit);

	page_begin(visit, &(struct page){ .title = "Your new token", .section = "staff", .is_private = true });
	html_print(html, "<p class=\"lead\">Copy it now: it is not shown again.</p>\n<p><code>%s</code></p>\n", token);
	html_print(html,
		   "<p>A program sends it as <code>Authorization: Bearer TOKEN</code>, until %s.</p>\n"
		   "<p><a href=\"%s\">Your account</a></p>\n",
		   ends, itself);
	page_end(visit);
}
