/* process_appeal.c - appeals: heard by people of no earlier round, upheld or annulled by two of them
 * (process_private.h). */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- until when ---- */

/* When it was assigned, and so published: neither a copy nor an appeal that was upheld begins the time anew. */
static int assigned_at(struct work *work, char ret_at[static TIME_SIZE])
{
	json_t *steps = NULL;
	json_t *events = NULL;
	json_t *step;
	size_t i;
	int r = work_failed(work, application_rows(work->process->store, "step", work->application.id, &steps));

	if (r == 0) {
		r = work_failed(work, application_events(work->process->store, work->application.id, &events));
	}
	ret_at[0] = '\0';
	json_array_foreach(steps, i, step)
	{
		if (strcmp(row_text(step, "act"), "assign") == 0) {
			(void)snprintf(ret_at, TIME_SIZE, "%s", row_text(row_event(step, "event", events), "at"));
		}
	}
	json_decref(steps);
	json_decref(events);
	return r;
}

/* A refusal's last day is its step's. */
static int appeal_until(struct work *work, char ret_until[static TIME_SIZE])
{
	char at[TIME_SIZE];

	if (strcmp(work->application.state, "refused") == 0) {
		(void)snprintf(ret_until, TIME_SIZE, "%s", work->application.due != NULL ? work->application.due : "");
		return 0;
	}
	int r = assigned_at(work, at);
	return r < 0 ? r : process_later(at, APPEAL_DAYS, ret_until);
}

int work_check_appeal_time(struct work *work)
{
	char until[TIME_SIZE];
	int r = appeal_until(work, until);

	return r == 0 && strcmp(until, work->process->now) < 0
		       ? work_no(work, "an appeal was possible until %.10s", until)
		       : work_failed(work, r);
}

int work_check_not_appealed(struct work *work)
{
	bool is_appeal = false;
	int r = strcmp(work->application.state, "board") == 0 ? work_is_appeal(work, &is_appeal) : 0;

	return r == 0 && is_appeal ? work_no(work, "an appeal is heard on what was decided: it is upheld or annulled")
				   : r;
}

/* What applicants write stands in an answer, which can be erased; what others write, in the inbox. */
static int keep_facts(struct work *work)
{
	int q = 0;

	if (strcmp(work->application.state, "assigned") == 0) {
		return work_take_remark(work);
	}
	int r = application_question_add(work->change, work->application.id, work->version, NULL, NULL,
					 "On which facts does the appeal rest?", &q);
	return work_failed(
		work, r < 0 ? r : application_question_answer(work->change, work->application.id, q, work->act->text));
}

int do_appeal(struct work *work)
{
	char due[TIME_SIZE];

	work->to = "appeal";
	if (text_is_empty(work->act->text)) {
		return work_no(work, "an appeal states facts");
	}
	int r = work_check_appeal_time(work);
	if (r == 0) {
		r = keep_facts(work);
	}
	if (r == 0) {
		r = work_due(work, "appeal", due);
	}
	const struct letter_facts facts = { .kind = LETTER_APPEAL, .text = work->act->text, .due = due };
	if (r == 0) {
		r = work_to_board(work, facts);
	}
	return r < 0 ? r : work_to_concerned(work, (struct letter_facts){ .kind = LETTER_APPEAL }, false);
}

int do_hear(struct work *work)
{
	struct polled polled;
	int round = 0;
	int r = work_next_round(work, &round);

	work->to = "board";
	r = r < 0 ? r : work_poll(work, round, "annul", &polled);
	if (r == 0 && polled.voted_before) {
		return work_no(work, "an appeal is heard by people of no earlier round, and you were of one");
	}
	const struct letter_facts facts = { .kind = LETTER_APPEAL };
	return r < 0 ? r : work_to_concerned(work, facts, true);
}

/* The second vote of an appeal. */
static int decide_appeal(struct work *work, const char *verdict)
{
	struct polled polled;
	bool appeal = false;
	int round = 0;
	int r = work_next_round(work, &round);

	if (text_is_empty(work->act->text)) {
		return work_no(work, "a vote has reasons");
	}
	r = r < 0 ? r : work_is_appeal(work, &appeal);
	if (r == 0 && !appeal) {
		return work_no(work, "nobody has appealed");
	}
	r = r < 0 ? r : work_poll(work, round, verdict, &polled);
	if (r < 0) {
		return r;
	}
	if (polled.voted_before) {
		return work_no(work, "an appeal is heard by people of no earlier round, and you were of one");
	}
	if (polled.voted || polled.first == 0) {
		return work_no(work, polled.voted ? "this takes two, and the first vote is yours"
						  : "this takes two, and nobody has voted so yet: vote");
	}
	r = work_vote(work, "board", round, verdict);
	return r < 0 ? r : work_decide(work, round, "board", verdict, &polled);
}

struct telling {
	struct work *work;
	const struct letter_facts *facts;
};

static int tell_sender(const char *sender, void *context)
{
	const struct telling *telling = context;

	return work_letter(telling->work, sender, NULL, telling->facts);
}

/* The applicant, whoever has or would have it, the staff, the board, and everybody who wrote about it. */
static int tell_all(struct work *work, const char *verdict, const char *outcome)
{
	const struct letter_facts facts = {
		.kind = LETTER_DECIDED,
		.text = work_format(work, "The %s %s: %s", strcmp(verdict, "assign") == 0 ? "assignment" : "refusal",
				    outcome, work->act->text),
	};
	struct telling telling = { work, &facts };
	int r = work_to_concerned(work, facts, true);

	if (r == 0) {
		r = work_to_staff(work, facts);
	}
	if (r == 0) {
		r = work_to_board(work, facts);
	}
	return r < 0 ? r : application_senders(work->process->store, work->application.id, tell_sender, &telling);
}

int do_uphold(struct work *work)
{
	const char *verdict = "";
	int r = work_upheld_verdict(work, &verdict);

	r = r < 0 ? r : decide_appeal(work, verdict);
	if (r < 0) {
		return r;
	}
	work->to = strcmp(verdict, "assign") == 0 ? "assigned" : "refused";
	return tell_all(work, verdict, "stands");
}

int do_annul(struct work *work)
{
	const char *verdict = "";
	struct target target = { .count = 0 };
	struct decided decided;
	int r = work_upheld_verdict(work, &verdict);

	r = r < 0 ? r : decide_appeal(work, "annul");
	if (r == 0) {
		r = work_decided(work, &decided);
	}
	bool was_assigned = strcmp(verdict, "assign") == 0;
	work->to = was_assigned ? "de-assigned" : "validating";
	if (r == 0 && was_assigned) {
		r = work_own_target(work, &target);
	}
	if (r == 0 && was_assigned) {
		r = work_release_target(work, &target, &decided, "De-assigned on appeal");
	}
	return r < 0 ? r : tell_all(work, verdict, "is annulled");
}
