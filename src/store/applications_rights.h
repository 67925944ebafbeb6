/* applications_rights.h - what a decision gives: numbers, names, service codes, and the rows that show them.
 *
 * For registry/process*.c, inside the change that assigns: it looks here first, for a failed statement ends the
 * change. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/applications.h"
#include "store/entry.h"

/* One row of a base in force, or a claim of this registry, that touches a number. */
struct number_row {
	int lo, hi;
	const char *transport;	  /* as the row has it */
	enum entry_status status; /* of a claim: assigned or reserved */
	const char *name;
	const char *source; /* "iana"; "own" of a claim */
	int64_t assignment; /* of a claim; else 0 */
	bool is_used;	    /* though not assigned: unauthorized use was reported */
};
int application_numbers(struct store *store, int lo, int hi, int (*each)(const struct number_row *row, void *context),
			void *context);

/* Rows of bases in force with this name, or (`fold` NULL) that touch this port; with their number in the table. */
int application_base_rows(struct store *store, const char *fold_or_null, int port,
			  int (*each)(int64_t id, const struct entry *entry, const char *source, void *context),
			  void *context);
/* What a source says of a person ("Ada_Example" of "[Ada_Example]"), or -ENOENT. */
int application_person(struct store *store, const char *source, const char *pid,
		       int (*found)(const struct entry_person *person, void *context), void *context);

/* ---- names ---- */

struct name_row {
	const char *kind;		 /* held, assigned, alias, reserved */
	int64_t application, assignment; /* 0: none */
	const char *ref;		 /* of the application, or NULL */
};
/* -ENOENT: nobody has it. */
int application_name(struct store *store, const char *fold, int (*found)(const struct name_row *row, void *context),
		     void *context);
int application_name_hold(struct change *change, int64_t application, const char *fold, const char *spelled);
/* 1 when it held one. */
int application_name_release(struct change *change, int64_t application);
/* Applications in `state` whose last day has passed and that still hold a name. */
int application_each_holding(struct store *store, const char *state, const char *now,
			     int (*each)(int64_t application, const char *ref, void *context), void *context);

/* ---- assigning ---- */

struct application_right {
	int64_t application;
	int round;
	int64_t replaces;	     /* row of a base that it takes over; 0: none */
	const char *temporary_until; /* or NULL */
	int renewals;
};
int application_assignment_add(struct change *change, const struct application_right *right, int64_t *ret_assignment);
int application_assignment_renew(struct change *change, int64_t assignment, const char *until, int renewals);
/* A reserved claim turns into this one, and belongs to this assignment from now on.  What the same application has
 * claimed stays with the first of its assignments; -EEXIST when another has. */
int application_claim_put(struct change *change, const char *transport, int port, enum entry_status status,
			  int64_t assignment);
/* A held or reserved name becomes assigned, one that is not there is added. */
int application_name_assign(struct change *change, const char *fold, const char *spelled, int64_t assignment);
/* The old name goes on as another word for the new one. */
int application_name_alias(struct change *change, const char *fold, const char *of_fold);
int application_service_code_add(struct change *change, int64_t code, const char *phrase, int64_t assignment);
/* 1 when it is registered. */
int application_service_code_taken(struct store *store, int64_t code);

struct assignment_row {
	int64_t id;
	int64_t application; /* 0: by a list */
	int renewals;
	const char *temporary_until; /* or NULL */
	int64_t event;
};
/* Of a publication, or (publication 0) each temporary one. */
int application_assignments(struct store *store, int64_t publication,
			    int (*each)(const struct assignment_row *row, void *context), void *context);
/* The newest application that changed what a publication shows and answers this field; 0 when there is none. */
int application_changer(struct store *store, int64_t publication, const char *field, int64_t *ret_application);
/* The publication that stands and shows this assignment's assigned row; 0 when there is none. */
int application_publication(struct store *store, int64_t assignment, int64_t *ret_publication);
/* What stands by this application's assignment, in the order of numbers; each column "" when the row has none. */
int application_assigned(struct store *store, int64_t application,
			 int (*each)(const char *name, const char *port, const char *transport, void *context),
			 void *context);

/* ---- on their way ---- */

struct wish_row {
	int64_t application;
	const char *ref;
	const char *state;
	const char *name;      /* that it holds, or "" */
	const char *transport; /* "" for a name alone */
	int port;	       /* -1: any, or none */
};
int application_each_wish(struct store *store, int (*each)(const struct wish_row *wish, void *context), void *context);
/* How many of this applicant's the machine has decided since then. */
int application_count(struct store *store, const char *email, const char *since, int64_t *ret_count);
