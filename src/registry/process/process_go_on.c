/* process_go_on.c - what the registry does next by itself, where nobody is asked: names and service codes first come,
 * first served; consents that all are given (process_private.h).
 *
 * Called behind each act, and by the clock for what was interrupted. Each step is an act of its own, with an event of
 * its own; one that a guard forbids is simply left to people. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { STEPS_MAX = 4 };

struct standing {
	struct process *process;
	const char *act; /* NULL: nothing */
};

static const char *of_validating(struct process *process, const struct application *application)
{
	struct process_terms terms = { .eyes = 1 };
	struct form form;

	if (application->expert != 0 || application->eyes != 1 ||
	    process_form_load(process->store, application, application->version, &form) < 0) {
		return NULL;
	}
	bool by_anyone = process_terms(process->store, &form, &terms) == 0 && terms.by_anyone;
	form_finish(&form);
	return by_anyone ? "auto" : NULL;
}

static const char *of_approved(struct process *process, const struct application *application)
{
	json_t *decisions = NULL;
	const char *act = NULL;

	if (application_rows(process->store, "decision", application->id, &decisions) == 0) {
		const json_t *last = json_array_get(decisions, json_array_size(decisions) - 1);
		act = row_integer(last, "first") == BERTH ? "assign" : NULL;
	}
	json_decref(decisions);
	return act;
}

static const char *of_consents(struct process *process, const struct application *application)
{
	json_t *rows = NULL;
	json_t *row;
	size_t i;
	bool all = false;

	if (application_rows(process->store, "consent", application->id, &rows) == 0) {
		all = true;
	}
	json_array_foreach(rows, i, row)
	{
		bool is_now = row_integer(row, "material") == application->material;
		all = all && (!is_now || !json_is_null(json_object_get(row, "given")));
	}
	json_decref(rows);
	return all ? "consented" : NULL;
}

static int look(const struct application *application, void *context)
{
	struct standing *standing = context;

	standing->act = NULL;
	if (strcmp(application->state, "validating") == 0) {
		standing->act = of_validating(standing->process, application);
	} else if (strcmp(application->state, "approved") == 0) {
		standing->act = of_approved(standing->process, application);
	} else if (strcmp(application->state, "with-holder") == 0) {
		standing->act = of_consents(standing->process, application);
	}
	return 0;
}

static int act(struct process *process, const char *ref, const char *word, struct process_done *done)
{
	const struct process_act act = { .reference = ref, .act = word };
	struct process_done next = { .free_count = 0 };
	struct complaint complaint;
	int r = process_do_as(process, &act, ACTOR_MACHINE, &next, &complaint);

	if (r < 0) {
		return r;
	}
	if (next.track[0] == '\0') {
		(void)snprintf(next.track, sizeof(next.track), "%s", done->track);
	}
	*done = next;
	return 0;
}

void process_go_on(struct process *process, const char *ref, struct process_done *done)
{
	struct standing standing = { .process = process };
	char reference[sizeof(done->reference)];
	int r = 0;

	(void)snprintf(reference, sizeof(reference), "%s", ref);
	for (int i = 0; r == 0 && i < STEPS_MAX; i++) {
		r = application_get(process->store, reference, look, &standing);
		if (r < 0 || standing.act == NULL) {
			return;
		}
		r = act(process, reference, standing.act, done);
	}
}
