/* outbox.h - letters waiting to be sent: written in the transaction of what they tell, delivered later by
 * berth-mailer. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

struct outbox_letter {
	int64_t id;
	int64_t event;
	int64_t application; /* 0: none */
	const char *message_id;
	const char *recipient;
	const char *template;
	const char *message; /* whole, CRLF */
	const char *state;   /* waiting, sending, sent, failed */
	int tries;
	const char *next_try;
	const char *last_error;
	const char *sent; /* or NULL */
	/* The token in the message, or NULL: taken out of what is stored when the letter is sent; only outbox_add looks
	 * at it. */
	const char *secret;
};

/* Inside a change, whose event it belongs to and at whose time it is due; only application, message_id, recipient,
 * template, message and secret are looked at.  -EEXIST: this event has this letter to this person already. */
int outbox_add(struct change *change, const struct outbox_letter *letter);

/* Takes the next letter that is due at `now` for `lease_s` seconds (state sending), counting the try.  1 with
 * the letter (its texts from malloc in one block, freed by outbox_letter_finish), 0 none, or -errno.  A letter
 * whose lease ran out is due again. */
int outbox_take(struct store *store, const char *now, int lease_s, struct outbox_letter *ret_letter);
void outbox_letter_finish(struct outbox_letter *letter);

/* What came of it.  As long as it is not sent, each try has the same octets.  Sent stays sent, whatever another mailer
 * says later.  Without `next_try` it failed for good. */
int outbox_sent(struct store *store, int64_t id, const char *now);
int outbox_failed(struct store *store, int64_t id, const char *error, const char *next_try_or_null);
/* Sets waiting again, due now: of one, or of all that failed (id 0).  Returns how many, or -errno. */
int outbox_retry(struct store *store, int64_t id, const char *now);

int outbox_each(struct store *store, const char *state_or_null,
		int (*each)(const struct outbox_letter *letter, void *context), void *context);
