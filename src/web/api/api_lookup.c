/* api_lookup.c - questions about the registry: ports, services, words, free numbers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "web/api/api_json.h"

enum { WORDS_SIZE = 512, NEXT_MAX = 100 };

static void answer_question(struct visit *visit, const struct view *view, const struct question *question)
{
	struct answers *answers = NULL;
	char sentence[512] = "";
	int r = answers_create(view, &answers);

	if (r < 0) {
		visit_refused(visit, r, &(struct complaint){ "" });
		return;
	}
	int found = answers_ask(answers, question);
	bool has_near = found == 0 && answers_nearest(answers, question, sentence, sizeof(sentence));
	api_answer(visit, answers, found, has_near ? sentence : NULL);
	answers = answers_destroy(answers);
}

/* Reads it as the command line does; false when the visitor was told what would be right. */
static bool read_question(struct visit *visit, const char *text, struct question *ret_question)
{
	struct complaint complaint = { "" };
	int r = question_read(text, ret_question, complaint.sentence, sizeof(complaint.sentence));

	if (r < 0) {
		visit_refused(visit, r, &complaint);
	}
	return r == 0;
}

void api_port(struct visit *visit)
{
	const struct view *view = visit_view(visit);
	struct question question;
	int transport;

	if (view == NULL || !visit_transport(visit, &transport) ||
	    !read_question(visit, visit->request->parameters[0], &question)) {
		return;
	}
	if (question.kind != QUESTION_PORTS) {
		visit_problem(visit, 400, "No port", "A port is a number from 0 to 65535, or a range like 6000-6063.");
		return;
	}
	question.transport = transport != 0 ? transport : question.transport;
	answer_question(visit, view, &question);
}

void api_service(struct visit *visit)
{
	const struct view *view = visit_view(visit);
	struct question question;

	if (view != NULL && read_question(visit, visit->request->parameters[0], &question)) {
		answer_question(visit, view, &question);
	}
}

/* ---- words ---- */

void api_search(struct visit *visit)
{
	const struct view *view = visit_view(visit);
	static const char wanted[] = "?q= takes one to sixteen words, 511 octets together.";
	const char *text = visit_query(visit, "q");
	struct answers *answers = NULL;

	if (view == NULL) {
		return;
	}
	if (text[strspn(text, " \t\n")] == '\0' || strlen(text) >= WORDS_SIZE) {
		visit_problem(visit, 400, "Nothing asked", wanted);
		return;
	}
	int r = answers_create(view, &answers);
	if (r < 0) {
		visit_refused(visit, r, &(struct complaint){ "" });
		return;
	}
	r = answers_search_text(answers, NULL, text);
	if (r == -E2BIG) {
		visit_problem(visit, 400, "Too many words", wanted);
	} else {
		api_answer(visit, answers, r, NULL);
	}
	answers = answers_destroy(answers);
}

/* ---- free numbers ---- */

static long number_of(const char *text, long otherwise)
{
	char *end = NULL;
	long number = strtol(text, &end, 10);

	return text[0] == '\0' ? otherwise : *end != '\0' ? -1 : number;
}

void api_next(struct visit *visit)
{
	const struct view *view = visit_view(visit);
	const char *band = visit_query(visit, "band");
	long count = number_of(visit_query(visit, "count"), 1);
	long from = number_of(visit_query(visit, "from"), 0);
	uint16_t ports[NEXT_MAX];
	int transport;

	if (view == NULL || !visit_transport(visit, &transport)) {
		return;
	}
	if (count < 1 || count > NEXT_MAX || from < 0 || from > UINT16_MAX) {
		visit_problem(visit, 400, "Out of range", "count is 1 to 100, from 0 to 65535.");
		return;
	}
	int found = next_free(view, band[0] != '\0' ? band : NULL, transport, (int)from, (size_t)count, ports);
	if (found < 0) {
		visit_problem(visit, 404, "Not found",
			      "No band is called that; a range like 20000-20100 serves as well.");
		return;
	}
	json_t *list = json_array();
	for (int i = 0; i < found; i++) {
		(void)json_array_append_new(list, json_integer(ports[i]));
	}
	visit_json(visit, 200, api_about(visit, view, json_pack("{s:o}", "free", list)));
}
