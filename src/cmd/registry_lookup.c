/* registry_lookup.c - `berth lookup`, `berth search` and `berth next`: questions answered from a view. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/registry.h"
#include "registry/lookup/lookup.h"

enum { LINE_MAX_OCTETS = 1024, NEXT_MAX = 65536 };

static enum answer_form form_of(const struct request *request)
{
	return request->json ? ANSWER_JSON : request->tabs ? ANSWER_TABS : ANSWER_ALIGNED;
}

/* ---- lookup ---- */

/* EXIT_DONE, EXIT_NO when it is not there, or another. */
static int ask(struct answers *answers, const char *word)
{
	struct question question;
	char complaint[256];

	if (question_read(word, &question, complaint, sizeof(complaint)) < 0) {
		complain_about("%s", complaint);
		return EXIT_USAGE;
	}
	int found = answers_ask(answers, &question);
	if (found < 0) {
		complain_about("%s: %s", word, strerror(-found));
		return EXIT_COULD_NOT;
	}
	if (found == 0 && answers_nearest(answers, &question, complaint, sizeof(complaint))) {
		complain_about("%s", complaint);
	}
	return found > 0 ? EXIT_DONE : EXIT_NO;
}

static int worse(int a, int b)
{
	return a > b ? a : b;
}

static int ask_each_line(struct answers *answers, FILE *stream)
{
	char line[LINE_MAX_OCTETS];
	int status = EXIT_DONE;

	while (fgets(line, sizeof(line), stream) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		const char *word = line + strspn(line, " \t");
		if (word[0] != '\0' && word[0] != '#') {
			status = worse(status, ask(answers, word));
		}
	}
	return status;
}

static int ask_all(const struct request *request, struct answers *answers)
{
	int status = EXIT_DONE;

	if (request->word_count == 0) {
		return ask_each_line(answers, stdin);
	}
	for (size_t i = 0; i < request->word_count; i++) {
		const char *word = request->words[i];
		status = worse(status, strcmp(word, "-") == 0 ? ask_each_line(answers, stdin) : ask(answers, word));
	}
	return status;
}

/* Opens a view, runs `with` on answers to it, and writes them. */
static int answer(const struct request *request,
		  int (*with)(const struct request *request, struct answers *answers, const struct view *view))
{
	struct registry_view view;
	struct answers *answers = NULL;
	char buffer[11];
	const char *day = NULL;
	int status = registry_as_of(request, buffer, &day);

	if (status == EXIT_DONE) {
		status = registry_view_open(request, day, &view);
	}
	if (status != EXIT_DONE) {
		return status;
	}
	if (answers_create(&view.view, &answers) < 0) {
		registry_view_close(&view);
		return EXIT_COULD_NOT;
	}
	status = with(request, answers, &view.view);
	if (!request->quiet && status <= EXIT_NO && answers_write(answers, form_of(request), stdout) < 0) {
		status = EXIT_COULD_NOT;
	}
	if (!request->quiet && form_of(request) == ANSWER_ALIGNED && status <= EXIT_NO) {
		(void)fflush(stdout);
		registry_notice_to_people(&view.view);
	}
	(void)answers_destroy(answers);
	registry_view_close(&view);
	return status;
}

static int look_up(const struct request *request, struct answers *answers, const struct view *view)
{
	(void)view;
	return ask_all(request, answers);
}

int registry_lookup(const struct request *request)
{
	return request->history ? registry_run(request) : answer(request, look_up);
}

/* ---- search ---- */

static int search(const struct request *request, struct answers *answers, const struct view *view)
{
	struct selection selection;

	if (request->word_count == 0) {
		complain_about("search takes words; see `berth help search`");
		return EXIT_USAGE;
	}
	if (registry_selection(request, view, request->word_count, &selection) != EXIT_DONE) {
		return EXIT_USAGE;
	}
	int found = answers_search(answers, &selection, request->words, request->word_count);
	if (found < 0) {
		complain_about("%s", strerror(-found));
		return EXIT_COULD_NOT;
	}
	return found > 0 ? EXIT_DONE : EXIT_NO;
}

int registry_search(const struct request *request)
{
	return answer(request, search);
}

/* ---- next ---- */

static int print_ports(const struct request *request, const uint16_t *ports, size_t count)
{
	if (!request->json) {
		for (size_t i = 0; i < count; i++) {
			(void)printf("%u\n", ports[i]);
		}
		return EXIT_DONE;
	}
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++) {
		(void)json_array_append_new(array, json_integer(ports[i]));
	}
	int r = json_dumpf(array, stdout, JSON_COMPACT);
	(void)putchar('\n');
	json_decref(array);
	return r < 0 ? EXIT_COULD_NOT : EXIT_DONE;
}

static int print_next(const struct request *request, const struct view *view, uint16_t *ports)
{
	const char *band = request->band != NULL ? request->band : "user";
	size_t wanted = request->count == 0 ? 1 : request->count;
	int transport = 0;

	if (registry_transport(request, &transport) != EXIT_DONE) {
		return EXIT_USAGE;
	}
	if (wanted > NEXT_MAX || request->from > UINT16_MAX) {
		complain_about("there are 65536 ports");
		return EXIT_USAGE;
	}
	int found = next_free(view, band, transport, (int)request->from, wanted, ports);
	if (found < 0) {
		complain_about("there is no band \"%s\"; `berth band list` lists them", band);
		return EXIT_USAGE;
	}
	int status = print_ports(request, ports, (size_t)found);
	if ((size_t)found < wanted) {
		complain_about("the band \"%s\" has %d free, not %zu", band, found, wanted);
		return worse(status, EXIT_NO);
	}
	return status;
}

int registry_next(const struct request *request)
{
	struct registry_view view;
	char buffer[11];
	const char *day = NULL;
	uint16_t *ports = calloc(NEXT_MAX, sizeof(*ports));
	int status = ports == NULL ? EXIT_COULD_NOT : registry_as_of(request, buffer, &day);

	if (status == EXIT_DONE) {
		status = registry_view_open(request, day, &view);
	}
	if (status == EXIT_DONE) {
		status = print_next(request, &view.view, ports);
		registry_view_close(&view);
	}
	free(ports);
	return status;
}
