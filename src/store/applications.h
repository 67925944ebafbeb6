/* applications.h - applications as rows: versions, answers, steps, questions, findings, votes, decisions,
 * consents, tokens.
 *
 * What may follow what is in registry/process/process.h; what can never be written is said by keys here and in the
 * schema.  All writing happens inside a change and is journalled. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

struct application {
	int64_t id;
	const char *ref; /* "B-2026-0017" */
	const char *kind;
	int eyes, expert; /* of the band, copied when it is admitted; before: 1 and 0 (system: 2) */
	int64_t own_staff;
	const char *about;
	const char *key;
	const char *created;
	const char *state; /* of its last step */
	int step, version; /* their numbers */
	int material;	   /* of the last version that differs in what is examined: what was said of it holds */
	const char *due;   /* or NULL */
};

struct application_answer {
	const char *field;
	const char *value;
};

struct application_wanted {
	const char *transport;
	int port;	      /* -1: any */
	int64_t service_code; /* 0: none */
};

/* ret_id; the reference is the year's next number.  -EEXIST: this key was sent before (then ret_id is that one). */
int application_add(struct change *change, const char *kind, const char *key, int64_t own_staff, const char *about,
		    int64_t *ret_id);
/* 1 with its reference when this key was sent, else 0. */
int application_of_key(struct store *store, const char *key, char *ret_ref, size_t size);
/* Admits it on these terms, which nobody can change from then on; the step of the same change says so. */
int application_admit(struct change *change, int64_t application, int eyes, int expert);

struct application_version {
	const char *author; /* "applicant" or "staff" */
	const char *form;   /* edition of the questions */
	bool is_material;   /* what was said of those before holds no more; the first always is */
	const char *digest;
	const char *berth; /* or NULL */
	const struct application_answer *answers;
	size_t answer_count;
	const struct application_wanted *wanted;
	size_t wanted_count;
};
int application_version_add(struct change *change, int64_t application, const struct application_version *version,
			    int *ret_v);

/* The next step, with what this change admitted or decided; the store refuses any that is no row of the transitions,
 * does not start where the last one ended, or lacks the decision that it needs (-EPERM), and the second of two at one
 * time (-EEXIST). */
int application_step(struct change *change, int64_t application, const char *act, const char *to_state, int v,
		     const char *due_or_null);

/* The table of moves in the store; compared at start, filled by registry/process.c through this. */
struct application_transition {
	const char *from_state, *act, *to_state, *actor, *clock;
};
int application_transitions_put(struct change *change, const struct application_transition *transitions, size_t count);
/* 1 the store has these, 0 it has none yet, -EPROTONOSUPPORT it has others. */
int application_transitions_compare(struct store *store, const struct application_transition *transitions,
				    size_t count);

/* The questions in the store: answers refer to them. */
struct application_field {
	const char *name, *question;
	int seed; /* number on the form of 2004; 0: none */
	const char *visibility;
};
int application_fields_put(struct change *change, const struct application_field *fields, size_t count);
int application_fields_missing(struct store *store, const struct application_field *fields,
			       size_t count); /* how many */

/* ---- reading: texts live during the call ---- */

int application_get(struct store *store, const char *ref,
		    int (*found)(const struct application *application, void *context), void *context);
int application_reference(struct store *store, int64_t application, char *ret_ref, size_t size); /* -ENOENT */
int application_each(struct store *store, const char *state_or_null,
		     int (*each)(const struct application *application, void *context), void *context);
int application_answers(struct store *store, int64_t application, int v,
			int (*each)(const struct application_answer *answer, void *context),
			void *context); /* also the .berth text, as the field "berth" */
