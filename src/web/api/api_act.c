/* api_act.c - applications on their way, in JSON: an applicant's by a secret link, the staff's by a token. */
#include <errno.h>
#include <string.h>

#include "web/api/api_form.h"
#include "web/api/api_json.h"
#include "web/apply/preview.h"
#include "web/site/session.h"

/* What became of it. */
static void tell(struct visit *visit, const struct process_done *done)
{
	json_t *free_near = json_array();

	for (size_t i = 0; i < done->free_count; i++) {
		(void)json_array_append_new(free_near, json_integer(done->free_near[i]));
	}
	visit_json(visit, 200,
		   json_pack("{s:s, s:s, s:s?, s:s?, s:o}", "reference", done->reference, "state", done->state, "track",
			     done->track[0] != '\0' ? done->track : NULL, "assigned",
			     done->assigned[0] != '\0' ? done->assigned : NULL, "free_near", free_near));
}

static void act(struct visit *visit, const struct process_act *wanted)
{
	struct process_done done = { .reference = "" };
	struct complaint complaint = { "" };
	int r = site_do(visit->site, wanted, &done, &complaint);

	if (r < 0) {
		if (r == -EPERM && wanted->staff != 0) {
			session_refused(visit, wanted->reference, complaint.sentence);
		}
		visit_refused(visit, r, &complaint);
		return;
	}
	tell(visit, &done);
}

static void show(struct visit *visit, int r, json_t *dossier)
{
	if (r < 0) {
		visit_refused(visit, r, &(struct complaint){ "There is no such application." });
	} else {
		visit_json(visit, 200, dossier);
	}
}

/* ---- by a link ---- */

static const char *path_word(const struct visit *visit, int index)
{
	const char *word = visit->request->parameters[index];

	return word == NULL ? "" : word;
}

static bool find(struct visit *visit, const char *purpose, char ret_reference[static 32])
{
	struct complaint complaint = { "" };
	int r = process_link(&visit->site->process, path_word(visit, 0), purpose, ret_reference, &complaint);

	if (r == -ENOENT) {
		session_refused(visit, "a link", "no such link, or it ended");
	}
	if (r < 0) {
		visit_refused(visit, r, &complaint);
	}
	return r == 0;
}

void api_confirm(struct visit *visit)
{
	const struct process_act wanted = { .act = "confirm", .token = path_word(visit, 0) };
	char reference[32];

	if (find(visit, "confirm", reference)) {
		act(visit, &wanted);
	}
}

void api_consent(struct visit *visit)
{
	json_t *body = api_body(visit);
	const char *verdict = body == NULL ? NULL : api_text(visit, body, "verdict");
	char reference[32];

	if (verdict != NULL && find(visit, "consent", reference)) {
		act(visit, &(struct process_act){ .act = "consent", .token = path_word(visit, 0), .verdict = verdict });
	}
	json_decref(body);
}

void api_track(struct visit *visit)
{
	json_t *dossier = NULL;
	char reference[32];

	if (find(visit, "track", reference)) {
		int r = process_dossier(&visit->site->process, reference, true, &dossier);
		show(visit, r, dossier);
	}
}

/* The kind of an application never changes; a new version is a form of the same. */
static bool kind_of(struct visit *visit, const char *reference, char ret_kind[static 32])
{
	json_t *dossier = NULL;
	int r = process_dossier(&visit->site->process, reference, true, &dossier);

	if (r == 0) {
		(void)snprintf(ret_kind, 32, "%s", json_string_value(json_object_get(dossier, "kind")));
		json_decref(dossier);
	} else {
		visit_refused(visit, r, &(struct complaint){ "" });
	}
	return r == 0;
}

/* With a form, after a look at it in a process of its own. */
static void act_with_form(struct visit *visit, json_t *body, const char *reference, struct process_act *wanted)
{
	struct preview preview = { .report = NULL };
	struct typed typed;
	char kind[32];

	if (!kind_of(visit, reference, kind) || !api_form_read(visit, body, kind, &typed)) {
		return;
	}
	preview_form(visit, &typed.form, reference, &preview);
	if (preview.report == NULL) {
		visit_problem(visit, 422, "Not examined", preview.fault);
	} else if (typed.errors > 0) {
		api_form_report(visit, 422, &typed, preview.report);
	} else {
		wanted->form = &typed.form;
		act(visit, wanted);
	}
	preview_finish(&preview);
	typed_finish(&typed);
}

/* The act of the table by its word in an address, or NULL. */
static const char *act_of(const char *word)
{
	static const char *const acts[] = { "answer", "withdraw", "reopen", "copy", "submit", "appeal" };

	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		if (strcmp(acts[i], word) == 0) {
			return acts[i];
		}
	}
	return strcmp(word, "edit") == 0 ? "edit-return" : NULL;
}

static void act_by_link(struct visit *visit, json_t *body, const char *reference)
{
	const char *text = api_text(visit, body, "text");
	const char *about = text == NULL ? NULL : api_text(visit, body, "about");
	struct process_act wanted = {
		.act = act_of(path_word(visit, 1)),
		.token = path_word(visit, 0),
		.text = text != NULL && text[0] != '\0' ? text : NULL,
		.about = about != NULL && about[0] != '\0' ? about : NULL,
	};

	if (text == NULL || about == NULL) {
		return;
	}
	if (json_object_get(body, "answers") != NULL) {
		act_with_form(visit, body, reference, &wanted);
	} else {
		act(visit, &wanted);
	}
}

void api_track_act(struct visit *visit)
{
	char reference[32];

	if (act_of(path_word(visit, 1)) == NULL) {
		visit_problem(visit, 404, "Not found",
			      "An applicant's acts are answer, edit, withdraw, reopen, copy, submit and appeal.");
		return;
	}
	if (find(visit, "track", reference)) {
		json_t *body = api_body(visit);
		if (body != NULL) {
			act_by_link(visit, body, reference);
		}
		json_decref(body);
	}
}

/* ---- the staff ---- */

void api_queue(struct visit *visit)
{
	json_t *queue = NULL;
	int r = process_queue(&visit->site->process, &queue);

	if (r < 0) {
		visit_refused(visit, r, &(struct complaint){ "" });
	} else {
		visit_json(visit, 200, json_pack("{s:o}", "applications", queue));
	}
}

void api_dossier(struct visit *visit)
{
	json_t *dossier = NULL;
	int r = process_dossier_for_staff(&visit->site->process, path_word(visit, 0), visit->session.staff, &dossier);

	show(visit, r, dossier);
}

/* 0 when it is not there; false when the visitor was told that it is no such number. */
static bool read_number(struct visit *visit, const json_t *body, const char *name, int max, int *ret_number)
{
	struct complaint complaint = { "" };
	const json_t *value = json_object_get(body, name);
	json_int_t number = json_integer_value(value);

	if ((value != NULL && !json_is_integer(value)) || number < 0 || number > max) {
		(void)complain_of(&complaint, -EINVAL, "\"%s\" must be a number from 0 to %d.", name, max);
		visit_refused(visit, -EINVAL, &complaint);
		return false;
	}
	*ret_number = (int)number;
	return true;
}

/* Reads the members; false when the visitor was told of one that is not. */
static bool read_act(struct visit *visit, json_t *body, struct process_act *act)
{
	const struct {
		const char *name;
		const char **value;
	} members[] = {
		{ "text", &act->text }, { "rules", &act->rules }, { "about", &act->about }, { "verdict", &act->verdict }
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const char *value = api_text(visit, body, members[i].name);
		if (value == NULL) {
			return false;
		}
		*members[i].value = value[0] != '\0' ? value : NULL;
	}
	return read_number(visit, body, "port", UINT16_MAX, &act->port) &&
	       read_number(visit, body, "step", INT32_MAX, &act->step);
}

void api_review(struct visit *visit)
{
	struct process_act wanted = {
		.reference = path_word(visit, 0),
		.act = path_word(visit, 1),
		.staff = visit->session.staff,
	};
	json_t *body = api_body(visit);

	if (body != NULL && read_act(visit, body, &wanted)) {
		act(visit, &wanted);
	}
	json_decref(body);
}
