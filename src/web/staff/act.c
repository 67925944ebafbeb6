/* act.c - POST /staff/application/REF/ACT: what the staff does with an application.
 *
 * The act is process_do's to do or to refuse; here a form becomes an act, and a refused one becomes the page again with
 * all that was typed. Acts that were not offered and are refused are noted as somebody's attempt (session.h). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/rules/rules.h"
#include "web/html/url.h"
#include "web/site/session.h"
#include "web/staff/dossier.h"
#include "web/staff/staff.h"

enum { RULES_TEXT_MAX = 512, NUMBER_BASE = 10, LAST_PORT = 65535 };

/* What an act says, from its form. */
struct typed {
	struct visit *visit;
	const char *ref, *act;
	char rules[RULES_TEXT_MAX];
	const char *text, *about, *verdict;
	int port, step;
	char field[DOSSIER_ABOUT_MAX]; /* the one that a refusal is most likely about */
};

/* ---- read ---- */

static int number_typed(const struct visit *visit, const char *field, long largest)
{
	const char *typed = visit_field(visit, field);
	char *end = NULL;
	long number = strtol(typed, &end, NUMBER_BASE);

	return typed[0] == '\0' ? 0 : *end != '\0' || number < 0 || number > largest ? -1 : (int)number;
}

/* Boxes come back each as a field of its own. */
static void read_rules(struct typed *typed, const char *of)
{
	char field[DOSSIER_ABOUT_MAX];
	char box[2 * DOSSIER_ABOUT_MAX];

	(void)dossier_act_field(typed->act, of, field);
	for (const struct rule *rule = rules; rule->id != NULL; rule++) {
		(void)snprintf(box, sizeof(box), "%s-%s", field, rule->id);
		size_t used = strlen(typed->rules);
		if (visit_field(typed->visit, box)[0] != '\0' && used + strlen(rule->id) + 2 < sizeof(typed->rules)) {
			(void)snprintf(typed->rules + used, sizeof(typed->rules) - used, "%s%s", used > 0 ? "," : "",
				       rule->id);
		}
	}
}

static const char *field_typed(struct typed *typed, const char *of)
{
	char field[DOSSIER_ABOUT_MAX];

	return visit_field(typed->visit, dossier_act_field(typed->act, of, field));
}

static void read_port(struct typed *typed)
{
	char field[DOSSIER_ABOUT_MAX];
	bool has_other = field_typed(typed, "other")[0] != '\0';

	(void)dossier_act_field(typed->act, has_other ? "other" : "port", field);
	typed->port = number_typed(typed->visit, field, LAST_PORT);
}

static void read_typed(struct visit *visit, const struct offer_form *form, struct typed *ret_typed)
{
	*ret_typed = (struct typed){
		.visit = visit,
		.ref = visit->request->parameters[0],
		.act = form->act,
		.step = number_typed(visit, "step", INT32_MAX),
	};
	ret_typed->text = field_typed(ret_typed, "text");
	ret_typed->verdict = field_typed(ret_typed, "verdict");
	ret_typed->about = field_typed(ret_typed, (form->asks & OFFER_EXPERT) != 0 ? "expert" : "about");
	read_rules(ret_typed, "rules");
	read_rules(ret_typed, "others");
	read_port(ret_typed);
}

/* ---- refused ---- */

/* Where the sentence stands: at what is missing, else at the text. */
static const char *field_of(struct typed *typed, const struct offer_form *form)
{
	const char *of = form->text != NULL ? "text" : (form->asks & OFFER_EXPERT) != 0 ? "expert" : "port";

	if ((form->asks & OFFER_PORT) != 0 && typed->port < 0) {
		of = "other";
	} else if ((form->asks & OFFER_EXPERT) != 0 && typed->about[0] == '\0') {
		of = "expert";
	} else if ((form->asks & OFFER_VERDICT) != 0 && typed->verdict[0] == '\0') {
		of = "verdict";
	} else if (strcmp(form->act, "refuse") == 0 && typed->rules[0] == '\0' && typed->text[0] != '\0') {
		of = "rules";
	}
	return dossier_act_field(form->act, of, typed->field);
}

static bool was_offered(const struct dossier *dossier, const char *act)
{
	for (size_t i = 0; i < dossier->offer_count; i++) {
		if (strcmp(dossier->offers[i].form->act, act) == 0) {
			return dossier->offers[i].why_not == NULL;
		}
	}
	return strcmp(act, "finding") == 0 && offers_findings(&dossier->facts);
}

static int status_of(int error)
{
	switch (error) {
	case -EPERM:
	case -EINVAL:
	case -EILSEQ:
		return 422;
	case -EEXIST:
		return 409;
	case -EACCES:
	case -ETIMEDOUT:
		return 403;
	case -E2BIG:
		return 413;
	default:
		return 503;
	}
}

static void note_refused(struct visit *visit, const char *sentence)
{
	char subject[DOSSIER_PATH_MAX];

	(void)snprintf(subject, sizeof(subject), "application %s", visit->request->parameters[0]);
	session_refused(visit, subject, sentence);
}

/* Whoever asks for what was never before them asked for what is not theirs. */
static void note_attempt(struct visit *visit, struct dossier *dossier, int step, const char *sentence)
{
	if (step == 0 || step == dossier->facts.step || dossier->facts.is_own) {
		note_refused(visit, sentence);
		dossier->status = 403;
	}
}

/* The page again, with the sentence and all that was typed. */
static void show_again(struct visit *visit, const char *act, const char *field, int step, int error,
		       const struct complaint *complaint)
{
	struct dossier dossier;
	int r = error == -ENOENT ? error : dossier_open(visit, visit->request->parameters[0], &dossier);

	if (r < 0) {
		if (error == -EPERM) { /* it is there, but not theirs to see */
			note_refused(visit, complaint->sentence);
		}
		visit_refused(visit, r, &(struct complaint){ "" });
		return;
	}
	dossier.act = act;
	dossier.field = field;
	dossier.error = complaint->sentence;
	dossier.status = status_of(error);
	if (error == -EPERM && !was_offered(&dossier, act)) {
		note_attempt(visit, &dossier, step, complaint->sentence);
	}
	dossier_show(&dossier);
	dossier_close(&dossier);
}

/* Errors of the store are told in our own words: its own are for the log. */
static int refuse(struct visit *visit, int error, struct complaint *complaint)
{
	bool is_known = error == -EPERM || error == -EINVAL || error == -EILSEQ || error == -E2BIG ||
			error == -EEXIST || error == -ENOENT;

	if (!is_known) {
		(void)complain_of(
			complaint, error,
			"The registry could not write it down just now. Nothing was changed; send it again in a "
			"few seconds.");
		response_header(visit->response, "Retry-After", "5");
	}
	return error;
}

static int check_token(struct visit *visit, struct complaint *complaint)
{
	if (visit->token == 0) {
		return 0;
	}
	return complain_of(complaint, visit->token,
			   "This page was open too long, or the session in which it was opened has ended. Nothing was "
			   "changed; send it again.");
}

/* ---- done ---- */

static void go_on(struct visit *visit, const char *ref, const char *act)
{
	struct url url;

	(void)url_path(&url, "/staff/application/", ref);
	visit_go(visit, url_query(&url, "done", act));
}

static int act_on(struct typed *typed, struct complaint *complaint)
{
	struct process_done done = { .free_count = 0 };
	const struct process_act act = {
		.reference = typed->ref,
		.act = typed->act,
		.staff = typed->visit->session.staff,
		.text = typed->text,
		.rules = typed->rules[0] != '\0' ? typed->rules : NULL,
		.about = typed->about,
		.verdict = typed->verdict[0] != '\0' ? typed->verdict : NULL,
		.port = typed->port,
		.step = typed->step,
	};

	if (typed->port < 0) {
		return complain_of(complaint, -EINVAL, "A number is one of 1 to %d.", LAST_PORT);
	}
	int r = site_do(typed->visit->site, &act, &done, complaint);
	return r < 0 ? refuse(typed->visit, r, complaint) : 0;
}

static void do_one(struct visit *visit, const struct offer_form *form)
{
	struct complaint complaint = { "" };
	struct typed typed;

	read_typed(visit, form, &typed);
	int r = check_token(visit, &complaint);
	r = r < 0 ? r : act_on(&typed, &complaint);
	if (r < 0) {
		show_again(visit, form->act, field_of(&typed, form), typed.step, r, &complaint);
	} else {
		go_on(visit, typed.ref, form->act);
	}
}

/* ---- findings, all at once ---- */

struct findings {
	struct visit *visit;
	const struct dossier *dossier;
	struct complaint complaint;
	char field[DOSSIER_ABOUT_MAX];
	int step;
	int error;
};

static bool is_as_before(const json_t *mine, const char *verdict, const char *note)
{
	return mine != NULL && strcmp(row_text(mine, "verdict"), verdict) == 0 &&
	       strcmp(row_text(mine, "note"), note) == 0;
}

static int find(struct findings *findings, const char *about, const char *verdict, const char *text)
{
	struct visit *visit = findings->visit;
	struct process_done done = { .free_count = 0 };
	const struct process_act act = {
		.reference = findings->dossier->ref,
		.act = "finding",
		.staff = visit->session.staff,
		.text = text,
		.about = about,
		.verdict = verdict,
		.step = findings->step,
	};

	return process_do(&visit->site->process, &act, &done, &findings->complaint);
}

static void record(const char *about, bool is_question, void *context)
{
	struct findings *findings = context;
	struct visit *visit = findings->visit;
	const json_t *mine = dossier_finding(findings->dossier, about);
	char finding[DOSSIER_ABOUT_MAX];
	char note[DOSSIER_ABOUT_MAX];
	const char *verdict = visit_field(visit, dossier_field("finding", about, finding));
	const char *text = visit_field(visit, dossier_field("note", about, note));
	bool all = web_value_is(&visit->request->form, "do", "all");

	if (verdict[0] == '\0' && all && is_question && mine == NULL) {
		verdict = "understood";
	}
	if (findings->error < 0 || verdict[0] == '\0' || is_as_before(mine, verdict, text)) {
		return;
	}
	findings->error = find(findings, about, verdict, text);
	if (findings->error < 0) {
		memcpy(findings->field, text[0] == '\0' ? note : finding, sizeof(findings->field));
	}
}

static int record_all(struct findings *findings)
{
	struct dossier dossier;
	int r = dossier_open(findings->visit, findings->visit->request->parameters[0], &dossier);

	if (r < 0) {
		return complain_of(&findings->complaint, r, "There is no such application.");
	}
	findings->dossier = &dossier;
	if (offers_findings(&dossier.facts)) {
		dossier_each_about(&dossier, record, findings);
	} else {
		findings->error = find(findings, "", "", ""); /* which says why it cannot be */
	}
	dossier_close(&dossier);
	return findings->error < 0 ? refuse(findings->visit, findings->error, &findings->complaint) : 0;
}

static void do_findings(struct visit *visit)
{
	struct findings findings = { .visit = visit, .step = number_typed(visit, "step", INT32_MAX) };
	int r = check_token(visit, &findings.complaint);

	r = r < 0 ? r : record_all(&findings);
	if (r < 0) {
		show_again(visit, "finding", findings.field, findings.step, r, &findings.complaint);
	} else {
		go_on(visit, visit->request->parameters[0], "finding");
	}
}

void staff_act(struct visit *visit)
{
	const char *act = visit->request->parameters[1];
	const struct offer_form *form = offer_form_find(act);

	if (strcmp(act, "finding") == 0) {
		do_findings(visit);
	} else if (form != NULL) {
		do_one(visit, form);
	} else {
		visit_problem(visit, 404, "Not found", "There is no such act.");
	}
}
