/* newest.c - what people look through from its end (newest.h).  Called by the staff's pages; writes nothing. */
#include "store/newest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/ask.h"
#include "store/outbox_row.h"
#include "store/store_private.h"

/* clang-format off */
#define EVENTS \
	"SELECT e.n, e.at, coalesce(s.login, ''), e.act, e.subject, e.why, substr(e.body, 1, 65536), e.hash " \
	"FROM event AS e LEFT JOIN staff AS s ON s.id = e.staff WHERE e.n < ? " \
	"AND (CAST(? AS TEXT) = '' OR s.login = ?) AND (CAST(? AS TEXT) = '' OR e.act = ?) " \
	"AND (CAST(? AS TEXT) = '' OR e.subject = ? " \
	"OR substr(e.subject, 1, length(CAST(? AS TEXT)) + 1) = CAST(? AS TEXT) || ' ') " \
	"ORDER BY e.n DESC LIMIT ?"
#define LETTERS "SELECT " OUTBOX_COLUMNS " FROM outbox AS o "
#define CLOSED \
	"SELECT a.ref, a.kind, s.state, e.at FROM application AS a " \
	"JOIN application_state AS s ON s.application = a.id " \
	"JOIN event AS e ON e.n = s.event WHERE s.state IN (SELECT to_state FROM transition WHERE clock = 'none') " \
	"AND EXISTS (SELECT 1 FROM step AS c WHERE c.application = a.id AND c.act IN ('confirm', 'file')) " \
	"ORDER BY s.event DESC LIMIT ?"
/* clang-format on */

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
	int r = ask(store, EVENTS, &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, 1, before > 0 ? before : INT64_MAX);
	for (int i = 0; i < TEXTS; i++) {
		statement_bind_text(statement, i + 2, texts[i]);
	}
	statement_bind_integer(statement, TEXTS + 2, limit);
	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		r = give_event(statement, each, context);
		count++;
	}
	(void)statement_free(statement);
	return r < 0 ? r : count;
}

/* ---- letters ---- */

/* Frees the statement; how many there were. */
static int give_letters(struct store *store, struct statement *statement,
			int (*each)(const struct outbox_letter *letter, void *context), void *context)
{
	int count = 0;
	int r = 0;

	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		const struct outbox_letter letter = outbox_row(statement);
		r = each(&letter, context);
		count++;
	}
	(void)statement_free(statement);
	return r < 0 ? r : count;
}

int newest_letters(struct store *store, const char *state, int64_t before, int limit,
		   int (*each)(const struct outbox_letter *letter, void *context), void *context)
{
	struct statement *statement = NULL;
	int r = ask(store,
		    LETTERS "WHERE o.id < CAST(? AS BIGINT) AND (CAST(? AS TEXT) = '' OR o.state = ?) "
			    "ORDER BY o.id DESC LIMIT ?",
		    &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, 1, before > 0 ? before : INT64_MAX);
	statement_bind_text(statement, 2, state);
	statement_bind_text(statement, 3, state);
	statement_bind_integer(statement, 4, limit);
	return give_letters(store, statement, each, context);
}

int newest_letter(struct store *store, int64_t id, int (*each)(const struct outbox_letter *letter, void *context),
		  void *context)
{
	struct statement *statement = NULL;
	int r = ask_with_integers(store, LETTERS "WHERE o.id = CAST(? AS BIGINT)", 1, &id, &statement);

	return r < 0 ? r : give_letters(store, statement, each, context);
}

int newest_letters_count(struct store *store, const char *state, int64_t *ret_count)
{
	int r = ask_integer(store, "SELECT count(*) FROM outbox WHERE state = ?", 1, &state, ret_count);

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
	int r = ask(store, "SELECT n, hash, at, witness FROM anchor ORDER BY n DESC LIMIT ?", &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, 1, limit);
	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		r = give_anchor(statement, each, context);
		count++;
	}
	(void)statement_free(statement);
	return r < 0 ? r : count;
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
	int r = ask(store, CLOSED, &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, 1, limit);
	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		r = give_closed(statement, each, context);
		count++;
	}
	(void)statement_free(statement);
	return r < 0 ? r : count;
}

int newest_about(struct store *store, const char *ref, int (*each)(const char *ref, void *context), void *context)
{
	struct statement *statement = NULL;
	int count = 0;
	int r = ask_with_texts(store,
			       "SELECT ref FROM application WHERE about = 'application ' || CAST(? AS TEXT) "
			       "ORDER BY id DESC LIMIT 50",
			       1, &ref, &statement);

	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		r = each(statement_text(statement, 0), context);
		count++;
	}
	(void)statement_free(statement);
	return r < 0 ? r : count;
}
