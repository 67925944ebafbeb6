/* process_review.c - the examination: who takes it, what each question and rule came to, experts, board, public calls
 * (process_private.h).
 *
 * A finding is a person's word on one question of the form ("understood") or one rule that no machine settles. */
#include "registry/process/process_private.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "registry/words/process_words.h"
#include "store/staff.h"

enum { EXPERT_DAYS = 14, PATIENCE_DAYS = 21, ABOUT_MAX = 32, SEED_LAST = 10 };

/* ---- findings ---- */

/* Nobody examines what is not confirmed, or has ended. */
static int check_examined_now(struct work *work)
{
	static const char *const states[] = { "validating", "with-applicant", "with-holder", "expert-review",
					      "board",	    "call",	      "approved",    "appeal" };

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (strcmp(work->application.state, states[i]) == 0) {
			return 0;
		}
	}
	return work_no(work, "it is %s; nothing is examined now", words_of_state(work->application.state));
}

int do_take(struct work *work)
{
	int r = check_examined_now(work);

	return r < 0 ? r
		     : work_failed(work,
				   application_examiner_put(work->change, work->application.id, work->person.id, NULL));
}

/* "question 5", "rule P6"; also "5", "P6", "formats". */
static int read_subject(struct work *work, char *ret_about, size_t size)
{
	const char *about = work->act->about != NULL ? work->act->about : "";

	if (strncmp(about, "rule ", 5) == 0) {
		about += 5;
	} else if (strncmp(about, "question ", 9) == 0) {
		about += 9;
	}
	int at = form_field_find(about);
	unsigned number = at >= 0 ? form_fields[at].seed : text_number(about);
	if (number > 0) {
		(void)snprintf(ret_about, size, "question %u", number);
		return number <= SEED_LAST ? 0 : work_no(work, "the form has questions 1 to %d", SEED_LAST);
	}
	/* A doubt of the description's examiner has an id of its own: a letter and digits. */
	bool is_id = isupper((unsigned char)about[0]) && about[1 + strspn(about + 1, "0123456789")] == '\0' &&
		     strlen(about) < ABOUT_MAX / 2;
	(void)snprintf(ret_about, size, "rule %s", about);
	return is_id ? 0 : work_no(work, "a finding is about a question (\"question 5\") or a rule (\"rule P6\")");
}

int do_finding(struct work *work)
{
	static const char *const verdicts[] = { "understood", "unclear", "accepted", "objection" };
	const char *verdict = work->act->verdict != NULL ? work->act->verdict : "";
	const char *note = work->act->text != NULL ? work->act->text : "";
	const char *state = work->application.state;
	char about[ABOUT_MAX];
	bool known = false;

	if (strcmp(state, "validating") != 0 && strcmp(state, "expert-review") != 0 && strcmp(state, "board") != 0) {
		return work_no(work, "it is %s; nothing is examined now", words_of_state(state));
	}
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		known = known || strcmp(verdict, verdicts[i]) == 0;
	}
	if (!known) {
		return work_no(work, "a finding is understood, unclear, accepted or objection");
	}
	if (strcmp(verdict, "understood") != 0 && text_is_empty(note)) {
		return work_no(work, "\"%s\" needs a note that says why", verdict);
	}
	int r = read_subject(work, about, sizeof(about));
	return r < 0 ? r
		     : work_failed(work, application_finding_put(work->change, work->application.id, work->material,
								 work->person.id, about, verdict, note));
}

/* ---- experts ---- */

/* Who stepped aside is not asked again. */
static int check_not_recused(struct work *work, int64_t staff, const char *login)
{
	json_t *rows = NULL;
	json_t *row;
	size_t i;
	bool recused = false;
	int r = work_failed(work, application_rows(work->process->store, "examiner", work->application.id, &rows));

	json_array_foreach(rows, i, row)
	{
		recused = recused ||
			  (row_integer(row, "staff") == staff && !json_is_null(json_object_get(row, "recused")));
	}
	json_decref(rows);
	return recused ? work_no(work, "%s stepped aside from it", login) : r;
}

/* The login or number of the expert is in `about`. */
static int name_expert(struct work *work, const char *due)
{
	struct store *store = work->process->store;
	struct process_person expert;
	const char *login = work->act->about;
	int64_t id = 0;

	if (text_is_empty(login)) {
		return work_no(work, "which expert?");
	}
	int r = work_failed(work, staff_by_login(store, login, &id));
	if (r == 0) {
		r = work_failed(work, process_person(store, id, &expert));
	}
	if (r < 0) {
		return r;
	}
	if (!process_covers(&expert, form_transports(&work->form))) {
		return work_no(work, "%s is no expert for its transports", login);
	}
	if (process_is_own(&expert, &work->application, &work->form)) {
		return work_no(work, "nobody examines an application of their own");
	}
	r = check_not_recused(work, id, login);
	return r < 0 ? r : work_failed(work, application_examiner_put(work->change, work->application.id, id, due));
}

static int has_expert(struct work *work, bool *ret_has)
{
	json_t *rows = NULL;
	json_t *row;
	size_t i;
	int r = work_failed(work, application_rows(work->process->store, "examiner", work->application.id, &rows));

	*ret_has = false;
	json_array_foreach(rows, i, row)
	{
		*ret_has = *ret_has || row_is_expert(row);
	}
	json_decref(rows);
	return r;
}

static int due_of_expert(struct work *work, char ret_due[static TIME_SIZE])
{
	int r = process_later(work->process->now, EXPERT_DAYS, ret_due);

	return r < 0 ? complain_of(work->complaint, r, "\"%s\" is no time", work->process->now) : 0;
}

static int tell_experts(struct work *work, const char *due)
{
	const struct letter_facts facts = { .kind = LETTER_EXPERT, .due = due, .form = &work->form };

	return work_to_experts(work, facts);
}

int do_name_expert(struct work *work)
{
	char due[TIME_SIZE];
	int r = check_examined_now(work);

	r = r < 0 ? r : due_of_expert(work, due);
	r = r < 0 ? r : name_expert(work, due);
	return r == 0 && strcmp(work->application.state, "expert-review") == 0 ? tell_experts(work, due) : r;
}

int do_to_expert(struct work *work)
{
	char due[TIME_SIZE];
	bool has = false;
	int r = due_of_expert(work, due);

	work->to = "expert-review";
	if (work->application.expert == 0) {
		return work_no(work, "its band asks for no expert");
	}
	if (r == 0 && !text_is_empty(work->act->about)) {
		r = name_expert(work, due);
	}
	if (r == 0) {
		r = has_expert(work, &has);
	}
	if (r == 0 && !has) {
		return work_no(work, "no expert is named for it");
	}
	return r < 0 ? r : tell_experts(work, due);
}

int do_recuse(struct work *work)
{
	work->to = "expert-review";
	if (text_is_empty(work->act->text)) {
		return work_no(work, "stepping aside takes a reason");
	}
	int r = work_failed(work, application_examiner_recuse(work->change, work->application.id, work->person.id));
	const struct letter_facts facts = { .kind = LETTER_RECUSED, .text = work->act->text };
	return r < 0 ? r : work_to_staff(work, facts);
}

/* An expert who was asked is given three weeks, unless they step aside. */
static int check_patience(struct work *work)
{
	json_t *rows = NULL;
	json_t *row;
	size_t i;
	bool waits = false;
	char late[TIME_SIZE];
	int r = process_later(work->process->now, EXPERT_DAYS - PATIENCE_DAYS, late);

	r = r < 0 ? r
		  : work_failed(work, application_rows(work->process->store, "examiner", work->application.id, &rows));
	json_array_foreach(rows, i, row)
	{
		waits = waits ||
			(json_is_null(json_object_get(row, "recused")) && strcmp(row_text(row, "due"), late) > 0);
	}
	json_decref(rows);
	return waits ? work_no(work, "its expert has %d days before another one is named", PATIENCE_DAYS) : r;
}

int do_reassign(struct work *work)
{
	char due[TIME_SIZE];
	int r = check_patience(work);

	r = r < 0 ? r : due_of_expert(work, due);
	work->to = "expert-review";
	r = r < 0 ? r : name_expert(work, due);
	return r < 0 ? r : tell_experts(work, due);
}

/* ---- the expert's word ---- */

/* What was said last about it in this version. */
static const char *last_verdict(const json_t *findings, int material, const char *about)
{
	const char *verdict = NULL;
	json_int_t newest = 0;
	const json_t *row;
	size_t i;

	json_array_foreach(findings, i, row)
	{
		json_int_t event = row_integer(row, "event");
		if (row_integer(row, "material") == material && event > newest &&
		    strcmp(row_text(row, "about"), about) == 0) {
			newest = event;
			verdict = row_text(row, "verdict");
		}
	}
	return verdict;
}

/* Each was looked at; to assign, understood as well. */
static int check_questions(struct work *work, const json_t *findings, bool understood)
{
	enum form_kind kind = work->form.kind;
	char about[ABOUT_MAX];

	for (const struct form_field *field = form_fields; field->key != NULL; field++) {
		bool asked =
			field->seed > 0 && form_needs(field, kind) != FORM_NEVER &&
			(form_needs(field, kind) == FORM_REQUIRED || form_value(&work->form, field->key)[0] != '\0');
		if (!asked) {
			continue;
		}
		(void)snprintf(about, sizeof(about), "question %u", field->seed);
		const char *verdict = last_verdict(findings, work->application.material, about);
		if (verdict == NULL || (understood && strcmp(verdict, "understood") != 0)) {
			return work_no(work, "nobody has recorded that question %u (%s) is %s%s%s", field->seed,
				       field->label, understood ? "understood" : "looked at",
				       verdict != NULL ? "; the last word on it is " : "",
				       verdict != NULL ? verdict : "");
		}
	}
	return 0;
}

static int check_human_rules(struct work *work, const json_t *findings)
{
	char about[ABOUT_MAX];

	for (size_t i = 0; i < work->report.count; i++) {
		const struct rule_finding *finding = &work->report.findings[i];
		if (finding->level != RULE_HUMAN) {
			continue;
		}
		(void)snprintf(about, sizeof(about), "rule %s", finding->id);
		const char *verdict = last_verdict(findings, work->application.material, about);
		if (verdict == NULL || (strcmp(verdict, "accepted") != 0 && strcmp(verdict, "understood") != 0)) {
			return work_no(work, "rule %s needs a person's finding%s: %s", finding->id,
				       verdict != NULL ? " that settles it" : "", finding->sentence);
		}
	}
	return 0;
}

int work_check_findings(struct work *work, bool assigns)
{
	json_t *findings = NULL;
	int r = work_failed(work, application_rows(work->process->store, "finding", work->application.id, &findings));

	if (r == 0) {
		r = check_questions(work, findings, assigns);
	}
	if (r == 0 && assigns) {
		r = check_human_rules(work, findings);
	}
	json_decref(findings);
	return r;
}

int do_recommend(struct work *work)
{
	const char *verdict = work->act->verdict != NULL ? work->act->verdict : "assign";
	bool assigns = strcmp(verdict, "assign") == 0;

	work->to = "validating";
	if (!assigns && strcmp(verdict, "refuse") != 0) {
		return work_no(work, "an expert recommends to assign or to refuse");
	}
	if (text_is_empty(work->act->text)) {
		return work_no(work, "a recommendation has reasons");
	}
	int r = work_check_findings(work, assigns);
	if (r == 0) {
		r = work_vote(work, "expert", 0, verdict);
	}
	const struct letter_facts facts = {
		.kind = LETTER_RECOMMENDED,
		.text = work_format(work, "%s: %s", verdict, work->act->text),
		.rules = work->act->rules,
		.form = &work->form,
	};
	return r < 0 ? r : work_to_staff(work, facts);
}

/* ---- the board ---- */

int do_to_board(struct work *work)
{
	work->to = "board";
	if (text_is_empty(work->act->text)) {
		return work_no(work, "why is this a matter for the board?");
	}
	char due[TIME_SIZE];
	int r = work_due(work, "to-board", due);
	const struct letter_facts facts = { .kind = LETTER_BOARD, .due = due, .text = work->act->text };
	return r < 0 ? r : work_to_board(work, facts);
}

/* ---- calls ---- */

int do_call(struct work *work)
{
	work->to = "call";
	if (work->form.kind != FORM_REVOCATION) {
		return work_no(work, "a public call is made for a revocation");
	}
	if (text_is_empty(work->act->text)) {
		return work_no(work, "a call says what shows that the assignment is not used");
	}
	int r = process_later(work->process->now, 28, work->due);
	const struct letter_facts facts = {
		.kind = LETTER_CALL,
		.link = work_page(work, work_format(work, "calls/%s", work->application.ref),
				  work_format(work, "track comment %s --email ADDRESS -m TEXT", work->application.ref)),
		.due = work->due,
		.text = work->act->text,
		.assigned = process_about(&work->form),
	};
	if (r == 0) {
		r = work_tell_holders(work, &facts);
	}
	return r < 0 ? r : work_to_staff(work, facts);
}

int do_comment(struct work *work)
{
	work->to = "call";
	return text_is_empty(work->act->text) ? work_no(work, "the comment is empty") : work_take_remark(work);
}

int do_close(struct work *work)
{
	work->to = "board";
	if (work->application.due == NULL || strcmp(work->application.due, work->process->now) > 0) {
		return work_no(work, "the call runs until %.10s", work->application.due);
	}
	char due[TIME_SIZE];
	int r = work_due(work, "close", due);
	const struct letter_facts facts = {
		.kind = LETTER_BOARD,
		.due = due,
		.text = text_is_empty(work->act->text) ? "The call has ended." : work->act->text,
	};
	const struct letter_facts ended = { .kind = LETTER_CALL, .assigned = process_about(&work->form) };
	r = r < 0 ? r : work_to_board(work, facts);
	return r < 0 ? r : work_tell_holders(work, &ended); /* who cannot be reached is a reason to revoke */
}
