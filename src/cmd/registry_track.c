/* registry_track.c - `berth track`: the applicant's side, by the secret token of a link. */
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
	int r = process_token(&process->process, token, reference, &complaint);

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
	size_t needed = strcmp(word, "answer") == 0 || strcmp(word, "edit") == 0 ? 3 : 2;
	bool takes_text = strcmp(word, "answer") == 0 || strcmp(word, "appeal") == 0;

	if (request->word_count != needed || (takes_text && request->why == NULL)) {
		complain_about(
			"track TOKEN takes answer NUMBER -m TEXT, edit FILE, withdraw, reopen, copy, or appeal -m "
			"FACTS");
		return EXIT_USAGE;
	}
	act->act = word;
	act->token = request->words[0];
	act->text = request->why;
	act->about = strcmp(word, "answer") == 0 ? request->words[2] : NULL;
	return EXIT_DONE;
}

static int act_by_token(const struct request *request, struct registry_process *process)
{
	struct process_act act = { .act = NULL };
	struct form form = { .kind = FORM_USER };
	int status = read_act(request, &act);

	if (status == EXIT_DONE && strcmp(act.act, "edit") == 0) {
		status = registry_form_read(request->words[2], &form);
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

static int consent(const struct request *request, struct registry_process *process)
{
	bool yes = request->word_count == 2 && strcmp(request->words[1], "yes") == 0;
	bool no = request->word_count == 2 && strcmp(request->words[1], "no") == 0;
	const struct process_act act = {
		.act = yes ? "consented" : "declined",
		.token = request->words[0],
		.verdict = yes ? "yes" : "no",
		.text = request->why,
	};

	if (!yes && !no) {
		complain_about("track --consent TOKEN takes yes or no");
		return EXIT_USAGE;
	}
	return registry_process_act(request, process, &act);
}

int registry_track_verb(const struct request *request)
{
	struct registry_process process;

	if (request->word_count == 0) {
		complain_about("track takes the token of your letter; see `berth help track`");
		return EXIT_USAGE;
	}
	int status = registry_process_open(request, &process);
	if (status != EXIT_DONE) {
		return status;
	}
	status = request->consent	    ? consent(request, &process)
		 : request->word_count == 1 ? show(request, &process, request->words[0])
					    : act_by_token(request, &process);
	registry_process_close(&process);
	return status;
}
