/* berth.c - the command for people: the table of verbs, and the arguments read for all of them.
 *
 * Exit status: 0 done, 1 the answer is no, 2 usage, 3 could not. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/verb.h"
#include "config/nearest.h"

const struct verb *const verbs[] = {
	&verb_status,  &verb_top,   &verb_call, &verb_list,	&verb_reload,  &verb_drain,   &verb_resume, &verb_stop,
	&verb_metrics, &verb_check, &verb_show, &verb_classify, &verb_explain, &verb_collide, &verb_help,   NULL,
};

enum { HELP = 'h', VERSION = 'V', SECONDS_MAX = 1000000 };

/* What getopt_long returns for an option of verbs is its place in the set, behind all letters. */
enum { OPTION_FIRST = 256 };

static const struct option options[] = {
	{ "run-dir", required_argument, NULL, OPTION_FIRST + 0 },
	{ "json", no_argument, NULL, OPTION_FIRST + 1 },
	{ "all", no_argument, NULL, OPTION_FIRST + 2 },
	{ "interval", required_argument, NULL, OPTION_FIRST + 3 },
	{ "iterations", required_argument, NULL, OPTION_FIRST + 4 },
	{ "at", required_argument, NULL, OPTION_FIRST + 5 },
	{ "key", required_argument, NULL, OPTION_FIRST + 6 },
	{ "timeout", required_argument, NULL, OPTION_FIRST + 7 },
	{ "descriptions", required_argument, NULL, OPTION_FIRST + 8 },
	{ "protocol", required_argument, NULL, OPTION_FIRST + 9 },
	{ "message", required_argument, NULL, OPTION_FIRST + 10 },
	{ "hex-lines", required_argument, NULL, OPTION_FIRST + 11 },
	{ "form", no_argument, NULL, OPTION_FIRST + 12 },
	{ "boxes", no_argument, NULL, OPTION_FIRST + 13 },
	{ "chart", required_argument, NULL, OPTION_FIRST + 14 },
	{ "types", no_argument, NULL, OPTION_FIRST + 15 },
	{ "examples", no_argument, NULL, OPTION_FIRST + 16 },
	{ "transport", required_argument, NULL, OPTION_FIRST + 17 },
	{ "help", no_argument, NULL, HELP },
	{ "version", no_argument, NULL, VERSION },
	{ NULL, 0, NULL, 0 },
};

/* What stands on the command line. */
struct arguments {
	struct request request;
	unsigned given; /* TAKES_ */
	bool help;
	bool version;
};

void complain_about(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)fputs("berth: ", stderr);
	(void)vfprintf(stderr, format, arguments);
	(void)fputc('\n', stderr);
	va_end(arguments);
}

const struct verb *verb_find(const char *name)
{
	char hint[NEAREST_HINT_MAX];
	struct nearest nearest;

	nearest_init(&nearest, name);
	for (const struct verb *const *verb = verbs; *verb != NULL; verb++) {
		if (strcmp((*verb)->name, name) == 0) {
			return *verb;
		}
		nearest_try(&nearest, (*verb)->name);
	}
	complain_about("there is no verb \"%s\"%s", name, nearest_hint(&nearest, hint));
	return NULL;
}

/* ---- values ---- */

static int parse_seconds(const char *option, const char *text, int *ret_ms)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end != '\0' || !(seconds >= 0.01 && seconds <= SECONDS_MAX)) {
		complain_about("--%s takes seconds from 0.01 up, like 5 or 0.5, not \"%s\"", option, text);
		return -EINVAL;
	}
	*ret_ms = (int)(seconds * 1000);
	return 0;
}

static int parse_count(const char *option, const char *text, uint64_t *ret_count)
{
	char *end;
	unsigned long count = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end != '\0' || count == 0 || count > INT_MAX) {
		complain_about("--%s takes a number from 1 up, not \"%s\"", option, text);
		return -EINVAL;
	}
	*ret_count = count;
	return 0;
}

/* Options whose value is taken as it stands. */
static const char **text_of(struct request *request, unsigned option)
{
	switch (option) {
	case TAKES_RUN_DIR:
		return &request->run_dir;
	case TAKES_AT:
		return &request->at;
	case TAKES_KEY:
		return &request->key;
	case TAKES_DESCRIPTIONS:
		return &request->descriptions;
	case TAKES_PROTOCOL:
		return &request->protocol;
	case TAKES_MESSAGE:
		return &request->message;
	case TAKES_HEX_LINES:
		return &request->hex_lines;
	case TAKES_CHART:
		return &request->chart;
	case TAKES_TRANSPORT:
		return &request->transport;
	default:
		return NULL;
	}
}

/* Options without a value. */
static bool *switch_of(struct request *request, unsigned option)
{
	switch (option) {
	case TAKES_JSON:
		return &request->json;
	case TAKES_ALL:
		return &request->all;
	case TAKES_FORM:
		return &request->form;
	case TAKES_BOXES:
		return &request->boxes;
	case TAKES_TYPES:
		return &request->types;
	case TAKES_EXAMPLES:
		return &request->examples;
	default:
		return NULL;
	}
}

static int take_option(struct request *request, unsigned option, const char *name, const char *value)
{
	const char **text = text_of(request, option);
	bool *is_given = switch_of(request, option);

	if (text != NULL) {
		*text = value;
		return 0;
	}
	if (is_given != NULL) {
		*is_given = true;
		return 0;
	}
	return option == TAKES_ITERATIONS ? parse_count(name, value, &request->iterations)
	       : option == TAKES_INTERVAL ? parse_seconds(name, value, &request->interval_ms)
					  : parse_seconds(name, value, &request->timeout_ms);
}

/* ---- the command line ---- */

static int take_options(int argc, char **argv, struct arguments *arguments)
{
	int letter;
	int index = 0;

	while ((letter = getopt_long(argc, argv, "hV", options, &index)) != -1) {
		if (letter >= OPTION_FIRST) {
			unsigned option = 1U << (letter - OPTION_FIRST);
			arguments->given |= option;
			if (take_option(&arguments->request, option, options[index].name, optarg) < 0) {
				return -EINVAL;
			}
		} else if (letter == HELP) {
			arguments->help = true;
		} else if (letter == VERSION) {
			arguments->version = true;
		} else {
			return -EINVAL;
		}
	}
	return 0;
}

/* The verb must take what was given. */
static int check(const struct verb *verb, const struct arguments *arguments, int words)
{
	unsigned unwanted = arguments->given & ~verb->options;

	for (size_t i = 0; unwanted != 0 && options[i].name != NULL; i++) {
		if (options[i].val >= OPTION_FIRST && (unwanted & 1U << (options[i].val - OPTION_FIRST)) != 0) {
			complain_about("%s takes no --%s; see `berth help %s`", verb->name, options[i].name,
				       verb->name);
			return -EINVAL;
		}
	}
	int words_max = verb->word == WORD_NONE ? 0 : verb->word == WORD_MANY ? INT_MAX : 1;
	if (words > words_max || (words == 0 && verb->word == WORD_NEEDED)) {
		complain_about("%s takes %s; see `berth help %s`", verb->name,
			       verb->word == WORD_NONE ? "nothing behind it"
			       : words == 0	       ? "the name of a function behind it"
						       : "one word behind it, no more",
			       verb->name);
		return -EINVAL;
	}
	return 0;
}

static int run_verb(struct arguments *arguments, char **words, int count)
{
	static const struct request help = { 0 };

	if (count == 0 && arguments->help) {
		return verb_help.run(&help);
	}
	if (count == 0) {
		complain_about("which verb? `berth help` lists them");
		return EXIT_USAGE;
	}
	const struct verb *verb = verb_find(words[0]);
	if (verb == NULL) {
		return EXIT_USAGE;
	}
	if (arguments->help) {
		const struct request help_on_verb = { .word = verb->name };
		return verb_help.run(&help_on_verb);
	}
	if (check(verb, arguments, count - 1) < 0) {
		return EXIT_USAGE;
	}
	arguments->request.word = count > 1 ? words[1] : NULL;
	arguments->request.words = (const char *const *)words + 1;
	arguments->request.word_count = (size_t)count - 1;
	return verb->run(&arguments->request);
}

/* A number below 3 that is free would be given to a connection, which then got what was meant for people. */
static void open_standard_descriptors(void)
{
	int descriptor;

	do {
		descriptor = open("/dev/null", O_RDWR | O_CLOEXEC);
	} while (descriptor >= 0 && descriptor <= STDERR_FILENO);
	if (descriptor >= 0) {
		(void)close(descriptor);
	}
}

/* What was printed but could not be written was not done. */
static int finish(int status)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		complain_about("standard output: %s", strerror(errno));
		return status == EXIT_DONE ? EXIT_COULD_NOT : status;
	}
	return status;
}

int main(int argc, char **argv)
{
	struct arguments arguments = {
		.request = { .interval_ms = 1000, .at = "localhost:1", .timeout_ms = -1 },
	};

	open_standard_descriptors();
	if (take_options(argc, argv, &arguments) < 0) {
		return EXIT_USAGE;
	}
	if (arguments.version) {
		(void)puts("berth " BERTH_VERSION);
		return finish(EXIT_DONE);
	}
	return finish(run_verb(&arguments, argv + optind, argc - optind));
}
