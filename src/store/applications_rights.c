/* applications_rights.c - what a decision gives, written: assignments, claims, names, service codes
 * (applications_rights.h).  Called by registry/process*.c inside the change that assigns. */
#include "store/applications_rights.h"

#include <errno.h>
#include <string.h>

#include "store/ask.h"
#include "store/store_private.h"

/* ---- assignments ---- */

int application_assignment_add(struct change *change, const struct application_right *right, int64_t *ret_assignment)
{
	int64_t id = 0;
	int r = ask_integer(change_store(change), "SELECT coalesce(max(id), 0) + 1 FROM assignment", 0, NULL, &id);

	if (r > 0) {
		r = change_insert_new(change, "assignment",
				      json_pack("{s:I, s:s, s:I, s:i, s:s, s:o, s:s?, s:i, s:I}", "id", id, "basis",
						"decision", "application", right->application, "round", right->round,
						"verdict", "assign", "replaces", change_number_or_null(right->replaces),
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
	return change_update_new(
		change, "assignment",
		json_pack("{s:I, s:s, s:i}", "id", assignment, "temporary_until", until, "renewals", renewals));
}

int application_claim_put(struct change *change, const char *transport, int port, enum entry_status status,
			  int64_t assignment)
{
	enum { RESERVED, OF_ANOTHER, OF_THIS };
	struct store *store = change_store(change);
	struct statement *statement = NULL;
	int64_t stands = RESERVED;
	const int64_t integers[] = { assignment, port };
	int r = ask_with_integers(
		store,
		"SELECT CASE WHEN c.kind = 'reserved' THEN 0 ELSE 1 + (SELECT count(*) FROM assignment AS a JOIN "
		"assignment AS b ON b.application = a.application WHERE a.id = c.assignment AND b.id = ?) END "
		"FROM claim AS c WHERE c.port = ? AND c.transport = ?",
		2, integers, &statement);
	json_t *row = json_pack("{s:s, s:i, s:s, s:I, s:I}", "transport", transport, "port", port, "kind",
				entry_status_name(status), "assignment", assignment, "event", change_event(change));

	if (r == 0) {
		statement_bind_text(statement, 3, transport);
		r = ask_one(store, statement, &stands);
	}
	if (r > 0 && stands == OF_ANOTHER) {
		r = store_complain(store, -EEXIST, "%d/%s belongs to another assignment already", port, transport);
	}
	if (r < 0 || stands == OF_THIS) {
		json_decref(row);
		return r < 0 ? r : 0;
	}
	return r > 0 ? change_update_new(change, "claim", row) : change_insert_new(change, "claim", row);
}

/* ---- names ---- */

int application_name(struct store *store, const char *fold, int (*found)(const struct name_row *row, void *context),
		     void *context)
{
	struct statement *statement = NULL;
	int r = ask_with_texts(store,
			       "SELECT n.kind, n.application, n.assignment, a.ref FROM name AS n "
			       "LEFT JOIN application AS a ON a.id = n.application WHERE n.fold = ?",
			       1, &fold, &statement);

	if (r < 0) {
		return r;
	}
	r = ask_step(store, statement);
	if (r > 0) {
		const struct name_row row = {
			.kind = statement_text(statement, 0),
			.application = statement_is_null(statement, 1) ? 0 : statement_integer(statement, 1),
			.assignment = statement_is_null(statement, 2) ? 0 : statement_integer(statement, 2),
			.ref = statement_text(statement, 3),
		};
		r = found(&row, context);
	} else if (r == 0) {
		r = -ENOENT;
	}
	(void)statement_free(statement);
	return r < 0 ? r : 0;
}

int application_name_hold(struct change *change, int64_t application, const char *fold, const char *spelled)
{
	return change_insert_new(change, "name",
				 json_pack("{s:s, s:s, s:s, s:I, s:I}", "fold", fold, "spelled", spelled, "kind",
					   "held", "application", application, "event", change_event(change)));
}

int application_name_release(struct change *change, int64_t application)
{
	struct store *store = change_store(change);
	struct statement *statement = NULL;
	json_t *key = NULL;
	int r = ask_with_integers(store, "SELECT fold FROM name WHERE application = ? AND kind = 'held'", 1,
				  &application, &statement);

	if (r < 0) {
		return r;
	}
	r = ask_step(store, statement);
	if (r > 0) {
		key = json_pack("{s:s}", "fold", statement_text(statement, 0));
	}
	(void)statement_free(statement);
	if (r <= 0) {
		return r;
	}
	r = change_delete_new(change, "name", key);
	return r < 0 ? r : 1;
}

int application_each_holding(struct store *store, const char *state, const char *now,
			     int (*each)(int64_t application, const char *ref, void *context), void *context)
{
	const char *const texts[] = { state, now };
	struct statement *statement = NULL;
	int r = ask_with_texts(store,
			       "SELECT a.id, a.ref FROM name AS n JOIN application AS a ON a.id = n.application "
			       "JOIN application_state AS s ON s.application = a.id "
			       "WHERE n.kind = 'held' AND s.state = ? AND s.due <= ? ORDER BY a.id",
			       2, texts, &statement);

	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		r = each(statement_integer(statement, 0), statement_text(statement, 1), context);
	}
	(void)statement_free(statement);
	return r < 0 ? r : 0;
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
		return change_insert_new(change, "name",
					 json_pack("{s:s, s:s, s:s, s:I, s:I}", "fold", fold, "spelled", spelled,
						   "kind", "assigned", "assignment", assignment, "event",
						   change_event(change)));
	}
	if (r < 0 || stands) {
		return r; /* it belongs to the first of its holder's assignments */
	}
	return change_update_new(change, "name",
				 json_pack("{s:s, s:s, s:s, s:n, s:I, s:I}", "fold", fold, "spelled", spelled, "kind",
					   "assigned", "alias_of", "assignment", assignment, "event",
					   change_event(change)));
}

int application_name_alias(struct change *change, const char *fold, const char *of_fold)
{
	return change_update_new(change, "name",
				 json_pack("{s:s, s:s, s:s, s:I}", "fold", fold, "kind", "alias", "alias_of", of_fold,
					   "event", change_event(change)));
}

/* ---- service codes ---- */

int application_service_code_taken(struct store *store, int64_t code)
{
	int64_t count = 0;
	int r = ask_integer_of(store, "SELECT count(*) FROM service_code WHERE code = ?", 1, &code, &count);

	return r < 0 ? r : count > 0;
}

int application_service_code_add(struct change *change, int64_t code, const char *phrase, int64_t assignment)
{
	return change_insert_new(change, "service_code",
				 json_pack("{s:I, s:s, s:I, s:I}", "code", code, "phrase", phrase, "assignment",
					   assignment, "event", change_event(change)));
}
