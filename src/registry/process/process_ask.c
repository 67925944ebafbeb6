/* process_ask.c - questions to the applicant and what they do: answers, edits, withdrawal, a way back
 * (process_private.h). */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REOPEN_DAYS = 90 };

/* ---- asked ---- */

/* "question 5" or a key of the form is about a field, "rule P6" or "P6" about a rule. */
static int read_about(struct work *work, const char **ret_field, const char **ret_rule)
{
	const char *about = work->act->about;
	const char *word = about;

	*ret_field = NULL;
	*ret_rule = NULL;
	if (about == NULL || about[0] == '\0') {
		return 0;
	}
	if (strncmp(about, "rule ", 5) == 0) {
		word = about + 5;
	}
	if (rule_find(word) != NULL) {
		*ret_rule = word;
		return 0;
	}
	unsigned number = strncmp(about, "question ", 9) == 0 ? text_number(about + 9) : 0;
	for (const struct form_field *field = form_fields; field->key != NULL; field++) {
		if ((number > 0 && field->seed == number) || strcmp(field->key, about) == 0) {
			*ret_field = field->key;
			return 0;
		}
	}
	return work_no(work, "\"%s\" is neither a question of the form nor a rule", about);
}

int do_ask(struct work *work)
{
	const char *field;
	const char *rule;
	int q = 0;

	if (text_is_empty(work->act->text)) {
		return work_no(work, "what is the question?");
	}
	int r = work_check_not_appealed(work);
	if (r == 0) {
		r = read_about(work, &field, &rule);
	}
	if (r == 0) {
		r = work_failed(work, application_question_add(work->change, work->application.id, work->version, field,
							       rule, work->act->text, &q));
	}
	if (r < 0) {
		return r;
	}
	work->to = "with-applicant";
	r = process_later(work->process->now, 30, work->due);
	if (r < 0) {
		return complain_of(work->complaint, r, "\"%s\" is no time", work->process->now);
	}
	const struct letter_facts facts = {
		.kind = LETTER_QUESTIONS,
		.due = work->due,
		.text = work_format(work, "%d. %s", q, work->act->text),
		.form = &work->form,
	};
	return work_to_applicant(work, facts, true);
}

/* ---- answered ---- */

static int answer_question(struct work *work, int q, const char *text)
{
	return work_failed(work, application_question_answer(work->change, work->application.id, q, text));
}

static bool is_open(const json_t *question)
{
	return json_is_null(json_object_get(question, "answer"));
}

/* The one that `about` names, or all that are open.  How many stay open, or -errno. */
static int answer_some(struct work *work, const json_t *questions)
{
	const char *text = work->act->text;
	const char *about = work->act->about;
	int wanted = about != NULL ? (int)text_number(about) : 0;
	int open = 0;
	int answered = 0;
	json_t *question;
	size_t i;
	int r = 0;

	if (about != NULL && wanted == 0) {
		return work_no(work, "\"%s\" is no number of a question", about);
	}
	if (text == NULL && work->act->form != NULL) {
		text = "See the new version.";
	}
	json_array_foreach(questions, i, question)
	{
		int q = (int)row_integer(question, "q");
		if (r < 0 || !is_open(question)) {
			continue;
		}
		if (!text_is_empty(text) && (wanted == 0 || wanted == q)) {
			r = answer_question(work, q, text);
			answered++;
		} else {
			open++;
		}
	}
	if (r == 0 && answered == 0) {
		return work_no(work, wanted != 0 ? "no open question has number %d" : "the answer is empty", wanted);
	}
	return r < 0 ? r : open;
}

/* A new version that differs in what was examined is examined anew. */
static int take_version(struct work *work, bool *ret_material)
{
	const struct form *form = work->act->form;

	*ret_material = false;
	if (form == NULL) {
		return 0;
	}
	if (form->kind != work->form.kind) {
		return work_no(work, "its kind cannot change; begin another one");
	}
	*ret_material = process_differs_materially(&work->form, form);
	if (work->report.counts[RULE_REFUSE] > 0) {
		return work_no(work, "the new version stays out: %s", work_refusal(work));
	}
	int r = process_version_add(work, form, "applicant", *ret_material);
	if (r < 0) {
		return r;
	}
	form_finish(&work->form);
	r = work_failed(work, process_form_load(work->process->store, &work->application, work->version, &work->form));
	if (r == 0 && *ret_material) {
		r = work_failed(work, application_name_release(work->change, work->application.id));
		r = r < 0 ? r : work_hold_name(work);
	}
	return r;
}

/* The state that asked last, which may have asked more than once. */
static int asked_from(struct work *work, const char **ret_state)
{
	json_t *steps = NULL;
	int r = work_failed(work, application_rows(work->process->store, "step", work->application.id, &steps));

	for (size_t i = json_array_size(steps); r == 0 && i > 0; i--) {
		const json_t *step = json_array_get(steps, i - 1);
		if (strcmp(row_text(step, "act"), "ask") == 0) {
			*ret_state = work_format(work, "%s", row_text(step, "from_state"));
			break;
		}
	}
	json_decref(steps);
	return r;
}

/* And the registrar, who has it when it is examined anew. */
static int tell_asker(struct work *work, const char *asked_from)
{
	const struct letter_facts facts = { .kind = LETTER_ANSWERED, .text = work->act->text, .form = &work->form };
	int r = 0;

	if (strcmp(asked_from, "expert-review") == 0) {
		r = work_to_experts(work, facts);
	} else if (strcmp(asked_from, "board") == 0) {
		r = work_to_board(work, facts);
	}
	return r == 0 && strcmp(work->to, "validating") == 0 ? work_to_staff(work, facts) : r;
}

int do_answer(struct work *work)
{
	json_t *questions = NULL;
	bool material = false;
	int r = work_failed(work, application_rows(work->process->store, "question", work->application.id, &questions));

	r = r < 0 ? r : answer_some(work, questions);
	json_decref(questions);
	int open = r;
	if (r >= 0) {
		r = take_version(work, &material);
	}
	if (r < 0) {
		return r;
	}
	work->to = "with-applicant";
	if (open > 0 && work->version == work->application.version) {
		work->step = NULL; /* the others are still open */
		return 0;
	}
	if (open > 0) {
		return work_no(work, "%d more questions are open; answer them before or with a new version", open);
	}
	const char *from = "validating";
	r = asked_from(work, &from);
	work->to = material ? "validating" : from;
	return r < 0 ? r : tell_asker(work, from);
}

/* ---- by themselves ---- */

int do_edit_return(struct work *work)
{
	bool material = false;

	work->to = "validating";
	if (work->act->form == NULL) {
		return work_no(work, "what shall be different? There is no new form");
	}
	int r = work_check_not_appealed(work);
	if (r == 0) {
		r = take_version(work, &material);
	}
	const struct letter_facts facts = { .kind = LETTER_STAFF, .form = &work->form };
	if (r == 0) {
		r = work_to_staff(work, facts);
	}
	if (r == 0) {
		r = work_to_experts(work, facts);
	}
	return r == 0 && strcmp(work->application.state, "board") == 0 ? work_to_board(work, facts) : r;
}

int do_withdraw(struct work *work)
{
	const struct letter_facts facts = { .kind = LETTER_WITHDRAWN };
	const char *state = work->application.state;
	int r = work_check_not_appealed(work);

	work->to = "withdrawn";
	r = r < 0 ? r : work_release_name(work);
	if (r == 0 && strcmp(state, "expert-review") == 0) {
		r = work_to_experts(work, facts);
	}
	if (r == 0 && strcmp(state, "board") == 0) {
		r = work_to_board(work, facts);
	}
	if (r == 0 && strcmp(state, "with-holder") == 0) {
		r = work_tell_asked(work, &facts);
	}
	return r < 0 ? r : work_to_staff(work, facts);
}

int process_was_confirmed(struct store *store, int64_t application, bool *ret_was)
{
	json_t *steps = NULL;
	json_t *step;
	size_t i;
	int r = application_rows(store, "step", application, &steps);

	*ret_was = false;
	json_array_foreach(steps, i, step)
	{
		const char *act = row_text(step, "act");
		*ret_was = *ret_was || strcmp(act, "confirm") == 0 || strcmp(act, "file") == 0;
	}
	json_decref(steps);
	return r;
}

int do_reopen(struct work *work)
{
	bool was = false;
	int r = work_failed(work, process_was_confirmed(work->process->store, work->application.id, &was));

	if (r < 0) {
		return r;
	}
	if (!was) {
		return work_no(work, "its address was never confirmed; begin another one, or copy it");
	}
	if (work->application.due == NULL || strcmp(work->application.due, work->process->now) < 0) {
		return work_no(work, "it lapsed more than %d days ago; copy it instead", REOPEN_DAYS);
	}
	if (work->report.counts[RULE_REFUSE] > 0) {
		return work_no(work, "copy it instead: %s", work_refusal(work));
	}
	work->to = "validating";
	r = work_hold_name(work);
	return r < 0 ? r : work_to_staff(work, (struct letter_facts){ .kind = LETTER_STAFF, .form = &work->form });
}

/* ---- the clock's ---- */

int do_remind(struct work *work)
{
	const struct letter_facts facts = { .kind = LETTER_REMINDER, .due = work->application.due };

	work->to = work->application.state;
	if (strcmp(work->to, "with-applicant") == 0) {
		return work_to_applicant(work, facts, true);
	}
	int r = work_to_experts(work, facts);
	return r < 0 ? r : work_to_staff(work, facts);
}
