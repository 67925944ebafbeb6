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
/* {"17": {at, by, act, why}}: the events of its steps, questions, findings, examiners, votes and consents. */
int application_events(struct store *store, int64_t application, json_t **ret_events);

int application_question_add(struct change *change, int64_t application, int v, const char *field_or_null,
			     const char *rule_or_null, const char *text, int *ret_q);
int application_question_answer(struct change *change, int64_t application, int q, const char *answer);
/* A person's word on a material version, as all below; said again it replaces the one before. */
int application_finding_put(struct change *change, int64_t application, int material, int64_t staff, const char *about,
			    const char *verdict, const char *note);
/* `due` NULL: takes it without being its expert. */
int application_examiner_put(struct change *change, int64_t application, int64_t staff, const char *due_or_null);
int application_examiner_recuse(struct change *change, int64_t application, int64_t staff);

struct application_vote {
	int material, round;
	int bench; /* 0: as the expert, 1: of those who decide at first, else the round of an appeal */
	int64_t staff;
	const char *role, *verdict, *reasons, *rules;
};
/* -EPERM when this person has voted on this application from another bench. */
int application_vote_add(struct change *change, int64_t application, const struct application_vote *vote);

struct application_decision {
	int round, material;
	int bench; /* of its votes */
	const char *verdict;
	const char *role;
	int64_t recommended; /* 0: nobody */
	int64_t first;	     /* 0: nobody, but for a holder's refusal */
	int64_t second;	     /* 0: nobody */
	const char *party;   /* a holder who refused in this change; or NULL */
};
int application_decide(struct change *change, const struct application *application,
		       const struct application_decision *decision);

int application_consent_need(struct change *change, int64_t application, int material, const char *party);
int application_consent_say(struct change *change, int64_t application, int material, const char *party, bool yes);

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
/* What somebody wrote, as it came, with the address it came from. */
int application_comment_add(struct change *change, int64_t application, const char *message_id, const char *sender,
			    const char *message);
/* Everybody who wrote about it, once each. */
int application_senders(struct store *store, int64_t application, int (*each)(const char *sender, void *context),
			void *context);

/* ---- what anybody wrote, until their address is confirmed ---- */

struct application_remark {
	const char *act; /* comment, appeal */
	const char *sender, *message;
};
/* The token with this hash confirms it. */
int application_remark_add(struct change *change, const char *hash, const struct application_remark *remark);
/* -ENOENT: the token confirms none. */
int application_remark_find(struct store *store, const char *hash,
			    int (*found)(const struct application_remark *remark, void *context), void *context);
/* 1 when it was there: it is no more. */
int application_remark_remove(struct change *change, const char *hash);
/* How many from this address wait for their link. */
int application_remarks_waiting(struct store *store, int64_t application, const char *sender, const char *now,
				int64_t *ret_count);
/* Those whose link ended go, without an event: nobody but who wrote them has seen them. */
int application_remarks_end(struct store *store, const char *now);
