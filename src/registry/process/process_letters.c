/* process_letters.c - who is written to, and what of an application goes into a letter (process_private.h).
 *
 * Called by the handlers, inside their change: a letter is there when its step is, or neither. Answers go to the
 * staff and the applicant alone: whoever else is written to gets no form. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/outbox.h"

static const char never[] = "9999-12-31T23:59:59Z";

enum { PEOPLE_MAX = 64 };

const char *work_link(struct work *work, const char *purpose, const char *token)
{
	const char *link = work->process->link;

	if (link != NULL && link[0] != '\0') {
		return work_format(work, "%s%s/%s", link, purpose, token);
	}
	if (strcmp(purpose, "confirm") == 0) {
		return work_format(work, "berth apply --confirm %s", token);
	}
	return work_format(work, strcmp(purpose, "consent") == 0 ? "berth track --consent %s" : "berth track %s",
			   token);
}

const char *work_page(struct work *work, const char *path, const char *command)
{
	const char *link = work->process->link;

	return link != NULL && link[0] != '\0' ? work_format(work, "%s%s", link, path)
					       : work_format(work, "berth %s", command);
}

/* The staff find everything in the dossier. */
static void add_link(struct work *work, struct letter_facts *facts)
{
	const char *ref = work->application.ref;

	if (facts->link == NULL) {
		facts->link = work_page(work, work_format(work, "staff/application/%s", ref),
					work_format(work, "review show %s", ref));
	}
}

/* One letter of a kind to a person for an act. */
static bool was_sent(struct work *work, enum letter_kind kind, const char *address)
{
	for (size_t i = 0; i < work->sent_count; i++) {
		if (work->sent[i].kind == kind && strcasecmp(work->sent[i].to, address) == 0) {
			return true;
		}
	}
	return false;
}

/* A link that is secret ends in its token. */
static const char *token_of(const char *link)
{
	const char *slash = link != NULL ? strrchr(link, '/') : NULL;
	const char *blank = link != NULL ? strrchr(link, ' ') : NULL;
	const char *before = slash != NULL ? slash : blank;

	return before != NULL && strlen(before + 1) == LINK_TOKEN_SIZE - 1 ? before + 1 : NULL;
}

static int put(struct work *work, const struct letter_facts *facts)
{
	char id[MAIL_ID_MAX];
	char *octets = NULL;
	size_t size = 0;
	int r = letter_write(facts, &octets, &size, id);

	if (r < 0) {
		return complain_of(work->complaint, r, "a letter could not be written: %s", strerror(-r));
	}
	const struct outbox_letter letter = {
		.event = change_event(work->change),
		.application = work->application.id,
		.message_id = id,
		.recipient = facts->to->address,
		.template = letter_kind_name(facts->kind),
		.message = octets,
		.secret = token_of(facts->link),
		.state = "waiting",
		.next_try = change_at(work->change),
	};
	r = outbox_add(work->change, &letter);
	free(octets);
	return work_failed(work, r);
}

int work_letter(struct work *work, const char *address, const char *name, const struct letter_facts *facts)
{
	struct letter_facts whole = *facts;
	struct mail_address from;
	struct mail_address to;
	char *thread = NULL;

	if (was_sent(work, facts->kind, address)) {
		return 0;
	}
	if (work->process->staff_address == NULL ||
	    mail_address_read(work->process->staff_address, work->process->registry, &from) < 0) {
		return complain_of(work->complaint, -EINVAL, "the registry has no address for its letters");
	}
	/* A name that no header can hold is left out; an address must be one. */
	if (mail_address_read(address, name, &to) < 0 && mail_address_read(address, NULL, &to) < 0) {
		return complain_of(work->complaint, -EPERM, "\"%s\" is no e-mail address that letters can go to",
				   address);
	}
	int r = application_thread(work->process->store, work->application.id, to.address, &thread);
	if (r < 0) {
		return work_failed(work, r);
	}
	whole.registry = work->process->registry;
	whole.reference = facts->reference != NULL ? facts->reference : work->application.ref;
	whole.from = &from;
	whole.to = &to;
	whole.thread = thread;
	whole.date = change_at(work->change);
	r = put(work, &whole);
	free(thread);
	if (r == 0 && work->sent_count < LETTERS_MAX) {
		struct sent *sent = &work->sent[work->sent_count++];
		sent->kind = facts->kind;
		(void)snprintf(sent->to, sizeof(sent->to), "%s", address);
	}
	return r;
}

int work_to_applicant(struct work *work, struct letter_facts facts, bool with_link)
{
	char token[LINK_TOKEN_SIZE];
	int r = 0;

	if (with_link) {
		r = work_token(work, "track", "", never, token);
		facts.link = work_link(work, "track", token);
		/* The letter alone has it when others act: nobody of the staff acts for an applicant. */
		if (r == 0 && (work->actors & ACTOR_APPLICANT) != 0) {
			(void)snprintf(work->done->track, sizeof(work->done->track), "%s", token);
		}
	}
	return r < 0 ? r
		     : work_letter(work, form_value(&work->form, "applicant-email"),
				   form_value(&work->form, "applicant"), &facts);
}

int work_to_staff(struct work *work, struct letter_facts facts)
{
	add_link(work, &facts);
	return work_letter(work, work->process->staff_address != NULL ? work->process->staff_address : "",
			   work->process->registry, &facts);
}

/* Nobody is reminded of what they have just done. */
static int to_people(struct work *work, const struct process_person *people, int count, struct letter_facts facts)
{
	int r = 0;

	add_link(work, &facts);
	for (int i = 0; r == 0 && i < count; i++) {
		if (facts.kind != LETTER_REMINDER || people[i].id != work->person.id) {
			r = work_letter(work, people[i].email, people[i].name, &facts);
		}
	}
	return r == 0 && count == 0 ? work_to_staff(work, facts) : r;
}

int work_to_board(struct work *work, struct letter_facts facts)
{
	struct process_person *people = calloc(PEOPLE_MAX, sizeof(*people));
	int count = people != NULL ? process_people(work->process->store, "board", people, PEOPLE_MAX) : -ENOMEM;
	int r = count < 0 ? work_failed(work, count) : to_people(work, people, count, facts);

	free(people);
	return r;
}

/* Those who are named and did not step aside; who has no address is written to with the staff. */
int work_to_experts(struct work *work, struct letter_facts facts)
{
	json_t *rows = NULL;
	json_t *row;
	size_t i;
	int r = work_failed(work, application_rows(work->process->store, "examiner", work->application.id, &rows));

	json_array_foreach(rows, i, row)
	{
		struct process_person person;
		if (r < 0 || !row_is_expert(row)) {
			continue;
		}
		r = process_person(work->process->store, row_integer(row, "staff"), &person);
		r = r < 0 ? work_failed(work, r) : to_people(work, &person, person.email[0] != '\0', facts);
	}
	json_decref(rows);
	return r;
}

int work_due(struct work *work, const char *act, char ret_due[static TIME_SIZE])
{
	const struct process_move *move = process_move_find(work->application.state, act, NULL);

	ret_due[0] = '\0';
	if (move == NULL || move->due_days == 0) {
		return 0;
	}
	int r = process_later(work->process->now, move->due_days, ret_due);
	return r < 0 ? complain_of(work->complaint, r, "\"%s\" is no time", work->process->now) : 0;
}

/* Assignee and contact, beside the applicant. */
int work_to_parties(struct work *work, struct letter_facts facts, bool with_link)
{
	static const char *const keys[][2] = {
		{ "assignee-email", "assignee" },
		{ "contact-email", "contact" },
		{ "new-assignee-email", "new-assignee" },
		{ "new-contact-email", "new-contact" },
	};
	struct mail_address address;
	int r = work_to_applicant(work, facts, with_link);

	facts.form = NULL;
	for (size_t i = 0; r == 0 && i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *email = form_value(&work->form, keys[i][0]);
		if (mail_address_read(email, NULL, &address) == 0) {
			r = work_letter(work, email, form_value(&work->form, keys[i][1]), &facts);
		}
	}
	return r;
}

int work_to_concerned(struct work *work, struct letter_facts facts, bool with_link)
{
	int r = work_to_parties(work, facts, with_link);

	return r == 0 && process_is_change(work->form.kind) ? work_tell_holders(work, &facts) : r;
}
