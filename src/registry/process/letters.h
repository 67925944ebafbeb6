/* letters.h - what is written to whom: the letters of the table of moves, as whole messages for the outbox.
 *
 * Pure but for the random Message-ID.  No answer of a form goes to anybody but the staff and the applicant. */
#pragma once

#include "mail/message.h"
#include "registry/form/form.h"
#include "registry/rules/rules.h"

enum letter_kind {
	LETTER_CONFIRM,	  /* applicant: please confirm, link */
	LETTER_STAFF,	  /* staff: the whole application as the plain-text form */
	LETTER_RECEIPT,	  /* applicant: it is with the staff; tracking link; estimate */
	LETTER_QUESTIONS, /* applicant: numbered questions, due day, link */
	LETTER_ANSWERED,  /* asker: answers */
	LETTER_REMINDER,  /* applicant or examiner */
	LETTER_LAPSED,	  /* applicant, with the way to reopen */
	LETTER_CONSENT,	  /* holder and new contact: what shall change, link; silence is not consent */
	LETTER_CONSENTED,
	LETTER_EXPERT, /* expert: please examine */
	LETTER_BOARD,
	LETTER_RECOMMENDED,  /* registrar */
	LETTER_REFUSED,	     /* applicant: reasons, rules with their texts, appeal until */
	LETTER_ASSIGNED,     /* applicant, assignee, contact: what is assigned; no endorsement */
	LETTER_NUMBER_TAKEN, /* registrar: nearest free ones */
	LETTER_WITHDRAWN,
	LETTER_CALL,	/* public call before a revocation */
	LETTER_APPEAL,	/* board and holder */
	LETTER_DECIDED, /* of an appeal */
	LETTER_EXPIRES, /* a temporary assignment ends */
	LETTER_RELEASED,
	LETTER_HELD_BACK,     /* applicant: what was decided is looked at again */
	LETTER_BOARD_DECIDED, /* registrar: to be carried out */
	LETTER_NO_CONSENT,    /* registrar: nobody answered in time */
	LETTER_NUMBER_GONE,   /* applicant: somebody else was assigned the number they ask for */
	LETTER_RECUSED,	      /* registrar: an expert stepped aside */
	LETTER_RELOCATION,    /* holder: somebody asks for a user port beside theirs, which needs privilege */
	LETTER_REMARK,	      /* whoever comments or appeals: please confirm, link */
	LETTER_KINDS
};

struct letter_facts {
	enum letter_kind kind;
	const char *registry;  /* name */
	const char *reference; /* in every subject: "[B-2026-0017]" */
	const struct mail_address *from, *to;
	const char *thread; /* message-id of the first letter to this person on it, or NULL */
	const char *date;
	const char *link;		  /* whole link or command with the token, or NULL */
	const char *due;		  /* day, or NULL */
	const struct form *form;	  /* for staff and applicant only */
	const struct rule_report *report; /* or NULL */
	const char *text;		  /* questions, answers, reasons, change */
	const char *rules;		  /* reason codes, or NULL */
	const char *assigned;		  /* "exfiles 20017/tcp", or NULL */
	const uint16_t *free_near;
	size_t free_count;
};

const char *letter_kind_name(enum letter_kind kind); /* for the outbox's column template */

/* 0 or -errno; the message's octets from malloc, its id in ret_id. */
int letter_write(const struct letter_facts *facts, char **ret_octets, size_t *ret_size,
		 char ret_id[static MAIL_ID_MAX]);
