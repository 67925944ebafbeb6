/* berth_reload.c - `berth reload`: berthd reads its configuration again. */
#include <stdio.h>

#include "cmd/berth_control.h"

enum { PATIENCE_MS = 30000 };

static int run(const struct request *request)
{
	struct control control;
	int answer;

	if (control_open(request, &control) < 0) {
		return EXIT_COULD_NOT;
	}
	int r = control_ask(&control, CONTROL_RELOAD, NULL, PATIENCE_MS, &answer);
	control_close(&control);
	if (r < 0) {
		return EXIT_COULD_NOT;
	}
	if (answer < 0) {
		complain_about("not reloaded; what ran goes on");
		return EXIT_NO;
	}
	(void)puts("reloaded");
	return EXIT_DONE;
}

const struct verb verb_reload = {
	.name = "reload",
	.summary = "have berthd read its configuration again",
	.usage = "berth reload [--run-dir DIR]\n"
		 "Has berthd read its configuration again and waits until the new one serves. When anything is\n"
		 "wrong with it, all of that is printed, the old one goes on, and the exit status is 1.\n"
		 "What was draining resumes.\n"
		 "\n"
		 "      --run-dir DIR  the run-dir of berthd\n",
	.options = TAKES_RUN_DIR,
	.word = WORD_NONE,
	.run = run,
};
