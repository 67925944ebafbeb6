/* delivery.h - one letter brought to a mail server by libcurl, or into a folder. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct mail_route {
	const char *url;	   /* smtp://HOST:PORT, smtps://..., or file:///FOLDER: one .eml for each letter */
	const char *user;	   /* or NULL */
	const char *password_file; /* or NULL; read at each delivery, never in arguments or logs */
	const char *sender;	   /* MAIL FROM */
	const char *authority;	   /* CA file, or NULL */
	int starttls_required;
	int timeout_ms;
};

enum mail_outcome {
	MAIL_DELIVERED,
	MAIL_LATER, /* 4xx, no connection, time-out */
	MAIL_NEVER, /* 5xx: the recipient or the message is refused */
};

/* ret_error: one line, without the password.  The outcome. */
enum mail_outcome mail_deliver(const struct mail_route *route, const char *recipient, const char *message_id,
			       const char *message, size_t size, char *ret_error, size_t error_size);

/* How long to wait after so many tries (RFC 5321, 4.5.4.1): two tries in the first hour, then one every two to
 * three hours, a little different for each letter `id`.  -1: there were tries for five days; a mailer that did not
 * run in between gives nothing up for that. */
long mail_retry_after_s(int64_t id, int tries);
