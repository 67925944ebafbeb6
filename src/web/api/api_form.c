/* api_form.c - applications in JSON: examined, and sent. */
#include "web/api/api_form.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "os/clock.h"
#include "web/apply/preview.h"
#include "web/html/url.h"
#include "web/site/limit.h"

/* ---- reading ---- */

__attribute__((format(printf, 2, 3))) static bool refuse(struct visit *visit, const char *format, ...)
{
	struct complaint complaint = { "" };
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(complaint.sentence, sizeof(complaint.sentence), format, arguments);
	va_end(arguments);
	visit_refused(visit, -EINVAL, &complaint);
	return false;
}

/* Each answer becomes what a page would have posted. */
static bool take_answers(struct visit *visit, json_t *answers)
{
	struct web_request *request = visit->request;
	const char *key;
	json_t *value;

	json_object_foreach(answers, key, value)
	{
		if (form_field_find(key) < 0) {
			return refuse(visit, "\"answers\" has \"%s\", which is no question of a form.", key);
		}
		if (!json_is_string(value)) {
			return refuse(visit, "The answer \"%s\" must be a text.", key);
		}
		if (web_value_add(request, &request->form, key, json_string_value(value), json_string_length(value)) <
		    0) {
			return refuse(visit, "The answer \"%s\" holds a NUL.", key);
		}
	}
	return true;
}

static bool take_description(struct visit *visit, json_t *body)
{
	struct web_request *request = visit->request;
	const char *berth = api_text(visit, body, "berth");

	if (berth == NULL) {
		return false;
	}
	return web_value_add(request, &request->form, TYPED_BERTH, berth, strlen(berth)) == 0 ||
	       refuse(visit, "\"%s\" holds a NUL.", "berth");
}

bool api_form_read(struct visit *visit, json_t *body, const char *kind_or_null, struct typed *ret_typed)
{
	const char *word = kind_or_null != NULL ? kind_or_null : api_text(visit, body, "kind");
	json_t *answers = json_object_get(body, "answers");
	enum form_kind kind;

	if (word == NULL) {
		return false;
	}
	if (form_kind_of(word, &kind) < 0) {
		return refuse(visit,
			      "\"%s\" is no kind of application: user, system, relocation, name, service-code, "
			      "modification, transport, release, revocation, renewal.",
			      word);
	}
	if (!json_is_object(answers)) {
		return refuse(visit, "\"%s\" must be an object of texts, by the keys of the questions.", "answers");
	}
	if (!take_answers(visit, answers) || !take_description(visit, body)) {
		return false;
	}
	if (!typed_read(ret_typed, kind, visit)) {
		typed_finish(ret_typed);
		visit_refused(visit, -ENOMEM, &(struct complaint){ "" });
		return false;
	}
	if (ret_typed->form.berth != NULL) {
		(void)preview_fill(visit, ret_typed);
	}
	return true;
}

/* ---- telling ---- */

static json_t *list_faults(const struct typed *typed)
{
	json_t *faults = json_array();

	for (int i = 0; form_fields[i].key != NULL; i++) {
		if (typed->fields[i].error != NULL) {
			(void)json_array_append_new(faults, json_pack("{s:s, s:s}", "field", form_fields[i].key,
								      "sentence", typed->fields[i].error));
		}
	}
	return faults;
}

void api_form_report(struct visit *visit, unsigned status, const struct typed *typed, json_t *report_or_null)
{
	json_t *answer = json_pack("{s:o, s:o?}", "faults", list_faults(typed), "report", json_incref(report_or_null));

	if (status == 200) {
		visit_json(visit, 200, answer);
		return;
	}
	(void)json_object_update_new(answer, json_pack("{s:s, s:s, s:i, s:s}", "type", "about:blank", "title",
						       "Not sent", "status", (int)status, "detail",
						       "Rules refuse it, or an answer may not stand; see faults and "
						       "report."));
	visit_json(visit, status, answer);
	visit->response->type = "application/problem+json";
}

/* ---- calls ---- */

void api_examine(struct visit *visit)
{
	struct preview preview;
	struct typed typed;
	json_t *body = api_body(visit);

	if (body != NULL && api_form_read(visit, body, NULL, &typed)) {
		preview_form(visit, &typed.form, NULL, &preview);
		if (preview.report != NULL) {
			api_form_report(visit, 200, &typed, preview.report);
		} else {
			visit_problem(visit, 422, "Not examined", preview.fault);
		}
		preview_finish(&preview);
		typed_finish(&typed);
	}
	json_decref(body);
}

enum { KEY_MAX = 100, KEY_SIZE = 512 };

/* Without a key of the caller's, each sending is an application of its own.  A key is the applicant's: others may
 * choose the same one. */
static bool make_key(struct visit *visit, const struct typed *typed, char ret_key[static KEY_SIZE])
{
	const char *key = web_value(&visit->request->headers, "idempotency-key");

	if (strlen(key) > KEY_MAX) {
		return refuse(visit, "The header \"%s\" is longer than 100 octets.", "Idempotency-Key");
	}
	(void)snprintf(ret_key, KEY_SIZE, "api %s %s", key[0] != '\0' ? key : typed->key,
		       form_value(&typed->form, "applicant-email"));
	return true;
}

/* A letter goes to an address that nobody has confirmed. */
static bool may_submit(struct visit *visit)
{
	unsigned wait_s = limit_take(visit->site->limits, LIMIT_SUBMISSIONS, visit->request->source, clock_now_ns());
	char seconds[16];

	if (wait_s == 0) {
		return true;
	}
	(void)snprintf(seconds, sizeof(seconds), "%u", wait_s);
	visit_problem(visit, 429, "Too many applications", "Many applications came just now. Send it again later.");
	response_header(visit->response, "Retry-After", seconds);
	return false;
}

static void submit(struct visit *visit, const struct typed *typed)
{
	struct process_started started = { .reference = "" };
	struct rule_report report = { .count = 0 };
	struct complaint complaint = { "" };
	struct preview preview = { .report = NULL };
	char key[KEY_SIZE];

	if (!make_key(visit, typed, key) || !may_submit(visit)) {
		return;
	}
	const struct process_submission submission = { .form = &typed->form, .key = key };
	int r = process_submit(&visit->site->process, &submission, &started, &report, &complaint);
	if (r == 0) {
		visit_json(visit, started.was_there ? 200 : 201,
			   json_pack("{s:s, s:s, s:s}", "reference", started.reference, "state", "unconfirmed", "next",
				     "A letter with a link was sent to the applicant; nothing is with the staff before "
				     "it is followed."));
	} else if (r == -EPERM) {
		preview_of(&report, &preview);
		api_form_report(visit, 422, typed, preview.report);
	} else {
		visit_refused(visit, r, &complaint);
	}
	preview_finish(&preview);
	rule_report_finish(&report);
}

void api_apply(struct visit *visit)
{
	struct preview preview = { .report = NULL };
	struct typed typed;
	json_t *body = api_body(visit);

	if (body != NULL && api_form_read(visit, body, NULL, &typed)) {
		/* What may exhaust or break its reader does so in a process of its own, before it is read here. */
		preview_form(visit, &typed.form, NULL, &preview);
		if (preview.report == NULL) {
			visit_problem(visit, 422, "Not examined", preview.fault);
		} else if (typed.errors > 0) {
			api_form_report(visit, 422, &typed, preview.report);
		} else {
			submit(visit, &typed);
		}
		preview_finish(&preview);
		typed_finish(&typed);
	}
	json_decref(body);
}
