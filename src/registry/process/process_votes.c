/* process_votes.c - what was voted and decided before, and votes and decisions written (process_private.h).  Called by
 * process_decide.c, process_appeal.c and who needs to know. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- rows ---- */

bool text_is_empty(const char *text)
{
	return text == NULL || text[strspn(text, " \t\n")] == '\0';
}

unsigned text_number(const char *text)
{
	bool is_number = text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';

	return is_number ? (unsigned)strtoul(text, NULL, 10) : 0;
}

int64_t row_integer(const json_t *row, const char *column)
{
	return json_integer_value(json_object_get(row, column));
}

const char *row_text(const json_t *row, const char *column)
{
	const char *text = json_string_value(json_object_get(row, column));

	return text != NULL ? text : "";
}

bool row_is_expert(const json_t *row)
{
	return !json_is_null(json_object_get(row, "due")) && json_is_null(json_object_get(row, "recused"));
}

const json_t *row_event(const json_t *row, const char *column, const json_t *events)
{
	char key[24];

	(void)snprintf(key, sizeof(key), "%lld", (long long)row_integer(row, column));
	return json_object_get(events, key);
}

/* ---- what was said ---- */

int work_decided(struct work *work, struct decided *ret_decided)
{
	json_t *rows = NULL;
	json_t *row;
	size_t i;
	int r = work_failed(work, application_rows(work->process->store, "decision", work->application.id, &rows));

	*ret_decided = (struct decided){ .round = 0 };
	json_array_foreach(rows, i, row)
	{
		ret_decided->round = (int)row_integer(row, "round");
		ret_decided->first = row_integer(row, "first");
		ret_decided->second = row_integer(row, "second");
		(void)snprintf(ret_decided->verdict, sizeof(ret_decided->verdict), "%s", row_text(row, "verdict"));
		(void)snprintf(ret_decided->role, sizeof(ret_decided->role), "%s", row_text(row, "role"));
	}
	json_decref(rows);
	return r;
}

/* A vote is for the decision that comes next. */
int work_next_round(struct work *work, int *ret_round)
{
	struct decided decided;
	int r = work_decided(work, &decided);

	*ret_round = decided.round + 1;
	return r;
}

static void count_vote(const struct work *work, const json_t *vote, int round, const char *verdict, struct polled *poll)
{
	int64_t staff = row_integer(vote, "staff");
	bool is_material = row_integer(vote, "material") == work->material;
	bool is_now = row_integer(vote, "round") == round && is_material;

	if (strcmp(row_text(vote, "role"), "expert") == 0) {
		if (is_material && row_integer(vote, "event") > poll->heard) {
			poll->recommended = staff;
			poll->heard = row_integer(vote, "event");
			(void)snprintf(poll->recommendation, sizeof(poll->recommendation), "%s",
				       row_text(vote, "verdict"));
		}
		poll->voted_before = poll->voted_before || staff == work->person.id;
		return;
	}
	if (staff == work->person.id) {
		poll->voted = poll->voted || is_now;
		poll->voted_before = poll->voted_before || row_integer(vote, "round") < round;
	} else if (is_now && strcmp(row_text(vote, "role"), "board") == 0 &&
		   strcmp(row_text(vote, "verdict"), verdict) == 0) {
		poll->first = staff;
	}
}

int work_poll(struct work *work, int round, const char *verdict, struct polled *ret_poll)
{
	json_t *votes = NULL;
	json_t *vote;
	size_t i;
	int r = work_failed(work, application_rows(work->process->store, "vote", work->application.id, &votes));

	*ret_poll = (struct polled){ .voted = false };
	json_array_foreach(votes, i, vote)
	{
		count_vote(work, vote, round, verdict, ret_poll);
	}
	json_decref(votes);
	return r;
}

/* Is it before the board because of an appeal?  Then what the decision appealed against was is what `hear` found. */
int work_is_appeal(struct work *work, bool *ret_is)
{
	json_t *steps = NULL;
	json_t *step;
	size_t i;
	int r = work_failed(work, application_rows(work->process->store, "step", work->application.id, &steps));

	*ret_is = false;
	json_array_foreach(steps, i, step)
	{
		const char *act = row_text(step, "act");
		const char *to = row_text(step, "to_state");
		if (strcmp(act, "hear") == 0) {
			*ret_is = true;
		} else if (strcmp(to, "validating") == 0) {
			*ret_is = false;
		}
	}
	json_decref(steps);
	return r;
}

/* ---- written ---- */

enum { BENCH_EXPERT, BENCH_FIRST };

/* From where a vote of this role and round is given; an appeal's is its round. */
static int bench_of(struct work *work, const char *role, int round, int *ret_bench)
{
	bool is_appeal = false;
	int r = work_is_appeal(work, &is_appeal);

	*ret_bench = strcmp(role, "expert") == 0 ? BENCH_EXPERT : is_appeal ? round : BENCH_FIRST;
	return r;
}

static int check_seat(struct work *work, const json_t *seats, int bench)
{
	const json_t *seat;
	size_t i;

	json_array_foreach(seats, i, seat)
	{
		int64_t taken = row_integer(seat, "bench");
		if (row_integer(seat, "staff") != work->person.id || taken == bench) {
			continue;
		}
		return work_no(work, taken == BENCH_EXPERT ? "you recommended on it; somebody else decides"
				     : taken == BENCH_FIRST
					     ? "you decided on it; somebody else hears the appeal, or recommends"
					     : "you heard an appeal about it; somebody else decides on it now");
	}
	return 0;
}

static int take_bench(struct work *work, const char *role, int round, int *ret_bench)
{
	json_t *seats = NULL;
	int r = bench_of(work, role, round, ret_bench);

	if (r == 0) {
		r = work_failed(work, application_rows(work->process->store, "seat", work->application.id, &seats));
	}
	if (r == 0) {
		r = check_seat(work, seats, *ret_bench);
	}
	json_decref(seats);
	return r;
}

int work_vote(struct work *work, const char *role, int round, const char *verdict)
{
	int bench = 0;
	int r = take_bench(work, role, round, &bench);
	const struct application_vote vote = {
		.material = work->material,
		.round = round,
		.bench = bench,
		.staff = work->person.id,
		.role = role,
		.verdict = verdict,
		.reasons = text_is_empty(work->act->text) ? "examined" : work->act->text,
		.rules = work->act->rules != NULL ? work->act->rules : "",
	};
	json_t *votes = NULL;
	json_t *row;
	size_t i;

	r = r < 0 ? r : work_failed(work, application_rows(work->process->store, "vote", work->application.id, &votes));
	json_array_foreach(votes, i, row)
	{
		if (r == 0 && row_integer(row, "material") == vote.material && row_integer(row, "round") == round &&
		    row_integer(row, "staff") == vote.staff) {
			r = complain_of(work->complaint, -EEXIST, "%s: you have voted on this version already",
					work->application.ref);
		}
	}
	json_decref(votes);
	return r < 0 ? r : work_failed(work, application_vote_add(work->change, work->application.id, &vote));
}

int work_decide(struct work *work, int round, const char *role, const char *verdict, const struct polled *polled)
{
	bool two = strcmp(role, "board") == 0;
	int bench = 0;
	int r = bench_of(work, role, round, &bench);
	const struct application_decision decision = {
		.round = round,
		.material = work->material,
		.bench = bench,
		.verdict = verdict,
		.role = role,
		.recommended = polled->recommended,
		.first = two ? polled->first : work->person.id,
		.second = two ? work->person.id : 0,
	};

	return r < 0 ? r : work_failed(work, application_decide(work->change, &work->application, &decision));
}

int work_decide_by_holder(struct work *work)
{
	struct application_decision decision = {
		.material = work->material,
		.bench = BENCH_FIRST,
		.verdict = "refuse",
		.role = "holder",
		.party = work->party,
	};
	int r = work_next_round(work, &decision.round);

	return r < 0 ? r : work_failed(work, application_decide(work->change, &work->application, &decision));
}

int work_release_name(struct work *work)
{
	int r = application_name_release(work->change, work->application.id);

	return r < 0 ? work_failed(work, r) : 0;
}

/* In an appeal, to leave it as it was. */
int work_upheld_verdict(struct work *work, const char **ret_verdict)
{
	struct decided decided;
	int r = work_decided(work, &decided);

	*ret_verdict = strcmp(decided.verdict, "assign") == 0 ? "assign" : "refuse";
	return r;
}
