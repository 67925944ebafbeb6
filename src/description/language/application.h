/* application.h - the questions of the application forms, as one table: what the examiner asks for, what the printed
 * form shows, and in which order.
 *
 * The forms of user and system ports, the additional port for a protocol whose port needs privilege, a service name
 * without a port, a service code of DCCP; and what can be asked for about something that is assigned already. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "description/language/hints.h"
#include "description/language/tree.h"

enum { APPLICATION_KINDS = APPLICATION_RENEWAL + 1 };

enum answer_form {
	ANSWER_IS_PERSON,     /* two strings: name, e-mail */
	ANSWER_IS_TRANSPORTS, /* tcp, udp, sctp, dccp */
	ANSWER_IS_SECTION,    /* a text, or "described": see the section of that name */
	ANSWER_IS_OPCODES,    /* the same, or "none" */
	ANSWER_IS_NO_OR_TEXT, /* no, or how and what for */
	ANSWER_IS_TEXT,
	ANSWER_IS_PORT,		/* a number, or "any" */
	ANSWER_IS_SERVICE_CODE, /* of DCCP */
	ANSWER_IS_DOCUMENT,	/* rfc, draft, document, proprietary */
	ANSWER_IS_ASSIGNMENT,	/* port number and service name */
	ANSWER_IS_YES_OR_NO,
};

enum need {
	NEED_NEVER,
	NEED_OPTIONAL,
	NEED_REQUIRED,
	NEED_OVER_DCCP,	   /* required there, and not allowed elsewhere */
	NEED_OVER_UDP,	   /* required there, else optional */
	NEED_OVER_SEVERAL, /* required over more than one transport, else optional */
};

struct question {
	const char *key;
	unsigned number; /* on the form, 1 to 10; 0: not numbered */
	bool is_header;	 /* also a header of the protocol block */
	enum answer_form form;
	enum need needs[APPLICATION_KINDS];
	const char *text;    /* "{port}" stands for what is applied for */
	const char *example; /* an answer */
};

/* In the order of the form; `key` is NULL behind the last. */
extern const struct question questions[];

/* NULL: there is no such question. */
const struct question *question_find(const char *key);

/* The question's words for this kind of application. */
void question_put(const struct question *question, enum application_kind kind, struct text *text);

/* "user", "system", "relocation", "name", "service-code" ... */
const char *application_kind_word(enum application_kind kind);

/* What stands above the form: "Application for User (Registered) Port Number". */
const char *application_title(enum application_kind kind);

/* The answer; one that is missing is taken from the headers of the protocol, which may be NULL.  NULL: none. */
const struct entry *application_answer(const struct application *application, const struct protocol *protocol,
				       const struct question *question);

/* The set of TRANSPORT_ an entry names. */
unsigned entry_transports(const struct entry *entry);

/* True if the protocol has a section that answers question 2 to 6. */
bool protocol_describes(const struct protocol *protocol, const char *key);
