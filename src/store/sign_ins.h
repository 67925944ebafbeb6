/* sign_ins.h - what an attempt to sign in is checked against, and what it leaves behind.
 *
 * For registry/keep/sign_in.c alone: it has the password's hash and the second factor's secret.  An unknown login is
 * asked and written about as person 0 is, so that it costs the same. */
#pragma once

#include <stdint.h>

#include "store/store.h"

enum { SIGN_IN_HASH_MAX = 160, SIGN_IN_SECRET_MAX = 64, SIGN_IN_TIME_MAX = 32 };

struct sign_in_row {
	int64_t staff;			      /* 0: nobody who may sign in has this login */
	char password[SIGN_IN_HASH_MAX];      /* "" none */
	char totp_secret[SIGN_IN_SECRET_MAX]; /* "" none */
	int64_t totp_last;		      /* the step of the last code that was taken */
	int64_t failures;		      /* in a row */
	char locked_until[SIGN_IN_TIME_MAX];  /* "" not */
};

int sign_in_read(struct store *store, const char *login, struct sign_in_row *ret_row);

/* In a transaction of its own, behind everybody who tries at the same time: `judge` gets the row as it stands, may
 * change totp_last, failures and locked_until, which are written whatever it returns.  Returns that, or -errno. */
int sign_in_judge(struct store *store, int64_t staff, int (*judge)(struct sign_in_row *row, void *context),
		  void *context);

/* Inside a change: a new password, a new second factor, or both (NULL: as it was); failures are forgotten, and all
 * tokens of this person end. */
int sign_in_put(struct change *change, int64_t staff, const char *password_hash_or_null,
		const char *totp_secret_or_null);
