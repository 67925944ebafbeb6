/* registry_track.c - `berth track`: the applicant's side, by the secret token of a link; and what anybody may say, by
 * an address that a link confirms. */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "cmd/registry_dossier.h"
#include "cmd/registry_process.h"

static int show(const struct request *request, struct registry_process *process, const char *token)
{
	struct complaint complaint = { "" };
	json_t *dossier = NULL;
	char reference[32];
	int r = process_link(&process->process, token, "track", reference, &complaint);

	if (r == 0) {
		r = process_dossier(&process->process, reference, true, &dossier);
	}
	if (r < 0) {
		return registry_process_refused(&complaint, r);
	}
	registry_dossier_print(request, dossier);
	json_decref(dossier);
	return EXIT_DONE;
}

/* Acts of applicants that have words of their own. */
static int read_act(const struct request *request, struct process_act *act)
{
	const char *word = request->word_count > 1 ? request->words[1] : "";
	bool answers = strcmp(word, "answer") == 0;
	bool edits = strcmp(word, "edit") == 0;
	bool submits = strcmp(word, "submit") == 0;
	size_t least = answers || edits ? 3 : 2;
	size_t most = answers || submits ? least + 1 : least;
	bool takes_text = answers || strcmp(word, "appeal") == 0;

	if (request->word_count < least || request->word_count > most || (takes_text && request->why == NULL)) {
		complain_about(
			"track TOKEN takes answer NUMBER [FILE] -m TEXT, edit FILE, withdraw, reopen, copy, submit "
			"[FILE], or appeal -m FACTS");
		return EXIT_USAGE;
	}
	act->act = edits ? "edit-return" : word;
	act->token = request->words[0];
	act->text = request->why;
	act->about = answers ? request->words[2] : NULL;
	return EXIT_DONE;
}

/* Of an edit, of a draft that is sent, or of an answer that changes something; NULL without. */
static const char *file_of(const struct request *request, const struct process_act *act)
{
	size_t at = act->about != NULL ? 3 : 2;

	return at < request->word_count ? request->words[at] : NULL;
}

static int act_by_token(const struct request *request, struct registry_process *process)
{
	struct process_act act = { .act = NULL };
	struct form form = { .kind = FORM_USER };
	int status = read_act(request, &act);

	const char *file = status == EXIT_DONE ? file_of(request, &act) : NULL;
	if (file != NULL) {
		status = registry_form_read(file, &form);
		act.form = &form;
	}
	if (status == EXIT_DONE) {
		status = registry_process_act(request, process, &act);
	}
	if (act.form != NULL) {
		form_finish(&form);
	}
	return status;
}

/* What would change, before somebody agrees to it. */
static int show_asked(const struct request *request, struct registry_process *process)
{
	struct complaint complaint = { "" };
	json_t *asked = NULL;
	int r = process_asked(&process->process, request->words[0], &asked, &complaint);

	if (r < 0) {
		return registry_process_refused(&complaint, r);
	}
	registry_dossier_print(request, asked);
	json_decref(asked);
	return EXIT_DONE;
}

static int consent(const struct request *request, struct registry_process *process)
{
	bool yes = request->word_count == 2 && strcmp(request->words[1], "yes") == 0;
	bool no = request->word_count == 2 && strcmp(request->words[1], "no") == 0;
	const struct process_act act = {
		.act = "consent",
		.token = request->words[0],
		.verdict = yes ? "yes" : "no",
		.text = request->why,
	};

	if (request->word_count == 1) {
		return show_asked(request, process);
	}
	if (!yes && !no) {
		complain_about("track --consent TOKEN takes yes or no");
		return EXIT_USAGE;
	}
	return registry_process_act(request, process, &act);
}

/* The same words for every address. */
static int write_remark(const struct request *request, struct registry_process *process)
{
	const struct process_act act = {
		.reference = request->words[1],
		.act = request->words[0],
		.email = request->email,
		.text = request->why,
	};
	struct process_done done = { .reference = "" };
	struct complaint complaint = { "" };
	int r = process_do(&process->process, &act, &done, &complaint);

	if (r < 0) {
		return registry_process_refused(&complaint, r);
	}
	(void)puts("A link was sent to that address. What you wrote is taken when it is used, within seven days.");
	return EXIT_DONE;
}

static bool is_remark(const struct request *request)
{
	return strcmp(request->words[0], "comment") == 0 || strcmp(request->words[0], "appeal") == 0;
}

static int run(const struct request *request, struct registry_process *process)
{
	if (is_remark(request)) {
		return write_remark(request, process);
	}
	if (request->consent) {
		return consent(request, process);
	}
	return request->word_count == 1 ? show(request, process, request->words[0]) : act_by_token(request, process);
}

int registry_track_verb(const struct request *request)
{
	struct registry_process process;

	if (request->word_count == 0) {
		complain_about("track takes the token of your letter; see `berth help track`");
		return EXIT_USAGE;
	}
	if (is_remark(request) && (request->word_count != 2 || request->email == NULL || request->why == NULL)) {
		complain_about("track %s takes REF --email ADDRESS -m TEXT", request->words[0]);
		return EXIT_USAGE;
	}
	int status = registry_process_open(request, &process);
	if (status != EXIT_DONE) {
		return status;
	}
	status = run(request, &process);
	registry_process_close(&process);
	return status;
}
