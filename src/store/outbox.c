/* outbox.c - letters waiting to be sent (outbox.h).  Called by registry/, berth-mailer and `berth mail`.
 *
 * A letter is written in the change of what it tells; what becomes of it later is not an event, but a short
 * transaction of its own.  Two mailers that look at the same letter both see it due; the one whose update still
 * finds the count of tries that it saw has taken it. */
#include "store/outbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "store/ask.h"
#include "store/outbox_row.h"
#include "store/store_private.h"

enum { LETTERS_AT_ONCE = 100 };

#define IS_DUE "((o.state = 'waiting' AND o.next_try <= ?) OR (o.state = 'sending' AND o.lease_until <= ?))"

/* ---- add ---- */

static int is_there(struct store *store, int64_t event, const struct outbox_letter *letter)
{
	const char *const texts[] = { letter->template, letter->recipient };
	struct statement *statement = NULL;
	int64_t id = 0;
	int r = ask_with_texts(store, "SELECT id FROM outbox WHERE template = ? AND rcpt = ? AND event = ?", 2, texts,
			       &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, 3, event);
	return ask_one(store, statement, &id);
}

/* The octets at `at` that say the token, though a line may be broken in it as quoted-printable breaks lines; 0: they
 * do not. */
static size_t spelled_at(const char *at, const char *token)
{
	const char *from = at;

	while (*token != '\0') {
		if (strncmp(at, "=\r\n", 3) == 0) {
			at += 3;
		} else if (*at++ != *token++) {
			return 0;
		}
	}
	return (size_t)(at - from);
}

/* Where it stands in the message, from 1; 0: nowhere. */
static size_t find_secret(const struct outbox_letter *letter, size_t *ret_size)
{
	*ret_size = 0;
	for (const char *at = letter->message; letter->secret != NULL && *at != '\0'; at++) {
		*ret_size = *at == letter->secret[0] ? spelled_at(at, letter->secret) : 0;
		if (*ret_size > 0) {
			return (size_t)(at - letter->message) + 1;
		}
	}
	return 0;
}

static void bind_or_null(struct statement *statement, int at, int64_t integer)
{
	if (integer != 0) {
		statement_bind_integer(statement, at, integer);
	} else {
		statement_bind_null(statement, at);
	}
}

static int insert(struct change *change, const struct outbox_letter *letter)
{
	size_t secret_size = 0;
	size_t secret = find_secret(letter, &secret_size);
	struct store *store = change_store(change);
	struct statement *statement = NULL;
	int r = ask(
		store,
		"INSERT INTO outbox (id, event, application, message_id, rcpt, template, message, next_try, secret, "
		"secret_size) VALUES ((SELECT coalesce(max(id), 0) + 1 FROM outbox), ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		&statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, 1, change_event(change));
	bind_or_null(statement, 2, letter->application);
	statement_bind_text(statement, 3, letter->message_id);
	statement_bind_text(statement, 4, letter->recipient);
	statement_bind_text(statement, 5, letter->template);
	statement_bind_text(statement, 6, letter->message);
	statement_bind_text(statement, 7, change_at(change));
	bind_or_null(statement, 8, (int64_t)secret);
	bind_or_null(statement, 9, (int64_t)secret_size);
	return ask_run(store, statement);
}

int outbox_add(struct change *change, const struct outbox_letter *letter)
{
	struct store *store = change_store(change);
	int r = is_there(store, change_event(change), letter);

	if (r > 0) {
		return store_complain(store, -EEXIST, "this letter to %s is in the outbox already", letter->recipient);
	}
	return r < 0 ? r : insert(change, letter);
}

/* ---- rows ---- */

struct outbox_letter outbox_row(struct statement *statement)
{
	return (struct outbox_letter){
		.id = statement_integer(statement, 0),
		.event = statement_integer(statement, 1),
		.application = statement_integer(statement, 2),
		.message_id = statement_text(statement, 3),
		.recipient = statement_text(statement, 4),
		.template = statement_text(statement, 5),
		.message = statement_text(statement, 6),
		.state = statement_text(statement, 7),
		.tries = (int)statement_integer(statement, 8),
		.next_try = statement_text(statement, 9),
		.last_error = statement_text(statement, 10),
		.sent = statement_text(statement, 11),
	};
}

enum { TEXTS = 8 };

/* The block begins at message_id, which is the first of the texts. */
static int copy_letter(const struct outbox_letter *letter, struct outbox_letter *ret_letter)
{
	struct outbox_letter copy = *letter;
	const char **texts[TEXTS] = { &copy.message_id, &copy.recipient, &copy.template,   &copy.message,
				      &copy.state,	&copy.next_try,	 &copy.last_error, &copy.sent };
	size_t size = 0;

	for (size_t i = 0; i < TEXTS; i++) {
		size += *texts[i] != NULL ? strlen(*texts[i]) + 1 : 0;
	}
	char *block = malloc(size);
	if (block == NULL) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < TEXTS; i++) {
		if (*texts[i] != NULL) {
			size_t length = strlen(*texts[i]) + 1;
			*texts[i] = memcpy(block, *texts[i], length);
			block += length;
		}
	}
	*ret_letter = copy;
	return 0;
}

void outbox_letter_finish(struct outbox_letter *letter)
{
	free((char *)(uintptr_t)letter->message_id);
	*letter = (struct outbox_letter){ 0 };
}

/* ---- take ---- */

/* 1 with the next letter that is due, 0, or -errno. */
static int find_due(struct store *store, const char *now, struct outbox_letter *ret_letter)
{
	const char *const texts[] = { now, now };
	struct statement *statement = NULL;
	int r = ask_with_texts(store,
			       "SELECT " OUTBOX_COLUMNS " FROM outbox AS o WHERE " IS_DUE " AND o.id IN ("
			       "SELECT min(e.id) FROM outbox AS e WHERE e.state IN ('waiting', 'sending') "
			       "GROUP BY e.rcpt, coalesce(e.application, 0)) ORDER BY o.id LIMIT 1",
			       2, texts, &statement);

	if (r < 0) {
		return r;
	}
	r = ask_step(store, statement);
	if (r > 0) {
		const struct outbox_letter letter = outbox_row(statement);
		r = copy_letter(&letter, ret_letter) < 0 ? store_complain(store, -ENOMEM, NULL) : 1;
	}
	(void)statement_free(statement);
	return r;
}

/* 1: it is ours; 0: another was faster. */
static int lease(struct store *store, const struct outbox_letter *letter, const char *until)
{
	struct statement *statement = NULL;
	int r = ask_with_texts(store,
			       "UPDATE outbox SET state = 'sending', tries = tries + 1, lease_until = ? "
			       "WHERE id = ? AND tries = ? AND state IN ('waiting', 'sending')",
			       1, &until, &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, 2, letter->id);
	statement_bind_integer(statement, 3, letter->tries);
	return ask_changes(store, statement);
}

/* One look; -EAGAIN: another mailer took what was found. */
static int take_once(struct store *store, const char *now, const char *until, struct outbox_letter *ret_letter)
{
	struct outbox_letter letter;
	int r = database_begin(store->database, true);

	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	r = find_due(store, now, &letter);
	if (r <= 0) {
		database_rollback(store->database);
		return r;
	}
	r = lease(store, &letter, until);
	if (r <= 0) {
		database_rollback(store->database);
		outbox_letter_finish(&letter);
		return r < 0 ? r : -EAGAIN;
	}
	r = database_commit(store->database);
	if (r < 0) {
		outbox_letter_finish(&letter);
		return store_complain(store, r, NULL);
	}
	letter.tries++;
	*ret_letter = letter;
	return 1;
}

int outbox_take(struct store *store, const char *now, int lease_s, struct outbox_letter *ret_letter)
{
	char until[MOMENT_SIZE];
	int r = moment_after(now, lease_s, until);

	if (r < 0) {
		return store_complain(store, r, "\"%s\" is no moment", now);
	}
	do {
		r = take_once(store, now, until, ret_letter);
	} while (r == -EAGAIN);
	return r;
}

/* ---- what came of it ---- */

/* Runs one statement with texts and a number behind them; returns the rows it changed. */
static int run(struct store *store, const char *sql, size_t count, const char *const texts[], int64_t id)
{
	struct statement *statement = NULL;
	int r = ask_with_texts(store, sql, count, texts, &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, (int)count + 1, id);
	return ask_changes(store, statement);
}

static int write_rows(struct store *store, const char *sql, size_t count, const char *const texts[], int64_t id)
{
	int r = database_begin(store->database, true);

	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	int changed = run(store, sql, count, texts, id);
	if (changed < 0) {
		database_rollback(store->database);
		return changed;
	}
	r = database_commit(store->database);
	return r < 0 ? store_complain(store, r, NULL) : changed;
}

int outbox_sent(struct store *store, int64_t id, const char *now)
{
	int r = write_rows(store,
			   "UPDATE outbox SET state = 'sent', sent = ?, lease_until = NULL, last_error = '', "
			   "message = CASE WHEN secret IS NULL THEN message ELSE substr(message, 1, secret - 1) || "
			   "'[link removed]' || substr(message, secret + secret_size) END, "
			   "secret = NULL, secret_size = NULL WHERE id = ? AND state <> 'sent'",
			   1, &now, id);

	return r < 0 ? r : 0;
}

int outbox_failed(struct store *store, int64_t id, const char *error, const char *next_try_or_null)
{
	const char *const texts[] = { next_try_or_null != NULL ? "waiting" : "failed", error, next_try_or_null };
	int r = write_rows(store,
			   "UPDATE outbox SET state = ?, last_error = ?, next_try = coalesce(?, next_try), "
			   "lease_until = NULL WHERE id = ? AND state = 'sending'",
			   3, texts, id);

	return r < 0 ? r : 0;
}

int outbox_retry(struct store *store, int64_t id, const char *now)
{
	static const char one[] = "UPDATE outbox SET state = 'waiting', tries = 0, next_try = ? "
				  "WHERE id = ? AND state IN ('waiting', 'failed')";
	static const char all[] = "UPDATE outbox SET state = 'waiting', tries = 0, next_try = ? "
				  "WHERE id > ? AND state = 'failed'";

	return write_rows(store, id != 0 ? one : all, 1, &now, id);
}

/* ---- each ---- */

/* Some at a time: there may be more of them than memory.  Returns how many there were. */
static int each_some(struct store *store, struct statement *statement, int64_t *bound, const char *state,
		     int (*each)(const struct outbox_letter *letter, void *context), void *context)
{
	int count = 0;
	int r = 0;

	statement_bind_integer(statement, 1, *bound);
	statement_bind_text(statement, 2, state);
	statement_bind_text(statement, 3, state);
	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		const struct outbox_letter letter = outbox_row(statement);
		*bound = letter.id;
		r = each(&letter, context);
		count++;
	}
	return r < 0 ? r : count;
}

int outbox_each(struct store *store, const char *state_or_null,
		int (*each)(const struct outbox_letter *letter, void *context), void *context)
{
	const char *state = state_or_null != NULL ? state_or_null : "";
	struct statement *statement = NULL;
	int64_t bound = 0;
	int r = ask(store,
		    "SELECT " OUTBOX_COLUMNS " FROM outbox AS o WHERE o.id > ? AND "
		    "(CAST(? AS TEXT) = '' OR o.state = ?) ORDER BY o.id LIMIT 100",
		    &statement);

	if (r < 0) {
		return r;
	}
	do {
		r = each_some(store, statement, &bound, state, each, context);
	} while (r == LETTERS_AT_ONCE);
	(void)statement_free(statement);
	return r < 0 ? r : 0;
}
