/* process_clock.c - times, and what becomes due: reminders, expiries, calls that close, names kept for an appeal,
 * temporary assignments (process.h).
 *
 * Called by whoever runs a registry, as often as they like: what was done is seen in the store, so nothing is done
 * twice. The clock is process->now alone. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

enum {
	DAY_S = 24 * 60 * 60,
	FIRST_REMINDER_DAYS = 14,
	SECOND_REMINDER_DAYS = 28,
	REVIEW_DAYS = 14,
	REFERENCE_SIZE = 32,
};

/* ---- times ---- */

int process_later(const char *at, int days, char ret_at[static TIME_SIZE])
{
	return moment_after(at, (int64_t)days * DAY_S, ret_at);
}

/* ---- what is due of an application ---- */

struct due {
	int64_t application;
	char ref[REFERENCE_SIZE];
	const char *act;
};

struct dues {
	struct process *process;
	struct due *all;
	size_t count, capacity;
};

static int add_due(struct dues *dues, int64_t application, const char *ref, const char *act)
{
	struct due *all = array_grow(dues->all, dues->count, &dues->capacity, sizeof(*all));

	if (all == NULL) {
		return -ENOMEM;
	}
	dues->all = all;
	struct due *due = &dues->all[dues->count++];
	due->application = application;
	due->act = act;
	(void)snprintf(due->ref, sizeof(due->ref), "%s", ref);
	return 0;
}

/* Since when it is in this state without a break, and how often it was reminded there. */
static int stay(struct dues *dues, const struct application *application, int64_t *ret_s, int *ret_reminders)
{
	struct store *store = dues->process->store;
	json_t *steps = NULL;
	json_t *events = NULL;
	const char *since = NULL;
	json_t *step;
	size_t i;
	int r = application_rows(store, "step", application->id, &steps);

	if (r == 0) {
		r = application_events(store, application->id, &events);
	}
	json_array_foreach(steps, i, step)
	{
		const char *act = row_text(step, "act");
		bool stays = json_equal(json_object_get(step, "from_state"), json_object_get(step, "to_state"));
		if (!stays || strcmp(act, "reassign") == 0) {
			since = row_text(row_event(step, "event", events), "at");
			*ret_reminders = 0;
		}
		*ret_reminders += strcmp(act, "remind") == 0;
	}
	*ret_s = since != NULL ? moment_between(since, dues->process->now) : 0;
	json_decref(steps);
	json_decref(events);
	return r;
}

static int due_reminder(struct dues *dues, const struct application *application)
{
	bool asks = strcmp(application->state, "with-applicant") == 0;
	int64_t stayed_s = 0;
	int reminders = 0;
	int r = stay(dues, application, &stayed_s, &reminders);
	int after = !asks ? REVIEW_DAYS : reminders == 0 ? FIRST_REMINDER_DAYS : SECOND_REMINDER_DAYS;
	int most = asks ? 2 : 1;

	if (r < 0 || reminders >= most || stayed_s < (int64_t)after * DAY_S) {
		return r;
	}
	return add_due(dues, application->id, application->ref, "remind");
}

static int look(const struct application *application, void *context)
{
	struct dues *dues = context;
	const char *state = application->state;
	bool is_over = application->due != NULL && strcmp(application->due, dues->process->now) <= 0;
	bool can_expire = process_move_find(state, "expire", NULL) != NULL;

	if (is_over && can_expire) {
		return add_due(dues, application->id, application->ref, "expire");
	}
	if (is_over && strcmp(state, "call") == 0) {
		return add_due(dues, application->id, application->ref, "close");
	}
	if (strcmp(state, "with-applicant") == 0 || strcmp(state, "expert-review") == 0) {
		return due_reminder(dues, application);
	}
	/* What the registry does by itself and was interrupted in. */
	return strcmp(state, "validating") == 0 || strcmp(state, "approved") == 0
		       ? add_due(dues, application->id, application->ref, "go-on")
		       : 0;
}

static int note_held(int64_t application, const char *ref, void *context)
{
	return add_due(context, application, ref, "release-name");
}

/* ---- done ---- */

/* A refused application keeps its name as long as an appeal is possible. */
static int release_name(struct process *process, const struct due *due)
{
	char subject[64];
	struct change *change = NULL;

	(void)snprintf(subject, sizeof(subject), "application %s", due->ref);
	const struct change_by by = { .staff = BERTH, .act = "release-name", .subject = subject, .at = process->now };
	int r = change_begin(process->store, &by, &change);
	if (r < 0) {
		return r;
	}
	r = application_name_release(change, due->application);
	if (r <= 0) {
		(void)change_abandon(change);
		return r;
	}
	r = change_commit(change, NULL);
	return r < 0 ? r : 1;
}

/* Whoever acts at the same time is no failure: what is still due comes again. */
static int act_on(struct process *process, const struct due *due)
{
	struct process_done done = { .free_count = 0 };
	struct complaint complaint;

	if (strcmp(due->act, "release-name") == 0) {
		return release_name(process, due);
	}
	if (strcmp(due->act, "go-on") == 0) {
		process_go_on(process, due->ref, &done);
		return done.reference[0] != '\0';
	}
	const struct process_act act = { .reference = due->ref, .act = due->act };
	int r = process_do_as(process, &act, ACTOR_TIMER, &done, &complaint);
	if (r == -EPERM || r == -EEXIST) {
		return 0;
	}
	return r < 0 ? r : 1;
}

static int act_on_all(struct dues *dues)
{
	int acts = 0;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < dues->count; i++) {
		r = act_on(dues->process, &dues->all[i]);
		acts += r > 0 ? r : 0;
	}
	return r < 0 ? r : acts;
}

int process_tick(struct process *process)
{
	struct dues dues = { .process = process };
	int r = application_each(process->store, NULL, look, &dues);

	if (r == 0) {
		r = application_each_holding(process->store, "refused", process->now, note_held, &dues);
	}
	if (r == 0) {
		r = act_on_all(&dues);
	}
	free(dues.all);
	if (r >= 0) {
		int forgotten = application_remarks_end(process->store, process->now);
		r = forgotten < 0 ? forgotten : r;
	}
	int ended = r < 0 ? r : process_tick_temporary(process);
	return ended < 0 ? ended : r + ended;
}
