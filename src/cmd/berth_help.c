/* berth_help.c - `berth help [VERB]`, and what --help prints. */
#include <stdio.h>

#include "cmd/verb.h"

static void list_verbs(void)
{
	(void)fputs("Usage: berth VERB [OPTIONS] [WORD]\n"
		    "Asks and tells berthd, the rendezvous daemon, and calls functions behind a rendezvous port.\n"
		    "\n",
		    stdout);
	for (const struct verb *const *verb = verbs; *verb != NULL; verb++) {
		(void)printf("  %-9s %s\n", (*verb)->name, (*verb)->summary);
	}
	(void)fputs("\n"
		    "  -h, --help     this text, or the verb's\n"
		    "  -V, --version  the version\n"
		    "\n"
		    "Exit status: 0 done, 1 the answer is no, 2 usage, 3 could not.\n"
		    "`berth help VERB` says more. See berth(1), berthd(8).\n",
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
	.summary = "say what verbs there are, or how one is used",
	.usage = "berth help [VERB]\n"
		 "Lists the verbs, or says how one is used. `berth VERB --help` does the same.\n",
	.word = WORD_OPTIONAL,
	.run = run,
};
