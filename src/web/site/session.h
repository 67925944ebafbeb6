/* session.h - who signed in: cookies, bearer tokens, sign-in with a second factor, form tokens, refusals.
 *
 * A token is shown once; the store has only its hash.  How long a check takes does not tell who is there. */
#pragma once

#include "web/site/visit.h"

enum {
	SESSION_IDLE_S = 30 * 60,
	SESSION_WHOLE_S = 12 * 3600,
	SESSION_FORM_S = 12 * 3600, /* a form may stay open that long */
	REFUSED_EVENTS_MAX = 20,    /* events an hour for refusals of strangers; more are log lines alone */
	REFUSED_STAFF_MAX = 500,    /* and for those of the staff */
};

/* What all requests share of this: the key of form tokens, counts.  Made by site_open, ended by site_close, held by
 * site->sessions.  0 or -ENOMEM, -EIO. */
struct sessions;
int sessions_open(struct sessions **ret_sessions);
struct sessions *sessions_close(struct sessions *sessions);

/* Fills visit->session from its cookie, or on an API route from its Authorization header.  0 also when there is none;
 * -EACCES: one that ended or never was (on an API route 401). */
int session_read(struct visit *visit);

/* The sign-in.  0: the cookie is set; -EACCES wrong, whatever was wrong, or the login is locked for now, which nobody
 * is told; -EAGAIN LIMIT_SIGN_INS says to wait (Retry-After is set); else -errno of the store. */
int session_begin(struct visit *visit, const char *login, const char *password, const char *code);
/* The same check for who is signed in and changes what they sign in with; no cookie. */
int session_prove(struct visit *visit, const char *login, const char *password, const char *code, int64_t *ret_staff);
/* Sign out: the token is gone from the store. */
void session_end(struct visit *visit);

/* Of every form: bound to the session, or without one to nothing but time.  Text that lives as long as the site's
 * process; ret_token has room for SESSION_FORM_TOKEN. */
enum { SESSION_FORM_TOKEN = 128 };
void session_form_token(const struct visit *visit, char ret_token[static SESSION_FORM_TOKEN]);
/* 0; -EACCES no token or another's; -ETIMEDOUT too old; ret_age_s how long ago the form was shown. */
int session_form_check(const struct visit *visit, const char *token, long *ret_age_s);

/* Somebody asked for what is not theirs: a role that they lack, another's application, a guessed link.  Becomes an
 * event "refused" of the staff member, or of nobody within REFUSED_EVENTS_MAX, and a line in the log always.
 * `subject`: what was asked for, never a token ("GET /staff/people", "application 2026-0007"); `why`: a sentence
 * without secrets. */
void session_refused(struct visit *visit, const char *subject, const char *why);
