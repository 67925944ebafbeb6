/* process_appeal.c - appeals: heard by people of no earlier round, upheld or annulled by two of them
 * (process_private.h). */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { APPEAL_DAYS = 60 };

/* ---- appeals ---- */

/* When the present state began. */
static int state_since(struct work *work, char ret_at[static TIME_SIZE])
{
	json_t *steps = NULL;
	json_t *events = NULL;
	char key[24];
	int r = work_failed(work, application_rows(work->process->store, "step", work->application.id, &steps));

	if (r == 0) {
		r = work_failed(work, application_events(work->process->store, work->application.id, &events));
	}
	const json_t *last = json_array_get(steps, json_array_size(steps) - 1);
	(void)snprintf(key, sizeof(key), "%lld", (long long)row_integer(last, "event"));
	(void)snprintf(ret_at, TIME_SIZE, "%s", row_text(json_object_get(events, key), "at"));
	json_decref(steps);
	json_decref(events);
	return r;
}

int do_appeal(struct work *work)
{
	char since[TIME_SIZE] = "";
	char until[TIME_SIZE] = "";
	int q = 0;
	int r = state_since(work, since);

	work->to = "appeal";
	if (text_is_empty(work->act->text)) {
		return work_no(work, "an appeal states facts");
	}
	if (r == 0) {
		r = process_later(since, APPEAL_DAYS, until);
	}
	if (r == 0 && strcmp(until, work->process->now) < 0) {
		return work_no(work, "an appeal was possible until %.10s", until);
	}
	/* What applicants write stands in an answer, which can be erased. */
	if (r == 0) {
		r = work_failed(work, application_question_add(work->change, work->application.id, work->version, NULL,
							       NULL, "On which facts does the appeal rest?", &q));
	}
	if (r == 0) {
		r = work_failed(work,
				application_question_answer(work->change, work->application.id, q, work->act->text));
	}
	const struct letter_facts facts = { .kind = LETTER_APPEAL, .text = work->act->text };
	if (r == 0) {
		r = work_to_board(work, facts);
	}
	return r < 0 ? r : work_to_applicant(work, (struct letter_facts){ .kind = LETTER_APPEAL }, false);
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
	return r < 0 ? r : work_to_applicant(work, facts, true);
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

int do_uphold(struct work *work)
{
	const char *verdict = "";
	int r = work_upheld_verdict(work, &verdict);

	r = r < 0 ? r : decide_appeal(work, verdict);
	if (r < 0) {
		return r;
	}
	work->to = strcmp(verdict, "assign") == 0 ? "assigned" : "refused";
	const struct letter_facts facts = { .kind = LETTER_DECIDED, .text = work->act->text };
	r = work_to_applicant(work, facts, true);
	return r < 0 ? r : work_to_staff(work, facts);
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
	const struct letter_facts facts = { .kind = LETTER_DECIDED, .text = work->act->text };
	if (r == 0) {
		r = work_to_applicant(work, facts, true);
	}
	return r < 0 ? r : work_to_staff(work, facts);
}
