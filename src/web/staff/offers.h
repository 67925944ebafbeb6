/* offers.h - what one person of the staff can do with an application now: derived from the table of moves, who they
 * are, and what was said before.
 *
 * Only an offer: whether an act is done is process_do's to say.  Pure. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registry/process/process.h"

enum offer_asks {
	OFFER_EXPERT = 1 << 0,	/* which expert */
	OFFER_ABOUT = 1 << 1,	/* a question of the form or a rule; may be left out */
	OFFER_RULES = 1 << 2,	/* reason codes */
	OFFER_VERDICT = 1 << 3, /* to assign, to refuse; in an appeal to uphold or annul */
	OFFER_PORT = 1 << 4,	/* a number */
	OFFER_TEXT_MAY = 1 << 5 /* the text may be left out */
};

/* How an act is put before people. */
struct offer_form {
	const char *act;   /* process.h's word, and the address */
	const char *title; /* what its button says */
	const char *what;  /* what follows */
	const char *text;  /* the text's label; NULL: none is asked */
	unsigned asks;	   /* bits */
};
extern const struct offer_form offer_forms[]; /* act NULL behind the last */
const struct offer_form *offer_form_find(const char *act);

/* What the offers hang on, read from a dossier; texts point into it. */
struct offer_facts {
	const char *state, *kind, *due;
	const char *now;
	int64_t staff;
	unsigned actors; /* of this person: bits of enum process_actor */
	int eyes, expert, step;
	int material;	    /* findings and votes count that are on this version */
	bool is_own;	    /* the person is, or works for, the applicant */
	bool is_appeal;	    /* the board hears it again */
	const char *upheld; /* the verdict an appeal is against */
	bool has_voted;	    /* in this round, on this version */
	bool was_heard;	    /* in an earlier round, or recommended */
	/* As what the person voted before: only as that they vote again. */
	bool sat_expert, sat_first, sat_appeal;
	bool first_assigns, first_refuses, first_annuls; /* another of the board voted so in this round */
	bool has_expert;				 /* one is named and did not step aside */
	int64_t recommended;				 /* who recommended last on this version; 0 nobody */
	int64_t recommended_event;
	bool recommends_assign;
	size_t refusing; /* rules that refuse it */
};

/* `roles`: bits of enum role of the person who looks. */
void offer_facts_read(const json_t *dossier, int64_t staff, unsigned roles, const char *now,
		      struct offer_facts *ret_facts);

struct offer {
	const struct offer_form *form;
	const char *why_not; /* it is this person's to do, but not now: why.  NULL: it can be done */
};
enum { OFFERS_MAX = 32 };
size_t offers_make(const struct offer_facts *facts, struct offer ret_offers[static OFFERS_MAX]);

/* Whether the person may record findings now. */
bool offers_findings(const struct offer_facts *facts);

/* Whether it waits for this person, from a row of process_queue. */
bool offers_waits(const json_t *queue_row, int64_t staff, unsigned roles);
