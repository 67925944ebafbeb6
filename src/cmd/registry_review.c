/* registry_review.c - `berth review`: the staff's side of applications.  Who acts is the login that calls. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/registry_dossier.h"
#include "cmd/registry_process.h"
#include "store/staff.h"

enum { QUESTIONS = 10 };

/* ---- list, show ---- */

static int list(const struct request *request, struct registry_process *process)
{
	json_t *queue = NULL;
	int r = process_queue(&process->process, &queue);

	if (r < 0) {
		complain_about("%s", store_complaint(process->process.store));
		return EXIT_COULD_NOT;
	}
	registry_queue_print(request, queue);
	json_decref(queue);
	return EXIT_DONE;
}

static int show(const struct request *request, struct registry_process *process, const char *reference)
{
	json_t *dossier = NULL;
	int r = process_dossier_for_staff(&process->process, reference, process->staff, &dossier);

	if (r < 0) {
		complain_about("%s: %s", reference, r == -ENOENT ? "there is no such application" : strerror(-r));
		return r == -ENOENT ? EXIT_NO : EXIT_COULD_NOT;
	}
	registry_dossier_print(request, dossier);
	json_decref(dossier);
	return EXIT_DONE;
}

/* ---- acts ---- */

static const char *word_at(const struct request *request, size_t index)
{
	return index < request->word_count ? request->words[index] : NULL;
}

static int act(const struct request *request, struct registry_process *process, const char *name, const char *about,
	       const char *verdict, int port)
{
	const struct process_act wanted = {
		.reference = request->words[1],
		.act = name,
		.staff = process->staff,
		.text = request->why,
		.rules = request->because,
		.about = about != NULL ? about : request->about,
		.verdict = verdict,
		.port = port,
	};

	return registry_process_act(request, process, &wanted);
}

static int find(const struct request *request, struct registry_process *process)
{
	const char *about = word_at(request, 2);
	const char *verdict = word_at(request, 3);
	char question[32];

	if (verdict == NULL) {
		complain_about("finding takes REF ABOUT VERDICT, like: finding B-2026-0017 \"question 5\" understood");
		return EXIT_USAGE;
	}
	if (strcmp(about, "all") != 0) {
		return act(request, process, "finding", about, verdict, 0);
	}
	for (int number = 1; number < QUESTIONS; number++) {
		struct process_done done = { .reference = "" };
		struct complaint complaint = { "" };
		(void)snprintf(question, sizeof(question), "question %d", number);
		const struct process_act finding = {
			.reference = request->words[1],
			.act = "finding",
			.staff = process->staff,
			.text = request->why,
			.about = question,
			.verdict = verdict,
		};
		int r = process_do(&process->process, &finding, &done, &complaint);
		if (r < 0) {
			return registry_process_refused(&complaint, r);
		}
	}
	(void)snprintf(question, sizeof(question), "question %d", QUESTIONS);
	return act(request, process, "finding", question, verdict, 0);
}

/* By two of the board, or by somebody who came no further. */
static bool is_decided(struct registry_process *process, const char *reference)
{
	json_t *dossier = NULL;
	int r = process_dossier(&process->process, reference, false, &dossier);
	const char *state = r == 0 ? json_string_value(json_object_get(dossier, "state")) : NULL;
	bool is = state != NULL && strcmp(state, "approved") == 0;

	json_decref(dossier);
	return is;
}

/* The port that is chosen; 0 none is, -1 what is no port. */
static int port_at(const struct request *request, size_t index)
{
	const char *word = word_at(request, index);
	char *end = NULL;
	unsigned long port = word == NULL ? 0 : strtoul(word, &end, 10);

	if (word == NULL) {
		return 0;
	}
	return word[0] >= '1' && word[0] <= '9' && *end == '\0' && port <= UINT16_MAX ? (int)port : -1;
}

/* Decided, if it is not yet, and carried out; where a second vote is needed, only the first of both happens. */
static int assign(const struct request *request, struct registry_process *process)
{
	int port = port_at(request, 2);
	struct process_done done = { .reference = "" };
	struct complaint complaint = { "" };
	const struct process_act proposed = {
		.reference = request->words[1],
		.act = "propose-assign",
		.staff = process->staff,
		.text = request->why,
		.verdict = "assign",
		.port = port,
	};

	if (port < 0) {
		complain_about("review assign takes REF [PORT], a number from 1 to %d, not \"%s\"", UINT16_MAX,
			       request->words[2]);
		return EXIT_USAGE;
	}
	if (is_decided(process, request->words[1])) {
		return act(request, process, "assign", NULL, NULL, port);
	}
	int r = process_do(&process->process, &proposed, &done, &complaint);
	if (r < 0) {
		return registry_process_refused(&complaint, r);
	}
	if (strcmp(done.state, "approved") != 0) {
		return registry_process_told(request, process, &done);
	}
	return act(request, process, "assign", NULL, NULL, port);
}

/* How many words an act takes, with its own and the reference. */
static size_t words_of(const char *name)
{
	static const char *const with_one_more[] = { "assign",	 "name-expert", "to-expert",
						     "reassign", "recommend",	"vote" };

	for (size_t i = 0; i < sizeof(with_one_more) / sizeof(with_one_more[0]); i++) {
		if (strcmp(with_one_more[i], name) == 0) {
			return 3;
		}
	}
	return strcmp(name, "finding") == 0 ? 4 : 2;
}

static int do_act(const struct request *request, struct registry_process *process)
{
	const char *name = request->words[0];

	if (request->word_count > words_of(name)) {
		complain_about("review %s takes no \"%s\"; see `berth help review`", name,
			       request->words[words_of(name)]);
		return EXIT_USAGE;
	}

	if (strcmp(name, "finding") == 0) {
		return find(request, process);
	}
	if (strcmp(name, "assign") == 0) {
		return assign(request, process);
	}
	bool names =
		strcmp(name, "name-expert") == 0 || strcmp(name, "to-expert") == 0 || strcmp(name, "reassign") == 0;
	if (names) {
		return act(request, process, name, word_at(request, 2), NULL, 0);
	}
	bool votes = strcmp(name, "recommend") == 0 || strcmp(name, "vote") == 0;
	const char *verdict = votes ? word_at(request, 2) : strcmp(name, "refuse") == 0 ? "refuse" : NULL;
	return act(request, process, name, NULL, verdict, 0);
}

static int run(const struct request *request, struct registry_process *process)
{
	if (request->word == NULL || strcmp(request->word, "list") == 0) {
		return list(request, process);
	}
	if (request->word_count < 2) {
		complain_about("review %s takes the reference of an application, like B-2026-0017", request->word);
		return EXIT_USAGE;
	}
	return strcmp(request->word, "show") == 0 ? show(request, process, request->words[1])
						  : do_act(request, process);
}

int registry_review_verb(const struct request *request)
{
	struct registry_process process;
	int status = registry_process_open(request, &process);

	if (status != EXIT_DONE) {
		return status;
	}
	if (process.staff == 0) {
		complain_about("%s is not on the staff of this registry", registry_login());
		status = EXIT_NO;
	} else {
		status = run(request, &process);
	}
	registry_process_close(&process);
	return status;
}
