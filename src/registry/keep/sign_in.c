/* sign_in.c - one of the staff proves who they are (sign_in.h).
 *
 * The password is tried before anything is looked up that could end early, for a login that is not there too; then, in
 * one short transaction, the failures are counted or the code's step is taken.  A login that is locked counts no
 * failures: so the lock ends by itself. */
#include "registry/keep/sign_in.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/moment.h"
#include "store/outbox.h"
#include "store/sessions.h"
#include "store/sign_ins.h"

struct judgement {
	const char *now;
	bool fits;    /* the password */
	int64_t step; /* of the code; 0 none */
};

/* Twice as long each time. */
static long lock_of(int64_t failures)
{
	long seconds = SIGN_IN_LOCK_S;

	for (int64_t locks = failures / SIGN_IN_FAILURES_MAX; locks > 1 && seconds < SIGN_IN_LOCK_MAX_S; locks--) {
		seconds *= 2;
	}
	return seconds < SIGN_IN_LOCK_MAX_S ? seconds : SIGN_IN_LOCK_MAX_S;
}

static int judge(struct sign_in_row *row, void *context)
{
	const struct judgement *judgement = context;

	if (strcmp(row->locked_until, judgement->now) > 0) {
		return -EACCES;
	}
	row->locked_until[0] = '\0';
	if (judgement->fits && judgement->step > row->totp_last) {
		row->totp_last = judgement->step;
		row->failures = 0;
		return 0;
	}
	row->failures++;
	if (row->failures % SIGN_IN_FAILURES_MAX == 0) {
		(void)moment_after(judgement->now, lock_of(row->failures), row->locked_until);
	}
	return -EACCES;
}

int sign_in(struct store *store, const struct sign_in *attempt, int64_t *ret_staff)
{
	struct sign_in_row row;
	int r = sign_in_read(store, attempt->login, &row);

	if (r < 0) {
		return r;
	}
	struct judgement judgement = {
		.now = attempt->now,
		.fits = password_fits(row.password, attempt->password),
		.step = totp_step_of(row.totp_secret, attempt->code, moment_seconds(attempt->now)),
	};
	r = sign_in_judge(store, row.staff, judge, &judgement);
	if (r == 0) {
		*ret_staff = row.staff;
	}
	return r;
}

/* ---- new ones ---- */

static int write_new(struct store *store, const struct sign_in_new *new_one, const char *hash_or_null)
{
	struct change *change = NULL;
	char subject[160];

	(void)snprintf(subject, sizeof(subject), "staff %s", new_one->login);
	const struct change_by by = {
		.staff = new_one->by_staff,
		.act = new_one->totp_secret == NULL ? "staff-password"
		       : new_one->password == NULL  ? "staff-authenticator"
						    : "staff-secrets",
		.subject = subject,
		.at = new_one->now,
	};
	int r = change_begin(store, &by, &change);
	if (r < 0) {
		return r;
	}
	r = new_one->link_hash == NULL ? 0 : sessions_end(store, new_one->staff, new_one->link_hash);
	if (r == 0) {
		r = sign_in_put(change, new_one->staff, hash_or_null, new_one->totp_secret);
	}
	if (r < 0) {
		(void)change_abandon(change);
		return r;
	}
	return change_commit(change, NULL);
}

static int judge_and_hash(const struct sign_in_new *new_one, char ret_hash[static PASSWORD_HASH_SIZE],
			  struct complaint *ret_complaint)
{
	int r = password_judge(new_one->password, new_one->login, new_one->registry, ret_complaint);

	return r < 0 ? r : password_hash(new_one->password, ret_hash);
}

int sign_in_renew(struct store *store, const struct sign_in_new *new_one, struct complaint *ret_complaint)
{
	char hash[PASSWORD_HASH_SIZE];
	int r = new_one->password != NULL ? judge_and_hash(new_one, hash, ret_complaint) : 0;

	if (r < 0) {
		return r;
	}
	r = write_new(store, new_one, new_one->password != NULL ? hash : NULL);
	return r < 0 ? complain_of(ret_complaint, r, "%s", store_complaint(store)) : 0;
}
