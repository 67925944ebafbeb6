/* arguments.c - the command line read for all verbs, and the verb run.
 *
 * Called by the main of berth and of berth-registry, which differ in their tables of verbs. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/verb.h"
#include "config/nearest.h"

enum { SECONDS_MAX = 1000000 };

/* What getopt_long returns for an option of verbs is its number, behind all letters. */
enum { OPTION_FIRST = 256 };

enum value_kind { VALUE_SWITCH, VALUE_TEXT, VALUE_COUNT, VALUE_SECONDS };

/* Every option, and where its value goes in a request. */
static const struct {
	const char *name;
	enum value_kind kind;
	size_t offset;
} options[OPTIONS_END] = {
	[OPTION_RUN_DIR] = { "run-dir", VALUE_TEXT, offsetof(struct request, run_dir) },
	[OPTION_JSON] = { "json", VALUE_SWITCH, offsetof(struct request, json) },
	[OPTION_ALL] = { "all", VALUE_SWITCH, offsetof(struct request, all) },
	[OPTION_INTERVAL] = { "interval", VALUE_SECONDS, offsetof(struct request, interval_ms) },
	[OPTION_ITERATIONS] = { "iterations", VALUE_COUNT, offsetof(struct request, iterations) },
	[OPTION_AT] = { "at", VALUE_TEXT, offsetof(struct request, at) },
	[OPTION_KEY] = { "key", VALUE_TEXT, offsetof(struct request, key) },
	[OPTION_TIMEOUT] = { "timeout", VALUE_SECONDS, offsetof(struct request, timeout_ms) },
	[OPTION_DESCRIPTIONS] = { "descriptions", VALUE_TEXT, offsetof(struct request, descriptions) },
	[OPTION_PROTOCOL] = { "protocol", VALUE_TEXT, offsetof(struct request, protocol) },
	[OPTION_MESSAGE] = { "message", VALUE_TEXT, offsetof(struct request, message) },
	[OPTION_HEX_LINES] = { "hex-lines", VALUE_TEXT, offsetof(struct request, hex_lines) },
	[OPTION_FORM] = { "form", VALUE_SWITCH, offsetof(struct request, form) },
	[OPTION_BOXES] = { "boxes", VALUE_SWITCH, offsetof(struct request, boxes) },
	[OPTION_CHART] = { "chart", VALUE_TEXT, offsetof(struct request, chart) },
	[OPTION_TYPES] = { "types", VALUE_SWITCH, offsetof(struct request, types) },
	[OPTION_EXAMPLES] = { "examples", VALUE_SWITCH, offsetof(struct request, examples) },
	[OPTION_BROKEN] = { "broken", VALUE_SWITCH, offsetof(struct request, broken) },
	[OPTION_TRANSPORT] = { "transport", VALUE_TEXT, offsetof(struct request, transport) },
	[OPTION_REGISTRY] = { "registry", VALUE_TEXT, offsetof(struct request, registry) },
	[OPTION_PUBLISHED] = { "published", VALUE_TEXT, offsetof(struct request, published) },
	[OPTION_AS_OF] = { "as-of", VALUE_TEXT, offsetof(struct request, as_of) },
	[OPTION_DATED] = { "dated", VALUE_TEXT, offsetof(struct request, dated) },
	[OPTION_AS] = { "as", VALUE_TEXT, offsetof(struct request, as) },
	[OPTION_DRY_RUN] = { "dry-run", VALUE_SWITCH, offsetof(struct request, dry_run) },
	[OPTION_OWN] = { "own", VALUE_SWITCH, offsetof(struct request, own) },
	[OPTION_BAND] = { "band", VALUE_TEXT, offsetof(struct request, band) },
	[OPTION_STATUS] = { "status", VALUE_TEXT, offsetof(struct request, status) },
	[OPTION_NAME] = { "name", VALUE_TEXT, offsetof(struct request, name) },
	[OPTION_OUTPUT] = { "output", VALUE_TEXT, offsetof(struct request, output) },
	[OPTION_COUNT] = { "count", VALUE_COUNT, offsetof(struct request, count) },
	[OPTION_FROM] = { "from", VALUE_COUNT, offsetof(struct request, from) },
	[OPTION_STAT] = { "stat", VALUE_SWITCH, offsetof(struct request, stat) },
	[OPTION_CONFLICTS] = { "conflicts", VALUE_SWITCH, offsetof(struct request, conflicts) },
	[OPTION_HISTORY] = { "history", VALUE_SWITCH, offsetof(struct request, history) },
	[OPTION_LISTENING] = { "listening", VALUE_SWITCH, offsetof(struct request, listening) },
	[OPTION_TEXT] = { "text", VALUE_SWITCH, offsetof(struct request, text) },
	[OPTION_TABS] = { "tabs", VALUE_SWITCH, offsetof(struct request, tabs) },
	[OPTION_QUIET] = { "quiet", VALUE_SWITCH, offsetof(struct request, quiet) },
	[OPTION_SINCE] = { "since", VALUE_TEXT, offsetof(struct request, since) },
	[OPTION_ANCHOR] = { "anchor", VALUE_TEXT, offsetof(struct request, anchor) },
	[OPTION_WHY] = { "why", VALUE_TEXT, offsetof(struct request, why) },
	[OPTION_ROLE] = { "role", VALUE_TEXT, offsetof(struct request, role) },
	[OPTION_SCOPE] = { "scope", VALUE_TEXT, offsetof(struct request, scope) },
	[OPTION_EMAIL] = { "email", VALUE_TEXT, offsetof(struct request, email) },
	[OPTION_KIND] = { "kind", VALUE_TEXT, offsetof(struct request, kind) },
	[OPTION_DECIDES] = { "decides", VALUE_TEXT, offsetof(struct request, decides) },
	[OPTION_EXPERT] = { "expert", VALUE_SWITCH, offsetof(struct request, expert) },
	[OPTION_EYES] = { "eyes", VALUE_COUNT, offsetof(struct request, eyes) },
	[OPTION_OVER] = { "over", VALUE_TEXT, offsetof(struct request, over) },
	[OPTION_SNAPSHOT] = { "snapshot", VALUE_COUNT, offsetof(struct request, snapshot) },
	[OPTION_NOTICE] = { "notice", VALUE_TEXT, offsetof(struct request, notice) },
	[OPTION_TEMPLATE] = { "template", VALUE_TEXT, offsetof(struct request, template) },
	[OPTION_CHECK] = { "check", VALUE_SWITCH, offsetof(struct request, check) },
	[OPTION_CONVERT] = { "convert", VALUE_SWITCH, offsetof(struct request, convert) },
	[OPTION_MAIL] = { "mail", VALUE_SWITCH, offsetof(struct request, mail) },
	[OPTION_CONFIRM] = { "confirm", VALUE_TEXT, offsetof(struct request, confirm) },
	[OPTION_FILED] = { "filed", VALUE_SWITCH, offsetof(struct request, filed) },
	[OPTION_ABOUT] = { "about", VALUE_TEXT, offsetof(struct request, about) },
	[OPTION_BECAUSE] = { "because", VALUE_TEXT, offsetof(struct request, because) },
	[OPTION_CONSENT] = { "consent", VALUE_SWITCH, offsetof(struct request, consent) },
	[OPTION_LINK] = { "link", VALUE_TEXT, offsetof(struct request, link) },
};

/* What stands on the command line. */
struct arguments {
	struct request request;
	uint64_t given; /* TAKES_ */
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

static int take_option(struct request *request, unsigned option, const char *value)
{
	void *place = (char *)request + options[option].offset;

	switch (options[option].kind) {
	case VALUE_SWITCH:
		*(bool *)place = true;
		return 0;
	case VALUE_TEXT:
		*(const char **)place = value;
		return 0;
	case VALUE_COUNT:
		return parse_count(options[option].name, value, place);
	case VALUE_SECONDS:
	default:
		return parse_seconds(options[option].name, value, place);
	}
}

/* ---- the command line ---- */

/* The table as getopt_long wants it. */
static void list_options(struct option *ret_options)
{
	for (unsigned i = 0; i < OPTIONS_END; i++) {
		ret_options[i] = (struct option){
			.name = options[i].name,
			.has_arg = options[i].kind == VALUE_SWITCH ? no_argument : required_argument,
			.val = (int)(OPTION_FIRST + i),
		};
	}
	ret_options[OPTIONS_END] = (struct option){ "help", no_argument, NULL, 'h' };
	ret_options[OPTIONS_END + 1] = (struct option){ "version", no_argument, NULL, 'V' };
	ret_options[OPTIONS_END + 2] = (struct option){ 0 };
}

/* Letters that mean the same as a long option. */
static int option_of_letter(int letter)
{
	return letter == 'o'   ? OPTION_OUTPUT
	       : letter == 'q' ? OPTION_QUIET
	       : letter == 'm' ? OPTION_WHY
			       : letter - OPTION_FIRST;
}

static int take_options(int argc, char **argv, struct arguments *arguments)
{
	struct option long_options[OPTIONS_END + 3];
	int letter;

	list_options(long_options);
	while ((letter = getopt_long(argc, argv, "hVo:qm:", long_options, NULL)) != -1) {
		int option = option_of_letter(letter);
		if (letter == 'h') {
			arguments->help = true;
		} else if (letter == 'V') {
			arguments->version = true;
		} else if (option < 0) {
			return -EINVAL;
		} else if (take_option(&arguments->request, (unsigned)option, optarg) < 0) {
			return -EINVAL;
		} else {
			arguments->given |= UINT64_C(1) << option;
		}
	}
	return 0;
}

/* The verb must take what was given. */
static int check(const struct verb *verb, const struct arguments *arguments, int words)
{
	uint64_t unwanted = arguments->given & ~verb->options;

	for (unsigned i = 0; i < OPTIONS_END; i++) {
		if ((unwanted & UINT64_C(1) << i) != 0) {
			complain_about("%s takes no --%s; see `berth help %s`", verb->name, options[i].name,
				       verb->name);
			return -EINVAL;
		}
	}
	int words_max = verb->word == WORD_NONE ? 0 : verb->word == WORD_MANY ? INT_MAX : 1;
	if (words > words_max || (words == 0 && verb->word == WORD_NEEDED)) {
		complain_about("%s takes %s; see `berth help %s`", verb->name,
			       verb->word == WORD_NONE			     ? "nothing behind it"
			       : words == 0 && verb->kind == VERB_RENDEZVOUS ? "the name of a function behind it"
			       : words == 0				     ? "a word behind it"
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
	arguments->request.verb = verb;
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

int arguments_run(int argc, char **argv)
{
	struct arguments arguments = {
		.request = { .interval_ms = 1000, .at = "localhost:1", .timeout_ms = -1, .arguments = argv },
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
