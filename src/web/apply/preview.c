/* preview.c - the rules asked about a form that is still being written (preview.h).  Called by the pages of
 * applications; keeps nothing. */
#include "web/apply/preview.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "os/clock.h"
#include "registry/process/process_describe.h"
#include "os/bounded.h"
#include "web/site/limit.h"

enum { PRICE_MS = 100 };

static const char gave_up[] =
	"The description takes more time or memory to examine than there is for one: make it shorter or simpler, or "
	"send "
	"your answers without it.";
static const char too_often[] =
	"Descriptions were examined very often just now. Nothing is lost: press the button once more in a minute.";
static const char failed[] = "The rules could not be asked just now. Try again in a minute; nothing is lost.";

struct examining {
	const struct form *form;
	struct rules_context context;
};

/* ---- asked ---- */

static int write_report(FILE *stream, const struct form *form, const struct rules_context *context)
{
	struct rule_report report = { .count = 0 };
	int r = rules_examine(form, context, &report);

	r = r < 0 ? r : rule_report_write_json(&report, NULL, stream);
	rule_report_finish(&report);
	return r;
}

/* In the other process. */
static int write_described(FILE *stream, const void *context)
{
	const struct examining *examining = context;
	struct rules_context with = examining->context;
	struct described *described = NULL;
	int r = process_describe(examining->form->berth, &described);

	if (r == 0) {
		with.description = described_report(described);
		r = write_report(stream, examining->form, &with);
	}
	return r; /* everything goes with the process */
}

static int write_alone(const struct examining *examining, char **ret_text)
{
	size_t size = 0;
	FILE *stream = open_memstream(ret_text, &size);

	if (stream == NULL) {
		return -ENOMEM;
	}
	int r = write_report(stream, examining->form, &examining->context);
	return fclose(stream) != 0 && r == 0 ? -ENOMEM : r;
}

static const char *fault_of(int error)
{
	return error == -ETIMEDOUT ? gave_up : error == -EAGAIN ? too_often : failed;
}

static void take(char *text, int error, struct preview *ret_preview)
{
	json_t *report = error < 0 ? NULL : json_loads(text, 0, NULL);
	const char *fault = report != NULL ? NULL : fault_of(error);

	*ret_preview = (struct preview){ .report = report, .fault = fault };
	free(text);
}

/* A description costs its reader more than anything else that strangers send: who sends one pays for its time. */
static int run_bounded(struct visit *visit, bounded_work *work, const void *context, char **ret_text)
{
	struct limits *limits = visit->site->limits;
	uint64_t began_ms = clock_now_ms();

	json_object_seed(0); /* jansson's first object reads it from a file, which that process could not */
	if (limit_take(limits, LIMIT_SLOW, visit->request->source, clock_now_ns()) > 0) {
		return -EAGAIN;
	}
	int r = bounded_run(work, context, ret_text);
	for (uint64_t rest_ms = clock_now_ms() - began_ms; rest_ms >= PRICE_MS; rest_ms -= PRICE_MS) {
		(void)limit_take(limits, LIMIT_SLOW, visit->request->source, clock_now_ns());
	}
	return r;
}

void preview_form(struct visit *visit, const struct form *form, const char *reference, struct preview *ret_preview)
{
	struct site *site = visit->site;
	struct examining examining = { .form = form };
	struct arena arena = { 0 };
	struct rules_pending *pending = NULL;
	char *text = NULL;
	int r = process_pending(site->store, &arena, &pending, &examining.context.pending_count);

	if (r == 0) {
		examining.context.view = site->view.size > 0 ? &site->view : NULL;
		examining.context.pending = pending;
		examining.context.own_reference = reference;
		r = form->berth != NULL ? run_bounded(visit, write_described, &examining, &text)
					: write_alone(&examining, &text);
	}
	arena_finish(&arena);
	take(text, r, ret_preview);
}

void preview_of(const struct rule_report *report, struct preview *ret_preview)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	int r = stream == NULL ? -ENOMEM : rule_report_write_json(report, NULL, stream);

	if (stream != NULL && fclose(stream) != 0) {
		r = -ENOMEM;
	}
	take(text, r, ret_preview);
}

void preview_finish(struct preview *preview)
{
	json_decref(preview->report);
	*preview = (struct preview){ .report = NULL };
}

size_t preview_count(const struct preview *preview, const char *level)
{
	return (size_t)json_integer_value(json_object_get(json_object_get(preview->report, "counts"), level));
}

/* ---- answers out of a description ---- */

static int write_answers(FILE *stream, const void *context)
{
	const struct typed *typed = context;
	struct form form;
	struct complaint complaint = { "" };
	json_t *object = json_object();
	json_t *answers = json_object();
	int r = form_read_berth("description", typed->berth, strlen(typed->berth), &form, &complaint);

	if (r == -EBADMSG) {
		(void)json_object_set_new(object, "complaint", json_string(complaint.sentence));
		return json_dumpf(object, stream, 0);
	}
	if (r < 0) {
		return r;
	}
	for (int i = 0; form_fields[i].key != NULL; i++) {
		if (form.values[i] != NULL) {
			(void)json_object_set_new(answers, form_fields[i].key, json_string(form.values[i]));
		}
	}
	(void)json_object_set_new(object, "answers", answers);
	return json_dumpf(object, stream, 0);
}

static bool is_empty(const struct typed_field *field)
{
	return field->text[0] == '\0' && field->choice[0] == '\0';
}

/* How many; -ENOMEM. */
static int put_answers(struct typed *typed, const json_t *answers)
{
	int count = 0;

	for (int i = 0; form_fields[i].key != NULL; i++) {
		const char *answer = json_string_value(json_object_get(answers, form_fields[i].key));
		if (answer == NULL || form_needs(&form_fields[i], typed->form.kind) == FORM_NEVER ||
		    !is_empty(&typed->fields[i])) {
			continue;
		}
		if (!typed_put(typed, i, answer)) {
			return -ENOMEM;
		}
		typed->fields[i].is_from_file = true;
		count++;
	}
	return count;
}

const char *preview_fill(struct visit *visit, struct typed *typed)
{
	char *text = NULL;
	char sentence[COMPLAINT_MAX + 128];

	if (typed->form.berth == NULL) {
		return "There is no description to read.";
	}
	int r = run_bounded(visit, write_answers, typed, &text);
	json_t *object = r < 0 ? NULL : json_loads(text, 0, NULL);
	const char *complaint = json_string_value(json_object_get(object, "complaint"));
	int count = object == NULL || complaint != NULL ? 0 : put_answers(typed, json_object_get(object, "answers"));
	if (object == NULL || count < 0) {
		(void)snprintf(sentence, sizeof(sentence), "%s", fault_of(r));
	} else if (complaint != NULL) {
		(void)snprintf(sentence, sizeof(sentence), "The description goes along, but fills no fields: %s.",
			       complaint);
	} else {
		(void)snprintf(sentence, sizeof(sentence),
			       "%d field%s filled from the description; what you had typed stays as it was.", count,
			       count == 1 ? " was" : "s were");
	}
	json_decref(object);
	free(text);
	const char *kept = arena_text(&typed->arena, sentence, strlen(sentence));
	return kept != NULL ? kept : failed;
}
