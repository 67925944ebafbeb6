/* process_submit.c - how an application begins: saved, sent, confirmed, filed by a registrar, or copied from one that
 * ended (process.h).
 *
 * Nobody at the registry sees it before its address is confirmed. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char never[] = "9999-12-31T23:59:59Z";

enum { CONFIRM_DAYS = 7, REOPEN_DAYS = 90 };

/* ---- names ---- */

struct held {
	bool is_mine, is_held, is_assigned;
	char ref[32];
	char kind[16];
	int64_t application;
};

static int note_name(const struct name_row *row, void *context)
{
	struct held *held = context;

	held->is_held = strcmp(row->kind, "held") == 0;
	held->is_assigned = strcmp(row->kind, "assigned") == 0;
	held->is_mine = held->is_held && row->application == held->application;
	(void)snprintf(held->ref, sizeof(held->ref), "%s", row->ref != NULL ? row->ref : "");
	(void)snprintf(held->kind, sizeof(held->kind), "%s", row->kind);
	return 0;
}

/* First come, first served, from confirmation on. */
int work_hold_name(struct work *work)
{
	struct held held = { .application = work->application.id };
	enum form_kind kind = work->form.kind;
	char fold[FOLD_SIZE];

	process_fold(&work->form, fold);
	bool wants = fold[0] != '\0' && kind != FORM_TRANSPORT && kind != FORM_RELEASE && kind != FORM_REVOCATION &&
		     kind != FORM_RENEWAL;
	if (!wants) {
		return 0;
	}
	int r = application_name(work->process->store, fold, note_name, &held);
	if (r == -ENOENT) {
		return work_failed(work, application_name_hold(work->change, work->application.id, fold,
							       form_value(&work->form, "short")));
	}
	if (r < 0 || held.is_mine) {
		return work_failed(work, r);
	}
	if (held.is_held) {
		return work_no(work, "the name \"%s\" is held for %s, which came first", fold, held.ref);
	}
	bool may_stand = kind == FORM_RELOCATION || kind == FORM_MODIFICATION;
	return held.is_assigned && may_stand ? 0 : work_no(work, "the name \"%s\" is %s", fold, held.kind);
}

/* ---- with the staff ---- */

static int take_terms(struct work *work)
{
	struct process_terms terms = { .eyes = 1 };
	int r = process_terms(work->process->store, &work->form, &terms);

	if (r == -ENOENT) {
		return work_no(work, "no band of this registry gives such numbers");
	}
	if (r == 0) {
		r = application_admit(work->change, work->application.id, terms.eyes, terms.expert);
	}
	return work_failed(work, r);
}

/* Whoever has the port that needs privilege is told, where they can be reached; they have no veto. */
static int tell_relocated(struct work *work)
{
	const struct letter_facts facts = {
		.kind = LETTER_RELOCATION,
		.assigned = form_value(&work->form, "relocates"),
	};

	return work->form.kind == FORM_RELOCATION ? work_tell_holders(work, &facts) : 0;
}

static int admit(struct work *work)
{
	int r = work_hold_name(work);

	if (r == 0) {
		r = take_terms(work);
	}
	if (r == 0) {
		r = work_to_staff(work, (struct letter_facts){
						.kind = LETTER_STAFF,
						.form = &work->form,
						.report = work->has_report ? &work->report : NULL,
					});
	}
	if (r == 0) {
		r = tell_relocated(work);
	}
	return r < 0 ? r
		     : work_to_applicant(work, (struct letter_facts){ .kind = LETTER_RECEIPT, .form = &work->form },
					 true);
}

int do_confirm(struct work *work)
{
	int r = work_failed(work, application_token_use(work->change, work->token_hash));

	work->to = "validating";
	return r < 0 ? r : admit(work);
}

/* ---- sent ---- */

static int ask_to_confirm(struct work *work, char ret_token[static LINK_TOKEN_SIZE])
{
	char ends[TIME_SIZE];
	int r = process_later(work->process->now, CONFIRM_DAYS, ends);

	if (r == 0) {
		r = work_token(work, "confirm", "", ends, ret_token);
	}
	if (r < 0) {
		return r;
	}
	const struct letter_facts facts = {
		.kind = LETTER_CONFIRM,
		.link = work_link(work, "confirm", ret_token),
		.due = ends,
		.form = &work->form,
	};
	return work_to_applicant(work, facts, false);
}

static int check_rules(struct work *work)
{
	return work->report.counts[RULE_REFUSE] == 0 ? 0
						     : complain_of(work->complaint, -EPERM, "%s", work_refusal(work));
}

/* A draft that is sent may bring its newest answers. */
static int take_form(struct work *work)
{
	int r = check_rules(work);

	if (r == 0 && work->act->form != NULL) {
		if (work->act->form->kind != work->form.kind) {
			return work_no(work, "its kind cannot change; begin another one");
		}
		r = process_version_add(work, work->act->form, "applicant", true);
		if (r == 0) {
			work->application.version = work->version;
			work->application.material = work->material;
			form_finish(&work->form);
			r = work_failed(work, process_form_load(work->process->store, &work->application, work->version,
								&work->form));
		}
	}
	return r;
}

int do_submit(struct work *work)
{
	char token[LINK_TOKEN_SIZE];
	int r = take_form(work);

	work->to = "unconfirmed";
	return r < 0 ? r : ask_to_confirm(work, token);
}

int do_file(struct work *work)
{
	int r = take_form(work);

	work->to = "validating";
	return r < 0 ? r : admit(work);
}

/* ---- from nothing ---- */

/* The application, its first version, and what is known of it. */
static int make(struct work *work, const struct form *form, const char *key, int64_t own_staff, const char *author,
		const char *about)
{
	int64_t id = 0;
	char ref[32];
	int r = application_add(work->change, form_kind_name(form->kind), key, own_staff, about, &id);

	if (r == 0) {
		r = application_reference(work->process->store, id, ref, sizeof(ref));
	}
	if (r < 0) {
		return work_failed(work, r);
	}
	work->application = (struct application){
		.id = id,
		.ref = arena_text(&work->arena, ref, strlen(ref)),
		.kind = form_kind_name(form->kind),
		.state = "new",
		.own_staff = own_staff,
		.version = 1,
		.material = 1,
	};
	if (work->application.ref == NULL) {
		return -ENOMEM;
	}
	r = process_version_add(work, form, author, true);
	return r < 0 ? r
		     : work_failed(work, process_form_load(work->process->store, &work->application, 1, &work->form));
}

static int note_state(const struct application *application, void *context)
{
	struct process_started *started = context;

	started->has_ended = strcmp(process_clock_of(application->state), "none") == 0;
	(void)snprintf(started->state, sizeof(started->state), "%s", application->state);
	return 0;
}

static int find_sent(struct process *process, const char *key, struct process_started *started)
{
	int r = application_of_key(process->store, key, started->reference, sizeof(started->reference));

	if (r < 0 || started->reference[0] == '\0') {
		return r < 0 ? r : 0;
	}
	return application_get(process->store, started->reference, note_state, started);
}

static int send(struct work *work, const struct process_submission *submission, struct process_started *started)
{
	bool files = submission->by_staff != 0;
	int r = make(work, submission->form, submission->key, submission->own_staff, files ? "staff" : "applicant",
		     process_about(submission->form));

	work->step = files ? "file" : "submit";
	work->to = files ? "validating" : "unconfirmed";
	if (r == 0 && !files) {
		r = work_token(work, "track", "", never, started->track);
	}
	if (r == 0) {
		r = files ? admit(work) : ask_to_confirm(work, started->confirm);
	}
	return r < 0 ? r : work_end(work);
}

static int begin_and_send(struct work *work, const struct process_submission *submission,
			  struct process_started *started)
{
	int r = work_begin(work, submission->by_staff, submission->by_staff != 0 ? "file" : "submit", NULL);

	if (r == 0) {
		/* Behind the lock: of two who send the same at once, the second finds the first. */
		r = work_failed(work, find_sent(work->process, submission->key, started));
	}
	if (r < 0 || started->reference[0] != '\0') {
		started->was_there = r == 0;
		return r;
	}
	r = send(work, submission, started);
	(void)snprintf(started->reference, sizeof(started->reference), "%s", work->done->reference);
	return r;
}

static int check_submitter(struct work *work, const struct process_submission *submission)
{
	int r = 0;

	if (submission->by_staff != 0) {
		r = work_failed(work, process_person(work->process->store, submission->by_staff, &work->person));
		if (r == 0 && !(work->person.found && work->person.is_registrar)) {
			return complain_of(work->complaint, -EPERM, "only a registrar files an application for others");
		}
	}
	return r;
}

static int check_address(struct work *work, const struct form *form)
{
	struct mail_address address;
	const char *email = form_value(form, "applicant-email");

	return mail_address_read(email, NULL, &address) < 0
		       ? complain_of(work->complaint, -EPERM, "\"%s\" is no e-mail address that letters can go to",
				     email)
		       : 0;
}

int process_submit(struct process *process, const struct process_submission *submission,
		   struct process_started *ret_started, struct rule_report *ret_report, struct complaint *ret_complaint)
{
	struct process_started started = { .was_there = false };
	struct process_done done = { .free_count = 0 };
	struct work *work = calloc(1, sizeof(*work));

	*ret_report = (struct rule_report){ .count = 0 };
	if (work == NULL) {
		return complain_of(ret_complaint, -ENOMEM, "not enough memory");
	}
	*work = (struct work){ .process = process, .done = &done, .complaint = ret_complaint };
	work->application.ref = "";
	int r = check_submitter(work, submission);
	if (r == 0) {
		r = work_failed(work, find_sent(process, submission->key, &started));
		started.was_there = r == 0 && started.reference[0] != '\0';
	}
	if (r == 0 && !started.was_there) {
		r = process_examine(process, submission->form, NULL, &work->report, ret_complaint);
		work->has_report = r == 0;
	}
	if (r == 0 && !started.was_there) {
		r = check_rules(work);
	}
	if (r == 0 && !started.was_there) {
		r = check_address(work, submission->form);
	}
	if (r == 0 && !started.was_there) {
		r = begin_and_send(work, submission, &started);
	}
	*ret_report = work->report;
	work->report = (struct rule_report){ .count = 0 };
	work_finish(work);
	free(work);
	if (r < 0) {
		return r;
	}
	if (!started.was_there) {
		if (submission->by_staff != 0) {
			process_go_on(process, started.reference, &done);
		}
		(void)snprintf(started.state, sizeof(started.state), "%s", done.state);
		(void)snprintf(started.assigned, sizeof(started.assigned), "%s", done.assigned);
	}
	*ret_started = started;
	return 0;
}

/* ---- drafts ---- */

static int save(struct work *work, const struct form *form, int64_t own_staff, const char *about)
{
	char key[LINK_TOKEN_SIZE];

	link_token_make(key);
	int r = make(work, form, key, own_staff, "applicant", about);
	if (r == 0) {
		r = work_token(work, "track", "", never, work->done->track);
	}
	work->step = "save";
	work->to = "draft";
	return r;
}

int process_save(struct process *process, const struct process_act *act, struct process_done *ret_done,
		 struct complaint *ret_complaint)
{
	struct process_done done = { .free_count = 0 };
	struct work *work = calloc(1, sizeof(*work));

	if (work == NULL) {
		return complain_of(ret_complaint, -ENOMEM, "not enough memory");
	}
	*work = (struct work){ .process = process, .act = act, .done = &done, .complaint = ret_complaint };
	int r = act->form == NULL || act->staff != 0
			? complain_of(ret_complaint, -EPERM, "only an applicant saves a draft, and it has a form")
			: work_begin(work, 0, "save", NULL);
	if (r == 0 && act->form != NULL) {
		r = save(work, act->form, 0, process_about(act->form));
	}
	if (r == 0) {
		r = work_end(work);
	}
	work_finish(work);
	free(work);
	if (r == 0) {
		*ret_done = done;
	}
	return r;
}

/* The one that ended is left as it is, but for a step that says what came of it; the copy is a draft with the same
 * answers. */
int do_copy(struct work *work)
{
	const struct application old = work->application;
	struct form form = work->form;
	char about[64];
	int v = work->version;
	int r = work_failed(work, application_step(work->change, old.id, "copy", old.state, v, old.due));

	if (r < 0) {
		return r;
	}
	work->form = (struct form){ .kind = form.kind };
	(void)snprintf(about, sizeof(about), "application %s", old.ref);
	r = save(work, &form, old.own_staff, about);
	form_finish(&form);
	if (r == 0) {
		json_t *note = json_string(work->application.ref);
		r = change_note(work->change, "copy", note);
		json_decref(note);
	}
	return r;
}

/* ---- never finished ---- */

static int tell_lapsed(struct work *work)
{
	char until[TIME_SIZE];
	const struct letter_facts facts = { .kind = LETTER_LAPSED, .due = until };
	int r = process_later(work->process->now, REOPEN_DAYS, until);

	return r < 0 ? r : work_to_applicant(work, facts, true);
}

int do_expire(struct work *work)
{
	const char *state = work->application.state;
	int r = 0;

	if (work->application.due == NULL || strcmp(work->application.due, work->process->now) > 0) {
		return work_no(work, "it is not due yet");
	}
	work->to = "lapsed";
	if (strcmp(state, "draft") == 0) {
		r = work_failed(work, application_forget(work->change, work->application.id));
	} else if (strcmp(state, "with-applicant") == 0) {
		r = work_release_name(work);
		if (r == 0) {
			r = tell_lapsed(work);
		}
	} else if (strcmp(state, "with-holder") == 0) {
		work->to = "validating";
		r = work_to_staff(work, (struct letter_facts){
						.kind = LETTER_NO_CONSENT,
					});
	}
	return r;
}
