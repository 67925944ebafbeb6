/* applications_parts.c - the parts of a dossier written: questions, findings, examiners, votes, decisions, consents
 * (applications_parts.h).  Called by registry/process*.c inside the change of an act. */
#include "store/applications_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/applications_private.h"
#include "store/store_private.h"

/* ---- questions ---- */

int application_question_add(struct change *change, int64_t application, int v, const char *field_or_null,
			     const char *rule_or_null, const char *text, int *ret_q)
{
	struct store *store = change_store(change);
	struct statement *statement = NULL;
	int64_t q = 0;
	int r = application_ask(store, "SELECT coalesce(max(q), 0) + 1 FROM question WHERE application = ?", 1,
				&application, &statement);

	if (r == 0) {
		r = application_one(store, statement, &q);
	}
	if (r > 0) {
		r = application_put(change, "question",
				    json_pack("{s:I, s:I, s:i, s:s?, s:s?, s:s, s:I}", "application", application, "q",
					      q, "v", v, "field", field_or_null, "rule", rule_or_null, "text", text,
					      "asked", change_event(change)));
	}
	if (r < 0) {
		return r;
	}
	*ret_q = (int)q;
	return 0;
}

int application_question_answer(struct change *change, int64_t application, int q, const char *answer)
{
	return application_alter(change, "question",
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
	int r = application_ask(store,
				"SELECT count(*) FROM finding WHERE application = ? AND material = ? AND staff = ? "
				"AND about = ?",
				3, integers, &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_text(statement, 4, about);
	r = application_one(store, statement, &count);
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
	return r > 0 ? application_alter(change, "finding", row) : application_put(change, "finding", row);
}

/* ---- examiners ---- */

int application_examiner_put(struct change *change, int64_t application, int64_t staff, const char *due_or_null)
{
	struct store *store = change_store(change);
	struct statement *statement = NULL;
	const int64_t integers[] = { application, staff };
	int64_t count = 0;
	int r = application_ask(store, "SELECT count(*) FROM examiner WHERE application = ? AND staff = ?", 2, integers,
				&statement);

	if (r == 0) {
		r = application_one(store, statement, &count);
	}
	if (r < 0) {
		return r;
	}
	if (count == 0) {
		return application_put(change, "examiner",
				       json_pack("{s:I, s:I, s:s?, s:I}", "application", application, "staff", staff,
						 "due", due_or_null, "since", change_event(change)));
	}
	return due_or_null == NULL ? 0
				   : application_alter(change, "examiner",
						       json_pack("{s:I, s:I, s:s}", "application", application, "staff",
								 staff, "due", due_or_null));
}

int application_examiner_recuse(struct change *change, int64_t application, int64_t staff)
{
	return application_alter(change, "examiner",
				 json_pack("{s:I, s:I, s:I}", "application", application, "staff", staff, "recused",
					   change_event(change)));
}

/* ---- votes and decisions ---- */

/* The bench this person votes from is theirs from the first vote on. */
static int take_seat(struct change *change, int64_t application, int64_t staff, int bench)
{
	struct store *store = change_store(change);
	struct statement *statement = NULL;
	const int64_t integers[] = { application, staff };
	int64_t taken = 0;
	int r = application_ask(store, "SELECT bench FROM seat WHERE application = ? AND staff = ?", 2, integers,
				&statement);

	if (r == 0) {
		r = application_one(store, statement, &taken);
	}
	if (r != 0) {
		return r < 0 ? r
		       : taken == bench
			       ? 0
			       : store_complain(store, -EPERM, "this person has voted on it from another bench");
	}
	return application_put(change, "seat",
			       json_pack("{s:I, s:I, s:i, s:I}", "application", application, "staff", staff, "bench",
					 bench, "event", change_event(change)));
}

int application_vote_add(struct change *change, int64_t application, const struct application_vote *vote)
{
	int r = take_seat(change, application, vote->staff, vote->bench);

	return r < 0 ? r
		     : application_put(change, "vote",
				       json_pack("{s:I, s:i, s:i, s:i, s:I, s:s, s:s, s:s, s:s, s:I}", "application",
						 application, "material", vote->material, "round", vote->round, "bench",
						 vote->bench, "staff", vote->staff, "role", vote->role, "verdict",
						 vote->verdict, "reasons", vote->reasons, "rules", vote->rules, "event",
						 change_event(change)));
}

static json_t *or_null(int64_t number)
{
	return number > 0 ? json_integer(number) : json_null();
}

int application_decide(struct change *change, const struct application *application,
		       const struct application_decision *decision)
{
	return application_put(
		change, "decision",
		json_pack("{s:I, s:i, s:i, s:s, s:s, s:i, s:i, s:I, s:s, s:i, s:o, s:o, s:o, s:o, s:s?, s:I}",
			  "application", application->id, "round", decision->round, "material", decision->material,
			  "verdict", decision->verdict, "kind", application->kind, "eyes", application->eyes, "expert",
			  application->expert, "own_staff", application->own_staff, "role", decision->role, "bench",
			  decision->bench, "recommended", or_null(decision->recommended), "recommended_round",
			  decision->recommended > 0 ? json_integer(0) : json_null(), "first", or_null(decision->first),
			  "second", or_null(decision->second), "party", decision->party, "event",
			  change_event(change)));
}

/* ---- consents ---- */

int application_consent_need(struct change *change, int64_t application, int material, const char *party)
{
	return application_put(change, "consent",
			       json_pack("{s:I, s:i, s:s, s:I}", "application", application, "material", material,
					 "party", party, "needed", change_event(change)));
}

int application_consent_say(struct change *change, int64_t application, int material, const char *party, bool yes)
{
	return application_alter(change, "consent",
				 json_pack("{s:I, s:i, s:s, s:I}", "application", application, "material", material,
					   "party", party, yes ? "given" : "refused", change_event(change)));
}

/* ---- forgetting ---- */

static int collect_keys(struct store *store, const char *sql, int64_t application, json_t *keys)
{
	struct statement *statement = NULL;
	int r = application_ask(store, sql, 1, &application, &statement);

	while (r >= 0 && (r = statement_step(statement)) > 0) {
		(void)json_array_append_new(
			keys, json_pack("[I, s?]", statement_integer(statement, 0), statement_text(statement, 1)));
	}
	return application_end(store, statement, r, 0);
}

static int forget_answers(struct change *change, int64_t application, const json_t *keys)
{
	size_t i;
	json_t *key;
	int r = 0;

	json_array_foreach(keys, i, key)
	{
		if (r == 0) {
			r = application_alter(change, "answer",
					      json_pack("{s:I, s:I, s:s, s:s, s:s}", "application", application, "v",
							json_integer_value(json_array_get(key, 0)), "field",
							json_string_value(json_array_get(key, 1)), "value", "", "salt",
							""));
		}
	}
	return r;
}

static int forget_descriptions(struct change *change, int64_t application, const json_t *keys)
{
	size_t i;
	json_t *key;
	int r = 0;

	json_array_foreach(keys, i, key)
	{
		if (r == 0) {
			r = application_alter(change, "version",
					      json_pack("{s:I, s:I, s:s, s:s}", "application", application, "v",
							json_integer_value(json_array_get(key, 0)), "berth", "", "salt",
							""));
		}
	}
	return r;
}

int application_forget(struct change *change, int64_t application)
{
	struct store *store = change_store(change);
	json_t *answers = json_array();
	json_t *versions = json_array();
	int r = collect_keys(store, "SELECT v, field FROM answer WHERE application = ? ORDER BY v, field", application,
			     answers);

	if (r == 0) {
		r = collect_keys(store,
				 "SELECT v, '' FROM version WHERE application = ? AND berth IS NOT NULL ORDER BY v",
				 application, versions);
	}
	if (r == 0) {
		r = forget_answers(change, application, answers);
	}
	if (r == 0) {
		r = forget_descriptions(change, application, versions);
	}
	json_decref(answers);
	json_decref(versions);
	return r;
}
