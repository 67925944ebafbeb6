/* berth_check.c - `berth check`: the examiner's report on descriptions. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cmd/berth_allowance.h"
#include "cmd/berth_description.h"
#include "cmd/berth_listening.h"
#include "cmd/berth_rules.h"
#include "cmd/verb.h"
#include "description/automaton/automaton.h"
#include "description/examine/examine.h"

/* ---- for people ---- */

static size_t count_messages(const struct protocol *protocol)
{
	size_t count = 0;

	for (const struct message *message = protocol->messages; message != NULL; message = message->next) {
		count++;
	}
	return count;
}

static size_t count_states(const struct protocol *protocol)
{
	size_t count = 0;

	for (const struct state *state = protocol->states; state != NULL; state = state->next) {
		count++;
	}
	return count;
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/* By what a first message is known. */
static void print_evidence(const struct examined_message *examined)
{
	const struct message *message = examined->message;

	(void)printf("    first message %s: ", message->name);
	if (!examined->examined) {
		(void)puts("too large to be examined");
		return;
	}
	if (examined->sure_at > 0) {
		(void)printf("sure after %u octet%s, ", examined->sure_at, plural(examined->sure_at));
	}
	if (examined->decides_at > 0) {
		(void)printf("%d bits of evidence after %u octet%s", EVIDENCE_DECIDES / EVIDENCE_BIT,
			     examined->decides_at, plural(examined->decides_at));
	} else {
		(void)printf("%.1f bits of evidence in %u octet%s", (double)examined->evidence / EVIDENCE_BIT,
			     examined->octets, plural(examined->octets));
	}
	(void)puts(message->weak ? ", weak" : "");
}

/* When it is certain that none of the others is meant. */
static void print_apart(const struct examined_function *examined)
{
	if (examined->apart_at == APART_NEVER) {
		(void)printf("    function %s: never certain by its octets alone\n", examined->function->name);
	} else if (!examined->alone) {
		(void)printf("    function %s: certain after %u octet%s\n", examined->function->name,
			     examined->apart_at, plural(examined->apart_at));
	}
}

static void print_protocol(const struct examined_protocol *examined)
{
	const struct protocol *protocol = examined->protocol;
	size_t messages = count_messages(protocol);
	size_t states = count_states(protocol);

	(void)printf("  %s: %zu message%s", protocol->name, messages, plural(messages));
	if (states > 0) {
		(void)printf(", %zu state%s", states, plural(states));
	}
	if (examined->look_ahead > 0) {
		(void)printf(", told apart by %u octet%s", examined->look_ahead, plural(examined->look_ahead));
	}
	(void)putchar('\n');
	for (const struct examined_message *at = examined->messages; at != NULL; at = at->next) {
		print_evidence(at);
	}
	for (const struct examined_function *at = examined->functions; at != NULL; at = at->next) {
		print_apart(at);
	}
}

static void print_report(const struct description *description, const struct examination *examination)
{
	const struct report *report = &description->report;

	report_print(report, stdout);
	if (report->counts[FINDING_ERROR] > 0) {
		return;
	}
	(void)printf("%s: no errors\n", description->name);
	for (const struct examined_protocol *at = examination->protocols; at != NULL; at = at->next) {
		print_protocol(at);
	}
}

/* ---- as JSON ---- */

static json_t *object_of_finding(const struct finding *finding)
{
	static const char *const levels[] = {
		[FINDING_ERROR] = "error",
		[FINDING_WARNING] = "warning",
		[FINDING_NOTE] = "note",
	};

	return json_pack("{s:s, s:s, s:i, s:i, s:s?, s:s?, s:s?}", "level", levels[finding->level], "id", finding->id,
			 "line", (int)finding->place.line, "column", (int)finding->place.column, "text", finding->text,
			 "trace", finding->trace, "help", finding->help);
}

static json_t *object_of_message(const struct examined_message *examined)
{
	return json_pack("{s:s, s:b, s:b, s:f, s:i, s:i, s:i, s:i}", "name", examined->message->name, "examined",
			 (int)examined->examined, "weak", (int)examined->message->weak, "evidence_bits",
			 (double)examined->evidence / EVIDENCE_BIT, "octets", (int)examined->octets, "decides_at",
			 (int)examined->decides_at, "sure_at", (int)examined->sure_at, "states",
			 (int)examined->states_proof);
}

/* "apart_at" is null for a function that is never certain. */
static json_t *object_of_function(const struct examined_function *examined)
{
	json_t *apart = examined->apart_at == APART_NEVER ? json_null() : json_integer(examined->apart_at);

	return json_pack("{s:s, s:b, s:o}", "name", examined->function->name, "alone", (int)examined->alone, "apart_at",
			 apart);
}

static json_t *object_of_protocol(const struct examined_protocol *examined)
{
	json_t *messages = json_array();
	json_t *functions = json_array();

	for (const struct examined_message *at = examined->messages; at != NULL; at = at->next) {
		(void)json_array_append_new(messages, object_of_message(at));
	}
	for (const struct examined_function *at = examined->functions; at != NULL; at = at->next) {
		(void)json_array_append_new(functions, object_of_function(at));
	}
	return json_pack("{s:s, s:i, s:i, s:o, s:o}", "name", examined->protocol->name, "states",
			 (int)examined->states_proof, "look_ahead", (int)examined->look_ahead, "first_messages",
			 messages, "functions", functions);
}

static json_t *object_of(const struct description *description, const struct examination *examination)
{
	const struct report *report = &description->report;
	json_t *findings = json_array();
	json_t *protocols = json_array();

	for (const struct finding *finding = report->first; finding != NULL; finding = finding->next) {
		(void)json_array_append_new(findings, object_of_finding(finding));
	}
	for (const struct examined_protocol *at = examination->protocols; at != NULL; at = at->next) {
		(void)json_array_append_new(protocols, object_of_protocol(at));
	}
	return json_pack("{s:s, s:i, s:i, s:i, s:o, s:o}", "file", description->name, "errors",
			 (int)report->counts[FINDING_ERROR], "warnings", (int)report->counts[FINDING_WARNING], "notes",
			 (int)report->counts[FINDING_NOTE], "findings", findings, "protocols", protocols);
}

static int print_json(json_t *files)
{
	json_t *object = json_pack("{s:o}", "files", files);
	int r = object == NULL ? -1 : json_dumpf(object, stdout, JSON_INDENT(2));

	(void)putchar('\n');
	json_decref(object);
	if (r < 0) {
		complain_about("no memory to print the report");
		return EXIT_COULD_NOT;
	}
	return EXIT_DONE;
}

/* ---- the verb ---- */

static int examine_within_allowance(struct description *description, struct examination *examination)
{
	struct allowance allowance;
	int r = allowance_begin(&allowance, description->name);

	if (r == 0) {
		r = description->tree == NULL ? 0
					      : examine_and_tell(description->tree, &description->report, examination);
		allowance_end(&allowance);
	}
	if (r < 0 || description->report.no_memory) {
		complain_about("%s: examining it: %s", description->name, strerror(r < 0 ? -r : ENOMEM));
		return EXIT_COULD_NOT;
	}
	return EXIT_DONE;
}

/* Adds to `files`, or prints for people if that is NULL. */
/* A description that is an application too is held against the rules of the registry. */
static int check_rules(const struct request *request, const struct description *description, json_t *object_or_null)
{
	json_t *rules = NULL;

	if (description->tree == NULL || description->tree->applications == NULL ||
	    strcmp(description->name, "-") == 0) {
		return EXIT_DONE;
	}
	int status = application_examine(request, description->name, object_or_null != NULL ? &rules : NULL);
	if (rules != NULL) {
		(void)json_object_set_new(object_or_null, "rules", rules);
	}
	return status;
}

static int check_one(const struct request *request, struct description *description, json_t *files)
{
	struct examination examination = { .protocols = NULL };
	json_t *object = NULL;
	int status = examine_within_allowance(description, &examination);

	if (status == EXIT_DONE && files != NULL) {
		object = object_of(description, &examination);
		(void)json_array_append_new(files, object);
	} else if (status == EXIT_DONE) {
		print_report(description, &examination);
		(void)fflush(stdout);
	}
	examination_finish(&examination);
	if (status == EXIT_DONE && description->report.counts[FINDING_ERROR] > 0) {
		return EXIT_NO;
	}
	return status == EXIT_DONE ? check_rules(request, description, object) : status;
}

static int check_all(const struct request *request, const struct descriptions *descriptions)
{
	json_t *files = request->json ? json_array() : NULL;
	int status = EXIT_DONE;

	for (size_t i = 0; i < descriptions->count && status != EXIT_COULD_NOT; i++) {
		int one = check_one(request, &descriptions->list[i], files);
		status = one > status ? one : status;
	}
	if (request->json && status != EXIT_COULD_NOT) {
		int printed = print_json(files);
		return printed == EXIT_DONE ? status : printed;
	}
	json_decref(files);
	return status;
}

static int run(const struct request *request)
{
	struct descriptions descriptions;

	if (request->listening) {
		return check_listening(request);
	}
	int status = descriptions_load(request, &descriptions);

	if (status == EXIT_DONE) {
		status = check_all(request, &descriptions);
		descriptions_finish(&descriptions);
	}
	return status;
}

const struct verb verb_check = {
	.name = "check",
	.kind = VERB_DESCRIPTION,
	.summary = "examine descriptions: are they complete, unambiguous, free of dead ends?",
	.usage =
		"berth check [OPTIONS] [FILE...]\n"
		"berth check --listening [--json | --quiet] [--published FILE]\n"
		"Examines description FILEs (\"-\": standard input), or those that come with berth, and prints what\n"
		"is wrong with them or worth knowing. The exit status is 1 if there are errors; warnings and notes\n"
		"are none.\n"
		"\n"
		"--listening holds what listens on this machine against the registry: registered, under another name,\n"
		"unregistered, in the dynamic range. The exit status is 1 if anything listens unregistered.\n"
		"\n"
		"      --json                  for programs\n"
		"      --descriptions FOLDERS  where descriptions are, with a colon between folders\n",
	.options = TAKES_JSON | TAKES_DESCRIPTIONS | TAKES_LISTENING | TAKES_QUIET | TAKES_REGISTRY | TAKES_PUBLISHED,
	.word = WORD_MANY,
	.run = run,
};
