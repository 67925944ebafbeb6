/* secrets_form.c - a new password and a new authenticator asked for (secrets_form.h).  Called by enrol.c and
 * account.c. */
#include "web/staff/secrets_form.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/moment.h"

enum { GROUP = 4 };

/* ---- password ---- */

void secrets_put_password(struct visit *visit, const struct problem *problem)
{
	page_field(visit,
		   &(const struct page_field){
			   .name = "new-password",
			   .label = "New password",
			   .hint = "At least 12 characters, of any kind; four words that have nothing to do with each "
				   "other are good. Nothing that everybody tries, and not your login.",
			   .kind = "password",
			   .autocomplete = "new-password",
			   .value = "",
			   .error = problem_at(problem, "new-password"),
		   });
	page_field(visit, &(const struct page_field){
				  .name = "again",
				  .label = "The same password again",
				  .kind = "password",
				  .autocomplete = "new-password",
				  .value = "",
				  .error = problem_at(problem, "again"),
			  });
}

int secrets_judge_password(struct visit *visit, const char *login, struct problem *ret_problem)
{
	const char *password = visit_field(visit, "new-password");

	if (strcmp(password, visit_field(visit, "again")) != 0) {
		ret_problem->field = "again";
		return complain_of(&ret_problem->complaint, -EINVAL,
				   "These are two different passwords. Type the same one in both places.");
	}
	ret_problem->field = "new-password";
	return password_judge(password, login, visit->site->words.name, &ret_problem->complaint);
}

/* ---- authenticator ---- */

/* In groups, as people type it. */
static void put_grouped(struct html *html, const char *secret)
{
	for (size_t at = 0; at < strlen(secret); at += GROUP) {
		char group[GROUP + 1];
		(void)snprintf(group, sizeof(group), "%s", secret + at);
		html_print(html, "%s ", group);
	}
}

void secrets_put_authenticator(struct visit *visit, const char *login, const char *secret,
			       const struct problem *problem)
{
	struct html *html = visit_html(visit);
	char link[TOTP_LINK_SIZE];

	totp_link(secret, login, visit->site->words.name, link);
	html_print(html, "<h2>Authenticator</h2>\n<p>Add this account to the program that shows your codes: type the "
			 "secret, or open the link on the device that has the program.</p>\n<dl class=\"facts\">\n"
			 "<div><dt>Secret</dt><dd><code>");
	put_grouped(html, secret);
	html_print(html, "</code></dd></div>\n<div><dt>Link</dt><dd><a href=\"%s\">Open in an authenticator</a>", link);
	html_print(html, "<br><code>%s</code></dd></div>\n</dl>\n", link);
	html_print(html, "<input type=\"hidden\" name=\"secret\" value=\"%s\">\n", secret);
	page_field(visit, &(const struct page_field){
				  .name = "new-code",
				  .label = "First code of the new account",
				  .hint = "Six digits that it shows now: so you know that it works.",
				  .kind = "text",
				  .autocomplete = "one-time-code",
				  .value = "",
				  .error = problem_at(problem, "new-code"),
				  .is_short = true,
			  });
}

void secrets_read_authenticator(struct visit *visit, char ret_secret[static TOTP_SECRET_SIZE])
{
	const char *secret = visit_field(visit, "secret");

	if (totp_secret_is_whole(secret)) {
		(void)snprintf(ret_secret, TOTP_SECRET_SIZE, "%s", secret);
	} else {
		totp_secret_make(ret_secret);
	}
}

int secrets_judge_code(struct visit *visit, const char *secret, struct problem *ret_problem)
{
	if (totp_step_of(secret, visit_field(visit, "new-code"), moment_seconds(visit->site->now)) > 0) {
		return 0;
	}
	ret_problem->field = "new-code";
	return complain_of(
		&ret_problem->complaint, -EINVAL,
		"This is not the code that the new account shows now. Check the secret, and the clock of the "
		"device.");
}
