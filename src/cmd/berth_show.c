/* berth_show.c - `berth show`: documents made from descriptions. */
#include <stdio.h>
#include <string.h>

#include "cmd/berth_description.h"
#include "cmd/verb.h"
#include "description/emit/emit.h"

/* What is shown, in this order. */
enum {
	SHOW_FORM = 1 << 0,
	SHOW_TYPES = 1 << 1,
	SHOW_BOXES = 1 << 2,
	SHOW_CHART = 1 << 3,
	SHOW_EXAMPLES = 1 << 4,
	SHOW_BROKEN = 1 << 5, /* for programs, and only when it is asked for */
	SHOW_ALL = SHOW_FORM | SHOW_TYPES | SHOW_BOXES | SHOW_CHART | SHOW_EXAMPLES,
};

struct show {
	const struct request *request;
	unsigned documents; /* SHOW_ */
	bool with_headings; /* there is more than one document */
	bool is_dot;
	bool found; /* what --protocol and --message ask for */
};

/* ---- one protocol ---- */

static void print_heading(const struct show *show, const struct protocol *protocol, const char *what)
{
	char heading[256];

	if (show->with_headings) {
		int size = snprintf(heading, sizeof(heading), "%s%s%s", protocol == NULL ? "" : protocol->name,
				    protocol == NULL ? "" : ": ", what);
		(void)printf("%s\n", heading);
		for (int i = 0; i < size; i++) {
			(void)putchar('=');
		}
		(void)fputs("\n\n", stdout);
	}
}

static int show_messages(const struct show *show, const struct protocol *protocol, const char *what,
			 int (*emit)(const struct protocol *protocol, FILE *stream),
			 int (*emit_message)(const struct protocol *protocol, const struct message *message,
					     FILE *stream))
{
	const char *name = show->request->message;
	int r = 0;

	if (name == NULL) {
		print_heading(show, protocol, what);
		return emit(protocol, stdout);
	}
	for (const struct message *message = protocol->messages; message != NULL && r == 0; message = message->next) {
		if (strcmp(message->name, name) == 0) {
			print_heading(show, protocol, what);
			r = emit_message(protocol, message, stdout);
		}
	}
	return r;
}

static int show_protocol(const struct show *show, const struct protocol *protocol)
{
	int r = 0;

	if ((show->documents & SHOW_TYPES) != 0) {
		print_heading(show, protocol, "message types, op codes, functions");
		r = emit_types(protocol, stdout);
	}
	if ((show->documents & SHOW_BOXES) != 0 && r == 0) {
		r = show_messages(show, protocol, "message formats", emit_boxes, emit_boxes_of_message);
	}
	if ((show->documents & SHOW_CHART) != 0 && r == 0) {
		print_heading(show, protocol, "message sequences");
		r = show->is_dot ? emit_chart_dot(protocol, stdout) : emit_chart_mermaid(protocol, stdout);
		(void)fputs(show->with_headings ? "\n" : "", stdout);
	}
	if ((show->documents & SHOW_EXAMPLES) != 0 && r == 0) {
		r = show_messages(show, protocol, "example messages", emit_examples, emit_examples_of_message);
	}
	if ((show->documents & SHOW_BROKEN) != 0 && r == 0) {
		r = show_messages(show, protocol, "broken messages", emit_broken, emit_broken_of_message);
	}
	return r;
}

/* ---- one file ---- */

static bool is_wanted(const struct request *request, const struct protocol *protocol)
{
	const struct message *message = protocol->messages;

	while (request->message != NULL && message != NULL && strcmp(message->name, request->message) != 0) {
		message = message->next;
	}
	return (request->protocol == NULL || strcmp(protocol->name, request->protocol) == 0) &&
	       (request->message == NULL || message != NULL);
}

static int show_form(const struct show *show, const struct application *application, const struct protocol *protocol)
{
	if ((show->documents & SHOW_FORM) == 0) {
		return 0;
	}
	print_heading(show, protocol, "application");
	return emit_form(application, protocol, stdout);
}

/* An application speaks for the first protocol of its file. */
static int show_tree(struct show *show, const struct tree *tree)
{
	const struct application *application = tree->applications;
	int r = 0;

	if (tree->protocols == NULL && application != NULL && show->request->protocol == NULL) {
		show->found = true;
		return show_form(show, application, NULL);
	}
	for (const struct protocol *protocol = tree->protocols; protocol != NULL && r == 0; protocol = protocol->next) {
		if (is_wanted(show->request, protocol)) {
			show->found = true;
			r = show_form(show, application, protocol);
			r = r < 0 ? r : show_protocol(show, protocol);
		}
		application = NULL;
	}
	return r;
}

/* ---- the verb ---- */

static int read_request(const struct request *request, struct show *ret_show)
{
	unsigned documents = (request->form ? SHOW_FORM : 0U) | (request->types ? SHOW_TYPES : 0U) |
			     (request->boxes ? SHOW_BOXES : 0U) | (request->chart != NULL ? SHOW_CHART : 0U) |
			     (request->examples ? SHOW_EXAMPLES : 0U) | (request->broken ? SHOW_BROKEN : 0U);
	bool is_dot = request->chart != NULL && strcmp(request->chart, "dot") == 0;

	if (request->chart != NULL && !is_dot && strcmp(request->chart, "mermaid") != 0) {
		complain_about("--chart takes mermaid or dot, not \"%s\"", request->chart);
		return EXIT_USAGE;
	}
	if (documents == 0) {
		documents = request->message != NULL ? SHOW_BOXES | SHOW_EXAMPLES : SHOW_ALL;
	}
	*ret_show = (struct show){
		.request = request,
		.documents = documents,
		.with_headings = (documents & (documents - 1)) != 0,
		.is_dot = is_dot,
	};
	return EXIT_DONE;
}

static int show_all(struct show *show, const struct descriptions *descriptions)
{
	const struct request *request = show->request;
	int r = 0;

	for (size_t i = 0; i < descriptions->count && r == 0; i++) {
		const struct tree *tree = descriptions->list[i].tree;
		r = request->json ? emit_json(tree, stdout) : show_tree(show, tree);
	}
	if (r < 0) {
		complain_about("%s", strerror(-r));
		return EXIT_COULD_NOT;
	}
	if (!request->json && !show->found) {
		const char *name = request->message != NULL ? request->message : request->protocol;
		complain_about("there is no %s%s%s in what was read", request->message != NULL ? "message" : "protocol",
			       name != NULL ? " " : "", name != NULL ? name : "");
		return EXIT_NO;
	}
	return EXIT_DONE;
}

static int run(const struct request *request)
{
	struct descriptions descriptions;
	struct show show;
	int status = read_request(request, &show);

	if (status == EXIT_DONE) {
		status = descriptions_load(request, &descriptions);
	}
	if (status != EXIT_DONE) {
		return status;
	}
	status = descriptions_demand_good(&descriptions);
	if (status == EXIT_DONE) {
		status = show_all(&show, &descriptions);
	}
	descriptions_finish(&descriptions);
	return status;
}

const struct verb verb_show = {
	.name = "show",
	.kind = VERB_DESCRIPTION,
	.summary = "make documents from descriptions: form, diagrams, charts, examples",
	.usage = "berth show [OPTIONS] [FILE...]\n"
		 "Prints documents made from description FILEs (\"-\": standard input), or from those that come with\n"
		 "berth. Without an option for one of them: all, one after the other.\n"
		 "\n"
		 "      --form                  the application form, filled in\n"
		 "      --types                 tables of message types, op codes and functions\n"
		 "      --boxes                 packet diagrams of the messages and formats\n"
		 "      --chart LANGUAGE        the state chart, in the language mermaid or dot\n"
		 "      --examples              example messages, every octet explained\n"
		 "      --broken                messages with one thing wrong, in hex, to test a program with\n"
		 "      --protocol NAME         of this protocol only\n"
		 "      --message NAME          of this message only\n"
		 "      --json                  all of the description, for programs: an object for each file\n"
		 "      --descriptions FOLDERS  where descriptions are, with a colon between folders\n",
	.options = TAKES_FORM | TAKES_TYPES | TAKES_BOXES | TAKES_CHART | TAKES_EXAMPLES | TAKES_BROKEN |
		   TAKES_PROTOCOL | TAKES_MESSAGE | TAKES_JSON | TAKES_DESCRIPTIONS,
	.word = WORD_MANY,
	.run = run,
};
