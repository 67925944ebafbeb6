/* applications_parts.c - the parts of a dossier written: questions, findings, examiners, votes, decisions, consents
 * (applications_parts.h).  Called by registry/process*.c inside the change of an act. */
#include "store/applications_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/ask.h"
#include "store/store_private.h"

/* ---- questions ---- */

int application_question_add(struct change *change, int64_t application, int v, const char *field_or_null,
			     const char *rule_or_null, const char *text, int *ret_q)
{
	int64_t q = 0;
	int r = ask_integer_of(change_store(change),
			       "SELECT coalesce(max(q), 0) + 1 FROM question WHERE application = ?", 1, &application,
			       &q);

	if (r > 0) {
		r = change_insert_new(change, "question",
				      json_pack("{s:I, s:I, s:i, s:s?, s:s?, s:s, s:I}", "application", application,
						"q", q, "v", v, "field", field_or_null, "rule", rule_or_null, "text",
						text, "asked", change_event(change)));
	}
	if (r < 0) {
		return r;
	}
	*ret_q = (int)q;
	return 0;
}

int application_question_answer(struct change *change, int64_t application, int q, const char *answer)
{
	return change_update_new(change, "question",
				 json_pack("{s:I, s:i, s:s, s:I}", "application", application, "q", q, "answer", answer,
					   "answered", change_event(change)));
}

/* ---- findings ---- */

/* 1 when this person said something about it before. */
static int is_found(struct store *store, int64_t application, int material, int64_t staff, const char *about)
{
	struct statement *statement = NULL;
	const int64_t integers[] = { application, material, staff };
	int64_t count = 0;
	int r = ask_with_integers(store,
				  "SELECT count(*) FROM finding WHERE application = ? AND material = ? AND staff = ? "
				  "AND about = ?",
				  3, integers, &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_text(statement, 4, about);
	r = ask_one(store, statement, &count);
	return r < 0 ? r : count > 0;
}

int application_finding_put(struct change *change, int64_t application, int material, int64_t staff, const char *about,
			    const char *verdict, const char *note)
{
	int r = is_found(change_store(change), application, material, staff, about);
	json_t *row = json_pack("{s:I, s:i, s:I, s:s, s:s, s:s, s:I}", "application", application, "material", material,
				"staff", staff, "about", about, "verdict", verdict, "note", note, "event",
				change_event(change));

	if (r < 0) {
		json_decref(row);
		return r;
	}
	return r > 0 ? change_update_new(change, "finding", row) : change_insert_new(change, "finding", row);
}

/* ---- examiners ---- */

int application_examiner_put(struct change *change, int64_t application, int64_t staff, const char *due_or_null)
{
	const int64_t integers[] = { application, staff };
	int64_t count = 0;
	int r = ask_integer_of(change_store(change),
			       "SELECT count(*) FROM examiner WHERE application = ? AND staff = ?", 2, integers,
			       &count);

	if (r < 0) {
		return r;
	}
	if (count == 0) {
		return change_insert_new(change, "examiner",
					 json_pack("{s:I, s:I, s:s?, s:I}", "application", application, "staff", staff,
						   "due", due_or_null, "since", change_event(change)));
	}
	return due_or_null == NULL ? 0
				   : change_update_new(change, "examiner",
						       json_pack("{s:I, s:I, s:s}", "application", application, "staff",
								 staff, "due", due_or_null));
}

int application_examiner_recuse(struct change *change, int64_t application, int64_t staff)
{
	return change_update_new(change, "examiner",
				 json_pack("{s:I, s:I, s:I}", "application", application, "staff", staff, "recused",
					   change_event(change)));
}

/* ---- votes and decisions ---- */

/* The bench this person votes from is theirs from the first vote on. */
static int take_seat(struct change *change, int64_t application, int64_t staff, int bench)
{
	struct store *store = change_store(change);
	const int64_t integers[] = { application, staff };
	int64_t taken = 0;
	int r = ask_integer_of(store, "SELECT bench FROM seat WHERE application = ? AND staff = ?", 2, integers,
			       &taken);

	if (r != 0) {
		return r < 0 ? r
		       : taken == bench
			       ? 0
			       : store_complain(store, -EPERM, "this person has voted on it from another bench");
	}
	return change_insert_new(change, "seat",
				 json_pack("{s:I, s:I, s:i, s:I}", "application", application, "staff", staff, "bench",
					   bench, "event", change_event(change)));
}

int application_vote_add(struct change *change, int64_t application, const struct application_vote *vote)
{
	int r = take_seat(change, application, vote->staff, vote->bench);

	return r < 0 ? r
		     : change_insert_new(change, "vote",
					 json_pack("{s:I, s:i, s:i, s:i, s:I, s:s, s:s, s:s, s:s, s:I}", "application",
						   application, "material", vote->material, "round", vote->round,
						   "bench", vote->bench, "staff", vote->staff, "role", vote->role,
						   "verdict", vote->verdict, "reasons", vote->reasons, "rules",
						   vote->rules, "event", change_event(change)));
}

int application_decide(struct change *change, const struct application *application,
		       const struct application_decision *decision)
{
	return change_insert_new(
		change, "decision",
		json_pack("{s:I, s:i, s:i, s:s, s:s, s:i, s:i, s:I, s:s, s:i, s:o, s:o, s:o, s:o, s:s?, s:I}",
			  "application", application->id, "round", decision->round, "material", decision->material,
			  "verdict", decision->verdict, "kind", application->kind, "eyes", application->eyes, "expert",
			  application->expert, "own_staff", application->own_staff, "role", decision->role, "bench",
			  decision->bench, "recommended", change_number_or_null(decision->recommended),
			  "recommended_round", decision->recommended > 0 ? json_integer(0) : json_null(), "first",
			  change_number_or_null(decision->first), "second", change_number_or_null(decision->second),
			  "party", decision->party, "event", change_event(change)));
}

/* ---- consents ---- */

int application_consent_need(struct change *change, int64_t application, int material, const char *party)
{
	return change_insert_new(change, "consent",
				 json_pack("{s:I, s:i, s:s, s:I}", "application", application, "material", material,
					   "party", party, "needed", change_event(change)));
}

int application_consent_say(struct change *change, int64_t application, int material, const char *party, bool yes)
{
	return change_update_new(change, "consent",
				 json_pack("{s:I, s:i, s:s, s:I}", "application", application, "material", material,
					   "party", party, yes ? "given" : "refused", change_event(change)));
}

/* ---- forgetting ---- */

/* The rows of one kind as they shall be: `sql` has a version, and a field or NULL. */
static int forgotten_rows(struct store *store, const char *sql, int64_t application, const char *column, json_t *rows)
{
	struct statement *statement = NULL;
	int r = ask_with_integers(store, sql, 1, &application, &statement);

	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		json_t *row = json_pack("{s:I, s:I, s:s*, s:s, s:s}", "application", application, "v",
					statement_integer(statement, 0), "field", statement_text(statement, 1), column,
					"", "salt", "");
		r = json_array_append_new(rows, row) < 0 ? store_complain(store, -ENOMEM, NULL) : 0;
	}
	(void)statement_free(statement);
	return r;
}

static int forget(struct change *change, int64_t application, const char *table, const char *column, const char *sql)
{
	json_t *rows = json_array();
	json_t *row;
	size_t i;
	int r = forgotten_rows(change_store(change), sql, application, column, rows);

	json_array_foreach(rows, i, row)
	{
		r = r == 0 ? change_update(change, table, row) : r;
	}
	json_decref(rows);
	return r;
}

int application_forget(struct change *change, int64_t application)
{
	int r = forget(change, application, "answer", "value",
		       "SELECT v, field FROM answer WHERE application = ? ORDER BY v, field");

	return r < 0 ? r
		     : forget(change, application, "version", "berth",
			      "SELECT v, CAST(NULL AS TEXT) FROM version WHERE application = ? AND berth IS NOT NULL "
			      "ORDER BY v");
}
