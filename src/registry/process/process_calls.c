/* process_calls.c - revocations that are open for comments, as everybody may read of them (process.h).
 *
 * What is told was written for the public: what it is about, and what the board says it has seen.  No answer of the
 * form is. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <string.h>

static int keep_reference(const struct application *application, void *context)
{
	return json_array_append_new(context, json_string(application->ref)) < 0 ? -ENOMEM : 0;
}

/* The words with which it was opened: of the newest step of that name. */
static const char *words_of_call(const json_t *dossier)
{
	const json_t *steps = json_object_get(dossier, "steps");
	const char *words = "";
	const json_t *step;
	size_t index;

	json_array_foreach(steps, index, step)
	{
		const char *act = json_string_value(json_object_get(step, "act"));
		const char *why = json_string_value(json_object_get(step, "why"));
		if (act != NULL && why != NULL && strcmp(act, "call") == 0) {
			words = why;
		}
	}
	return words;
}

static int put_call(struct process *process, const char *reference, json_t *calls)
{
	json_t *dossier = NULL;
	int r = process_dossier(process, reference, false, &dossier);

	if (r < 0) {
		return r;
	}
	json_t *call = json_pack("{s:s, s:O, s:O, s:s}", "ref", reference, "about", json_object_get(dossier, "about"),
				 "due", json_object_get(dossier, "due"), "text", words_of_call(dossier));
	json_decref(dossier);
	return json_array_append_new(calls, call) < 0 ? -ENOMEM : 0;
}

int process_calls(struct process *process, json_t **ret_calls)
{
	json_t *references = json_array();
	json_t *calls = json_array();
	const json_t *reference;
	size_t index;
	int r = references == NULL || calls == NULL
			? -ENOMEM
			: application_each(process->store, "call", keep_reference, references);

	json_array_foreach(references, index, reference)
	{
		r = r < 0 ? r : put_call(process, json_string_value(reference), calls);
	}
	json_decref(references);
	if (r < 0) {
		json_decref(calls);
		return r;
	}
	*ret_calls = calls;
	return 0;
}
