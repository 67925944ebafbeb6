/* sign_in.h - one of the staff proves who they are, with a password and a one-time code, or gets new ones.
 *
 * Called by the web's sign-in and by `berth staff password`.  Nobody learns which part was wrong, whether a login is
 * there, or that it is locked: neither from the answer nor from how long it takes. */
#pragma once

#include <stdint.h>

#include "registry/keep/secrets.h"
#include "store/store.h"

enum {
	SIGN_IN_FAILURES_MAX = 5, /* then locked for SIGN_IN_LOCK_S, after five more twice as long, and so on */
	SIGN_IN_LOCK_S = 15 * 60,
	SIGN_IN_LOCK_MAX_S = 4 * 3600, /* who guesses must not keep somebody out for days */
	ENROL_LIVES_S = 3 * 86400,
};

struct sign_in {
	const char *login, *password, *code;
	const char *now;
};
/* 0 with who it is; -EACCES; else -errno of the store.  A code is taken once. */
int sign_in(struct store *store, const struct sign_in *attempt, int64_t *ret_staff);

/* What somebody is given to sign in with: by themselves, by a link, or on the registry's own machine. */
struct sign_in_new {
	int64_t by_staff, staff;
	const char *login;	 /* of `staff` */
	const char *password;	 /* judged here; NULL: the one they have */
	const char *totp_secret; /* NULL: the one they have */
	const char *link_hash;	 /* NULL, or of the invitation, which is used up; gone: -ENOENT */
	const char *registry;	 /* its name */
	const char *now;	 /* or NULL */
};
/* One event, and all sessions and tokens of this person end.  -EINVAL with a sentence about the password. */
int sign_in_renew(struct store *store, const struct sign_in_new *new_one, struct complaint *ret_complaint);

/* ---- a letter with a link that lets somebody choose a password and an authenticator, once ---- */

struct sign_in_invitation {
	int64_t staff;
	const char *login, *name, *email;
	const char *registry;	   /* its name */
	const char *staff_address; /* From: of the letter */
	const char *link;	   /* "https://ports.example.org/", what an address begins with */
};
/* Inside a change.  Older links of this person end; nobody but who reads their mail gets to see the new one.  -EPERM
 * when no letter can go there. */
int sign_in_invite(struct change *change, const struct sign_in_invitation *invitation, struct complaint *ret_complaint);
