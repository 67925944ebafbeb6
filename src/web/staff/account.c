/* account.c - /staff/account: one's own password, authenticator, sessions and tokens.
 *
 * Whoever changes one of them shows again who they are: a browser that was left open is not enough. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "os/log.h"
#include "registry/keep/sign_in.h"
#include "store/outbox.h"
#include "store/sessions.h"
#include "web/site/session.h"
#include "web/staff/account.h"
#include "web/staff/secrets_form.h"
#include "web/staff/staff.h"

enum { DAYS_MAX = 365, DAY_S = 86400, SUBJECT_MAX = 160, ABOUT_OCTETS_MAX = 400, WHY_MAX = 512 };

void staff_account(struct visit *visit)
{
	const char *change = visit_query(visit, "change");

	if (change[0] == '\0') {
		account_put_overview(visit);
	} else {
		account_put_change(visit, change, &(const struct problem){ .field = "" });
	}
}

/* ---- password and authenticator ---- */

static int renew(struct visit *visit, const char *password_or_null, const char *secret_or_null, struct problem *problem)
{
	const struct sign_in_new new_one = {
		.by_staff = visit->session.staff,
		.staff = visit->session.staff,
		.login = visit->session.login,
		.password = password_or_null,
		.totp_secret = secret_or_null,
		.registry = visit->site->words.name,
		.now = visit->site->now,
	};
	int r = sign_in_renew(visit->site->store, &new_one, &problem->complaint);

	if (r == 0) {
		session_end(visit);
		visit_go(visit, "/staff/sign-in?said=new");
	}
	return r;
}

/* What is wrong with the new one is told before a code is spent. */
static int change_password(struct visit *visit, struct problem *problem)
{
	int r = secrets_judge_password(visit, visit->session.login, problem);

	if (r == 0) {
		r = problem_of_proof(visit, problem);
	}
	return r < 0 ? r : renew(visit, visit_field(visit, "new-password"), NULL, problem);
}

static int change_authenticator(struct visit *visit, struct problem *problem)
{
	char secret[TOTP_SECRET_SIZE];

	secrets_read_authenticator(visit, secret);
	int r = secrets_judge_code(visit, secret, problem);
	if (r == 0) {
		r = problem_of_proof(visit, problem);
	}
	return r < 0 ? r : renew(visit, NULL, secret, problem);
}

/* ---- tokens of the API ---- */

static int read_days(const char *text)
{
	char *end = NULL;
	long days = strtol(text, &end, 10);

	return text[0] >= '0' && text[0] <= '9' && *end == '\0' && days >= 1 && days <= DAYS_MAX ? (int)days : 0;
}

static int judge_token(struct visit *visit, struct problem *problem)
{
	const char *scope = visit_field(visit, "scope");
	size_t size = strlen(visit_field(visit, "about"));

	problem->field = "about";
	if (size == 0 || size > ABOUT_OCTETS_MAX) {
		return complain_of(&problem->complaint, -EINVAL,
				   "Say in some words what the token is for, so that you know it again.");
	}
	problem->field = "scope";
	if (strcmp(scope, "read") != 0 && strcmp(scope, "review") != 0) {
		return complain_of(&problem->complaint, -EINVAL, "Choose what the token may do.");
	}
	problem->field = "days";
	return read_days(visit_field(visit, "days")) == 0
		       ? complain_of(&problem->complaint, -EINVAL, "A token works from 1 to %d days.", DAYS_MAX)
		       : 0;
}

/* Begins the event of a token's making or end. */
static int begin_change(struct visit *visit, const char *act, const char *why, struct change **ret_change)
{
	char subject[SUBJECT_MAX];
	const struct change_by by = {
		.staff = visit->session.staff,
		.act = act,
		.subject = subject,
		.why = why,
		.at = visit->site->now,
	};

	(void)snprintf(subject, sizeof(subject), "staff %s", visit->session.login);
	return change_begin(visit->site->store, &by, ret_change);
}

static int finish_change(struct change *change, int r)
{
	if (r < 0) {
		(void)change_abandon(change);
		return r;
	}
	return change_commit(change, NULL);
}

static int add_token(struct visit *visit, const char *token, const char *ends)
{
	struct change *change = NULL;
	char hash[LINK_TOKEN_HASH_SIZE];
	char why[WHY_MAX];
	const struct session_row row = {
		.hash = hash,
		.purpose = "api",
		.staff = visit->session.staff,
		.about = visit_field(visit, "about"),
		.scope = visit_field(visit, "scope"),
		.created = visit->site->now,
		.ends = ends,
	};

	link_token_hash(token, hash);
	(void)snprintf(why, sizeof(why), "%s: %s, until %s", row.scope, row.about, ends);
	int r = begin_change(visit, "token-add", why, &change);
	return r < 0 ? r : finish_change(change, sessions_add(visit->site->store, &row));
}

/* The answer shows it, and not the page behind a redirect: it is nowhere kept. */
static int make_token(struct visit *visit, struct problem *problem)
{
	char token[LINK_TOKEN_SIZE];
	char ends[MOMENT_SIZE];
	int r = judge_token(visit, problem);

	if (r == 0) {
		r = problem_of_proof(visit, problem);
	}
	if (r == 0) {
		r = moment_after(visit->site->now, (long)read_days(visit_field(visit, "days")) * DAY_S, ends);
	}
	if (r < 0) {
		return r;
	}
	link_token_make(token);
	r = add_token(visit, token, ends);
	if (r == 0) {
		account_put_token(visit, token, ends);
	}
	return r;
}

/* ---- the end of a session or a token ---- */

struct search {
	const char *hash;
	bool is_found;
};

static int look_at(const struct session_row *row, void *context)
{
	struct search *search = context;

	search->is_found = search->is_found || strcmp(row->hash, search->hash) == 0;
	return 0;
}

/* A token's end is an event, as its making was; a session's is a line in the log. */
static int end_one(struct visit *visit, const char *hash)
{
	struct store *store = visit->site->store;
	struct search search = { .hash = hash };
	struct change *change = NULL;
	int r = sessions_each(store, visit->session.staff, "api", visit->site->now, look_at, &search);

	if (r == 0 && !search.is_found) {
		log_event(LOG_LEVEL_INFO, "session-ended", "login", visit->session.login, NULL);
		return sessions_end(store, visit->session.staff, hash);
	}
	if (r == 0) {
		r = begin_change(visit, "token-end", "", &change);
	}
	return r < 0 ? r : finish_change(change, sessions_end(store, visit->session.staff, hash));
}

static int end(struct visit *visit, struct problem *problem)
{
	int r = problem_of_proof(visit, problem);

	if (r == 0) {
		problem->field = "";
		r = end_one(visit, visit_field(visit, "of"));
	}
	if (r == 0) {
		visit_go(visit, "/staff/account?said=ended");
	}
	return r;
}

/* ---- sent ---- */

static const struct {
	const char *change;
	int (*run)(struct visit *visit, struct problem *problem);
} changes[] = {
	{ "password", change_password },
	{ "authenticator", change_authenticator },
	{ "token", make_token },
	{ "end", end },
};

static int run(struct visit *visit, const char *change, struct problem *problem)
{
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		if (strcmp(changes[i].change, change) == 0) {
			return changes[i].run(visit, problem);
		}
	}
	return complain_of(&problem->complaint, -EINVAL, "There is no such change of an account.");
}

void staff_account_post(struct visit *visit)
{
	struct problem problem = { .field = "" };
	const char *change = visit_field(visit, "change");
	int r = problem_of_token(visit, &problem);

	if (r == 0) {
		r = run(visit, change, &problem);
	}
	if (r == 0) {
		return;
	}
	bool is_told = r == -EACCES || r == -ETIMEDOUT || r == -EAGAIN; /* of token and proof: the status is set */
	if (is_told || problem_from(visit, r, problem.field, &problem)) {
		account_put_change(visit, change, &problem);
	}
}
