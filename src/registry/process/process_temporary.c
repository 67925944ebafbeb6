/* process_temporary.c - assignments for a time: letters sixty and fourteen days before they end, and the word
 * "expired" in their rows when they have ended (RFC 7120, 3.3; process_private.h).
 *
 * The claim stays: only a release frees a number. What was done is seen by the events about the assignment. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/audit.h"
#include "store/own.h"

enum { DAY_S = 24 * 60 * 60, FIRST_DAYS = 60, LAST_DAYS = 14 };

struct temporary {
	int64_t assignment, application, event;
	char until[TIME_SIZE];
};

struct temporaries {
	struct temporary *all;
	size_t count;
	const char *soon; /* only those that end before */
};

static int note(const struct assignment_row *row, void *context)
{
	struct temporaries *temporaries = context;

	if (strcmp(row->temporary_until, temporaries->soon) > 0) {
		return 0;
	}
	struct temporary *all = reallocarray(temporaries->all, temporaries->count + 1, sizeof(*all));
	if (all == NULL) {
		return -ENOMEM;
	}
	temporaries->all = all;
	all[temporaries->count] = (struct temporary){ row->id, row->application, row->event, "" };
	(void)snprintf(all[temporaries->count++].until, TIME_SIZE, "%s", row->temporary_until);
	return 0;
}

/* ---- what was done ---- */

struct looked {
	const char *act, *why;
	bool found;
};

static int note_event(const struct audit_event *event, void *context)
{
	struct looked *looked = context;

	looked->found = looked->found || (strcmp(event->act, looked->act) == 0 && strcmp(event->why, looked->why) == 0);
	return 0;
}

/* The time it ends is the event's reason: a renewed one is told of again. */
static int was_done(struct process *process, const struct temporary *temporary, const char *act)
{
	struct looked looked = { .act = act, .why = temporary->until };
	char subject[64];

	(void)snprintf(subject, sizeof(subject), "assignment %lld", (long long)temporary->assignment);
	int r = audit_events(process->store, temporary->event, 0, subject, note_event, &looked);
	return r < 0 ? r : looked.found;
}

/* ---- acts ---- */

struct standing_row {
	int64_t publication;
	struct work *work;
	struct entry entry;
	bool found;
};

static int note_row(const struct own_row *row, void *context)
{
	struct standing_row *standing = context;

	if (row->publication != standing->publication) {
		return 0;
	}
	standing->found = true;
	standing->entry = row->entry;
	standing->entry.raw = NULL;
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		standing->entry.columns[i] = work_format(standing->work, "%s", row->entry.columns[i]);
	}
	return 0;
}

/* The row that shows it; not found when there is none. */
static int find_row(struct work *work, const struct temporary *temporary, struct standing_row *ret_standing)
{
	int r = application_publication(work->process->store, temporary->assignment, &ret_standing->publication);

	if (r == 0 && ret_standing->publication != 0) {
		r = own_rows(work->process->store, NULL, note_row, ret_standing);
	}
	return work_failed(work, r);
}

/* Whoever applied for it, and whoever is its contact by now. */
static int tell(struct work *work, const struct temporary *temporary)
{
	struct standing_row standing = { .work = work };
	int r = find_row(work, temporary, &standing);
	const struct letter_facts facts = {
		.kind = LETTER_EXPIRES,
		.due = temporary->until,
		.assigned = standing.found ? work_shown(work, &standing.entry) : NULL,
		.link = work_page(work, "apply/renewal", "apply --template renewal"),
	};

	r = r < 0 ? r : work_to_applicant(work, facts, false);
	if (r == 0 && standing.found) {
		r = work_to_holder(work, standing.publication, &facts);
	}
	return r < 0 ? r : work_to_staff(work, facts);
}

static int mark_expired(struct work *work, const struct temporary *temporary)
{
	struct standing_row standing = { .work = work };
	char day[11];
	int r = find_row(work, temporary, &standing);

	if (r < 0 || !standing.found) {
		return r;
	}
	work_day(work, day);
	standing.entry.columns[ENTRY_NOTES] =
		work_format(work, "%s\nexpired %.10s", standing.entry.columns[ENTRY_NOTES], temporary->until);
	standing.entry.columns[ENTRY_MODIFIED] = work_format(work, "%s", day);
	r = work_settle_entry(work, &standing.entry);
	return r < 0 ? r : work_failed(work, own_edit(work->change, standing.publication, &standing.entry, day));
}

static int act_in(struct work *work, const struct temporary *temporary, const char *act, const char *ref)
{
	char subject[64];
	int r = work_begin(work, BERTH, act, temporary->until);

	if (r == 0) {
		r = work_load(work, ref);
	}
	if (r == 0) {
		r = strcmp(act, "expired") == 0 ? mark_expired(work, temporary) : tell(work, temporary);
	}
	if (r < 0) {
		return r;
	}
	(void)snprintf(subject, sizeof(subject), "assignment %lld", (long long)temporary->assignment);
	change_subject(work->change, subject);
	r = change_commit(work->change, NULL);
	work->change = NULL;
	return r;
}

static int act_on(struct process *process, const struct temporary *temporary, const char *act)
{
	struct process_done done = { .free_count = 0 };
	struct complaint complaint = { "" };
	const struct process_act none = { .act = act };
	char ref[32];
	int r = was_done(process, temporary, act);

	if (r != 0) {
		return r < 0 ? r : 0;
	}
	r = application_reference(process->store, temporary->application, ref, sizeof(ref));
	struct work *work = r == 0 ? calloc(1, sizeof(*work)) : NULL;
	if (work == NULL) {
		return r < 0 ? r : -ENOMEM;
	}
	*work = (struct work){ .process = process, .act = &none, .done = &done, .complaint = &complaint };
	work->application.ref = "";
	r = act_in(work, temporary, act, ref);
	work_finish(work);
	free(work);
	return r < 0 ? r : 1;
}

static const char *act_for(const struct temporary *temporary, const char *now)
{
	int64_t left_s = moment_between(now, temporary->until);

	return left_s <= 0 ? "expired" : left_s <= (int64_t)LAST_DAYS * DAY_S ? "expires-in-14" : "expires-in-60";
}

int process_tick_temporary(struct process *process)
{
	struct temporaries temporaries = { .count = 0 };
	char soon[TIME_SIZE];
	int acts = 0;
	int r = process_later(process->now, FIRST_DAYS, soon);

	temporaries.soon = soon;
	if (r == 0) {
		r = application_assignments(process->store, 0, note, &temporaries);
	}
	for (size_t i = 0; r >= 0 && i < temporaries.count; i++) {
		r = act_on(process, &temporaries.all[i], act_for(&temporaries.all[i], process->now));
		acts += r > 0;
	}
	free(temporaries.all);
	return r < 0 ? r : acts;
}
