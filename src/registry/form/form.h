/* form.h - an application as its answers: what was asked, what was said, in each of the ways it can be written.
 *
 * The questions are those of description/language/application.h (the seeds' ten, name and e-mail, and what RFC 6335,
 * 8.1.1 adds), and for kinds that concern what is assigned already, a few more.  An application comes as a
 * .berth file with an `application` block, as the plain-text form that e-mail carries, or from a page; inside
 * it is one text for each question.  Pure: octets in, form out; form in, octets out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "config/arena.h"
#include "registry/words/complain.h"

enum form_kind {
	FORM_USER,
	FORM_SYSTEM,
	FORM_RELOCATION, /* a user port beside a privileged one: the IESG's statement */
	FORM_NAME,
	FORM_SERVICE_CODE,
	FORM_MODIFICATION,
	FORM_TRANSPORT, /* one more transport for what is assigned */
	FORM_RELEASE,
	FORM_REVOCATION,
	FORM_RENEWAL,
	FORM_KINDS
};

/* Who may see an answer.  Default staff; public is what becomes the entry, and a system port's specification. */
enum form_visibility { FORM_STAFF, FORM_APPLICANT, FORM_EXPERT, FORM_PUBLIC };

enum form_need { FORM_NEVER, FORM_OPTIONAL, FORM_REQUIRED };

enum { FORM_FIELDS_MAX = 48, FORM_ANSWER_MAX = 32 * 1024, FORM_BERTH_MAX = 1 << 20, FORM_OCTETS_MAX = 2 << 20 };

/* How an answer is given; what form_set makes of it stands behind. */
enum form_answer {
	FORM_LINE,	 /* one line: no LF, no tab */
	FORM_TEXT,	 /* any number of lines */
	FORM_TRANSPORTS, /* "tcp udp": of tcp, udp, sctp, dccp, in this order; or another line */
	FORM_DOCUMENT,	 /* "rfc", "draft", "document", "proprietary"; or another line */
	FORM_PORT,	 /* a number, "any"; or another line */
	FORM_YES_NO,	 /* "yes", "no"; or another line */
	FORM_NO_OR_TEXT, /* "no"; how and what for; "yes" when just that was said */
};

struct form_field {
	const char *key;   /* "formats"; that of the application block.  A person has two: "contact", "contact-email" */
	unsigned seed;	   /* number on the form of 2004; 0: not numbered there */
	const char *label; /* short: "Message formats" */
	const char *hint;  /* the seeds' bracketed example where they have one; or "" */
	size_t octets_max;
	enum form_visibility visibility;
	enum form_visibility visibility_system; /* on the form for a system port */
	int column; /* the ENTRY_ column it becomes, or -1; of several for one, the last that is answered */
	enum form_answer answer;
};

/* In the order of the form; key NULL behind the last. */
extern const struct form_field form_fields[];

/* Its place in form_fields, or -1. */
int form_field_find(const char *key);

/* Whether a form of this kind asks it; what hangs on transports is optional here, and a rule's matter (rules.h). */
enum form_need form_needs(const struct form_field *field, enum form_kind kind);
enum form_visibility form_visibility_of(const struct form_field *field, enum form_kind kind);

/* The whole question as it is asked for this kind: the seeds' words with "user" or "system" port in them; without the
 * hint. */
void form_question(const struct form_field *field, enum form_kind kind, char *ret_text, size_t size);

const char *form_kind_name(enum form_kind kind); /* "user", "system", "service-code" ... */
const char *form_title(enum form_kind kind);	 /* "Application for User (Registered) Port Number" */
int form_kind_of(const char *name, enum form_kind *ret_kind);

struct form {
	struct arena arena; /* holds all texts */
	enum form_kind kind;
	/* By place in form_fields; NULL: not answered.  LF line ends, no other control characters but tab, no blanks at
	 * line ends, no empty lines around it. */
	const char *values[FORM_FIELDS_MAX];
	unsigned lines[FORM_FIELDS_MAX]; /* where each stood in the file; 0 unknown */
	const char *berth;		 /* the .berth text that came with it, or NULL */
};

void form_finish(struct form *form);
/* "" when it is not answered. */
const char *form_value(const struct form *form, const char *key);
/* Copies; NULL, or nothing but blanks, takes the answer away.  Blanks at line ends and empty lines around a text go;
 * "TCP, UDP" becomes "tcp udp"; "No." becomes "no" where that is an answer.  -EINVAL no such key; -E2BIG longer than
 * the field's octets_max; -EILSEQ control characters but LF and tab (in a line those too), or no UTF-8; -ENOMEM. */
int form_set(struct form *form, const char *key, const char *value);
/* The transports applied for as a set of FORM_TCP and so on; 0: none, or something else stands there. */
enum { FORM_TCP = 1, FORM_UDP = 2, FORM_SCTP = 4, FORM_DCCP = 8 };
unsigned form_transports(const struct form *form);
/* SHA-256 over kind, answers and description: of two forms that are the same. */
void form_digest(const struct form *form, char ret_hex[static 65]);
/* True when kind, name, transport, port, service code, what it is about, or one of questions 1 to 7 differ: votes on
 * the old one count no more. */
bool form_differs_materially(const struct form *a, const struct form *b);

/* How many octets of the byte order mark with which some editors begin UTF-8 stand at the beginning: 3 or 0.  It is no
 * part of a form or a description; who takes one in from a person leaves it out. */
size_t form_mark_size(const char *octets, size_t size);

/* ---- as a .berth file: its application block, and headers of its protocol where that leaves something out ---- */

/* 0; -EBADMSG with a complaint (file, line, what would be right) also when there is no application block; -ENOMEM.
 * What the answers are worth is not asked here: the description's examiner and the rules do. */
int form_read_berth(const char *name, const char *octets, size_t size, struct form *ret_form,
		    struct complaint *ret_complaint);
int form_write_berth(const struct form *form, FILE *stream);
/* The same with the questions as comments, those without an answer to be filled in: berth apply --template. */
int form_write_template(const struct form *form, FILE *stream);

/* ---- as plain text, 72 columns: the ten questions numbered, the seeds' hints, [x] boxes ---- */

struct form_text_options {
	bool for_public;       /* only what everybody may see */
	bool to_fill_in;       /* the introduction, and also the questions that need no answer and have none */
	const char *reference; /* "B-2026-0017", or NULL */
};
int form_write_text(const struct form *form, const struct form_text_options *options, FILE *stream);
/* What a person filled in and mailed: quoted ("> "), rewrapped, with CRLF, answers between or behind the
 * questions.  0; -EBADMSG with a complaint; -ENOMEM. */
int form_read_text(const char *octets, size_t size, struct form *ret_form, struct complaint *ret_complaint);

/* ---- the words around the forms ---- */

/* What stands above each form, in our words: what it is for, scarcity, no endorsement, one port for a service
 * and the rendezvous as the way, the IESG's statement (user), DCCP guidelines (user), specification (system),
 * no non-disclosure agreements (system), the door to the user form (system), for internal use only, that it
 * goes to the staff by e-mail.  Paragraphs; NULL at the end. */
const char *const *form_introduction(enum form_kind kind);

/* From the form for a system port to the form for a user port: the answers go along, but for a number below 1024 and
 * why a user port would not do.  0 or -ENOMEM. */
int form_as_user(const struct form *form, struct form *ret_form);
