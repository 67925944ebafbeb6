/* process_remark.c - what anybody writes: comments on a call, appeals against an assignment (process_private.h).
 *
 * It is taken with an e-mail address, and a link is mailed there.  Nobody sees it, and nothing moves, before that link
 * is used; unused it is forgotten when the link ends.  The answer never says whether an address is known, nor what
 * becomes of an application that is no matter of the public. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONFIRM_DAYS = 7, WAITING_MAX = 3 };

int work_not_open(const struct work *work, const char *ref)
{
	bool appeals = strcmp(work->act->act, "appeal") == 0;

	return complain_of(work->complaint, work->act->token != NULL ? -EPERM : -ENOENT, "%s: %s", ref,
			   appeals ? "there is no assignment that can be appealed against now"
				   : "nobody is asked for comments on it now");
}

/* Whether it is open to everybody; any no is the same. */
static int check_open(struct work *work, const char *ref)
{
	bool appeals = strcmp(work->act->act, "appeal") == 0;
	int r = work_load(work, ref);

	if (r < 0) {
		return r == -ENOENT ? work_not_open(work, ref) : r;
	}
	if (strcmp(work->application.state, appeals ? "assigned" : "call") != 0) {
		return work_not_open(work, ref);
	}
	r = appeals ? work_check_appeal_time(work) : 0;
	return r == -EPERM ? work_not_open(work, ref) : r;
}

/* ---- taken ---- */

static int check(const struct process_act *act, struct mail_address *ret_address, struct complaint *complaint)
{
	if (act->token != NULL || act->staff != 0 || act->reference == NULL ||
	    (strcmp(act->act, "comment") != 0 && strcmp(act->act, "appeal") != 0)) {
		return complain_of(complaint, -EINVAL, "by an e-mail address alone people comment or appeal");
	}
	if (text_is_empty(act->text)) {
		return complain_of(complaint, -EPERM, "what have you to say? There is no text");
	}
	return mail_address_read(act->email, NULL, ret_address) < 0
		       ? complain_of(complaint, -EPERM, "\"%s\" is no e-mail address that letters can go to",
				     act->email)
		       : 0;
}

static int send_link(struct work *work, const struct mail_address *address)
{
	const struct application_remark remark = { work->act->act, address->address, work->act->text };
	char token[LINK_TOKEN_SIZE];
	char hash[STORE_HASH_SIZE];
	char ends[TIME_SIZE];
	int r = process_later(work->process->now, CONFIRM_DAYS, ends);

	if (r == 0) {
		r = work_token(work, "confirm", "", ends, token);
	}
	if (r < 0) {
		return r;
	}
	link_token_hash(token, hash);
	r = work_failed(work, application_remark_add(work->change, hash, &remark));
	const struct letter_facts facts = {
		.kind = LETTER_REMARK,
		.link = work_link(work, "confirm", token),
		.due = ends,
	};
	return r < 0 ? r : work_letter(work, address->address, NULL, &facts);
}

/* An address that is written to again and again is written to no more: others may be behind it. */
static int take(struct work *work, const struct mail_address *address)
{
	int64_t waiting = 0;
	int r = work_begin(work, 0, "remark", NULL);

	if (r == 0) {
		r = check_open(work, work->act->reference);
	}
	if (r == 0) {
		r = work_failed(work, application_remarks_waiting(work->process->store, work->application.id,
								  address->address, work->process->now, &waiting));
	}
	if (r < 0 || waiting >= WAITING_MAX) {
		return r;
	}
	r = send_link(work, address);
	return r < 0 ? r : work_end(work);
}

int process_remark(struct process *process, const struct process_act *act, struct process_done *ret_done,
		   struct complaint *complaint)
{
	struct process_done done = { .free_count = 0 };
	struct mail_address address;
	int r = check(act, &address, complaint);
	struct work *work = r == 0 ? calloc(1, sizeof(*work)) : NULL;

	if (work == NULL) {
		return r < 0 ? r : complain_of(complaint, -ENOMEM, "not enough memory");
	}
	*work = (struct work){ .process = process, .act = act, .done = &done, .complaint = complaint };
	work->application.ref = "";
	r = take(work, &address);
	work_finish(work);
	free(work);
	if (r == 0) {
		*ret_done = (struct process_done){ .free_count = 0 };
		(void)snprintf(ret_done->reference, sizeof(ret_done->reference), "%s", act->reference);
	}
	return r;
}

/* ---- confirmed ---- */

struct confirmed {
	struct process *process;
	struct complaint *complaint;
	struct arena arena;
	struct process_act act;
	int64_t application;
};

static int keep_remark(const struct application_remark *remark, void *context)
{
	struct confirmed *confirmed = context;
	struct process_act *act = &confirmed->act;

	act->act = arena_text(&confirmed->arena, remark->act, strlen(remark->act));
	act->email = arena_text(&confirmed->arena, remark->sender, strlen(remark->sender));
	act->text = arena_text(&confirmed->arena, remark->message, strlen(remark->message));
	return act->act != NULL && act->email != NULL && act->text != NULL ? 0 : -ENOMEM;
}

static int keep_application(const struct application_token *token, void *context)
{
	struct confirmed *confirmed = context;

	confirmed->application = token->application;
	return process_check_token(token, confirmed->process->now, confirmed->complaint);
}

int process_confirm_remark(struct process *process, const char *token, struct process_done *ret_done,
			   struct complaint *complaint)
{
	struct confirmed confirmed = { .process = process, .complaint = complaint, .act = { .token = token } };
	char hash[STORE_HASH_SIZE];
	char ref[32];

	link_token_hash(token, hash);
	int r = application_remark_find(process->store, hash, keep_remark, &confirmed);
	if (r == 0) {
		r = application_token_find(process->store, hash, keep_application, &confirmed);
	}
	if (r == 0) {
		r = application_reference(process->store, confirmed.application, ref, sizeof(ref));
	}
	if (r == 0) {
		confirmed.act.reference = ref;
		r = process_do_as(process, &confirmed.act, ACTOR_ANYONE, ret_done, complaint);
	} else if (r != -EPERM) { /* of which keep_application said why */
		(void)complain_of(complaint, r, "%s", store_complaint(process->store));
	}
	arena_finish(&confirmed.arena);
	return r;
}

/* ---- in the inbox ---- */

static int use_token(struct work *work)
{
	char hash[STORE_HASH_SIZE];

	link_token_hash(work->act->token, hash);
	int r = application_remark_remove(work->change, hash);
	if (r == 0) {
		return work_no(work, "this link was used meanwhile");
	}
	return work_failed(work, r < 0 ? r : application_token_use(work->change, hash));
}

int work_take_remark(struct work *work)
{
	const char *email = work->act->email;
	char id[LINK_TOKEN_SIZE];
	int r = email != NULL ? use_token(work) : 0;
	const char *sender = email != NULL	  ? email
			     : work->person.found ? work->person.email
						  : form_value(&work->form, "applicant-email");

	link_token_make(id);
	return r < 0 ? r
		     : work_failed(work, application_comment_add(work->change, work->application.id, id, sender,
								 work->act->text));
}
