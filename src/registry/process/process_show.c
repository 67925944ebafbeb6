/* process_show.c - an application as people look at it: the dossier, the queue, and what is on its way (process.h).
 *
 * An applicant sees what they said and were told, never who of the staff said what, nor findings and votes. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/records/derive.h"

enum { DAY_S = 24 * 60 * 60, ASSIGNED_SIZE = 1024 };

/* ---- dossier ---- */

struct dossier {
	struct process *process;
	bool for_applicant;
	int64_t staff;			/* not 0: who of them asks, which says whether it is for the applicant */
	struct application application; /* its numbers; texts were copied into the object */
	struct form form;
	json_t *object;
	json_t *events;
	struct complaint complaint;
};

/* Each column `event` of these rows gets time and person beside it. */
static void tell_events(const struct dossier *dossier, json_t *rows, const char *column)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const json_t *event = row_event(row, column, dossier->events);
		if (event == NULL) {
			continue;
		}
		(void)json_object_set_new(row, "at", json_string(row_text(event, "at")));
		if (!dossier->for_applicant) {
			(void)json_object_set_new(row, "by", json_string(row_text(event, "by")));
			(void)json_object_set_new(row, "why", json_string(row_text(event, "why")));
		}
	}
}

static int put_rows(struct dossier *dossier, const char *name, const char *table, const char *event_column)
{
	json_t *rows = NULL;
	int r = application_rows(dossier->process->store, table, dossier->application.id, &rows);

	if (r < 0) {
		return r;
	}
	tell_events(dossier, rows, event_column);
	return json_object_set_new(dossier->object, name, rows) < 0 ? -ENOMEM : 0;
}

/* The application's answers belong to who gave them; only what is for experts alone is not shown to them. */
static int put_form(struct dossier *dossier)
{
	json_t *answers = json_array();
	const struct form *form = &dossier->form;
	char question[1024];

	for (size_t i = 0; form_fields[i].key != NULL; i++) {
		enum form_visibility visibility = form_visibility_of(&form_fields[i], form->kind);
		if (form->values[i] == NULL || (dossier->for_applicant && visibility == FORM_EXPERT)) {
			continue;
		}
		form_question(&form_fields[i], form->kind, question, sizeof(question));
		(void)json_array_append_new(
			answers, json_pack("{s:s, s:i, s:s, s:s, s:s, s:b}", "key", form_fields[i].key, "number",
					   (int)form_fields[i].seed, "label", form_fields[i].label, "question",
					   question, "answer", form->values[i], "public", visibility == FORM_PUBLIC));
	}
	if (form->berth != NULL) {
		(void)json_object_set_new(dossier->object, "berth", json_string(form->berth));
	}
	return json_object_set_new(dossier->object, "form", answers) < 0 ? -ENOMEM : 0;
}

static int put_report(struct dossier *dossier, const char *ref)
{
	struct rule_report report = { .count = 0 };
	int r = process_examine(dossier->process, &dossier->form, ref, &report, &dossier->complaint);

	if (r == 0) {
		r = json_object_set_new(dossier->object, "report", rule_report_findings(&report)) < 0 ? -ENOMEM : 0;
	}
	rule_report_finish(&report);
	return r;
}

static int look_who_asks(struct dossier *dossier, const struct application *application)
{
	struct process_person person;
	bool was_confirmed = false;

	if (dossier->staff == 0) {
		return 0;
	}
	int r = process_person(dossier->process->store, dossier->staff, &person);
	if (r == 0) {
		dossier->for_applicant = process_is_own(&person, application, &dossier->form);
		r = process_was_confirmed(dossier->process->store, application->id, &was_confirmed);
	}
	return r == 0 && !dossier->for_applicant && !was_confirmed ? -ENOENT : r;
}

static int keep(const struct application *application, void *context)
{
	struct dossier *dossier = context;

	int r = process_form_load(dossier->process->store, application, application->version, &dossier->form);

	r = r < 0 ? r : look_who_asks(dossier, application);
	if (r < 0) {
		return r;
	}
	dossier->application = *application;
	dossier->object =
		json_pack("{s:s, s:s, s:s, s:s, s:i, s:s?, s:s}", "ref", application->ref, "kind", application->kind,
			  "about", application->about, "state", application->state, "version", application->version,
			  "due", application->due, "created", application->created);
	if (dossier->object == NULL) {
		return -ENOMEM;
	}
	if (!dossier->for_applicant) {
		(void)json_object_set_new(dossier->object, "material", json_integer(application->material));
		(void)json_object_set_new(dossier->object, "eyes", json_integer(application->eyes));
		(void)json_object_set_new(dossier->object, "expert", json_integer(application->expert));
		(void)json_object_set_new(dossier->object, "own_staff", json_integer(application->own_staff));
	}
	return 0;
}

static void trim_steps(json_t *steps)
{
	json_t *step;
	size_t i;

	json_array_foreach(steps, i, step)
	{
		(void)json_object_del(step, "application");
		(void)json_object_del(step, "prev");
		(void)json_object_del(step, "admitted");
		(void)json_object_del(step, "bench");
	}
}

/* The reasons and rules of whoever decided last, which the letter had too. */
static void tell_reasons(json_t *decision, const json_t *votes)
{
	int64_t second = row_integer(decision, "second");
	int64_t decider = second != 0 ? second : row_integer(decision, "first");
	const json_t *vote;
	size_t i;

	if (strcmp(row_text(decision, "role"), "holder") == 0) {
		(void)json_object_set_new(decision, "reasons", json_string("The holder does not agree."));
		(void)json_object_set_new(decision, "rules", json_string("HOLDER"));
	}
	json_array_foreach(votes, i, vote)
	{
		if (row_integer(vote, "round") == row_integer(decision, "round") &&
		    row_integer(vote, "material") == row_integer(decision, "material") &&
		    row_integer(vote, "staff") == decider) {
			(void)json_object_set_new(decision, "reasons", json_string(row_text(vote, "reasons")));
			(void)json_object_set_new(decision, "rules", json_string(row_text(vote, "rules")));
		}
	}
}

/* Of decisions the applicant sees what was decided and why; the people and their votes are the staff's matter. */
static int put_decisions(struct dossier *dossier)
{
	static const char *const people[] = { "first", "second", "recommended", "own_staff",
					      "eyes",  "expert", "bench",	"party" };
	json_t *votes = NULL;
	int r = put_rows(dossier, "decisions", "decision", "event");
	json_t *row;
	size_t i;

	r = r < 0 ? r : application_rows(dossier->process->store, "vote", dossier->application.id, &votes);
	json_array_foreach(json_object_get(dossier->object, "decisions"), i, row)
	{
		tell_reasons(row, votes);
		for (size_t k = 0; dossier->for_applicant && k < sizeof(people) / sizeof(people[0]); k++) {
			(void)json_object_del(row, people[k]);
		}
	}
	json_decref(votes);
	return r;
}

static int put_for_staff(struct dossier *dossier)
{
	static const struct {
		const char *name, *table, *event;
	} parts[] = {
		{ "findings", "finding", "event" }, { "examiners", "examiner", "since" },
		{ "votes", "vote", "event" },	    { "consents", "consent", "needed" },
		{ "versions", "version", "event" }, { "assignments", "assignment", "event" },
		{ "comments", "inbox", "event" },   { "wanted", "wanted", "event" },
		{ "letters", "outbox", "event" },
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(parts) / sizeof(parts[0]); i++) {
		r = put_rows(dossier, parts[i].name, parts[i].table, parts[i].event);
	}
	return r;
}

/* "exfiles 20017/tcp", with a comma before the next. */
static int add_assigned(const char *name, const char *port, const char *transport, void *context)
{
	struct text *text = context;

	text_put(text, text->used > 0 ? ", " : "");
	text_put(text, name);
	if (port[0] != '\0') {
		text_put(text, name[0] != '\0' ? " " : "");
		text_put(text, port);
		text_put(text, "/");
		text_put(text, transport);
	}
	return 0;
}

/* The number may be one that nobody asked for. */
static int put_assigned(struct dossier *dossier)
{
	char buffer[ASSIGNED_SIZE];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	text_put(&text, "");
	int r = application_assigned(dossier->process->store, dossier->application.id, add_assigned, &text);
	if (r < 0) {
		return r;
	}
	return json_object_set_new(dossier->object, "assigned", json_string(buffer)) < 0 ? -ENOMEM : 0;
}

static int put_all(struct dossier *dossier, const char *reference)
{
	int r = application_events(dossier->process->store, dossier->application.id, &dossier->events);

	if (r == 0) {
		r = put_form(dossier);
	}
	if (r == 0) {
		r = put_assigned(dossier);
	}
	if (r == 0) {
		r = put_report(dossier, reference);
	}
	if (r == 0) {
		r = put_rows(dossier, "steps", "step", "event");
		trim_steps(json_object_get(dossier->object, "steps"));
	}
	if (r == 0) {
		r = put_rows(dossier, "questions", "question", "asked");
	}
	if (r == 0) {
		r = put_decisions(dossier);
	}
	return r == 0 && !dossier->for_applicant ? put_for_staff(dossier) : r;
}

static int show(struct dossier *dossier, const char *reference, json_t **ret_dossier)
{
	int r = application_get(dossier->process->store, reference, keep, dossier);

	if (r == 0) {
		r = put_all(dossier, reference);
	}
	json_decref(dossier->events);
	form_finish(&dossier->form);
	if (r < 0) {
		json_decref(dossier->object);
		return r;
	}
	*ret_dossier = dossier->object;
	return 0;
}

int process_dossier(struct process *process, const char *reference, bool for_applicant, json_t **ret_dossier)
{
	struct dossier dossier = { .process = process, .for_applicant = for_applicant };

	return show(&dossier, reference, ret_dossier);
}

int process_dossier_for_staff(struct process *process, const char *reference, int64_t staff, json_t **ret_dossier)
{
	struct dossier dossier = { .process = process, .staff = staff };

	return show(&dossier, reference, ret_dossier);
}

int process_is_theirs(struct process *process, int64_t application, int64_t staff)
{
	struct dossier dossier = { .process = process, .staff = staff };
	char reference[32];
	int r = application_reference(process->store, application, reference, sizeof(reference));

	r = r < 0 ? r : application_get(process->store, reference, keep, &dossier);
	json_decref(dossier.object);
	form_finish(&dossier.form);
	return r < 0 ? r : dossier.for_applicant;
}

/* ---- queue ---- */

struct queue {
	struct process *process;
	json_t *list;
};

/* "any/tcp", "853/udp", "name" */
static void put_asks(const json_t *wanted, const struct application *application, struct text *text)
{
	json_t *row;
	size_t i;

	json_array_foreach(wanted, i, row)
	{
		if (row_integer(row, "v") != application->version) {
			continue;
		}
		text_put(text, text->used > 0 ? " " : "");
		const json_t *port = json_object_get(row, "port");
		bool by_name = strcmp(application->kind, "name") == 0 || strcmp(application->kind, "service-code") == 0;
		if (json_is_integer(port)) {
			text_put_unsigned(text, (uint64_t)json_integer_value(port));
		} else {
			text_put(text, by_name ? "-" : "any");
		}
		text_put(text, "/");
		text_put(text, row_text(row, "transport"));
	}
	if (text->used == 0) {
		text_put(text, application->about);
	}
}

/* Of the whole time since it began, what passed while the registry's own people had it. */
static void count_days(struct process *process, const json_t *steps, const json_t *events, int64_t *ret_age_s,
		       int64_t *ret_own_s)
{
	const char *began = NULL;
	const char *since = NULL;
	const char *state = NULL;
	json_t *step;
	size_t i;

	*ret_own_s = 0;
	json_array_foreach(steps, i, step)
	{
		const char *at = row_text(row_event(step, "event", events), "at");
		if (state != NULL && strcmp(process_clock_of(state), "own") == 0) {
			*ret_own_s += moment_between(since, at);
		}
		began = began != NULL ? began : at;
		since = at;
		state = row_text(step, "to_state");
	}
	if (state != NULL && strcmp(process_clock_of(state), "own") == 0) {
		*ret_own_s += moment_between(since, process->now);
	}
	*ret_age_s = began != NULL ? moment_between(began, process->now) : 0;
}

static const char *waits_for(const struct application *application)
{
	const char *state = application->state;

	static const struct {
		const char *state, *whom;
	} waits[] = {
		{ "unconfirmed", "confirmation" }, { "validating", "registrar" }, { "with-applicant", "applicant" },
		{ "with-holder", "holder" },	   { "expert-review", "expert" }, { "board", "board" },
		{ "call", "the public" },	   { "approved", "registrar" },	  { "appeal", "board" },
	};

	if (strcmp(state, "approved") == 0 && strcmp(application->kind, "revocation") == 0) {
		return "board"; /* which alone revokes */
	}
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		if (strcmp(waits[i].state, state) == 0) {
			return waits[i].whom;
		}
	}
	return NULL;
}

static void put_number(json_t *numbers, int64_t number)
{
	json_t *there;
	size_t i;

	json_array_foreach(numbers, i, there)
	{
		if (json_integer_value(there) == number) {
			return;
		}
	}
	(void)json_array_append_new(numbers, json_integer(number));
}

static json_t *numbers_of_experts(const json_t *examiners)
{
	json_t *numbers = json_array();
	json_t *row;
	size_t i;

	json_array_foreach(examiners, i, row)
	{
		if (row_is_expert(row)) {
			put_number(numbers, row_integer(row, "staff"));
		}
	}
	return numbers;
}

/* Of the board in this round, and all who said anything before. */
static json_t *numbers_of_votes(const json_t *votes, const struct application *application, size_t decided, bool now)
{
	json_t *numbers = json_array();
	json_t *row;
	size_t i;

	json_array_foreach(votes, i, row)
	{
		bool is_now = row_integer(row, "round") == (int64_t)decided + 1;
		if (is_now == now && (!now || row_integer(row, "material") == application->material)) {
			put_number(numbers, row_integer(row, "staff"));
		}
	}
	return numbers;
}

static int put_people(struct store *store, const struct application *application, json_t *object)
{
	json_t *examiners = NULL;
	json_t *votes = NULL;
	json_t *decisions = NULL;
	int r = application_rows(store, "examiner", application->id, &examiners);

	r = r < 0 ? r : application_rows(store, "vote", application->id, &votes);
	r = r < 0 ? r : application_rows(store, "decision", application->id, &decisions);
	if (r == 0) {
		size_t decided = json_array_size(decisions);
		(void)json_object_set_new(object, "own_staff", json_integer(application->own_staff));
		(void)json_object_set_new(object, "experts", numbers_of_experts(examiners));
		(void)json_object_set_new(object, "voted", numbers_of_votes(votes, application, decided, true));
		(void)json_object_set_new(object, "heard", numbers_of_votes(votes, application, decided, false));
	}
	json_decref(examiners);
	json_decref(votes);
	json_decref(decisions);
	return r;
}

static int put_name(struct store *store, const struct application *application, json_t *object)
{
	struct form form;
	int r = process_form_load(store, application, application->version, &form);

	if (r == 0) {
		(void)json_object_set_new(object, "name", json_string(form_value(&form, "short")));
		form_finish(&form);
	}
	return r;
}

static int put_waiting(const struct application *application, void *context)
{
	struct queue *queue = context;
	struct store *store = queue->process->store;
	json_t *steps = NULL;
	json_t *events = NULL;
	json_t *wanted = NULL;
	char asks[128];
	struct text text;
	int64_t age_s = 0;
	int64_t own_s = 0;

	if (waits_for(application) == NULL || strcmp(application->state, "unconfirmed") == 0) {
		return 0; /* nobody at the registry sees it before it is confirmed */
	}
	int r = application_rows(store, "step", application->id, &steps);
	r = r < 0 ? r : application_rows(store, "wanted", application->id, &wanted);
	r = r < 0 ? r : application_events(store, application->id, &events);
	text_init(&text, asks, sizeof(asks));
	text_put(&text, "");
	if (r == 0) {
		put_asks(wanted, application, &text);
		count_days(queue->process, steps, events, &age_s, &own_s);
		json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:s?}", "ref", application->ref, "kind",
					   application->kind, "asks", asks, "state", application->state, "waits_for",
					   waits_for(application), "age_days", age_s / DAY_S, "own_days", own_s / DAY_S,
					   "due", application->due);
		r = put_people(store, application, object);
		r = r < 0 ? r : put_name(store, application, object);
		r = json_array_append_new(queue->list, object) < 0 ? -ENOMEM : r;
	}
	json_decref(steps);
	json_decref(events);
	json_decref(wanted);
	return r;
}

int process_queue(struct process *process, json_t **ret_queue)
{
	struct queue queue = { process, json_array() };
	int r = application_each(process->store, NULL, put_waiting, &queue);

	if (r < 0) {
		json_decref(queue.list);
		return r;
	}
	*ret_queue = queue.list;
	return 0;
}

/* ---- on their way ---- */

struct pending {
	struct arena *arena;
	struct rules_pending *all;
	size_t count, capacity;
};

static int put_pending(const struct wish_row *wish, void *context)
{
	struct pending *pending = context;

	if (pending->count == pending->capacity) {
		size_t capacity = pending->capacity == 0 ? 64 : pending->capacity * 2;
		struct rules_pending *all = arena_take(pending->arena, capacity * sizeof(*all));
		if (all == NULL) {
			return -ENOMEM;
		}
		if (pending->count > 0) {
			memcpy(all, pending->all, pending->count * sizeof(*all));
		}
		pending->all = all;
		pending->capacity = capacity;
	}
	struct rules_pending *put = &pending->all[pending->count++];
	put->reference = arena_text(pending->arena, wish->ref, strlen(wish->ref));
	put->name = arena_text(pending->arena, wish->name, strlen(wish->name));
	put->transport = entry_transport(wish->transport);
	put->port = wish->port;
	return put->reference != NULL && put->name != NULL ? 0 : -ENOMEM;
}

int process_pending(struct store *store, struct arena *arena, struct rules_pending **ret_pending, size_t *ret_count)
{
	struct pending pending = { .arena = arena };
	int r = application_each_wish(store, put_pending, &pending);

	if (r < 0) {
		return r;
	}
	*ret_pending = pending.all;
	*ret_count = pending.count;
	return 0;
}
