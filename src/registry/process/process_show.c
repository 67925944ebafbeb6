/* process_show.c - an application as people look at it: the dossier, the queue, and what is on its way (process.h).
 *
 * An applicant sees what they said and were told, never who of the staff said what, nor findings and votes. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/records/derive.h"

enum { DAY_S = 24 * 60 * 60 };

static const json_t *event_of(const json_t *events, const json_t *row, const char *column)
{
	char key[24];

	(void)snprintf(key, sizeof(key), "%lld", (long long)row_integer(row, column));
	return json_object_get(events, key);
}

/* ---- dossier ---- */

struct dossier {
	struct process *process;
	bool for_applicant;
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
		const json_t *event = event_of(dossier->events, row, column);
		if (event == NULL) {
			continue;
		}
		(void)json_object_set_new(row, "at", json_string(row_text(event, "at")));
		if (!dossier->for_applicant) {
			(void)json_object_set_new(row, "by", json_string(row_text(event, "by")));
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
		enum form_visibility visibility =
			form->kind == FORM_SYSTEM ? form_fields[i].visibility_system : form_fields[i].visibility;
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

static json_t *json_of_report(const struct rule_report *report)
{
	json_t *findings = json_array();

	for (size_t i = 0; i < report->count; i++) {
		const struct rule_finding *finding = &report->findings[i];
		(void)json_array_append_new(findings,
					    json_pack("{s:s, s:s, s:s, s:i, s:s, s:s, s:s}", "id", finding->id, "level",
						      rule_level_name(finding->level), "field", finding->field, "line",
						      (int)finding->line, "sentence", finding->sentence, "source",
						      finding->source, "help", finding->help));
	}
	return findings;
}

static int put_report(struct dossier *dossier, const char *ref)
{
	struct rule_report report = { .count = 0 };
	int r = process_examine(dossier->process, &dossier->form, ref, &report, &dossier->complaint);

	if (r == 0) {
		r = json_object_set_new(dossier->object, "report", json_of_report(&report)) < 0 ? -ENOMEM : 0;
	}
	rule_report_finish(&report);
	return r;
}

static int keep(const struct application *application, void *context)
{
	struct dossier *dossier = context;

	dossier->application = *application;
	dossier->object =
		json_pack("{s:s, s:s, s:s, s:s, s:i, s:s?, s:s}", "ref", application->ref, "kind", application->kind,
			  "about", application->about, "state", application->state, "version", application->version,
			  "due", application->due, "created", application->created);
	if (dossier->object == NULL) {
		return -ENOMEM;
	}
	if (!dossier->for_applicant) {
		(void)json_object_set_new(dossier->object, "eyes", json_integer(application->eyes));
		(void)json_object_set_new(dossier->object, "expert", json_integer(application->expert));
		(void)json_object_set_new(dossier->object, "own_staff", json_integer(application->own_staff));
	}
	return process_form_load(dossier->process->store, application, application->version, &dossier->form);
}

static void trim_steps(json_t *steps)
{
	json_t *step;
	size_t i;

	json_array_foreach(steps, i, step)
	{
		(void)json_object_del(step, "application");
		(void)json_object_del(step, "prev");
	}
}

/* Of decisions the applicant sees what was decided; the people and their votes are the staff's matter. */
static int put_decisions(struct dossier *dossier)
{
	static const char *const people[] = { "first", "second", "recommended", "own_staff", "eyes", "expert" };
	int r = put_rows(dossier, "decisions", "decision", "event");
	json_t *row;
	size_t i;

	if (r == 0 && dossier->for_applicant) {
		json_array_foreach(json_object_get(dossier->object, "decisions"), i, row)
		{
			for (size_t k = 0; k < sizeof(people) / sizeof(people[0]); k++) {
				(void)json_object_del(row, people[k]);
			}
		}
	}
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

static int put_all(struct dossier *dossier, const char *reference)
{
	int r = application_events(dossier->process->store, dossier->application.id, &dossier->events);

	if (r == 0) {
		r = put_form(dossier);
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

int process_dossier(struct process *process, const char *reference, bool for_applicant, json_t **ret_dossier)
{
	struct dossier dossier = { .process = process, .for_applicant = for_applicant };
	int r = application_get(process->store, reference, keep, &dossier);

	if (r == 0) {
		r = put_all(&dossier, reference);
	}
	json_decref(dossier.events);
	form_finish(&dossier.form);
	if (r < 0) {
		json_decref(dossier.object);
		return r;
	}
	*ret_dossier = dossier.object;
	return 0;
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
		const char *at = row_text(event_of(events, step, "event"), "at");
		if (state != NULL && strcmp(process_clock_of(state), "own") == 0) {
			*ret_own_s += process_seconds(since, at);
		}
		began = began != NULL ? began : at;
		since = at;
		state = row_text(step, "to_state");
	}
	if (state != NULL && strcmp(process_clock_of(state), "own") == 0) {
		*ret_own_s += process_seconds(since, process->now);
	}
	*ret_age_s = began != NULL ? process_seconds(began, process->now) : 0;
}

static const char *waits_for(const char *state)
{
	static const struct {
		const char *state, *whom;
	} waits[] = {
		{ "unconfirmed", "confirmation" }, { "validating", "registrar" }, { "with-applicant", "applicant" },
		{ "with-holder", "holder" },	   { "expert-review", "expert" }, { "board", "board" },
		{ "call", "the public" },	   { "approved", "registrar" },	  { "appeal", "board" },
	};

	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		if (strcmp(waits[i].state, state) == 0) {
			return waits[i].whom;
		}
	}
	return NULL;
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

	if (waits_for(application->state) == NULL || strcmp(application->state, "unconfirmed") == 0) {
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
		r = json_array_append_new(
			queue->list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:s?}", "ref", application->ref,
					       "kind", application->kind, "asks", asks, "state", application->state,
					       "waits_for", waits_for(application->state), "age_days", age_s / DAY_S,
					       "own_days", own_s / DAY_S, "due", application->due));
	}
	json_decref(steps);
	json_decref(events);
	json_decref(wanted);
	return r < 0 ? -ENOMEM : 0;
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
