/* applications_rights.c - what a decision gives, written: assignments, claims, names, service codes
 * (applications_rights.h).  Called by registry/process*.c inside the change that assigns. */
#include "store/applications_rights.h"

#include <errno.h>
#include <string.h>

#include "store/applications_private.h"
#include "store/store_private.h"

static json_t *or_null(int64_t number)
{
	return number > 0 ? json_integer(number) : json_null();
}

/* ---- assignments ---- */

int application_assignment_add(struct change *change, const struct application_right *right, int64_t *ret_assignment)
{
	struct store *store = change_store(change);
	struct statement *statement = NULL;
	int64_t id = 0;
	int r = application_ask(store, "SELECT coalesce(max(id), 0) + 1 FROM assignment", 0, NULL, &statement);

	if (r == 0) {
		r = application_one(store, statement, &id);
	}
	if (r > 0) {
		r = application_put(change, "assignment",
				    json_pack("{s:I, s:s, s:I, s:i, s:s, s:o, s:s?, s:i, s:I}", "id", id, "basis",
					      "decision", "application", right->application, "round", right->round,
					      "verdict", "assign", "replaces", or_null(right->replaces),
					      "temporary_until", right->temporary_until, "renewals", right->renewals,
					      "event", change_event(change)));
	}
	if (r < 0) {
		return r;
	}
	*ret_assignment = id;
	return 0;
}

int application_assignment_renew(struct change *change, int64_t assignment, const char *until, int renewals)
{
	return application_alter(
		change, "assignment",
		json_pack("{s:I, s:s, s:i}", "id", assignment, "temporary_until", until, "renewals", renewals));
}

int application_claim_put(struct change *change, const char *transport, int port, enum entry_status status,
			  int64_t assignment)
{
	struct store *store = change_store(change);
	struct statement *statement = NULL;
	int64_t count = 0;
	const int64_t integers[] = { port };
	int r = application_ask(store,
				"SELECT count(*) FROM claim WHERE port = ? AND transport = ? AND kind = 'reserved'", 1,
				integers, &statement);
	json_t *row = json_pack("{s:s, s:i, s:s, s:I, s:I}", "transport", transport, "port", port, "kind",
				entry_status_name(status), "assignment", assignment, "event", change_event(change));

	if (r == 0) {
		statement_bind_text(statement, 2, transport);
		r = application_one(store, statement, &count);
	}
	if (r < 0) {
		json_decref(row);
		return r;
	}
	return count > 0 ? application_alter(change, "claim", row) : application_put(change, "claim", row);
}

/* ---- names ---- */

int application_name(struct store *store, const char *fold, int (*found)(const struct name_row *row, void *context),
		     void *context)
{
	struct statement *statement = NULL;
	int said = 0;
	int r = application_ask(store,
				"SELECT n.kind, n.application, n.assignment, a.ref FROM name AS n "
				"LEFT JOIN application AS a ON a.id = n.application WHERE n.fold = ?",
				0, NULL, &statement);

	if (r == 0) {
		statement_bind_text(statement, 1, fold);
		r = statement_step(statement);
	}
	if (r > 0) {
		const struct name_row row = {
			.kind = statement_text(statement, 0),
			.application = statement_is_null(statement, 1) ? 0 : statement_integer(statement, 1),
			.assignment = statement_is_null(statement, 2) ? 0 : statement_integer(statement, 2),
			.ref = statement_text(statement, 3),
		};
		said = found(&row, context);
	}
	int ended = application_end(store, statement, r, said);
	return ended == 0 && r == 0 ? -ENOENT : ended;
}

int application_name_hold(struct change *change, int64_t application, const char *fold, const char *spelled)
{
	return application_put(change, "name",
			       json_pack("{s:s, s:s, s:s, s:I, s:I}", "fold", fold, "spelled", spelled, "kind", "held",
					 "application", application, "event", change_event(change)));
}

int application_name_release(struct change *change, int64_t application)
{
	struct store *store = change_store(change);
	struct statement *statement = NULL;
	json_t *key = NULL;
	int r = application_ask(store, "SELECT fold FROM name WHERE application = ? AND kind = 'held'", 1, &application,
				&statement);

	if (r == 0) {
		r = statement_step(statement);
	}
	if (r > 0) {
		key = json_pack("{s:s}", "fold", statement_text(statement, 0));
	}
	int ended = application_end(store, statement, r, 0);
	if (ended < 0 || key == NULL) {
		json_decref(key);
		return ended;
	}
	r = change_delete(change, "name", key);
	json_decref(key);
	return r < 0 ? r : 1;
}

int application_each_holding(struct store *store, const char *state, const char *now,
			     int (*each)(int64_t application, const char *ref, void *context), void *context)
{
	struct statement *statement = NULL;
	int said = 0;
	int r = application_ask(store,
				"SELECT a.id, a.ref FROM name AS n JOIN application AS a ON a.id = n.application "
				"JOIN application_state AS s ON s.application = a.id "
				"WHERE n.kind = 'held' AND s.state = ? AND s.due <= ? ORDER BY a.id",
				0, NULL, &statement);

	if (r == 0) {
		statement_bind_text(statement, 1, state);
		statement_bind_text(statement, 2, now);
	}
	while (r >= 0 && said >= 0 && (r = statement_step(statement)) > 0) {
		said = each(statement_integer(statement, 0), statement_text(statement, 1), context);
	}
	return application_end(store, statement, r, said);
}

static int name_kind(const struct name_row *row, void *context)
{
	*(bool *)context = strcmp(row->kind, "assigned") == 0;
	return 0;
}

int application_name_assign(struct change *change, const char *fold, const char *spelled, int64_t assignment)
{
	bool stands = false;
	int r = application_name(change_store(change), fold, name_kind, &stands);

	if (r == -ENOENT) {
		return application_put(change, "name",
				       json_pack("{s:s, s:s, s:s, s:I, s:I}", "fold", fold, "spelled", spelled, "kind",
						 "assigned", "assignment", assignment, "event", change_event(change)));
	}
	if (r < 0 || stands) {
		return r; /* it belongs to the first of its holder's assignments */
	}
	return application_alter(change, "name",
				 json_pack("{s:s, s:s, s:s, s:n, s:I, s:I}", "fold", fold, "spelled", spelled, "kind",
					   "assigned", "alias_of", "assignment", assignment, "event",
					   change_event(change)));
}

int application_name_alias(struct change *change, const char *fold, const char *of_fold)
{
	return application_alter(change, "name",
				 json_pack("{s:s, s:s, s:s, s:I}", "fold", fold, "kind", "alias", "alias_of", of_fold,
					   "event", change_event(change)));
}

/* ---- service codes ---- */

int application_service_code_taken(struct store *store, int64_t code)
{
	struct statement *statement = NULL;
	int64_t count = 0;
	int r = application_ask(store, "SELECT count(*) FROM service_code WHERE code = ?", 1, &code, &statement);

	if (r == 0) {
		r = application_one(store, statement, &count);
	}
	return r < 0 ? r : count > 0;
}

int application_service_code_add(struct change *change, int64_t code, const char *phrase, int64_t assignment)
{
	return application_put(change, "service_code",
			       json_pack("{s:I, s:s, s:I, s:I}", "code", code, "phrase", phrase, "assignment",
					 assignment, "event", change_event(change)));
}
