/* process_change.c - what is assigned already: found, changed, given a transport more, given back, renewed
 * (process_private.h).
 *
 * A row of a base is not ours to change: it is taken over first, by an assignment that says which row it replaces, and
 * what is done then is done to our own. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "registry/words/day.h"
#include "registry/records/derive.h"
#include "registry/lookup/lookup.h"
#include "store/own.h"

enum { RENEWAL_DAYS = 365 };

/* ---- found ---- */

struct finding_target {
	struct work *work;
	struct question question;
	bool is_beside; /* it concerns no row itself, but whoever has the number */
	struct target *target;
};

static bool is_meant(const struct finding_target *finding, const struct entry *entry)
{
	const struct question *question = &finding->question;
	int transport = entry_transport(entry->columns[ENTRY_TRANSPORT]);

	if (entry->status != ENTRY_ASSIGNED ||
	    (question->transport != 0 && transport != 0 && question->transport != transport)) {
		return false;
	}
	if (question->kind == QUESTION_NAME) {
		return strcmp(question->name, entry->fold) == 0;
	}
	bool is_whole = entry->lo == question->lo && entry->hi == question->hi;
	bool is_around = entry->lo <= question->lo && entry->hi >= question->hi;
	return question->kind == QUESTION_PORTS && (is_whole || (finding->is_beside && is_around));
}

static int keep_entry(struct work *work, const struct entry *entry, struct entry *ret_entry)
{
	*ret_entry = *entry;
	ret_entry->raw = NULL;
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		ret_entry->columns[i] = arena_text(&work->arena, entry->columns[i], strlen(entry->columns[i]));
		if (ret_entry->columns[i] == NULL) {
			return -ENOMEM;
		}
	}
	return work_settle_entry(work, ret_entry);
}

static int add_row(struct finding_target *finding, const struct entry *entry, const struct target_row *row)
{
	struct target *target = finding->target;
	struct target_row *rows = arena_take(&finding->work->arena, (target->count + 1) * sizeof(*rows));

	if (rows == NULL) {
		return -ENOMEM;
	}
	if (target->count > 0) {
		memcpy(rows, target->rows, target->count * sizeof(*rows));
	}
	rows[target->count] = *row;
	target->rows = rows;
	return keep_entry(finding->work, entry, &rows[target->count++].entry);
}

static int note_own(const struct own_row *row, void *context)
{
	struct finding_target *finding = context;
	const struct target_row found = { .publication = row->publication, .source = "own" };

	return is_meant(finding, &row->entry) ? add_row(finding, &row->entry, &found) : 0;
}

static int note_base(int64_t id, const struct entry *entry, const char *source, void *context)
{
	struct finding_target *finding = context;
	const struct target_row found = {
		.base = id,
		.source = work_format(finding->work, "%s", source),
	};

	/* Word for word in two bases, it is one row. */
	for (size_t i = 0; i < finding->target->count; i++) {
		if (finding->target->rows[i].base == id) {
			return 0;
		}
	}
	return is_meant(finding, entry) ? add_row(finding, entry, &found) : 0;
}

static int note_assignment(const struct assignment_row *row, void *context)
{
	struct target_row *target = context;

	target->assignment = row->id;
	return 0;
}

static int find_assignments(struct work *work, struct target *target)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < target->count; i++) {
		if (target->rows[i].publication != 0) {
			r = application_assignments(work->process->store, target->rows[i].publication, note_assignment,
						    &target->rows[i]);
		}
	}
	return work_failed(work, r);
}

/* A user port beside what stands: whoever has the number in another transport. */
static int read_about(struct work *work, struct question *ret_question)
{
	char complaint[128];
	const char *about = process_about(&work->form);
	char port[16];

	if (about[0] == '\0' && process_port(&work->form) >= 0) {
		(void)snprintf(port, sizeof(port), "%d", process_port(&work->form));
		about = port;
	}
	/* "69 tftp": the number is enough. */
	char first[64];
	(void)snprintf(first, sizeof(first), "%.*s", (int)strcspn(about, " ,"), about);
	if (question_read(first, ret_question, complaint, sizeof(complaint)) < 0) {
		return work_no(work, "what it concerns cannot be read: %s", complaint);
	}
	return 0;
}

int work_target(struct work *work, struct target *ret_target)
{
	struct finding_target finding = {
		.work = work,
		.is_beside = process_about(&work->form)[0] == '\0',
		.target = ret_target,
	};
	struct store *store = work->process->store;
	int r = read_about(work, &finding.question);

	*ret_target = (struct target){ .count = 0 };
	if (r == 0) {
		r = work_failed(work, own_rows(store, NULL, note_own, &finding));
	}
	if (r == 0 && ret_target->count == 0) {
		bool by_name = finding.question.kind == QUESTION_NAME;
		r = work_failed(work, application_base_rows(store, by_name ? finding.question.name : NULL,
							    finding.question.lo, note_base, &finding));
	}
	if (r == 0) {
		r = find_assignments(work, ret_target);
	}
	if (r == 0 && ret_target->rows == NULL) {
		return work_no(work, "nothing is assigned at %s", process_about(&work->form));
	}
	return r;
}

/* ---- what this application was given ---- */

static int note_any_own(const struct own_row *row, void *context)
{
	struct finding_target *finding = context;
	const struct target_row found = { .publication = row->publication, .source = "own" };

	return row->entry.status == ENTRY_ASSIGNED ? add_row(finding, &row->entry, &found) : 0;
}

struct mine {
	int64_t application;
	bool is;
};

static int note_mine(const struct assignment_row *row, void *context)
{
	struct mine *mine = context;

	mine->is = row->application == mine->application;
	return 0;
}

int work_own_target(struct work *work, struct target *ret_target)
{
	struct finding_target finding = { .work = work, .target = ret_target };
	size_t kept = 0;
	*ret_target = (struct target){ .count = 0 };
	int r = work_failed(work, own_rows(work->process->store, NULL, note_any_own, &finding));

	for (size_t i = 0; r == 0 && i < ret_target->count; i++) {
		struct mine mine = { .application = work->application.id };
		r = work_failed(work, application_assignments(work->process->store, ret_target->rows[i].publication,
							      note_mine, &mine));
		if (mine.is) {
			ret_target->rows[kept++] = ret_target->rows[i];
		}
	}
	ret_target->count = kept;
	return r < 0 ? r : find_assignments(work, ret_target);
}

/* ---- taken over ---- */

static int claim_all(struct work *work, const struct entry *entry, int64_t assignment)
{
	int transport = entry_transport(entry->columns[ENTRY_TRANSPORT]);
	int r = 0;

	if (entry->lo == ENTRY_NO_PORT || transport < ENTRY_TCP || transport > ENTRY_DCCP) {
		return 0;
	}
	for (int port = entry->lo; r == 0 && port <= entry->hi; port++) {
		r = application_claim_put(work->change, entry_transport_name(transport), port, ENTRY_ASSIGNED,
					  assignment);
	}
	return work_failed(work, r);
}

/* The row as it stands becomes our own. */
static int take_over(struct work *work, const struct decided *decided, struct target_row *row)
{
	const struct application_right right = {
		.application = work->application.id,
		.round = decided->round,
		.replaces = row->base,
	};
	char day[DAY_SIZE];

	if (row->publication != 0) {
		return 0;
	}
	work_day(work, day);
	int r = work_failed(work, application_assignment_add(work->change, &right, &row->assignment));
	if (r == 0) {
		r = claim_all(work, &row->entry, row->assignment);
	}
	if (r == 0 && row->entry.fold[0] != '\0' && strlen(row->entry.fold) <= 15) {
		r = work_failed(work, application_name_assign(work->change, row->entry.fold,
							      row->entry.columns[ENTRY_NAME], row->assignment));
	}
	if (r == 0) {
		r = work_failed(work, own_publish(work->change, &row->entry, row->assignment, day));
	}
	return r < 0 ? r
		     : work_failed(work,
				   application_publication(work->process->store, row->assignment, &row->publication));
}

static int take_over_all(struct work *work, const struct decided *decided, const struct target *target)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < target->count; i++) {
		r = take_over(work, decided, &target->rows[i]);
	}
	return r;
}

/* ---- given back ---- */

int work_release_target(struct work *work, const struct target *target, const struct decided *decided, const char *note)
{
	char day[DAY_SIZE];
	int r = take_over_all(work, decided, target);

	work_day(work, day);
	for (size_t i = 0; r == 0 && i < target->count; i++) {
		r = work_failed(work, own_release(work->change, target->rows[i].publication, day,
						  work_format(work, "%s on %s", note, day)));
	}
	return r;
}

static int release(struct work *work, const struct decided *decided, const struct target *target)
{
	bool revokes = work->form.kind == FORM_REVOCATION;
	const struct letter_facts facts = {
		.kind = LETTER_RELEASED,
		.text = revokes ? "The assignment was revoked." : "The assignment was given back.",
		.assigned = process_about(&work->form),
	};
	int r = work_write_holders(work, &facts);

	work->to = "done";
	if (r == 0 || r == -ENOENT) {
		r = work_release_target(work, target, decided, revokes ? "Revoked" : "De-assigned by its holder");
	}
	return r < 0 ? r : work_to_applicant(work, facts, false);
}

/* ---- changed ---- */

/* A new name in place of the old one, which goes on as an alias. */
static int rename_row(struct work *work, const struct target_row *row, struct entry *entry)
{
	char fold[FOLD_SIZE];
	char day[DAY_SIZE];
	const char *name = form_value(&work->form, "short");
	const char *before = row->entry.fold;

	process_fold(&work->form, fold);
	work_day(work, day);
	entry->columns[ENTRY_NAME] = name;
	int r = work_settle_entry(work, entry);
	if (r == 0) {
		r = work_failed(work, own_close(work->change, row->publication, day));
	}
	if (r == 0) {
		r = work_failed(work, application_name_assign(work->change, fold, name, row->assignment));
	}
	if (r == 0 && before[0] != '\0' && strlen(before) <= 15) {
		r = work_failed(work, application_name_alias(work->change, before, fold));
	}
	return r < 0 ? r : work_failed(work, own_publish(work->change, entry, row->assignment, day));
}

static int modify_row(struct work *work, const struct target_row *row)
{
	struct entry entry = row->entry;
	char fold[FOLD_SIZE];
	char day[DAY_SIZE];

	process_fold(&work->form, fold);
	work_day(work, day);
	work_put_changes(work, &entry);
	entry.columns[ENTRY_MODIFIED] = work_format(work, "%s", day);
	if (fold[0] != '\0' && strcmp(fold, entry.fold) != 0) {
		return rename_row(work, row, &entry);
	}
	int r = work_settle_entry(work, &entry);
	return r < 0 ? r : work_failed(work, own_edit(work->change, row->publication, &entry, day));
}

static int modify(struct work *work, const struct decided *decided, const struct target *target)
{
	int r = take_over_all(work, decided, target);

	for (size_t i = 0; r == 0 && i < target->count; i++) {
		r = modify_row(work, &target->rows[i]);
	}
	return r;
}

/* ---- a transport more ---- */

struct at_number {
	unsigned taken;
	int64_t holders[TRANSPORTS]; /* of a claim that is reserved */
};

static int note_number(const struct number_row *row, void *context)
{
	struct at_number *at = context;
	int transport = entry_transport(row->transport);

	if (row->status == ENTRY_UNASSIGNED || transport < ENTRY_TCP || transport > ENTRY_DCCP) {
		return 0;
	}
	unsigned index = (unsigned)(transport - ENTRY_TCP);
	if (row->status == ENTRY_ASSIGNED) {
		at->taken |= 1U << index;
	} else if (row->assignment != 0) {
		at->holders[index] = row->assignment;
	}
	return 0;
}

/* The row that shows the number as Reserved in this transport. */
struct reserved_row {
	int lo, transport;
	int64_t publication;
};

static int note_reserved(const struct own_row *row, void *context)
{
	struct reserved_row *reserved = context;

	if (row->entry.status == ENTRY_RESERVED && row->entry.lo == reserved->lo && row->entry.hi == reserved->lo &&
	    entry_transport(row->entry.columns[ENTRY_TRANSPORT]) == reserved->transport) {
		reserved->publication = row->publication;
	}
	return 0;
}

static int close_reserved(struct work *work, int port, int transport)
{
	struct reserved_row reserved = { .lo = port, .transport = transport };
	char day[DAY_SIZE];
	int r = own_rows(work->process->store, NULL, note_reserved, &reserved);

	work_day(work, day);
	if (r == 0 && reserved.publication != 0) {
		r = own_close(work->change, reserved.publication, day);
	}
	return work_failed(work, r);
}

static int add_transport(struct work *work, const struct target_row *row, unsigned index, int64_t assignment)
{
	struct entry entry = row->entry;
	char day[DAY_SIZE];
	int transport = ENTRY_TCP + (int)index;

	work_day(work, day);
	work_put_changes(work, &entry);
	entry.columns[ENTRY_TRANSPORT] = entry_transport_name(transport);
	entry.columns[ENTRY_REGISTERED] = work_format(work, "%s", day);
	entry.columns[ENTRY_MODIFIED] = "";
	entry.columns[ENTRY_SERVICE_CODE] = work_service_codes(work, entry.columns[ENTRY_TRANSPORT]);
	int r = work_settle_entry(work, &entry);
	if (r == 0) {
		r = close_reserved(work, entry.lo, transport);
	}
	if (r == 0) {
		r = work_failed(work, application_claim_put(work->change, entry_transport_name(transport), entry.lo,
							    ENTRY_ASSIGNED, assignment));
	}
	return r < 0 ? r : work_failed(work, own_publish(work->change, &entry, assignment, day));
}

static int add_transports(struct work *work, const struct decided *decided, const struct target *target)
{
	const struct target_row *row = &target->rows[0];
	unsigned transports = form_transports(&work->form);
	struct at_number at = { .taken = 0 };
	const struct application_right right = { .application = work->application.id, .round = decided->round };
	int64_t assignment = 0;

	if (row->entry.lo == ENTRY_NO_PORT || row->entry.lo != row->entry.hi) {
		return work_no(work, "%s is not one number", process_about(&work->form));
	}
	int r = work_failed(work,
			    application_numbers(work->process->store, row->entry.lo, row->entry.lo, note_number, &at));
	if (r == 0 && (at.taken & transports) != 0) {
		work->step = "number-taken";
		work->to = "validating";
		return work_to_staff(work, (struct letter_facts){ .kind = LETTER_NUMBER_TAKEN });
	}
	if (r == 0) {
		r = work_failed(work, application_assignment_add(work->change, &right, &assignment));
	}
	for (unsigned i = 0; r == 0 && i < TRANSPORTS; i++) {
		if ((transports & 1U << i) != 0) {
			r = add_transport(work, row, i, assignment);
		}
	}
	return r < 0 ? r : work_give_service_codes(work, assignment);
}

/* ---- a year more ---- */

struct renewal {
	int renewals;
	char until[TIME_SIZE];
};

static int note_renewal(const struct assignment_row *row, void *context)
{
	struct renewal *renewal = context;

	renewal->renewals = row->renewals;
	(void)snprintf(renewal->until, sizeof(renewal->until), "%s",
		       row->temporary_until != NULL ? row->temporary_until : "");
	return 0;
}

int work_check_renewal(struct work *work)
{
	struct target target = { .count = 0 };
	struct renewal renewal = { .renewals = 0 };
	int r = work->form.kind == FORM_RENEWAL ? work_target(work, &target) : 0;

	for (size_t i = 0; r == 0 && renewal.renewals == 0 && i < target.count; i++) {
		r = target.rows[i].publication == 0
			    ? 0
			    : work_failed(work,
					  application_assignments(work->process->store, target.rows[i].publication,
								  note_renewal, &renewal));
	}
	return r == 0 && renewal.renewals > 0 ? work_no(work, "a second renewal is a matter for the board: to-board")
					      : r;
}

static int renew_row(struct work *work, const struct decided *decided, const struct target_row *row)
{
	struct renewal renewal = { .renewals = 0 };
	struct entry entry = row->entry;
	char until[TIME_SIZE] = "";
	char day[DAY_SIZE];
	int r = application_assignments(work->process->store, row->publication, note_renewal, &renewal);

	if (r == 0 && renewal.until[0] == '\0') {
		return work_no(work, "%s was not assigned for a time", process_about(&work->form));
	}
	if (r == 0 && renewal.renewals > 0 && strcmp(decided->role, "board") != 0) {
		return work_no(work, "a second renewal is a matter for the board");
	}
	if (r == 0) {
		r = process_later(renewal.until, RENEWAL_DAYS, until);
	}
	if (r == 0) {
		r = application_assignment_renew(work->change, row->assignment, until, 1);
	}
	work_day(work, day);
	entry.columns[ENTRY_NOTES] = work_format(work, "TEMPORARY - assigned %s, renewed %s, expires %.10s",
						 row->entry.columns[ENTRY_REGISTERED], day, until);
	entry.columns[ENTRY_MODIFIED] = work_format(work, "%s", day);
	if (r == 0) {
		r = work_settle_entry(work, &entry);
	}
	return r < 0 ? work_failed(work, r) : work_failed(work, own_edit(work->change, row->publication, &entry, day));
}

static int renew(struct work *work, const struct decided *decided, const struct target *target)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < target->count; i++) {
		r = target->rows[i].publication != 0 ? renew_row(work, decided, &target->rows[i])
						     : work_no(work, "a row of a base is not renewed here");
	}
	return r;
}

/* ---- which ---- */

static int change_rows(struct work *work, const struct decided *decided, const struct target *target,
		       const struct letter_facts *facts)
{
	if (work->form.kind == FORM_TRANSPORT) {
		return add_transports(work, decided, target);
	}
	if (work->form.kind == FORM_RENEWAL) {
		return renew(work, decided, target);
	}
	int r = work_tell_holders(work, facts); /* before it changes hands */
	return r < 0 ? r : modify(work, decided, target);
}

/* "exfiles 20017/tcp 20017/udp" */
static const char *name_changed(struct work *work, const struct target *target)
{
	const char *name = form_value(&work->form, "short");
	const char *text = name[0] != '\0' ? name : target->rows[0].entry.columns[ENTRY_NAME];
	unsigned transports = work->form.kind == FORM_TRANSPORT ? form_transports(&work->form) : 0;

	for (unsigned i = 0; i < TRANSPORTS; i++) {
		if ((transports & 1U << i) != 0) {
			text = work_format(work, "%s %d/%s", text, target->rows[0].entry.lo, process_transport_word(i));
		}
	}
	for (size_t i = 0; transports == 0 && i < target->count; i++) {
		const char *const *columns = target->rows[i].entry.columns;
		if (columns[ENTRY_PORT][0] != '\0') {
			text = work_format(work, "%s %s/%s", text, columns[ENTRY_PORT], columns[ENTRY_TRANSPORT]);
		}
	}
	return text;
}

int work_change(struct work *work, const struct decided *decided)
{
	struct target target;
	int r = work_target(work, &target);

	if (r < 0 || target.rows == NULL) {
		return r;
	}
	if (work->form.kind == FORM_RELEASE || work->form.kind == FORM_REVOCATION) {
		return release(work, decided, &target);
	}
	const char *assigned = name_changed(work, &target);
	const struct letter_facts facts = { .kind = LETTER_ASSIGNED, .assigned = assigned };
	r = change_rows(work, decided, &target, &facts);
	if (r < 0 || strcmp(work->to, "assigned") != 0) {
		return r;
	}
	(void)snprintf(work->done->assigned, sizeof(work->done->assigned), "%s", assigned);
	return work_to_concerned(work, facts, false);
}
