/* applications_remarks.c - what people write about an application who are no part of it: kept apart until a link that
 * was mailed to them confirms their address, then in the inbox (applications_parts.h).
 *
 * Called by registry/process*.c. */
#include "store/applications_parts.h"

#include <errno.h>

#include "store/ask.h"
#include "store/store_private.h"

/* ---- in the inbox ---- */

int application_comment_add(struct change *change, int64_t application, const char *message_id, const char *sender,
			    const char *message)
{
	const char *const texts[] = { message_id, change_at(change), sender, message };
	struct store *store = change_store(change);
	struct statement *statement = NULL;
	int r = ask_with_texts(
		store, "INSERT INTO inbox (message_id, at, sender, message, application) VALUES (?, ?, ?, ?, ?)", 4,
		texts, &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, 5, application);
	return ask_run(store, statement);
}

int application_senders(struct store *store, int64_t application, int (*each)(const char *sender, void *context),
			void *context)
{
	struct statement *statement = NULL;
	int r = ask_with_integers(store,
				  "SELECT DISTINCT sender FROM inbox WHERE application = ? AND sender <> '' "
				  "ORDER BY sender",
				  1, &application, &statement);

	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		r = each(statement_text(statement, 0), context);
	}
	(void)statement_free(statement);
	return r < 0 ? r : 0;
}

/* ---- before ---- */

int application_remark_add(struct change *change, const char *hash, const struct application_remark *remark)
{
	const char *const texts[] = { hash, remark->act, remark->sender, remark->message };
	struct store *store = change_store(change);
	struct statement *statement = NULL;
	int r = ask_with_texts(store, "INSERT INTO remark (token, act, sender, message) VALUES (?, ?, ?, ?)", 4, texts,
			       &statement);

	return r < 0 ? r : ask_run(store, statement);
}

int application_remark_find(struct store *store, const char *hash,
			    int (*found)(const struct application_remark *remark, void *context), void *context)
{
	struct statement *statement = NULL;
	int r = ask_with_texts(store, "SELECT act, sender, message FROM remark WHERE token = ?", 1, &hash, &statement);

	if (r < 0) {
		return r;
	}
	r = ask_step(store, statement);
	if (r > 0) {
		const struct application_remark remark = {
			.act = statement_text(statement, 0),
			.sender = statement_text(statement, 1),
			.message = statement_text(statement, 2),
		};
		r = found(&remark, context);
	} else if (r == 0) {
		r = -ENOENT;
	}
	(void)statement_free(statement);
	return r < 0 ? r : 0;
}

int application_remark_remove(struct change *change, const char *hash)
{
	struct store *store = change_store(change);
	struct statement *statement = NULL;
	int r = ask_with_texts(store, "DELETE FROM remark WHERE token = ?", 1, &hash, &statement);

	return r < 0 ? r : ask_changes(store, statement);
}

int application_remarks_waiting(struct store *store, int64_t application, const char *sender, const char *now,
				int64_t *ret_count)
{
	const char *const texts[] = { sender, now };
	struct statement *statement = NULL;
	int r = ask_with_texts(store,
			       "SELECT count(*) FROM remark AS r JOIN token AS t ON t.hash = r.token "
			       "WHERE lower(r.sender) = lower(?) AND t.ends >= ? AND t.application = ?",
			       2, texts, &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, 3, application);
	r = ask_one(store, statement, ret_count);
	return r < 0 ? r : 0;
}

#define THAT_ENDED " FROM remark WHERE token IN (SELECT hash FROM token WHERE ends < ?)"

static int remove_ended(struct store *store, const char *now)
{
	struct statement *statement = NULL;
	int r = database_begin(store->database, true);

	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	r = ask_with_texts(store, "DELETE" THAT_ENDED, 1, &now, &statement);
	if (r == 0) {
		r = ask_run(store, statement);
	}
	if (r < 0) {
		database_rollback(store->database);
		return r;
	}
	r = database_commit(store->database);
	return r < 0 ? store_complain(store, r, NULL) : 0;
}

int application_remarks_end(struct store *store, const char *now)
{
	int64_t count = 0;
	int r = ask_integer(store, "SELECT count(*)" THAT_ENDED, 1, &now, &count);

	return r < 0 ? r : count == 0 ? 0 : remove_ended(store, now);
}
