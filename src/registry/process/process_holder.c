/* process_holder.c - those whom a change concerns beside the applicant: the present holder, and who shall be the new
 * contact.  Each says yes or no by a link; silence is not consent (process_private.h). */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "registry/words/process_words.h"
#include "store/own.h"

enum { CONSENT_DAYS = 28, PARTIES_MAX = 16 };

/* What the store has of a party is a word: addresses stand in answers, bases and letters, and in no event. */
struct party {
	char word[24]; /* "holder 1", "new contact" */
	char email[MAIL_ADDRESS_MAX + 1];
};

struct parties {
	struct party all[PARTIES_MAX];
	size_t count;
};

static void add_as(struct parties *parties, const char *email, const char *word_or_null)
{
	struct mail_address address;

	if (email == NULL || mail_address_read(email, NULL, &address) < 0 || parties->count == PARTIES_MAX) {
		return;
	}
	for (size_t i = 0; i < parties->count; i++) {
		if (strcasecmp(parties->all[i].email, address.address) == 0) {
			return;
		}
	}
	struct party *party = &parties->all[parties->count++];
	(void)snprintf(party->email, sizeof(party->email), "%s", address.address);
	if (word_or_null != NULL) {
		(void)snprintf(party->word, sizeof(party->word), "%s", word_or_null);
	} else {
		(void)snprintf(party->word, sizeof(party->word), "holder %zu", parties->count);
	}
}

static void add_party(struct parties *parties, const char *email)
{
	add_as(parties, email, NULL);
}

/* ---- who holds it ---- */

static const char *first_of(const struct form *form)
{
	static const char *const keys[] = { "contact-email", "assignee-email", "applicant-email" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (form_value(form, keys[i])[0] != '\0') {
			return form_value(form, keys[i]);
		}
	}
	return "";
}

struct of_assignment {
	struct work *work;
	struct parties *parties;
	int64_t application;
	bool is_change; /* of what somebody else holds, and still does */
};

static int note_assignment(const struct assignment_row *row, void *context)
{
	((struct of_assignment *)context)->application = row->application;
	return 0;
}

static int add_of_application(const struct application *application, void *context)
{
	struct of_assignment *of = context;
	struct form form;
	int r = process_form_load(of->work->process->store, application, application->version, &form);

	if (r == 0) {
		const char *changed = form_value(&form, "new-contact-email");
		of->is_change = changed[0] == '\0' && process_is_change(form.kind);
		if (!of->is_change) {
			add_party(of->parties, changed[0] != '\0' ? changed : first_of(&form));
		}
		form_finish(&form);
	}
	return r;
}

/* Whoever was made its contact last, or else applied for it. */
static int add_applicant_of(struct work *work, int64_t publication, struct parties *parties, bool *ret_is_change)
{
	struct of_assignment of = { .work = work, .parties = parties };
	struct store *store = work->process->store;
	char ref[32];
	int r = application_changer(store, publication, "new-contact-email", &of.application);

	if (r == 0 && of.application == 0) {
		r = application_assignments(store, publication, note_assignment, &of);
	}
	*ret_is_change = false;
	if (r < 0 || of.application == 0) {
		return r;
	}
	r = application_reference(store, of.application, ref, sizeof(ref));
	r = r < 0 ? r : application_get(store, ref, add_of_application, &of);
	*ret_is_change = of.is_change;
	return r;
}

/* "mailto:ada&example.org" */
static int note_person(const struct entry_person *person, void *context)
{
	static const char scheme[] = "mailto:";
	char email[MAIL_ADDRESS_MAX + 1];

	if (strncmp(person->uri, scheme, sizeof(scheme) - 1) == 0) {
		(void)snprintf(email, sizeof(email), "%s", person->uri + sizeof(scheme) - 1);
		char *at = strchr(email, '&');
		if (at != NULL) {
			*at = '@';
		}
		add_party(context, email);
	}
	return 0;
}

static int add_person_of(struct work *work, const struct target_row *row, enum entry_column column,
			 struct parties *parties)
{
	char pid[MAIL_NAME_MAX];
	const char *text = row->entry.columns[column];

	add_party(parties, text); /* an own list may have the address itself */
	if (text[0] != '[') {
		return 0;
	}
	(void)snprintf(pid, sizeof(pid), "%.*s", (int)strcspn(text + 1, "]"), text + 1);
	int r = application_person(work->process->store, row->source, pid, note_person, parties);
	return r == -ENOENT ? 0 : r;
}

/* Rows of the same number, or of the same name alone: whoever added a transport, or changed a row of a base, is not
 * its holder by that. */
struct beside {
	struct work *work;
	const struct target_row *row;
	struct target_row rows[PARTIES_MAX];
	size_t count;
};

static void keep_beside(struct beside *beside, const struct entry *entry, const struct target_row *row)
{
	const struct entry *mine = &beside->row->entry;
	bool is_beside = entry->status == ENTRY_ASSIGNED &&
			 (mine->lo != ENTRY_NO_PORT ? entry->lo == mine->lo : strcmp(entry->fold, mine->fold) == 0);

	if (is_beside && beside->count < PARTIES_MAX) {
		struct target_row *kept = &beside->rows[beside->count++];
		*kept = *row;
		kept->entry.columns[ENTRY_CONTACT] = work_format(beside->work, "%s", entry->columns[ENTRY_CONTACT]);
		kept->entry.columns[ENTRY_ASSIGNEE] = work_format(beside->work, "%s", entry->columns[ENTRY_ASSIGNEE]);
	}
}

static int note_own_beside(const struct own_row *row, void *context)
{
	struct beside *beside = context;
	const struct target_row found = { .publication = row->publication };

	if (row->publication != beside->row->publication) {
		keep_beside(beside, &row->entry, &found);
	}
	return 0;
}

static int note_base_beside(int64_t id, const struct entry *entry, const char *source, void *context)
{
	struct beside *beside = context;
	const struct target_row found = { .base = id, .source = work_format(beside->work, "%s", source) };

	keep_beside(beside, entry, &found);
	return 0;
}

static int add_beside(struct work *work, const struct target_row *row, struct parties *parties)
{
	struct beside beside = { .work = work, .row = row };
	struct store *store = work->process->store;
	bool is_change = false;
	int r = own_rows(store, NULL, note_own_beside, &beside);

	if (r == 0) {
		bool by_name = row->entry.lo == ENTRY_NO_PORT;
		r = application_base_rows(store, by_name ? row->entry.fold : NULL, row->entry.lo, note_base_beside,
					  &beside);
	}
	for (size_t i = 0; r == 0 && parties->count == 0 && i < beside.count; i++) {
		const struct target_row *other = &beside.rows[i];
		r = other->publication != 0 ? add_applicant_of(work, other->publication, parties, &is_change)
					    : add_person_of(work, other, ENTRY_CONTACT, parties);
		if (r == 0 && other->publication == 0 && parties->count == 0) {
			r = add_person_of(work, other, ENTRY_ASSIGNEE, parties);
		}
	}
	return r;
}

static int add_holder(struct work *work, const struct target_row *row, struct parties *parties)
{
	bool is_change = false;
	int r = row->publication != 0 ? add_applicant_of(work, row->publication, parties, &is_change) : 0;

	if (r == 0 && is_change && parties->count == 0) {
		return add_beside(work, row, parties);
	}
	if (r == 0 && parties->count == 0) {
		r = add_person_of(work, row, ENTRY_CONTACT, parties);
	}
	return r == 0 && parties->count == 0 ? add_person_of(work, row, ENTRY_ASSIGNEE, parties) : r;
}

int work_to_holder(struct work *work, int64_t publication, const struct letter_facts *facts)
{
	struct parties holders = { .count = 0 };
	bool is_change = false;
	int r = work_failed(work, add_applicant_of(work, publication, &holders, &is_change));

	return r < 0 || holders.count == 0 ? r : work_letter(work, holders.all[0].email, NULL, facts);
}

static int find_holders(struct work *work, struct parties *ret_holders)
{
	struct target target;
	int r = work_target(work, &target);

	*ret_holders = (struct parties){ .count = 0 };
	for (size_t i = 0; r == 0 && i < target.count; i++) {
		r = work_failed(work, add_holder(work, &target.rows[i], ret_holders));
	}
	return r;
}

int work_write_holders(struct work *work, const struct letter_facts *facts)
{
	struct parties holders;
	int r = find_holders(work, &holders);

	for (size_t i = 0; r == 0 && i < holders.count; i++) {
		r = work_letter(work, holders.all[i].email, NULL, facts);
	}
	return r == 0 && holders.count == 0 ? -ENOENT : r;
}

int work_tell_holders(struct work *work, const struct letter_facts *facts)
{
	int r = work_write_holders(work, facts);

	return r == -ENOENT || r == -EPERM ? 0 : r;
}

/* The holder first.  -EPERM when nobody knows an address of theirs. */
static int find_parties(struct work *work, struct parties *ret_parties)
{
	int r = find_holders(work, ret_parties);

	if (r == 0 && ret_parties->count == 0) {
		return work_no(work, "nobody knows the address of the holder; the people of a base come with its XML");
	}
	if (work->form.kind == FORM_MODIFICATION) {
		add_as(ret_parties, form_value(&work->form, "new-contact-email"), "new contact");
		add_as(ret_parties, form_value(&work->form, "new-assignee-email"), "new assignee");
	}
	return r;
}

int work_tell_asked(struct work *work, const struct letter_facts *facts)
{
	struct parties parties;
	int r = find_parties(work, &parties);

	for (size_t i = 0; r == 0 && i < parties.count; i++) {
		r = work_letter(work, parties.all[i].email, NULL, facts);
	}
	return r == -EPERM ? 0 : r;
}

/* ---- asked ---- */

static int ask_party(struct work *work, const struct party *party)
{
	char token[LINK_TOKEN_SIZE];
	char ends[TIME_SIZE];
	const char *rows = "";
	const char *changes = "";
	int r = process_later(work->process->now, CONSENT_DAYS, ends);

	if (r == 0) {
		r = work_failed(work, application_consent_need(work->change, work->application.id, work->material,
							       party->word));
	}
	/* Who applies has said yes by confirming the address. */
	if (r == 0 && strcasecmp(party->email, form_value(&work->form, "applicant-email")) == 0) {
		return work_failed(work, application_consent_say(work->change, work->application.id, work->material,
								 party->word, true));
	}
	if (r == 0) {
		r = work_token(work, "consent", party->word, ends, token);
	}
	r = r < 0 ? r : work_asked(work, &rows, &changes);
	if (r < 0) {
		return r;
	}
	const struct letter_facts facts = {
		.kind = LETTER_CONSENT,
		.link = work_link(work, "consent", token),
		.due = ends,
		.assigned = rows,
		.text = changes[0] != '\0' ? changes : NULL,
	};
	return work_letter(work, party->email, NULL, &facts);
}

static int consents_of(struct work *work, json_t **ret_rows)
{
	return work_failed(work, application_rows(work->process->store, "consent", work->application.id, ret_rows));
}

/* Of this version: how many there are, and how many have not said yes. */
static void count_consents(const struct work *work, const json_t *rows, size_t *ret_all, size_t *ret_missing)
{
	const json_t *row;
	size_t i;

	*ret_all = 0;
	*ret_missing = 0;
	json_array_foreach(rows, i, row)
	{
		if (row_integer(row, "material") == work->application.material) {
			(*ret_all)++;
			*ret_missing += json_is_null(json_object_get(row, "given"));
		}
	}
}

int do_need_consent(struct work *work)
{
	struct parties parties;
	json_t *rows = NULL;
	size_t all = 0;
	size_t missing = 0;
	enum form_kind kind = work->form.kind;

	/* Whose port needs privilege is told of a relocation, and has no veto. */
	if (kind == FORM_REVOCATION || kind == FORM_RELOCATION || kind == FORM_NAME || kind == FORM_SERVICE_CODE) {
		return work_no(work, "nobody's consent is needed for a %s", words_of_kind(work->application.kind));
	}
	int r = find_parties(work, &parties);
	if (r == 0) {
		r = consents_of(work, &rows);
	}
	if (r == 0) {
		count_consents(work, rows, &all, &missing);
	}
	json_decref(rows);
	if (r == 0 && all > 0) {
		return work_no(work, "they were asked about this version already");
	}
	for (size_t i = 0; r == 0 && i < parties.count; i++) {
		r = ask_party(work, &parties.all[i]);
	}
	work->to = "with-holder";
	return r;
}

/* ---- said ---- */

static int check_party(struct work *work, const json_t *rows)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (row_integer(row, "material") != work->application.material ||
		    strcmp(row_text(row, "party"), work->party) != 0) {
			continue;
		}
		if (!json_is_null(json_object_get(row, "given")) || !json_is_null(json_object_get(row, "refused"))) {
			return complain_of(work->complaint, -EEXIST, "%s: you have answered already",
					   work->application.ref);
		}
		return 0;
	}
	return work_no(work, "it has changed since you were asked; your word on this version is not asked for");
}

static int tell_consented(struct work *work)
{
	const struct letter_facts facts = { .kind = LETTER_CONSENTED };
	int r = work_to_staff(work, facts);

	work->step = "consented";
	work->to = "validating";
	return r < 0 ? r : work_to_applicant(work, facts, false);
}

static int say_yes(struct work *work, size_t missing)
{
	return missing > 1 ? 0 : tell_consented(work); /* or others are asked too */
}

/* A refusal like any other: on record, and open to appeal. */
static int say_no(struct work *work)
{
	int r = work_decide_by_holder(work);

	work->step = "declined";
	work->to = "refused";
	return r < 0 ? r : work_tell_refused(work, "The holder of what this would change does not agree.", "HOLDER");
}

int do_consent(struct work *work)
{
	const char *verdict = work->act->verdict != NULL ? work->act->verdict : "";
	bool yes = strcmp(verdict, "yes") == 0;
	json_t *rows = NULL;
	size_t all = 0;
	size_t missing = 0;

	if (strcmp(work->application.state, "with-holder") != 0) {
		return work_no(work, "it is %s; your consent is not asked for now",
			       words_of_state(work->application.state));
	}
	if (!yes && strcmp(verdict, "no") != 0) {
		return work_no(work, "the answer is yes or no");
	}
	int r = consents_of(work, &rows);
	if (r == 0) {
		r = check_party(work, rows);
		count_consents(work, rows, &all, &missing);
	}
	json_decref(rows);
	if (r == 0) {
		r = work_failed(work, application_consent_say(work->change, work->application.id, work->material,
							      work->party, yes));
	}
	if (r == 0) {
		r = work_failed(work, application_token_use(work->change, work->token_hash));
	}
	if (r < 0) {
		return r;
	}
	return yes ? say_yes(work, missing) : say_no(work);
}

/* By itself, where nobody but the applicant had to be asked. */
int do_consented(struct work *work)
{
	json_t *rows = NULL;
	size_t all = 0;
	size_t missing = 0;
	int r = consents_of(work, &rows);

	if (r < 0) {
		return r;
	}
	count_consents(work, rows, &all, &missing);
	json_decref(rows);
	return all == 0 || missing > 0 ? work_no(work, "not everybody has said yes") : tell_consented(work);
}

/* Nobody but the applicant would have to be asked. */
static int check_own_matter(struct work *work)
{
	struct parties parties;
	int r = find_parties(work, &parties);

	for (size_t i = 0; r == 0 && i < parties.count; i++) {
		if (strcasecmp(parties.all[i].email, form_value(&work->form, "applicant-email")) != 0) {
			return work_no(work, "the holder was not asked yet: need-consent");
		}
	}
	return r;
}

int work_check_consents(struct work *work)
{
	enum form_kind kind = work->form.kind;
	bool needed = process_is_change(kind) && kind != FORM_REVOCATION;
	json_t *rows = NULL;
	size_t all = 0;
	size_t missing = 0;
	int r = consents_of(work, &rows);

	if (r < 0) {
		return r;
	}
	count_consents(work, rows, &all, &missing);
	json_decref(rows);
	if (missing > 0) {
		return work_no(work, "not everybody who was asked has said yes; silence is not consent");
	}
	return needed && all == 0 ? check_own_matter(work) : 0;
}
