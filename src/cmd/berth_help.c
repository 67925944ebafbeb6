/* berth_help.c - `berth help [VERB]`, and what --help prints. */
#include <stdio.h>

#include "cmd/verb.h"

static const char *const headings[] = {
	[VERB_RENDEZVOUS] = "berthd, the rendezvous daemon, and functions behind a rendezvous port",
	[VERB_DESCRIPTION] = "descriptions of protocols",
	[VERB_LOOKUP] = "ports and names",
	[VERB_REGISTRY] = "running a registry of them",
	[VERB_HELP] = "help",
};

static void list_verbs(void)
{
	const struct verb *before = NULL;

	(void)fputs("Usage: berth VERB [OPTIONS] [WORD]\n", stdout);
	for (const struct verb *const *verb = verbs; *verb != NULL; verb++) {
		if (before == NULL || before->kind != (*verb)->kind) {
			(void)printf("\n%s\n", headings[(*verb)->kind]);
		}
		(void)printf("  %-9s %s\n", (*verb)->name, (*verb)->summary);
		before = *verb;
	}
	(void)fputs("\n"
		    "  -h, --help     this text, or the verb's\n"
		    "  -V, --version  the version\n"
		    "\n"
		    "Exit status: 0 done, 1 the answer is no, 2 usage, 3 could not.\n"
		    "`berth help VERB` says more. See berth(1), berthd(8), berth-registry(8).\n",
		    stdout);
}

static int run(const struct request *request)
{
	if (request->word == NULL) {
		list_verbs();
		return EXIT_DONE;
	}
	const struct verb *verb = verb_find(request->word);
	if (verb == NULL) {
		return EXIT_USAGE;
	}
	(void)printf("Usage: %s", verb->usage);
	return EXIT_DONE;
}

const struct verb verb_help = {
	.name = "help",
	.kind = VERB_HELP,
	.summary = "say what verbs there are, or how one is used",
	.usage = "berth help [VERB]\n"
		 "Lists the verbs, or says how one is used. `berth VERB --help` does the same.\n",
	.word = WORD_OPTIONAL,
	.run = run,
};
