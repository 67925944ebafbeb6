/* process_decide.c - decisions: to assign, to refuse, by a registrar, by two of the board, or by the registry itself
 * where nobody is asked (process_private.h).
 *
 * The store's keys hold that votes exist, agree, are on this version and of different people; here stands who is
 * asked when, and what must have been examined. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BY_MACHINE_A_DAY = 5 };

/* ---- to assign ---- */

/* Nothing is revoked that the public was not asked about. */
static int check_called(struct work *work)
{
	json_t *steps = NULL;
	json_t *step;
	size_t i;
	bool called = work->form.kind != FORM_REVOCATION;
	int r = work_failed(work, application_rows(work->process->store, "step", work->application.id, &steps));

	json_array_foreach(steps, i, step)
	{
		called = called || strcmp(row_text(step, "act"), "close") == 0;
	}
	json_decref(steps);
	return r == 0 && !called ? work_no(work, "a revocation takes a public call first: call") : r;
}

/* No rule refuses, every question is understood, every rule that needs a person has one. */
static int check_examined(struct work *work, const struct polled *polled)
{
	if (work->report.counts[RULE_REFUSE] > 0) {
		return work_no(work, "%zu rule%s it: berth review show %s", work->report.counts[RULE_REFUSE],
			       work->report.counts[RULE_REFUSE] == 1 ? " refuses" : "s refuse", work->application.ref);
	}
	int r = work_check_findings(work, true);
	if (r == 0) {
		r = work_check_consents(work);
	}
	if (r == 0) {
		r = check_called(work);
	}
	if (r < 0 || work->application.expert == 0) {
		return r;
	}
	if (polled->recommended == 0) {
		return work_no(work, "an expert must recommend first: to-expert");
	}
	if (strcmp(polled->recommendation, "assign") != 0) {
		return work_no(work, "the expert recommends to refuse it");
	}
	return polled->recommended == work->person.id ? work_no(work, "you recommended it; somebody else decides") : 0;
}

static int check_reserved(struct work *work)
{
	for (size_t i = 0; i < work->report.count; i++) {
		if (strcmp(work->report.findings[i].id, "P6") == 0) {
			return work_no(work, "a Reserved number is a matter for the board: to-board");
		}
	}
	return 0;
}

static int propose_as_registrar(struct work *work)
{
	struct polled polled;
	int round = 0;
	int r = work_next_round(work, &round);

	if (work->application.eyes != 1) {
		return work_no(work, "this takes two of the board: to-board");
	}
	r = r < 0 ? r : check_reserved(work);
	r = r < 0 ? r : work_check_renewal(work);
	if (r == 0) {
		r = work_poll(work, round, "assign", &polled);
	}
	if (r == 0) {
		r = check_examined(work, &polled);
	}
	if (r == 0) {
		r = work_vote(work, "registrar", round, "assign");
	}
	return r < 0 ? r : work_decide(work, round, "registrar", "assign", &polled);
}

static int propose_as_board(struct work *work)
{
	struct polled polled;
	bool appeal = false;
	int round = 0;
	int r = work_next_round(work, &round);

	if (r == 0) {
		r = work_is_appeal(work, &appeal);
	}
	if (r == 0 && appeal) {
		return work_no(work, "an appeal is upheld or annulled");
	}
	if (r == 0) {
		r = work_poll(work, round, "assign", &polled);
	}
	if (r == 0) {
		r = check_examined(work, &polled);
	}
	if (r == 0 && polled.voted) {
		return work_no(work, "this takes two, and the first vote is yours");
	}
	if (r == 0 && polled.first == 0) {
		return work_no(work, "this takes two, and nobody has voted to assign it yet: vote");
	}
	if (r == 0) {
		r = work_vote(work, "board", round, "assign");
	}
	if (r == 0) {
		r = work_decide(work, round, "board", "assign", &polled);
	}
	bool revokes = work->form.kind == FORM_REVOCATION; /* which the board itself carries out */
	const struct letter_facts facts = {
		.kind = LETTER_BOARD_DECIDED,
		.text = revokes ? "The assignment is to be revoked." : "It is to be assigned.",
	};
	return r < 0 ? r : revokes ? work_to_board(work, facts) : work_to_staff(work, facts);
}

int do_propose(struct work *work)
{
	work->to = "approved";
	return strcmp(work->application.state, "board") == 0 ? propose_as_board(work) : propose_as_registrar(work);
}

/* First come, first served: nobody looks at what it is about. */
int do_auto(struct work *work)
{
	struct process_terms terms = { .eyes = 1 };
	struct polled polled = { .first = 0 };
	struct decided decided;
	char since[TIME_SIZE];
	int64_t today = 0;
	int round = 0;
	int r = process_terms(work->process->store, &work->form, &terms);

	work->to = "approved";
	if (r == 0 && (!terms.by_anyone || work->application.expert != 0 || work->application.eyes != 1)) {
		return work_no(work, "people decide about it");
	}
	if (work->report.counts[RULE_REFUSE] > 0 || work->report.counts[RULE_HUMAN] > 0) {
		return work_no(work, "a person must look at what the rules found");
	}
	if (r == 0) {
		r = work_decided(work, &decided);
	}
	if (r == 0 && decided.round > 0) {
		return work_no(work, "it was decided before; a person looks at it now");
	}
	if (r == 0) {
		r = process_later(work->process->now, -1, since);
	}
	if (r == 0) {
		r = application_count(work->process->store, form_value(&work->form, "applicant-email"), since, &today);
	}
	if (r == 0 && today >= BY_MACHINE_A_DAY) {
		return work_no(work, "more than %d a day of one applicant are looked at by people", BY_MACHINE_A_DAY);
	}
	if (r < 0) {
		return work_failed(work, r);
	}
	work->person.id = BERTH;
	r = work_next_round(work, &round);
	if (r == 0) {
		r = work_vote(work, "registrar", round, "assign");
	}
	return r < 0 ? r : work_decide(work, round, "registrar", "assign", &polled);
}

/* ---- the board's first vote ---- */

/* By which the second of two equal votes is given. */
static const char *second_act(bool appeal, const char *verdict)
{
	if (appeal) {
		return strcmp(verdict, "annul") == 0 ? "annul" : "uphold";
	}
	return strcmp(verdict, "assign") == 0 ? "propose-assign" : "refuse";
}

static int check_vote(struct work *work, const char *verdict, bool appeal, const char *upheld,
		      const struct polled *polled)
{
	if (appeal && polled->voted_before) {
		return work_no(work, "an appeal is heard by people of no earlier round, and you were of one");
	}
	if (appeal && strcmp(verdict, "annul") != 0 && strcmp(verdict, upheld) != 0) {
		return work_no(work, "an appeal is upheld (%s) or annulled (annul)", upheld);
	}
	if (!appeal && strcmp(verdict, "annul") == 0) {
		return work_no(work, "nothing was decided that could be annulled");
	}
	/* Else two could have voted, and nobody be left who decides. */
	if (polled->first != 0 && !polled->voted) {
		return work_no(work, "somebody has voted so; yours is the second vote, and decides: %s",
			       second_act(appeal, verdict));
	}
	return !appeal && strcmp(verdict, "assign") == 0 ? check_examined(work, polled) : 0;
}

static int check_reasons(struct work *work);

int do_vote(struct work *work)
{
	const char *verdict = work->act->verdict != NULL ? work->act->verdict : "";
	const char *upheld = "";
	struct polled polled;
	bool appeal = false;
	int round = 0;
	int r = work_next_round(work, &round);

	work->to = "board";
	if (strcmp(verdict, "assign") != 0 && strcmp(verdict, "refuse") != 0 && strcmp(verdict, "annul") != 0) {
		return work_no(work, "a vote is assign, refuse or annul");
	}
	if (text_is_empty(work->act->text)) {
		return work_no(work, "a vote has reasons");
	}
	if (r == 0) {
		r = work_is_appeal(work, &appeal);
	}
	if (r == 0) {
		r = work_upheld_verdict(work, &upheld);
	}
	if (r == 0) {
		r = work_poll(work, round, verdict, &polled);
	}
	if (r == 0) {
		r = check_vote(work, verdict, appeal, upheld, &polled);
	}
	if (r == 0 && !appeal && strcmp(verdict, "refuse") == 0) {
		r = check_reasons(work);
	}
	if (r == 0) {
		r = work_vote(work, "board", round, verdict);
	}
	const struct letter_facts facts = {
		.kind = LETTER_REMINDER,
		.due = work->application.due,
		.text = "One of two has voted.",
	};
	return r < 0 ? r : work_to_board(work, facts);
}

/* ---- to refuse ---- */

static int check_reasons(struct work *work)
{
	char rules_text[256];
	char *rest = rules_text;
	size_t count = 0;

	if (work->act->rules == NULL || strlen(work->act->rules) >= sizeof(rules_text)) {
		return work_no(work, "a refusal names the rules it rests on: J6,P9");
	}
	(void)snprintf(rules_text, sizeof(rules_text), "%s", work->act->rules);
	for (char *word = strtok_r(rules_text, ", ", &rest); word != NULL; word = strtok_r(NULL, ", ", &rest)) {
		if (rule_find(word) == NULL) {
			return work_no(work, "\"%s\" is no rule; berth-rules(7) lists them", word);
		}
		count++;
	}
	return count > 0 ? 0 : work_no(work, "a refusal names the rules it rests on: J6,P9");
}

int work_tell_refused(struct work *work, const char *text, const char *codes)
{
	char until[TIME_SIZE];
	const struct letter_facts facts = {
		.kind = LETTER_REFUSED,
		.due = until,
		.text = text,
		.rules = codes,
	};
	int r = process_later(work->process->now, APPEAL_DAYS, until);

	return r < 0 ? r : work_to_applicant(work, facts, true);
}

int do_refuse(struct work *work)
{
	bool by_board = strcmp(work->application.state, "board") == 0;
	struct polled polled = { .voted = false };
	bool appeal = false;
	int round = 0;
	int r = check_reasons(work);

	work->to = "refused";
	r = r < 0 ? r : work_next_round(work, &round);
	if (r == 0) {
		r = work_is_appeal(work, &appeal);
	}
	if (r == 0) {
		r = work_poll(work, round, "refuse", &polled);
	}
	if (r < 0) {
		return r;
	}
	if (by_board && appeal) {
		return work_no(work, "an appeal is upheld or annulled");
	}
	if (by_board && polled.first == 0) {
		return work_no(work, polled.voted ? "this takes two, and the first vote is yours"
						  : "this takes two, and nobody has voted to refuse it yet: vote");
	}
	if (!by_board && work->application.expert == 1 && polled.recommended == 0) {
		return work_no(work, "the expert must be heard first: to-expert");
	}
	if (polled.recommended == work->person.id) {
		return work_no(work, "you recommended on it; somebody else decides");
	}
	r = work_vote(work, by_board ? "board" : "registrar", round, "refuse");
	if (r == 0) {
		r = work_decide(work, round, by_board ? "board" : "registrar", "refuse", &polled);
	}
	return r < 0 ? r : work_tell_refused(work, work->act->text, work->act->rules);
}

int do_hold_back(struct work *work)
{
	work->to = "validating";
	if (text_is_empty(work->act->text)) {
		return work_no(work, "what is the new fact?");
	}
	const struct letter_facts facts = { .kind = LETTER_HELD_BACK };
	return work_to_applicant(work, facts, true);
}
