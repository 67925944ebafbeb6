/* enrol.c - /staff/enrol/{}: who has the link of an invitation chooses a password and an authenticator.
 *
 * The authenticator's secret is made for the page and comes back with the form; it is taken when a code shows that it
 * works, so that nobody locks themselves out.  The link works until then, and once. */
#include <errno.h>
#include <string.h>

#include "registry/keep/sign_in.h"
#include "store/sessions.h"
#include "web/html/url.h"
#include "web/site/session.h"
#include "web/staff/problem.h"
#include "web/staff/secrets_form.h"
#include "web/staff/staff.h"

/* Who is invited. */
struct guest {
	int64_t staff;
	char login[128];
	char link_hash[LINK_TOKEN_HASH_SIZE];
};

static int note_guest(const struct session_row *row, void *context)
{
	struct guest *guest = context;

	guest->staff = row->staff;
	(void)snprintf(guest->login, sizeof(guest->login), "%s", row->login);
	return 0;
}

/* False after an answer: this link is nobody's, or not any more. */
static bool find_guest(struct visit *visit, struct guest *ret_guest)
{
	struct complaint complaint = { "" };

	*ret_guest = (struct guest){ .staff = 0 };
	link_token_hash(visit->request->parameters[0], ret_guest->link_hash);
	int r = sessions_find(visit->site->store, ret_guest->link_hash, "enrol", visit->site->now, note_guest,
			      ret_guest);
	if (r == -ENOENT) {
		session_refused(visit, "an invitation", "this link leads nowhere, or has ended");
		visit_problem(visit, 404, "This link leads nowhere",
			      "It was used already, it has ended, or a newer one was sent. An administrator of the "
			      "registry can send another.");
	} else if (r < 0) {
		visit_refused(visit, r, &complaint);
	}
	return r == 0;
}

static void put_page(struct visit *visit, const struct guest *guest, const char *secret, const struct problem *problem)
{
	struct url action;

	page_begin(visit, &(struct page){
				  .title = "Choose your password",
				  .section = "staff",
				  .has_errors = problem_is_there(problem),
				  .is_private = true,
			  });
	problem_put(visit, problem);
	html_print(visit_html(visit), "<p class=\"lead\">Your login is <strong>%s</strong>.</p>\n", guest->login);
	page_form_begin(visit, url_path(&action, "/staff/enrol/", visit->request->parameters[0]), false);
	problem_put_username(visit, guest->login);
	secrets_put_password(visit, problem);
	secrets_put_authenticator(visit, guest->login, secret, problem);
	html_print(visit_html(visit), "<button>Save both</button>\n");
	page_form_end(visit);
	page_end(visit);
}

void staff_enrol(struct visit *visit)
{
	struct guest guest;
	char secret[TOTP_SECRET_SIZE];

	if (find_guest(visit, &guest)) {
		totp_secret_make(secret);
		put_page(visit, &guest, secret, &(const struct problem){ .field = "" });
	}
}

static int save(struct visit *visit, const struct guest *guest, const char *secret, struct problem *ret_problem)
{
	const struct sign_in_new new_one = {
		.by_staff = guest->staff,
		.staff = guest->staff,
		.login = guest->login,
		.password = visit_field(visit, "new-password"),
		.totp_secret = secret,
		.link_hash = guest->link_hash,
		.registry = visit->site->words.name,
		.now = visit->site->now,
	};

	ret_problem->field = "new-password";
	return sign_in_renew(visit->site->store, &new_one, &ret_problem->complaint);
}

void staff_enrol_post(struct visit *visit)
{
	struct problem problem = { .field = "" };
	char secret[TOTP_SECRET_SIZE];
	struct guest guest;

	if (!find_guest(visit, &guest)) {
		return;
	}
	secrets_read_authenticator(visit, secret);
	if (problem_of_token(visit, &problem) < 0) {
		put_page(visit, &guest, secret, &problem);
		return;
	}
	int r = secrets_judge_password(visit, guest.login, &problem);
	r = r == 0 ? secrets_judge_code(visit, secret, &problem) : r;
	r = r == 0 ? save(visit, &guest, secret, &problem) : r;
	if (r == 0) {
		visit_go(visit, "/staff/sign-in?said=new");
	} else if (problem_from(visit, r, problem.field, &problem)) {
		put_page(visit, &guest, secret, &problem);
	}
}
