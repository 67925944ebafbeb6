/* process_people.c - who acts: the holder of a link, or one of the staff by roles (process_private.h).
 *
 * A link is 128 random bits, of which only the SHA-256 is stored: whoever reads the store cannot use it. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/staff.h"

/* ---- links ---- */

int work_token(struct work *work, const char *purpose, const char *party, const char *ends,
	       char ret_token[static LINK_TOKEN_SIZE])
{
	char hash[STORE_HASH_SIZE];
	const struct application_token token = {
		.purpose = purpose,
		.application = work->application.id,
		.party = party,
		.ends = ends,
	};

	link_token_make(ret_token);
	link_token_hash(ret_token, hash);
	return work_failed(work, application_token_add(work->change, hash, &token));
}

/* ---- staff ---- */

static unsigned transports_of(const char *scope)
{
	if (scope[0] == '\0') {
		return (1U << TRANSPORTS) - 1; /* all */
	}
	for (unsigned i = 0; i < TRANSPORTS; i++) {
		if (strcmp(scope, process_transport_word(i)) == 0) {
			return 1U << i;
		}
	}
	return 0;
}

static void note_role(struct process_person *person, const char *role)
{
	static const char expert[] = "expert";
	size_t length = strcspn(role, ":");

	person->is_registrar = person->is_registrar || strncmp(role, "registrar", length) == 0;
	person->is_board = person->is_board || strncmp(role, "board", length) == 0;
	if (length == sizeof(expert) - 1 && strncmp(role, expert, length) == 0) {
		person->is_expert = true;
		person->transports |= transports_of(role[length] == ':' ? role + length + 1 : "");
	}
}

static void note_member(struct process_person *person, const struct staff_member *member, const char *const *roles)
{
	person->id = member->id;
	person->found = member->active;
	(void)snprintf(person->name, sizeof(person->name), "%s", member->name);
	(void)snprintf(person->email, sizeof(person->email), "%s", member->email);
	for (; *roles != NULL; roles++) {
		note_role(person, *roles);
	}
}

static int note_person(const struct staff_member *member, const char *const *roles, void *context)
{
	note_member(context, member, roles);
	return 0;
}

int process_person(struct store *store, int64_t staff, struct process_person *ret_person)
{
	*ret_person = (struct process_person){ .id = staff };
	return staff_find(store, staff, note_person, ret_person);
}

struct choosing {
	const char *role;
	struct process_person *people;
	size_t count, room;
};

static int choose(const struct staff_member *member, const char *const *roles, void *context)
{
	struct choosing *choosing = context;
	struct process_person person = { 0 };

	note_member(&person, member, roles);
	bool is = strcmp(choosing->role, "board") == 0 ? person.is_board : person.is_registrar;
	if (person.found && is && person.email[0] != '\0' && choosing->count < choosing->room) {
		choosing->people[choosing->count++] = person;
	}
	return 0;
}

int process_people(struct store *store, const char *role, struct process_person *ret_people, size_t room)
{
	struct choosing choosing = { .role = role, .people = ret_people, .room = room };
	int r = staff_each(store, choose, &choosing);

	return r < 0 ? r : (int)choosing.count;
}

bool process_covers(const struct process_person *person, unsigned transports)
{
	return person->is_expert && (transports & ~person->transports) == 0;
}

int work_is_examiner(struct work *work, int64_t staff, bool *ret_is)
{
	json_t *rows = NULL;
	json_t *row;
	size_t i;
	int r = application_rows(work->process->store, "examiner", work->application.id, &rows);

	if (r < 0) {
		return work_failed(work, r);
	}
	*ret_is = false;
	json_array_foreach(rows, i, row)
	{
		*ret_is = *ret_is || (row_integer(row, "staff") == staff && row_is_expert(row));
	}
	json_decref(rows);
	return 0;
}

/* ---- who ---- */

int process_check_token(const struct application_token *token, const char *now, struct complaint *complaint)
{
	if (token->used != NULL) {
		return complain_of(complaint, -EPERM, "this link was used on %.10s", token->used);
	}
	return strcmp(token->ends, now) < 0 ? complain_of(complaint, -EPERM, "this link ended on %.10s", token->ends)
					    : 0;
}

static int note_token(const struct application_token *token, void *context)
{
	struct work *work = context;
	bool is_consent = strcmp(token->purpose, "consent") == 0;
	bool is_confirm = strcmp(token->purpose, "confirm") == 0;
	int r = process_check_token(token, work->process->now, work->complaint);

	if (r < 0) {
		return r;
	}
	if (is_confirm != (strcmp(work->act->act, "confirm") == 0) ||
	    is_consent != (strcmp(work->act->act, "consent") == 0)) {
		return complain_of(work->complaint, -EPERM, "this link is there to %s; it does not serve to %s",
				   is_confirm	? "confirm"
				   : is_consent ? "consent"
						: "follow an application",
				   work->act->act);
	}
	work->application.id = token->application;
	work->party = arena_text(&work->arena, token->party, strlen(token->party));
	work->actors = is_consent ? ACTOR_HOLDER : ACTOR_APPLICANT | ACTOR_ANYONE;
	return work->party != NULL ? 0 : -ENOMEM;
}

static int by_link(struct work *work, char *ret_ref, size_t size)
{
	char ref[32];

	link_token_hash(work->act->token, work->token_hash);
	int r = application_token_find(work->process->store, work->token_hash, note_token, work);
	if (r == -EPERM) {
		return r; /* note_token said why */
	}
	if (r == 0) {
		r = application_reference(work->process->store, work->application.id, ref, sizeof(ref));
	}
	if (r < 0) {
		return work_failed(work, r);
	}
	if (work->act->reference != NULL && strcmp(work->act->reference, ref) != 0) {
		return complain_of(work->complaint, -EPERM, "this link is of another application than %s",
				   work->act->reference);
	}
	(void)snprintf(ret_ref, size, "%s", ref);
	return 0;
}

int work_who(struct work *work, char *ret_ref, size_t size)
{
	if (work->act->token != NULL) {
		return by_link(work, ret_ref, size);
	}
	if (work->act->reference == NULL) {
		return complain_of(work->complaint, -EINVAL, "neither a reference nor a link says which application");
	}
	(void)snprintf(ret_ref, size, "%s", work->act->reference);
	if (work->act->staff == 0) {
		return complain_of(work->complaint, -EPERM, "%s: nobody acts without a link or a login", ret_ref);
	}
	int r = process_person(work->process->store, work->act->staff, &work->person);
	if (r < 0) {
		return complain_of(work->complaint, r, "%s", store_complaint(work->process->store));
	}
	if (!work->person.found) {
		return complain_of(work->complaint, -EPERM, "number %lld is not one of the registry's staff",
				   (long long)work->act->staff);
	}
	work->actors = (work->person.is_registrar ? ACTOR_REGISTRAR | ACTOR_ANYONE : 0) |
		       (work->person.is_board ? ACTOR_BOARD | ACTOR_ANYONE : 0);
	return 0;
}

bool process_is_own(const struct process_person *person, const struct application *application, const struct form *form)
{
	return person->found &&
	       (application->own_staff == person->id ||
		(person->email[0] != '\0' && strcasecmp(person->email, form_value(form, "applicant-email")) == 0));
}
