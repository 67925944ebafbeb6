/* secrets_form.h - a new password and a new authenticator, as enrolment and account ask for them. */
#pragma once

#include "registry/keep/secrets.h"
#include "web/staff/problem.h"

/* Fields "new-password" and "again". */
void secrets_put_password(struct visit *visit, const struct problem *problem);
/* 0, or -EINVAL with the problem. */
int secrets_judge_password(struct visit *visit, const char *login, struct problem *ret_problem);

/* The secret as text and as a link, and the field "new-code" for the first code of it. */
void secrets_put_authenticator(struct visit *visit, const char *login, const char *secret,
			       const struct problem *problem);
/* What the form brought back, or a new one. */
void secrets_read_authenticator(struct visit *visit, char ret_secret[static TOTP_SECRET_SIZE]);
/* 0 when "new-code" is one of this secret now, or -EINVAL with the problem. */
int secrets_judge_code(struct visit *visit, const char *secret, struct problem *ret_problem);
