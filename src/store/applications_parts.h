/* applications_parts.h - the parts of an application's dossier: rows read whole, and each kind of row written.
 *
 * For registry/process*.c. Whoever may do what is decided there; what can never be written is said by the schema's
 * keys. Texts of people (answers) are personal columns: events hold salted digests of them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/applications.h"

/* The rows of one application in a table that has a column `application`, in the order of their keys, as objects of
 * their columns (the outbox's without `message`).  Salts are left out.  The caller's reference. */
int application_rows(struct store *store, const char *table, int64_t application, json_t **ret_rows);
/* {"17": {at, by, act}}: the events of its steps, questions, findings, examiners, votes and consents. */
int application_events(struct store *store, int64_t application, json_t **ret_events);

int application_question_add(struct change *change, int64_t application, int v, const char *field_or_null,
			     const char *rule_or_null, const char *text, int *ret_q);
int application_question_answer(struct change *change, int64_t application, int q, const char *answer);
/* A person's word; said again it replaces the one before. */
int application_finding_put(struct change *change, int64_t application, int v, int64_t staff, const char *about,
			    const char *verdict, const char *note);
/* `due` NULL: takes it without being its expert. */
int application_examiner_put(struct change *change, int64_t application, int64_t staff, const char *due_or_null);
int application_examiner_recuse(struct change *change, int64_t application, int64_t staff);

struct application_vote {
	int v, round;
	int64_t staff;
	const char *role, *verdict, *reasons, *rules;
};
int application_vote_add(struct change *change, int64_t application, const struct application_vote *vote);

struct application_decision {
	int round, v;
	const char *verdict;
	const char *role;
	int64_t recommended; /* 0: nobody */
	int64_t first;
	int64_t second; /* 0: nobody */
};
int application_decide(struct change *change, const struct application *application,
		       const struct application_decision *decision);

int application_consent_need(struct change *change, int64_t application, int v, const char *party);
int application_consent_say(struct change *change, int64_t application, int v, const char *party, bool yes);

/* Its answers and descriptions go; the digests stay. */
int application_forget(struct change *change, int64_t application);

/* ---- links: only hashes are stored ---- */

struct application_token {
	const char *purpose; /* confirm, track, consent */
	int64_t application;
	const char *party;
	const char *ends;
	const char *used; /* or NULL */
};
int application_token_add(struct change *change, const char *hash, const struct application_token *token);
/* -ENOENT. */
int application_token_find(struct store *store, const char *hash,
			   int (*found)(const struct application_token *token, void *context), void *context);
int application_token_use(struct change *change, const char *hash);

/* ---- letters ---- */

/* The id of the first letter to this person about it, from malloc; NULL without one. */
int application_thread(struct store *store, int64_t application, const char *recipient, char **ret_message_id);
/* What somebody wrote, as it came. */
int application_comment_add(struct change *change, int64_t application, const char *message_id, const char *message);
