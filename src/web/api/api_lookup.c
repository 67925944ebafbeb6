/* api_lookup.c - questions about the registry: ports, services, words, free numbers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "registry/records/derive.h"
#include "web/api/api_json.h"

enum { WORDS_MAX = 16, WORDS_SIZE = 512, NEXT_MAX = 100 };

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
	const struct view *view = api_view(visit);
	const char *transport = visit_query(visit, "transport");
	struct question question;

	if (view == NULL || !read_question(visit, visit->request->parameters[0], &question)) {
		return;
	}
	int number = transport[0] != '\0' ? entry_transport(transport) : 0;
	if (question.kind != QUESTION_PORTS || number == ENTRY_TRANSPORT_OTHER) {
		visit_problem(
			visit, 400, "No port",
			"A port is a number from 0 to 65535, or a range like 6000-6063; a transport is tcp, udp, sctp "
			"or dccp.");
		return;
	}
	question.transport = number != 0 ? number : question.transport;
	answer_question(visit, view, &question);
}

void api_service(struct visit *visit)
{
	const struct view *view = api_view(visit);
	struct question question;

	if (view != NULL && read_question(visit, visit->request->parameters[0], &question)) {
		answer_question(visit, view, &question);
	}
}

/* ---- words ---- */

/* Cuts a copy at its blanks. */
static size_t split(char *text, const char *words[static WORDS_MAX])
{
	size_t count = 0;
	char *rest = NULL;

	for (char *word = strtok_r(text, " \t\n", &rest); word != NULL && count < WORDS_MAX;
	     word = strtok_r(NULL, " \t\n", &rest)) {
		words[count++] = word;
	}
	return count;
}

void api_search(struct visit *visit)
{
	const struct view *view = api_view(visit);
	const char *words[WORDS_MAX];
	char text[WORDS_SIZE];
	struct answers *answers = NULL;

	if (view == NULL) {
		return;
	}
	int length = snprintf(text, sizeof(text), "%s", visit_query(visit, "q"));
	size_t count = length >= WORDS_SIZE ? 0 : split(text, words);
	if (count == 0) {
		visit_problem(visit, 400, "Nothing asked", "?q= takes one to sixteen words, 511 octets together.");
		return;
	}
	int r = answers_create(view, &answers);
	if (r < 0) {
		visit_refused(visit, r, &(struct complaint){ "" });
		return;
	}
	api_answer(visit, answers, answers_search(answers, NULL, words, count), NULL);
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
	const struct view *view = api_view(visit);
	const char *band = visit_query(visit, "band");
	const char *transport = visit_query(visit, "transport");
	long count = number_of(visit_query(visit, "count"), 1);
	long from = number_of(visit_query(visit, "from"), 0);
	uint16_t ports[NEXT_MAX];

	if (view == NULL) {
		return;
	}
	int number = transport[0] != '\0' ? entry_transport(transport) : 0;
	if (count < 1 || count > NEXT_MAX || from < 0 || from > UINT16_MAX || number == ENTRY_TRANSPORT_OTHER) {
		visit_problem(visit, 400, "Out of range",
			      "count is 1 to 100, from 0 to 65535, transport tcp, udp, sctp or dccp.");
		return;
	}
	int found = next_free(view, band[0] != '\0' ? band : NULL, number, (int)from, (size_t)count, ports);
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
