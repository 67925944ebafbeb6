/* session.c - who signed in (session.h).  Called by the way of a request (routes/) and by the pages of the staff.
 *
 * What a browser holds is 128 random bits; the store has their SHA-256.  A session is looked up for each request,
 * with its person's roles: who retires or loses a role has lost it with the next click. */
#include "web/site/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "os/clock.h"
#include "os/log.h"
#include "registry/keep/sign_in.h"
#include "store/outbox.h"
#include "store/sessions.h"
#include "store/staff.h"
#include "web/site/limit.h"
#include "web/site/session_private.h"

/* Not each click is written down. */
enum { SEEN_EACH_S = 60, COOKIE_SIZE = 256 };

int sessions_open(struct sessions **ret_sessions)
{
	struct sessions *sessions = calloc(1, sizeof(*sessions));

	if (sessions == NULL || sodium_init() < 0) {
		free(sessions);
		return sessions == NULL ? -ENOMEM : -EIO;
	}
	crypto_auth_keygen(sessions->form_key);
	*ret_sessions = sessions;
	return 0;
}

struct sessions *sessions_close(struct sessions *sessions)
{
	if (sessions != NULL) {
		sodium_memzero(sessions->form_key, sizeof(sessions->form_key));
	}
	free(sessions);
	return NULL;
}

/* ---- the cookie ---- */

/* A browser takes __Host- only with Secure, and Secure only from https or localhost. */
static const char *cookie_name(const struct visit *visit)
{
	return visit->site->settings.is_secure ? "__Host-berth-session" : "berth-session";
}

/* "" takes it away. */
static void set_cookie(struct visit *visit, const char *token)
{
	char cookie[COOKIE_SIZE];

	(void)snprintf(cookie, sizeof(cookie), "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s", cookie_name(visit),
		       token, visit->site->settings.is_secure ? "; Secure" : "", token[0] == '\0' ? "; Max-Age=0" : "");
	response_header(visit->response, "Set-Cookie", cookie);
}

/* ---- read ---- */

static int add_role(const char *role, void *context)
{
	unsigned *bits = context;

	for (const struct role_name *known = role_names; known->name != NULL; known++) {
		*bits |= strcmp(role, known->name) == 0 ? (unsigned)known->role : 0;
	}
	return 0;
}

struct reading {
	struct session session;
	char seen[MOMENT_SIZE];
	bool may_review; /* an API token's scope */
};

static int note_session(const struct session_row *row, void *context)
{
	struct reading *reading = context;
	struct session *session = &reading->session;

	session->staff = row->staff;
	session->is_api = strcmp(row->purpose, "api") == 0;
	(void)snprintf(session->login, sizeof(session->login), "%s", row->login);
	(void)snprintf(session->name, sizeof(session->name), "%s", row->name);
	(void)snprintf(session->hash, sizeof(session->hash), "%s", row->hash);
	(void)snprintf(reading->seen, sizeof(reading->seen), "%s", row->seen != NULL ? row->seen : "");
	reading->may_review = strcmp(row->scope, "review") == 0;
	return 0;
}

static int find(struct visit *visit, const char *token, const char *purpose, struct reading *ret_reading)
{
	struct store *store = visit->site->store;
	char hash[LINK_TOKEN_HASH_SIZE];

	link_token_hash(token, hash);
	int r = sessions_find(store, hash, purpose, visit->site->now, note_session, ret_reading);
	if (r == 0) {
		r = staff_each_role(store, ret_reading->session.staff, add_role, &ret_reading->session.roles);
	}
	return r == -ENOENT ? -EACCES : r;
}

/* The session goes on; a store that is busy does not end it. */
static void note_seen(struct visit *visit, const struct reading *reading, int64_t idle_s)
{
	if (idle_s >= SEEN_EACH_S || idle_s < 0) {
		(void)sessions_seen(visit->site->store, reading->session.hash, visit->site->now);
	}
}

static int read_cookie(struct visit *visit, const char *token)
{
	struct reading reading = { .seen = "" };
	int r = find(visit, token, "session", &reading);
	int64_t idle_s = moment_seconds(visit->site->now) - moment_seconds(reading.seen);

	if (r == 0 && idle_s >= SESSION_IDLE_S) {
		(void)sessions_end(visit->site->store, reading.session.staff, reading.session.hash);
		r = -EACCES;
	}
	if (r < 0) {
		if (r == -EACCES) {
			set_cookie(visit, "");
		}
		return r;
	}
	note_seen(visit, &reading, idle_s);
	visit->session = reading.session;
	return 0;
}

/* A token that only reads has no role for what changes something. */
static int read_bearer(struct visit *visit, const char *header)
{
	static const char scheme[] = "bearer ";
	struct reading reading = { .seen = "" };

	if (strncasecmp(header, scheme, sizeof(scheme) - 1) != 0) {
		return -EACCES;
	}
	int r = find(visit, header + sizeof(scheme) - 1, "api", &reading);
	if (r < 0) {
		return r;
	}
	note_seen(visit, &reading, moment_seconds(visit->site->now) - moment_seconds(reading.seen));
	visit->session = reading.session;
	if (!reading.may_review && visit->request->method != WEB_GET) {
		visit->session.roles = 0;
	}
	return 0;
}

int session_read(struct visit *visit)
{
	bool is_api = visit->route != NULL && (visit->route->flags & ROUTE_API) != 0;
	const char *text = is_api ? web_value(&visit->request->headers, "authorization")
				  : web_value(&visit->request->cookies, cookie_name(visit));

	visit->session = (struct session){ .staff = 0 };
	int r = text[0] == '\0' ? 0 : is_api ? read_bearer(visit, text) : read_cookie(visit, text);
	if (r < 0 && r != -EACCES) {
		log_event(LOG_LEVEL_ERROR, "session-not-read", "because", store_complaint(visit->site->store), NULL);
	}
	return r;
}

/* ---- begin and end ---- */

static int add_session(struct visit *visit, int64_t staff, char ret_token[static LINK_TOKEN_SIZE])
{
	struct store *store = visit->site->store;
	char hash[LINK_TOKEN_HASH_SIZE];
	char ends[MOMENT_SIZE];
	int r = moment_after(visit->site->now, SESSION_WHOLE_S, ends);

	link_token_make(ret_token);
	link_token_hash(ret_token, hash);
	if (r == 0) {
		r = sessions_sweep(store, visit->site->now);
	}
	return r < 0 ? r
		     : sessions_add(store, &(const struct session_row){
						   .hash = hash,
						   .purpose = "session",
						   .staff = staff,
						   .about = visit->request->source,
						   .scope = "",
						   .created = visit->site->now,
						   .seen = visit->site->now,
						   .ends = ends,
					   });
}

/* A browser that was signed in gets another token, and the old one ends. */
static int begin(struct visit *visit, int64_t staff)
{
	char token[LINK_TOKEN_SIZE];

	if (visit->session.staff != 0) {
		(void)sessions_end(visit->site->store, visit->session.staff, visit->session.hash);
	}
	int r = add_session(visit, staff, token);
	if (r == 0) {
		set_cookie(visit, token);
	}
	sodium_memzero(token, sizeof(token));
	return r;
}

/* Some people type their password where the login belongs: what is nobody's login is not written down. */
static void log_failure(const struct visit *visit, const char *login)
{
	int64_t staff = 0;
	bool is_known = staff_by_login(visit->site->store, login, &staff) == 0;

	log_event(LOG_LEVEL_WARNING, "sign-in-failed", "login", is_known ? login : "(unknown)", "source",
		  visit->request->source, NULL);
}

/* Before the password is tried: what it costs is what is limited. */
static int take_turn(struct visit *visit)
{
	const char *source = visit->request->source;
	char seconds[16];
	unsigned wait_s = limit_take(visit->site->limits, LIMIT_SIGN_INS, source, clock_now_ns());

	if (wait_s == 0) {
		return 0;
	}
	(void)snprintf(seconds, sizeof(seconds), "%u", wait_s);
	response_header(visit->response, "Retry-After", seconds);
	log_event(LOG_LEVEL_WARNING, "sign-in-slowed", "source", source, NULL);
	return -EAGAIN;
}

int session_prove(struct visit *visit, const char *login, const char *password, const char *code, int64_t *ret_staff)
{
	const struct sign_in attempt = {
		.login = login,
		.password = password,
		.code = code,
		.now = visit->site->now,
	};
	int r = take_turn(visit);

	if (r == 0) {
		r = sign_in(visit->site->store, &attempt, ret_staff);
	}
	if (r == -EACCES) {
		log_failure(visit, login);
	}
	return r;
}

int session_begin(struct visit *visit, const char *login, const char *password, const char *code)
{
	int64_t staff = 0;
	int r = session_prove(visit, login, password, code, &staff);

	if (r == 0) {
		r = begin(visit, staff);
	}
	if (r == 0) {
		log_event(LOG_LEVEL_INFO, "signed-in", "login", login, "source", visit->request->source, NULL);
	}
	return r;
}

void session_end(struct visit *visit)
{
	if (visit->session.staff != 0) {
		(void)sessions_end(visit->site->store, visit->session.staff, visit->session.hash);
		log_event(LOG_LEVEL_INFO, "signed-out", "login", visit->session.login, NULL);
	}
	visit->session = (struct session){ .staff = 0 };
	set_cookie(visit, "");
}
