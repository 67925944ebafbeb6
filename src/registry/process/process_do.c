/* process_do.c - an act from its beginning to its end (process.h): who acts, whether the table lets them, what the
 * handler of the act looks at and writes, the step, and the commit.
 *
 * Everything of an act is one change. Handlers look before they write, because a statement that failed ends the
 * change; a guard's no abandons it. Only the table says where an application can go. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/words/process_words.h"

static const struct {
	const char *act;
	handler *run;
	bool asks_rules;
	bool says_why; /* the text is of the staff, and stands in the event for good */
} acts[] = {
	{ "submit", do_submit, true, false },
	{ "file", do_file, true, false },
	{ "confirm", do_confirm, true, false },
	{ "expire", do_expire, false, false },
	{ "ask", do_ask, false, false },
	{ "answer", do_answer, true, false },
	{ "edit-return", do_edit_return, true, false },
	{ "remind", do_remind, false, false },
	{ "reopen", do_reopen, true, false },
	{ "withdraw", do_withdraw, false, false },
	{ "copy", do_copy, false, false },
	{ "need-consent", do_need_consent, false, false },
	{ "consent", do_consent, false, false },
	{ "consented", do_consented, false, false },
	{ "take", do_take, false, false },
	{ "finding", do_finding, false, false },
	{ "name-expert", do_name_expert, false, false },
	{ "to-expert", do_to_expert, false, false },
	{ "to-board", do_to_board, false, true },
	{ "recuse", do_recuse, false, true },
	{ "reassign", do_reassign, false, true },
	{ "recommend", do_recommend, true, true },
	{ "call", do_call, false, true },
	{ "comment", do_comment, false, false },
	{ "close", do_close, false, false },
	{ "propose-assign", do_propose, true, true },
	{ "auto", do_auto, true, false },
	{ "vote", do_vote, true, true },
	{ "refuse", do_refuse, false, true },
	{ "hold-back", do_hold_back, false, true },
	{ "assign", do_assign, false, false },
	{ "appeal", do_appeal, false, false },
	{ "hear", do_hear, false, false },
	{ "uphold", do_uphold, false, true },
	{ "annul", do_annul, false, true },
};

enum { ACTS = sizeof(acts) / sizeof(acts[0]), TEXT_OCTETS_MAX = 32 * 1024, NOBODY = 0 };

static int act_find(const char *act)
{
	for (int i = 0; i < ACTS; i++) {
		if (strcmp(acts[i].act, act) == 0) {
			return i;
		}
	}
	return -1;
}

/* ---- sentences ---- */

int work_no(struct work *work, const char *format, ...)
{
	char sentence[COMPLAINT_MAX - 40];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	return complain_of(work->complaint, -EPERM, "%s: %s", work->application.ref, sentence);
}

int work_failed(struct work *work, int r)
{
	return r < 0 ? complain_of(work->complaint, r, "%s", store_complaint(work->process->store)) : r;
}

/* ---- loading ---- */

static const char *keep(struct work *work, const char *text)
{
	return text != NULL ? arena_text(&work->arena, text, strlen(text)) : NULL;
}

static int keep_application(const struct application *application, void *context)
{
	struct work *work = context;
	struct application *kept = &work->application;

	*kept = *application;
	kept->ref = keep(work, application->ref);
	kept->kind = keep(work, application->kind);
	kept->about = keep(work, application->about);
	kept->key = keep(work, application->key);
	kept->created = keep(work, application->created);
	kept->state = keep(work, application->state);
	kept->due = keep(work, application->due);
	return kept->ref != NULL && kept->kind != NULL && kept->about != NULL && kept->state != NULL ? 0 : -ENOMEM;
}

int work_load(struct work *work, const char *ref)
{
	int r = application_get(work->process->store, ref, keep_application, work);

	form_finish(&work->form);
	if (r == 0) {
		r = process_form_load(work->process->store, &work->application, work->application.version, &work->form);
	}
	work->version = work->application.version;
	work->material = work->application.material;
	return work_failed(work, r);
}

/* The rules look at all that is assigned, which is read outside the change; what counts is looked at again in it.  A
 * number that a registrar chooses is examined in place of the one that was asked for. */
static int examine(struct work *work, const char *ref)
{
	char port[16];
	int r = work_load(work, ref);

	if (r == 0 && work->act->port > 0) {
		(void)snprintf(port, sizeof(port), "%d", work->act->port);
		r = form_set(&work->form, "port", port);
	}
	if (r == 0) {
		work->asked = work->act->form != NULL ? work->act->form : &work->form;
		r = process_examine(work->process, work->asked, ref, &work->report, work->complaint);
	}
	work->has_report = r == 0;
	work->examined = work->application.version;
	return r;
}

/* ---- the change ---- */

int work_begin(struct work *work, int64_t staff, const char *act, const char *why)
{
	const struct change_by by = {
		.staff = staff,
		.act = act,
		.why = why,
		.at = work->process->now,
	};

	return work_failed(work, change_begin(work->process->store, &by, &work->change));
}

static int write_step(struct work *work)
{
	const struct process_move *move = process_move_find(work->application.state, work->step, work->to);
	bool stays = strcmp(work->to, work->application.state) == 0;
	const char *due = work->due[0] != '\0' ? work->due : stays ? work->application.due : NULL;
	char later[TIME_SIZE];

	if (move == NULL) {
		return work_no(work, "from %s, \"%s\" does not lead to %s", work->application.state, work->step,
			       work->to);
	}
	if (move->due_days > 0 && work->due[0] == '\0') {
		int r = process_later(work->process->now, move->due_days, later);
		if (r < 0) {
			return complain_of(work->complaint, r, "\"%s\" is no time", work->process->now);
		}
		due = later;
	}
	return work_failed(
		work, application_step(work->change, work->application.id, work->step, work->to, work->version, due));
}

int work_end(struct work *work)
{
	char subject[64];
	int r = work->step != NULL ? write_step(work) : 0;

	if (r < 0) {
		return r;
	}
	(void)snprintf(subject, sizeof(subject), "application %s", work->application.ref);
	change_subject(work->change, subject);
	(void)snprintf(work->done->reference, sizeof(work->done->reference), "%s", work->application.ref);
	(void)snprintf(work->done->state, sizeof(work->done->state), "%s",
		       work->step != NULL ? work->to : work->application.state);
	r = change_commit(work->change, NULL);
	work->change = NULL;
	return work_failed(work, r);
}

void work_finish(struct work *work)
{
	work->change = change_abandon(work->change);
	form_finish(&work->form);
	rule_report_finish(&work->report);
	arena_finish(&work->arena);
}

/* ---- may they ---- */

static bool is_in_table(const char *act)
{
	for (const struct process_move *move = process_moves; move->from != NULL; move++) {
		if (strcmp(move->act, act) == 0) {
			return true;
		}
	}
	return false;
}

/* Acts that move nothing. */
static unsigned actors_beside(const char *act)
{
	if (strcmp(act, "consent") == 0) {
		return ACTOR_HOLDER;
	}
	if (strcmp(act, "finding") == 0) {
		return ACTOR_REGISTRAR | ACTOR_EXPERT | ACTOR_BOARD;
	}
	return ACTOR_REGISTRAR;
}

static int check_own(struct work *work)
{
	bool is_own = process_is_own(&work->person, &work->application, &work->form);

	return is_own ? work_no(work, "nobody of the staff acts on an application of their own") : 0;
}

static int check_actor(struct work *work)
{
	const char *act = work->act->act;
	const char *state = work->application.state;
	char people[256];
	bool moves = is_in_table(act);
	unsigned may = moves ? process_move_actors(state, act) : actors_beside(act);
	bool is_examiner = false;

	if (may == 0 && work->act->email != NULL) {
		return work_not_open(work, work->application.ref);
	}
	if (may == 0) {
		return work_no(work, "it is %s, in which state nobody can %s", words_of_state(state), act);
	}
	int r = work->person.found ? work_is_examiner(work, work->person.id, &is_examiner) : 0;
	if (is_examiner && process_covers(&work->person, form_transports(&work->form))) {
		work->actors |= ACTOR_EXPERT;
	}
	if (r == 0 && (work->actors & may) == 0) {
		(void)process_actors_text(may, true, people, sizeof(people));
		return work_no(work, "only %s can %s while it is %s", people, act, words_of_state(state));
	}
	return r < 0 ? r : check_own(work);
}

/* Who looked at an older step acts on what is no more. */
static int check_seen(struct work *work)
{
	int seen = work->act->step;

	return seen == 0 || seen == work->application.step
		       ? 0
		       : complain_of(work->complaint, -EEXIST, "%s: it moved meanwhile and is %s; look at it first",
				     work->application.ref, words_of_state(work->application.state));
}

/* ---- one act ---- */

static int run(struct work *work, int at, const char *ref, int64_t staff)
{
	const char *why = acts[at].says_why ? work->act->text : NULL;
	int r = acts[at].asks_rules ? examine(work, ref) : 0;

	if (r == 0) {
		r = work_begin(work, staff, acts[at].act, why);
	}
	if (r == 0) {
		r = work_load(work, ref);
	}
	if (r == 0 && work->has_report && work->examined != work->application.version) {
		return complain_of(work->complaint, -EEXIST, "%s: there is a newer version; look at it first", ref);
	}
	if (r == 0) {
		r = check_seen(work);
	}
	if (r == 0) {
		r = check_actor(work);
	}
	if (r == 0) {
		work->step = is_in_table(acts[at].act) ? acts[at].act : NULL;
		r = acts[at].run(work);
	}
	return r < 0 ? r : work_end(work);
}

static int check_texts(const struct process_act *act, struct complaint *complaint)
{
	if (act->text != NULL && strlen(act->text) > TEXT_OCTETS_MAX) {
		return complain_of(complaint, -E2BIG, "a text has at most %d octets", TEXT_OCTETS_MAX);
	}
	return 0;
}

static int begin(struct work *work, unsigned actor, char *ref, size_t size)
{
	if (actor == 0) {
		return work_who(work, ref, size);
	}
	(void)snprintf(ref, size, "%s", work->act->reference);
	work->actors = actor;
	return 0;
}

int process_do_as(struct process *process, const struct process_act *act, unsigned actor, struct process_done *ret_done,
		  struct complaint *ret_complaint)
{
	struct process_done done = { .free_count = 0 };
	struct work *work = calloc(1, sizeof(*work));
	int at = act_find(act->act);
	char ref[32];

	if (work == NULL) {
		return complain_of(ret_complaint, -ENOMEM, "not enough memory");
	}
	*work = (struct work){ .process = process, .act = act, .done = &done, .complaint = ret_complaint };
	work->application.ref = "";
	int r = at < 0 ? complain_of(ret_complaint, -EINVAL, "there is no act \"%s\"", act->act) : 0;

	if (r == 0) {
		r = begin(work, actor, ref, sizeof(ref));
	}
	if (r == 0) {
		r = run(work, at, ref, actor == 0 ? work->person.id : actor == ACTOR_ANYONE ? NOBODY : BERTH);
	}
	work_finish(work);
	free(work);
	if (r == 0) {
		*ret_done = done;
	}
	return r;
}

int process_do(struct process *process, const struct process_act *act, struct process_done *ret_done,
	       struct complaint *ret_complaint)
{
	int r = check_texts(act, ret_complaint);

	if (r < 0) {
		return r;
	}
	if (strcmp(act->act, "save") == 0) {
		return process_save(process, act, ret_done, ret_complaint);
	}
	if (act->email != NULL) {
		return process_remark(process, act, ret_done, ret_complaint);
	}
	r = strcmp(act->act, "confirm") == 0 && act->token != NULL
		    ? process_confirm_remark(process, act->token, ret_done, ret_complaint)
		    : -ENOENT;
	if (r != -ENOENT) {
		return r;
	}
	r = process_do_as(process, act, 0, ret_done, ret_complaint);
	if (r == 0) {
		process_go_on(process, ret_done->reference, ret_done);
	}
	return r;
}
