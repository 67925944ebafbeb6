/* process_calls.c - revocations that are open for comments, as everybody may read of them (process.h).
 *
 * What is told was written for the public: what it is about, and what the board says it has seen.  No answer of the
 * form is. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <string.h>

struct calls {
	struct store *store;
	json_t *list;
};

/* The words with which it was opened: of the newest step of that name. */
static const char *words_of_call(const json_t *steps, const json_t *events)
{
	const char *words = "";
	const json_t *step;
	size_t i;

	json_array_foreach(steps, i, step)
	{
		if (strcmp(row_text(step, "act"), "call") == 0) {
			words = row_text(row_event(step, "event", events), "why");
		}
	}
	return words;
}

static int put_call(const struct application *application, void *context)
{
	struct calls *calls = context;
	json_t *steps = NULL;
	json_t *events = NULL;
	int r = application_rows(calls->store, "step", application->id, &steps);

	r = r < 0 ? r : application_events(calls->store, application->id, &events);
	if (r == 0) {
		json_t *call = json_pack("{s:s, s:s, s:s?, s:s}", "ref", application->ref, "about", application->about,
					 "due", application->due, "text", words_of_call(steps, events));
		r = json_array_append_new(calls->list, call) < 0 ? -ENOMEM : 0;
	}
	json_decref(steps);
	json_decref(events);
	return r;
}

int process_calls(struct process *process, json_t **ret_calls)
{
	struct calls calls = { process->store, json_array() };
	int r = application_each(process->store, "call", put_call, &calls);

	if (r < 0) {
		json_decref(calls.list);
		return r;
	}
	*ret_calls = calls.list;
	return 0;
}
