/* newest.c - what people look through from its end (newest.h).  Called by the staff's pages; writes nothing. */
#include "store/newest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/store_private.h"

/* clang-format off */
#define EVENTS \
	"SELECT e.n, e.at, coalesce(s.login, ''), e.act, e.subject, e.why, substr(e.body, 1, 65536), e.hash " \
	"FROM event AS e LEFT JOIN staff AS s ON s.id = e.staff WHERE e.n < ? " \
	"AND (CAST(? AS TEXT) = '' OR s.login = ?) AND (CAST(? AS TEXT) = '' OR e.act = ?) " \
	"AND (CAST(? AS TEXT) = '' OR e.subject = ? " \
	"OR substr(e.subject, 1, length(CAST(? AS TEXT)) + 1) = CAST(? AS TEXT) || ' ') " \
	"ORDER BY e.n DESC LIMIT ?"
#define LETTERS \
	"SELECT o.id, o.event, coalesce(o.application, 0), o.message_id, o.rcpt, o.template, o.message, o.state, " \
	"o.tries, o.next_try, o.last_error, o.sent FROM outbox AS o "
#define CLOSED \
	"SELECT a.ref, a.kind, s.state, e.at FROM application AS a " \
	"JOIN application_state AS s ON s.application = a.id " \
	"JOIN event AS e ON e.n = s.event WHERE s.state IN (SELECT to_state FROM transition WHERE clock = 'none') " \
	"AND EXISTS (SELECT 1 FROM step AS c WHERE c.application = a.id AND c.act IN ('confirm', 'file')) " \
	"ORDER BY s.event DESC LIMIT ?"
/* clang-format on */

/* Ends a loop over rows: how many there were, or -errno. */
static int end(struct store *store, struct statement *statement, int r, int said, int count)
{
	(void)statement_free(statement);
	if (said < 0) {
		return said;
	}
	return r < 0 ? store_complain(store, r, NULL) : count;
}

/* ---- events ---- */

static int give_event(struct statement *statement, int (*each)(const struct audit_event *event, void *context),
		      void *context)
{
	const struct audit_event event = {
		.n = statement_integer(statement, 0),
		.at = statement_text(statement, 1),
		.login = statement_text(statement, 2),
		.act = statement_text(statement, 3),
		.subject = statement_text(statement, 4),
		.why = statement_text(statement, 5),
		.body = statement_text(statement, 6),
		.hash = statement_text(statement, 7),
	};

	return each(&event, context);
}

int newest_events(struct store *store, const struct newest_filter *filter, int64_t before, int limit,
		  int (*each)(const struct audit_event *event, void *context), void *context)
{
	const char *const texts[] = { filter->login,   filter->login,	filter->act,	 filter->act,
				      filter->subject, filter->subject, filter->subject, filter->subject };
	enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };
	struct statement *statement = NULL;
	int count = 0;
	int said = 0;
	int r = statement_prepare(store->database, EVENTS, &statement);

	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	statement_bind_integer(statement, 1, before > 0 ? before : INT64_MAX);
	for (int i = 0; i < TEXTS; i++) {
		statement_bind_text(statement, i + 2, texts[i]);
	}
	statement_bind_integer(statement, TEXTS + 2, limit);
	while (said >= 0 && (r = statement_step(statement)) > 0) {
		said = give_event(statement, each, context);
		count++;
	}
	return end(store, statement, r, said, count);
}

/* ---- letters ---- */

static int give_letter(struct statement *statement, int (*each)(const struct outbox_letter *letter, void *context),
		       void *context)
{
	const struct outbox_letter letter = {
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

	return each(&letter, context);
}

int newest_letters(struct store *store, const char *state, int64_t before, int limit,
		   int (*each)(const struct outbox_letter *letter, void *context), void *context)
{
	struct statement *statement = NULL;
	int count = 0;
	int said = 0;
	int r = statement_prepare(store->database,
				  LETTERS "WHERE o.id < CAST(? AS BIGINT) AND (CAST(? AS TEXT) = '' OR o.state = ?) "
					  "ORDER BY o.id DESC LIMIT ?",
				  &statement);

	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	statement_bind_integer(statement, 1, before > 0 ? before : INT64_MAX);
	statement_bind_text(statement, 2, state);
	statement_bind_text(statement, 3, state);
	statement_bind_integer(statement, 4, limit);
	while (said >= 0 && (r = statement_step(statement)) > 0) {
		said = give_letter(statement, each, context);
		count++;
	}
	return end(store, statement, r, said, count);
}

int newest_letter(struct store *store, int64_t id, int (*each)(const struct outbox_letter *letter, void *context),
		  void *context)
{
	struct statement *statement = NULL;
	int said = 0;
	int r = statement_prepare(store->database, LETTERS "WHERE o.id = CAST(? AS BIGINT)", &statement);

	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	statement_bind_integer(statement, 1, id);
	r = statement_step(statement);
	if (r > 0) {
		said = give_letter(statement, each, context);
	}
	return end(store, statement, r, said, r);
}

int newest_letters_count(struct store *store, const char *state, int64_t *ret_count)
{
	struct statement *statement = NULL;
	int r = statement_prepare(store->database, "SELECT count(*) FROM outbox WHERE state = ?", &statement);

	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	statement_bind_text(statement, 1, state);
	r = statement_step(statement);
	if (r > 0) {
		*ret_count = statement_integer(statement, 0);
	}
	r = end(store, statement, r, 0, 0);
	return r < 0 ? r : 0;
}

/* ---- anchors ---- */

static int give_anchor(struct statement *statement, int (*each)(const struct newest_anchor *anchor, void *context),
		       void *context)
{
	struct newest_anchor anchor = { .anchor = { .event = statement_integer(statement, 0) } };

	(void)snprintf(anchor.anchor.hash, sizeof(anchor.anchor.hash), "%s", statement_text(statement, 1));
	(void)snprintf(anchor.anchor.at, sizeof(anchor.anchor.at), "%s", statement_text(statement, 2));
	anchor.witness = statement_text(statement, 3);
	return each(&anchor, context);
}

int newest_anchors(struct store *store, int limit, int (*each)(const struct newest_anchor *anchor, void *context),
		   void *context)
{
	struct statement *statement = NULL;
	int count = 0;
	int said = 0;
	int r = statement_prepare(store->database, "SELECT n, hash, at, witness FROM anchor ORDER BY n DESC LIMIT ?",
				  &statement);

	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	statement_bind_integer(statement, 1, limit);
	while (said >= 0 && (r = statement_step(statement)) > 0) {
		said = give_anchor(statement, each, context);
		count++;
	}
	return end(store, statement, r, said, count);
}

/* ---- applications ---- */

static int give_closed(struct statement *statement, int (*each)(const struct newest_closed *closed, void *context),
		       void *context)
{
	const struct newest_closed closed = {
		.ref = statement_text(statement, 0),
		.kind = statement_text(statement, 1),
		.state = statement_text(statement, 2),
		.at = statement_text(statement, 3),
	};

	return each(&closed, context);
}

int newest_closed(struct store *store, int limit, int (*each)(const struct newest_closed *closed, void *context),
		  void *context)
{
	struct statement *statement = NULL;
	int count = 0;
	int said = 0;
	int r = statement_prepare(store->database, CLOSED, &statement);

	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	statement_bind_integer(statement, 1, limit);
	while (said >= 0 && (r = statement_step(statement)) > 0) {
		said = give_closed(statement, each, context);
		count++;
	}
	return end(store, statement, r, said, count);
}

int newest_about(struct store *store, const char *ref, int (*each)(const char *ref, void *context), void *context)
{
	struct statement *statement = NULL;
	int count = 0;
	int said = 0;
	int r = statement_prepare(store->database,
				  "SELECT ref FROM application WHERE about = 'application ' || CAST(? AS TEXT) "
				  "ORDER BY id DESC LIMIT 50",
				  &statement);

	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	statement_bind_text(statement, 1, ref);
	while (said >= 0 && (r = statement_step(statement)) > 0) {
		said = each(statement_text(statement, 0), context);
		count++;
	}
	return end(store, statement, r, said, count);
}
