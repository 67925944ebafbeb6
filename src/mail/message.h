/* message.h - one e-mail as typed parts, and as the octets of RFC 5322.
 *
 * A header cannot be injected: addresses and words are types that only their readers make, and the writer folds
 * and encodes every text itself.  Text is plain, UTF-8 as quoted-printable only where it must be, lines of at
 * most 78 octets.  Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { MAIL_ADDRESS_MAX = 254, MAIL_NAME_MAX = 200, MAIL_SUBJECT_MAX = 200, MAIL_ID_MAX = 128 };

/* Made by mail_address_read alone. */
struct mail_address {
	char address[MAIL_ADDRESS_MAX + 1]; /* local@domain, ASCII, checked */
	char name[MAIL_NAME_MAX + 1];	    /* UTF-8 without control characters, or "" */
};

/* 0; -EINVAL: no address (control characters, blanks, quotes in the local part, no domain, too long ...). */
int mail_address_read(const char *address, const char *name_or_null, struct mail_address *ret_address);

struct mail_message {
	struct mail_address from, to;
	const char *subject;	    /* any text: what is not allowed in a header is encoded, never sent raw */
	const char *message_id;	    /* without <>; made by mail_message_id */
	const char *in_reply_to;    /* without <>, or NULL: the thread's first letter */
	const char *date;	    /* UTC "YYYY-MM-DDTHH:MM:SSZ" */
	bool replies_automatically; /* Auto-Submitted: auto-replied, else auto-generated */
	const char *body;	    /* UTF-8, LF */
};

/* The whole message with CRLF, ready for DATA (dots are not doubled).  From malloc, the caller's.  0 or -errno. */
int mail_message_write(const struct mail_message *message, char **ret_octets, size_t *ret_size);

/* Random, "@" and the domain of `from`. */
void mail_message_id(const struct mail_address *from, char ret_id[static MAIL_ID_MAX]);

/* What comes in: of a message the parts that the registry needs.  Hostile octets in; 0, -EBADMSG, -ENOMEM. */
struct mail_received {
	char *message_id, *in_reply_to, *from, *subject,
		*body;	   /* body: the first text/plain part, decoded to UTF-8; from malloc */
	bool is_automatic; /* Auto-Submitted other than "no", a bounce, a list: never to be answered */
	bool is_damaged;   /* the body holds what is no text in a character set that is known: "?" stands there */
};
int mail_message_read(const char *octets, size_t size, struct mail_received *ret_received);
void mail_received_finish(struct mail_received *received);
